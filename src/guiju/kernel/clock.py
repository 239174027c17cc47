"""The only place that reads the wall clock; everything else is handed a Clock."""

import time
from datetime import UTC, datetime
from typing import Protocol

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock(Protocol):
    """Milliseconds since 1970-01-01 UTC."""

    def now(self) -> int: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000


class ManualClock:
    """A clock that only moves when told to: for tests and for the demo's past week."""

    def __init__(self, now: int) -> None:
        self._now = now

    def now(self) -> int:
        return self._now

    def set(self, now: int) -> None:
        """Move to `now`; it MUST NOT go back."""
        assert now >= self._now, "a clock never goes back"
        self._now = now

    def advance(self, milliseconds: int) -> None:
        self.set(self._now + milliseconds)


def utc(ms: int) -> datetime:
    """The same moment as an aware datetime."""
    return datetime.fromtimestamp(ms / 1000, tz=UTC)
