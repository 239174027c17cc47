"""How far people have read: marks of each person and group, which are no facts."""

from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, Column, String, Table, and_, delete, func, select

from guiju.kernel.db import ReadTx, metadata
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.statements import Inserts

read_mark = Table(
    "messaging_read_mark",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("grp", String(40), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
_MARK_COLUMNS = ("person", "grp", "position", "at")
_insert_mark = Inserts(read_mark, _MARK_COLUMNS)


def save_marks(tx: WriteTx, marks: Sequence[tuple[PersonId, GroupId, int]]) -> None:
    """Append read marks; earlier ones of the same place are dropped, so the table stays small."""
    furthest: dict[tuple[PersonId, GroupId], int] = {}
    for person, group, position in marks:
        furthest[person, group] = max(position, furthest.get((person, group), position))
    for (person, group), position in furthest.items():
        older = and_(
            read_mark.c.person == person, read_mark.c.grp == group, read_mark.c.position <= position
        )
        tx.run(delete(read_mark).where(older))
    tx.many(_insert_mark, [(*place, position, tx.now) for place, position in furthest.items()])


def read_positions(tx: ReadTx, person: PersonId) -> Mapping[GroupId, int]:
    """How far the person has read in each group."""
    found = tx.all(
        select(read_mark.c.grp, func.max(read_mark.c.position).label("read"))
        .where(read_mark.c.person == person)
        .group_by(read_mark.c.grp)
    )
    return {row.grp: row.read for row in found}


def positions_in(tx: ReadTx, group: GroupId, people: Sequence[PersonId]) -> Mapping[PersonId, int]:
    """How far each of these people has read in a group; who has read nothing is left out."""
    mine = read_mark.c.person.in_(people), read_mark.c.grp == group
    found = select(read_mark.c.person, func.max(read_mark.c.position).label("read"))
    rows = tx.all(found.where(*mine).group_by(read_mark.c.person))
    return {row.person: row.read for row in rows}
