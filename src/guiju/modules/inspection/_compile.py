"""A rule set: rules compiled once, then asked about texts by any number of threads."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple, assert_never

from guiju.modules.inspection._expressions import ExpressionIndex
from guiju.modules.inspection._fold import TABLE_DIGEST, fold, is_unicode, strip
from guiju.modules.inspection._numbers import KINDS, SHAPES, find_numbers, may_hold_numbers
from guiju.modules.inspection._risk import RiskIndex
from guiju.modules.inspection._terms import TermIndex
from guiju.modules.inspection.types import (
    BadThresholdError,
    Disposition,
    ExpressionRule,
    Finding,
    Inspection,
    PatternRule,
    RiskRule,
    Rule,
    TermRule,
    TextNotUnicodeError,
    UnknownKindError,
)

# Part of every version: raise it when the same rules would find something else.
_ENGINE_REVISION = 1
MAX_FINDINGS = 200
# Category and rule of the finding that a text's risk score is; no dictionary has a space in its id.
RISK_CATEGORY = "risk"
RISK_RULE = "risk score"


class _Hit(NamedTuple):
    start: int
    end: int
    rule: int
    word: str
    hidden: tuple[int, ...] | range
    floor: Disposition = Disposition.DELIVER


class RuleSet:
    """Immutable. `version` names the rules and the engine's tables; equal rules, equal version."""

    __slots__ = ("_clean", "_expressions", "_kinds", "_risk", "_rules", "_terms", "version")

    def __init__(self, rules: tuple[Rule, ...], version: str) -> None:
        self.version = version
        self._rules = rules
        self._terms = TermIndex(
            (number, term)
            for number, rule in enumerate(rules)
            if isinstance(rule, TermRule)
            for term in rule.terms
        )
        self._expressions = ExpressionIndex(
            [(n, rule) for n, rule in enumerate(rules) if isinstance(rule, ExpressionRule)]
        )
        self._risk = RiskIndex([(n, r) for n, r in enumerate(rules) if isinstance(r, RiskRule)])
        # Several clauses may ask for the same kind: each counts, the number is looked for once.
        self._kinds: dict[str, list[int]] = {}
        for kind in KINDS:
            numbers = [
                n for n, r in enumerate(rules) if isinstance(r, PatternRule) and r.kind == kind
            ]
            if numbers:
                self._kinds[kind] = numbers
        self._clean = Inspection(version, (), Disposition.DELIVER, (), None)

    def inspect(self, text: str) -> Inspection:
        """What the rules find in the text. Raises `TextNotUnicodeError`."""
        if not is_unicode(text):
            raise TextNotUnicodeError("the text has unpaired surrogates")
        hits = list(self._hits(text))
        if not hits:
            return self._clean
        hits.sort(key=lambda hit: (hit.start, -hit.end, hit.rule, hit.word))
        rules = self._rules
        disposition = Disposition.strictest(
            max(rules[hit.rule].disposition, hit.floor) for hit in hits
        )
        return Inspection(
            self.version,
            tuple(_finding(rules[hit.rule], hit) for hit in hits[:MAX_FINDINGS]),
            disposition,
            tuple(dict.fromkeys(rules[hit.rule].use for hit in hits)),
            _masked(text, [h for h in hits if rules[h.rule].disposition is Disposition.MASK]),
        )

    def _hits(self, text: str) -> Iterator[_Hit]:
        stripped = strip(text)
        for start, end, rule, word in self._terms.find(text, stripped):
            yield _Hit(start, end, rule, word, range(start, end))
        if self._kinds and may_hold_numbers(stripped):
            yield from self._numbers(text)
        for start, end, rule, overflow in self._expressions.find(text):
            floor = Disposition.HOLD if overflow else Disposition.DELIVER
            word = text[start : min(end, start + 64)]
            yield _Hit(start, end, rule, word, range(start, end), floor)
        for rule, score in self._risk.find(stripped):
            yield _Hit(0, len(text), rule, f"{score:.2f}", ())

    def _numbers(self, text: str) -> Iterator[_Hit]:
        for kind, start, end, places in find_numbers(fold(text), tuple(self._kinds)):
            head, tail = SHAPES[kind]
            hidden = places[head:-tail]
            word = _hide(text[start:end], (place - start for place in hidden))
            for rule in self._kinds[kind]:
                yield _Hit(start, end, rule, word, hidden)


def _finding(rule: Rule, hit: _Hit) -> Finding:
    match rule:
        case TermRule():
            return Finding(hit.start, hit.end, rule.category, rule.dictionary, hit.word)
        case PatternRule():
            return Finding(hit.start, hit.end, rule.kind, rule.kind, hit.word)
        case ExpressionRule():
            return Finding(hit.start, hit.end, rule.category, rule.id, hit.word)
        case RiskRule():
            return Finding(hit.start, hit.end, RISK_CATEGORY, RISK_RULE, hit.word)


def _masked(text: str, hits: list[_Hit]) -> str | None:
    if not hits:
        return None
    return _hide(text, (place for hit in hits for place in hit.hidden))


def _hide(text: str, places: Iterable[int]) -> str:
    """The text with a star at these places; spaces stay, so that the shape does."""
    chars = list(text)
    for place in places:
        if not chars[place].isspace():
            chars[place] = "*"
    return "".join(chars)


def mask(text: str, findings: Iterable[Finding]) -> str:
    """The text with these findings hidden, as a reviewer's verdict asks; never another length.

    A number keeps the shape that its kind has; everything else becomes stars. A risk score is of
    the text as a whole and hides nothing.
    """
    hidden: list[int] = []
    for finding in findings:
        if finding.rule == RISK_RULE:
            continue
        word = finding.word
        numbered = finding.rule in SHAPES and len(word) == finding.end - finding.start
        hidden.extend(
            place
            for place in range(finding.start, finding.end)
            if not numbered or word[place - finding.start] == "*"
        )
    return _hide(text, hidden)


def compile_ruleset(rules: Iterable[Rule]) -> RuleSet:
    """Compiles rules; the order in which they come does not matter.

    Raises `BadTermError`, `TooManyTermsError`, `UnknownKindError`, `BadExpressionError` and
    `BadThresholdError`. Takes about 20 ms for 10,000 terms: call it outside the write lane.
    """
    ordered = tuple(sorted(set(rules), key=_canonical))
    for rule in ordered:
        if isinstance(rule, PatternRule) and rule.kind not in KINDS:
            raise UnknownKindError(
                f"there is no kind of number {rule.kind!r}", kind=rule.kind, kinds=list(KINDS)
            )
        if isinstance(rule, RiskRule) and not 0 < rule.threshold < 1:
            raise BadThresholdError(
                "a threshold lies between 0 and 1", threshold=str(rule.threshold)
            )
    content = "\n".join([str(_ENGINE_REVISION), TABLE_DIGEST, *map(_canonical, ordered)])
    version = hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return RuleSet(ordered, version)


def _canonical(rule: Rule) -> str:
    match rule:
        case TermRule():
            name = [rule.dictionary, rule.category, sorted(set(rule.terms))]
        case PatternRule():
            name = [rule.kind]
        case ExpressionRule():
            name = [rule.id, rule.category, rule.expression]
        case RiskRule():
            name = [rule.model.digest, repr(rule.threshold)]
        case _:
            assert_never(rule)
    fields = [type(rule).__name__, *name, rule.disposition.word, rule.use]
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
