"""Facts about groups as items of a timeline, for the timelines that messaging shows."""

from typing import Any

from guiju.kernel.facts import Recorded
from guiju.kernel.live import View
from guiju.modules.groups.hours_types import HoursSet
from guiju.modules.groups.order_types import PublishersSet, TopicsSet
from guiju.modules.groups.types import (
    AdministratorsSet,
    GroupClosed,
    MemberChanged,
    OwnerSet,
    RulesPublished,
)

Json = dict[str, Any]
_CHANGES = {
    AdministratorsSet: "administrators", OwnerSet: "owner", GroupClosed: "closed",
    PublishersSet: "publishers", TopicsSet: "topics", HoursSet: "hours",
}  # fmt: skip


def item(view: View, entry: Recorded) -> Json:
    """The item as every reader of the group's timeline gets it."""
    common: Json = {
        "position": entry.position,
        "at": entry.at,
        "kind": entry.kind,
        "group": entry.group,
        "number": entry.number,
        "actor": view.mark(entry.actor),
    }
    match entry.fact:
        case MemberChanged() as fact:
            return common | {
                "person": view.mark(fact.person),
                "state": fact.state,
                "role": fact.role,
                "reason": None,
                "members": None,
                "card": None,
            }
        case RulesPublished() as fact:
            return common | {"version": fact.version, "text": fact.text, "card": None}
        case (
            AdministratorsSet()
            | OwnerSet()
            | GroupClosed()
            | PublishersSet()
            | TopicsSet()
            | HoursSet() as fact
        ):
            return common | {"kind": "groups.changed", "what": _CHANGES[type(fact)], "card": None}
        case _:
            return common | {"card": None}
