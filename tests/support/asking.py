"""Raising questions as tests do."""

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.modules.directory.types import UnitId
from guiju.modules.followup import questioning
from tests.support.world import World


def raise_question(
    world: World,
    actor: Actor,
    group: GroupId,
    message: int,
    unit: UnitId | None,
    text: str = "螺栓扭矩按哪一版？",
) -> int:
    """The id of a question about a message; without a unit an error that is reported to who wrote it."""
    return world.write(
        lambda tx: questioning.raise_question(tx, actor, group, message, unit=unit, text=text)
    ).position
