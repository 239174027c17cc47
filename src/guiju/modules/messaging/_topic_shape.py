"""Flags and frozen threads as JSON (docs/protocol.md)."""

from collections.abc import Sequence
from typing import Any

from guiju.kernel.facts import Recorded
from guiju.kernel.live import View
from guiju.modules.directory import service as directory
from guiju.modules.groups import cards
from guiju.modules.groups import service as groups
from guiju.modules.messaging import _change_shape, _shape
from guiju.modules.messaging.topic_types import Flag, Frozen

Json = dict[str, Any]


def flagged(
    view: View, found: Sequence[tuple[Recorded, Sequence[tuple[Flag, Recorded]]]]
) -> list[Json]:
    """Flagged messages, each with who flagged it and why."""
    items = _shape.items(view, [entry for entry, _ in found])
    return [
        {
            "item": item,
            "flags": [_change_shape.by_whom(view, told) for _, told in flags],
        }
        for item, (_, flags) in zip(items, found, strict=True)
    ]


def frozen(view: View, found: Frozen) -> Json:
    """A frozen thread without its texts: the group, how much was said, who stopped it and why."""
    group = groups.find_group(view.tx, found.group)
    assert group is not None, "messages stand in groups that exist"
    return {
        "group": {
            "id": group.id,
            "name": group.name,
            "level": cards.level(view.tx, group.level),
            "unit": {"id": group.unit, "name": directory.unit_name(view.tx, group.unit)},
            "owner": directory.person_mark(view.tx, group.owner),
        },
        "message": found.root,
        "replies": found.replies,
        "position": found.entry.position,
    } | (_change_shape.by_whom(view, found.entry) or {})
