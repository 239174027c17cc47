"""Questions, rebuilt from facts; written by `apply` and `hear` alone."""

import statistics
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    String,
    Table,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Row

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory.types import UnitId
from guiju.modules.followup.question_types import (
    Question,
    QuestionAnswered,
    QuestionClosed,
    QuestionEscalated,
    QuestionFigures,
    QuestionHanded,
    QuestionKind,
    QuestionLate,
    QuestionRaised,
    QuestionReminded,
    QuestionReopened,
    QuestionState,
    Wanted,
)
from guiju.modules.groups.types import GroupClosed, MemberChanged
from guiju.modules.messaging import correcting
from guiju.modules.messaging.change_types import MessageRecalled
from guiju.modules.messaging.types import MessageReleased, MessageSent
from guiju.modules.policy.types import INSIDE

LONGEST_LIST = 200
MEASURED = 1000
"""Of so many of the newest the figures tell."""
SLICE = 1000

_question = governed(
    Table(
        "followup_question",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("group_id", String(40), nullable=False),
        Column("message", BigInteger, nullable=False),
        Column("kind", String(16), nullable=False),
        Column("asker", String(40), nullable=False),
        Column("unit", String(64)),
        Column("person", String(64)),
        Column("state", String(16), nullable=False),
        Column("raised_at", BigInteger, nullable=False),
        Column("due_at", BigInteger, nullable=False),
        Column("remind_at", BigInteger),
        Column("late", Integer, nullable=False),
        Column("level", Integer, nullable=False),
        Column("next_at", BigInteger),
        Column("answered_at", BigInteger),
        Column("answer", BigInteger),
        Column("moved", BigInteger),
        Column("hands", Integer, nullable=False),
        Column("reopened", Integer, nullable=False),
        # The correction that closed it, when, and the state that it would have without; the rest is as before it.
        Column("corrected", BigInteger),
        Column("corrected_at", BigInteger),
        Column("uncorrected", String(16)),
        Index("followup_question_group", "group_id", "message"),
        Index("followup_question_asker", "asker", "raised_at"),
        Index("followup_question_unit", "unit"),
        Index("followup_question_person", "person"),
        Index("followup_question_corrected", "corrected"),
    )
)
_c = _question.c
_IS_OPEN = _c.state == QuestionState.OPEN.value
_HAS_ANSWER = _c.state.in_([QuestionState.ANSWERED.value, QuestionState.CLOSED.value])
_IS_PENDING = _c.state.in_([QuestionState.OPEN.value, QuestionState.ANSWERED.value])
_WAITED = _c.uncorrected == QuestionState.OPEN.value
_NOT_ANSWERED = (QuestionState.OPEN, QuestionState.ENDED)
"""An error that was in these states when it was corrected has no answer but the correction."""


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        match entry.fact:
            case QuestionRaised() as fact:
                _raise(tx, entry, fact)
            case QuestionAnswered():
                late = {"late": 1} if _is_late(tx, entry) else {}
                _set(tx, entry, state=QuestionState.ANSWERED.value, answered_at=entry.at, answer=entry.position,
                     remind_at=None, next_at=None, **late)  # fmt: skip
            case QuestionHanded() as fact:
                _restart(tx, entry, fact.due_at, fact.remind_at, unit=fact.unit, hands=_c.hands + 1)
            case QuestionReopened() as fact:
                state = QuestionState.OPEN.value
                _restart(tx, entry, fact.due_at, fact.remind_at, state=state, reopened=1)
            case QuestionReminded():
                _set(tx, entry, remind_at=None)
            case QuestionLate(next_at=next_at):
                _set(tx, entry, late=1, remind_at=None, next_at=next_at)
            case QuestionEscalated(level=level, next_at=next_at):
                _set(tx, entry, level=level, next_at=next_at)
            case QuestionClosed():
                _set(tx, entry, state=QuestionState.CLOSED.value, remind_at=None, next_at=None)


def hear(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """A recall ends, a closing too, and leaving what only the writer answers; a correction closes reported errors, and one
    that is recalled leaves those as they were that it alone closed.
    """
    for entry in entries:
        match entry.fact:
            case MessageRecalled(refs=refs):
                _end(tx, _c.message.in_(refs))
                _uncorrect(tx, refs[0])
            case MessageSent(corrects=int(corrects)) | MessageReleased(corrects=int(corrects)):
                _correct(tx, entry, correcting.chain(tx, corrects))
            case MemberChanged(group=group, person=person, state=state) if state not in INSIDE:
                _leave(tx, _c.group_id == group, _c.person == person)
            case GroupClosed(group=group):
                _end(tx, _c.group_id == group, _IS_OPEN)


def _raise(tx: WriteTx, entry: Recorded, fact: QuestionRaised) -> None:
    tx.run(
        insert(_question).values(
            position=entry.position,
            group_id=fact.group,
            message=fact.refs[0],
            kind=fact.question.value,
            asker=entry.actor,
            unit=fact.unit,
            person=fact.person,
            state=QuestionState.OPEN.value,
            raised_at=entry.at,
            due_at=fact.due_at,
            remind_at=fact.remind_at,
            late=0,
            level=0,
            hands=0,
            reopened=0,
        )
    )


def _restart(
    tx: WriteTx, entry: Recorded, due_at: int, remind_at: int | None, **values: Any
) -> None:
    again = {"due_at": due_at, "remind_at": remind_at, "late": 0, "level": 0, "next_at": None}
    _set(tx, entry, moved=entry.position, **again, **values)


def _set(tx: WriteTx, entry: Recorded, **values: Any) -> None:
    tx.run(update(_question).where(_c.position == entry.fact.refs[1]).values(values))


def _is_late(tx: WriteTx, entry: Recorded) -> bool:
    found = find(tx, entry.fact.refs[1])
    return found is not None and found.due_at < entry.at


def _correct(tx: WriteTx, entry: Recorded, messages: Sequence[int]) -> None:
    """A correction closes the errors that were reported about what it corrects, and is the answer to those that wait."""
    reported = _c.message.in_(messages), _c.kind == QuestionKind.ERROR.value, _IS_PENDING
    over = {"state": QuestionState.CLOSED.value, "uncorrected": _c.state}
    tx.run(update(_question).where(*reported).values(over | _by(entry)))


def _uncorrect(tx: WriteTx, correction: int) -> None:
    """Errors that a recalled correction closed are closed by the next one that stands, or are what they were without it."""
    closed = _c.corrected == correction, _c.state == QuestionState.CLOSED.value
    errors = tx.scalars(select(_c.position).where(*closed))
    line = correcting.line_of(tx, correction) if errors else None
    left = correcting.chain(tx, line) if line is not None else []
    as_before = {
        "state": _c.uncorrected, "corrected": None, "corrected_at": None, "uncorrected": None,
    }  # fmt: skip
    for error in errors:
        other = tx.entry(next((at for at in left if at > error), -1))
        values = _by(other) if other is not None else as_before
        tx.run(update(_question).where(_c.position == error).values(values))


def _by(correction: Recorded) -> dict[str, Any]:
    return {"corrected": correction.position, "corrected_at": correction.at}


def _leave(tx: WriteTx, *mine: ColumnElement[bool]) -> None:
    """What waits for who has left ends, and what would wait without its correction does not, should that be recalled."""
    _end(tx, *mine, _IS_OPEN)
    ended = {"uncorrected": QuestionState.ENDED.value}
    tx.run(update(_question).where(*mine, _WAITED).values(ended))


def _end(tx: WriteTx, *where: ColumnElement[bool]) -> None:
    over = {"state": QuestionState.ENDED.value, "remind_at": None, "next_at": None}
    tx.run(update(_question).where(*where).values(over))


# ---- reading ----------------------------------------------------------------------------------------------------


def find(tx: ReadTx, position: int) -> Question | None:
    row = tx.first(select(_question).where(_c.position == position))
    return _to_question(row) if row is not None else None


def open_errors(tx: ReadTx, messages: Collection[int]) -> list[int]:
    """The errors that were reported about these messages and wait for an answer."""
    waiting = _c.message.in_(messages), _c.kind == QuestionKind.ERROR.value, _IS_OPEN
    return tx.scalars(select(_c.position).where(*waiting))


def changed_by(tx: ReadTx, shown: int, line: Collection[int]) -> list[Question]:
    """What a correction that appears at `shown`, or a recall of that message, may have changed: the errors that were reported
    about the messages of its line, and all that was asked about itself.
    """
    reported = and_(_c.message.in_(line), _c.kind == QuestionKind.ERROR.value)
    return [
        _to_question(row)
        for row in tx.all(select(_question).where(or_(reported, _c.message == shown)))
    ]


def is_pending(tx: ReadTx, message: int, kind: QuestionKind) -> bool:
    """Whether a message has a question of a kind that is not closed."""
    here = _c.message == message, _c.kind == kind.value, _IS_PENDING
    return bool(tx.scalar(select(func.count()).where(*here)))


def in_group(tx: ReadTx, group: GroupId, wanted: Wanted, *, since: int) -> list[Question]:
    """The newest questions of a group about messages from `since` on, and one more."""
    return _newest(tx, LONGEST_LIST + 1, wanted, _c.group_id == group, _c.message >= since)


def asked_by(tx: ReadTx, person: PersonId, wanted: Wanted) -> list[Question]:
    """The newest of a person, and one more."""
    return _newest(tx, LONGEST_LIST + 1, wanted, _c.asker == person)


def near(
    tx: ReadTx,
    people: Collection[PersonId],
    units: Collection[str],
    wanted: Wanted,
    before: int | None,
) -> list[Question]:
    """The newest SLICE before a position for which one of these people may answer, who head these units: of the units, to
    the people, or, for heads, an error that was not answered in time.
    """
    mine: list[ColumnElement[bool]] = [_c.unit.in_(units), _c.person.in_(people)]
    if units:
        mine.append(and_(_c.kind == QuestionKind.ERROR.value, _c.level > 0))
    older = [_c.position < before] if before is not None else []
    return _newest(tx, SLICE, wanted, or_(*mine), _c.state != QuestionState.ENDED.value, *older)


def count_raised(tx: ReadTx, person: PersonId, group: GroupId, *, since: int) -> int:
    """How many questions a person has raised in a group since a moment."""
    raised = _c.asker == person, _c.raised_at >= since, _c.group_id == group
    return int(tx.scalar(select(func.count()).where(*raised)))


def figures(questions: Collection[Question], now: int) -> QuestionFigures:
    """Of these questions."""
    waiting = [one for one in questions if one.state is QuestionState.OPEN]
    took = [
        one.answered_at - one.raised_at
        for one in questions
        if one.answered_at is not None
        and one.state in (QuestionState.ANSWERED, QuestionState.CLOSED)
    ]
    overdue = sum(one.due_at <= now for one in waiting)
    median = int(statistics.median(took)) if took else None
    return QuestionFigures(len(waiting), overdue, len(took), median)


def measured(tx: ReadTx, group: GroupId) -> list[Question]:
    """The newest questions of a group, for its figures."""
    return _newest(tx, MEASURED, Wanted.ALL, _c.group_id == group)


def _newest(tx: ReadTx, limit: int, wanted: Wanted, *where: ColumnElement[bool]) -> list[Question]:
    kinds: dict[Wanted, list[ColumnElement[bool]]] = {
        Wanted.ALL: [],
        Wanted.OPEN: [_IS_OPEN],
        Wanted.OVERDUE: [_IS_OPEN, _c.due_at <= tx.now],
        Wanted.ANSWERED: [_HAS_ANSWER],
    }
    query = select(_question).where(*where, *kinds[wanted]).order_by(_c.position.desc())
    return [_to_question(row) for row in tx.all(query.limit(limit))]


def _to_question(row: Row[Any]) -> Question:
    late, answered_at, answer = bool(row.late), row.answered_at, row.answer
    if row.uncorrected in _NOT_ANSWERED:
        late, answered_at, answer = (
            late or row.due_at < row.corrected_at,
            row.corrected_at,
            row.corrected,
        )
    return Question(
        row.position,
        GroupId(row.group_id),
        row.message,
        QuestionKind(row.kind),
        PersonId(row.asker),
        UnitId(row.unit) if row.unit is not None else None,
        PersonId(row.person) if row.person is not None else None,
        QuestionState(row.state),
        row.raised_at,
        row.due_at,
        row.remind_at,
        late,
        row.level,
        row.next_at,
        answered_at,
        answer,
        row.moved,
        row.hands,
        bool(row.reopened),
    )
