"""Dictionaries of the organisation's own: imported, tried on recent messages, switched on and off, ended."""

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.ids import new_id
from guiju.kernel.lane import WriteTx
from guiju.kernel.shapes import decode, learn
from guiju.modules.inspection import _store
from guiju.modules.inspection._compile import compile_ruleset
from guiju.modules.inspection._lexicon import MAX_TERMS, MOST_BY_CHANCE
from guiju.modules.inspection.governed import (
    BadSwitchError,
    DictionaryAdded,
    DictionaryEndedError,
    DictionaryNotFoundError,
    DictionaryState,
    DictionarySwitched,
    DictionaryTried,
    ListReport,
    NotTriedError,
    OwnDictionary,
    TermCount,
    Traffic,
    Trial,
)
from guiju.modules.inspection.types import Disposition, TermRule, TooManyTermsError
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Pack

apply = _store.apply
MOST_TRIED = 5_000
LEAST_TRIED = 500
"""Over fewer messages a trial would tell what a certain person has just written."""
FEWEST = 3
"""Fewer messages than this are not told of: with a list made for it they would be somebody's message."""
MOST_SHOWN = 50
NOISE_SHARE = 0.01
"""A term in more of the messages than this is taken for a word that everybody uses."""
DISPOSITIONS = ("alert", "warn", "hold", "block")
CONTROL = "messaging.content"
_MOST_SWITCHES = 100_000
_TERMS = learn(tuple[str, ...])
_traffic: list[Traffic] = []


def connect(traffic: Traffic) -> None:
    """Hand over what inspection must know of groups and their messages."""
    _traffic[:] = [traffic]


def traffic() -> Traffic:
    return _traffic[0]


# ---- reading ----------------------------------------------------------------------------------------------------


def in_force(tx: ReadTx) -> tuple[OwnDictionary, ...]:
    """The dictionaries that are switched on. The lane remembers them."""
    found: tuple[OwnDictionary, ...] = tx.cached(
        ("inspection", "dictionaries"), lambda: _store.dictionaries_in(tx, DictionaryState.ON)
    )
    return found


def in_force_at(tx: ReadTx, position: int) -> tuple[OwnDictionary, ...]:
    """The dictionaries that were switched on when the entry at `position` was recorded."""
    query = EntryQuery(
        kinds=("inspection.dictionary_switched",), before=position, limit=_MOST_SWITCHES
    )
    last = {entry.fact.dictionary: entry.fact for entry in tx.entries(query)}
    found = [
        replace(
            row, state=fact.state, disposition=fact.disposition, classes=fact.classes, use=fact.use
        )
        for row in _store.list_dictionaries(tx)
        if (fact := last.get(row.id)) is not None and fact.state is DictionaryState.ON
    ]
    return tuple(sorted(found, key=lambda each: each.position))


def known(tx: ReadTx) -> frozenset[str]:
    """The ids of all that were ever imported. The lane remembers them."""
    ids: frozenset[str] = tx.cached(
        ("inspection", "known"),
        lambda: frozenset(each.id for each in _store.list_dictionaries(tx)),
    )
    return ids


def terms_of(tx: ReadTx, dictionary: OwnDictionary) -> tuple[str, ...]:
    """The terms, opened from the ledger."""
    entry = tx.entry(dictionary.position)
    assert entry is not None and isinstance(entry.fact, DictionaryAdded), "the row names the entry"
    packed = entry.fact.packed
    if not packed:
        return entry.fact.terms
    return decode(zlib.decompress(packed), _TERMS)


def pack_terms(terms: Sequence[str]) -> bytes:
    """The terms as an import records them. Takes about 0.1 s for 120,000: done outside the lane."""
    return zlib.compress(msgspec.json.encode(terms))


def list_dictionaries(tx: ReadTx, actor: Actor) -> list[OwnDictionary]:
    """All of them, the newest first. Raises NotAllowedError."""
    policy.require(tx, actor, "inspection.read")
    return _store.list_dictionaries(tx)


def get_dictionary(
    tx: ReadTx, actor: Actor, dictionary: str, operation: str = "inspection.read"
) -> OwnDictionary:
    """One of them. Raises DictionaryNotFoundError, also for those who may not know of it."""
    may = policy.may(tx, actor, operation)
    found = _store.find_dictionary(tx, dictionary) if may else None
    if found is None:
        raise DictionaryNotFoundError("There is no such dictionary.", dictionary=dictionary)
    return found


# ---- importing and trying ---------------------------------------------------------------------------------------


def add(
    tx: WriteTx,
    actor: Actor,
    *,
    title: str,
    category: str,
    report: ListReport,
    packed: bytes | None = None,
) -> OwnDictionary:
    """Import the usable terms of a list; the dictionary is off. Raises NotAllowedError.

    `packed` are its terms, packed outside the lane: it would stand still for all of them. They are one
    entry, which is sealed and digested as it is recorded: for some hundred kilobytes the lane takes tens of milliseconds.
    """
    permit = policy.require(tx, actor, "inspection.govern")
    made = new_id("dic", tx.now)
    packed = packed or pack_terms(report.terms)
    tx.record(permit, DictionaryAdded(made, category, len(report.terms), title, (), packed))
    return _get(tx, made)


def try_out(
    tx: ReadTx, actor: Actor, dictionary: str, *, messages: int, classes: Sequence[str]
) -> Trial:
    """What a dictionary would have hit of the newest messages in groups of these classes (of all when empty).

    Reads texts, and gives away nothing but numbers for terms of the dictionary, none of them below `FEWEST`: a term
    in fewer messages is not named, and where fewer hold none but such terms, those do not count. Raises
    DictionaryNotFoundError or BadSwitchError.
    """
    found = get_dictionary(tx, actor, dictionary, "inspection.govern")
    _check_classes(policy.get_pack(tx), classes)
    terms = terms_of(tx, found)
    rules = compile_ruleset(
        [TermRule(found.id, found.category, terms, Disposition.HOLD, found.use or "-/trial")]
    )
    counts: Counter[str] = Counter()
    hit: list[set[str]] = []
    looked = 0
    for group_class, text in traffic().recent(tx, min(messages, MOST_TRIED)):
        if classes and group_class not in classes:
            continue
        looked += 1
        words = {finding.word for finding in rules.inspect(text).findings}
        counts.update(words)
        hit += [words] if words else []
    common = [(term, count) for term, count in counts.most_common() if count >= FEWEST]
    shown = tuple(TermCount(term, count) for term, count in common[:MOST_SHOWN])
    rare = sum(words.isdisjoint(dict(common)) for words in hit)
    hits = len(hit) - (rare if rare < FEWEST else 0)
    noise = tuple(each.term for each in shown if each.messages > max(1, looked * NOISE_SHARE))
    return Trial(looked, hits, shown, noise, tuple(sorted(set(classes))))


def record_trial(tx: WriteTx, actor: Actor, dictionary: str, *, trial: Trial) -> OwnDictionary:
    """Put on record that somebody tried a dictionary on people's messages. Raises DictionaryNotFoundError."""
    found = get_dictionary(tx, actor, dictionary, "inspection.govern")
    permit = policy.require(tx, actor, "inspection.govern")
    tx.record(
        permit,
        DictionaryTried(found.id, trial.messages, trial.hits, (found.position,), trial.classes),
    )
    return _get(tx, found.id)


# ---- switching --------------------------------------------------------------------------------------------------


def switched(
    tx: ReadTx,
    actor: Actor,
    dictionary: str,
    *,
    state: DictionaryState,
    disposition: str,
    classes: Sequence[str],
    use: str,
) -> OwnDictionary:
    """The dictionary as it would be; nothing is recorded.

    Raises DictionaryNotFoundError, DictionaryEndedError, NotTriedError or BadSwitchError.
    """
    found = get_dictionary(tx, actor, dictionary, "inspection.govern")
    if found.state is DictionaryState.ENDED:
        raise DictionaryEndedError("The dictionary has ended.", dictionary=dictionary)
    if state is not DictionaryState.ON:
        return replace(found, state=state)
    if found.tried_messages is None:
        raise NotTriedError("Try the dictionary on recent messages first.", dictionary=dictionary)
    pack = policy.get_pack(tx)
    if disposition not in DISPOSITIONS:
        raise BadSwitchError("There is no such disposition.", field="disposition")
    _check_classes(pack, classes)
    if use not in policy.use_ids(tx, CONTROL):
        raise BadSwitchError("No clause uses content inspection under this name.", field="use")
    return replace(
        found, state=state, disposition=disposition, classes=tuple(sorted(set(classes))), use=use
    )


def switch(tx: WriteTx, actor: Actor, dictionary: str, *, to: OwnDictionary) -> OwnDictionary:
    """Put what `switched` gave in force. Raises what that raises, and TooManyTermsError."""
    planned = switched(
        tx, actor, dictionary, state=to.state, disposition=to.disposition, classes=to.classes, use=to.use,
    )  # fmt: skip
    if planned.state is DictionaryState.ON:
        # Once more in the lane: whoever compiled the plan did not see what was switched on meanwhile.
        check_room(policy.get_pack(tx), after(tx, planned))
    permit = policy.require(tx, actor, "inspection.govern")
    permit = permit.under(planned.use) if planned.use else permit
    tx.record(
        permit,
        DictionarySwitched(
            planned.id, planned.state, planned.disposition, planned.classes, planned.use, (planned.position,)
        ),
    )  # fmt: skip
    return _get(tx, dictionary)


def after(tx: ReadTx, planned: OwnDictionary) -> tuple[OwnDictionary, ...]:
    """The dictionaries in force once `planned` holds, in the order of `in_force`."""
    others = [each for each in in_force(tx) if each.id != planned.id]
    joined = [*others, planned] if planned.state is DictionaryState.ON else others
    return tuple(sorted(joined, key=lambda each: each.position))


def _check_classes(pack: Pack, classes: Sequence[str]) -> None:
    """Raises BadSwitchError."""
    if not set(classes) <= {known.id for known in pack.classes}:
        raise BadSwitchError("There is no such class.", field="classes")


def check_room(pack: Pack, own: Sequence[OwnDictionary]) -> None:
    """Whether one rule set holds the pack's terms and those of `own`. Raises TooManyTermsError.

    A term counts for each use that names its dictionary: this is never less than what compiling counts.
    """
    if _room_of(pack, own) > MAX_TERMS:
        raise TooManyTermsError(
            f"All dictionaries in force have at most {MAX_TERMS} terms together.", limit=MAX_TERMS
        )


def would_be_large(tx: ReadTx, count: int) -> bool:
    """Whether with so many more terms in force some disguises are looked for no longer (`Lexicon.is_large`)."""
    return _room_of(policy.get_pack(tx), in_force(tx)) + count > MOST_BY_CHANCE


def _room_of(pack: Pack, own: Sequence[OwnDictionary]) -> int:
    names = [name for use in pack.uses for name in getattr(use.params, "dictionaries", ())]
    shipped = sum(len(pack.dictionaries[name].terms) for name in names)
    return shipped + sum(each.count for each in own)


def _get(tx: ReadTx, dictionary: str) -> OwnDictionary:
    found = _store.find_dictionary(tx, dictionary)
    assert found is not None, "apply has just stored it"
    return found
