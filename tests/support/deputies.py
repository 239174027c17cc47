"""Naming deputies from today on."""

from datetime import timedelta

from guiju.kernel.ids import PersonId
from guiju.modules.directory import deputising
from guiju.setup import SYSTEM
from tests.support.world import World


def day(world: World, days: int = 0) -> str:
    """A day from today on, by the organisation's calendar."""
    return (world.read(deputising.today) + timedelta(days=days)).isoformat()


def stand_in(world: World, person: PersonId, deputy: PersonId, *, days: int = 7) -> None:
    """Have a deputy stand in for a person for so many days."""
    first, last = day(world), day(world, days - 1)
    world.write(lambda tx: deputising.name_deputy(tx, SYSTEM, person, deputy, first, last))
