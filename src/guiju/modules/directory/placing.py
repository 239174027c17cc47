"""Who is in which units and has which posts, of many people at once."""

from collections.abc import Collection

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.modules.directory import _placed_store, _rules, _store, service
from guiju.modules.directory.types import UnitId


def people_below(tx: ReadTx, unit_ids: Collection[UnitId]) -> list[PersonId]:
    """The people of some units and of the units below them, each once. Raises UnitNotFoundError."""
    for unit in unit_ids:
        service.get_unit(tx, unit)
    return _placed_store.right_in(tx, _rules.with_descendants(_store.units(tx), *unit_ids))


def people_right_in(tx: ReadTx, units: Collection[UnitId]) -> list[PersonId]:
    """The people right in these units, by staff number; those of units below them are left out."""
    return _placed_store.right_in(tx, units)


def people_placed(
    tx: ReadTx, units: Collection[UnitId], posts: Collection[str], among: Collection[PersonId]
) -> set[PersonId]:
    """Who of `among` is in these units or those below them, or has one of these posts; unknown units are left out."""
    below = _rules.with_descendants(_store.units(tx), *units)
    return _placed_store.placed(tx, below, posts, among)
