"""The decisions of this module: a request and an act in, an outcome or a refusal out."""

from collections.abc import Sequence

from guiju.kernel.clock import HOUR
from guiju.kernel.ids import PersonId
from guiju.modules.approvals.types import (
    MAXIMUM_SEATS,
    MAXIMUM_STEPS,
    AlreadyDecidedError,
    FlowTooLargeError,
    NotApplicantError,
    NotYourTurnError,
    OpenedStep,
    OpinionNeededError,
    OwnRequestError,
    RemindedRecentlyError,
    Request,
    RequestState,
    SeatOrigin,
    Step,
    StepMode,
    StepState,
    Verdict,
)

REMIND_EVERY = HOUR


def check_size(steps: Sequence[OpenedStep]) -> None:
    """Raises FlowTooLargeError for a flow that does not fit into one fact."""
    seats = sum(len(step["approvers"]) for step in steps)
    if not 1 <= len(steps) <= MAXIMUM_STEPS or seats > MAXIMUM_SEATS:
        raise FlowTooLargeError(
            f"A flow has 1 to {MAXIMUM_STEPS} steps and asks at most {MAXIMUM_SEATS} people.",
            steps=len(steps),
            people=seats,
        )


def decide(request: Request, person: PersonId, verdict: Verdict, opinion: str) -> StepState:
    """The state in which the verdict of `person` leaves the step that waits.

    Raises OwnRequestError, AlreadyDecidedError, NotYourTurnError or OpinionNeededError.
    """
    if person == request.applicant:
        raise OwnRequestError("You cannot decide your own request.", request=request.id)
    check_waiting(request)
    seat = request.current.seat_of(person)
    if seat is None:
        earlier = any(step.seat_of(person) for step in request.steps[: request.step])
        if earlier:
            raise _already_decided(request)
        raise NotYourTurnError("This request does not wait for you.", request=request.id)
    if seat.verdict is not None:
        raise _already_decided(request)
    if verdict is Verdict.REFUSE and not opinion.strip():
        raise OpinionNeededError("A refusal needs an opinion.", request=request.id)
    return outcome(request.current, person, verdict)


def outcome(step: Step, person: PersonId, verdict: Verdict) -> StepState:
    """Any-of: the first verdict decides. All-of: one refusal decides, else the last approval."""
    if verdict is Verdict.REFUSE:
        return StepState.REFUSED
    open_seats = [seat for seat in step.seats if seat.verdict is None and seat.person != person]
    if step.mode is StepMode.ALL and open_seats:
        return StepState.WAITING
    return StepState.PASSED


def check_waiting(request: Request) -> None:
    """Raises AlreadyDecidedError when the request has ended."""
    if request.state is not RequestState.WAITING:
        raise _already_decided(request)


def _already_decided(request: Request) -> AlreadyDecidedError:
    return AlreadyDecidedError(
        "This was already decided.", request=request.id, state=request.state.value
    )


def check_applicant(request: Request, person: PersonId | None) -> None:
    """Raises NotApplicantError or AlreadyDecidedError unless `person` may withdraw or remind."""
    if person is None or person != request.applicant:
        raise NotApplicantError("Only the applicant may do this.", request=request.id)
    check_waiting(request)


def check_reminder(step: Step, now: int) -> None:
    """Raises RemindedRecentlyError within an hour of any reminder, the timer's too."""
    if step.reminded_at is None:
        return
    left = step.reminded_at + REMIND_EVERY - now
    if left > 0:
        raise RemindedRecentlyError(
            "The approvers were reminded less than an hour ago.", retry_after=-(-left // 1000)
        )


def waits_in(request: Request, step: int) -> bool:
    """Whether `step` is what the request waits for: a timer of any other step comes too late."""
    return request.state is RequestState.WAITING and request.step == step


def was_reminded_since(step: Step, moment: int | None) -> bool:
    return step.reminded_at is not None and moment is not None and step.reminded_at >= moment


def was_escalated(step: Step) -> bool:
    return any(seat.origin is SeatOrigin.ESCALATED for seat in step.seats)
