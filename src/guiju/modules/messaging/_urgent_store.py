"""Calls of urgent messages, and who has confirmed them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    func,
    insert,
    select,
    update,
)  # fmt: skip

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging.urgent_types import (
    Called,
    MessageUrged,
    UrgeConfirmed,
    Urgent,
    UrgeRepeated,
    UrgeStopped,
)

_urgent = governed(
    Table(
        "messaging_urgent",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("urged", BigInteger, nullable=False),
        Column("grp", String(40), nullable=False),
        Column("sender", String(40), nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("rounds", Integer, nullable=False),
        Column("stopped", BigInteger),
        Index("messaging_urgent_sender", "sender", "at"),
    )
)
_called = governed(
    Table(
        "messaging_called",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("person", String(40), primary_key=True),
        Column("at", BigInteger),
        Column("needless", Integer, nullable=False),
        Index("messaging_called_person", "person", "at"),
    )
)
_MOST_OPEN = 50


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Keep what facts say of calls."""
    for entry in entries:
        match entry.fact:
            case MessageUrged(refs=refs, people=people):
                values = {"urged": entry.position, "grp": entry.group, "sender": entry.actor}
                tx.run(insert(_urgent).values(position=refs[0], at=entry.at, rounds=1, **values))
                for person in people:
                    tx.run(insert(_called).values(position=refs[0], person=person, needless=0))
            case UrgeRepeated(refs=refs, round=number):
                _change(tx, refs[0], rounds=number)
            case UrgeConfirmed(refs=refs, needless=int(needless)):
                mine = _called.c.position == refs[0], _called.c.person == entry.actor
                tx.run(update(_called).where(*mine).values(at=entry.at, needless=int(needless)))
            case UrgeStopped(refs=refs):
                _change(tx, refs[0], stopped=entry.at)


def _change(tx: WriteTx, position: int, **values: Any) -> None:
    tx.run(update(_urgent).where(_urgent.c.position == position).values(**values))


def find(tx: ReadTx, position: int) -> Urgent | None:
    """The call of the message that appears at `position`."""
    return next(iter(_load(tx, [position])), None)


def open_for(tx: ReadTx, person: PersonId) -> list[Urgent]:
    """Calls that a person has not confirmed and that go on, the oldest first."""
    waiting = (
        select(_called.c.position)
        .join(_urgent, _urgent.c.position == _called.c.position)
        .where(_called.c.person == person, _called.c.at.is_(None), _urgent.c.stopped.is_(None))
        .order_by(_called.c.position)
        .limit(_MOST_OPEN)
    )
    return _load(tx, tx.scalars(waiting))


def _load(tx: ReadTx, positions: Sequence[int]) -> list[Urgent]:
    rows = tx.all(
        select(_urgent).where(_urgent.c.position.in_(positions)).order_by(_urgent.c.position)
    )
    people = tx.all(
        select(_called)
        .where(_called.c.position.in_(positions))
        .order_by(_called.c.position, _called.c.person)
    )
    return [
        Urgent(
            row.position, row.urged, row.grp, row.sender, row.at, row.rounds, row.stopped,
            tuple(Called(p.person, p.at, bool(p.needless)) for p in people if p.position == row.position),
        )
        for row in rows
    ]  # fmt: skip


def count_since(tx: ReadTx, sender: PersonId, since: int) -> int:
    """How many calls a person made since a moment (ms)."""
    mine = _urgent.c.sender == sender, _urgent.c.at >= since
    return int(tx.scalar(select(func.count()).select_from(_urgent).where(*mine)))


def figures(tx: ReadTx, since: int) -> Mapping[str, int]:
    """What calls since a moment (ms) cost: how many, people called, confirmed, and said to be needless."""
    joined = _called.join(_urgent, _urgent.c.position == _called.c.position)
    late = _urgent.c.at >= since
    calls = tx.scalar(select(func.count()).select_from(_urgent).where(late))
    row = tx.first(
        select(
            func.count().label("called"),
            func.count(_called.c.at).label("confirmed"),
        )
        .select_from(joined)
        .where(late)
    )
    needless = select(func.count()).select_from(joined).where(late, _called.c.needless == 1)
    assert row is not None, "a count has a row"
    return {
        "calls": int(calls),
        "called": row.called,
        "confirmed": row.confirmed,
        "needless": int(tx.scalar(needless)),
    }
