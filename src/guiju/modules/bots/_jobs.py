"""What ends bots that rest on nothing any more."""

from typing import Any

from guiju.kernel.jobs import on_job
from guiju.kernel.lane import WriteTx
from guiju.modules.bots import service


@on_job(service.WATCH)
def end_groundless(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    service.end_groundless(tx)
