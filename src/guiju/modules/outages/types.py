"""Reports of outages, and the facts about them."""

from dataclasses import dataclass
from enum import StrEnum

from guiju.kernel.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import PersonId

KEEPERS = frozenset({"it", "system_admin"})
"""Who keep the service: they read the reports and answer them."""
MOST_DAYS = 7
"""So long ago an outage may have begun that somebody reports."""
MOST_A_DAY = 10
MOST_AT_ONCE = 100
"""So many reports one answer settles: they stand in one leaf, which holds 4 KiB."""


class Outage(StrEnum):
    """What could not be done: receive messages, send them, answer in another way, or anything at all."""

    RECEIVE = "receive"
    SEND = "send"
    ANSWER = "answer"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Report:
    """A report; its id is the position at which it was made. Times in ms. Without `until` the outage went on.

    `handled` is the entry of the answer.
    """

    position: int
    person: PersonId
    unit: str | None
    outage: Outage
    since: int
    until: int | None
    reported_at: int
    handled: int | None
    handled_at: int | None
    handled_by: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many outages of the last `days` days began in each hour (ms of its beginning), and in which units."""

    days: int
    hours: tuple[tuple[int, int], ...]
    units: tuple[tuple[str | None, int], ...]


@dataclass(frozen=True, slots=True)
class NoParameters:
    """`outages.reports` takes no parameters."""


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("outages.reported", Content.REGISTER, inspected=("words",))
class OutageReported:
    """Somebody of `unit` could not receive, send or answer from `since` to `until` (ms), or until now."""

    outage: Outage
    unit: str | None
    since: int
    until: int | None
    words: Sealed[str] = ""


@fact("outages.handled", Content.REGISTER, inspected=("answer",))
class OutageHandled:
    """Those who keep the service settled the reports at `refs`; who made them is told the answer."""

    refs: tuple[int, ...]
    answer: Sealed[str] = ""


# ---- errors -----------------------------------------------------------------------------------------------------


class ReportNotFoundError(NotFoundError):
    """There is no such report."""

    code = "outages.not_found"


class ReportHandledError(ConflictError):
    """Others have settled these reports."""

    code = "outages.is_handled"


class BadTimeError(InvalidError):
    """An outage began in the last seven days, and ended after it began."""

    code = "outages.bad_time"


class AnswerNeededError(InvalidError):
    """Whoever settles reports says what came of them."""

    code = "outages.answer_needed"


class ReportedTooOftenError(TooManyError):
    """Enough outages were reported by this person today; `data.retry_after` is in seconds."""

    code = "outages.too_often"
