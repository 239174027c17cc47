"""Who is in which units and has which posts, of many people at once."""

from collections.abc import Collection

from sqlalchemy import or_, select

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.modules.directory._store import person_table
from guiju.modules.directory.types import UnitId

_NAMED = 500
"""So many ids one statement names."""


def right_in(tx: ReadTx, units: Collection[UnitId]) -> list[PersonId]:
    """The people right in these units, by staff number."""
    found = (
        select(person_table.c.id)
        .where(person_table.c.unit.in_(units))
        .order_by(person_table.c.staff_no)
    )
    return tx.scalars(found) if units else []


def placed(
    tx: ReadTx, units: Collection[UnitId], posts: Collection[str], among: Collection[PersonId]
) -> set[PersonId]:
    """Who of `among` is right in one of these units or has one of these posts."""
    here = or_(person_table.c.unit.in_(units), person_table.c.post.in_(posts))
    # Of many, all that stand there are read: to name each costs more than to pass over the others.
    named = [person_table.c.id.in_(among)] if len(among) <= _NAMED else []
    return set(tx.scalars(select(person_table.c.id).where(here, *named))).intersection(among)
