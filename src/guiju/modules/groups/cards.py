"""The group card: how a group looks in every list, also in those of other modules."""

from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.modules.groups import _rules, ordering, service
from guiju.modules.groups.types import Group, Member
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Text

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


def card(tx: ReadTx, group: Group, member: Member | None, members: int) -> Json:
    """The group card. `member` is the reader's own place, if any."""
    return {
        "id": group.id,
        "name": group.name,
        "short_name": _rules.short_name(group.name, policy.get_pack(tx).prefix),
        "filing_number": group.filing_number,
        "kind": group.kind,
        "tool": group.tool,
        "class": {"id": group.group_class, "title": class_title(tx, group.group_class)},
        "level": level(tx, group.level),
        "state": group.state,
        "members": members,
        "me": {"role": member.role, "state": member.state} if member is not None else None,
        "topics": list(group.topics),
        "publishing": _publishing(tx, group, member),
    }


def _publishing(tx: ReadTx, group: Group, member: Member | None) -> Json | None:
    found = ordering.publishing(tx, group, member.person if member is not None else "")
    return None if found is None else {
        "only": found.only, "replies": found.replies, "mine": found.mine, "clause": found.clause,
    }  # fmt: skip


def card_for(tx: ReadTx, group: Group, actor: Actor) -> Json:
    """The card with the actor's own place."""
    member = service.find_member(tx, group.id, actor.person_id)
    shown = None if _rules.has_left(member) else member
    return card(tx, group, shown, service.count_present(tx, [group.id]).get(group.id, 0))
