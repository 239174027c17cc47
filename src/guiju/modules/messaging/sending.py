"""The hot path: many messages in one call, decided under the lane's lock, recorded in one go."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from guiju.kernel.actor import system
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.immutable import immutable
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.kernel.worktime import add_working_hours
from guiju.modules.groups import service as groups
from guiju.modules.inspection.service import RuleSet
from guiju.modules.inspection.types import Disposition, Finding
from guiju.modules.messaging import (
    _rules,
    _store,
    attaching,
    burning,
    correcting,
    flooding,
    origins,
    pacing,
    prereview,
)
from guiju.modules.messaging.admitting import admit
from guiju.modules.messaging.burn_types import words_of
from guiju.modules.messaging.change_types import ALL, MessageEdited
from guiju.modules.messaging.deciding import Judged, Piece, judge, remember
from guiju.modules.messaging.file_types import paired
from guiju.modules.messaging.inspecting import Inspector, deciding_use
from guiju.modules.messaging.placing import SEND
from guiju.modules.messaging.rule_types import ReviewRules
from guiju.modules.messaging.types import (
    Basis,
    CmidReusedError,
    MessageAlerted,
    MessageBlocked,
    MessageHeld,
    MessageReleased,
    MessageSent,
    MessageState,
    Receipt,
    Send,
)
from guiju.modules.messaging.warning import must_confirm, stands_by, warning_of
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Pack, Use

KIND = SEND
_DEFAULT_DEADLINE_HOURS = 8
Fact = MessageSent | MessageHeld | MessageBlocked


@immutable
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
    GroupClosedError, RulesNotSignedError, NotAllowedError, BadMentionError, BadQuoteError, BadThreadError,
    NoMessagesHereError, NotPublisherError, FloodError, QuietHoursError, or what a direct conversation, mentioning all,
    a thread, a template, burning or a correction is refused with.
    """
    keys = _store.keys_of(sends)
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
    if any(results):  # what was sent before has its first receipt, whatever is said today
        tx.be_sure()
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
        self._paces = policy.uses(tx, "messaging.pace")
        self._taken: Counter[flooding.Place] = Counter()
        self._files = attaching.Taken()
        self._decided: list[tuple[int, Send, _Decided, Piece | None]] = []
        self.receipts: list[tuple[int, Receipt]] = []

    def take(self, index: int, send: Send) -> Receipt | None:
        """Decide on a message, to be recorded; the receipt of one that its sender must confirm first."""
        tx = self._tx
        if ALL in send.mentions:
            self.record()  # so that those before it count
        each = _decide(tx, self._ruleset, self._pack, send)
        earlier = each.judged.earlier
        if earlier and any(piece.position is None for piece in earlier):
            self.record()  # so that the fact can say where the earlier ones stand
            each = _decide(tx, self._ruleset, self._pack, send)
        if send.burn is not None:
            use = burning.leave(tx, send, send.burn)
            burns = burning.to_burn(tx, send, each.fact, use)
            each = _Decided(each.permit.under(use.id), burns, each.use or use, each.judged)
        if send.corrects is not None:
            each = self._correct(send, send.corrects, each)
        places = flooding.places_of(self._floods, send)
        flooding.check(tx, self._floods, places, self._taken)
        paced = pacing.look(tx, self._paces, send, self._taken)
        stands, found = isinstance(each.fact, MessageSent), each.judged.inspection
        if stands and must_confirm(send, found, paced.warns):
            return warning_of(send, found, each.use)
        if stands and paced.warns is not None and not stands_by(send, found, paced.warns):
            return warning_of(send, found, paced.warns, paced.limit)
        if send.files:
            each = self._with_files(send, each)
        if send.carried is not None:
            carried = send.carried
            changed: dict[str, Any] = {"forwarded": carried.sources, "forward": carried.forward}
            each = replace(each, fact=replace(each.fact, **changed))
        if send.template is not None:
            each = replace(each, fact=replace(each.fact, template=send.template))
        for place in (*places, *paced.places):
            self._taken[place] += 1
        spoken = isinstance(each.fact, MessageSent) and not send.is_imported
        said = words_of(each.fact)
        piece = remember(tx, send, said) if spoken and said else None
        self._decided.append((index, send, each, piece))
        return None

    def _with_files(self, send: Send, each: _Decided) -> _Decided:
        """The same with its files, under the use by which they say where they come from."""
        group = groups.find_group(self._tx, send.group)
        assert group is not None, "the sender has a place in it"
        use = origins.check(self._tx, group, send)
        permit = each.permit.under(use.id) if use is not None else each.permit
        fact = self._files.take(self._tx, send, each.fact)
        return _Decided(permit, fact, each.use or use, each.judged)

    def _correct(self, send: Send, corrects: int, each: _Decided) -> _Decided:
        """The same as a correction, once those before it stand: it may be one of them that it corrects again."""
        self.record()
        use = correcting.leave(self._tx, send, corrects)
        permit = each.permit.under(use.id) if use is not None else each.permit
        fact = replace(each.fact, corrects=corrects)
        return _Decided(permit, fact, each.use or use, each.judged)

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
            if each.judged.inspection.alert_uses:
                alerts.append(alert_of(tx, send, each.judged, entry.position))
            self.receipts.append((index, receipt_of(send.cmid, entry, each.use)))
        tx.record_many(alerts)
        for place, count in self._taken.items():
            flooding.count(tx, place, count)
        self._decided, self._taken = [], Counter()


def alert_of(
    tx: ReadTx, send: Send, judged: Judged, position: int
) -> tuple[Permit, MessageAlerted]:
    """What only the reviewers are told. The system tells them: nothing that the sender may read names it."""
    permit = policy.require(tx, system("inspection"), "messaging.alert")
    inspection, context = judged.inspection, judged.context
    assert context is not None, "something was found"
    earlier = tuple(piece.position for piece in judged.earlier if piece.position is not None)
    fact = MessageAlerted(
        send.group, (position,), inspection.ruleset, send.person, _told(inspection.alerts),
        Basis(context, earlier), attaching.found_in(send.files, alerts=True),
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
    group, member, permit, rest = admit(tx, send)
    judged = judge(tx, ruleset, send, group, member)
    if send.files:
        origins.check(tx, group, send)
        judged = attaching.weigh(tx, ruleset, send, group, member, judged)
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
        basis_of(judged, send), send.thread, silent=rest is not None, urgent=send.origin == "urgent",
    )  # fmt: skip
    acted = permit.under(*inspection.uses) if inspection.uses else permit
    if rest is not None:
        acted = acted.under(rest.use.id)
    use = deciding_use(pack, acted.uses)
    return _Decided(acted, fact, use, judged)


def basis_of(judged: Judged, send: Send) -> Basis | None:
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
    inspection, basis = judged.inspection, basis_of(judged, send)
    acted = permit.under(*inspection.uses)
    use = deciding_use(pack, acted.uses)
    clause = use.clause.id if use is not None else None
    findings = _told(inspection.findings)
    if inspection.disposition is Disposition.BLOCK:
        blocked = MessageBlocked(
            send.group, refs, inspection.ruleset, send.mentions, clause, send.cmid, send.text, findings,
            send.is_imported, basis, send.thread,
        )  # fmt: skip
        return _Decided(acted, blocked, use, judged)
    due_at = add_working_hours(tx.now, _review_hours(tx), pack.calendar)
    held = MessageHeld(
        send.group, refs, inspection.ruleset, send.mentions, due_at, clause, send.cmid, send.text, findings,
        send.is_imported, basis, send.thread,
    )  # fmt: skip
    acted = acted.under(*policy.use_ids(tx, "messaging.review"))
    return _Decided(acted, held, use, judged)


def _review_hours(tx: ReadTx) -> int:
    use = policy.first_use(tx, "messaging.review")
    if use is None:
        return _DEFAULT_DEADLINE_HOURS
    assert isinstance(use.params, ReviewRules)
    return use.params.deadline.working_hours


def receipt_of(cmid: str, entry: Recorded, use: Use | None) -> Receipt:
    """What the gate did with the message of an entry."""
    state = state_of(entry)
    note = _rules.note_of(state, use)
    return Receipt(cmid, state, entry.position, dict(use.mark()) if use is not None else None, note)


def state_of(entry: Recorded) -> MessageState:
    """The state that the entry gave its message."""
    match entry.fact:
        case MessageSent(original=None) | MessageEdited(original=None):
            return MessageState.DELIVERED
        case MessageSent() | MessageEdited():
            return MessageState.MASKED
        case MessageReleased():
            return MessageState.RELEASED
        case MessageHeld():
            return MessageState.HELD
        case _:
            return MessageState.BLOCKED


def _again(tx: WriteTx, send: Send, position: int) -> Receipt:
    """The first receipt of a message that was sent before."""
    entry = tx.entry(position)
    assert entry is not None, "the table names the entry"
    fact: Any = entry.fact
    written = getattr(fact, "original", None) or words_of(fact)
    files = tuple((stored.id, note.origin) for stored, note in paired(fact.files, fact.notes))
    carried = (
        tuple(fact.forwarded),
        fact.burn.seconds if fact.burn is not None else None,
        fact.corrects,
    )
    earlier = (fact.group, written, tuple(fact.mentions), fact.refs, fact.thread, files, carried)
    refs = (send.quote,) if send.quote is not None else ()
    wanted = tuple((each.stored.id, each.note.origin) for each in send.files)
    sources = send.carried.sources if send.carried is not None else (), send.burn, send.corrects
    if earlier != (send.group, send.text, send.mentions, refs, send.thread, wanted, sources):
        raise CmidReusedError("This cmid was used for another message.", cmid=send.cmid)
    return receipt_of(send.cmid, entry, use_of(tx, entry))


def use_of(tx: ReadTx, entry: Recorded) -> Use | None:
    """The use whose clause the sender of a message was told, by the pack that decided it."""
    pack = policy.pack_of(tx, entry.policy) if entry.uses else None
    return deciding_use(pack, entry.uses) if pack is not None else None


def person_of(entry: Recorded) -> PersonId:
    """Who wrote the message of an entry."""
    assert entry.actor is not None, "messages have authors"
    return PersonId(entry.actor)


def author_of(entry: Recorded) -> PersonId:
    """Who wrote the message that an entry shows; for a released one that is not who let it pass."""
    fact = entry.fact
    return fact.sender if isinstance(fact, MessageReleased) else person_of(entry)
