"""What the rules say of one message where it is written: with its context, what it quotes, and what came right before."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from guiju.kernel.clock import MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.immutable import immutable
from guiju.modules.directory import service as directory
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, Member
from guiju.modules.inspection import exemptions
from guiju.modules.inspection.service import REACH, SHORT, RuleSet
from guiju.modules.inspection.types import Context, Finding, Inspection
from guiju.modules.messaging import _change_store, _store, exceptions
from guiju.modules.messaging.burn_types import words_of
from guiju.modules.messaging.change_types import MessageEdited
from guiju.modules.messaging.changing import check_lasting
from guiju.modules.messaging.forward_types import Forward
from guiju.modules.messaging.types import BadQuoteError, MessageReleased, MessageSent, Send
from guiju.modules.policy.types import PRESENT

WINDOW = 10 * MINUTE
"""Messages further apart than this are not read as one."""
MOST_PIECES = 20
LONGEST_EXCERPT = 200
"""How much of a quoted message travels with the one that quotes it."""


@dataclass(slots=True)
class Piece:
    """The end of a delivered message; `position` is None until its batch is recorded."""

    at: int
    text: str
    position: int | None


@immutable
class Judged:
    """The rules' answer in a context, and the pieces before it that it completes.

    `told` are those of `earlier` that the message itself may name, and `is_open` says that it may name its context:
    what only secret rules took into account stands in the alert alone.
    """

    inspection: Inspection
    context: Context | None
    earlier: tuple[Piece, ...]
    told: tuple[Piece, ...]
    is_open: bool


def judge(
    tx: ReadTx,
    ruleset: RuleSet,
    send: Send,
    group: Group,
    member: Member,
    *,
    before: Sequence[Piece] | None = None,
) -> Judged:
    """What the rules say of a message in its group. In the lane the caches make this cheap.

    It is read after its sender's latest messages, or after the pieces `before`.
    """
    inspection = send.inspection
    if inspection.ruleset != ruleset.version:
        inspection = ruleset.inspect(send.text)
    earlier: tuple[Piece, ...] = ()
    told: tuple[Piece, ...] = ()
    if not send.is_imported:  # an import comes at once, whenever its lines were written
        pieces = pieces_of(tx, send.person, send.group) if before is None else before
        inspection, earlier, told = _with_pieces(tx, ruleset, send, inspection, pieces)
    if send.quote is not None:
        inspection = with_quote(tx, ruleset, send.text, inspection, send.quote)
    if send.carried is not None:
        inspection = with_names(ruleset, send.text, inspection, send.carried.forward)
    if not inspection.hits:
        return Judged(inspection, None, (), (), is_open=False)
    context = context_of(tx, group, member)
    passes = exempt_of(tx, send.person, send.group, send.text)
    decided = ruleset.decide(send.text, inspection, context, passes)
    # A rule that finds something and does not hold here counts too: to decide once more takes its context.
    is_open = bool(inspection.findings)
    return Judged(
        decided, context, earlier if decided.hits else (), told if decided.uses else (), is_open
    )


def check_quote(tx: ReadTx, group: GroupId, quote: int, member: Member) -> None:
    """Raises BadQuoteError for what the member may not see in this group, and BurningError."""
    row = _store.find_shown(tx, group, quote)
    if row is None or row.recalled is not None or quote < member.visible_from:
        raise BadQuoteError("There is no such message to quote.", quote=quote)
    check_lasting(tx, quote)


def with_quote(
    tx: ReadTx,
    ruleset: RuleSet,
    text: str,
    inspection: Inspection,
    quote: int,
    *,
    before: int | None = None,
) -> Inspection:
    """The inspection with what the quoted excerpt holds, now or as it was at `before`; it travels with the message.

    Quote and reply stand together, so what the reply completes of it counts as if one person had written both. What a
    reviewer has released may be quoted: a person has decided on it.
    """
    edits = [at for at in _change_store.edits(tx, quote) if before is None or at < before]
    quoted = tx.entry(edits[-1] if edits else quote)
    assert quoted is not None, "the quote was checked"
    excerpt = str(quoted.fact.text)[:LONGEST_EXCERPT]
    if min(len(text), len(excerpt)) <= SHORT:
        inspection = ruleset.inspect_after([excerpt], text, inspection).inspection
    if isinstance(quoted.fact, MessageReleased):
        return inspection
    return ruleset.inspect_quote(text, inspection, excerpt)


def with_names(ruleset: RuleSet, text: str, inspection: Inspection, forward: Forward) -> Inspection:
    """The inspection with what the names hold that a forward takes along: they were inspected by the rules of their time
    and of the group where they stood.
    """
    return ruleset.inspect_quote(text, inspection, forward.names)


def context_of(tx: ReadTx, group: Group, member: Member) -> Context:
    """What conditions may ask of a message's surroundings. The lane remembers who is present."""
    present: frozenset[PersonId] = tx.cached(
        ("group", group.id, "present"), lambda: _present(tx, group.id)
    )
    external = not present.isdisjoint(directory.people_outside(tx))
    return Context(group.group_class, group.level, member.role, external, len(present))


def _present(tx: ReadTx, group: GroupId) -> frozenset[PersonId]:
    return frozenset(
        member.person for member in groups.members(tx, group) if member.state in PRESENT
    )


def exempt_of(
    tx: ReadTx, person: PersonId, group: GroupId, text: str, entry: Recorded | None = None
) -> Callable[[Finding], bool] | None:
    """Which findings do not count: by an exemption of the person or the group, or by an exception for the phrase.

    Now, or when `entry` was recorded; None when all count.
    """
    rules = exemptions.rules_exempt(tx, person, group, entry)
    allowed = exceptions.allowing(tx, group, text, entry)
    if allowed is None:
        return (lambda finding: finding.rule in rules) if rules else None
    return lambda finding: finding.rule in rules or allowed(finding)


# ---- the messages right before ----------------------------------------------------------------------------------


def pieces_of(tx: ReadTx, person: PersonId, group: GroupId) -> deque[Piece]:
    """The last messages of a person in a group, from the lane's cache."""
    found: deque[Piece] = tx.cached(
        ("group", group, "pieces", person), lambda: _load_pieces(tx, person, group)
    )
    return found


def _load_pieces(tx: ReadTx, person: PersonId, group: GroupId) -> deque[Piece]:
    """The same from the tables, where the cache was lost: those that stand among the newest of the group, and edits."""
    pieces: deque[Piece] = deque(maxlen=MOST_PIECES)
    sent = _store.last_sent(tx, group, person, MOST_PIECES)
    for position in sorted(sent + _change_store.last_edits(tx, group, person, MOST_PIECES)):
        entry = tx.entry(position)
        if entry is not None and entry.at > tx.now - WINDOW:
            pieces.append(Piece(entry.at, words_of(entry.fact)[-REACH:], position))
    return pieces


def remember(tx: ReadTx, send: Send, text: str) -> Piece:
    """Have the next message of the same person read together with this one, as others see it."""
    piece = Piece(tx.now, text[-REACH:], None)
    pieces_of(tx, send.person, send.group).append(piece)
    return piece


def _with_pieces(
    tx: ReadTx,
    ruleset: RuleSet,
    send: Send,
    inspection: Inspection,
    pieces: Sequence[Piece],
) -> tuple[Inspection, tuple[Piece, ...], tuple[Piece, ...]]:
    if not pieces or pieces[-1].at <= tx.now - WINDOW:
        return inspection, (), ()
    if len(send.text) > SHORT and len(pieces[-1].text) > SHORT:
        return inspection, (), ()
    recent: list[Piece] = []
    left = REACH
    for piece in reversed(pieces):
        if left <= 0 or piece.at <= tx.now - WINDOW:
            break
        recent.append(piece)
        left -= len(piece.text)
    recent.reverse()
    found = ruleset.inspect_after([each.text for each in recent], send.text, inspection)
    earlier, told = (tuple(recent[len(recent) - count :]) for count in (found.messages, found.told))
    return found.inspection, earlier, told


def texts_before(tx: ReadTx, positions: Sequence[int]) -> list[str]:
    """The ends of earlier messages, for deciding once more on the one that completes them."""
    found = []
    for position in positions:
        entry = tx.entry(position)
        if entry is not None and isinstance(entry.fact, MessageSent | MessageEdited):
            found.append(words_of(entry.fact)[-REACH:])
    return found
