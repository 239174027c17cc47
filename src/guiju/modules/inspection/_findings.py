"""What a hit is told as, and the rules that every rule set has beside its own."""

from collections.abc import Iterable

from guiju.modules.inspection._masking import RISK_RULE
from guiju.modules.inspection.types import (
    OVERFLOW,
    Disposition,
    DocumentRule,
    ExpressionRule,
    Finding,
    Hit,
    LinkRule,
    OverflowRule,
    PatternRule,
    RiskRule,
    Rule,
    TermRule,
)

# Category and rule of the finding that a text's risk score is; no dictionary has a space in its id.
RISK_CATEGORY = "risk"
DOCUMENT_CATEGORY = "document"
# Ways of looking that may leave a text unread, each by the rules that look so.
_WAYS: tuple[tuple[type[Rule], ...], ...] = (
    (TermRule,),
    (PatternRule, LinkRule),
    (ExpressionRule,),
)


def overflow_rules(rules: Iterable[Rule]) -> dict[type[Rule], OverflowRule]:
    """For each kind of rule that may leave a text unread, the rule that then holds it."""
    rules = [*rules]
    found: dict[type[Rule], OverflowRule] = {}
    for way in _WAYS:
        looking = [rule for rule in rules if isinstance(rule, way)]
        if looking:
            strictest = max(looking, key=lambda rule: rule.disposition)
            is_secret = strictest.disposition is Disposition.ALERT
            led_to = Disposition.ALERT if is_secret else Disposition.HOLD
            found |= dict.fromkeys(way, OverflowRule(strictest.use, led_to))
    return found


def finding_of(rule: Rule | OverflowRule, hit: Hit) -> Finding:
    """A hit with the names of its rule."""
    match rule:
        case TermRule():
            return Finding(hit.start, hit.end, rule.category, rule.dictionary, hit.word, hit.way)
        case PatternRule():
            return Finding(hit.start, hit.end, rule.kind, rule.kind, hit.word)
        case LinkRule():
            return Finding(hit.start, hit.end, "url", rule.type, hit.word)
        case ExpressionRule():
            return Finding(hit.start, hit.end, rule.category, rule.id, hit.word)
        case DocumentRule():
            return Finding(hit.start, hit.end, DOCUMENT_CATEGORY, rule.document, hit.word)
        case RiskRule():
            return Finding(hit.start, hit.end, RISK_CATEGORY, RISK_RULE, hit.word)
        case OverflowRule():
            return Finding(hit.start, hit.end, OVERFLOW, OVERFLOW, hit.word)
