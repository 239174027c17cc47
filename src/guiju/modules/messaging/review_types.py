"""What the review of held messages adds: verdicts, facts, parameters and refusals."""

from dataclasses import dataclass
from enum import StrEnum

from guiju.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import BotId, GroupId, PersonId

SECOND_LINES = ("security_admin", "registrar", "hr")
"""Roles that a pack may name for escalated messages. Auditors watch and never decide."""

LONGEST_PHRASE = 200
"""Code points; what is longer is a text and no phrase."""


class Verdict(StrEnum):
    """What a reviewer decided. `masked` is a release with the findings hidden."""

    RELEASED = "released"
    MASKED = "masked"
    REFUSED = "refused"

    @property
    def lets_pass(self) -> bool:
        return self is not Verdict.REFUSED


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A held message as the queue knows it.

    `line` is the role that alone decides once the message was escalated, at `escalation`; None before. `proposal` is
    the verdict that the reviewer who escalated would have given. `is_reversed`: a person's judgement was turned, that
    is, a refusal was overturned, or the second line decided against the proposal.
    """

    position: int
    group: GroupId
    sender: PersonId
    at: int
    due_at: int
    line: str | None
    escalation: int | None
    proposal: Verdict | None
    verdict: Verdict | None
    decision: int | None
    decided_at: int | None
    reviewer: PersonId | None
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class Allowed:
    """A phrase that a rule lets pass until `until` (ms), in one group or, without one, everywhere."""

    position: int
    group: GroupId | None
    rule: str
    phrase: str
    until: int
    granted_by: PersonId
    granted_at: int
    held: int
    revoked_by: PersonId | None
    revoked_at: int | None

    def is_active(self, at: int) -> bool:
        """Whether it holds, or held, at a moment (ms)."""
        end = self.until if self.revoked_at is None else min(self.until, self.revoked_at)
        return self.granted_at <= at < end


@dataclass(frozen=True, slots=True)
class Permission:
    """What a reviewer asks for with a release: let the phrase of finding `finding` pass until `until` (ms)."""

    finding: int
    until: int
    everywhere: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """The pre-review of a person, in one group or, without one, everywhere. `ended_at` is None while it lasts.

    `refusals` are the positions of the decisions that led to it.
    """

    position: int
    person: PersonId
    group: GroupId | None
    began_at: int
    until: int
    refusals: tuple[int, ...]
    ended_at: int | None

    @property
    def is_annulled(self) -> bool:
        """Whether it ended before its time, for want of its reason."""
        return self.ended_at is not None and self.ended_at < self.until


@dataclass(frozen=True, slots=True)
class BotRefusal:
    """A refusal of a bot's message that who answers for it was told of, at `position` and `at` (ms).

    `count` of their refusals count there by now, and with `needed` pre-review begins; None without the control.
    """

    position: int
    group: GroupId
    bot: BotId
    at: int
    reason: str
    count: int
    needed: int | None


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """What one rule, list or term did in a time range, counted in messages and in edits that passed.

    Of `hits`, `blocked` were not sent, `masked` and `delivered` went out at once, with the findings hidden or with
    nothing but a record, and `held` waited for a person. Of the held ones, `waiting` still do; `released`, `hidden`
    (released with the findings masked) and `refused` are verdicts, `reversed` of which turned another's judgement.
    """

    rule: str
    term: str
    hits: int
    blocked: int
    masked: int
    delivered: int
    held: int
    waiting: int
    released: int
    hidden: int
    refused: int
    reversed: int
    example: int

    @property
    def decided(self) -> int:
        return self.released + self.hidden + self.refused

    @property
    def share_overturned(self) -> float | None:
        """The share of verdicts that let the message pass as it was written; None without verdicts."""
        return self.released / self.decided if self.decided else None


# ---- parameters of controls -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PreReviewRules:
    """Parameters of `messaging.prereview`: so many refusals within so many days, then review for so many days."""

    refusals: int = 3
    within_days: int = 30
    for_days: int = 7
    everywhere: bool = False


# ---- facts ------------------------------------------------------------------------------------------------------


_BY_A_REVIEWER = "a reviewer names what was found, and only those who review read it"


@fact("messaging.escalated", Content.CONTENT, uninspected={"reason": _BY_A_REVIEWER})
class ReviewEscalated:
    """A held message passed to the role `to`, which alone decides from now on, by a reviewer or because it was late."""

    group: GroupId
    refs: tuple[int, ...]
    to: str
    due_at: int
    proposal: Verdict | None
    reason: Sealed[str]


@fact(
    "messaging.exception_granted",
    Content.REGISTER,
    uninspected={"phrase": "what a rule found, allowed from now on", "reason": _BY_A_REVIEWER},
)
class ExceptionGranted:
    """A phrase passes a rule until `until`; without a group, everywhere. `refs` names the held entry that showed it."""

    group: GroupId | None
    refs: tuple[int, ...]
    rule: str
    until: int
    phrase: Sealed[str]
    reason: Sealed[str]


@fact("messaging.exception_revoked", Content.REGISTER, uninspected={"reason": _BY_A_REVIEWER})
class ExceptionRevoked:
    """An exception ended before its time. `refs` names the entry that granted it."""

    group: GroupId | None
    refs: tuple[int, ...]
    reason: Sealed[str]


@fact("messaging.prereview_began", Content.REGISTER)
class PreReviewBegan:
    """A person's messages wait for a reviewer until `until`, after the refusals that `refs` names."""

    group: GroupId | None
    refs: tuple[int, ...]
    person: PersonId
    until: int


@fact("messaging.prereview_ended", Content.REGISTER)
class PreReviewEnded:
    """A pre-review ran out, or lost its reason when a refusal was overturned. `refs` names the entry that began it."""

    group: GroupId | None
    refs: tuple[int, ...]
    person: PersonId


@fact("messaging.bot_refused", Content.REGISTER)
class BotRefused:
    """Who answers for a bot was told of a refusal, which `refs` names; when `counted`, it counts as one of their own."""

    group: GroupId
    refs: tuple[int, ...]
    bot: BotId
    person: PersonId
    counted: bool


# ---- errors -----------------------------------------------------------------------------------------------------


class EscalatedError(ForbiddenError):
    """The message was escalated; only the role in `data.line` decides on it."""

    code = "messaging.escalated_away"


class UndeliverableError(ConflictError):
    """The message cannot be delivered any more. Why is between the two whom it concerns, so nothing more is said."""

    code = "messaging.undeliverable"


class CannotEscalateError(ConflictError):
    """No role is named for escalation, or the message was escalated already."""

    code = "messaging.cannot_escalate"


class NotRefusedError(ConflictError):
    """Only a refusal can be overturned."""

    code = "messaging.not_refused"


class OwnDecisionError(ForbiddenError):
    """Whoever refused a message does not overturn the refusal, and whoever passed it on does not decide on it."""

    code = "messaging.own_decision"


class NothingToMaskError(InvalidError):
    """A release with the findings hidden would show the text as it was written: nothing in it was found."""

    code = "messaging.nothing_to_mask"


class BadExceptionError(InvalidError):
    """The exception cannot be granted: no such finding, or an end that is past or too far away."""

    code = "messaging.bad_exception"


class ExceptionNotFoundError(NotFoundError):
    """There is no such exception."""

    code = "messaging.exception_not_found"


class ExceptionEndedError(ConflictError):
    """The exception has ended or was revoked already."""

    code = "messaging.exception_ended"


class BadRangeError(InvalidError):
    """The time range is empty or longer than two years."""

    code = "messaging.bad_range"


class DecisionNotFoundError(NotFoundError):
    """No decision on a message was recorded there, or none that you may look into."""

    code = "messaging.decision_not_found"
