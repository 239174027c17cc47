"""The review queue, exceptions, pre-reviews and figures as JSON (docs/protocol.md)."""

from collections.abc import Sequence
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.live import View
from guiju.modules.groups import cards
from guiju.modules.groups import service as groups
from guiju.modules.inspection.service import KINDS
from guiju.modules.inspection.types import Finding
from guiju.modules.messaging import (
    _file_shape,
    _forward_shape,
    _shape,
    changes,
    overseeing,
    recalling,
    review_queue,
    writers,
)
from guiju.modules.messaging._review_rules import phrase_of
from guiju.modules.messaging._term_rules import rules_that_show
from guiju.modules.messaging.burn_types import words_of
from guiju.modules.messaging.change_types import UNCHANGED
from guiju.modules.messaging.composing import finding_json
from guiju.modules.messaging.metrics import Measured
from guiju.modules.messaging.replaying import finding_without_text
from guiju.modules.messaging.review_queue import Review
from guiju.modules.messaging.review_types import Allowed, RuleFigures, Watch
from guiju.modules.policy import service as policy

Json = dict[str, Any]


def _group(tx: ReadTx, group_id: GroupId) -> Json:
    group = groups.find_group(tx, group_id)
    assert group is not None, "messages stand in groups that exist"
    return {"id": group.id, "name": group.name, "level": cards.level(tx, group.level)}


def _person(tx: ReadTx, person: str | None) -> Json | None:
    """Nobody for what the system did."""
    if person is None or person.startswith("system:"):
        return None
    return writers.full_mark(tx, PersonId(person))


def review(view: View, found: Review) -> Json:
    """A row of the queue. It has nothing of the text: who opens it is recorded."""
    fact, decision, queue = found.fact, found.decision, found.queue
    state = queue.verdict if queue.verdict is not None else "escalated" if queue.line else "held"
    return {
        "position": found.row.position,
        "group": _group(view.tx, found.row.group),
        "sender": writers.full_mark(view.tx, found.sender),
        "at": found.held.at,
        "findings": _findings(view.tx, found.held, fact.findings),
        "files": len(fact.files),
        "clause": _shape.clause_mark(view, found.held),
        "due_at": queue.due_at,
        "state": state,
        "line": queue.line,
        "proposal": queue.proposal,
        "reversed": queue.is_reversed,
        "reviewer": _person(view.tx, decision.actor if decision else None),
        "reason": decision.fact.reason if decision else None,
        "decided_at": decision.at if decision else None,
    }


def _findings(tx: ReadTx, entry: Recorded, found: Sequence[tuple[Any, ...]]) -> list[Json]:
    """What rules found, without what was written."""
    showing = rules_that_show(tx, entry.policy)
    return [finding_without_text(Finding(*each), showing) for each in found]


def opened(view: View, actor: Actor, found: Review) -> Json:
    """A held message with its context, as far as its reading names it: what it quotes and completes, what was said
    before and after, similar decisions, and what the reader may do.
    """
    tx, may, fact = view.tx, review_queue.choices(view.tx, actor, found), found.fact
    named = overseeing.shown_to(tx, actor, found.row.position)

    def items(beside: Sequence[Recorded]) -> list[Json]:
        return _shape.items(view, [each for each in beside if each.position in named])

    return review(view, found) | {
        "text": fact.text,
        "burn": fact.burn.seconds if fact.burn is not None else None,
        "findings": [finding_json(each) for each in found.findings],
        "files": _file_shape.of_message(found.held),
        "forward": _forward_shape.copies(found.held),
        "quote": _shape.quote(view, found.held),
        "earlier": items(review_queue.messages_completed(tx, found)),
        "before": items(review_queue.messages_before(tx, found)),
        "after": items(review_queue.messages_after(tx, found)),
        "similar": [_similar(view, each) for each in review_queue.similar_decisions(tx, found)],
        "escalation": _escalation(view, review_queue.escalation(tx, found)),
        "may": {
            "decide": may.decide,
            "escalate_to": may.escalate_to,
            "overturn": may.overturn,
            "exception_days": may.exception_days,
        },
    }


def _similar(view: View, found: Review) -> Json:
    """An earlier verdict without its message, which another line may have decided."""
    assert found.decision is not None, "similar ones are decided"
    return {
        "position": found.row.position,
        "words": list(dict.fromkeys(each.word for each in found.findings)),
        "state": found.queue.verdict,
        "reversed": found.queue.is_reversed,
        "reviewer": _person(view.tx, found.decision.actor),
        "reason": found.decision.fact.reason,
        "decided_at": found.decision.at,
    }


def _escalation(view: View, entry: Recorded | None) -> Json | None:
    if entry is None:
        return None
    fact = entry.fact
    return {
        "at": entry.at,
        "by": _person(view.tx, entry.actor),
        "to": fact.to,
        "proposal": fact.proposal,
        "reason": fact.reason,
    }


def alerts(view: View, actor: Actor, found: Sequence[Recorded]) -> list[Json]:
    """Alerts, each with what became of its message, and whether the actor may take it down."""
    places = tuple({each.fact.refs[0] for each in found})
    query = EntryQuery(positions=places, limit=len(places))
    messages = {each.position: each for each in view.tx.entries(query)} if places else {}
    changed = changes.load(view.tx, list(messages.values()), texts_only=True)
    of_each = [changed.get(each.fact.refs[0], UNCHANGED) for each in found]
    marks = writers.full_marks(view.tx, [PersonId(each.fact.sender) for each in found])
    return [
        _alert(view, each, messages[each.fact.refs[0]], marks[each.fact.sender]) | standing
        for each, standing in zip(found, recalling.standings(view, actor, of_each), strict=True)
    ]


def _alert(view: View, entry: Recorded, message: Recorded, sender: Json) -> Json:
    """A row of the alerts: a message with the clauses that only wanted to know of it, and nothing of its text."""
    assert message.group is not None, "messages stand in groups"
    pack = policy.pack_of(view.tx, entry.policy)
    uses = [use for use in pack.uses if use.id in entry.uses] if pack is not None else []
    return {
        "position": message.position,
        "alert": entry.position,
        "group": _group(view.tx, message.group),
        "sender": sender,
        "at": message.at,
        "findings": _findings(view.tx, entry, entry.fact.findings),
        "files": len(getattr(message.fact, "files", ())),
        "clauses": [dict(use.mark()) for use in uses],
    }


def opened_alert(view: View, entry: Recorded) -> Json:
    """The same with its text."""
    message = view.tx.entry(entry.fact.refs[0])
    assert message is not None, "an alert names its message"
    sender = writers.full_mark(view.tx, PersonId(entry.fact.sender))
    return _alert(view, entry, message, sender) | {
        "text": words_of(message.fact),
        "findings": [finding_json(Finding(*each)) for each in entry.fact.findings],
        "files": _file_shape.of_message(message),
    }


def allowed(tx: ReadTx, found: Allowed) -> Json:
    """An exception."""
    return {
        "position": found.position,
        "group": _group(tx, found.group) if found.group is not None else None,
        "rule": found.rule,
        "phrase": _phrase(tx, found),
        "until": found.until,
        "granted_by": _person(tx, found.granted_by),
        "granted_at": found.granted_at,
        "held": found.held,
        "revoked_by": _person(tx, found.revoked_by),
        "revoked_at": found.revoked_at,
        "active": found.is_active(tx.now),
    }


def _phrase(tx: ReadTx, found: Allowed) -> str:
    """The phrase; a number as its finding shows it, with its middle hidden."""
    if found.rule not in KINDS:
        return found.phrase
    held = tx.entry(found.held)
    assert held is not None, "an exception names the message that showed it"
    shown = [Finding(*each) for each in held.fact.findings]
    same = [
        each
        for each in shown
        if each.rule == found.rule
        and phrase_of(each, held.fact.text, is_term=False) == found.phrase
    ]
    return same[0].word if same else "*" * len(found.phrase)


def watch(tx: ReadTx, found: Watch) -> Json:
    """A pre-review."""
    return {
        "position": found.position,
        "person": _person(tx, found.person),
        "group": _group(tx, found.group) if found.group is not None else None,
        "began_at": found.began_at,
        "until": found.until,
        "refusals": len(found.refusals),
    }


def figures(tx: ReadTx, found: Measured) -> Json:
    """A row of the figures, with the clause of a control use."""
    row: RuleFigures = found.figures
    pack = policy.find_pack(tx)
    uses = [use for use in pack.uses if use.id == row.rule] if pack is not None else []
    return {
        "rule": row.rule,
        "clause": dict(uses[0].mark()) if uses else None,
        "word": found.word,
        "hits": row.hits,
        "blocked": row.blocked,
        "masked": row.masked,
        "delivered": row.delivered,
        "held": row.held,
        "waiting": row.waiting,
        "released": row.released,
        "hidden": row.hidden,
        "refused": row.refused,
        "reversed": row.reversed,
        "overturned": row.share_overturned,
    }
