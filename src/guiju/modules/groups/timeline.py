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
from guiju.modules.policy.types import MemberState

Json = dict[str, Any]
_CHANGES = {
    AdministratorsSet: "administrators", OwnerSet: "owner", GroupClosed: "closed",
    PublishersSet: "publishers", TopicsSet: "topics", HoursSet: "hours",
}  # fmt: skip


def has_stay(entry: Recorded) -> bool:
    """Whether the fact has one stay who asked to leave: an admission says what is seen of the past, a signature of what."""
    fact = entry.fact
    return (
        isinstance(fact, MemberChanged)
        and fact.state in (MemberState.ACTIVE, MemberState.MUST_SIGN)
        and fact.history is None
        and fact.signed_version is None
    )


def is_discreet(entry: Recorded) -> bool:
    """Whether the fact is about a wish to leave. Others are told when the person has left, and of a refusal never."""
    if not isinstance(entry.fact, MemberChanged):
        return False
    return entry.fact.state is MemberState.LEAVING_REQUESTED or has_stay(entry)


def shows(entry: Recorded, person: str | None) -> bool:
    """Whether an entry of the group stands in this person's timeline.

    Who decides on leaving is told by what waits for them: whoever is the owner now need not have been then.
    """
    return not is_discreet(entry) or entry.fact.person == person


def item(view: View, entry: Recorded) -> Json:
    """The item as every reader of the group's timeline gets it; only the person reads why they are to stay."""
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
                "stays": has_stay(entry),
                "reason": fact.reason if has_stay(entry) else None,
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
