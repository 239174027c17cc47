"""Changes of messages as JSON (docs/protocol.md)."""

from collections.abc import Iterable, Sequence
from typing import Any

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import View
from guiju.modules.messaging.change_types import UNCHANGED, Changed, Reaction, Recall, Replies

Json = dict[str, Any]
_MOST_PEOPLE = 20
_EMPTIED: Json = {
    "text": "",
    "mentions": [],
    "quote": None,
    "spans": [],
    "files": [],
    "forward": None,
    "template": None,
    "moved": None,
    "burn": None,
}

NOTHING: Json = {
    "edited_at": None,
    "recalled": None,
    "reactions": [],
    "pinned": False,
    "replies": None,
    "moved": None,
    "frozen": None,
    "corrected": None,
}
"""Of a message as it was sent."""


def of_message(view: View, changed: Changed) -> Json:
    """What a message has beside what it was sent with; a recalled one has nothing left to read."""
    recall, edit = changed.recall, changed.edit
    if changed is UNCHANGED:
        return NOTHING
    made: Json = {
        "edited_at": edit.at if edit is not None else None,
        "recalled": by_whom(view, recall),
        "reactions": reactions(view, changed.reactions) if changed.reactions else [],
        "pinned": changed.is_pinned,
        "replies": _replies(view, changed.replies) if changed.replies is not None else None,
        "moved": by_whom(view, changed.move),
        "frozen": by_whom(view, changed.freeze),
        "corrected": changed.corrected,
    }
    return made | _EMPTIED if recall is not None else made


def by_whom(view: View, entry: Recorded | None) -> Json | None:
    """Who recalled, moved or froze something, when and why."""
    if entry is None:
        return None
    return {"by": view.mark(entry.actor), "at": entry.at, "reason": entry.fact.reason}


def reactions(view: View, found: Iterable[tuple[Reaction, Sequence[PersonId]]]) -> list[Json]:
    """Each reaction with the first people who gave it, and how many they are."""
    return [
        {
            "reaction": reaction,
            "people": [view.mark(person) for person in people[:_MOST_PEOPLE]],
            "count": len(people),
        }
        for reaction, people in found
    ]


def _replies(view: View, found: Replies) -> Json:
    people = [view.mark(person) for person in found.people]
    return {"count": found.count, "last_at": found.last.at, "people": people}


def recall(found: Recall) -> Json:
    """What whoever recalled a message is told; the text only to its author."""
    made: Json = {"position": found.position}
    if found.text is not None:
        made |= {"text": found.text, "reedit_until": found.reedit_until}
    return made


def version(entry: Recorded) -> Json:
    """One text of a message."""
    return {"at": entry.at, "text": entry.fact.text, "position": entry.position}
