"""People listening to an organisation: what a commit brings for each of them, as the socket would send it."""

import json
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import Batch, answer_inline
from guiju.kernel.live import Connection, Hub
from guiju.modules.groups import service as groups
from guiju.modules.policy.types import PRESENT
from guiju.relations import PeopleAndGroups
from guiju.runtime import FORESEEABLE, PRESENCE, ROUTERS
from tests.support.world import World


class Ear:
    """The far end of one connection. `untaken` is what it leaves lying in the buffer."""

    def __init__(self, hub: Hub, world: World, actor: Actor) -> None:
        self.frames: list[dict[str, Any]] = []
        self.closed: list[int] = []
        self.untaken = 0
        roles = world.read(lambda tx: PeopleAndGroups().roles(tx, actor.person_id))
        places = world.read(lambda tx: groups.places_of(tx, actor.person_id))
        here: set[GroupId] = {group for group, member in places.items() if member.state in PRESENT}
        since = world.read(lambda tx: tx.position)
        self.connection = Connection(
            actor.person_id, roles, "ses_x", since, self, self.closed.append
        )
        hub.add(self.connection, here)

    def write(self, wire: bytes) -> None:
        assert wire[0] == 0x81, "one final text frame"
        start = {126: 4, 127: 10}.get(wire[1], 2)
        length = wire[1] if start == 2 else int.from_bytes(wire[2:start], "big")
        assert len(wire) == start + length
        self.frames.append(json.loads(wire[start:]))

    def buffered(self) -> int:
        return self.untaken

    @property
    def items(self) -> list[dict[str, Any]]:
        return [item for frame in self.frames for item in frame["items"]]

    @property
    def kinds(self) -> list[str]:
        return [item["kind"] for item in self.items]


class Listening:
    """A hub that hears every commit of a world from now on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.hub = Hub(ROUTERS, PRESENCE, world.runtime.new_view, FORESEEABLE)
        world.runtime.lane.deliver = self._deliver
        world.runtime.lane.foresee = lambda batch: self.hub.foresee(batch.entries)

    def _deliver(self, batch: Batch) -> None:
        if batch.entries:
            self.hub.publish(batch.entries)
        answer_inline(batch)

    def ear(self, actor: Actor) -> Ear:
        return Ear(self.hub, self._world, actor)
