"""The tables of changes: reactions, pins, edits, and when everybody was mentioned. `apply` alone writes them.

What a message is now, recalled or edited, stands in its own row (`_store`). No text stands here.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
)  # fmt: skip

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging.change_types import (
    ALL,
    MessageEdited,
    MessagePinned,
    MessageReacted,
    MessageRecalled,
)
from guiju.modules.messaging.topic_types import MessageMoved
from guiju.modules.messaging.types import MessageHeld, MessageSent

_reaction = governed(
    Table(
        "messaging_reaction",
        metadata,
        Column("shown", BigInteger, primary_key=True, autoincrement=False),
        Column("person", String(40), primary_key=True),
        Column("reaction", String(16), primary_key=True),
        Column("position", BigInteger, nullable=False),
    )
)
_pin = governed(
    Table(
        "messaging_pin",
        metadata,
        Column("shown", BigInteger, primary_key=True, autoincrement=False),
        Column("grp", String(40), nullable=False),
        Column("position", BigInteger, nullable=False),
        Index("messaging_pin_group", "grp", "position"),
    )
)
_edit = governed(
    Table(
        "messaging_edit",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("shown", BigInteger, nullable=False),
        Column("grp", String(40), nullable=False),
        Column("person", String(40), nullable=False),
        Index("messaging_edit_shown", "shown", "position"),
        Index("messaging_edit_person", "grp", "person", "position"),
    )
)
_mention_all = governed(
    Table(
        "messaging_mention_all",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("grp", String(40), nullable=False),
        Column("at", BigInteger, nullable=False),
        Index("messaging_mention_all_at", "grp", "at"),
    )
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Follow the changes of messages; most entries are plain messages and change nothing here."""
    for entry in entries:
        match entry.fact:
            case MessageSent(mentions=mentions) | MessageHeld(mentions=mentions):
                if mentions and ALL in mentions:
                    values = {"position": entry.position, "grp": entry.group, "at": entry.at}
                    tx.run(insert(_mention_all).values(**values))
            case MessageRecalled(refs=refs):
                tx.run(delete(_reaction).where(_reaction.c.shown == refs[0]))
                tx.run(delete(_pin).where(_pin.c.shown == refs[0]))
            case MessageMoved(refs=refs):
                tx.run(delete(_pin).where(_pin.c.shown == refs[0]))
            case MessageEdited(refs=refs):
                place = {"position": entry.position, "shown": refs[0]}
                who = {"grp": entry.group, "person": entry.actor}
                tx.run(insert(_edit).values(**place, **who))
            case MessageReacted():
                _react(tx, entry, entry.fact)
            case MessagePinned(refs=refs, on=on):
                tx.run(delete(_pin).where(_pin.c.shown == refs[0]))
                if on:
                    values = {"shown": refs[0], "grp": entry.group, "position": entry.position}
                    tx.run(insert(_pin).values(**values))
            case _:
                pass


def _react(tx: WriteTx, entry: Recorded, fact: MessageReacted) -> None:
    c, shown, reaction = _reaction.c, fact.refs[0], str(fact.reaction)
    tx.run(
        delete(_reaction).where(c.shown == shown, c.person == entry.actor, c.reaction == reaction)
    )
    if fact.on:
        values = {"shown": shown, "person": entry.actor, "reaction": reaction}
        tx.run(insert(_reaction).values(**values, position=entry.position))


# ---- reading ----------------------------------------------------------------------------------------------------


def reactions(tx: ReadTx, shown: Sequence[int]) -> list[tuple[int, str, PersonId]]:
    """(message, reaction, person) of these messages, in the order in which people reacted."""
    c = _reaction.c
    found = tx.all(
        select(c.shown, c.reaction, c.person).where(c.shown.in_(shown)).order_by(c.position)
    )
    return [(row.shown, row.reaction, row.person) for row in found]


def has_reacted(tx: ReadTx, shown: int, person: PersonId, reaction: str) -> bool:
    c = _reaction.c
    mine = and_(c.shown == shown, c.person == person, c.reaction == reaction)
    return tx.first(select(c.position).where(mine)) is not None


def pinned_among(tx: ReadTx, shown: Sequence[int]) -> frozenset[int]:
    """Those of these messages that are pinned."""
    return frozenset(tx.scalars(select(_pin.c.shown).where(_pin.c.shown.in_(shown))))


def pins(tx: ReadTx, group: GroupId) -> list[int]:
    """The pinned messages of a group, the last pinned first."""
    of_group = select(_pin.c.shown).where(_pin.c.grp == group)
    return tx.scalars(of_group.order_by(_pin.c.position.desc()))


def edits(tx: ReadTx, shown: int) -> list[int]:
    """Where the edits of a message stand, oldest first."""
    of_message = select(_edit.c.position).where(_edit.c.shown == shown)
    return tx.scalars(of_message.order_by(_edit.c.position))


def last_edits(tx: ReadTx, group: GroupId, person: PersonId, limit: int) -> list[int]:
    """Where a person's last edits in a group stand, oldest first."""
    c = _edit.c
    mine = select(c.position).where(c.grp == group, c.person == person)
    return tx.scalars(mine.order_by(c.position.desc()).limit(limit))[::-1]


def count_mentions_of_all(tx: ReadTx, group: GroupId, since: int) -> int:
    """How often everybody in the group was mentioned since a moment (ms)."""
    c: Any = _mention_all.c
    found = select(func.count()).select_from(_mention_all).where(c.grp == group, c.at >= since)
    return int(tx.scalar(found))
