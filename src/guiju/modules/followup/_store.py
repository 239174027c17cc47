"""Requests, those who are asked, and the heads who were told; written by `apply` and `hear` alone."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    and_,
    case,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Row

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.followup import _said_store
from guiju.modules.followup.types import (
    WAITING,
    Answer,
    AnswerAsked,
    AnswerEscalated,
    AnswerGiven,
    AnswerLate,
    AnswerReminded,
    AskWithdrawn,
    Figures,
    Part,
    Request,
    RequestState,
)
from guiju.modules.groups.types import GroupClosed, MemberChanged
from guiju.modules.messaging.change_types import MessageRecalled
from guiju.modules.messaging.types import MessageReleased, MessageSent
from guiju.modules.policy.types import INSIDE

LONGEST_LIST = 200

_request = governed(
    Table(
        "followup_request",
        metadata,
        Column("message", BigInteger, primary_key=True, autoincrement=False),
        Column("group_id", String(40), nullable=False),
        Column("asker", String(40), nullable=False),
        Column("asked_at", BigInteger, nullable=False),
        Column("due_at", BigInteger, nullable=False),
        Column("state", String(16), nullable=False),
        Index("followup_request_group", "group_id", "message"),
        Index("followup_request_asker", "asker", "asked_at"),
    )
)
_part = governed(
    Table(
        "followup_part",
        metadata,
        Column("message", BigInteger, primary_key=True, autoincrement=False),
        Column("person", String(40), primary_key=True),
        Column("group_id", String(40), nullable=False),
        Column("answer", String(16), nullable=False),
        Column("due_at", BigInteger, nullable=False),
        Column("remind_at", BigInteger),
        Column("late", Integer, nullable=False),
        Column("level", Integer, nullable=False),
        Column("next_at", BigInteger),
        Column("at", BigInteger),
        Column("position", BigInteger),
        Column("told", Integer, nullable=False, server_default="0"),
        Index("followup_part_person", "person", "answer"),
        Index("followup_part_group", "group_id", "answer"),
    )
)
_told = governed(
    Table(
        "followup_told",
        metadata,
        Column("message", BigInteger, primary_key=True, autoincrement=False),
        Column("person", String(40), primary_key=True),
        Column("head", String(40), primary_key=True),
        Index("followup_told_head", "head"),
    )
)
_IS_WAITING = _part.c.answer.in_([each.value for each in WAITING])
_MAY_REPLY = _part.c.answer.in_([each.value for each in (*WAITING, Answer.REPLIED)])
_IS_OPEN = _request.c.state == RequestState.OPEN.value
_IS_LATE = case((_part.c.late == 1, 1), else_=0)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        message = entry.fact.refs[0]
        match entry.fact:
            case AnswerAsked() as fact:
                _ask(tx, entry, fact)
            case AnswerGiven(answer=Answer.DELAYED) as fact:
                later = {
                    "due_at": fact.until, "remind_at": fact.remind_at, "level": 0, "next_at": None,
                }  # fmt: skip
                _answer(tx, entry, {message}, str(entry.actor), fact.answer, **later)
                _said_store.keep(tx, entry, {message}, str(entry.actor), fact.answer)
            case AnswerGiven() as fact:
                _said_store.forget(tx, _said_store.of({message}, str(entry.actor)))
                _answer(tx, entry, {message}, str(entry.actor), fact.answer)
            case AnswerReminded(people=people):
                _set(tx, message, people, remind_at=None)
            case AnswerLate(people=people, next_at=next_at, told=told):
                late = {"late": 1, "level": 1, "next_at": next_at, "remind_at": None}
                _set(tx, message, people, told=0, **late)
                _set(tx, message, told, told=1)
            case AnswerEscalated() as fact:
                _escalate(tx, fact)
            case AskWithdrawn():
                _end(tx, [message], RequestState.WITHDRAWN)


def hear(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """What messages and members do to requests: a reply answers until it is recalled, the recall of what asks and a closing
    end, who leaves is not asked.
    """
    for entry in entries:
        match entry.fact:
            case MessageSent(refs=refs, thread=thread, corrects=corrects) if (
                refs or thread is not None or corrects is not None
            ):
                _reply(tx, entry, targets(refs, thread), corrects, str(entry.actor))
            case MessageReleased(quote=quote, thread=thread, corrects=corrects, sender=sender):
                to = targets(() if quote is None else (quote,), thread)
                _reply(tx, entry, to, corrects, sender)
            case MessageRecalled(refs=refs):
                _recall(tx, refs[0])
                _end(tx, refs, RequestState.ENDED)
            case MemberChanged(group=group, person=person, state=state) if state not in INSIDE:
                mine = _part.c.group_id == group, _part.c.person == person
                _said_store.forget(
                    tx, _said_store.of(tx.scalars(select(_part.c.message).where(*mine)), person)
                )
                tx.run(update(_part).where(*mine, _IS_WAITING).values(answer=Answer.GONE.value))
                own = select(_request.c.message).where(
                    _request.c.group_id == group, _request.c.asker == person, _IS_OPEN
                )
                _end(tx, tx.scalars(own), RequestState.ENDED)
            case GroupClosed(group=group):
                asked = select(_request.c.message).where(_request.c.group_id == group, _IS_OPEN)
                _end(tx, tx.scalars(asked), RequestState.ENDED)


def targets(refs: Sequence[int], thread: int | None) -> frozenset[int]:
    """The messages to which a message is a reply: what it quotes, and the first of its thread."""
    return frozenset((*refs, *(() if thread is None else (thread,))))


def _ask(tx: WriteTx, entry: Recorded, fact: AnswerAsked) -> None:
    message, group = fact.refs[0], fact.group
    tx.run(
        insert(_request).values(
            message=message,
            group_id=group,
            asker=entry.actor,
            asked_at=entry.at,
            due_at=fact.due_at,
            state=RequestState.OPEN.value,
        )
    )
    asked = {
        "message": message, "group_id": group, "answer": Answer.OPEN.value, "due_at": fact.due_at,
        "remind_at": fact.remind_at, "late": 0, "level": 0, "told": 0,
    }  # fmt: skip
    for person in fact.people:
        tx.run(insert(_part).values(person=person, **asked))


def _answer(
    tx: WriteTx,
    entry: Recorded,
    messages: Collection[int],
    person: str,
    answer: Answer,
    **more: Any,
) -> None:
    late = case((_part.c.due_at < entry.at, 1), else_=_part.c.late)
    values = {"answer": answer.value, "at": entry.at, "position": entry.position, "late": late}
    mine = _part.c.message.in_(messages), _part.c.person == person, _IS_WAITING
    tx.run(update(_part).where(*mine).values(values | more))


def _reply(
    tx: WriteTx, entry: Recorded, messages: Collection[int], corrects: int | None, person: str
) -> None:
    """A reply answers; so does the correction of one, though it quotes nothing."""
    if corrects is not None:
        messages = {*messages, *(message for message, _ in _said_store.replied(tx, corrects))}
    asked = select(_part.c.message).join(_request, _request.c.message == _part.c.message)
    mine = _part.c.message.in_(messages), _part.c.person == person, _IS_OPEN
    found = tx.scalars(asked.where(*mine, _MAY_REPLY)) if messages else []
    if found:
        _said_store.keep(tx, entry, found, person, Answer.REPLIED)
        _answer(tx, entry, found, person, Answer.REPLIED)


def _recall(tx: WriteTx, shown: int) -> None:
    """Whoever answered by what is recalled has answered by what they said beside it, or has not.

    Deadline, reminder and who was told stay as they are: the part is as late as it would be without the reply.
    """
    for message, person in _said_store.recall(tx, shown):
        left = _said_store.standing(tx, message, person)
        values: dict[str, Any] = {"answer": Answer.OPEN.value, "at": None, "position": None}
        if left is not None:
            values = {"answer": left.answer.value, "at": left.at, "position": left.position}
        if left is not None and left.answer is Answer.REPLIED:
            values["late"] = case((_part.c.due_at < left.at, 1), else_=_part.c.late)
        mine = _part.c.message == message, _part.c.person == person, _part.c.position == shown
        tx.run(update(_part).where(*mine).values(values))


def _set(tx: WriteTx, message: int, people: Collection[PersonId], **values: Any) -> None:
    named = _part.c.message == message, _part.c.person.in_(people)
    tx.run(update(_part).where(*named).values(values))


def _escalate(tx: WriteTx, fact: AnswerEscalated) -> None:
    message = fact.refs[0]
    if fact.level > 1:
        _set(tx, message, fact.people, level=fact.level, next_at=None)
    if fact.to is None:
        return
    known = select(_told.c.person).where(_told.c.message == message, _told.c.head == fact.to)
    for person in set(fact.people) - set(tx.scalars(known)):
        tx.run(insert(_told).values(message=message, person=person, head=fact.to))


def _end(tx: WriteTx, messages: Collection[int], state: RequestState) -> None:
    open_ones = _request.c.message.in_(messages), _IS_OPEN
    tx.run(update(_request).where(*open_ones).values(state=state.value))
    waiting = _part.c.message.in_(messages), _IS_WAITING
    tx.run(update(_part).where(*waiting).values(answer=Answer.GONE.value))
    _said_store.forget(tx, _said_store.of(messages))


# ---- reading ----------------------------------------------------------------------------------------------------


def find(tx: ReadTx, message: int) -> Request | None:
    row = tx.first(select(_request).where(_request.c.message == message))
    return _to_request(row) if row is not None else None


def parts(tx: ReadTx, messages: Collection[int]) -> Mapping[int, list[Part]]:
    """Those whom each message asks."""
    found: dict[int, list[Part]] = {message: [] for message in messages}
    asked = select(_part).where(_part.c.message.in_(messages)).order_by(_part.c.person)
    for row in tx.all(asked):
        found[row.message].append(_to_part(row))
    return found


def in_group(tx: ReadTx, group: GroupId, *, since: int) -> list[Request]:
    """The newest requests of a group from `since` on."""
    asked = select(_request).where(_request.c.group_id == group, _request.c.message >= since)
    newest = asked.order_by(_request.c.message.desc()).limit(LONGEST_LIST)
    return [_to_request(row) for row in tx.all(newest)]


def waiting_for(tx: ReadTx, person: PersonId) -> list[Request]:
    """What a person must answer, the nearest deadline first."""
    mine = and_(_part.c.message == _request.c.message, _part.c.person == person, _IS_WAITING)
    asked = select(_request).join(_part, mine).order_by(_part.c.due_at, _request.c.message)
    return [_to_request(row) for row in tx.all(asked.limit(LONGEST_LIST))]


def asked_by(tx: ReadTx, person: PersonId) -> list[Request]:
    """What a person asked and still waits for, the newest first."""
    waiting = select(_part.c.message).where(_part.c.message == _request.c.message, _IS_WAITING)
    mine = select(_request).where(_request.c.asker == person, waiting.exists())
    newest = mine.order_by(_request.c.message.desc()).limit(LONGEST_LIST)
    return [_to_request(row) for row in tx.all(newest)]


def late_under(tx: ReadTx, heads: Collection[PersonId]) -> list[tuple[Request, Part]]:
    """Of whom any of these heads was told, as long as they have not answered; the longest late first."""
    told = select(_told.c.message).where(
        _told.c.message == _part.c.message,
        _told.c.person == _part.c.person,
        _told.c.head.in_(heads),
    )
    late = select(_part).where(told.exists(), _IS_WAITING, _part.c.level > 0)
    found = [
        _to_part(row)
        for row in tx.all(late.order_by(_part.c.due_at, _part.c.person).limit(LONGEST_LIST))
    ]
    wanted = select(_request).where(_request.c.message.in_({part.message for part in found}))
    requests = {row.message: _to_request(row) for row in tx.all(wanted)} if found else {}
    return [(requests[part.message], part) for part in found]


def heads_told(tx: ReadTx, message: int, person: PersonId) -> list[PersonId]:
    """The heads who were told that a person is late."""
    told = _told.c.message == message, _told.c.person == person
    return [PersonId(head) for head in tx.scalars(select(_told.c.head).where(*told))]


def count_todo(tx: ReadTx, people: Collection[PersonId]) -> Mapping[PersonId, int]:
    mine = _part.c.person.in_(people), _IS_WAITING
    counted = select(_part.c.person, func.count().label("n")).where(*mine)
    rows = tx.all(counted.group_by(_part.c.person))
    return {PersonId(row.person): int(row.n) for row in rows}


def count_asked(tx: ReadTx, person: PersonId, group: GroupId, *, since: int) -> int:
    """How many messages of a person have asked for answers in a group since a moment."""
    asked = _request.c.asker == person, _request.c.asked_at >= since, _request.c.group_id == group
    return int(tx.scalar(select(func.count()).select_from(_request).where(*asked)))


def figures(tx: ReadTx, group: GroupId) -> dict[PersonId, Figures]:
    """How each of those who were asked in a group answered."""
    numbers = func.count().label("n"), func.sum(_part.c.told).label("told")
    counted = (
        select(_part.c.person, _part.c.answer, _IS_LATE.label("is_late"), *numbers)
        .where(_part.c.group_id == group, _part.c.answer != Answer.GONE.value)
        .group_by(_part.c.person, _part.c.answer, _IS_LATE)
    )
    found: dict[PersonId, Figures] = {}
    for row in tx.all(counted):
        person, is_waiting = PersonId(row.person), row.answer in WAITING
        given = Figures(
            0 if is_waiting or row.is_late else row.n,
            row.n if row.is_late and not is_waiting else 0,
            row.n if is_waiting else 0,
            int(row.told) if is_waiting or row.is_late else 0,
        )
        found[person] = found.get(person, Figures(0, 0, 0, 0)) + given
    return found


def _to_request(row: Row[Any]) -> Request:
    return Request(
        row.message,
        GroupId(row.group_id),
        PersonId(row.asker),
        row.asked_at,
        row.due_at,
        RequestState(row.state),
    )


def _to_part(row: Row[Any]) -> Part:
    return Part(
        row.message,
        PersonId(row.person),
        Answer(row.answer),
        row.due_at,
        row.remind_at,
        bool(row.late),
        row.level,
        row.next_at,
        row.at,
        row.position,
        bool(row.told),
    )
