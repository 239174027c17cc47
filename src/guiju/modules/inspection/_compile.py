"""A rule set: rules compiled once, then asked about texts by any number of threads."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import assert_never

from guiju.modules.inspection._across import NEAR, REACH, crossing, tail_of
from guiju.modules.inspection._conditions import check_scope, is_in_scope
from guiju.modules.inspection._expressions import ExpressionIndex
from guiju.modules.inspection._fold import TABLE_DIGEST, fold, is_unicode, strip
from guiju.modules.inspection._numbers import KINDS, SHAPES, find_numbers, may_hold_numbers
from guiju.modules.inspection._terms import TermIndex
from guiju.modules.inspection.types import (
    EVERYWHERE,
    Context,
    Disposition,
    ExpressionRule,
    Finding,
    Hit,
    Inspection,
    PatternRule,
    Rule,
    TermRule,
    TextNotUnicodeError,
    UnknownKindError,
)

# Part of every version: raise it when the same rules would find something else.
ENGINE_REVISION = 1
MAX_FINDINGS = 200
_GOING_ON = frozenset(char for char in map(chr, range(0x3300)) if char.isdigit()) | {"x", "X", "-"}
"""What a number that was cut in two goes on with."""


class RuleSet:
    """Immutable. `version` names the rules and the engine's tables; equal rules, equal version."""

    __slots__ = ("_clean", "_expressions", "_kinds", "_rules", "_terms", "version")

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
        return self._weigh(text, hits) if hits else self._clean

    def _weigh(self, text: str, hits: list[Hit]) -> Inspection:
        """The answer for a text with these hits: the strictest of what their rules ask for."""
        rules = self._rules
        hits.sort(key=lambda hit: (hit.start, -hit.end, hit.rule, hit.word))
        asked = [min(max(rules[hit.rule].disposition, hit.floor), hit.cap) for hit in hits]
        taken = Disposition.strictest(d for d in asked if d is not Disposition.ALERT)
        secret = Disposition.ALERT
        shown = [hit for hit, each in zip(hits, asked, strict=True) if each is not secret]
        alerts = [hit for hit, each in zip(hits, asked, strict=True) if each is secret]
        masks = [hit for hit, d in zip(hits, asked, strict=True) if d is Disposition.MASK]
        acted = sorted(
            (each is not taken, place)
            for place, each in enumerate(asked)
            if each > Disposition.ALERT
        )
        return Inspection(
            self.version,
            tuple(_finding(rules[hit.rule], hit) for hit in shown[:MAX_FINDINGS]),
            taken,
            tuple(dict.fromkeys(rules[hits[place].rule].use for _, place in acted)),
            _masked(text, masks),
            tuple(dict.fromkeys((hit.start, hit.end) for hit in masks))[:MAX_FINDINGS],
            tuple(_finding(rules[hit.rule], hit) for hit in alerts[:MAX_FINDINGS]),
            tuple(dict.fromkeys(rules[hit.rule].use for hit in alerts)),
            tuple(hits),
        )

    def decide(
        self,
        text: str,
        inspection: Inspection,
        context: Context,
        is_exempt: Callable[[Finding], bool] | None = None,
    ) -> Inspection:
        """An inspection by this rule set as it holds in a context: without the rules that do not hold there, and
        without what is exempt. Conditions are asked only for rules that have found something.
        """
        hits = inspection.hits
        if is_exempt is None and not any(self._rules[hit.rule].scope != EVERYWHERE for hit in hits):
            return inspection
        holds = {
            number: is_in_scope(self._rules[number].scope, context, len(text))
            for number in {hit.rule for hit in hits}
        }
        kept = [
            hit
            for hit in hits
            if holds[hit.rule]
            and (is_exempt is None or not is_exempt(_finding(self._rules[hit.rule], hit)))
        ]
        if len(kept) == len(hits):
            return inspection
        return self._weigh(text, kept) if kept else self._clean

    def inspect_after(
        self, earlier: Sequence[str], text: str, inspection: Inspection
    ) -> tuple[Inspection, int]:
        """The inspection of a text with what it completes of the same person's messages right before it.

        Terms as they are written and numbers count, in no other disguise. The second value is how many of the last of
        `earlier` take part in that; 0 when nothing crosses.
        """
        tail, head = tail_of(earlier), text[:REACH]
        if not self._may_cross("".join(tail), head):
            return inspection, 0
        found = crossing(tail, head, self._hits("".join(tail) + head), self._rules)
        if not found.hits:
            return inspection, 0
        return self._weigh(text, [*inspection.hits, *found.hits]), found.messages

    def _may_cross(self, tail: str, head: str) -> bool:
        """Whether it is worth to look closely: ordinary talk, which nearly always says no, asks after every message."""
        before, after = tail[-NEAR:], head[:NEAR]
        if before.rstrip()[-1:].isdigit() and after.lstrip()[:1] in _GOING_ON:
            return True
        return self._terms.crosses(before, after)

    def inspect_quote(self, text: str, inspection: Inspection, excerpt: str) -> Inspection:
        """The inspection of a text with what the excerpt that it quotes holds.

        Such findings have no place in the text (0 to 0). What only asks for a mask is left out: the excerpt shows
        what everybody sees already.
        """
        mask_only = Disposition.MASK
        found = [
            hit._replace(start=0, end=0, hidden=())
            for hit in self._hits(excerpt)
            if self._rules[hit.rule].disposition is not mask_only
        ]
        return self._weigh(text, [*inspection.hits, *found]) if found else inspection

    def _hits(self, text: str) -> Iterator[Hit]:
        stripped = strip(text)
        for start, end, rule, word in self._terms.find(text, stripped):
            yield Hit(start, end, rule, word, range(start, end))
        if self._kinds and may_hold_numbers(stripped):
            yield from self._numbers(text)
        for start, end, rule, overflow in self._expressions.find(text):
            floor = Disposition.HOLD if overflow else Disposition.DELIVER
            word = text[start : min(end, start + 64)]
            yield Hit(start, end, rule, word, range(start, end), floor)

    def _numbers(self, text: str) -> Iterator[Hit]:
        for kind, start, end, places in find_numbers(fold(text), tuple(self._kinds)):
            head, tail = SHAPES[kind]
            hidden = places[head:-tail]
            word = _hide(text[start:end], (place - start for place in hidden))
            for rule in self._kinds[kind]:
                yield Hit(start, end, rule, word, hidden)


def _finding(rule: Rule, hit: Hit) -> Finding:
    match rule:
        case TermRule():
            return Finding(hit.start, hit.end, rule.category, rule.dictionary, hit.word)
        case PatternRule():
            return Finding(hit.start, hit.end, rule.kind, rule.kind, hit.word)
        case ExpressionRule():
            return Finding(hit.start, hit.end, rule.category, rule.id, hit.word)


def _masked(text: str, hits: list[Hit]) -> str | None:
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

    A number keeps the shape that its kind has; everything else becomes stars.
    """
    hidden: list[int] = []
    for finding in findings:
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
    `BadConditionError`. Takes about 20 ms for 10,000 terms: call it outside the write lane.
    """
    ordered = tuple(sorted(set(rules), key=_canonical))
    for rule in ordered:
        check_scope(rule.scope)
        if isinstance(rule, PatternRule) and rule.kind not in KINDS:
            raise UnknownKindError(
                f"there is no kind of number {rule.kind!r}", kind=rule.kind, kinds=list(KINDS)
            )
    content = "\n".join([str(ENGINE_REVISION), TABLE_DIGEST, *map(_canonical, ordered)])
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
        case _:
            assert_never(rule)
    fields = [type(rule).__name__, *name, rule.disposition.word, rule.use]
    if rule.scope != EVERYWHERE:
        fields += [sorted(rule.scope.classes), rule.scope.when]
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
