"""The timers of a notice."""

from typing import Any

from guiju.kernel.actor import system
from guiju.kernel.jobs import on_job
from guiju.kernel.lane import WriteTx
from guiju.modules.notices import acknowledging, issuing

_TIMER = system("notices")


@on_job(issuing.DEADLINE)
def deadline(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    acknowledging.pass_deadline(tx, _TIMER, payload["notice"], payload["version"])


@on_job(issuing.REMINDER)
def remind(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    acknowledging.remind_in_time(tx, _TIMER, payload["notice"], payload["version"])
