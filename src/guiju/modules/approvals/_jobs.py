"""The timers of a waiting step."""

from typing import Any

from guiju.kernel.actor import system
from guiju.kernel.jobs import on_job
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals import service

_TIMER = system("approvals")


@on_job(service.REMINDER)
def remind(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    service.remind_in_time(tx, _TIMER, payload["request"], payload["step"])


@on_job(service.TIMEOUT)
def time_out(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    service.time_out(tx, _TIMER, payload["request"], payload["step"])
