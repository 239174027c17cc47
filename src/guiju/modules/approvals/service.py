"""Open a request, decide it, withdraw it, remind its people; its kind is registered from above."""

from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId, new_id
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.kernel.worktime import add_working_hours
from guiju.modules.approvals import _approvers, _rules, _shape, _store
from guiju.modules.approvals.types import (
    Box,
    Kind,
    OnTimeout,
    OpenedStep,
    Request,
    RequestClosed,
    RequestId,
    RequestNotFoundError,
    RequestOpened,
    RequestState,
    Seat,
    SeatDecided,
    Step,
    StepEscalated,
    StepMode,
    StepReminded,
    StepStarted,
    StepState,
    StepWords,
    Verdict,
)
from guiju.modules.directory import deputising
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Calendar, Flow

apply = _store.apply
_kinds: dict[str, Kind] = {}

REMINDER, TIMEOUT = "approvals.reminder", "approvals.timeout"
"""The jobs of a waiting step; the key is `request:step`."""


def register_kind(kind: Kind) -> None:
    """Have requests of this kind call back; called by the composition root."""
    _kinds[kind.name] = kind


# ---- opening -------------------------------------------------------------------------------------


def open_request(
    tx: WriteTx,
    actor: Actor,
    *,
    kind: str,
    subject: str,
    title: str,
    flow: Flow,
    uses: tuple[str, ...],
) -> Request:
    """Ask for a decision on `subject`; the people of every step are settled now.

    `uses` are the control uses that all facts of the request name. Raises NobodyCanDecideError,
    FlowTooLargeError or NotAllowedError.
    """
    assert kind in _kinds, f"unknown kind of request {kind}"
    permit = policy.require(tx, actor, "approvals.open").under(*uses)
    applicant = actor.person_id
    people = [_approvers.resolve(tx, applicant, step) for step in flow.steps]
    steps = [
        OpenedStep(
            mode=StepMode(step.mode),
            approvers=asked.people,
            deadline_hours=step.deadline_hours,
            remind_hours=step.remind_hours,
            on_timeout=OnTimeout(step.on_timeout),
        )
        for step, asked in zip(flow.steps, people, strict=True)
    ]
    _rules.check_size(steps)
    words = [
        StepWords(step.name, asked.why) for step, asked in zip(flow.steps, people, strict=True)
    ]
    heads = tuple(asked.heads for asked in people)
    request_id = RequestId(new_id("req", tx.now))
    tx.record(
        permit,
        RequestOpened(
            request_id, kind, subject, applicant, flow.clause, steps, heads, title, words
        ),
    )
    _start_step(tx, permit, _get(tx, request_id), 0)
    return _get(tx, request_id)


def _start_step(tx: WriteTx, permit: Permit, request: Request, index: int) -> None:
    """Have a step wait, with its deadline in working time from now on."""
    step = request.steps[index]
    due_at, remind_at = _deadlines(tx, step)
    tx.record(permit, StepStarted(request.id, index, due_at, remind_at, (request.position,)))
    for job, moment in ((REMINDER, remind_at), (TIMEOUT, due_at)):
        if moment is not None:
            tx.schedule(job, _job_key(request, index), moment, request=request.id, step=index)


def _deadlines(tx: ReadTx, step: Step) -> tuple[int | None, int | None]:
    """(deadline, reminder) of a step that starts now."""
    if step.deadline_hours is None:
        return None, None
    pack = policy.find_pack(tx)
    calendar = pack.calendar if pack is not None else Calendar()
    due_at = add_working_hours(tx.now, step.deadline_hours, calendar)
    if step.remind_hours is None or step.remind_hours >= step.deadline_hours:
        return due_at, None
    return due_at, add_working_hours(tx.now, step.deadline_hours - step.remind_hours, calendar)


def _job_key(request: Request, step: int) -> str:
    return f"{request.id}:{step}"


# ---- deciding ------------------------------------------------------------------------------------


def decide(
    tx: WriteTx, actor: Actor, request_id: RequestId, *, verdict: Verdict, opinion: str
) -> Request:
    """Give the verdict of the actor's seat, or of that of a head for whom they stand in.

    The last verdict closes the request and tells its kind.

    Raises RequestNotFoundError, NotAllowedError, OwnRequestError, AlreadyDecidedError,
    NotYourTurnError, OpinionNeededError, and whatever the kind's callback raises; on any of them
    nothing is written.
    """
    request = get_request(tx, actor, request_id)
    permit = policy.require(tx, actor, "approvals.decide").under(*request.uses)
    person = actor.person_id
    heads = deputising.stands_in_for(tx, person)
    seat, outcome = _rules.decide(request, person, verdict, opinion, heads)
    opened = (request.position,)
    tx.record(
        permit,
        SeatDecided(request.id, request.step, seat, verdict, outcome, opened, opinion.strip()),
    )
    if outcome is StepState.REFUSED:
        _close(tx, permit, request, RequestState.REFUSED)
    elif outcome is StepState.PASSED and request.step + 1 == len(request.steps):
        _close(tx, permit, request, RequestState.APPROVED)
    elif outcome is StepState.PASSED:
        _cancel_timers(tx, request)
        _start_step(tx, permit, request, request.step + 1)
    return _get(tx, request.id)


def withdraw(tx: WriteTx, actor: Actor, request_id: RequestId) -> Request:
    """Take a request back; the applicant may as long as it waits.

    Raises RequestNotFoundError, NotAllowedError, NotApplicantError or AlreadyDecidedError.
    """
    request = get_request(tx, actor, request_id)
    permit = policy.require(tx, actor, "approvals.open").under(*request.uses)
    _rules.check_applicant(request, actor.person)
    return _close(tx, permit, request, RequestState.WITHDRAWN)


def _close(tx: WriteTx, permit: Permit, request: Request, state: RequestState) -> Request:
    tx.record(permit, RequestClosed(request.id, state, (request.position,)))
    _cancel_timers(tx, request)
    closed, kind = _get(tx, request.id), _kinds[request.kind]
    told = kind.on_approved if state is RequestState.APPROVED else kind.on_refused
    told(tx, permit.actor, closed)
    return closed


def _cancel_timers(tx: WriteTx, request: Request) -> None:
    for job in (REMINDER, TIMEOUT):
        tx.cancel(job, _job_key(request, request.step))


# ---- reminding and deadlines ---------------------------------------------------------------------


def remind(tx: WriteTx, actor: Actor, request_id: RequestId) -> Request:
    """Remind the people whom the request waits for (催办), at most once an hour.

    Raises RequestNotFoundError, NotAllowedError, NotApplicantError, AlreadyDecidedError or
    RemindedRecentlyError.
    """
    request = get_request(tx, actor, request_id)
    permit = policy.require(tx, actor, "approvals.open").under(*request.uses)
    _rules.check_applicant(request, actor.person)
    _rules.check_reminder(request.current, tx.now)
    return _remind(tx, permit, request)


def _remind(tx: WriteTx, permit: Permit, request: Request) -> Request:
    tx.record(permit, StepReminded(request.id, request.step, (request.position,)))
    return _get(tx, request.id)


def remind_in_time(tx: WriteTx, actor: Actor, request_id: RequestId, step: int) -> None:
    """The timer before a deadline. Does nothing when the step is over or was reminded since."""
    request = _store.find(tx, request_id)
    if request is None or not _rules.waits_in(request, step):
        return
    if not _rules.was_reminded_since(request.current, request.current.remind_at):
        _remind(tx, policy.require(tx, actor, "approvals.open").under(*request.uses), request)


def time_out(tx: WriteTx, actor: Actor, request_id: RequestId, step: int) -> None:
    """The timer at a deadline: remind, ask one level above, or expire, as the flow says.

    Does nothing when the step is over or the deadline was dealt with. Who has nobody above is
    reminded instead.
    """
    request = _store.find(tx, request_id)
    if request is None or not _rules.waits_in(request, step):
        return
    late = request.current
    permit = policy.require(tx, actor, "approvals.open").under(*request.uses)
    if late.on_timeout is OnTimeout.EXPIRE:
        _close(tx, permit, request, RequestState.EXPIRED)
        return
    if late.on_timeout is OnTimeout.ESCALATE:
        added = (
            []
            if _rules.was_escalated(late)
            else _approvers.one_level_above(tx, request.applicant, late)
        )
        if added:
            tx.record(permit, StepEscalated(request.id, step, added, (request.position,)))
        if added or _rules.was_escalated(late):
            return
    if not _rules.was_reminded_since(late, late.due_at):
        _remind(tx, permit, request)


# ---- reading -------------------------------------------------------------------------------------


def find_request(tx: ReadTx, request_id: RequestId) -> Request | None:
    """A request without regard to who asks; for other modules and for delivery."""
    return _store.find(tx, request_id)


def may_read(tx: ReadTx, actor: Actor, request_id: RequestId) -> bool:
    """Whether the actor may see a request: applicant, approvers, deputies for whom it waits, register office, auditor."""
    request = _store.find(tx, request_id)
    return request is not None and _is_visible(tx, actor, request)


def _is_visible(tx: ReadTx, actor: Actor, request: Request) -> bool:
    return (
        actor.person is None
        or actor.person in request.people
        or open_seat(tx, request, actor.person) is not None
        or policy.may(tx, actor, "approvals.read_all")
    )


def get_request(tx: ReadTx, actor: Actor, request_id: RequestId) -> Request:
    """A request that the actor may see. Raises RequestNotFoundError."""
    request = _store.find(tx, request_id)
    if request is None or not _is_visible(tx, actor, request):
        raise RequestNotFoundError("There is no such request.", request=request_id)
    return request


def _get(tx: ReadTx, request_id: RequestId) -> Request:
    request = _store.find(tx, request_id)
    assert request is not None, "asked only for what this transaction has found or opened"
    return request


def list_requests(tx: ReadTx, actor: Actor, box: Box) -> list[Request]:
    """A box of the actor's inbox, at most 200 requests; what waits for heads is their deputy's as well."""
    listed = {Box.TODO: _store.waiting_for, Box.MINE: _store.asked_by, Box.DONE: _store.decided_by}
    found = _store.load(tx, listed[box](tx, actor.person_id))
    others = _waiting_for_heads(tx, actor.person_id) if box is Box.TODO else []
    if others:
        found = sorted([*found, *others], key=_rules.by_deadline)
    return found[: _store.LONGEST_LIST]


def count_todo(tx: ReadTx, person: PersonId) -> int:
    """How many requests wait for a verdict of `person`, of those for whom they stand in too."""
    return _store.count_waiting_for(tx, person) + len(_waiting_for_heads(tx, person))


def _waiting_for_heads(tx: ReadTx, deputy: PersonId) -> list[Request]:
    """What waits for a person as the deputy of heads, and not for themselves."""
    heads = deputising.stands_in_for(tx, deputy)
    found = _store.load(tx, _store.waiting_for_heads(tx, heads)) if heads else []
    seats = [(request, _rules.open_seat(request, deputy, heads)) for request in found]
    return [request for request, seat in seats if seat is not None and seat.person != deputy]


def open_seat(tx: ReadTx, request: Request, person: PersonId | None) -> Seat | None:
    """The seat in which a verdict of `person` is wanted now: their own, or that of a head for whom they stand in."""
    if person is None or request.state is not RequestState.WAITING:
        return None
    return _rules.open_seat(request, person, deputising.stands_in_for(tx, person))


def deputies_in(tx: ReadTx, request: Request, index: int) -> frozenset[PersonId]:
    """Who may decide in a step as the deputy of a head; for delivery."""
    step = request.steps[index]
    standing = deputising.deputies(tx, [seat.person for seat in step.seats if seat.is_head])
    heads = {deputy: deputising.stands_in_for(tx, deputy) for deputy in standing.values()}
    return frozenset(
        deputy for deputy in heads if _rules.seats_for(request, step, deputy, heads[deputy])
    )


def to_json(tx: ReadTx, actor: Actor, request: Request) -> dict[str, Any]:
    """The request as docs/protocol.md shows it to `actor`, who may see it."""
    return to_json_list(tx, actor, [request])[0]


def to_json_list(tx: ReadTx, actor: Actor, requests: list[Request]) -> list[dict[str, Any]]:
    """Like `to_json`, with one look into the ledger for all opinions and one for whom the actor stands in."""
    opinions = _shape.opinions(tx, requests)
    heads = deputising.stands_in_for(tx, actor.person) if actor.person is not None else []
    return [
        _shape.request(
            tx,
            actor,
            request,
            _rules.open_seat(request, actor.person, heads),
            _kinds[request.kind].describe(tx, request.subject),
            opinions,
        )
        for request in requests
    ]
