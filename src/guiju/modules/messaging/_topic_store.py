"""The tables of flags and of frozen threads. `apply` alone writes them; no text stands here."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import BigInteger, Column, Index, String, Table, delete, insert, select

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging.change_types import MessageRecalled
from guiju.modules.messaging.topic_types import (
    Flag,
    FlagsDismissed,
    MessageFlagged,
    MessageMoved,
    ThreadFrozen,
)

_flag = governed(
    Table(
        "messaging_flag",
        metadata,
        Column("shown", BigInteger, primary_key=True, autoincrement=False),
        Column("person", String(40), primary_key=True),
        Column("grp", String(40), nullable=False),
        Column("position", BigInteger, nullable=False),
        Index("messaging_flag_group", "grp", "position"),
    )
)
_frozen = governed(
    Table(
        "messaging_frozen",
        metadata,
        Column("root", BigInteger, primary_key=True, autoincrement=False),
        Column("grp", String(40), nullable=False),
        Column("position", BigInteger, nullable=False),
    )
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Follow flags and freezing; most entries are plain messages and change nothing here."""
    for entry in entries:
        match entry.fact:
            case MessageFlagged(refs=refs):
                values = {"shown": refs[0], "person": entry.actor, "grp": entry.group}
                tx.run(insert(_flag).values(**values, position=entry.position))
            case FlagsDismissed(refs=refs) | MessageMoved(refs=refs) | MessageRecalled(refs=refs):
                tx.run(delete(_flag).where(_flag.c.shown == refs[0]))
            case ThreadFrozen(refs=refs, on=on):
                tx.run(delete(_frozen).where(_frozen.c.root == refs[0]))
                if on:
                    values = {"root": refs[0], "grp": entry.group, "position": entry.position}
                    tx.run(insert(_frozen).values(**values))
            case _:
                pass


def flags_of(tx: ReadTx, group: GroupId) -> list[Flag]:
    """The flags in a group that wait for a decision, oldest first."""
    c = _flag.c
    found = tx.all(select(_flag).where(c.grp == group).order_by(c.position))
    return [Flag(row.shown, row.person, row.position) for row in found]


def flagged_in(tx: ReadTx, groups: Collection[GroupId]) -> list[tuple[GroupId, int]]:
    """(group, message) of all that is flagged in these groups."""
    found = select(_flag.c.grp, _flag.c.shown).where(_flag.c.grp.in_(groups)).distinct()
    return [(row.grp, row.shown) for row in tx.all(found)]


def flags_on(tx: ReadTx, shown: int) -> frozenset[str]:
    """Who flagged a message."""
    return frozenset(tx.scalars(select(_flag.c.person).where(_flag.c.shown == shown)))


def frozen_at(tx: ReadTx, root: int) -> int | None:
    """Where the thread of a message was frozen; None while it is not."""
    row = tx.first(select(_frozen.c.position).where(_frozen.c.root == root))
    return row.position if row is not None else None


def frozen_among(tx: ReadTx, roots: Sequence[int]) -> Mapping[int, int]:
    """Those of the messages whose threads are frozen, and where that was recorded."""
    c = _frozen.c
    found = tx.all(select(c.root, c.position).where(c.root.in_(roots)))
    return {row.root: row.position for row in found}


def all_frozen(tx: ReadTx) -> list[tuple[GroupId, int, int]]:
    """(group, root, where it was frozen) of all frozen threads, which are few; the newest first."""
    found = tx.all(select(_frozen).order_by(_frozen.c.position.desc()))
    return [(row.grp, row.root, row.position) for row in found]
