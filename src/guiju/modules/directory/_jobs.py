"""Timers of this module."""

from typing import Any

from guiju.kernel.actor import Actor, system
from guiju.kernel.ids import PersonId
from guiju.kernel.jobs import on_job
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import deputising, importing


@on_job("directory.import")
def apply_slice(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    """A slice of an import waits; `key` is the import and the number of the slice."""
    import_id, _, number = key.rpartition(".")
    name = str(payload["actor"])
    who = (
        system(name.removeprefix("system:"))
        if name.startswith("system:")
        else Actor(PersonId(name))
    )
    importing.apply_slice(tx, who, import_id, int(number))


@on_job(deputising.TIMER)
def turn_deputy(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    """A deputy begins or ends to stand in; `key` is for whom."""
    stood = payload.get("stood")
    deputising.turn(tx, system("directory"), key, stood=None if stood is None else bool(stood))
