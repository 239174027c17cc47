"""A rule set: rules compiled once, then asked about texts by any number of threads."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, assert_never

from guiju.modules.inspection._expressions import ExpressionIndex
from guiju.modules.inspection._fold import TABLE_DIGEST, is_unicode, strip
from guiju.modules.inspection._hosts import as_domain
from guiju.modules.inspection._kinds import KINDS, KindIndex
from guiju.modules.inspection._link_rules import LinkRules
from guiju.modules.inspection._links import Link
from guiju.modules.inspection._passage import Found, Passage
from guiju.modules.inspection._terms import TermIndex
from guiju.modules.inspection.types import (
    Disposition,
    ExpressionRule,
    Finding,
    Inspection,
    LinkRule,
    PatternRule,
    Rule,
    TermRule,
    TextNotUnicodeError,
    UnknownKindError,
)

# Part of every version: raise it when the same rules would find something else.
_ENGINE_REVISION = 2
MAX_FINDINGS = 200
# A finding repeats at most so much; what is longer is hidden as a whole.
LONGEST_WORD = 64


class _Hit(NamedTuple):
    start: int
    end: int
    rule: int
    word: str
    hidden: Sequence[int]
    floor: Disposition = Disposition.DELIVER


class RuleSet:
    """Immutable. `version` names the rules and the engine's tables; equal rules, equal version."""

    __slots__ = (
        "_clean",
        "_expressions",
        "_finders",
        "_formal",
        "_kinds",
        "_links",
        "_rules",
        "_terms",
        "version",
    )

    def __init__(self, rules: tuple[Rule, ...], version: str) -> None:
        self.version = version
        self._rules = rules
        self._terms = TermIndex(
            (number, term)
            for number, rule in enumerate(rules)
            if isinstance(rule, TermRule)
            for term in rule.terms
            if as_domain(term) is None
        )
        self._expressions = ExpressionIndex(
            [(n, rule) for n, rule in enumerate(rules) if isinstance(rule, ExpressionRule)]
        )
        # Several clauses may ask for the same kind: each counts, it is looked for once.
        self._kinds: dict[str, list[int]] = {}
        for kind in KINDS:
            numbers = [
                n for n, r in enumerate(rules) if isinstance(r, PatternRule) and r.kind == kind
            ]
            if numbers:
                self._kinds[kind] = numbers
        self._links = LinkRules(rules)
        # They hold a text that has too much of what they look for to be read to its end.
        self._formal = [n for n, r in enumerate(rules) if isinstance(r, PatternRule | LinkRule)][:1]
        self._finders = KindIndex(self._kinds, self._links.index)
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
        gated = self._finders.gate(stripped)
        if gated:
            yield from self._formed(Passage(text, stripped), gated)
        for start, end, rule, overflow in self._expressions.find(text):
            floor = Disposition.HOLD if overflow else Disposition.DELIVER
            word = text[start : min(end, start + LONGEST_WORD)]
            yield _Hit(start, end, rule, word, range(start, end), floor)

    def _formed(self, passage: Passage, gated: list[int]) -> Iterator[_Hit]:
        """What is found by its form: kinds and links."""
        for found in self._finders.find(passage, gated):
            if isinstance(found, Link):
                places = range(found.start, found.end)
                for rule, word in self._links.rules_of(found):
                    yield _Hit(found.start, found.end, rule, word, places)
            else:
                yield from self._found(passage.text, found)
        if passage.is_exhausted:
            for rule in self._formal:
                yield _Hit(0, len(passage.text), rule, "", range(0), Disposition.HOLD)

    def _found(self, text: str, found: Found) -> Iterator[_Hit]:
        kind, start, end, hidden = found
        if end - start > LONGEST_WORD:
            hidden = range(start, end)
        word = _hide(text[start:end], (place - start for place in hidden))[:LONGEST_WORD]
        for rule in self._kinds[kind]:
            yield _Hit(start, end, rule, word, hidden)


def _finding(rule: Rule, hit: _Hit) -> Finding:
    match rule:
        case TermRule():
            return Finding(hit.start, hit.end, rule.category, rule.dictionary, hit.word)
        case PatternRule():
            return Finding(hit.start, hit.end, rule.kind, rule.kind, hit.word)
        case LinkRule():
            return Finding(hit.start, hit.end, "url", rule.type, hit.word)
        case ExpressionRule():
            return Finding(hit.start, hit.end, rule.category, rule.id, hit.word)


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

    What has a kind keeps the shape of it; everything else becomes stars.
    """
    hidden: list[int] = []
    for finding in findings:
        word = finding.word
        shaped = finding.rule in KINDS and len(word) == finding.end - finding.start
        hidden.extend(
            place
            for place in range(finding.start, finding.end)
            if not shaped or word[place - finding.start] == "*"
        )
    return _hide(text, hidden)


def compile_ruleset(rules: Iterable[Rule]) -> RuleSet:
    """Compiles rules; the order in which they come does not matter.

    Raises `BadTermError`, `TooManyTermsError`, `UnknownKindError` and `BadExpressionError`. Takes
    about 20 ms for 10,000 terms: call it outside the write lane.
    """
    ordered = tuple(sorted(set(rules), key=_canonical))
    for rule in ordered:
        if isinstance(rule, PatternRule) and rule.kind not in KINDS:
            raise UnknownKindError(
                f"there is no kind {rule.kind!r}", kind=rule.kind, kinds=list(KINDS)
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
        case LinkRule():
            name = [rule.type, sorted(set(rule.domains))]
        case _:
            assert_never(rule)
    fields = [type(rule).__name__, *name, rule.disposition.word, rule.use]
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
