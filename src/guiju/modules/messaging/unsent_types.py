"""What is not sent yet: drafts, and messages that wait for their time."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guiju.kernel.clock import DAY
from guiju.kernel.errors import ConflictError, InvalidError, NotFoundError
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.shapes import learn


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as its row has it, of a group or of a thread there. `at` is when it was written (ms); nothing sealed: it was
    given up then.
    """

    group: GroupId
    at: int
    sealed: bytes
    thread: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a draft mentions, and the name that stands in its text for them."""

    id: PersonId
    name: str


@learn
@dataclass(frozen=True, slots=True)
class Written:
    """What one began to write in a group or in a thread, on whichever screen."""

    text: str
    quote: int | None = None
    thread: int | None = None
    mentions: tuple[Named, ...] = ()


FAILED_KEPT = 30 * DAY
"""Longer than a holiday, so that its author sees why it failed; what nobody comes back to is not kept for ever."""


class Waiting(StrEnum):
    """What becomes of a message that waits for its time. Only `waiting` and `failed` ones are kept."""

    WAITING = "waiting"
    FAILED = "failed"
    SENT = "sent"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message that its author wants sent at `due_at` (ms), sealed. Of one that failed that is when it did; `code` and `clause`
    say why.
    """

    person: PersonId
    cmid: str
    group: GroupId
    due_at: int
    sealed: bytes
    state: Waiting = Waiting.WAITING
    code: str | None = None
    clause: dict[str, Any] | None = None

    @property
    def kept_until(self) -> int | None:
        """When one that failed goes from the list by itself (ms); None for one that waits."""
        return self.due_at + FAILED_KEPT if self.state is Waiting.FAILED else None


class BadScheduleError(InvalidError):
    """The time is too near or too far."""

    code = "messaging.bad_schedule"


class TooManyScheduledError(ConflictError):
    """As many messages wait for their time as may, or as many files with them."""

    code = "messaging.too_many_scheduled"


class ScheduledNotFoundError(NotFoundError):
    """No such message waits, or none of yours."""

    code = "messaging.scheduled_not_found"
