"""Templates, and messages after them, as JSON (docs/protocol.md)."""

from typing import Any

from guiju.kernel.facts import Recorded
from guiju.modules.messaging.forward_types import slice_of
from guiju.modules.messaging.template_types import Filled, Template

Json = dict[str, Any]


def template(found: Template) -> Json:
    return {
        "id": found.id,
        "group": found.group,
        "title": found.title,
        "fields": [
            {"name": each.name, "required": each.required, "hint": each.hint}
            for each in found.fields
        ],
        "attachment": found.attachment,
    }


def of_message(entry: Recorded) -> Json | None:
    """The parts of a message after a template, each with the places that are masked in it."""
    fact = entry.fact
    filled: Filled | None = fact.template
    if filled is None:
        return None
    parts = []
    for each in filled.parts:
        text, masked = slice_of(fact.text, getattr(fact, "spans", ()), each.start, each.end)
        parts.append({"name": each.name, "text": text, "spans": masked})
    return {"id": filled.template, "title": filled.title, "parts": parts}
