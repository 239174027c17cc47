"""The decisions of this module: a request and an act in, an outcome or a refusal out."""

from collections.abc import Collection, Sequence

from guiju.kernel.clock import HOUR
from guiju.kernel.errors import GuijuError
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
    Seat,
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


def seats_for(
    request: Request, step: Step, person: PersonId | None, stands_in_for: Collection[PersonId]
) -> list[Seat]:
    """The seats of a step in which a person may decide: this is all of who may.

    It is their own seat; without one, those of the heads for whom they stand in. Nobody decides their own request, and
    the applicant's deputy decides on it for nobody, for that would be the applicant's doing.
    """
    if person is None or person == request.applicant:
        return []
    own = step.seat_of(person)
    if own is not None:
        return [own]
    if request.applicant in stands_in_for:
        return []
    return [seat for seat in step.seats if seat.is_head and seat.person in stands_in_for]


def open_seat(
    request: Request, person: PersonId | None, stands_in_for: Collection[PersonId]
) -> Seat | None:
    """The seat in which a verdict of `person` is wanted now; one who gave a verdict in a step gives it no second."""
    step = request.current
    if request.state is not RequestState.WAITING or person is None:
        return None
    if any(seat.deputy == person for seat in step.seats):
        return None
    seats = seats_for(request, step, person, stands_in_for)
    return next((seat for seat in seats if seat.verdict is None), None)


def decide(
    request: Request,
    person: PersonId,
    verdict: Verdict,
    opinion: str,
    stands_in_for: Collection[PersonId] = (),
) -> tuple[PersonId, StepState]:
    """(whose seat, the state in which the verdict of `person` leaves the step that waits).

    Raises OwnRequestError, AlreadyDecidedError, NotYourTurnError or OpinionNeededError.
    """
    if person == request.applicant:
        raise OwnRequestError("You cannot decide your own request.", request=request.id)
    check_waiting(request)
    seat = open_seat(request, person, stands_in_for)
    if seat is None:
        raise _not_open(request, person, stands_in_for)
    if verdict is Verdict.REFUSE and not opinion.strip():
        raise OpinionNeededError("A refusal needs an opinion.", request=request.id)
    return seat.person, outcome(request.current, seat.person, verdict)


def _not_open(
    request: Request, person: PersonId, stands_in_for: Collection[PersonId]
) -> GuijuError:
    """Why a request that waits does not wait for `person`."""
    steps = request.steps[: request.step + 1]
    if any(seats_for(request, step, person, stands_in_for) for step in steps):
        return _already_decided(request)
    if request.applicant in stands_in_for:
        return OwnRequestError("You stand in for the applicant.", request=request.id)
    return NotYourTurnError("This request does not wait for you.", request=request.id)


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


def by_deadline(request: Request) -> tuple[bool, int, int]:
    """The nearest deadline first, then the oldest."""
    due_at = request.current.due_at
    return due_at is None, due_at or 0, request.opened_at
