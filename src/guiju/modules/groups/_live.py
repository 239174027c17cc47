"""Which facts about groups go to which connected people, and as what."""

from collections.abc import Mapping, Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.directory.types import PersonChanged
from guiju.modules.groups import barriers, cards, service, timeline
from guiju.modules.groups.direct_types import BarrierLifted, BarrierSet, BarrierTurned, DirectOpened
from guiju.modules.groups.hours_types import HoursSet
from guiju.modules.groups.order_types import PublishersSet, TopicsSet
from guiju.modules.groups.types import (
    AdministratorsSet,
    GroupClosed,
    GroupRegistered,
    Member,
    MemberChanged,
    OwnerSet,
    RulesPublished,
)
from guiju.modules.policy.types import INSIDE, PRESENT, GroupRole


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    """Everybody inside the group gets the item with the card as it is now, each with their own place in it.

    Whose place it was gets the item too, without the card once they are outside. Of a wish to leave only they do, and
    who decides hears that there is something to decide.
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
    outside = bool(service.with_outsiders(tx, [entry.group]))
    found = []
    discreet = timeline.is_discreet(entry)
    concerned = entry.fact.person if isinstance(entry.fact, MemberChanged) else None
    for member in service.members(tx, entry.group):
        inside = member.state in INSIDE and member.visible_from <= entry.position
        if not inside and member.person != concerned:
            continue
        if discreet and member.person != concerned:
            if _hears_of_leaving(member, entry):
                news = _roster_changed(entry, cards.card(tx, group, member, count, outside=outside))
                found.append(Delivery(news, people=frozenset({member.person})))
            continue
        # Outside, not even a name: somebody who asked to join may only have guessed the number.
        personal = shown | {
            "card": cards.card(tx, group, member, count, outside=outside) if inside else None
        }
        if isinstance(entry.fact, MemberChanged):
            personal["members"] = count if inside else None
        found.append(Delivery(personal, people=frozenset({member.person})))
    return found


def of_people(view: View, entry: Recorded) -> Sequence[Delivery]:
    """Who joins the organisation is from outside no more: the cards of their groups may say so."""
    if not isinstance(entry.fact, PersonChanged) or not entry.fact.joins:
        return ()
    tx, told = view.tx, dict[PersonId, list[Mapping[str, object]]]()
    places = service.places_of(tx, PersonId(entry.fact.person))
    ids = [group for group, place in places.items() if place.state in PRESENT]
    known, counts = service.groups(tx, ids), service.count_present(tx, ids)
    outside = service.with_outsiders(tx, ids)
    for group in ids:
        for member in service.members(tx, group):
            if member.state in INSIDE and member.visible_from <= entry.position:
                card = cards.card(tx, known[group], member, counts[group], outside=group in outside)
                told.setdefault(member.person, []).append(card)
    return [
        Delivery(_roster_changed(entry, *shown), people=frozenset({person}))
        for person, shown in sorted(told.items())
    ]


def _hears_of_leaving(member: Member, entry: Recorded) -> bool:
    """Who decides does; all others only where the count of members changes, and then not of whom."""
    decides = member.role is GroupRole.OWNER and member.state in PRESENT
    return decides or entry.fact.state not in PRESENT


def _roster_changed(entry: Recorded, *shown: Mapping[str, object]) -> dict[str, object]:
    return {
        "position": entry.position,
        "at": entry.at,
        "kind": "groups.roster_changed",
        "group": entry.group,
        "number": None,
        "actor": None,
        "cards": shown,
    }


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
