"""A recorded decision, taken once more: the rules of that time, the sealed text, the surroundings that were recorded."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.modules.groups import service as groups
from guiju.modules.inspection.service import RuleSet
from guiju.modules.inspection.types import Context, Disposition, Finding, Inspection
from guiju.modules.messaging import _review_store, _store, editing, origin_types, prereview, writers
from guiju.modules.messaging._term_rules import rules_that_show
from guiju.modules.messaging.burn_types import words_of
from guiju.modules.messaging.change_types import MessageEdited
from guiju.modules.messaging.composing import finding_json
from guiju.modules.messaging.deciding import exempt_of, texts_before, with_names, with_quote
from guiju.modules.messaging.inspecting import deciding_use, ruleset_at
from guiju.modules.messaging.review_types import DecisionNotFoundError
from guiju.modules.messaging.sending import person_of, state_of, use_of
from guiju.modules.messaging.types import (
    MessageBlocked,
    MessageHeld,
    MessageReleased,
    MessageSent,
    MessageState,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Use


class Rules(StrEnum):
    """Whether the rules of that time are the same today: the engine's tables may have changed since."""

    SAME = "same"
    OTHER_ENGINE = "other_engine"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Replay:
    """What was decided, and what the rules of that time say today. `again` is None when they cannot be read any more."""

    entry: Recorded
    state: MessageState
    use: Use | None
    rules: Rules
    again: Inspection | None
    state_again: MessageState | None
    use_again: Use | None

    @property
    def is_same(self) -> bool:
        return self.state is self.state_again


def replay(tx: ReadTx, actor: Actor, position: int) -> Replay:
    """Decide once more on the message or the edit at `position`.

    Raises DecisionNotFoundError, also for those who may not ask, and for one's own message while it waits.
    """
    if not policy.may(tx, actor, "messaging.decisions") or _waits(tx, actor, position):
        raise DecisionNotFoundError("No decision was recorded there.", position=position)
    return replay_for_operator(tx, position)


def _waits(tx: ReadTx, actor: Actor, position: int) -> bool:
    """Whether it is the actor's own and not decided yet: what was hit would tell how to write around it."""
    row = _review_store.find(tx, position)
    if row is None or row.verdict is not None:
        return False
    return writers.responsible_for(tx, row.sender) == actor.person


def replay_for_operator(tx: ReadTx, position: int) -> Replay:
    """Like `replay`, for the command line, whose user holds the data. Raises DecisionNotFoundError."""
    entry = tx.entry(position)
    if entry is None or not isinstance(
        entry.fact, MessageSent | MessageHeld | MessageBlocked | MessageEdited
    ):
        raise DecisionNotFoundError("No decision was recorded there.", position=position)
    state, use = state_of(entry), use_of(tx, entry)
    if use is not None and use.control in (editing.CONTROL, origin_types.CONTROL):
        use = None  # it gave leave, and said nothing of the text
    pack = policy.pack_of(tx, entry.policy)
    if pack is None:
        return Replay(entry, state, use, Rules.LOST, None, None, None)
    ruleset = ruleset_at(tx, pack, position)
    rules = Rules.SAME if ruleset.version == entry.fact.ruleset else Rules.OTHER_ENGINE
    again = _decided(tx, ruleset, entry)
    use_again, state_again = deciding_use(pack, again.uses), _state(entry, again)
    if state_again not in (MessageState.HELD, MessageState.BLOCKED) and _is_watched(use):
        use_again, state_again = use, MessageState.HELD
    elif _was_stopped_by_files(entry) and state_again is not state:
        use_again, state_again = use, state
    return Replay(entry, state, use, rules, again, state_again, use_again)


def _is_watched(use: Use | None) -> bool:
    """Whether a pre-review decided: that is on record by itself, and no text can be asked for it."""
    return use is not None and use.control == prereview.CONTROL


def _was_stopped_by_files(entry: Recorded) -> bool:
    """Whether files had a part in it: what was found in them is on record, and they are not read once more."""
    fact = entry.fact
    return isinstance(fact, MessageHeld | MessageBlocked) and bool(fact.found or fact.unread)


def _decided(tx: ReadTx, ruleset: RuleSet, entry: Recorded) -> Inspection:
    fact = entry.fact
    text = written(entry)
    found = ruleset.inspect(text)
    if fact.basis is not None and fact.basis.earlier:
        before = texts_before(tx, fact.basis.earlier)
        found = ruleset.inspect_after(before, text, found).inspection
    quote = _quote(tx, entry)
    if quote is not None and _store.find_shown(tx, fact.group, quote) is not None:
        found = with_quote(tx, ruleset, text, found, quote, before=entry.position)
    if getattr(fact, "forward", None) is not None:
        found = with_names(ruleset, text, found, fact.forward)
    exempt = exempt_of(tx, person_of(entry), fact.group, text, entry)
    return ruleset.decide(text, found, _context(tx, entry), exempt)


def _quote(tx: ReadTx, entry: Recorded) -> int | None:
    """What a message quotes; an edit names the message that it changes, and quotes what that one does."""
    if isinstance(entry.fact, MessageEdited):
        changed = tx.entry(entry.fact.refs[0])
        assert changed is not None, "the edit names it"
        entry = changed
    if isinstance(entry.fact, MessageReleased):
        return entry.fact.quote
    return entry.fact.refs[0] if entry.fact.refs else None


def written(entry: Recorded) -> str:
    """What the author wrote, before any mask."""
    return str(getattr(entry.fact, "original", None) or words_of(entry.fact))


def _context(tx: ReadTx, entry: Recorded) -> Context:
    """The recorded surroundings; of a message without findings only its group is known."""
    if entry.fact.basis is not None:
        recorded: Context = entry.fact.basis.context
        return recorded
    group = groups.find_group(tx, entry.fact.group)
    assert group is not None, "messages stand in groups that exist"
    return Context(group.group_class, group.level)


def _state(entry: Recorded, again: Inspection) -> MessageState:
    match again.disposition:
        case Disposition.HOLD:
            return MessageState.HELD
        case Disposition.BLOCK:
            return MessageState.BLOCKED
        case Disposition.WARN if not _stood_by_it(entry):
            return MessageState.WARNED
        case _:
            return MessageState.MASKED if again.masked is not None else MessageState.DELIVERED


def _stood_by_it(entry: Recorded) -> bool:
    basis = entry.fact.basis
    is_imported = getattr(entry.fact, "imported", False)
    return bool(is_imported or (basis is not None and basis.confirmed))


def finding_without_text(found: Finding, showing: Collection[str]) -> dict[str, Any]:
    """A finding with its word only where its rule is one of `rules_that_show`, and not what was written."""
    return finding_json(found) | ({} if found.rule in showing else {"word": ""})


def shape(tx: ReadTx, found: Replay) -> dict[str, Any]:
    """The answer of docs/protocol.md. It never holds the text: who may read that reads it in the review."""
    showing = rules_that_show(tx, found.entry.policy)
    entry, fact = found.entry, found.entry.fact
    recorded = [Finding(*each) for each in getattr(fact, "findings", ())]
    answer: dict[str, Any] = {
        "position": entry.position,
        "at": entry.at,
        "state": found.state,
        "policy": entry.policy,
        "ruleset": fact.ruleset,
        "clause": dict(found.use.mark()) if found.use is not None else None,
        "controls": list(entry.uses),
        "findings": [finding_without_text(each, showing) for each in recorded],
        "rules": found.rules,
        "same": found.is_same,
        "again": None,
    }
    if found.again is not None:
        answer["again"] = {
            "state": found.state_again,
            "ruleset": found.again.ruleset,
            "clause": dict(found.use_again.mark()) if found.use_again is not None else None,
            "findings": [finding_without_text(each, showing) for each in found.again.findings],
        }
    return answer
