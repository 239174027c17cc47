"""The rule set in force: built from the pack's controls and the organisation's dictionaries and registered documents,
hot-swapped, and asked before the lane and in it.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from guiju.kernel.db import ReadTx
from guiju.kernel.errors import ConflictError, InvalidError
from guiju.modules.inspection import dictionaries, documents
from guiju.modules.inspection.governed import OwnDictionary
from guiju.modules.inspection.service import (
    RuleSet,
    compile_ruleset,
    disposition_of_category,
    disposition_of_kind,
    disposition_of_link,
    read_risk_model,
    shipped_model,
)
from guiju.modules.inspection.types import (
    Disposition,
    DocumentRule,
    ExpressionRule,
    Inspection,
    LinkRule,
    PatternRule,
    RiskModel,
    RiskRule,
    Rule,
    Scope,
    TermRule,
)
from guiju.modules.messaging.rule_types import (
    ContentRules,
    LinkRules,
    PatternRules,
    PersonalData,
    RiskScore,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Pack, Use

Mark = tuple[str, int, str, tuple[str, ...], str]
Key = tuple[str, tuple[Mark, ...], tuple[str, ...]]
"""What a rule set is made from: the version of the pack, what is asked of the dictionaries that are switched on, and the
documents that are registered, by their ids, for what stands under an id never changes. A trial changes nothing here.
"""
_LISTED = "listed"
Risk = Callable[[], RiskModel]
"""Where a rule set gets the model of the risk score from; asked only when a rule needs it."""
_MOST_READY = 4
_log = logging.getLogger("guiju.messaging")
_earlier: dict[Key, RuleSet] = {}
"""Rule sets of former times that were asked for last."""
_then = threading.Lock()


def rules_of(pack: Pack, risk: Risk = shipped_model) -> list[Rule]:
    """What the pack's controls ask inspection to find."""
    return [rule for use in pack.uses for rule in _rules_of_use(pack, use, risk)]


def _rules_of_use(pack: Pack, use: Use, risk: Risk) -> Iterator[Rule]:
    match use.params:
        case ContentRules(names, word, classes, when):
            for name in names:
                known = pack.dictionaries[name]
                disposition = disposition_of_category(word, known.category)
                yield TermRule(
                    name, known.category, known.terms, disposition, use.id, Scope(classes, when)
                )
        case PersonalData(kinds, word, classes, when):
            for kind in kinds:
                yield PatternRule(
                    kind, disposition_of_kind(word, kind), use.id, Scope(classes, when)
                )
        case PatternRules(patterns, word, classes, when):
            for each in patterns:
                disposition = disposition_of_category(word, each.category)
                yield ExpressionRule(
                    each.id, each.category, each.regex, disposition, use.id, Scope(classes, when)
                )
        case LinkRules(domains, kinds, word, classes, when, own):
            scope = Scope(classes, when)
            if domains:
                listed = disposition_of_link(word, _LISTED)
                yield LinkRule(_LISTED, domains, listed, use.id, scope)
            for kind in kinds:
                yield LinkRule(kind, own, disposition_of_link(word, kind), use.id, scope)
        case RiskScore(threshold, classes, when):
            yield RiskRule(threshold, use.id, risk(), Scope(classes, when))


def rule_of(dictionary: OwnDictionary, terms: tuple[str, ...]) -> TermRule:
    """The rule that a dictionary of the organisation's own stands for."""
    return TermRule(
        dictionary.id, dictionary.category, terms, Disposition.of(dictionary.disposition),
        dictionary.use, Scope(dictionary.classes),
    )  # fmt: skip


def deciding_use(pack: Pack, uses: Sequence[str]) -> Use | None:
    """The use that decided on a text, which stands first of those that acted; None when the pack has it no longer."""
    return next((use for use in pack.uses if use.id == uses[0]), None) if uses else None


class Inspector:
    """The rule set in force, and those that are about to be. Safe from any thread."""

    def __init__(self, own_risk_model: Path | None = None) -> None:
        """`own_risk_model` is the file of the organisation's own model, used if it exists.

        Raises `BadRiskModelError`: now, and not when a rule set asks for the model in the lane.
        """
        is_own = own_risk_model is not None and own_risk_model.exists()
        own = read_risk_model(own_risk_model) if own_risk_model is not None and is_own else None
        self._risk: Risk = shipped_model if own is None else lambda: own
        self._lock = threading.Lock()
        self._current: tuple[Key | None, RuleSet] = (None, compile_ruleset([]))
        self._ready: dict[Key, RuleSet] = {}

    @property
    def ruleset(self) -> str:
        """The version of the rule set in force."""
        return self._current[1].version

    def current(self) -> RuleSet:
        """The rule set in force; keep it to ask several things of the same rules."""
        return self._current[1]

    def load(self, pack: Pack) -> None:
        """Make the pack's rules the ones in force, without any of the organisation's own."""
        compiled = compile_ruleset(rules_of(pack, self._risk))
        with self._lock:
            self._current = (pack.version, (), ()), compiled

    def follow(self, tx: ReadTx) -> RuleSet:
        """Make what is in force in `tx` the rules in force, unless they are already. Raises NoPackError.

        The answer is the rule set of `tx`: somebody with an older snapshot may swap right after.

        A dictionary with which nothing compiles is left out, and logged: the server goes on with the others.
        """
        key = _key_of(tx)
        current = self._current
        if current[0] == key:
            return current[1]
        own, registered = dictionaries.in_force(tx), documents.rules_in_force
        with self._lock:
            if self._current[0] != key:
                ready = self._ready.pop(key, None)
                if ready is None:
                    pack = policy.get_pack(tx)
                    ready = _compiled_without_misfits(tx, pack, own, registered(tx), self._risk)
                self._current = key, ready
            return self._current[1]

    def prepare(
        self,
        tx: ReadTx,
        pack: Pack,
        own: Sequence[OwnDictionary],
        registered: Sequence[DocumentRule],
    ) -> None:
        """Compile what is about to come into force, so that the lane finds it ready. Raises what compiling raises."""
        key = pack.version, _marks(own), tuple(each.document for each in registered)
        compiled = compile_ruleset(_all_rules(tx, pack, own, registered, self._risk))
        with self._lock:
            self._ready[key] = compiled
            while len(self._ready) > _MOST_READY:
                del self._ready[next(iter(self._ready))]

    def inspect(self, text: str) -> Inspection:
        """What the rules in force find in `text`, wherever it is written. Pure."""
        return self._current[1].inspect(text)

    def in_force(self, tx: ReadTx) -> RuleSet:
        """The rule set of what is in force in `tx`, whatever was swapped meanwhile."""
        key: Key = tx.cached(("inspection", "rules"), lambda: _key_of(tx))
        current = self._current
        return current[1] if current[0] == key else self.follow(tx)


def _key_of(tx: ReadTx) -> Key:
    registered = tuple(each.id for each in documents.in_force(tx))
    return policy.get_pack(tx).version, _marks(dictionaries.in_force(tx)), registered


def _marks(own: Sequence[OwnDictionary]) -> tuple[Mark, ...]:
    return tuple((each.id, each.position, each.disposition, each.classes, each.use) for each in own)


def ruleset_at(tx: ReadTx, pack: Pack, position: int) -> RuleSet:
    """The rules of a pack with the dictionaries that were on and the documents that were registered at `position`,
    compiled by the engine of today and with the shipped risk model.
    """
    own = dictionaries.in_force_at(tx, position)
    then = documents.in_force_at(tx, position)
    key = pack.version, _marks(own), tuple(each.id for each in then)
    with _then:
        known = _earlier.get(key)
    if known is None:
        registered = [documents.rule_of(tx, each) for each in then]
        known = _compiled_without_misfits(tx, pack, own, registered, shipped_model)
        with _then:
            _earlier[key] = known
            while len(_earlier) > _MOST_READY:
                del _earlier[next(iter(_earlier))]
    return known


def _compiled_without_misfits(
    tx: ReadTx,
    pack: Pack,
    own: Sequence[OwnDictionary],
    registered: Sequence[DocumentRule],
    risk: Risk,
) -> RuleSet:
    """The rule set without the newest dictionaries, as few of them as it compiles without. Raises what the pack raises."""
    for kept in range(len(own), 0, -1):
        try:
            return compile_ruleset(_all_rules(tx, pack, own[:kept], registered, risk))
        except (InvalidError, ConflictError) as error:
            left_out = own[kept - 1].id
            _log.critical(
                "the dictionary %s is left out of the rules in force: %s", left_out, error.code
            )
    return compile_ruleset([*rules_of(pack, risk), *registered])


def _all_rules(
    tx: ReadTx,
    pack: Pack,
    own: Sequence[OwnDictionary],
    registered: Sequence[DocumentRule],
    risk: Risk = shipped_model,
) -> list[Rule]:
    return [
        *rules_of(pack, risk),
        *registered,
        *(rule_of(each, dictionaries.terms_of(tx, each)) for each in own),
    ]
