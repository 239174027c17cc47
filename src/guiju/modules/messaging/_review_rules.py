"""Pure decisions about reviews: what an exception covers, and what is left of an inspection without it."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from guiju.kernel.ids import GroupId
from guiju.modules.inspection.service import KINDS, mask
from guiju.modules.inspection.types import (
    Disposition,
    ExpressionRule,
    Finding,
    Inspection,
    PatternRule,
    Rule,
    TermRule,
)
from guiju.modules.messaging.review_types import LONGEST_PHRASE, Allowed


def folded(phrase: str) -> str:
    """The phrase without differences of width, case and spacing. Other disguises stay: what is disguised is held."""
    return "".join(unicodedata.normalize("NFKC", phrase).casefold().split())


def phrase_of(finding: Finding, text: str, *, is_term: bool) -> str:
    """What an exception for the finding lets pass: the term, however it is written, or for others the very text."""
    return folded(finding.word if is_term else text[finding.start : finding.end])[:LONGEST_PHRASE]


def term_digest(rule: str, word: str) -> str:
    """A name for a term in tables that hold no text; empty for numbers, whose digest would give them away."""
    if rule in KINDS or not word:
        return ""
    return hashlib.sha256(f"{rule}\0{folded(word)}".encode()).hexdigest()[:16]


def without_allowed(
    findings: Sequence[Finding],
    text: str,
    allowed: Iterable[Allowed],
    group: GroupId,
    *,
    is_term: Callable[[str], bool],
) -> tuple[Finding, ...]:
    """The findings that no exception covers. `allowed` are exceptions in force; those of other groups do not count.

    `is_term` says whether a rule is a list of terms, whose findings are known by the term and not by their text.
    """
    covered = {(each.rule, each.phrase) for each in allowed if each.group in (None, group)}
    return tuple(
        each
        for each in findings
        if (each.rule, phrase_of(each, text, is_term=is_term(each.rule))) not in covered
    )


def name_of(rule: Rule) -> str:
    """What the findings of a rule call it."""
    match rule:
        case TermRule():
            return rule.dictionary
        case PatternRule():
            return rule.kind
        case ExpressionRule():
            return rule.id


def inspection_of(
    findings: Sequence[Finding], text: str, rules: Sequence[Rule], ruleset: str
) -> Inspection:
    """What the rule set would have answered had it found only `findings`."""
    names = {each.rule for each in findings}
    acting = [rule for rule in rules if name_of(rule) in names]
    hidden = {name_of(rule) for rule in acting if rule.disposition is Disposition.MASK}
    uses = dict.fromkeys(
        rule.use for each in findings for rule in acting if name_of(rule) == each.rule
    )
    masked = [each for each in findings if each.rule in hidden]
    return Inspection(
        ruleset,
        tuple(findings),
        Disposition.strictest(rule.disposition for rule in acting),
        tuple(uses),
        mask(text, masked) if masked else None,
    )
