"""Which messages go to which connected people."""

from collections.abc import Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.groups import service as groups
from guiju.modules.messaging import (
    _change_items,
    _shape,
    _topic_live,
    _urgent_live,
    changes,
    writers,
)
from guiju.modules.messaging.burn_types import BurnOpened
from guiju.modules.messaging.change_types import (
    UNCHANGED,
    Changed,
    MessageEdited,
    MessagePinned,
    MessageReacted,
    MessageRecalled,
)
from guiju.modules.messaging.personal_types import MessageReminded
from guiju.modules.messaging.review_types import (
    BotRefused,
    PreReviewBegan,
    PreReviewEnded,
    ReviewEscalated,
)
from guiju.modules.messaging.sending import person_of
from guiju.modules.messaging.template_types import TemplateRemoved, TemplateSaved
from guiju.modules.messaging.topic_types import (
    FlagsDismissed,
    MessageFlagged,
    MessageMoved,
    ThreadFrozen,
)
from guiju.modules.messaging.types import (
    MessageAlerted,
    MessageBlocked,
    MessageHeld,
    MessageRefused,
    MessageReleased,
    MessageSent,
    ReviewLate,
)
from guiju.modules.messaging.urgent_types import (
    MessageUrged,
    UrgeConfirmed,
    UrgeRepeated,
    UrgeStopped,
)

_REVIEWERS = frozenset({"reviewer"})
FORESEEABLE = frozenset({"messaging.sent"})
"""What tells nothing that the rendering of another fact looks at."""


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    match entry.fact:
        case MessageSent():
            return (Delivery(_message(view, entry), group=entry.group),)
        case MessageHeld():
            sender = frozenset({person_of(entry)})
            return (
                Delivery(_shape.item(view, entry), people=sender, within=entry.group),
                Delivery(_queue_item(view, entry, "messaging.review_waiting"), roles=_REVIEWERS),
            )
        case MessageBlocked():
            sender = frozenset({person_of(entry)})
            return (Delivery(_shape.item(view, entry), people=sender, within=entry.group),)
        case MessageReleased(line=line):
            return (
                Delivery(_message(view, entry), group=entry.group),
                Delivery(_queue_item(view, entry, "messaging.review_done"), roles=_also(line)),
            )
        case (
            MessageRecalled()
            | MessageEdited()
            | MessageReacted()
            | MessagePinned()
            | MessageMoved()
            | BurnOpened()
        ):
            return (_change(view, entry),)
        case ThreadFrozen():
            return (_change(view, entry), *_topic_live.told_of_freezing(view, entry))
        case TemplateSaved(group=group) | TemplateRemoved(group=group):
            return () if group is None else (_topic_live.told_of_templates(entry),)
        case MessageFlagged(refs=refs) | FlagsDismissed(refs=refs):
            return (_topic_live.told_of_flags(view, entry, refs[0]),)
        case MessageRefused(sender=sender_id, line=line):
            return (
                Delivery(_shape.refused_item(view, entry), people=frozenset({sender_id})),
                Delivery(_queue_item(view, entry, "messaging.review_done"), roles=_also(line)),
            )
        case MessageAlerted(refs=refs, sender=sender_id):
            item = _queue_item(view, entry, "messaging.alert") | {"held": refs[0]}
            author = writers.responsible_for(view.tx, sender_id)
            return (Delivery(item, roles=_REVIEWERS, without=frozenset({author})),)
        case ReviewLate(line=line) | ReviewEscalated(to=line):
            return (
                Delivery(_queue_item(view, entry, "messaging.review_waiting"), roles=_also(line)),
            )
        case MessageReminded(refs=refs, people=people):
            item = _shape.envelope(view, entry) | {"message": refs[0]}
            return (Delivery(item, people=frozenset(people), within=entry.group),)
        case MessageUrged() | UrgeRepeated() | UrgeConfirmed() | UrgeStopped():
            return _urgent_live.deliveries(view, entry)
        case BotRefused(person=person, bot=bot):
            item = _plain(entry, entry.kind) | {"bot": bot}
            return (Delivery(item, people=frozenset({person})),)
        case PreReviewBegan(person=person, until=until):
            return (_prereview(entry, person, until),)
        case PreReviewEnded(person=person):
            return (_prereview(entry, person, None),)
        case _:
            return ()


def _message(view: View, entry: Recorded) -> dict[str, object]:
    """A message as it was sent, for its changes follow; but no text of it that nobody may read any more."""
    if not view.rendered:
        return _shape.item(view, entry)
    return _shape.item(view, entry, None, _now(view, entry.position))


def _now(view: View, shown: int) -> Changed:
    """What has become of the text of a message that is told again; asked for once for all of them."""
    key = "messaging", "told again", str(view.rendered[0].position)
    found = view.tx.cached(key, lambda: changes.load(view.tx, view.rendered, texts_only=True))
    return found.get(shown, UNCHANGED)  # type: ignore[no-any-return]  # what load returned


def _change(view: View, entry: Recorded) -> Delivery:
    """Those who came after the message know nothing of it, and nothing of its changes."""
    shown = entry.fact.refs[0]
    item = _shape.envelope(view, entry) | _change_items.of_fact(view, entry)
    later = groups.came_after(view.tx, entry.fact.group, shown)
    return Delivery(item, group=entry.group, without=later)


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
