"""Questions raised about messages, who answers for a unit, and the facts about them."""

from dataclasses import dataclass
from enum import StrEnum

from guiju.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.directory.types import UnitId

MOST_HANDS = 3
"""So often a question is handed on: after that somebody answers it."""


class QuestionKind(StrEnum):
    """A question goes to the head of a unit; a reported error (差错) to who wrote the message."""

    QUESTION = "question"
    ERROR = "error"


class QuestionState(StrEnum):
    """It waits, was answered, was closed by who asked, or ended with its message or group."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    ENDED = "ended"


class Outcome(StrEnum):
    """A problem is confirmed, with or without a word, a question is answered, or an error is put right by a correction."""

    CONFIRMED = "confirmed"
    ANSWERED = "answered"
    CORRECTED = "corrected"


class QuestionBox(StrEnum):
    """What I answer for, and what I asked."""

    TODO = "todo"
    ASKED = "asked"


class Wanted(StrEnum):
    """Which questions a list shows; the overdue ones are among the open ones."""

    ALL = "all"
    OPEN = "open"
    OVERDUE = "overdue"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Question:
    """A question; its id is the position at which it was raised. Times in ms.

    `unit` answers for it, or with an error `person`. So many heads above were told as `level` says, the next at
    `next_at`. `answer` and `moved` are the entries of the last answer, and of the last reason to hand on or reopen it.
    """

    position: int
    group: GroupId
    message: int
    kind: QuestionKind
    asker: PersonId
    unit: UnitId | None
    person: PersonId | None
    state: QuestionState
    raised_at: int
    due_at: int
    remind_at: int | None
    late: bool
    level: int
    next_at: int | None
    answered_at: int | None
    answer: int | None
    moved: int | None
    hands: int
    reopened: bool


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """How many questions wait, how many of them are overdue, how many were answered, and the median time of that in ms."""

    open: int
    overdue: int
    answered: int
    median: int | None


@dataclass(frozen=True, slots=True)
class QuestionRules:
    """`followup.questions`. Hours are working hours, with `basis: clock` hours of the clock; 0 to remind or tell nobody."""

    hours: int = 8
    basis: str = "working"
    remind_hours: int = 2
    next_hours: int = 4
    levels: int = 1
    per_day: int = 20
    classes: tuple[str, ...] = ()


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("followup.question_raised", Content.CONTENT, inspected=("text",))
class QuestionRaised:
    """A member raised a question about the message at `refs`; `unit` answers for it, or its writer `person`.

    `to` were told: the head of the unit and who stands in for them, or the writer.
    """

    group: GroupId
    refs: tuple[int, ...]
    question: QuestionKind
    unit: str | None
    person: str | None
    to: tuple[PersonId, ...]
    due_at: int
    remind_at: int | None
    text: Sealed[str] = ""


@fact("followup.question_answered", Content.CONTENT, inspected=("text",))
class QuestionAnswered:
    """Who answers for the question, the second of `refs`, confirmed or answered it."""

    group: GroupId
    refs: tuple[int, ...]
    outcome: Outcome
    text: Sealed[str] = ""


@fact("followup.question_handed", Content.CONTENT, inspected=("reason",))
class QuestionHanded:
    """The question, the second of `refs`, was handed to another unit, whose time begins now; `to` were told."""

    group: GroupId
    refs: tuple[int, ...]
    unit: str
    to: tuple[PersonId, ...]
    due_at: int
    remind_at: int | None
    reason: Sealed[str] = ""


@fact("followup.question_reminded", Content.CONTENT)
class QuestionReminded:
    """The deadline of the question, the second of `refs`, is near, and a timer told `to`."""

    group: GroupId
    refs: tuple[int, ...]
    to: tuple[PersonId, ...]


@fact("followup.question_late", Content.CONTENT)
class QuestionLate:
    """The deadline of the question, the second of `refs`, passed; `to` were told, and at `next_at` the next head is."""

    group: GroupId
    refs: tuple[int, ...]
    to: tuple[PersonId, ...]
    next_at: int | None


@fact("followup.question_escalated", Content.CONTENT)
class QuestionEscalated:
    """`to`, the head at `level` above and who stands in for them, were told, and answer for the question from now on too.

    A barrier keeps `barred` from hearing of it, the heads below who were passed over.
    """

    group: GroupId
    refs: tuple[int, ...]
    to: tuple[PersonId, ...]
    level: int
    next_at: int | None
    barred: tuple[PersonId, ...] = ()


@fact("followup.question_closed", Content.CONTENT)
class QuestionClosed:
    """Who asked has what they wanted of the question, the second of `refs`."""

    group: GroupId
    refs: tuple[int, ...]


@fact("followup.question_reopened", Content.CONTENT, inspected=("reason",))
class QuestionReopened:
    """The answer does not do, says who asked; the time of the question, the second of `refs`, begins anew."""

    group: GroupId
    refs: tuple[int, ...]
    to: tuple[PersonId, ...]
    due_at: int
    remind_at: int | None
    reason: Sealed[str] = ""


QuestionFact = (
    QuestionRaised
    | QuestionAnswered
    | QuestionHanded
    | QuestionReminded
    | QuestionLate
    | QuestionEscalated
    | QuestionClosed
    | QuestionReopened
)


# ---- errors -----------------------------------------------------------------------------------------------------


class QuestionNotFoundError(NotFoundError):
    """There is no such question, or it is not yours to see."""

    code = "followup.question_not_found"


class AlreadyRaisedError(ConflictError):
    """The message has a question of this kind that is not closed."""

    code = "followup.already_raised"


class NobodyAnswersError(ConflictError):
    """The unit, and those above it, have no head who could answer; or the message has no writer who could."""

    code = "followup.nobody_answers"


class NoQuestionsHereError(ConflictError):
    """In a conversation of two, questions are put as messages."""

    code = "followup.no_questions_here"


class NotAskerError(ForbiddenError):
    """Somebody else asked."""

    code = "followup.not_asker"


class NotResponsibleError(ForbiddenError):
    """Others answer for this question."""

    code = "followup.not_responsible"


class QuestionSettledError(ConflictError):
    """The question does not wait for this any more, or not yet."""

    code = "followup.question_settled"


class HandedTooOftenError(ConflictError):
    """The question was handed on three times, or is with this unit already, or is a reported error, which is not handed on."""

    code = "followup.handed_too_often"


class TextNeededError(InvalidError):
    """A question, an answer, and a reason to hand on or reopen need words; only a confirmation does without."""

    code = "followup.text_needed"
