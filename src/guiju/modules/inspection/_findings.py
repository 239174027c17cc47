"""What a hit is told as, and the rules that every rule set has beside its own."""

from collections.abc import Iterable

from guiju.modules.inspection._masking import RISK_RULE
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection._terms import TermHit
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
    Way,
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


def only_hold(rules: Iterable[Rule]) -> dict[type[Rule], bool]:
    """For each kind of rule, whether none of that way of looking could do more than hold a text, or tell in secret."""
    kinds = {
        type(rule) for rule in rules if rule.disposition in (Disposition.BLOCK, Disposition.ALERT)
    }
    return {kind: kinds.isdisjoint(way) for way in _WAYS for kind in way}


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


def hit_of(hit: TermHit) -> Hit:
    """A term that was found as a hit of its rule; a doubtful one never does more than hold."""
    start, end, rule, word, way, is_doubtful = hit
    cap = Disposition.HOLD if is_doubtful else Disposition.BLOCK
    return Hit(start, end, rule, word, range(start, end), cap, way)


class Taken:
    """The places of a text where each rule has found something."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._by_rule: dict[int, bytearray] = {}

    def take(self, rule: int, start: int, end: int) -> bool:
        """Whether the rule had found nothing there; now it has."""
        places = self._by_rule.get(rule)
        if places is None:
            places = self._by_rule[rule] = bytearray(self._size)
        if places.find(1, start, end) >= 0:
            return False
        places[start:end] = b"\1" * (end - start)
        return True

    def has_all(self, rules: list[int], start: int, end: int) -> bool:
        """Each of the rules has found something there."""
        for rule in rules:
            places = self._by_rule.get(rule)
            if places is None or places.find(1, start, end) < 0:
                return False
        return True


def sent(hit: Hit, decoded: Streams) -> Hit:
    """A hit in a text with its codes resolved as one in the text that was sent."""
    start, end = decoded.original(hit.start, hit.end)
    spans = [decoded.original(place, place + 1) for place in hit.hidden]
    hidden = [place for first, last in spans for place in range(first, last)]
    return hit._replace(start=start, end=end, hidden=hidden, way=Way.ENCODED)
