"""The items by which clients learn of changes (docs/protocol.md)."""

from typing import Any

from guiju.kernel.facts import Recorded
from guiju.kernel.live import View
from guiju.modules.messaging import (
    _burn_shape,
    _burn_store,
    _change_shape,
    _shape,
    changes,
    correcting,
)
from guiju.modules.messaging.burn_types import BurnOpened
from guiju.modules.messaging.change_types import (
    Changed,
    MessageEdited,
    MessagePinned,
    MessageReacted,
    MessageRecalled,
)
from guiju.modules.messaging.topic_types import MessageMoved, ThreadFrozen

Json = dict[str, Any]


def of_fact(view: View, entry: Recorded) -> Json:
    """What the item of a change says beside what every item has. Nothing tells a text of a recalled message."""
    fact, shown = entry.fact, entry.fact.refs[0]
    now = changes.get_changed(view.tx, fact.group, shown)
    made: Json = {"message": shown}
    match fact:
        case MessageRecalled(reason=reason):
            assert now.row is not None, "what was recalled appeared"
            sender = {"id": now.row.sender, "name": view.name(now.row.sender)}
            by = view.mark(entry.actor)
            made |= {"by": by, "reason": reason, "thread": now.row.thread, "sender": sender}
            made["moved"] = now.row.moved is not None
            line = correcting.line_of(view.tx, shown)
            left = correcting.newest_in(view.tx, line if line is not None else shown)
            made |= {"corrects": line, "corrected": left}
        case MessageEdited():
            spans = [{"start": start, "end": end} for start, end in fact.spans]
            made |= {"text": fact.text, "mentions": list(fact.mentions), "spans": spans}
            made |= {"edited_at": entry.at, "clause": _shape.clause_mark(view, entry)}
            made["state"] = _shape.edited_state(entry)
            made["called"] = sorted(changes.called_by(view.tx, entry))
            if now.recall is not None:
                made |= {"text": "", "mentions": [], "spans": [], "called": []}
        case MessageReacted(reaction=reaction, on=on):
            made |= {"person": view.mark(entry.actor), "reaction": reaction, "on": on}
            made["reactions"] = _change_shape.reactions(view, now.reactions)
        case MessagePinned(on=on):
            made["on"] = on
        case MessageMoved(on=on):
            assert now.row is not None, "what was moved appeared"
            sender = {"id": now.row.sender, "name": view.name(now.row.sender)}
            made |= {"on": on, "moved": _change_shape.by_whom(view, entry) if on else None}
            made |= {"sender": sender, "mentions": list(_mentions(view, now))}
        case BurnOpened():
            found = _burn_store.find(view.tx, shown)
            assert found is not None, "what was opened burns"
            made["opened"] = _burn_shape.opened(view, found.readers)
        case ThreadFrozen(on=on):
            made |= {"on": on, "frozen": _change_shape.by_whom(view, entry) if on else None}
    return made


def _mentions(view: View, now: Changed) -> tuple[str, ...]:
    """Whom a message mentions, as it is now."""
    assert now.row is not None and now.row.shown is not None, "what was moved appeared"
    entry = now.edit if now.edit is not None else view.tx.entry(now.row.shown)
    assert entry is not None, "the row names the entry"
    return tuple(entry.fact.mentions)
