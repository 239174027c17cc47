"""Forwarding: messages of one group copied into another, by the right to read them there and to write here.

The copies and the comment are one text: whatever the rules of the target find in it, wherever it stands, they treat as
in any message. What becomes of the originals later changes nothing here; the leaf names where they appear.

A file is copied too, sealed under a key of its own: who may open it are the readers of the new message, for as long as
that stands, and the rules of the target look at it as at any file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, Member
from guiju.modules.inspection.types import Inspection
from guiju.modules.messaging import (
    _forward_store,
    _rules,
    _store,
    _topic_store,
    addressing,
    attaching,
    origins,
    service,
    writers,
)
from guiju.modules.messaging.admitting import admit, check_pace
from guiju.modules.messaging.attaching import MOST_UPLOADS
from guiju.modules.messaging.change_types import MessageNotFoundError
from guiju.modules.messaging.changing import check_in_place, check_lasting
from guiju.modules.messaging.deciding import context_of
from guiju.modules.messaging.file_types import (
    MOST_FILES,
    Attached,
    FileNote,
    FileNotReadyError,
    StoredFile,
    paired,
)
from guiju.modules.messaging.forward_types import (
    LARGEST_FORWARD,
    LONGEST_FORWARD,
    MOST_FORWARDED,
    Carried,
    Copied,
    Copies,
    Forward,
    ForwardNotAllowedError,
    ForwardRules,
    ForwardTooLongError,
    Plan,
    Wanted,
)
from guiju.modules.messaging.inspecting import Inspector
from guiju.modules.messaging.placing import SEND, sender_place
from guiju.modules.messaging.sending import author_of, receipt_of, send_many, use_of
from guiju.modules.messaging.types import (
    CmidReusedError,
    MessageReleased,
    Receipt,
    Row,
    Send,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Attempt

CONTROL = "messaging.forwarding"
_WITHOUT_A_CLAUSE = ForwardRules()


@dataclass(frozen=True, slots=True)
class Part:
    """One message to be made of a wish to forward."""

    cmid: str
    positions: tuple[int, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Originals:
    """The group that messages are taken from, and by where they appear their entries and those that have their texts."""

    group: Group
    entries: Mapping[int, tuple[Recorded, Recorded]]


@dataclass(frozen=True, slots=True)
class Trace:
    """A message that carries the copy of another one."""

    row: Row
    entry: Recorded


# ---- the verb ---------------------------------------------------------------------------------------------------


def forward(
    tx: WriteTx,
    inspector: Inspector,
    actor: Actor,
    wanted: Wanted,
    inspected: Mapping[str, Inspection] | None = None,
    copied: Mapping[str, Copies] | None = None,
) -> list[Receipt]:
    """Send copies of messages of one group to another: one message of all, or one for each and then the comment.

    `inspected` is what was found in their texts outside the lane, `copied` by the cmid of each message are its files, as
    `plan` asked for them. Again with the same cmid gives the first receipts.
    Raises what `send_many` answers for the target; of the source what `reading_place` raises, MessageNotFoundError
    whatever the reason, BurningError, MovedAsideError, ThreadFrozenError, ForwardTooLongError or ForwardNotAllowedError;
    FileNotReadyError for files that are no copies of those. Then nothing was sent.
    """
    target, member, _ = sender_place(tx, actor, wanted.target)
    parts = parts_of(wanted)
    known = _store.positions_by_key(tx, [_key(actor, part) for part in parts])
    again = {
        part.cmid: _again(tx, wanted, part, known[_key(actor, part)])
        for part in parts
        if part.positions and _key(actor, part) in known
    }
    fresh = [part for part in parts if part.cmid not in again]
    composed: dict[str, tuple[str, Carried | None]] = {}
    copies = copied or {}
    if any(part.positions for part in fresh):
        originals = load(tx, actor, wanted, fresh)
        _check_way(tx, actor, wanted, originals.group, target, member)
        composed = {part.cmid: compose(tx, part, wanted.merged, originals) for part in fresh}
        _check_copies(fresh, originals, copies)
    sends = [
        _send_of(
            inspector, actor, wanted, part,
            composed=composed.get(part.cmid), inspected=inspected or {}, files=copies.get(part.cmid, Copies()).attached,
        )
        for part in fresh
    ]  # fmt: skip
    check_pace(tx, sends)
    for send, answer in zip(sends, send_many(tx, inspector, sends), strict=True):
        if isinstance(answer, GuijuError):
            raise answer
        again[send.cmid] = answer
    return [again[part.cmid] for part in parts]


def check(
    tx: WriteTx,
    inspector: Inspector,
    actor: Actor,
    wanted: Wanted,
    inspected: Mapping[str, Inspection],
) -> None:
    """Refuse before any file is copied what `forward` would refuse whatever the copies are; nothing is recorded.

    Raises what `forward` and `Uploads.copies` raise.
    """
    target, member, _ = sender_place(tx, actor, wanted.target)
    parts = parts_of(wanted)
    known = _store.positions_by_key(tx, [_key(actor, part) for part in parts])
    fresh = [part for part in parts if _key(actor, part) not in known]
    if not fresh:
        return
    originals = load(tx, actor, wanted, fresh)
    _check_way(tx, actor, wanted, originals.group, target, member)
    sends = [
        _send_of(
            inspector, actor, wanted, part,
            composed=compose(tx, part, wanted.merged, originals), inspected=inspected,
        )
        for part in fresh
    ]  # fmt: skip
    for send in sends:
        admit(tx, send)
    check_pace(tx, sends)
    files = [each for part in fresh for each in _files(part, originals)]
    attaching.check_uploads(tx, actor, target, files)
    said = [
        (stored, origins.with_origin(note, note.origin or wanted.origin)) for stored, note in files
    ]
    origins.check_files(tx, target, said)


def _send_of(
    inspector: Inspector, actor: Actor, wanted: Wanted, part: Part, *,
    composed: tuple[str, Carried | None] | None, inspected: Mapping[str, Inspection],
    files: tuple[Attached, ...] = (),
) -> Send:  # fmt: skip
    """The message that a part becomes."""
    text, carried = composed or (part.comment, None)
    found = inspected.get(text) or inspector.inspect(text)
    return Send(
        actor.person_id, part.cmid, wanted.target, text, (), None, found,
        confirm=wanted.confirm.get(part.cmid), carried=carried, files=files,
    )  # fmt: skip


def plan(tx: ReadTx, actor: Actor, wanted: Wanted) -> Plan:
    """What is to be inspected and copied outside the lane. Raises what `forward` raises."""
    target, member, _ = sender_place(tx, actor, wanted.target)
    parts = [
        part
        for part in parts_of(wanted)
        if part.positions and _store.find_by_key(tx, _key(actor, part)) is None
    ]
    if not parts:
        return Plan()
    originals = load(tx, actor, wanted, parts)
    try:
        _check_way(tx, actor, wanted, originals.group, target, member)
    except ForwardNotAllowedError:
        return Plan()  # the lane refuses it, on record
    files = {part.cmid: found for part in parts if (found := _files(part, originals))}
    sizes = [stored.size for found in files.values() for stored, _ in found]
    if sum(sizes) > LARGEST_FORWARD:
        raise ForwardTooLongError("So much is not forwarded at once.", most=LARGEST_FORWARD)
    if len(sizes) > MOST_UPLOADS:
        raise ForwardTooLongError("So many files are not forwarded at once.", most=MOST_UPLOADS)
    return Plan(tuple(compose(tx, part, wanted.merged, originals)[0] for part in parts), files)


def _files(part: Part, originals: Originals) -> tuple[tuple[StoredFile, FileNote], ...]:
    """The files of what a message carries. Raises ForwardTooLongError."""
    found = tuple(
        each
        for position in part.positions
        for each in paired(
            originals.entries[position][0].fact.files, originals.entries[position][0].fact.notes
        )
    )
    if len(found) > MOST_FILES:
        raise ForwardTooLongError("So many files do not go with one message.", most=MOST_FILES)
    return found


def _check_copies(
    parts: Sequence[Part], originals: Originals, copied: Mapping[str, Copies]
) -> None:
    """Raises FileNotReadyError unless each message takes copies of just the files that it carries."""
    for part in parts:
        wanted = tuple(stored for stored, _ in _files(part, originals))
        if copied.get(part.cmid, Copies()).originals != wanted:
            raise FileNotReadyError(
                "A file is not ready to be sent.", file=wanted[0].id if wanted else ""
            )


def parts_of(wanted: Wanted) -> list[Part]:
    """The messages that a wish becomes. Raises ForwardTooLongError."""
    positions = tuple(sorted(set(wanted.positions)))
    if not 1 <= len(positions) <= MOST_FORWARDED:
        raise ForwardTooLongError(
            "So many messages are not forwarded at once.", most=MOST_FORWARDED
        )
    if wanted.merged or len(positions) == 1:
        return [Part(wanted.cmid, positions, wanted.comment)]
    parts = [
        Part(f"{wanted.cmid}.{number}", (position,), "")
        for number, position in enumerate(positions)
    ]
    return [*parts, Part(f"{wanted.cmid}.c", (), wanted.comment)] if wanted.comment else parts


def load(tx: ReadTx, actor: Actor, wanted: Wanted, parts: Sequence[Part]) -> Originals:
    """What is forwarded. What was moved aside or frozen goes nowhere, for a copy would go on with it as a quote would.

    Raises what `reading_place` raises, MessageNotFoundError whatever the reason, BurningError, MovedAsideError and
    ThreadFrozenError.
    """
    member = service.reading_place(tx, actor, wanted.source)
    source = groups.find_group(tx, wanted.source)
    assert source is not None, "the actor reads it"
    positions = [position for part in parts for position in part.positions]
    rows = _store.shown_among(tx, wanted.source, positions)
    for position in positions:
        row = rows.get(position)
        if row is None or row.recalled is not None or position < member.visible_from:
            raise MessageNotFoundError("There is no such message.", position=position)
        check_lasting(tx, position)
        check_in_place(row)
    roots = {row.thread if row.thread is not None else shown for shown, row in rows.items()}
    for root in sorted(_topic_store.frozen_among(tx, sorted(roots))):
        addressing.check_open(tx, wanted.source, root)
    told = {shown: row.edited if row.edited is not None else shown for shown, row in rows.items()}
    places = tuple({*told, *told.values()})
    found = {
        each.position: each for each in tx.entries(EntryQuery(positions=places, limit=len(places)))
    }
    return Originals(source, {shown: (found[shown], found[at]) for shown, at in told.items()})


def compose(
    tx: ReadTx, part: Part, merged: bool, originals: Originals
) -> tuple[str, Carried | None]:
    """The whole text of a message, and what stands where in it. Raises ForwardTooLongError."""
    if not part.positions:
        return part.comment, None
    text, items = part.comment, list[Copied]()
    for position in part.positions:
        shown, told = originals.entries[position]
        start = len(text) + 1 if text else 0
        copy = _words(shown, told)
        text = f"{text}\n{copy}" if text else copy
        name = writers.name_of(tx, author_of(shown))
        at = shown.fact.sent_at if isinstance(shown.fact, MessageReleased) else shown.at
        items.append(Copied(name, at, start, len(text)))
        if len(text) > LONGEST_FORWARD:
            raise ForwardTooLongError("So much is not forwarded at once.", most=LONGEST_FORWARD)
    is_card = merged and len(items) > 1
    return text, Carried(part.positions, Forward(originals.group.name, is_card, tuple(items)))


def _words(shown: Recorded, told: Recorded) -> str:
    """What a message says, with the names of its files; one that carries others says whose words these are."""
    text, carried = str(told.fact.text), getattr(told.fact, "forward", None)
    if carried is not None:
        said = [f"{each.sender}：{text[each.start : each.end]}" for each in carried.items]
        return "\n".join(filter(None, [text[: carried.comment_end], *said]))
    names = [f"[{note.name}]" for _, note in paired(shown.fact.files, shown.fact.notes)]
    return "\n".join(filter(None, [text, *names]))


def _key(actor: Actor, part: Part) -> str:
    return _store.key_of(actor.person_id, part.cmid)


def _again(tx: ReadTx, wanted: Wanted, part: Part, position: int) -> Receipt:
    """The first receipt, whatever has become of the originals since. Raises CmidReusedError."""
    entry = tx.entry(position)
    assert entry is not None, "the table names the entry"
    fact = entry.fact
    carried = fact.forward
    comment = (getattr(fact, "original", None) or fact.text)[
        : carried.comment_end if carried else 0
    ]
    if (fact.group, tuple(fact.forwarded), comment) != (
        wanted.target,
        part.positions,
        part.comment,
    ):
        raise CmidReusedError("This cmid was used for another message.", cmid=part.cmid)
    return receipt_of(part.cmid, entry, use_of(tx, entry))


# ---- where it may go --------------------------------------------------------------------------------------------


def _check_way(
    tx: ReadTx, actor: Actor, wanted: Wanted, source: Group, target: Group, member: Member
) -> None:
    """Raises ForwardNotAllowedError or ForwardTooLongError. `member` is the actor's place in the target."""
    use = _rules.use_in(policy.uses(tx, CONTROL), source.group_class)
    rules: ForwardRules = use.params if use is not None else _WITHOUT_A_CLAUSE
    clause = use.mark() if use is not None else None
    if len(wanted.positions) > rules.most:
        raise ForwardTooLongError(
            "So many messages are not forwarded at once.", most=rules.most, clause=clause
        )
    is_open = context_of(tx, target, member).external
    why = _rules.no_way(rules, source, target, policy.get_pack(tx).levels, has_outsiders=is_open)
    if why is None:
        return
    refused: dict[str, Any] = {"why": why, "clause": clause}
    if use is not None:
        code = ForwardNotAllowedError.code
        refused["attempt"] = Attempt(actor, SEND, target.id, use.id, code)
    raise ForwardNotAllowedError("This does not go there.", **refused)


# ---- following a text -------------------------------------------------------------------------------------------


def traces(tx: ReadTx, actor: Actor, group: GroupId, shown: int) -> list[Trace]:
    """The messages that carry the one which appears at `shown`, oldest first, also those that were stopped.

    Raises MessageNotFoundError, also for those who do not oversee.
    """
    row = _store.find_shown(tx, group, shown)
    if row is None or not policy.may(tx, actor, "messaging.read_forwards"):
        raise MessageNotFoundError("There is no such message.", position=shown)
    positions = _forward_store.carriers(tx, shown)
    rows = _store.rows(tx, positions)
    found = []
    for position in positions:
        entry = tx.entry(position)
        assert entry is not None, "the table names the entry"
        found.append(Trace(rows[position], entry))
    return found
