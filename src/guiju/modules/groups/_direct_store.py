"""Tables of direct conversations and barriers. The functions that write are called by `_store.apply` alone."""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    insert,
    or_,
    select,
    update,
)

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.shapes import decode
from guiju.modules.groups.direct_types import (
    Barrier,
    BarrierId,
    BarrierLifted,
    BarrierSet,
    DirectOpened,
    Pair,
    Side,
)

_direct = governed(
    Table(
        "groups_direct",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("first", String(40), nullable=False),
        Column("second", String(40), nullable=False),
        Column("group_class", String(64), nullable=False),
        Column("level", String(64), nullable=False),
        Column("opened_at", BigInteger, nullable=False),
        # What makes two openings at once impossible, whatever was read before.
        Index("groups_direct_pair", "first", "second", unique=True),
        Index("groups_direct_second", "second"),
    )
)

_barrier = governed(
    Table(
        "groups_barrier",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("first_side", Text, nullable=False),
        Column("second_side", Text, nullable=False),
        Column("both", Integer, nullable=False),
        Column("covers_groups", Integer, nullable=False),
        Column("starts_at", BigInteger),
        Column("ends_at", BigInteger),
        Column("set_by", String(40), nullable=False),
        Column("set_at", BigInteger, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("lifted_by", String(40)),
        Column("lifted_at", BigInteger),
    )
)
_SLICE = 500
"""How many ids one statement names."""


# ---- direct conversations ---------------------------------------------------------------------------------------


def insert_direct(tx: WriteTx, entry: Recorded, fact: DirectOpened) -> None:
    first, second = fact.people
    tx.run(
        insert(_direct).values(
            id=fact.group, first=first, second=second, group_class=fact.group_class, level=fact.level,
            opened_at=entry.at,
        )
    )  # fmt: skip


def _to_pair(row: Any) -> Pair:
    return Pair(row.id, (row.first, row.second), row.group_class, row.level, row.opened_at)


def find_pair(tx: ReadTx, group: GroupId) -> Pair | None:
    row = tx.first(select(_direct).where(_direct.c.id == group))
    return _to_pair(row) if row is not None else None


def find_between(tx: ReadTx, first: PersonId, second: PersonId) -> Pair | None:
    """The conversation of two people, given in the order of their ids."""
    row = tx.first(select(_direct).where(_direct.c.first == first, _direct.c.second == second))
    return _to_pair(row) if row is not None else None


def pairs(tx: ReadTx, groups: Collection[GroupId]) -> list[Pair]:
    return [_to_pair(row) for row in tx.all(select(_direct).where(_direct.c.id.in_(list(groups))))]


def pairs_with(tx: ReadTx, people: Collection[PersonId]) -> list[Pair]:
    """The conversations that one of some people is in."""
    found = dict[GroupId, Pair]()
    for some in _slices(sorted(people)):
        here = or_(_direct.c.first.in_(some), _direct.c.second.in_(some))
        found.update((row.id, _to_pair(row)) for row in tx.all(select(_direct).where(here)))
    return [found[group] for group in sorted(found)]


def _slices(people: list[PersonId]) -> Iterable[list[PersonId]]:
    return (people[at : at + _SLICE] for at in range(0, len(people), _SLICE))


# ---- barriers ---------------------------------------------------------------------------------------------------


def insert_barrier(tx: WriteTx, entry: Recorded, fact: BarrierSet) -> None:
    first = Side(fact.first_units, fact.first_posts, fact.first_people)
    second = Side(fact.second_units, fact.second_posts, fact.second_people)
    tx.run(
        insert(_barrier).values(
            id=fact.barrier, first_side=_text(first), second_side=_text(second), both=int(fact.both),
            covers_groups=int(fact.covers_groups), starts_at=fact.starts_at, ends_at=fact.ends_at, set_by=entry.actor,
            set_at=entry.at, position=entry.position,
        )
    )  # fmt: skip
    tx.forget("barriers")


def lift_barrier(tx: WriteTx, entry: Recorded, fact: BarrierLifted) -> None:
    here = _barrier.c.id == fact.barrier, _barrier.c.lifted_at.is_(None)
    tx.run(update(_barrier).where(*here).values(lifted_by=entry.actor, lifted_at=entry.at))
    tx.forget("barriers")


def _text(side: Side) -> str:
    return msgspec.json.encode(side).decode()


def _to_barrier(row: Any) -> Barrier:
    first, second = (decode(s, Side) for s in (row.first_side, row.second_side))
    return Barrier(
        BarrierId(row.id), first, second, bool(row.both), bool(row.covers_groups), row.starts_at, row.ends_at, row.set_by,
        row.set_at, row.position, row.lifted_by, row.lifted_at,
    )  # fmt: skip


def find_barrier(tx: ReadTx, barrier: str) -> Barrier | None:
    row = tx.first(select(_barrier).where(_barrier.c.id == barrier))
    return _to_barrier(row) if row is not None else None


def ended(tx: ReadTx, limit: int) -> list[Barrier]:
    """The newest of those that were lifted or whose time is over, newest first."""
    over = or_(_barrier.c.lifted_at.is_not(None), _barrier.c.ends_at <= tx.now)
    newest = select(_barrier).where(over).order_by(_barrier.c.position.desc()).limit(limit)
    return [_to_barrier(row) for row in tx.all(newest)]


def unlifted(tx: ReadTx) -> tuple[Barrier, ...]:
    """Those that nobody lifted, in the order in which they were set.

    None whose time was over when they were loaded; the lane remembers them, so it may be over by now.
    """

    def load() -> tuple[Barrier, ...]:
        going = or_(_barrier.c.ends_at.is_(None), _barrier.c.ends_at > tx.now)
        found = select(_barrier).where(_barrier.c.lifted_at.is_(None), going)
        return tuple(_to_barrier(row) for row in tx.all(found.order_by(_barrier.c.position)))

    known: tuple[Barrier, ...] = tx.cached(("barriers",), load)
    return known
