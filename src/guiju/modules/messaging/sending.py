"""The hot path: many messages in one call, decided under the lane's lock, recorded in one go."""

import hashlib
import hmac
import json
import secrets
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guiju.kernel.actor import Actor, system
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.kernel.worktime import add_working_hours
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import (
    Group,
    GroupClosedError,
    GroupKind,
    GroupNotFoundError,
    GroupState,
    Member,
)
from guiju.modules.inspection.service import RuleSet
from guiju.modules.inspection.types import Disposition, Finding, Inspection
from guiju.modules.messaging import _rules, _store, prereview
from guiju.modules.messaging.deciding import Judged, Piece, check_quote, judge, remember
from guiju.modules.messaging.inspecting import Inspector, deciding_use
from guiju.modules.messaging.types import (
    NOWHERE,
    BadMentionError,
    Basis,
    CmidReusedError,
    Flood,
    FloodError,
    MessageAlerted,
    MessageBlocked,
    MessageHeld,
    MessageSent,
    MessageState,
    NoMessagesHereError,
    Receipt,
    ReviewRules,
    RulesNotSignedError,
    Send,
    Warned,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT, MemberState, Pack, Use

KIND = "messaging.send"
_DEFAULT_DEADLINE_HOURS = 8
_SECRET = secrets.token_bytes(32)
"""Of this process: after a restart its author is warned once more."""
Fact = MessageSent | MessageHeld | MessageBlocked
_Place = tuple[str, PersonId, GroupId]
"""A flood limit, a person, and the group in which their messages count."""


@dataclass(frozen=True, slots=True)
class _Decided:
    """What to record for one message, the use whose clause its sender is told, and what only reviewers are told."""

    permit: Permit
    fact: Fact
    use: Use | None
    judged: Judged


def send_many(
    tx: WriteTx, inspector: Inspector, sends: Sequence[Send]
) -> list[Receipt | GuijuError]:
    """Send messages, each by itself: a refusal of one leaves the others alone.

    The same (person, cmid) gives the first receipt again; with another body CmidReusedError. A message that a rule
    warns of is not recorded, and its receipt says so. In place of a receipt there may be GroupNotFoundError,
    GroupClosedError, RulesNotSignedError, NotAllowedError, BadMentionError, BadQuoteError, NoMessagesHereError or
    FloodError.
    """
    keys = [_store.key_of(send.person, send.cmid) for send in sends]
    known = _store.positions_by_key(tx, keys)
    batch = _Batch(tx, inspector)
    first: dict[str, int] = {}
    results: list[Receipt | GuijuError | None] = []
    for index, send in enumerate(sends):
        answer: Receipt | GuijuError | None = None
        try:
            if keys[index] in known:
                answer = _again(tx, send, known[keys[index]])
            elif keys[index] not in first:
                answer = batch.take(index, send)
                if answer is None:
                    first[keys[index]] = index
        except GuijuError as refusal:
            first[keys[index]] = index
            # Without its traceback, which would keep all messages of the batch in memory.
            answer = refusal.with_traceback(None)
        results.append(answer)
    batch.record()
    for index, receipt in batch.receipts:
        results[index] = receipt
    return [
        result if result is not None else _twin(sends, index, first[keys[index]], results)
        for index, result in enumerate(results)
    ]


class _Batch:
    """The messages of one call: decided one by one, recorded together."""

    def __init__(self, tx: WriteTx, inspector: Inspector) -> None:
        self._tx = tx
        self._pack = policy.get_pack(tx)
        self._ruleset = inspector.in_force(tx)
        self._floods = policy.uses(tx, "messaging.flood")
        self._taken: Counter[_Place] = Counter()
        self._decided: list[tuple[int, Send, _Decided, Piece | None]] = []
        self.receipts: list[tuple[int, Receipt]] = []

    def take(self, index: int, send: Send) -> Receipt | None:
        """Decide on a message, to be recorded; the receipt of one that its sender must confirm first."""
        tx = self._tx
        each = _decide(tx, self._ruleset, self._pack, send)
        if any(piece.position is None for piece in each.judged.earlier):
            self.record()  # so that the fact can say where the earlier ones stand
            each = _decide(tx, self._ruleset, self._pack, send)
        places = _flood_places(self._floods, send)
        _check_flood(tx, self._floods, places, self._taken)
        if _must_confirm(send, each):
            return _warning(send, each)
        self._taken.update(places)
        spoken = isinstance(each.fact, MessageSent) and not send.is_imported
        piece = remember(tx, send, each.fact.text) if spoken else None
        self._decided.append((index, send, each, piece))
        return None

    def record(self) -> None:
        """Record what has been decided since the last time."""
        tx, decided = self._tx, self._decided
        entries = tx.record_many([(each.permit, each.fact) for _, _, each, _ in decided])
        alerts: list[tuple[Permit, MessageAlerted]] = []
        for (index, send, each, piece), entry in zip(decided, entries, strict=True):
            if piece is not None:
                piece.position = entry.position
            if isinstance(entry.fact, MessageHeld):
                tx.schedule("messaging.review", str(entry.position), entry.fact.due_at)
            if each.judged.inspection.alerts:
                alerts.append(_alert(tx, send, each.judged, entry.position))
            self.receipts.append((index, _receipt(send.cmid, entry, each.use)))
        tx.record_many(alerts)
        for place, count in self._taken.items():
            _recent(tx, place).extend([tx.now] * count)
        self._decided, self._taken = [], Counter()


def _must_confirm(send: Send, each: _Decided) -> bool:
    """Whether a warning stands between the message and its delivery. An import has nobody to ask: it goes on."""
    inspection = each.judged.inspection
    warned = inspection.disposition is Disposition.WARN and isinstance(each.fact, MessageSent)
    if not warned or send.is_imported:
        return False
    given = (send.confirm or "").encode()
    return not hmac.compare_digest(given, _token(send, inspection).encode())


def _token(send: Send, found: Inspection) -> str:
    """What answers the warning of this message and of no other; nobody has it before they were warned."""
    findings = [(each.start, each.end, each.rule) for each in found.findings]
    warned = [send.person, send.group, send.text, send.quote, found.ruleset, findings]
    return hmac.digest(_SECRET, json.dumps(warned).encode(), hashlib.sha256).hex()[:32]


def _warning(send: Send, each: _Decided) -> Receipt:
    found = each.judged.inspection
    state = MessageState.WARNED
    clause = dict(each.use.mark()) if each.use is not None else None
    note = _rules.note_of(state, each.use)
    warned = Warned(found.ruleset, found.findings, _token(send, found))
    return Receipt(send.cmid, state, NOWHERE, clause, note, warned)


def _alert(tx: ReadTx, send: Send, judged: Judged, position: int) -> tuple[Permit, MessageAlerted]:
    """What only the reviewers are told. The system tells them: nothing that the sender may read names it."""
    permit = policy.require(tx, system("inspection"), "messaging.alert")
    inspection, context = judged.inspection, judged.context
    assert context is not None, "something was found"
    earlier = tuple(piece.position for piece in judged.earlier if piece.position is not None)
    fact = MessageAlerted(
        send.group, (position,), inspection.ruleset, send.person, _told(inspection.alerts),
        Basis(context, earlier),
    )  # fmt: skip
    return permit.under(*inspection.alert_uses), fact


def _told(findings: Sequence[Finding]) -> tuple[tuple[int, int, str, str, str], ...]:
    """Findings as facts keep them."""
    return tuple((f.start, f.end, f.category, f.rule, f.word) for f in findings)


def _twin(
    sends: Sequence[Send], index: int, first: int, results: Sequence[Receipt | GuijuError | None]
) -> Receipt | GuijuError:
    """The answer to a message that stands twice in one batch."""
    result = results[first]
    assert result is not None, "the first of the two was answered"
    if isinstance(result, Receipt) and not _rules.same_message(sends[first], sends[index]):
        return CmidReusedError("This cmid was used for another message.", cmid=sends[index].cmid)
    return result


def _decide(tx: WriteTx, ruleset: RuleSet, pack: Pack, send: Send) -> _Decided:
    policy.require_certified(tx, send.person)
    group, member, permit = tx.cached(
        ("group", send.group, "sender", send.person),
        lambda: _place(tx, Actor(send.person), send.group),
    )
    if send.mentions:
        _check_mentions(tx, send)
    if send.quote is not None:
        check_quote(tx, send.group, send.quote, member)
    judged = judge(tx, ruleset, send, group, member)
    inspection = judged.inspection
    refs = (send.quote,) if send.quote is not None else ()
    if inspection.disposition in (Disposition.HOLD, Disposition.BLOCK):
        return _stopped(tx, pack, send, permit, judged, refs)
    if prereview.is_watched(tx, send.person, send.group):
        # First among the uses: it is what decides on a text that would otherwise be delivered.
        watched = permit.under(*policy.use_ids(tx, prereview.CONTROL))
        return _stopped(tx, pack, send, watched, judged, refs)
    masked = inspection.masked
    fact: Fact = MessageSent(
        send.group, refs, inspection.ruleset, send.mentions, inspection.spans, send.cmid,
        send.text if masked is None else masked, None if masked is None else send.text, send.is_imported,
        _basis(judged, send),
    )  # fmt: skip
    use = deciding_use(pack, inspection.uses)
    acted = permit.under(*inspection.uses) if inspection.uses else permit
    return _Decided(acted, fact, use, judged)


def _basis(judged: Judged, send: Send) -> Basis | None:
    """What the message's leaf says, which its sender may read: nothing of what only alerts."""
    if judged.context is None or not judged.is_open:
        return None
    positions = tuple(piece.position for piece in judged.told if piece.position is not None)
    confirmed = judged.inspection.disposition is Disposition.WARN and send.confirm is not None
    return Basis(judged.context, positions, confirmed)


def _stopped(
    tx: ReadTx, pack: Pack, send: Send, permit: Permit, judged: Judged, refs: tuple[int, ...]
) -> _Decided:
    """Block, or hold: for what was found, or because the permit names a pre-review."""
    inspection, basis = judged.inspection, _basis(judged, send)
    acted = permit.under(*inspection.uses)
    use = deciding_use(pack, acted.uses)
    clause = use.clause.id if use is not None else None
    findings = _told(inspection.findings)
    if inspection.disposition is Disposition.BLOCK:
        blocked = MessageBlocked(
            send.group, refs, inspection.ruleset, send.mentions, clause, send.cmid, send.text, findings,
            send.is_imported, basis,
        )  # fmt: skip
        return _Decided(acted, blocked, use, judged)
    due_at = add_working_hours(tx.now, _review_hours(tx), pack.calendar)
    held = MessageHeld(
        send.group, refs, inspection.ruleset, send.mentions, due_at, clause, send.cmid, send.text, findings,
        send.is_imported, basis,
    )  # fmt: skip
    acted = acted.under(*policy.use_ids(tx, "messaging.review"))
    return _Decided(acted, held, use, judged)


def _review_hours(tx: ReadTx) -> int:
    use = policy.first_use(tx, "messaging.review")
    if use is None:
        return _DEFAULT_DEADLINE_HOURS
    assert isinstance(use.params, ReviewRules)
    return use.params.deadline.working_hours


def _place(tx: ReadTx, actor: Actor, group_id: GroupId) -> tuple[Group, Member, Permit]:
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
    return group, member, policy.require(tx, actor, KIND, group_id)


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


def _flood_places(floods: Sequence[Use], send: Send) -> list[_Place]:
    """Where a message counts for the flood limits; an import counts nowhere."""
    return [] if send.is_imported else [(use.id, send.person, send.group) for use in floods]


def _check_flood(
    tx: WriteTx, floods: Sequence[Use], places: Sequence[_Place], taken: Counter[_Place]
) -> None:
    """Raises FloodError. `taken` is what this batch adds: only what is recorded counts, a warning does not."""
    for use, place in zip(floods, places, strict=bool(places)):
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


def use_of(tx: ReadTx, entry: Recorded) -> Use | None:
    """The use whose clause the sender of a message was told, by the pack that decided it."""
    pack = policy.pack_of(tx, entry.policy) if entry.uses else None
    return deciding_use(pack, entry.uses) if pack is not None else None


def person_of(entry: Recorded) -> PersonId:
    """Who wrote the message of an entry."""
    assert entry.actor is not None, "messages have authors"
    return PersonId(entry.actor)
