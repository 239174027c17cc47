"""Which facts about groups go to which connected people, and as what."""

from collections.abc import Mapping, Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.groups import barriers, cards, service, timeline
from guiju.modules.groups.direct_types import BarrierLifted, BarrierSet, BarrierTurned, DirectOpened
from guiju.modules.groups.hours_types import HoursSet
from guiju.modules.groups.order_types import PublishersSet, TopicsSet
from guiju.modules.groups.types import (
    AdministratorsSet,
    GroupClosed,
    GroupRegistered,
    MemberChanged,
    OwnerSet,
    RulesPublished,
)
from guiju.modules.policy.types import INSIDE, PRESENT


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    """Everybody inside the group gets the item with the card as it is now, each with their own place in it.

    Whose place it was gets the item too, without the card once they are outside.
    """
    if isinstance(entry.fact, BarrierSet | BarrierLifted | BarrierTurned):
        return (_barriers_changed(view, entry),)
    if entry.group is None or not isinstance(
        entry.fact,
        GroupRegistered
        | DirectOpened
        | MemberChanged
        | RulesPublished
        | AdministratorsSet
        | OwnerSet
        | PublishersSet
        | TopicsSet
        | HoursSet
        | GroupClosed,
    ):
        return ()
    shown = timeline.item(view, entry)
    tx, group = view.tx, service.find_group(view.tx, entry.group)
    assert group is not None, "a fact about a group comes after its registration"
    count = service.count_present(tx, [entry.group]).get(entry.group, 0)
    found = []
    concerned = entry.fact.person if isinstance(entry.fact, MemberChanged) else None
    for member in service.members(tx, entry.group):
        inside = member.state in INSIDE and member.visible_from <= entry.position
        if not inside and member.person != concerned:
            continue
        # Outside, not even a name: somebody who asked to join may only have guessed the number.
        personal = shown | {"card": cards.card(tx, group, member, count) if inside else None}
        if isinstance(entry.fact, MemberChanged):
            personal["members"] = count if inside else None
        found.append(Delivery(personal, people=frozenset({member.person})))
    return found


def _barriers_changed(view: View, entry: Recorded) -> Delivery:
    """Whom a barrier keeps from writing are told that there is something to ask for: not from whom, by whom, nor why."""
    # One that has turned did stand, or does; one that was set or lifted may lie ahead, or behind.
    at = None if isinstance(entry.fact, BarrierTurned) else entry.at
    people = barriers.kept_from_writing(view.tx, entry.fact.barrier, at, among=view.connected)
    item = {
        "position": entry.position,
        "at": entry.at,
        "kind": "groups.barriers_changed",
        "group": None,
        "number": None,
        "actor": None,
    }
    return Delivery(item, people=people)


def presence(view: View, entry: Recorded) -> Mapping[PersonId, bool]:
    """Who begins or stops reading the group by this fact."""
    match entry.fact:
        case MemberChanged() as fact:
            return {fact.person: fact.state in PRESENT}
        case GroupRegistered() | DirectOpened() | RulesPublished():
            assert entry.group is not None
            members = service.members(view.tx, entry.group)
            return {member.person: member.state in PRESENT for member in members}
        case _:
            return {}


PRESENCE = dict.fromkeys(
    (
        "groups.member_changed",
        "groups.registered",
        "groups.direct_opened",
        "groups.rules_published",
    ),
    presence,
)
