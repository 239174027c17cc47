"""Two people with a direct conversation, and every way on which one writes to the other there."""

from collections.abc import Callable
from typing import Any

from guiju.kernel.clock import DAY
from guiju.kernel.ids import GroupId
from guiju.modules.groups import direct
from guiju.modules.messaging import forwarding, reacting, reads, review
from guiju.modules.messaging.change_types import Reaction
from guiju.modules.messaging.composing import Body
from guiju.modules.messaging.forward_types import Wanted
from guiju.modules.messaging.scheduling import Schedule
from tests.support.apart import barrier_input, people, set_barrier
from tests.support.office import Office
from tests.support.uploading import begin, close_uploads, door_of, uploads_of
from tests.support.world import MONDAY


class Apart:
    """Two people with a direct conversation and who may set barriers."""

    def __init__(self, office: Office) -> None:
        self.office, self.world = office, office.world
        self.one, self.other = office.member, office.outsider
        self.admin = self.world.person("孙安", "security_admin")
        self.group: GroupId = self.world.write(
            lambda tx: direct.open_direct(tx, self.one, self.other.person_id)
        )
        self.first = self.world.send(self.one, self.group, "在吗").position

    def part(self, **changes: Any) -> str:
        wanted = barrier_input(people(self.one), people(self.other), **changes)
        return set_barrier(self.world, self.admin, wanted).id


def schedule_of(a: Apart) -> Schedule:
    runtime = a.world.runtime
    return Schedule(
        door_of(a.world), runtime.notes, runtime.inspector, a.world.clock, lambda *_: None
    )


def _uploaded(a: Apart) -> Any:
    uploads = uploads_of(a.world)
    try:
        return begin(uploads, a.one, a.group, "a.txt", "内容".encode())
    finally:
        close_uploads(uploads)


def _forwarded(a: Apart) -> Any:
    source = a.office.group()
    position = a.world.send(a.one, source, "转给你").position
    inspector = a.world.runtime.inspector
    wanted = Wanted("fw", source, a.group, (position,), merged=False)
    return a.world.write(lambda tx: forwarding.forward(tx, inspector, a.one, wanted))


def _released(a: Apart) -> Any:
    (held,) = a.world.entries("messaging.held")
    return a.world.write(
        lambda tx: review.release(tx, a.office.reviewer, held.position, masked=False, reason="")
    )


PATHS: dict[str, Callable[[Apart], Any]] = {
    "send": lambda a: a.world.send(a.one, a.group, "在吗"),
    "reply": lambda a: a.world.send(a.one, a.group, "在吗", quote=a.first),
    "schedule": lambda a: schedule_of(a).add(a.one, a.group, "later", Body("回头说"), MONDAY + DAY),
    "upload": _uploaded,
    "edit": lambda a: a.world.edit(a.one, a.group, a.first, "改了"),
    "react": lambda a: a.world.write(
        lambda tx: reacting.react(tx, a.one, a.group, a.first, Reaction.GOOD, on=True)
    ),
    "remind": lambda a: a.world.write(lambda tx: reads.remind(tx, a.one, a.group, a.first)),
    "forward": _forwarded,
    "release": _released,
}
