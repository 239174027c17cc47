"""The group card: how a group looks in every list, also in those of other modules."""

from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.modules.directory import service as directory
from guiju.modules.groups import _rules, direct, ordering, service
from guiju.modules.groups.types import Group, GroupKind, Member
from guiju.modules.inspection import service as inspection
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import INSIDE, Text

Json = dict[str, Any]


def class_title(tx: ReadTx, group_class: str) -> Text:
    """The title of a class by the pack in force; its id when the pack no longer has it."""
    found = next((c.title for c in policy.get_pack(tx).classes if c.id == group_class), None)
    return found or {"zh": group_class, "en": group_class}


def level(tx: ReadTx, level_id: str) -> Json:
    """A level by the pack in force."""
    found = next((known for known in policy.get_pack(tx).levels if known.id == level_id), None)
    if found is None:
        return {"id": level_id, "title": {"zh": level_id, "en": level_id}, "rank": 0}
    return {"id": found.id, "title": found.title, "rank": found.rank}


def card(tx: ReadTx, group: Group, member: Member | None, members: int, *, outside: bool) -> Json:
    """The group card. `member` is the reader's own place, if any. A direct conversation is named after the other one.

    `outside`: somebody from outside is in the group; in a direct conversation, the other one.
    """
    peer = _peer(tx, group, member)
    name = _name(group, peer)
    return {
        "id": group.id,
        "name": name,
        "short_name": _rules.short_name(name, policy.get_pack(tx).prefix),
        "peer": peer,
        "filing_number": group.filing_number,
        "kind": group.kind,
        "tool": group.tool,
        "class": {"id": group.group_class, "title": class_title(tx, group.group_class)},
        "level": level(tx, group.level),
        "state": group.state,
        "members": members,
        "outside": outside if peer is None else peer["id"] in directory.people_outside(tx),
        "me": {"role": member.role, "state": member.state} if member is not None else None,
        "topics": list(group.topics),
        "hours": [
            {"days": list(one.days), "start": one.start, "end": one.end, "words": one.words}
            for one in group.hours
        ],
        "publishing": _publishing(tx, group, member),
    }


def sounds(tx: ReadTx, actor: Actor) -> Json:
    """How the names of the actor's conversations sound, by group, so that a client finds them by what is typed in letters."""
    places = {
        group: member
        for group, member in service.places_of(tx, actor.person_id).items()
        if member.state in INSIDE and policy.may(tx, actor, "groups.read", group)
    }
    names = {
        group.id: _name(group, _peer(tx, group, places[group.id]))
        for group in service.groups(tx, list(places)).values()
    }
    return {group: heard for group, name in names.items() if (heard := inspection.sounds(name))}


def _name(group: Group, peer: Json | None) -> str:
    return group.name if peer is None else str(peer["name"])


def _publishing(tx: ReadTx, group: Group, member: Member | None) -> Json | None:
    found = ordering.publishing(tx, group, member.person if member is not None else "")
    return None if found is None else {
        "only": found.only, "replies": found.replies, "mine": found.mine, "clause": found.clause,
    }  # fmt: skip


def _peer(tx: ReadTx, group: Group, member: Member | None) -> Json | None:
    if group.kind is not GroupKind.DIRECT or member is None:
        return None
    other = direct.other_in(tx, group.id, member.person)
    assert other is not None, "a direct conversation has two people"
    return {"id": other, "name": directory.person_name(tx, other)}


def card_for(tx: ReadTx, group: Group, actor: Actor) -> Json:
    """The card with the actor's own place."""
    member = service.find_member(tx, group.id, actor.person_id)
    shown = None if _rules.has_left(member) else member
    members = service.count_present(tx, [group.id]).get(group.id, 0)
    return card(tx, group, shown, members, outside=bool(service.with_outsiders(tx, [group.id])))
