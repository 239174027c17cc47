"""Messages that carry others as JSON (docs/protocol.md)."""

from typing import Any

from guiju.kernel.facts import Recorded
from guiju.kernel.live import View
from guiju.modules.groups import cards
from guiju.modules.groups import service as groups
from guiju.modules.messaging.forward_types import Forward, slice_of
from guiju.modules.messaging.forwarding import Trace

Json = dict[str, Any]


def of_message(entry: Recorded) -> Json:
    """What a message shows: the comment as its text, and the copies, each with the places that are masked in it."""
    fact, forward = entry.fact, entry.fact.forward
    spans = getattr(fact, "spans", ())
    comment, masked = slice_of(fact.text, spans, 0, forward.comment_end)
    return {"text": comment, "spans": masked, "forward": copies(entry)}


def copies(entry: Recorded) -> Json | None:
    """The copies that an entry carries, if it does."""
    fact = entry.fact
    forward: Forward | None = fact.forward
    if forward is None:
        return None
    items = []
    for each in forward.items:
        text, masked = slice_of(fact.text, getattr(fact, "spans", ()), each.start, each.end)
        items.append({"sender": each.sender, "at": each.at, "text": text, "spans": masked})
    return {"group": forward.group, "merged": forward.merged, "items": items}


def trace(view: View, found: Trace) -> Json:
    """A message that carries another one, without its text."""
    group = groups.find_group(view.tx, found.row.group)
    assert group is not None, "messages stand in groups that exist"
    return {
        "group": {
            "id": group.id,
            "name": group.name,
            "level": cards.level(view.tx, group.level),
        },
        "position": found.row.shown if found.row.shown is not None else found.row.position,
        "at": found.entry.at,
        "by": view.mark(found.row.sender),
        "state": found.row.state,
        "recalled": found.row.recalled is not None,
    }
