"""Whom each person takes no direct messages from. A local table: nobody else sees it, and no fact tells of it."""

from sqlalchemy import BigInteger, Column, String, Table, delete, func, insert, or_, select

from guiju.kernel.db import ReadTx, metadata
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups.direct_types import Block

_block = Table(
    "groups_block",
    metadata,
    Column("blocker", String(40), primary_key=True),
    Column("blocked", String(40), primary_key=True),
    Column("at", BigInteger, nullable=False),
)


def blockers(tx: ReadTx, one: PersonId, other: PersonId) -> set[PersonId]:
    """Who of two people blocks the other: one query, for it is asked of every direct message."""
    b = _block.c
    ways = or_((b.blocker == one) & (b.blocked == other), (b.blocker == other) & (b.blocked == one))
    return {PersonId(row.blocker) for row in tx.all(select(b.blocker).where(ways))}


def blocks_of(tx: ReadTx, person: PersonId) -> list[Block]:
    """The latest first."""
    mine = select(_block).where(_block.c.blocker == person)
    rows = tx.all(mine.order_by(_block.c.at.desc(), _block.c.blocked))
    return [Block(PersonId(row.blocked), row.at) for row in rows]


def count(tx: ReadTx, person: PersonId) -> int:
    row = tx.first(select(func.count().label("n")).where(_block.c.blocker == person))
    assert row is not None, "a count has a row"
    return int(row.n)


def save(tx: WriteTx, person: PersonId, other: PersonId) -> None:
    """Keep it; one that is kept already is left as it is."""
    if person not in blockers(tx, person, other):
        tx.run(insert(_block).values(blocker=person, blocked=other, at=tx.now))


def drop(tx: WriteTx, person: PersonId, other: PersonId) -> None:
    tx.run(delete(_block).where(_block.c.blocker == person, _block.c.blocked == other))
