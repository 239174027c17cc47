"""Timers of this module."""

from typing import Any

from guiju.kernel.jobs import on_job
from guiju.kernel.lane import WriteTx
from guiju.modules.identity import service
from guiju.modules.identity.types import SessionId


@on_job("identity.session_idle")
def end_idle_session(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    """A session may have rested for too long; `key` is its id."""
    service.end_idle_session(tx, SessionId(key))
