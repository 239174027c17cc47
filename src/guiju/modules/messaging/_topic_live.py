"""Who is told of flags, of frozen threads and of templates: what no timeline shows."""

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.groups import service as groups
from guiju.modules.messaging import topics
from guiju.modules.policy.types import PRESENT, GroupRole

_RUNNING = frozenset({GroupRole.OWNER, GroupRole.ADMINISTRATOR})


def told_of_flags(view: View, entry: Recorded, shown: int) -> Delivery:
    """Those who run the group and may see the message read the flags again; nobody else learns of them."""
    assert entry.group is not None, "messages stand in groups"
    people = frozenset(
        member.person
        for member in groups.members(view.tx, entry.group)
        if member.role in _RUNNING and member.state in PRESENT and member.visible_from <= shown
    )
    item = _plain(entry, "messaging.flags_changed") | {"group": entry.group, "message": shown}
    return Delivery(item, people=people)


def told_of_freezing(view: View, entry: Recorded) -> tuple[Delivery, ...]:
    """The superior of the group and the security office, who see it among the frozen threads."""
    head = topics.superior_of(view.tx, entry)
    people = frozenset({PersonId(head)}) if head is not None else frozenset[PersonId]()
    item = _plain(entry, "messaging.frozen_changed")
    return (Delivery(item, people=people, roles=frozenset({"security_admin"})),)


def told_of_templates(entry: Recorded) -> Delivery:
    """The members of the group whose templates are others by now."""
    item = _plain(entry, "messaging.templates_changed") | {"group": entry.group}
    return Delivery(item, group=entry.group)


def _plain(entry: Recorded, kind: str) -> dict[str, object]:
    return {
        "position": entry.position, "at": entry.at, "kind": kind, "group": None, "number": None, "actor": None,
    }  # fmt: skip
