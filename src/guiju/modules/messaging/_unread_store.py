"""What somebody has not read yet, and where the newest message of each group appears."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, or_, select

from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.messaging._store import message
from guiju.modules.messaging.change_types import ALL

MOST_REMINDERS = 100
"""So many of the newest reminders of a group are asked whom they reached."""


def count_unread(tx: ReadTx, group: GroupId, person: PersonId, after: int, limit: int) -> int:
    """How many messages that others wrote are shown after `after`, counted up to `limit`."""
    found = select(message.c.position).where(*_unread(group, person, after)).limit(limit)
    return int(tx.scalar(select(func.count()).select_from(found.subquery())))


def is_mentioned(tx: ReadTx, group: GroupId, person: PersonId, after: int) -> bool:
    """Whether one of those messages mentions the person, or everybody."""
    some, mentions = message.c.mentions.is_not(None), message.c.mentions
    named = or_(*(mentions.contains(f'"{each}"', autoescape=True) for each in (person, ALL)))
    found = select(message.c.position).where(*_unread(group, person, after), some, named).limit(1)
    return tx.first(found) is not None


def has_written(tx: ReadTx, group: GroupId, person: PersonId) -> bool:
    """Whether any message of the person is in the group, shown or stopped."""
    c = message.c
    return (
        tx.first(select(c.position).where(c.grp == group, c.sender == person).limit(1)) is not None
    )


def newest_reminded(tx: ReadTx, group: GroupId, person: PersonId, after: int) -> int | None:
    """Where the newest of those messages appears of which the person was reminded; None where there is none."""
    kinds, most = ("messaging.reminded",), MOST_REMINDERS
    reminders = EntryQuery(group=group, kinds=kinds, after=after, limit=most, newest_first=True)
    named = {each.fact.refs[0] for each in tx.entries(reminders) if person in each.fact.people}
    if not named:
        return None
    newest = func.max(message.c.shown).label("shown")
    unread = *_unread(group, person, after), message.c.shown.in_(named)
    position: int | None = tx.scalar(select(newest).where(*unread))
    return position


def _unread(group: GroupId, person: PersonId, after: int) -> tuple[ColumnElement[bool], ...]:
    c = message.c
    standing = c.recalled.is_(None), c.moved.is_(None)
    return c.grp == group, c.shown > after, c.sender != person, *standing


def last_shown(tx: ReadTx, groups: Sequence[GroupId]) -> Mapping[GroupId, int]:
    """Where the newest message of each group appears, but for those that were moved aside."""
    found = tx.all(
        select(message.c.grp, func.max(message.c.shown).label("shown"))
        .where(message.c.grp.in_(groups))
        .group_by(message.c.grp)
    )
    newest = {row.grp: row.shown for row in found if row.shown is not None}
    # Few messages are moved, so the newest of all is nearly always the answer, from the index alone.
    return {**newest, **_before_moved(tx, [*newest.values()])}


def _before_moved(tx: ReadTx, newest: Sequence[int]) -> Mapping[GroupId, int]:
    """For groups whose newest message was moved aside: the newest that stands."""
    c, found = message.c, dict[GroupId, int]()
    moved = select(c.grp).where(c.shown.in_(newest), c.moved.is_not(None))
    for group in tx.scalars(moved) if newest else ():
        standing = select(func.max(c.shown).label("shown")).where(c.grp == group, c.moved.is_(None))
        found[group] = tx.scalar(standing)
    return found
