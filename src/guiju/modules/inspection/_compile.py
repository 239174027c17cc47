"""A rule set: rules compiled once, then asked about texts by any number of threads."""

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

from guiju.modules.inspection._across import Completed
from guiju.modules.inspection._canonical import canonical
from guiju.modules.inspection._conditions import check_scope, is_in_scope
from guiju.modules.inspection._documents import DocumentIndex
from guiju.modules.inspection._expressions import ExpressionIndex, matcher_of
from guiju.modules.inspection._findings import (
    Taken,
    finding_of,
    hit_of,
    only_hold,
    overflow_rules,
    sent,
)
from guiju.modules.inspection._fold import TABLE_DIGEST
from guiju.modules.inspection._garbage import Uncollected
from guiju.modules.inspection._glances import LONG
from guiju.modules.inspection._hosts import as_domain
from guiju.modules.inspection._joints import Joints
from guiju.modules.inspection._kinds import KINDS, KindIndex, gate_of
from guiju.modules.inspection._link_rules import LinkRules
from guiju.modules.inspection._links import Link
from guiju.modules.inspection._masking import masked, shown
from guiju.modules.inspection._passage import LONGEST_WORD, Found, Passage
from guiju.modules.inspection._risk import RiskIndex
from guiju.modules.inspection._several import Several
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection._tables import WRITING_DIGEST
from guiju.modules.inspection._terms import TermIndex, Terms
from guiju.modules.inspection.types import (
    EVERYWHERE,
    BadThresholdError,
    Context,
    Disposition,
    DocumentRule,
    ExpressionRule,
    Finding,
    Hit,
    Inspection,
    LinkRule,
    OverflowRule,
    PatternRule,
    RiskRule,
    Rule,
    TermRule,
    TextNotUnicodeError,
    UnknownKindError,
    Way,
)

# Part of every version: raise it when the same rules would find something else.
ENGINE_REVISION = 13
MAX_FINDINGS = 200


class RuleSet:
    """Immutable. `version` names the rules and the engine's tables; equal rules, equal version."""

    __slots__ = (
        "_clean", "_documents", "_expressions", "_finders", "_holding", "_joints", "_kinds", "_links",
        "_look", "_nothing", "_only_hold", "_overflows", "_risk", "_rules", "_terms", "version",
    )  # fmt: skip

    def __init__(self, rules: tuple[Rule, ...], version: str) -> None:
        self.version = version
        overflows = overflow_rules(rules)
        extra = [*dict.fromkeys(overflows.values())]
        self._rules = (*rules, *extra)
        self._holding = {
            n for n, r in enumerate(extra, len(rules)) if r.disposition is Disposition.HOLD
        }
        self._only_hold = only_hold(rules)
        self._overflows = {way: len(rules) + extra.index(rule) for way, rule in overflows.items()}
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
        documents = [(n, r) for n, r in enumerate(rules) if isinstance(r, DocumentRule)]
        self._documents = DocumentIndex(documents) if documents else None
        risks = [(n, r) for n, r in enumerate(rules) if isinstance(r, RiskRule)]
        self._risk = RiskIndex(risks) if risks else None
        # Several clauses may ask for the same kind: each counts, it is looked for once.
        self._kinds: dict[str, list[int]] = {}
        for kind in KINDS:
            numbers = [
                n for n, r in enumerate(rules) if isinstance(r, PatternRule) and r.kind == kind
            ]
            if numbers:
                self._kinds[kind] = numbers
        self._links = LinkRules(rules)
        self._finders = KindIndex(self._kinds, self._links.index)
        # One look at all forms of a text for all that is found by its form; for nearly all texts the answer is no.
        gates = [*self._finders.gates, *self._expressions.gates]
        is_joint = self._finders.gates and self._expressions.gates
        self._look = matcher_of(gate_of(gates)) if is_joint else None
        self._nothing = [len(gates)]  # the sentinel alone
        has_terms = any(isinstance(rule, TermRule) for rule in rules)
        self._joints = Joints(self._kinds, self._links.index, has_terms=has_terms)
        self._clean = Inspection(version, (), Disposition.DELIVER, (), None)

    def _unread(self, way: type[Rule], text: str) -> Hit:
        """The hit that says that rules of this kind have not read the text to its end."""
        return Hit(0, len(text), self._overflows[way], "", ())

    def inspect(self, text: str) -> Inspection:
        """What the rules find in the text. Raises `TextNotUnicodeError`."""
        hits = self._read(text)
        if self._risk is not None:
            hits.extend(self._risk_hits(text))
        return self._weigh(text, hits) if hits else self._clean

    def _weigh(self, text: str, hits: list[Hit]) -> Inspection:
        """The answer for a text with these hits: the strictest of what their rules ask for."""
        rules = self._rules
        if len(hits) > 1:
            hits.sort(key=lambda hit: (hit.start, -hit.end, hit.rule, hit.word))
        shown: list[Hit] = []
        alerts: list[Hit] = []
        masks: list[Hit] = []
        acted: list[tuple[Disposition, str]] = []
        unread: list[tuple[Disposition, str]] = []
        for hit in hits:
            asked = self._asked(hit)
            if asked is Disposition.ALERT:
                alerts.append(hit)
                continue
            shown.append(hit)
            if isinstance(rules[hit.rule], OverflowRule):
                # What was found is told first, then what was not looked for to the end.
                unread.append((asked, rules[hit.rule].use))
            elif asked is not Disposition.DELIVER:
                acted.append((asked, rules[hit.rule].use))
                if asked is Disposition.MASK:
                    masks.append(hit)
        acted += unread
        taken = max([asked for asked, _ in acted], default=Disposition.DELIVER)
        strictest = [use for asked, use in acted if asked is taken]
        return Inspection(
            self.version,
            tuple([finding_of(rules[hit.rule], hit) for hit in shown[:MAX_FINDINGS]]),
            taken,
            tuple(dict.fromkeys([*strictest, *[use for _, use in acted]])),
            masked(text, masks),
            tuple(dict.fromkeys([(hit.start, hit.end) for hit in masks]))[:MAX_FINDINGS]
            if masks
            else (),
            tuple([finding_of(rules[hit.rule], hit) for hit in alerts[:MAX_FINDINGS]])
            if alerts
            else (),
            tuple(dict.fromkeys([rules[hit.rule].use for hit in alerts])) if alerts else (),
            tuple(hits),
        )

    def _asked(self, hit: Hit) -> Disposition:
        return min(self._rules[hit.rule].disposition, hit.cap)

    def masking_uses(self, inspection: Inspection) -> tuple[str, ...]:
        """The controls for which an inspection by this rule set masked something, in the order of the text."""
        masks = [hit for hit in inspection.hits if self._asked(hit) is Disposition.MASK]
        return tuple(dict.fromkeys([self._rules[hit.rule].use for hit in masks]))

    def decide(
        self,
        text: str,
        inspection: Inspection,
        context: Context,
        is_exempt: Callable[[Finding], bool] | None = None,
    ) -> Inspection:
        """An inspection by this rule set as it holds in a context: without the rules that do not hold there, and
        without what is exempt. Conditions are asked only for rules that have found something; an overflow is never
        exempt.
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
            and (
                is_exempt is None
                or isinstance(self._rules[hit.rule], OverflowRule)
                or not is_exempt(finding_of(self._rules[hit.rule], hit))
            )
        ]
        if len(kept) == len(hits):
            return inspection
        return self._weigh(text, kept) if kept else self._clean

    def inspect_after(self, earlier: Sequence[str], text: str, inspection: Inspection) -> Completed:
        """The inspection of a text with what it completes of the same person's messages right before it."""
        return self._several().inspect_after(earlier, text, inspection)

    def inspect_quote(self, text: str, inspection: Inspection, excerpt: str) -> Inspection:
        """The inspection of a text with what the excerpt that it quotes holds.

        Such findings have no place in the text (0 to 0). What only asks for a mask is left out: the excerpt shows
        what everybody sees already.
        """
        return self._several().inspect_quote(text, inspection, excerpt)

    def _several(self) -> Several:
        return Several(
            self._rules, self._read, self._weigh, self._asked, self._joints, self._terms, self._expressions
        )  # fmt: skip

    def _read(self, text: str) -> list[Hit]:
        """Everything but the risk score. Raises `TextNotUnicodeError`."""
        # The thousands of small objects that a long text takes form no cycles.
        with Uncollected(len(text) >= LONG):
            return self._read_all(text)

    def _read_all(self, text: str) -> list[Hit]:
        streams = Streams(text)
        # What a long text costs there, `KindIndex.gate` tells.
        look = self._look if len(text) < LONG else None
        try:
            forms = (
                f"{text}\n{streams.folded}\n{streams.stripped}".encode() if look else text.encode()
            )
        except UnicodeEncodeError as reason:
            raise TextNotUnicodeError("the text has unpaired surrogates") from reason
        found = self._terms.find(streams)
        hits = [*map(hit_of, found.hits)] if found.hits else []
        if found.is_cut:
            hits.append(self._unread(TermRule, text))
        if look is None or streams.may_be_coded or look(forms) != self._nothing:
            self._read_forms(streams, hits, found)
        if self._documents is not None:
            hits.extend(self._documents.find(streams))
        return hits

    def _read_forms(self, streams: Streams, hits: list[Hit], found: Terms) -> None:
        """Adds what is found by its form and by the expressions of the organisation, and all that codes stand for.

        `found` are the terms as they are written.
        """
        gated = self._finders.gate(streams.stripped)
        passage = Passage(streams) if gated or streams.may_be_coded else None
        formed = self._formed(passage, gated) if passage is not None and gated else []
        hits.extend(formed)
        encoded = streams.text.encode()
        if self._expressions.may_match(streams, encoded):
            hits.extend(self._expressed(streams, encoded))
        if passage is None or not streams.may_be_coded:
            return
        # Of a text that is held unread only what does more than hold it, or tells in secret, is still looked for.
        is_held = any(hit.rule in self._holding for hit in hits)
        if not found.is_cut and not (is_held and self._only_hold[TermRule]):
            hits.extend(self._decoded_terms(streams.decoded, found, streams.text))
        if not passage.is_exhausted and not (is_held and self._only_hold[PatternRule]):
            hits.extend(self._encoded(streams.decoded, formed, passage))

    def _expressed(self, streams: Streams, encoded: bytes) -> Iterator[Hit]:
        """What is found by the expressions of the organisation."""
        text = streams.text
        is_unread = False
        for start, end, rule, overflow in self._expressions.search(streams, encoded):
            if overflow and self._rules[rule].disposition is Disposition.ALERT:
                # A hold would tell the sender of a rule that they must not learn of.
                yield Hit(start, end, rule, "", ())
            elif overflow:
                is_unread = True
            else:
                word = text[start : min(end, start + LONGEST_WORD)]
                yield Hit(start, end, rule, word, range(start, end))
        if is_unread:
            yield self._unread(ExpressionRule, text)

    def _risk_hits(self, text: str) -> Iterator[Hit]:
        """A score is of one message: what other messages or a quote add is not scored with it."""
        assert self._risk is not None, "asked only where there are risk rules"
        for rule, score in self._risk.find(text):
            yield Hit(0, len(text), rule, f"{score:.2f}", (), cap=Disposition.HOLD)

    def _decoded_terms(self, decoded: Streams | None, found: Terms, text: str) -> list[Hit]:
        """The terms that references stand for, beside those `found` in the text as it is written."""
        known = {hit[:4] for hit in found.hits}
        hits: list[Hit] = []
        while decoded is not None:
            within = self._terms.find(decoded)
            if within.is_cut:
                return [*hits, self._unread(TermRule, text)]
            for hit in within.hits:
                if not decoded.is_new(hit.start, hit.end):
                    continue
                way = Way.ENCODED if hit.way in {Way.PLAIN, Way.PARTED} else hit.way
                start, end = decoded.original(hit.start, hit.end)
                there = hit._replace(start=start, end=end, way=way)
                if there[:4] not in known:
                    known.add(there[:4])
                    hits.append(hit_of(there))
            decoded = decoded.decoded
        return hits

    def _formed(self, passage: Passage, gated: list[int]) -> list[Hit]:
        """What is found by its form: kinds and links."""
        hits: list[Hit] = []
        for found in self._finders.find(passage, gated):
            hits += self._hits(passage.text, found)
        if passage.is_exhausted:
            hits.append(self._unread(PatternRule if self._kinds else LinkRule, passage.text))
        return hits

    def _encoded(
        self, decoded: Streams | None, formed: list[Hit], before: Passage
    ) -> Iterator[Hit]:
        """What is found by its form once references are resolved, beside what was found `before`."""
        taken = Taken(len(before.text))
        for hit in formed:
            taken.take(hit.rule, hit.start, hit.end)
        while decoded is not None:
            gated = self._finders.gate(decoded.stripped)
            passage = Passage(decoded, before.effort)
            before.teach(passage)
            for found in self._finders.find(passage, gated):
                if not decoded.is_new(found.start, found.end):
                    continue
                start, end = decoded.original(found.start, found.end)
                # Most of it was found as it is written.
                if taken.has_all(self._rules_of(found), start, end):
                    continue
                for hit in self._hits(passage.text, found):
                    if taken.take(hit.rule, start, end):
                        yield sent(hit, decoded)
            if passage.is_exhausted:
                yield self._unread(PatternRule if self._kinds else LinkRule, before.text)._replace(
                    way=Way.ENCODED
                )
                return
            before = passage
            decoded = decoded.decoded

    def _rules_of(self, found: Found | Link) -> list[int]:
        if isinstance(found, Link):
            return [rule for rule, _ in self._links.rules_of(found)]
        return self._kinds[found.kind]

    def _hits(self, text: str, found: Found | Link) -> list[Hit]:
        """What is found as a hit for each rule that asks for it."""
        start, end = found.start, found.end
        if isinstance(found, Link):
            places = range(start, end)
            return [
                Hit(start, end, rule, word, places) for rule, word in self._links.rules_of(found)
            ]
        hidden = found.hidden if end - start <= LONGEST_WORD else range(start, end)
        word = shown(text, start, end, hidden)
        return [Hit(start, end, rule, word, hidden) for rule in self._kinds[found.kind]]


def compile_ruleset(rules: Iterable[Rule]) -> RuleSet:
    """Compiles rules; the order in which they come does not matter.

    Raises `BadTermError`, `TooManyTermsError`, `UnknownKindError`, `UnknownLinkTypeError`,
    `BadDomainError`, `BadExpressionError`, `BadConditionError` and `BadThresholdError`. Takes
    about 0.2 s for 10,000 terms: call it outside the write lane.
    """
    named = sorted([(canonical(rule), rule) for rule in set(rules)], key=itemgetter(0))
    ordered = tuple(rule for _, rule in named)
    for rule in ordered:
        check_scope(rule.scope)
        if isinstance(rule, PatternRule) and rule.kind not in KINDS:
            raise UnknownKindError(
                f"there is no kind {rule.kind!r}", kind=rule.kind, kinds=list(KINDS)
            )
        if isinstance(rule, RiskRule) and not 0 < rule.threshold < 1:
            raise BadThresholdError(
                "a threshold lies between 0 and 1", threshold=str(rule.threshold)
            )
    content = "\n".join(
        [str(ENGINE_REVISION), TABLE_DIGEST, WRITING_DIGEST, *[name for name, _ in named]]
    )
    version = hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return _compiled(ordered, version)


@functools.lru_cache(maxsize=2)
def _compiled(ordered: tuple[Rule, ...], version: str) -> RuleSet:
    """The last two are kept: opening an organisation asks for no rules, then for those in force."""
    return RuleSet(ordered, version)
