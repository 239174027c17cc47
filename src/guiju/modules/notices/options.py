"""What there is to choose from when one writes a notice."""

from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.modules.directory import service as directory
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import GroupKind, GroupState
from guiju.modules.notices import issuing, recipients, service
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT

_MOST_GROUPS = 200


def options(tx: ReadTx, actor: Actor) -> dict[str, Any]:
    """Units, posts and groups that the actor may address, and the deadlines. Raises NotAllowedError, NotIssuerError."""
    issuing.permit_to_issue(tx, actor)
    rule = service.acknowledgement_rule(tx)
    own = (
        None
        if policy.may(tx, actor, recipients.ALL)
        else directory.headed_units(tx, actor.person_id)
    )
    units = [
        {"id": unit.id, "name": unit.name, "parent_id": unit.parent, "people": people}
        for unit, people in directory.list_units(tx, actor)
        if own is None or unit.id in own
    ]
    return {
        "units": units,
        "posts": [{"title": title, "people": people} for title, people in directory.posts(tx)],
        "groups": _groups(tx, actor),
        "hours": {"usual": rule.hours, "most": rule.most_hours},
        "pass_percent": service.quiz_rule(tx).pass_percent,
    }


def _groups(tx: ReadTx, actor: Actor) -> list[dict[str, Any]]:
    """The groups that the actor is in, by name."""
    places = groups.places_of(tx, actor.person_id)
    mine = [group for group, place in places.items() if place.state in PRESENT][:_MOST_GROUPS]
    known, counted = groups.groups(tx, mine), groups.count_present(tx, mine)
    shown = [
        {"id": group.id, "name": group.name, "people": counted.get(group.id, 0)}
        for group in known.values()
        if group.state is GroupState.ACTIVE and group.kind is not GroupKind.DIRECT
    ]
    return sorted(shown, key=lambda one: str(one["name"]))
