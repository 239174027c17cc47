"""Messages, conversations and reviews as JSON (docs/protocol.md)."""

from collections.abc import Mapping, Sequence
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.live import View
from guiju.modules.directory import service as directory
from guiju.modules.groups import cards
from guiju.modules.groups import timeline as groups_timeline
from guiju.modules.inspection.types import Disposition
from guiju.modules.messaging import (
    _burn_shape,
    _change_shape,
    _file_shape,
    _forward_shape,
    _template_shape,
    changes,
    correcting,
    prereview,
    service,
    writers,
)
from guiju.modules.messaging.change_types import UNCHANGED, Changed, MessageEdited
from guiju.modules.messaging.composing import Preview, finding_json
from guiju.modules.messaging.inspecting import deciding_use
from guiju.modules.messaging.personal_types import Settings
from guiju.modules.messaging.sending import author_of, state_of, use_of
from guiju.modules.messaging.types import (
    MessageBlocked,
    MessageHeld,
    MessageRefused,
    MessageReleased,
    MessageSent,
    MessageState,
    Row,
)
from guiju.modules.policy import service as policy

Json = dict[str, Any]
_PLAIN: Json = {
    "quote": None,
    "state": MessageState.DELIVERED,
    "mentions": [],
    "spans": [],
    "clause": None,
    "note": None,
    "due_at": None,
    "imported": False,
    "thread": None,
    "files": [],
    "forward": None,
    "template": None,
    "silent": False,
    "urgent": False,
    "burn": None,
    "corrects": None,
    **_change_shape.NOTHING,
}
"""What a message shows that has a text and no more; nearly all are such, and all of a batch wait while one is shaped."""


def clause_mark(view: View, entry: Recorded) -> Json | None:
    """The clause that decided, as the pack of that time words it; for a verdict, as the pack in force does."""
    if not entry.uses:
        return None
    if isinstance(entry.fact, MessageSent | MessageHeld | MessageBlocked | MessageEdited):
        use = use_of(view.tx, entry)
        return dict(use.mark()) if use is not None else None
    clause_id = getattr(entry.fact, "clause", None) or entry.uses[0].partition("/")[0]
    pack = policy.find_pack(view.tx)
    uses = [use for use in pack.uses if use.clause.id == clause_id] if pack is not None else []
    named = [use for use in uses if use.id in entry.uses] or uses
    return dict(named[0].mark()) if named else None


def message(
    view: View, entry: Recorded, row: Row | None = None, changed: Changed = UNCHANGED
) -> Json:
    """A message as it shows in a timeline. `row` tells what became of a held one, `changed` of any other."""
    fact, sender = entry.fact, author_of(entry)
    if changed is UNCHANGED and is_plain(entry):
        made = _PLAIN.copy()
        made["position"], made["number"], made["at"] = entry.position, entry.number, entry.at
        made["text"], made["cmid"] = fact.text, fact.cmid
        made["sender"] = writers.mark(view, sender)
        return made
    told = changed.edit if changed.edit is not None else entry
    spans = getattr(told.fact, "spans", ())
    made = {
        "position": entry.position,
        "number": entry.number,
        "sender": writers.mark(view, sender),
        "at": fact.sent_at if isinstance(fact, MessageReleased) else entry.at,
        "text": told.fact.text,
        "mentions": list(told.fact.mentions),
        "quote": quote(view, entry) if changed.recall is None else None,
        "state": _state(entry, row) if told is entry else edited_state(told),
        "spans": [{"start": start, "end": end} for start, end in spans] if spans else [],
        "clause": clause_mark(view, told),
        "note": None,
        "cmid": fact.cmid,
        "due_at": fact.due_at if isinstance(fact, MessageHeld) else None,
        "imported": _imported(view, fact),
        "thread": fact.thread,
        "files": _file_shape.of_message(entry) if fact.files else [],
        "forward": None,
        "template": _template_shape.of_message(entry),
        "silent": getattr(fact, "silent", False),
        "urgent": getattr(fact, "urgent", False),
        "burn": None,
        "corrects": fact.corrects,
    }
    made |= _burn_shape.of_message(view, entry, changed)
    if fact.forward is not None:
        made |= _forward_shape.of_message(entry)
    made |= _change_shape.of_message(view, changed)
    return made


def is_plain(entry: Recorded) -> bool:
    """A delivered message that has a text and nothing beside it."""
    fact = entry.fact
    return not (
        entry.uses
        or type(fact) is not MessageSent
        or fact.refs
        or fact.mentions
        or fact.spans
        or fact.original is not None
        or fact.imported
        or fact.thread is not None
        or fact.files
        or fact.forward is not None
        or fact.template is not None
        or fact.silent
        or fact.urgent
        or fact.burn is not None
        or fact.corrects is not None
    )


def edited_state(edit: Recorded) -> MessageState:
    """The state of a message since its last edit."""
    return MessageState.DELIVERED if edit.fact.original is None else MessageState.MASKED


def _imported(view: View, fact: Any) -> bool:
    """Whether an operator's import brought the message; for a released one its held entry tells."""
    if not isinstance(fact, MessageReleased):
        return bool(fact.imported)
    held = view.tx.entry(fact.refs[0])
    assert held is not None, "a release names the entry that it releases"
    return bool(held.fact.imported)


def _state(entry: Recorded, row: Row | None) -> MessageState:
    if isinstance(entry.fact, MessageReleased):
        return MessageState.RELEASED
    return row.state if row is not None and isinstance(entry.fact, MessageHeld) else state_of(entry)


def quote(view: View, entry: Recorded) -> Json | None:
    """The quoted message as it shows now."""
    fact = entry.fact
    quoted = (
        fact.quote if isinstance(fact, MessageReleased) else fact.refs[0] if fact.refs else None
    )
    if quoted is None or entry.group is None:
        return None
    found = service.quoted(view.tx, entry.group, quoted)
    if found is None:
        return None
    row, shown, told = found
    sender = author_of(shown)
    is_recalled = row.recalled is not None
    return {
        "position": quoted,
        "sender": writers.mark(view, sender),
        "text": "" if is_recalled else told.fact.text[:200],
        "recalled": is_recalled,
        "moved": row.moved is not None,
        "corrected": correcting.newest_of(view.tx, quoted),
    }


def item(view: View, entry: Recorded, row: Row | None = None, changed: Changed = UNCHANGED) -> Json:
    """An item of a timeline, the same whether it arrives live or is fetched later."""
    if not isinstance(entry.fact, MessageSent | MessageHeld | MessageBlocked | MessageReleased):
        return groups_timeline.item(view, entry)
    made = envelope(view, entry) | {"message": message(view, entry, row, changed)}
    if isinstance(entry.fact, MessageReleased):
        made["held"] = entry.fact.refs[0]
    return made


def envelope(view: View, entry: Recorded) -> Json:
    """What every item of a group has."""
    return {
        "position": entry.position,
        "at": entry.at,
        "kind": entry.kind,
        "group": entry.group,
        "number": entry.number,
        "actor": view.mark(entry.actor),
    }


def refused_item(view: View, entry: Recorded) -> Json:
    fact = entry.fact
    assert isinstance(fact, MessageRefused)
    return {
        "position": entry.position,
        "at": entry.at,
        "kind": entry.kind,
        "group": entry.group,
        "number": entry.number,
        "actor": None,
        "held": fact.refs[0],
        "clause": clause_mark(view, entry),
        "reason": fact.reason,
    }


def items(view: View, entries: Sequence[Recorded]) -> list[Json]:
    """A page of a timeline; a refused message carries the reviewer's reason."""
    held = [entry.position for entry in entries if isinstance(entry.fact, MessageHeld)]
    rows: Mapping[int, Row] = service.rows(view.tx, held) if held else {}
    now = changes.load(view.tx, entries)
    shown = []
    for entry in entries:
        row = rows.get(entry.position)
        made = item(view, entry, row, now.get(entry.position, UNCHANGED))
        if row is not None and row.state is MessageState.REFUSED and row.decision is not None:
            decision = view.tx.entry(row.decision)
            assert decision is not None, "the row names the decision"
            made["message"]["note"] = decision.fact.reason
        shown.append(made)
    return shown


def settings(found: Settings) -> Json:
    return {
        "pinned": found.is_pinned,
        "muted": found.is_muted,
        "marked_unread": found.is_marked,
    }


def conversations(view: View, found: Sequence[service.Conversation]) -> list[Json]:
    """Rows of the list; what has become of their last messages is asked for once."""
    now = changes.load(view.tx, [each.last for each in found if each.last is not None])
    return [_conversation(view, each, now) for each in found]


def conversation(view: View, found: service.Conversation) -> Json:
    (row,) = conversations(view, [found])
    return row


def _conversation(view: View, found: service.Conversation, now: Mapping[int, Changed]) -> Json:
    last = found.last
    return {
        "group": cards.card(
            view.tx, found.group, found.member, found.members, outside=found.outside
        ),
        "last": item(view, last, None, now.get(last.position, UNCHANGED))
        if last is not None
        else None,
        "unread": found.unread,
        "mentioned": found.mentioned,
        "reminded": found.reminded,
        "read": found.read,
        "begun": found.begun,
        **settings(found.settings),
    }


def verdict(tx: ReadTx, actor: Actor, preview: Preview) -> Json:
    """What the gate would do with a text, for the composer."""
    inspection = preview.inspection
    disposition = inspection.disposition
    use = deciding_use(policy.get_pack(tx), inspection.uses)
    if preview.is_watched and disposition < Disposition.HOLD:
        disposition, use = Disposition.HOLD, policy.first_use(tx, prereview.CONTROL)
    return {
        "disposition": disposition.word,
        "ruleset": inspection.ruleset,
        "findings": [finding_json(found) for found in inspection.findings],
        "clause": dict(use.mark()) if use is not None else None,
        "note": (use.instead or {}).get("zh") if use is not None else None,
        "preview": inspection.masked if disposition is Disposition.MASK else None,
        "reviewers": _reviewers(tx, actor) if disposition is Disposition.HOLD else None,
    }


def _reviewers(tx: ReadTx, actor: Actor) -> str:
    people = [
        person for person in directory.people_with_role(tx, "reviewer") if person != actor.person
    ]
    return "、".join(str(directory.person_mark(tx, person)["name"]) for person in people[:3])
