"""Notices, their versions and recipients, written by `apply` alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    Select,
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
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.statements import Inserts
from guiju.modules.identity.standing import is_closed
from guiju.modules.notices.types import (
    AlreadyAcknowledgedError,
    DeadlinePassed,
    Figures,
    Missing,
    Notice,
    NoticeAcknowledged,
    NoticeAddressed,
    NoticeId,
    NoticePublished,
    NoticeReminded,
    NoticeRevised,
    NoticeState,
    NoticeWithdrawn,
    QuizTried,
    Recipient,
    StaleVersionError,
    Version,
)

LONGEST_LIST, SHOWN = 200, 5

_notice = governed(
    Table(
        "notices_notice",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("issuer", String(40), nullable=False),
        Column("state", String(16), nullable=False),
        Column("version", Integer, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("asked_version", Integer, nullable=False),
        Column("asked_at", BigInteger, nullable=False),
        Column("due_at", BigInteger, nullable=False),
        Column("quiz", Integer, nullable=False),
        Column("people", Integer, nullable=False),
        Column("published_at", BigInteger, nullable=False),
        Column("reminded_at", BigInteger),
        Column("due_people", Integer),
        Column("due_acknowledged", Integer),
        Column("withdrawn", BigInteger),
        Index("notices_notice_issuer", "issuer", "published_at"),
        Index("notices_notice_published", "published_at"),
    )
)
_version = governed(
    Table(
        "notices_version",
        metadata,
        Column("notice", String(40), primary_key=True),
        Column("version", Integer, primary_key=True, autoincrement=False),
        Column("position", BigInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("editorial", Integer, nullable=False),
    )
)
_recipient = governed(
    Table(
        "notices_recipient",
        metadata,
        Column("notice", String(40), primary_key=True),
        Column("person", String(40), primary_key=True),
        Column("unit", String(40)),
        Column("acknowledged", Integer, nullable=False),
        Column("at", BigInteger),
        Column("late", Integer, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("tried_at", BigInteger),
        Index("notices_recipient_person", "person"),
        Index("notices_recipient_unit", "unit"),
        # Who is missing, where almost everybody has acknowledged.
        Index("notices_recipient_missing", "notice", "acknowledged", "unit", "person"),
    )
)

_insert_recipients = Inserts(
    _recipient, ("notice", "person", "unit", "acknowledged", "late", "tries")
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        match entry.fact:
            case NoticePublished() as fact:
                _publish(tx, entry, fact)
            case NoticeAddressed() as fact:
                rows = [(fact.notice, one, fact.unit, 0, 0, 0) for one in fact.people]
                tx.many(_insert_recipients, rows)
            case NoticeRevised() as fact:
                _revise(tx, entry, fact)
            case QuizTried() as fact:
                values = {"tries": _recipient.c.tries + 1, "tried_at": entry.at}
                tx.run(update(_recipient).where(*_is(entry, fact.notice)).values(values))
            case NoticeAcknowledged() as fact:
                _acknowledge(tx, entry, fact)
            case NoticeReminded(notice):
                _set(tx, notice, reminded_at=entry.at)
            case DeadlinePassed() as fact:
                counted = {"due_people": fact.people, "due_acknowledged": fact.acknowledged}
                _set(tx, fact.notice, **counted)
            case NoticeWithdrawn(notice):
                _set(tx, notice, state=NoticeState.WITHDRAWN.value, withdrawn=entry.position)


def _publish(tx: WriteTx, entry: Recorded, fact: NoticePublished) -> None:
    tx.run(
        insert(_notice).values(
            id=fact.notice,
            issuer=entry.actor,
            state=NoticeState.OPEN.value,
            version=1,
            position=entry.position,
            asked_version=1,
            asked_at=entry.at,
            due_at=fact.due_at,
            quiz=fact.quiz,
            people=fact.people,
            published_at=entry.at,
        )
    )
    _keep_version(tx, entry, fact.notice, 1, editorial=False)


def _revise(tx: WriteTx, entry: Recorded, fact: NoticeRevised) -> None:
    before = _notice.c.id == fact.notice, _notice.c.version == fact.version - 1
    values: dict[str, Any] = {"version": fact.version, "position": entry.position}
    if not fact.editorial:
        values |= {
            "asked_version": fact.version, "asked_at": entry.at, "due_at": fact.due_at, "quiz": fact.quiz,
            "reminded_at": None, "due_people": None, "due_acknowledged": None,
        }  # fmt: skip
    if tx.run(update(_notice).where(*before).values(values)) == 0:
        raise StaleVersionError("The text has changed meanwhile.", version=fact.version)
    _keep_version(tx, entry, fact.notice, fact.version, editorial=fact.editorial)


def _keep_version(
    tx: WriteTx, entry: Recorded, notice: str, version: int, *, editorial: bool
) -> None:
    tx.run(
        insert(_version).values(
            notice=notice,
            version=version,
            position=entry.position,
            at=entry.at,
            editorial=int(editorial),
        )
    )


def _acknowledge(tx: WriteTx, entry: Recorded, fact: NoticeAcknowledged) -> None:
    undone = _recipient.c.acknowledged < fact.version
    values = {"acknowledged": fact.version, "at": entry.at, "late": int(fact.late)}
    if tx.run(update(_recipient).where(*_is(entry, fact.notice), undone).values(values)) == 0:
        raise AlreadyAcknowledgedError("You have acknowledged it.", notice=fact.notice)


def _is(entry: Recorded, notice: str) -> tuple[Any, Any]:
    return _recipient.c.notice == notice, _recipient.c.person == entry.actor


def _set(tx: WriteTx, notice: str, **values: Any) -> None:
    tx.run(update(_notice).where(_notice.c.id == notice).values(values))


# ---- reading ----------------------------------------------------------------------------------------------------

_HAS = _recipient.c.acknowledged >= _notice.c.asked_version
_IS_GONE = is_closed(_recipient.c.person)
_MISSES = and_(~_HAS, ~_IS_GONE)
"""Whoever has left the organisation is waited for no more."""
_JOINED = _recipient.join(_notice, _notice.c.id == _recipient.c.notice)
_OPEN = _notice.c.state == NoticeState.OPEN.value
_IS_PAST = _notice.c.due_people.is_not(None)


def find(tx: ReadTx, notice: NoticeId) -> Notice | None:
    row = tx.first(select(_notice).where(_notice.c.id == notice))
    return _to_notice(row) if row is not None else None


def versions(tx: ReadTx, notice: NoticeId) -> list[Version]:
    """The versions, oldest first."""
    query = select(_version).where(_version.c.notice == notice).order_by(_version.c.version)
    return [
        Version(NoticeId(row.notice), row.version, row.position, row.at, bool(row.editorial))
        for row in tx.all(query)
    ]


def find_recipient(tx: ReadTx, notice: NoticeId, person: PersonId | None) -> Recipient | None:
    mine = _recipient.c.notice == notice, _recipient.c.person == person
    row = tx.first(select(_recipient).where(*mine))
    return _to_recipient(row) if row is not None else None


def recipients(
    tx: ReadTx, notice: NoticeId, units: Collection[str] | None = None
) -> list[Recipient]:
    """Who is asked, by unit; with `units` only the people of these."""
    query = select(_recipient, _IS_GONE.label("is_gone")).where(_recipient.c.notice == notice)
    if units is not None:
        query = query.where(_recipient.c.unit.in_(units))
    ordered = query.order_by(_recipient.c.unit, _recipient.c.person)
    return [replace(_to_recipient(row), is_gone=bool(row.is_gone)) for row in tx.all(ordered)]


def mine_of(
    tx: ReadTx, notices: Collection[NoticeId], person: PersonId
) -> Mapping[NoticeId, Recipient]:
    """The person's part in these notices."""
    mine = _recipient.c.person == person, _recipient.c.notice.in_(notices)
    return {
        NoticeId(row.notice): _to_recipient(row) for row in tx.all(select(_recipient).where(*mine))
    }


def figures(
    tx: ReadTx, notices: Collection[NoticeId], units: Collection[str] | None = None
) -> Mapping[NoticeId, Figures]:
    """How far these notices have come; with `units` among the people of these."""
    people = func.sum(case((_HAS | ~_IS_GONE, 1), else_=0))
    done = func.sum(case((_HAS, 1), else_=0))
    late = func.sum(case((_HAS & (_recipient.c.late == 1), 1), else_=0))
    query = select(
        _recipient.c.notice, people.label("people"), done.label("done"), late.label("late")
    )
    query = query.select_from(_JOINED).where(_recipient.c.notice.in_(notices))
    if units is not None:
        query = query.where(_recipient.c.unit.in_(units))
    rows = tx.all(query.group_by(_recipient.c.notice))
    return {
        NoticeId(row.notice): Figures(int(row.people), int(row.done), int(row.late)) for row in rows
    }


def missing(
    tx: ReadTx, notice: NoticeId, among: Collection[PersonId] | None = None
) -> list[PersonId]:
    """Who has not acknowledged, by unit; with `among` of these people."""
    query = select(_recipient.c.person).select_from(_JOINED)
    query = query.where(_recipient.c.notice == notice, _MISSES)
    if among is not None:
        query = query.where(_recipient.c.person.in_(among))
    return [
        PersonId(one) for one in tx.scalars(query.order_by(_recipient.c.unit, _recipient.c.person))
    ]


def late_of(tx: ReadTx, issuer: PersonId, units: Collection[str]) -> list[Notice]:
    """Notices past their deadline that people have not acknowledged: any of the issuer's, and of others people of `units`."""
    own = _notice.c.issuer == issuer
    missing = select(_recipient.c.person).where(
        _recipient.c.notice == _notice.c.id, _MISSES, _recipient.c.person != issuer
    )
    query = select(_notice).where(_OPEN, _IS_PAST)
    if units:
        missing = missing.where(own | _recipient.c.unit.in_(units))
    else:
        query = query.where(own)
    # Not `EXISTS`, and in the order of an index: PostgreSQL takes a third of all who were asked for missing, and would read all.
    first = missing.order_by(_recipient.c.acknowledged).limit(1)
    query = query.where(first.scalar_subquery().is_not(None))
    return _notices(tx, query.order_by(_notice.c.due_at.desc(), _notice.c.id.desc()))


def missing_of(
    tx: ReadTx, notices: Collection[NoticeId], units: Collection[str] | None, without: PersonId
) -> Mapping[NoticeId, Missing]:
    """How many have not acknowledged each of these, and the first of them; with `units` of the people of these."""
    notice = _recipient.c.notice
    order = func.row_number().over(
        partition_by=notice, order_by=(_recipient.c.unit, _recipient.c.person)
    )
    count = func.count().over(partition_by=notice)
    missing = select(notice, _recipient.c.person, order.label("place"), count.label("missing"))
    missing = missing.select_from(_JOINED)
    missing = missing.where(notice.in_(notices), _MISSES, _recipient.c.person != without)
    if units is not None:
        missing = missing.where(_recipient.c.unit.in_(units))
    each = missing.subquery()
    found: dict[NoticeId, Missing] = {}
    for row in tx.all(select(each).where(each.c.place <= SHOWN).order_by(each.c.place)):
        name = NoticeId(row.notice)
        before = found[name].first if name in found else ()
        found[name] = Missing(int(row.missing), (*before, PersonId(row.person)))
    return found


def count_todo(tx: ReadTx, people: Collection[PersonId]) -> Mapping[PersonId, int]:
    """How many notices each of these people must acknowledge; who must none is left out."""
    query = select(_recipient.c.person, func.count().label("todo")).select_from(_JOINED)
    query = query.where(_recipient.c.person.in_(people), ~_HAS, _OPEN)
    rows = tx.all(query.group_by(_recipient.c.person))
    return {PersonId(row.person): int(row.todo) for row in rows}


def todo_of(tx: ReadTx, person: PersonId) -> list[Notice]:
    """What the person must acknowledge, the nearest deadline first."""
    query = _of(person).where(~_HAS, _OPEN).order_by(_notice.c.due_at, _notice.c.published_at)
    return _notices(tx, query)


def done_of(tx: ReadTx, person: PersonId) -> list[Notice]:
    """What asks the person nothing any more, the newest first; withdrawn ones too."""
    return _notices(tx, _of(person).where(_HAS | ~_OPEN).order_by(_notice.c.position.desc()))


def issued_by(tx: ReadTx, person: PersonId) -> list[Notice]:
    """What the person issued, the newest first."""
    query = select(_notice).where(_notice.c.issuer == person)
    return _notices(tx, query.order_by(_notice.c.published_at.desc(), _notice.c.id.desc()))


def newest(tx: ReadTx, units: Collection[str] | None = None) -> list[Notice]:
    """The newest notices; with `units` those that ask people of these."""
    query = select(_notice)
    if units is not None:
        asked = select(_recipient.c.notice).where(_recipient.c.unit.in_(units))
        query = query.where(_notice.c.id.in_(asked))
    return _notices(tx, query.order_by(_notice.c.published_at.desc(), _notice.c.id.desc()))


def _of(person: PersonId) -> Select[Any]:
    return select(_notice).select_from(_JOINED).where(_recipient.c.person == person)


def _notices(tx: ReadTx, query: Select[Any]) -> list[Notice]:
    return [_to_notice(row) for row in tx.all(query.limit(LONGEST_LIST))]


def _to_notice(row: Row[Any]) -> Notice:
    return Notice(
        NoticeId(row.id),
        PersonId(row.issuer),
        NoticeState(row.state),
        row.version,
        row.position,
        row.asked_version,
        row.asked_at,
        row.due_at,
        row.quiz,
        row.people,
        row.published_at,
        row.reminded_at,
        row.due_people,
        row.due_acknowledged,
        row.withdrawn,
    )


def _to_recipient(row: Row[Any]) -> Recipient:
    return Recipient(
        NoticeId(row.notice),
        PersonId(row.person),
        row.unit,
        row.acknowledged,
        row.at,
        bool(row.late),
        row.tries,
        row.tried_at,
    )
