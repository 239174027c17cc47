"""What somebody has not read yet, and where the newest message of each group appears."""

from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, ColumnElement, String, column, func, or_, select, values

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.messaging._reminded_store import reminded
from guiju.modules.messaging._store import message
from guiju.modules.messaging.change_types import ALL


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


def newest_reminded(
    tx: ReadTx, person: PersonId, after: Mapping[GroupId, int]
) -> Mapping[GroupId, int]:
    """Where the newest message of each group appears, after the position that is given for it, of which the person was
    reminded. Groups without one are left out.
    """
    if not after:
        return {}
    words = values(column("grp", String), column("after", BigInteger), name="given")
    given = words.data([*after.items()]).cte("given")
    c, m = reminded.c, message.c
    mine = c.person == person, c.grp == given.c.grp, c.shown > given.c.after
    standing = m.grp == c.grp, m.shown == c.shown, m.recalled.is_(None), m.moved.is_(None)
    # For each group from its end: however many there are, nearly always the first that is looked at is the answer.
    last = select(c.shown).where(*mine, *standing).order_by(c.shown.desc()).limit(1)
    found = select(given.c.grp, last.correlate(given).scalar_subquery().label("shown"))
    return {each.grp: each.shown for each in tx.all(found) if each.shown is not None}


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
