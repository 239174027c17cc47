"""The timers of a request and of a question."""

from typing import Any

from guiju.kernel.actor import system
from guiju.kernel.jobs import on_job
from guiju.kernel.lane import WriteTx
from guiju.modules.followup import questioning, timing
from guiju.modules.followup.asking import TIMER

_TIMER = system("followup")


@on_job(TIMER)
def keep_time(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    timing.keep_time(tx, _TIMER, int(key))


@on_job(questioning.TIMER)
def keep_question_time(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    questioning.keep_time(tx, _TIMER, int(key))
