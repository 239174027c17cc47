"""The hot path: many messages in one call, decided under the lane's lock, recorded in one go."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.kernel.worktime import add_working_hours
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import (
    GroupClosedError,
    GroupKind,
    GroupNotFoundError,
    GroupState,
    Member,
)
from guiju.modules.inspection.types import Disposition, Inspection
from guiju.modules.messaging import _rules, _store, prereview
from guiju.modules.messaging.exceptions import eased
from guiju.modules.messaging.inspecting import Inspector, deciding_use
from guiju.modules.messaging.types import (
    BadMentionError,
    BadQuoteError,
    CmidReusedError,
    Flood,
    FloodError,
    MessageBlocked,
    MessageHeld,
    MessageSent,
    MessageState,
    NoMessagesHereError,
    Receipt,
    ReviewRules,
    RulesNotSignedError,
    Send,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT, MemberState, Pack, Use

KIND = "messaging.send"
_DEFAULT_DEADLINE_HOURS = 8
Fact = MessageSent | MessageHeld | MessageBlocked
_Place = tuple[str, PersonId, GroupId]
"""A flood limit, a person, and the group in which their messages count."""


@dataclass(frozen=True, slots=True)
class _Decided:
    """What to record for one message, and the use whose clause its sender is told."""

    permit: Permit
    fact: Fact
    use: Use | None


def send_many(
    tx: WriteTx, inspector: Inspector, sends: Sequence[Send]
) -> list[Receipt | GuijuError]:
    """Send messages, each by itself: a refusal of one leaves the others alone.

    The same (person, cmid) gives the first receipt again; with another body CmidReusedError. In place of a receipt
    there may be GroupNotFoundError, GroupClosedError, RulesNotSignedError, NotAllowedError, BadMentionError,
    BadQuoteError, NoMessagesHereError or FloodError.
    """
    pack, floods = policy.get_pack(tx), policy.uses(tx, "messaging.flood")
    keys = [_store.key_of(send.person, send.cmid) for send in sends]
    known = _store.positions_by_key(tx, keys)
    results: list[Receipt | GuijuError | None] = [None] * len(sends)
    decided: list[tuple[int, _Decided]] = []
    first: dict[str, int] = {}
    taken: Counter[_Place] = Counter()
    for index, send in enumerate(sends):
        try:
            if keys[index] in known:
                results[index] = _again(tx, send, known[keys[index]])
            elif keys[index] not in first:
                first[keys[index]] = index
                each = _decide(tx, inspector, pack, send)
                if not send.is_imported:
                    _check_flood(tx, floods, send, taken)
                decided.append((index, each))
        except GuijuError as refusal:
            # Without its traceback, which would keep all messages of the batch in memory.
            results[index] = refusal.with_traceback(None)
    entries = tx.record_many([(each.permit, each.fact) for _, each in decided])
    for place, count in taken.items():
        _recent(tx, place).extend([tx.now] * count)
    for (index, each), entry in zip(decided, entries, strict=True):
        results[index] = _receipt(sends[index].cmid, entry, each.use)
        if isinstance(entry.fact, MessageHeld):
            tx.schedule("messaging.review", str(entry.position), entry.fact.due_at)
    return [
        result if result is not None else _twin(sends, index, first[keys[index]], results)
        for index, result in enumerate(results)
    ]


def _twin(
    sends: Sequence[Send], index: int, first: int, results: Sequence[Receipt | GuijuError | None]
) -> Receipt | GuijuError:
    """The answer to a message that stands twice in one batch."""
    result = results[first]
    assert result is not None, "the first of the two was answered"
    if isinstance(result, Receipt) and not _rules.same_message(sends[first], sends[index]):
        return CmidReusedError("This cmid was used for another message.", cmid=sends[index].cmid)
    return result


def _decide(tx: WriteTx, inspector: Inspector, pack: Pack, send: Send) -> _Decided:
    policy.require_certified(tx, send.person)
    member, permit = tx.cached(
        ("group", send.group, "sender", send.person),
        lambda: _place(tx, Actor(send.person), send.group),
    )
    if send.mentions:
        _check_mentions(tx, send)
    if send.quote is not None:
        _check_quote(tx, send.group, send.quote, member)
    found = inspector.inspect_again(pack, send.text, send.inspection)
    inspection = eased(tx, pack, send.group, send.text, found)
    watched = prereview.is_watched(tx, send.person, send.group)
    refs = (send.quote,) if send.quote is not None else ()
    if inspection.disposition <= Disposition.WARN and not watched:
        masked = inspection.masked
        spans = tuple((f.start, f.end) for f in inspection.findings) if masked is not None else ()
        fact: Fact = MessageSent(
            send.group, refs, inspection.ruleset, send.mentions, spans, send.cmid,
            send.text if masked is None else masked, None if masked is None else send.text, send.is_imported,
        )  # fmt: skip
        use = (
            deciding_use(pack, inspection.uses, inspection.disposition) if inspection.uses else None
        )
        return _Decided(permit.under(*inspection.uses) if inspection.uses else permit, fact, use)
    if watched:
        permit = permit.under(*policy.use_ids(tx, prereview.CONTROL))
    return _stopped(tx, pack, send, permit, inspection, refs)


def _stopped(
    tx: ReadTx,
    pack: Pack,
    send: Send,
    permit: Permit,
    inspection: Inspection,
    refs: tuple[int, ...],
) -> _Decided:
    """Block, or hold: for what was found, or because the permit names a pre-review."""
    use = deciding_use(pack, inspection.uses, inspection.disposition)
    if inspection.disposition is not Disposition.BLOCK:
        use = prereview.acting_use(pack, permit.uses, use)
    clause = use.clause.id if use is not None else None
    findings = tuple((f.start, f.end, f.category, f.rule, f.word) for f in inspection.findings)
    if inspection.disposition is Disposition.BLOCK:
        blocked = MessageBlocked(
            send.group, refs, inspection.ruleset, send.mentions, clause, send.cmid, send.text, findings,
            send.is_imported,
        )  # fmt: skip
        return _Decided(permit.under(*inspection.uses), blocked, use)
    due_at = add_working_hours(tx.now, _review_hours(tx), pack.calendar)
    held = MessageHeld(
        send.group, refs, inspection.ruleset, send.mentions, due_at, clause, send.cmid, send.text, findings,
        send.is_imported,
    )  # fmt: skip
    return _Decided(
        permit.under(*inspection.uses, *policy.use_ids(tx, "messaging.review")), held, use
    )


def _review_hours(tx: ReadTx) -> int:
    use = policy.first_use(tx, "messaging.review")
    if use is None:
        return _DEFAULT_DEADLINE_HOURS
    assert isinstance(use.params, ReviewRules)
    return use.params.deadline.working_hours


def _place(tx: ReadTx, actor: Actor, group_id: GroupId) -> tuple[Member, Permit]:
    """The sender's place in an open group, and leave to write there; outsiders learn nothing.

    It depends on the group and its members only, so whatever changes either forgets it. A refusal is not remembered.
    """
    group = groups.find_group(tx, group_id)
    member = groups.find_member(tx, group_id, actor.person_id)
    if group is None or member is None or member.state not in PRESENT | {MemberState.MUST_SIGN}:
        raise GroupNotFoundError("There is no such group.", group=group_id)
    if group.state is not GroupState.ACTIVE:
        raise GroupClosedError("The group is closed.", group=group_id)
    if group.kind is not GroupKind.INTERNAL:
        raise NoMessagesHereError("This group lives on another tool.", group=group_id)
    if member.state is MemberState.MUST_SIGN or groups.has_new_rules(tx, group, member):
        raise_rules_not_signed(tx)
    return member, policy.require(tx, actor, KIND, group_id)


def raise_rules_not_signed(tx: ReadTx) -> None:
    """Raises RulesNotSignedError with the clause that wants the signature."""
    uses = policy.uses(tx, "groups.rules")
    raise RulesNotSignedError(
        "Sign the group's rules first.", clause=uses[0].mark() if uses else None
    )


def _check_mentions(tx: ReadTx, send: Send) -> None:
    for person in send.mentions:
        member = groups.find_member(tx, send.group, person)
        if member is None or member.state not in PRESENT:
            raise BadMentionError("Somebody who is mentioned is not a member.", person=person)


def _check_quote(tx: ReadTx, group: GroupId, quote: int, member: Member) -> None:
    if _store.find_shown(tx, group, quote) is None or quote < member.visible_from:
        raise BadQuoteError("There is no such message to quote.", quote=quote)


def _check_flood(tx: WriteTx, floods: Sequence[Use], send: Send, taken: Counter[_Place]) -> None:
    """Raises FloodError. `taken` counts what this batch adds; it counts for good only once it is recorded."""
    places = [(use.id, send.person, send.group) for use in floods]
    for use, place in zip(floods, places, strict=True):
        assert isinstance(use.params, Flood)
        window = use.params.seconds * 1000
        recent = _recent(tx, place)
        while recent and recent[0] <= tx.now - window:
            recent.popleft()
        if len(recent) + taken[place] >= use.params.messages:
            oldest = recent[0] if recent else tx.now
            wait = (oldest + window - tx.now + 999) // 1000
            raise FloodError(
                "Too many messages in a short time.", retry_after=wait, clause=use.mark()
            )
    taken.update(places)


def _recent(tx: WriteTx, place: _Place) -> deque[int]:
    """When somebody wrote in a group lately, as one limit counts it."""
    found: deque[int] = tx.kept(("flood", *place), deque)
    return found


def _receipt(cmid: str, entry: Recorded, use: Use | None) -> Receipt:
    state = state_of(entry)
    note = _rules.note_of(state, use)
    return Receipt(cmid, state, entry.position, dict(use.mark()) if use is not None else None, note)


def state_of(entry: Recorded) -> MessageState:
    """The state that the entry gave its message."""
    match entry.fact:
        case MessageSent(original=None):
            return MessageState.DELIVERED
        case MessageSent():
            return MessageState.MASKED
        case MessageHeld():
            return MessageState.HELD
        case _:
            return MessageState.BLOCKED


def _again(tx: WriteTx, send: Send, position: int) -> Receipt:
    """The first receipt of a message that was sent before."""
    entry = tx.entry(position)
    assert entry is not None, "the table names the entry"
    fact: Any = entry.fact
    written = getattr(fact, "original", None) or fact.text
    earlier = (fact.group, written, tuple(fact.mentions), fact.refs)
    refs = (send.quote,) if send.quote is not None else ()
    if earlier != (send.group, send.text, send.mentions, refs):
        raise CmidReusedError("This cmid was used for another message.", cmid=send.cmid)
    return _receipt(send.cmid, entry, use_of(tx, entry))


_TAKEN = {
    MessageState.DELIVERED: Disposition.WARN,
    MessageState.MASKED: Disposition.MASK,
    MessageState.HELD: Disposition.HOLD,
    MessageState.BLOCKED: Disposition.BLOCK,
}


def use_of(tx: ReadTx, entry: Recorded) -> Use | None:
    """The use whose clause the sender of a message was told, by the pack that decided it."""
    pack = policy.pack_of(tx, entry.policy) if entry.uses else None
    if pack is None:
        return None
    taken = _TAKEN[state_of(entry)]
    use = deciding_use(pack, entry.uses, taken)
    return prereview.acting_use(pack, entry.uses, use) if taken is Disposition.HOLD else use


def person_of(entry: Recorded) -> PersonId:
    """Who wrote the message of an entry."""
    assert entry.actor is not None, "messages have authors"
    return PersonId(entry.actor)
