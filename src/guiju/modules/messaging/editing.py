"""Editing: authors change what they wrote, where a clause lets them; the new text passes the rules like a message.

Nobody reviews an edit: a text that would be held is refused like one that is blocked, and the message stays as it was.
"""

from collections.abc import Sequence
from dataclasses import replace

from guiju.kernel.actor import Actor
from guiju.kernel.clock import MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.inspection.service import REACH, RuleSet
from guiju.modules.inspection.types import Disposition, Inspection
from guiju.modules.messaging import (
    _rules,
    _store,
    addressing,
    prereview,
    publishing,
    quieting,
)
from guiju.modules.messaging.admitting import check_mentions
from guiju.modules.messaging.change_types import (
    ALL,
    EditingOffError,
    EditLateError,
    EditStoppedError,
    MessageEdited,
)
from guiju.modules.messaging.changing import Target, check_lasting, find_target
from guiju.modules.messaging.deciding import (
    MOST_PIECES,
    WINDOW,
    Judged,
    Piece,
    judge,
    pieces_of,
)
from guiju.modules.messaging.flooding import count_change
from guiju.modules.messaging.inspecting import Inspector, deciding_use
from guiju.modules.messaging.sending import (
    alert_of,
    basis_of,
    receipt_of,
)
from guiju.modules.messaging.types import BadMentionError, MessageReleased, Receipt, Send
from guiju.modules.messaging.warning import must_confirm, warning_of
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError, Use

CONTROL = "messaging.editing"


def edit(tx: WriteTx, inspector: Inspector, shown: int, send: Send) -> Receipt:
    """Give the message that appears at `shown` the text and the mentions of `send`.

    The receipt of a text that a rule warns of says so, and nothing was changed. Raises what `find_target` raises,
    BurningError, NotAllowedError, NotPublisherError, EditingOffError, EditLateError, BadMentionError,
    EditStoppedError or FloodError.
    """
    actor = Actor(send.person)
    target = find_target(tx, actor, send.group, shown)
    check_lasting(tx, shown)
    permit, use = _leave(tx, actor, target)
    publishing.check(tx, target.group, replace(send, thread=target.row.thread))
    addressing.check_open(tx, send.group, target.row.thread or shown)
    send = replace(send, cmid=target.entry.fact.cmid, quote=_quote(target.entry))
    current = _current(tx, target)
    _check_mentions(tx, send, current)
    if _says_the_same(send, current):
        return receipt_of(send.cmid, current, None)
    judged = _judge(tx, inspector.in_force(tx), target, send)
    if must_confirm(send, judged.inspection):
        warned = deciding_use(policy.get_pack(tx), judged.inspection.uses)
        return warning_of(send, judged.inspection, warned)
    count_change(tx, send.person, send.group)
    rest, _ = quieting.rest_now(tx, target.group)
    quiet = (rest.use.id,) if rest is not None else ()
    acted = permit.under(*judged.inspection.uses, use.id, *quiet)
    entry = tx.record(acted, _fact(shown, send, judged, silent=rest is not None))
    pieces_of(tx, send.person, send.group).append(
        Piece(tx.now, entry.fact.text[-REACH:], entry.position)
    )
    if judged.inspection.alerts:
        tx.record_many([alert_of(tx, send, judged, entry.position)])
    decided = deciding_use(policy.get_pack(tx), judged.inspection.uses)
    return receipt_of(send.cmid, entry, decided)


def _leave(tx: ReadTx, actor: Actor, target: Target) -> tuple[Permit, Use]:
    """Leave to change one's own message now, and the use that gives it."""
    permit = policy.require(tx, actor, "messaging.edit", target.group.id)
    if target.row.sender != actor.person:
        raise NotAllowedError("Only its author changes a message.", operation="messaging.edit")
    use = _rules.use_in(policy.uses(tx, CONTROL), target.group.group_class)
    if use is None:
        raise EditingOffError("Messages cannot be changed here.")
    if target.entry.fact.template is not None:
        raise EditingOffError("What follows a template is written anew.", clause=use.mark())
    if target.entry.fact.forward is not None:
        raise EditingOffError("What others said is not changed.", clause=use.mark())
    if tx.now > target.entry.at + use.params.minutes * MINUTE:
        raise EditLateError(
            "It is too late to change it.", minutes=use.params.minutes, clause=use.mark()
        )
    return permit, use


def _quote(entry: Recorded) -> int | None:
    fact = entry.fact
    if isinstance(fact, MessageReleased):
        return fact.quote
    return fact.refs[0] if fact.refs else None


def _current(tx: ReadTx, target: Target) -> Recorded:
    """The entry that has the message's text now."""
    found = tx.entry(target.row.edited) if target.row.edited is not None else target.entry
    assert found is not None, "the row names the edit"
    return found


def _check_mentions(tx: ReadTx, send: Send, current: Recorded) -> None:
    """Nobody is called by an edit who could not be called by a message, and everybody not at all."""
    check_mentions(tx, send)
    if ALL in send.mentions and ALL not in current.fact.mentions:
        raise BadMentionError("An edit cannot mention everybody.", person=ALL)


def _says_the_same(send: Send, current: Recorded) -> bool:
    written = getattr(current.fact, "original", None) or current.fact.text
    return (send.text, send.mentions) == (written, tuple(current.fact.mentions))


def _fact(shown: int, send: Send, judged: Judged, *, silent: bool) -> MessageEdited:
    inspection = judged.inspection
    masked = inspection.masked
    return MessageEdited(
        send.group, (shown,), inspection.ruleset, send.mentions, inspection.spans,
        send.text if masked is None else masked, None if masked is None else send.text, basis_of(judged, send),
        counted=True, silent=silent,
    )  # fmt: skip


# ---- what the rules say of the new text -------------------------------------------------------------------------


def _judge(tx: ReadTx, ruleset: RuleSet, target: Target, send: Send) -> Judged:
    """The rules' answer to the new text as the newest of its author's, once its place in the timeline bears it too.

    Raises EditStoppedError.
    """
    judged = judge(tx, ruleset, send, target.group, target.member)
    _check_passes(tx, judged.inspection)
    if prereview.is_watched(tx, send.person, send.group):
        watched = policy.first_use(tx, prereview.CONTROL)
        raise _stopped(watched, judged.inspection)
    before, after = _neighbours(tx, target)
    changed = Piece(tx.now, send.text[-REACH:], target.entry.position)
    for end in range(len(after) + 1):
        read = [*before, changed, *after[:end]]
        text = send.text if end == 0 else after[end - 1].text
        last = replace(send, text=text, inspection=ruleset.inspect(text))
        found = judge(tx, ruleset, last, target.group, target.member, before=read[:-1])
        if found.earlier:  # else it says nothing of the text that changes
            _check_passes(tx, found.inspection)
    return judged


def _neighbours(tx: ReadTx, target: Target) -> tuple[list[Piece], list[Piece]]:
    """What its author wrote right before and right after the message, as it is now and as if it were said now."""
    at, place = target.entry.at, target.entry.position
    before, after = list[Piece](), list[Piece]()
    for shown, edited in _store.sent_near(tx, target.group.id, target.row.sender, place):
        sent, told = tx.entry(shown), tx.entry(edited if edited is not None else shown)
        assert sent is not None and told is not None, "the table names the entries"
        if abs(sent.at - at) < WINDOW:
            piece = Piece(tx.now, told.fact.text[-REACH:], shown)
            (before if shown < place else after).append(piece)
    return before[-MOST_PIECES:], after[:MOST_PIECES]


def _check_passes(tx: ReadTx, found: Inspection) -> None:
    if found.disposition in (Disposition.HOLD, Disposition.BLOCK):
        raise _stopped(deciding_use(policy.get_pack(tx), found.uses), found)


def _stopped(use: Use | None, found: Inspection) -> EditStoppedError:
    clause = use.mark() if use is not None else None
    words: Sequence[str] = [finding.word for finding in found.findings[:5]]
    return EditStoppedError("A rule stops this text.", words=list(words), clause=clause)
