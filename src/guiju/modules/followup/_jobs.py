"""The timer of a request."""

from typing import Any

from guiju.kernel.actor import system
from guiju.kernel.jobs import on_job
from guiju.kernel.lane import WriteTx
from guiju.modules.followup import timing
from guiju.modules.followup.asking import TIMER

_TIMER = system("followup")


@on_job(TIMER)
def keep_time(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    timing.keep_time(tx, _TIMER, int(key))
