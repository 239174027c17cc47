"""Which messages go to which connected people."""

from collections.abc import Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.live import Delivery, View
from guiju.modules.messaging import _shape
from guiju.modules.messaging.sending import person_of
from guiju.modules.messaging.types import (
    MessageAlerted,
    MessageBlocked,
    MessageHeld,
    MessageRefused,
    MessageReleased,
    MessageSent,
    ReviewLate,
)

_REVIEWERS = frozenset({"reviewer"})


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    match entry.fact:
        case MessageSent():
            return (Delivery(_shape.item(view, entry), group=entry.group),)
        case MessageHeld():
            sender = frozenset({person_of(entry)})
            return (
                Delivery(_shape.item(view, entry), people=sender),
                Delivery(_queue_item(view, entry, "messaging.review_waiting"), roles=_REVIEWERS),
            )
        case MessageBlocked():
            return (Delivery(_shape.item(view, entry), people=frozenset({person_of(entry)})),)
        case MessageReleased():
            return (
                Delivery(_shape.item(view, entry), group=entry.group),
                Delivery(_queue_item(view, entry, "messaging.review_done"), roles=_REVIEWERS),
            )
        case MessageRefused(sender=sender_id):
            return (
                Delivery(_shape.refused_item(view, entry), people=frozenset({sender_id})),
                Delivery(_queue_item(view, entry, "messaging.review_done"), roles=_REVIEWERS),
            )
        case MessageAlerted(refs=refs):
            item = _queue_item(view, entry, "messaging.alert") | {"held": refs[0]}
            return (Delivery(item, roles=_REVIEWERS),)
        case ReviewLate():
            return (
                Delivery(_queue_item(view, entry, "messaging.review_waiting"), roles=_REVIEWERS),
            )
        case _:
            return ()


def _queue_item(view: View, entry: Recorded, kind: str) -> dict[str, object]:
    held = entry.position if isinstance(entry.fact, MessageHeld) else entry.fact.refs[0]
    return {
        "position": entry.position,
        "at": entry.at,
        "kind": kind,
        "group": None,
        "number": None,
        "actor": None,
        "held": held,
    }
