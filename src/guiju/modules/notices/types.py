"""Notices, recipients and questions; the facts from which they are folded; the errors."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from guiju.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyError,
)
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId

NoticeId = NewType("NoticeId", str)

MOST_RECIPIENTS = 5000
MOST_QUESTIONS = 10
MOST_CHOICES = 6
SLICE = 100
"""People named in one leaf, which holds 4 KiB."""


class NoticeState(StrEnum):
    """A notice asks, or was withdrawn."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"


class Box(StrEnum):
    """What I must acknowledge, what I have, what I issued, what I oversee (all, or that of my own people), and what is late of
    mine or among my people.
    """

    TODO = "todo"
    DONE = "done"
    ISSUED = "issued"
    OVERSEEN = "overseen"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with 2 to 6 choices; `right` are the indices of all choices that are to be ticked."""

    text: str
    choices: tuple[str, ...]
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a version says."""

    title: str
    text: str
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a notice is meant for, before it is resolved to people. A unit takes the units below it along."""

    units: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    groups: tuple[GroupId, ...] = ()
    people: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as its facts have left it. Times in ms.

    `version` is the newest, `position` its entry, `asked_version` the newest that asked; `quiz` counts its questions.
    `due_people` and `due_acknowledged` are the figures at the deadline, once it has passed, and
    `withdrawn` is the entry that withdrew it.
    """

    id: NoticeId
    issuer: PersonId
    state: NoticeState
    version: int
    position: int
    asked_version: int
    asked_at: int
    due_at: int
    quiz: int
    people: int
    published_at: int
    reminded_at: int | None
    due_people: int | None
    due_acknowledged: int | None
    withdrawn: int | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """One who was asked. `acknowledged` is the version that they acknowledged last, 0 for none; `unit` where they were."""

    notice: NoticeId
    person: PersonId
    unit: str | None
    acknowledged: int
    at: int | None
    late: bool
    tries: int
    tried_at: int | None
    is_gone: bool = False

    def has(self, notice: Notice) -> bool:
        """Whether nothing more is asked of them."""
        return self.acknowledged >= notice.asked_version

    def misses(self, notice: Notice) -> bool:
        """Whether they are waited for: whoever has left the organisation is not."""
        return not self.is_gone and not self.has(notice)


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a notice, at its place in the ledger."""

    notice: NoticeId
    version: int
    position: int
    at: int
    editorial: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """How many were asked, have acknowledged, and did so late."""

    people: int
    acknowledged: int
    late: int


@dataclass(frozen=True, slots=True)
class Missing:
    """How many people have not acknowledged a notice, and the first of them."""

    count: int
    first: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an acknowledgement: `wrong` are the indices of the questions that were not answered rightly."""

    acknowledged: bool
    questions: int
    wrong: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Issuers:
    """`notices.issuers`: who of those with the right issues notices; with `posts`, holders of one of them only."""

    roles: tuple[str, ...] = ("registrar", "hr", "security_admin", "head")
    posts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """`notices.acknowledgement`. Hours are working hours; `remind_hours` before the deadline, 0 for never."""

    hours: int = 16
    most_hours: int = 80
    remind_hours: int = 0
    remind_every_minutes: int = 60


@dataclass(frozen=True, slots=True)
class Quiz:
    """`notices.quiz`: what passes, and the pause after a try that did not."""

    pass_percent: int = 100
    wait_minutes: int = 1


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("notices.published", Content.REGISTER, inspected=("title", "text", "questions"))
class NoticePublished:
    """A notice asks `people` to acknowledge it within `hours` of working time, with `quiz` questions."""

    notice: str
    people: int
    quiz: int
    hours: int
    due_at: int
    title: Sealed[str] = ""
    text: Sealed[str] = ""
    questions: Sealed[tuple[Question, ...]] = ()


@fact("notices.addressed", Content.REGISTER)
class NoticeAddressed:
    """These people of a unit are asked. Settled here, whoever moves or leaves later."""

    notice: str
    unit: str | None
    people: tuple[PersonId, ...]
    refs: tuple[int, ...]


@fact("notices.revised", Content.REGISTER, inspected=("title", "text", "questions", "reason"))
class NoticeRevised:
    """The text changed. Everybody is asked again, unless the issuer calls the change `editorial` and says why."""

    notice: str
    version: int
    editorial: bool
    quiz: int
    hours: int
    due_at: int
    refs: tuple[int, ...]
    title: Sealed[str] = ""
    text: Sealed[str] = ""
    questions: Sealed[tuple[Question, ...]] = ()
    reason: Sealed[str] = ""


@fact("notices.tried", Content.REGISTER)
class QuizTried:
    """A recipient answered the questions; `answers` holds the indices of the ticked choices of each."""

    notice: str
    version: int
    right: int
    questions: int
    passed: bool
    answers: tuple[tuple[int, ...], ...]
    refs: tuple[int, ...]


@fact("notices.acknowledged", Content.REGISTER)
class NoticeAcknowledged:
    """A recipient knows what this version says; `late` after the deadline."""

    notice: str
    version: int
    late: bool
    refs: tuple[int, ...]


@fact("notices.reminded", Content.REGISTER)
class NoticeReminded:
    """These people had not acknowledged and were reminded, by the issuer or by a timer: the actor says which."""

    notice: str
    people: tuple[PersonId, ...]
    refs: tuple[int, ...]


@fact("notices.deadline_passed", Content.REGISTER)
class DeadlinePassed:
    """The deadline passed: `acknowledged` of `people` had acknowledged."""

    notice: str
    version: int
    people: int
    acknowledged: int
    refs: tuple[int, ...]


@fact("notices.escalated", Content.REGISTER)
class NoticeEscalated:
    """At the deadline `to`, a head or who stands in for one, was told that `missing` people under them have not acknowledged."""

    notice: str
    version: int
    to: PersonId
    missing: int
    refs: tuple[int, ...]


@fact("notices.withdrawn", Content.REGISTER, inspected=("reason",))
class NoticeWithdrawn:
    """The notice asks nobody any more."""

    notice: str
    refs: tuple[int, ...]
    reason: Sealed[str] = ""


# ---- errors -----------------------------------------------------------------------------------------------------


class NoticeNotFoundError(NotFoundError):
    """There is no such notice, or it is not the caller's to see."""

    code = "notices.not_found"


class NotIssuerError(ForbiddenError):
    """A clause has notices issued by other persons."""

    code = "notices.not_issuer"


class DeadlineTooLongError(ForbiddenError):
    """A clause wants it acknowledged sooner; `data.most` is in working hours."""

    code = "notices.deadline_too_long"


class NoRecipientsError(InvalidError):
    """Nobody whom the notice could ask is left."""

    code = "notices.no_recipients"


class TooManyRecipientsError(InvalidError):
    """A notice asks at most `data.most` people."""

    code = "notices.too_many_recipients"


class RecipientsChangedError(ConflictError):
    """The recipients are not as many as the issuer was shown; `data.people` is how many they are."""

    code = "notices.recipients_changed"


class BadQuizError(InvalidError):
    """A question does not have 2 to 6 choices of which some and not all are right; `data.question` says which."""

    code = "notices.bad_quiz"


class QuizChangedError(InvalidError):
    """A change of the questions is not editorial."""

    code = "notices.quiz_changed"


class ReasonNeededError(InvalidError):
    """An editorial change and a withdrawal need a reason."""

    code = "notices.reason_needed"


class UnchangedError(ConflictError):
    """The new version says what the present one says."""

    code = "notices.unchanged"


class StaleVersionError(ConflictError):
    """The text has changed since it was read; `data.version` is the present one."""

    code = "notices.stale_version"


class AlreadyAcknowledgedError(ConflictError):
    """It was acknowledged before."""

    code = "notices.already_acknowledged"


class WithdrawnError(ConflictError):
    """The notice was withdrawn."""

    code = "notices.was_withdrawn"


class AnswersNeededError(InvalidError):
    """The notice has questions, and not each of them has an answer."""

    code = "notices.answers_needed"


class TriedRecentlyError(TooManyError):
    """The questions were answered a moment ago; `data.retry_after` is in seconds."""

    code = "notices.tried_recently"


class RemindedRecentlyError(TooManyError):
    """They were reminded a short time ago; `data.retry_after` is in seconds."""

    code = "notices.reminded_recently"


class NobodyMissingError(ConflictError):
    """Everybody has acknowledged it."""

    code = "notices.nobody_missing"
