"""Barriers as tests set them: after the preview that names the same people."""

from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import barriers
from guiju.modules.groups.direct_types import Barrier, BarrierInput, Side
from tests.support.world import World


def people(*actors: Actor) -> Side:
    """A side of people named one by one."""
    return Side(people=tuple(actor.person_id for actor in actors))


def barrier_input(first: Side, second: Side, **changes: Any) -> BarrierInput:
    """A barrier one way without bounds in time, unless `changes` say otherwise."""
    stated: dict[str, Any] = {
        "both": False, "groups": False, "starts_at": None, "ends_at": None, "reason": "采购评标",
    }  # fmt: skip
    return BarrierInput(first, second, **{**stated, **changes})


def set_barrier(world: World, admin: Actor, wanted: BarrierInput) -> Barrier:
    """Preview a barrier and set it."""

    def both(tx: WriteTx) -> Barrier:
        reach, _ = barriers.preview(tx, admin, wanted)
        return barriers.set_barrier(tx, admin, wanted, digest=reach.digest)

    return world.write(both)


def body_of(first: Actor, second: Actor) -> dict[str, Any]:
    """A barrier between two people, as a request says it."""
    return {
        "first": {"person_ids": [first.person_id]}, "second": {"person_ids": [second.person_id]},
        "both": False, "reason": "x",
    }  # fmt: skip
