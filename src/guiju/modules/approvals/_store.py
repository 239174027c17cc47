"""Requests, steps and seats, written by `apply` alone."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Row

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals.types import (
    AlreadyDecidedError,
    OnTimeout,
    Request,
    RequestClosed,
    RequestId,
    RequestOpened,
    RequestState,
    Seat,
    SeatDecided,
    SeatOrigin,
    Step,
    StepEscalated,
    StepMode,
    StepReminded,
    StepStarted,
    StepState,
    Verdict,
)

LONGEST_LIST = 200
_OF_HEADS = (SeatOrigin.HEAD.value, SeatOrigin.ESCALATED.value)

_request = governed(
    Table(
        "approval_request",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("kind", String(64), nullable=False),
        Column("subject", String(64), nullable=False),
        Column("applicant", String(40), nullable=False),
        Column("state", String(16), nullable=False),
        Column("opened_at", BigInteger, nullable=False),
        Column("closed_at", BigInteger),
        Column("title", Text, nullable=False),
        Column("step", Integer, nullable=False),
        Column("clause", String(64)),
        Column("uses", Text, nullable=False),
        Column("position", BigInteger, nullable=False),
        Index("approval_request_applicant", "applicant", "opened_at"),
    )
)
_step = governed(
    Table(
        "approval_step",
        metadata,
        Column("request", String(40), primary_key=True),
        Column("step", Integer, primary_key=True, autoincrement=False),
        Column("name", Text, nullable=False),
        Column("why", Text, nullable=False),
        Column("mode", String(16), nullable=False),
        Column("state", String(16), nullable=False),
        Column("deadline_hours", Integer),
        Column("remind_hours", Integer),
        Column("on_timeout", String(16), nullable=False),
        Column("due_at", BigInteger),
        Column("remind_at", BigInteger),
        Column("reminded_at", BigInteger),
    )
)
_seat = governed(
    Table(
        "approval_seat",
        metadata,
        Column("request", String(40), primary_key=True),
        Column("step", Integer, primary_key=True, autoincrement=False),
        Column("person", String(40), primary_key=True),
        Column("place", Integer, nullable=False),
        Column("origin", String(16), nullable=False),
        Column("verdict", String(16)),
        Column("at", BigInteger),
        Column("position", BigInteger),
        Column("deputy", String(40)),
        Index("approval_seat_person", "person", "verdict"),
        Index("approval_seat_deputy", "deputy"),
    )
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        match entry.fact:
            case RequestOpened() as fact:
                _open(tx, entry, fact)
            case StepStarted() as fact:
                _start(tx, fact)
            case SeatDecided() as fact:
                _decide(tx, entry, fact)
            case RequestClosed() as fact:
                _close(tx, entry, fact)
            case StepReminded() as fact:
                tx.run(
                    update(_step)
                    .where(*_is_step(fact.request, fact.step))
                    .values(reminded_at=entry.at)
                )
            case StepEscalated() as fact:
                _escalate(tx, fact)


def _open(tx: WriteTx, entry: Recorded, fact: RequestOpened) -> None:
    tx.run(
        insert(_request).values(
            id=fact.request,
            kind=fact.kind,
            subject=fact.subject,
            applicant=fact.applicant,
            state=RequestState.WAITING.value,
            opened_at=entry.at,
            title=fact.title,
            step=0,
            clause=fact.clause,
            uses=_dump(entry.uses),
            position=entry.position,
        )
    )
    for index, step in enumerate(fact.steps):
        words = fact.words[index] if fact.words is not None else None
        tx.run(
            insert(_step).values(
                request=fact.request,
                step=index,
                name=_dump(words.name if words else {}),
                why=_dump(words.why if words else {}),
                mode=str(step["mode"]),
                state=StepState.TO_COME.value,
                deadline_hours=step["deadline_hours"],
                remind_hours=step["remind_hours"],
                on_timeout=str(step["on_timeout"]),
            )
        )
        heads = fact.heads[index] if fact.heads else 0  # none is named in what was recorded before
        asked = step["approvers"]
        _seat_people(tx, fact.request, index, asked[:heads], SeatOrigin.HEAD, first=0)
        _seat_people(tx, fact.request, index, asked[heads:], SeatOrigin.FLOW, first=heads)


def _seat_people(
    tx: WriteTx,
    request: RequestId,
    step: int,
    people: Iterable[PersonId],
    origin: SeatOrigin,
    *,
    first: int,
) -> None:
    for place, person in enumerate(people, first):
        tx.run(
            insert(_seat).values(
                request=request, step=step, person=person, place=place, origin=origin.value
            )
        )


def _start(tx: WriteTx, fact: StepStarted) -> None:
    started = tx.run(
        update(_step)
        .where(*_is_step(fact.request, fact.step), _step.c.state == StepState.TO_COME.value)
        .values(state=StepState.WAITING.value, due_at=fact.due_at, remind_at=fact.remind_at)
    )
    if started == 0:
        raise AlreadyDecidedError("This step was already started.", request=fact.request)
    tx.run(update(_request).where(_request.c.id == fact.request).values(step=fact.step))


def _decide(tx: WriteTx, entry: Recorded, fact: SeatDecided) -> None:
    undecided = (
        _seat.c.request == fact.request,
        _seat.c.step == fact.step,
        _seat.c.person == fact.seat,
        _seat.c.verdict.is_(None),
    )
    deputy = entry.actor if entry.actor != fact.seat else None
    new = {
        "verdict": fact.verdict.value,
        "at": entry.at,
        "position": entry.position,
        "deputy": deputy,
    }
    if tx.run(update(_seat).where(*undecided).values(**new)) == 0:
        raise AlreadyDecidedError("This was already decided.", request=fact.request)
    waiting = (*_is_step(fact.request, fact.step), _step.c.state == StepState.WAITING.value)
    if tx.run(update(_step).where(*waiting).values(state=fact.outcome.value)) == 0:
        raise AlreadyDecidedError("This was already decided.", request=fact.request)


def _close(tx: WriteTx, entry: Recorded, fact: RequestClosed) -> None:
    waiting = _request.c.id == fact.request, _request.c.state == RequestState.WAITING.value
    if (
        tx.run(update(_request).where(*waiting).values(state=fact.state.value, closed_at=entry.at))
        == 0
    ):
        raise AlreadyDecidedError("This request has ended.", request=fact.request)
    undone = _step.c.state.in_((StepState.TO_COME.value, StepState.WAITING.value))
    tx.run(
        update(_step)
        .where(_step.c.request == fact.request, undone)
        .values(state=StepState.SKIPPED.value)
    )


def _escalate(tx: WriteTx, fact: StepEscalated) -> None:
    here = _seat.c.request == fact.request, _seat.c.step == fact.step
    seated = int(tx.scalar(select(func.count()).select_from(_seat).where(*here)))
    _seat_people(tx, fact.request, fact.step, fact.added, SeatOrigin.ESCALATED, first=seated)


def _is_step(request: RequestId, step: int) -> tuple[Any, Any]:
    return _step.c.request == request, _step.c.step == step


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# ---- reading -------------------------------------------------------------------------------------


def find(tx: ReadTx, request: RequestId) -> Request | None:
    found = load(tx, [request])
    return found[0] if found else None


def load(tx: ReadTx, ids: Sequence[RequestId]) -> list[Request]:
    """The requests with these ids, in this order; unknown ids are left out."""
    if not ids:
        return []
    seats: dict[tuple[str, int], list[Seat]] = defaultdict(list)
    for row in tx.all(select(_seat).where(_seat.c.request.in_(ids)).order_by(_seat.c.place)):
        seats[row.request, row.step].append(_to_seat(row))
    steps: dict[str, list[Step]] = defaultdict(list)
    for row in tx.all(select(_step).where(_step.c.request.in_(ids)).order_by(_step.c.step)):
        steps[row.request].append(_to_step(row, tuple(seats[row.request, row.step])))
    rows = {row.id: row for row in tx.all(select(_request).where(_request.c.id.in_(ids)))}
    return [_to_request(rows[wanted], tuple(steps[wanted])) for wanted in ids if wanted in rows]


def waiting_for(tx: ReadTx, person: PersonId) -> list[RequestId]:
    """What waits for a verdict of `person`: the nearest deadline first, then the oldest."""
    query = _todo(select(_request.c.id), _seat.c.person == person).order_by(
        _step.c.due_at.nulls_last(), _request.c.opened_at
    )
    return tx.scalars(query.limit(LONGEST_LIST))


def waiting_for_heads(tx: ReadTx, heads: Collection[PersonId]) -> list[RequestId]:
    """What waits for these people as heads, the oldest first."""
    mine = _seat.c.person.in_(heads), _seat.c.origin.in_(_OF_HEADS)
    query = _todo(select(_request.c.id), *mine).distinct().order_by(_request.c.id)
    return tx.scalars(query.limit(LONGEST_LIST))


def count_waiting_for(tx: ReadTx, person: PersonId) -> int:
    return int(tx.scalar(_todo(select(func.count()), _seat.c.person == person)))


def _todo(query: Select[Any], *whose: ColumnElement[bool]) -> Select[Any]:
    return (
        query.select_from(_seat)
        .join(_step, (_step.c.request == _seat.c.request) & (_step.c.step == _seat.c.step))
        .join(_request, _request.c.id == _seat.c.request)
        .where(
            *whose,
            _seat.c.verdict.is_(None),
            _step.c.state == StepState.WAITING.value,
            _request.c.state == RequestState.WAITING.value,
        )
    )


def asked_by(tx: ReadTx, person: PersonId) -> list[RequestId]:
    """The requests of an applicant, newest first."""
    query = (
        select(_request.c.id)
        .where(_request.c.applicant == person)
        .order_by(_request.c.position.desc())
    )
    return tx.scalars(query.limit(LONGEST_LIST))


def decided_by(tx: ReadTx, person: PersonId) -> list[RequestId]:
    """The requests in which `person` gave a verdict or had one given for them, the last verdict first."""
    theirs = or_(_seat.c.person == person, _seat.c.deputy == person)
    query = (
        select(_seat.c.request)
        .where(theirs, _seat.c.verdict.is_not(None))
        .group_by(_seat.c.request)
        .order_by(func.max(_seat.c.position).desc())
    )
    return tx.scalars(query.limit(LONGEST_LIST))


def _to_seat(row: Row[Any]) -> Seat:
    verdict = Verdict(row.verdict) if row.verdict is not None else None
    deputy = PersonId(row.deputy) if row.deputy is not None else None
    return Seat(PersonId(row.person), SeatOrigin(row.origin), verdict, row.at, row.position, deputy)


def _to_step(row: Row[Any], seats: tuple[Seat, ...]) -> Step:
    return Step(
        row.step,
        json.loads(row.name),
        json.loads(row.why),
        StepMode(row.mode),
        StepState(row.state),
        row.deadline_hours,
        row.remind_hours,
        OnTimeout(row.on_timeout),
        row.due_at,
        row.remind_at,
        row.reminded_at,
        seats,
    )


def _to_request(row: Row[Any], steps: tuple[Step, ...]) -> Request:
    return Request(
        RequestId(row.id),
        row.kind,
        row.subject,
        row.title,
        PersonId(row.applicant),
        RequestState(row.state),
        row.opened_at,
        row.closed_at,
        row.position,
        row.clause,
        tuple(json.loads(row.uses)),
        row.step,
        steps,
    )
