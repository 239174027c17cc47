"""The rule set of the pack in force: built from its controls, hot-swapped, and asked before and in the lane."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from guiju.modules.inspection.service import Engine, compile_ruleset, read_risk_model, shipped_model
from guiju.modules.inspection.types import (
    Disposition,
    Inspection,
    PatternRule,
    RiskModel,
    RiskRule,
    Rule,
    TermRule,
)
from guiju.modules.messaging.types import ContentRules, PersonalData, RiskScore
from guiju.modules.policy.types import Pack, Use


def rules_of(pack: Pack, risk_model: Callable[[], RiskModel] = shipped_model) -> list[Rule]:
    """What the pack's `messaging.content`, `messaging.personal_data` and `messaging.risk` ask for."""
    rules: list[Rule] = []
    for use in pack.uses:
        if isinstance(use.params, ContentRules):
            for name in use.params.dictionaries:
                dictionary = pack.dictionaries[name]
                rules.append(
                    TermRule(
                        name,
                        dictionary.category,
                        dictionary.terms,
                        Disposition.of(use.params.disposition),
                        use.id,
                    )
                )
        elif isinstance(use.params, PersonalData):
            disposition = Disposition.of(use.params.disposition)
            rules.extend(PatternRule(kind, disposition, use.id) for kind in use.params.kinds)
        elif isinstance(use.params, RiskScore):
            rules.append(RiskRule(use.params.threshold, use.id, risk_model()))
    return rules


def deciding_use(pack: Pack, uses: Sequence[str], disposition: Disposition) -> Use | None:
    """The first of the `uses` that acted on a text which asked for the disposition that was taken."""
    acted = [
        use
        for use in pack.uses
        if use.id in uses and isinstance(use.params, ContentRules | PersonalData | RiskScore)
    ]
    for use in acted:
        if Disposition.of(use.params.disposition) is disposition:
            return use
    return acted[0] if acted else None


class Inspector:
    """The engine, and which version of the policy its rule set was made from."""

    def __init__(self, own_risk_model: Path | None = None) -> None:
        """`own_risk_model` is the file of the organisation's own model, used if it exists.

        Raises `BadRiskModelError`: now, and not when a rule set asks for the model in the lane.
        """
        is_own = own_risk_model is not None and own_risk_model.exists()
        own = read_risk_model(own_risk_model) if own_risk_model is not None and is_own else None
        self._risk_model = shipped_model if own is None else lambda: own
        self._engine = Engine(compile_ruleset([]))
        self._lock = threading.Lock()
        self._policy: str | None = None

    @property
    def ruleset(self) -> str:
        """The version of the rule set in force."""
        return self._engine.current().version

    def load(self, pack: Pack) -> None:
        """Make the pack's rules the ones in force, unless they are already."""
        with self._lock:
            if self._policy != pack.version:
                self._engine.ruleset = compile_ruleset(rules_of(pack, self._risk_model))
                self._policy = pack.version

    def inspect(self, text: str) -> Inspection:
        """What the rules in force find in `text`. Pure and safe from any thread."""
        return self._engine.inspect(text)

    def inspect_again(self, pack: Pack, text: str, earlier: Inspection) -> Inspection:
        """`earlier` if it is by the rules of `pack`; else the answer of those rules."""
        if self._policy != pack.version:
            self.load(pack)
        return earlier if earlier.ruleset == self.ruleset else self.inspect(text)
