"""Requests, steps and seats; the facts from which they are folded; the errors."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NewType, TypedDict

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyError,
)
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.policy.types import Text

RequestId = NewType("RequestId", str)

MAXIMUM_STEPS = 12
MAXIMUM_SEATS = 60
"""Seats of a whole flow: with these two limits the fact that opens a request fits into a leaf."""


class RequestState(StrEnum):
    """A request waits, or has ended in one of four ways."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class StepState(StrEnum):
    """A step is to come, waits, or has ended; steps that a request never decided are skipped."""

    TO_COME = "to_come"
    WAITING = "waiting"
    PASSED = "passed"
    REFUSED = "refused"
    SKIPPED = "skipped"


class StepMode(StrEnum):
    """How the verdicts of a step become one: any-of (或签) or all-of (会签)."""

    ANY = "any"
    ALL = "all"


class Verdict(StrEnum):
    """What a person says in their seat."""

    APPROVE = "approve"
    REFUSE = "refuse"


class OnTimeout(StrEnum):
    """What happens when a step's deadline passes."""

    REMIND = "remind"
    ESCALATE = "escalate"
    EXPIRE = "expire"


class SeatOrigin(StrEnum):
    """Why a person sits in a step: the flow says so, it asks them as a head above, or the deadline passed."""

    FLOW = "flow"
    HEAD = "head"
    ESCALATED = "escalated"


class Box(StrEnum):
    """The lists of the inbox: what waits for me, what I asked for, what I decided."""

    TODO = "todo"
    MINE = "mine"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Seat:
    """A person asked in a step; `deputy` is who decided for them. The body of the entry at `position` holds the opinion."""

    person: PersonId
    origin: SeatOrigin
    verdict: Verdict | None = None
    at: int | None = None
    position: int | None = None
    deputy: PersonId | None = None

    @property
    def is_head(self) -> bool:
        """Whether the person is asked as a head: a head's duties pass to a deputy, those of a role or a name do not."""
        return self.origin in (SeatOrigin.HEAD, SeatOrigin.ESCALATED)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a request. Hours are working hours; times (ms) are known once it has started."""

    index: int
    name: Text
    why: Text
    mode: StepMode
    state: StepState
    deadline_hours: int | None
    remind_hours: int | None
    on_timeout: OnTimeout
    due_at: int | None
    remind_at: int | None
    reminded_at: int | None
    seats: tuple[Seat, ...]

    def seat_of(self, person: PersonId | None) -> Seat | None:
        return next((seat for seat in self.seats if seat.person == person), None)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as its facts have left it.

    `subject` is the id that the kind gave, `step` the index of the step that waits or waited last,
    `position` that of the entry that opened the request.
    """

    id: RequestId
    kind: str
    subject: str
    title: str
    applicant: PersonId
    state: RequestState
    opened_at: int
    closed_at: int | None
    position: int
    clause: str | None
    uses: tuple[str, ...]
    step: int
    steps: tuple[Step, ...]

    @property
    def current(self) -> Step:
        return self.steps[self.step]

    @property
    def people(self) -> frozenset[PersonId]:
        """The applicant, all who sit in a step and who decided for one: they see the request and hear of its changes."""
        seats = [seat for step in self.steps for seat in step.seats]
        decided = {seat.deputy for seat in seats if seat.deputy is not None}
        return frozenset({self.applicant, *(seat.person for seat in seats), *decided})

    def waits_for(self, person: PersonId | None) -> bool:
        """Whether a verdict of `person` in their own seat is wanted now."""
        seat = self.current.seat_of(person)
        return self.state is RequestState.WAITING and seat is not None and seat.verdict is None


@dataclass(frozen=True, slots=True)
class Kind:
    """What a module registers that has something approved.

    The callbacks run in the transaction that closes the request; what they raise undoes it.
    `on_refused` is called for every request that ends without approval: its state says refused,
    withdrawn or expired. `describe` gives the `subject` object of the JSON.
    """

    name: str
    on_approved: Callable[[WriteTx, Actor, Request], None]
    on_refused: Callable[[WriteTx, Actor, Request], None]
    describe: Callable[[ReadTx, str], dict[str, Any]]


# ---- facts ---------------------------------------------------------------------------------------


class OpenedStep(TypedDict):
    """A step as it was resolved at opening. Hours are working hours."""

    mode: StepMode
    approvers: list[PersonId]
    deadline_hours: int | None
    remind_hours: int | None
    on_timeout: OnTimeout


@dataclass(frozen=True, slots=True)
class StepWords:
    """The words of a step: its name in the pack, and why these people were asked."""

    name: Text
    why: Text


@fact(
    "approvals.opened",
    Content.REGISTER,
    uninspected={"title": "the subject's, inspected there", "words": "the pack's"},
)
class RequestOpened:
    """Somebody asks for a decision. Who decides is settled here, whoever moves or leaves later.

    `heads` says of each step how many of its approvers, from the first, are asked as heads.
    """

    request: RequestId
    kind: str
    subject: str
    applicant: PersonId
    clause: str | None
    steps: list[OpenedStep]
    heads: tuple[int, ...] = ()
    title: Sealed[str] = ""
    words: Sealed[list[StepWords] | None] = None


@fact("approvals.step_started", Content.REGISTER)
class StepStarted:
    """A step waits for its people from now on."""

    request: RequestId
    step: int
    due_at: int | None
    remind_at: int | None
    refs: tuple[int, ...]


@fact("approvals.decided", Content.REGISTER, inspected=("opinion",))
class SeatDecided:
    """A verdict. `seat` is whose seat it was, `outcome` the state that it left the step in.

    An actor other than the seat's decided on their behalf, as their deputy.
    """

    request: RequestId
    step: int
    seat: PersonId
    verdict: Verdict
    outcome: StepState
    refs: tuple[int, ...]
    opinion: Sealed[str] = ""


@fact("approvals.closed", Content.REGISTER)
class RequestClosed:
    """The request has ended. Steps that were still open are skipped."""

    request: RequestId
    state: RequestState
    refs: tuple[int, ...]


@fact("approvals.reminded", Content.REGISTER)
class StepReminded:
    """The people of a step were reminded, by the applicant or by a timer: the actor says which."""

    request: RequestId
    step: int
    refs: tuple[int, ...]


@fact("approvals.escalated", Content.REGISTER)
class StepEscalated:
    """A step's deadline passed, and people one level above were added to it."""

    request: RequestId
    step: int
    added: list[PersonId]
    refs: tuple[int, ...]


# ---- errors --------------------------------------------------------------------------------------


class RequestNotFoundError(NotFoundError):
    """There is no such request, or it is not the caller's to see."""

    code = "approvals.request_not_found"


class NotYourTurnError(ConflictError):
    """The step that waits does not ask the caller."""

    code = "approvals.not_your_turn"


class AlreadyDecidedError(ConflictError):
    """The seat has given its verdict, or the request has ended; `data.state` is the request's."""

    code = "approvals.already_decided"


class OwnRequestError(ForbiddenError):
    """Nobody decides their own request, nor does their deputy in the seat of another."""

    code = "approvals.own_request"


class NotApplicantError(ForbiddenError):
    """Only the applicant withdraws a request or reminds its approvers."""

    code = "approvals.not_applicant"


class OpinionNeededError(InvalidError):
    """A refusal needs an opinion."""

    code = "approvals.opinion_needed"


class RemindedRecentlyError(TooManyError):
    """The approvers were reminded less than an hour ago; `data.retry_after` is in seconds."""

    code = "approvals.reminded_recently"


class NobodyCanDecideError(ConflictError):
    """For a step, neither the flow's rule nor a superior nor the register office gives anybody."""

    code = "approvals.nobody_can_decide"


class FlowTooLargeError(ConflictError):
    """The flow has more steps, or asks more people, than a request can hold."""

    code = "approvals.flow_too_large"
