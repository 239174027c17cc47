"""Reply requests, the answers of those who are asked, and the facts about them."""

from dataclasses import dataclass
from enum import StrEnum

from guiju.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyError,
)
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId

MOST_PEOPLE = 100
"""People whom one message asks: they stand in one leaf, which holds 4 KiB."""
LEVELS = 2
"""Heads who are told in turn."""


class RequestState(StrEnum):
    """A request waits for answers, was taken back by who asked, or ended with its message or group."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class Answer(StrEnum):
    """What one who is asked has done. Nothing is asked of `GONE` any more: they left, or the request is over."""

    OPEN = "open"
    DELAYED = "delayed"
    REPLIED = "replied"
    UNDERSTOOD = "understood"
    DECLINED = "declined"
    GONE = "gone"


WAITING = (Answer.OPEN, Answer.DELAYED)
GIVEN = (Answer.REPLIED, Answer.UNDERSTOOD, Answer.DECLINED)


class Box(StrEnum):
    """What I must answer, what I asked and wait for, and what is late among the people whom I head."""

    TODO = "todo"
    ASKED = "asked"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Request:
    """A message that asks for an answer; it has the position of the message. Times in ms."""

    message: int
    group: GroupId
    asker: PersonId
    asked_at: int
    due_at: int
    state: RequestState


@dataclass(frozen=True, slots=True)
class Part:
    """One who is asked. `level` heads were told, the next at `next_at`; `position` is the entry of what they did last."""

    message: int
    person: PersonId
    answer: Answer
    due_at: int
    remind_at: int | None
    late: bool
    level: int
    next_at: int | None
    at: int | None
    position: int | None
    told: bool
    """They had said beforehand that they could not answer when their deadline passed."""


@dataclass(frozen=True, slots=True)
class Said:
    """A reply, or that one answers later: at which entry, and when in ms."""

    answer: Answer
    at: int
    position: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How many of those who were asked in a group answered in time, answered late, and have not answered.

    For `told` of the late and the waiting ones the deadline fell into a time that they had told beforehand.
    """

    in_time: int
    late: int
    waiting: int
    told: int

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.in_time + other.in_time,
            self.late + other.late,
            self.waiting + other.waiting,
            self.told + other.told,
        )


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """`followup.answers`. Hours are working hours, with `basis: clock` hours of the clock; 0 to remind or tell nobody."""

    hours: int = 24
    most_hours: int = 240
    basis: str = "working"
    remind_hours: int = 2
    next_hours: int = 8
    levels: int = LEVELS
    per_day: int = 20
    classes: tuple[str, ...] = ()


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("followup.asked", Content.CONTENT)
class AnswerAsked:
    """The message at `refs` asks `people` for an answer."""

    group: GroupId
    refs: tuple[int, ...]
    people: tuple[PersonId, ...]
    hours: int
    due_at: int
    remind_at: int | None


@fact("followup.answered", Content.CONTENT, inspected=("reason",))
class AnswerGiven:
    """One who was asked has understood, declines, or answers later, and then at `until`. A reply is the message itself."""

    group: GroupId
    refs: tuple[int, ...]
    answer: Answer
    until: int | None
    remind_at: int | None
    reason: Sealed[str] = ""


@fact("followup.reminded", Content.CONTENT)
class AnswerReminded:
    """The deadline of these people is near, and a timer told them."""

    group: GroupId
    refs: tuple[int, ...]
    people: tuple[PersonId, ...]


@fact("followup.late", Content.CONTENT)
class AnswerLate:
    """The deadline of these people passed without an answer. At `next_at` the second head is told.

    Those `told` of them had said beforehand that they could not answer then.
    """

    group: GroupId
    refs: tuple[int, ...]
    people: tuple[PersonId, ...]
    next_at: int | None
    told: tuple[PersonId, ...] = ()


@fact("followup.escalated", Content.CONTENT)
class AnswerEscalated:
    """The head `to`, at `level` above these people, was told that they are late; a barrier keeps `barred` from hearing of it.

    Where `to` is None, nobody further up may hear of it.
    """

    group: GroupId
    refs: tuple[int, ...]
    people: tuple[PersonId, ...]
    to: PersonId | None
    level: int
    barred: tuple[PersonId, ...] = ()


@fact("followup.withdrawn", Content.CONTENT)
class AskWithdrawn:
    """Who asked waits for no answer any more."""

    group: GroupId
    refs: tuple[int, ...]


# ---- errors -----------------------------------------------------------------------------------------------------


class RequestNotFoundError(NotFoundError):
    """The message asks for no answer."""

    code = "followup.not_found"


class NotAuthorError(ForbiddenError):
    """Somebody else wrote the message."""

    code = "followup.not_author"


class AlreadyAskedError(ConflictError):
    """The message asks for an answer already, or did."""

    code = "followup.already_asked"


class BadPeopleError(InvalidError):
    """Nobody is asked, too many are, or `data.person` is no other member who sees the message."""

    code = "followup.bad_people"


class DeadlineTooLongError(ForbiddenError):
    """A clause wants answers sooner; `data.most` is in hours."""

    code = "followup.deadline_too_long"


class AskedTooOftenError(TooManyError):
    """Enough messages of this person asked for answers here today; `data.retry_after` is in seconds."""

    code = "followup.asked_too_often"


class NotAskedError(ForbiddenError):
    """The message asks other people."""

    code = "followup.not_asked"


class AlreadyAnsweredError(ConflictError):
    """Nothing more is asked of this person, or of anybody."""

    code = "followup.already_answered"


class ReasonNeededError(InvalidError):
    """Who declines or answers later says why; who cannot answer does where a clause wants it."""

    code = "followup.reason_needed"


class BadUntilError(InvalidError):
    """A later answer names a time ahead, at most 30 days from now; no other answer names one."""

    code = "followup.bad_until"
