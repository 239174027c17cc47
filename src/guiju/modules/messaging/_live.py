"""Which messages go to which connected people."""

from collections.abc import Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.messaging import _shape
from guiju.modules.messaging.personal_types import MessageReminded
from guiju.modules.messaging.review_types import (
    PreReviewBegan,
    PreReviewEnded,
    ReviewEscalated,
)
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
        case MessageReleased(line=line):
            return (
                Delivery(_shape.item(view, entry), group=entry.group),
                Delivery(_queue_item(view, entry, "messaging.review_done"), roles=_also(line)),
            )
        case MessageRefused(sender=sender_id, line=line):
            return (
                Delivery(_shape.refused_item(view, entry), people=frozenset({sender_id})),
                Delivery(_queue_item(view, entry, "messaging.review_done"), roles=_also(line)),
            )
        case MessageAlerted(refs=refs, sender=sender_id):
            item = _queue_item(view, entry, "messaging.alert") | {"held": refs[0]}
            return (Delivery(item, roles=_REVIEWERS, without=frozenset({sender_id})),)
        case ReviewLate(line=line) | ReviewEscalated(to=line):
            return (
                Delivery(_queue_item(view, entry, "messaging.review_waiting"), roles=_also(line)),
            )
        case MessageReminded(refs=refs, people=people):
            item = _shape.envelope(view, entry) | {"message": refs[0]}
            return (Delivery(item, people=frozenset(people)),)
        case PreReviewBegan(person=person, until=until):
            return (_prereview(entry, person, until),)
        case PreReviewEnded(person=person):
            return (_prereview(entry, person, None),)
        case _:
            return ()


def _also(line: str | None) -> frozenset[str]:
    """The reviewers, and the role that a message was passed on to."""
    return _REVIEWERS if line is None else _REVIEWERS | {line}


def _prereview(entry: Recorded, person: PersonId, until: int | None) -> Delivery:
    """Only the person is told, on whatever screen they are."""
    item = _plain(entry, "messaging.prereview") | {"until": until}
    return Delivery(item, people=frozenset({person}))


def _plain(entry: Recorded, kind: str) -> dict[str, object]:
    return {
        "position": entry.position,
        "at": entry.at,
        "kind": kind,
        "group": None,
        "number": None,
        "actor": None,
    }


def _queue_item(view: View, entry: Recorded, kind: str) -> dict[str, object]:
    held = entry.position if isinstance(entry.fact, MessageHeld) else entry.fact.refs[0]
    return _plain(entry, kind) | {"held": held}
