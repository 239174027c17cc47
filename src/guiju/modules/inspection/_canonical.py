"""Rules as lines of JSON: what a version of a rule set is made from."""

import json
from collections.abc import Iterable, Iterator
from typing import assert_never

from guiju.modules.inspection.types import (
    EVERYWHERE,
    DocumentRule,
    ExpressionRule,
    LinkRule,
    PatternRule,
    RiskRule,
    Rule,
    TermRule,
)

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def canonical(rule: Rule) -> str:
    """One line of JSON; different for different rules."""
    name: list[str | list[str]]
    match rule:
        case TermRule():
            name = [rule.dictionary, rule.category]
        case PatternRule():
            name = [rule.kind]
        case ExpressionRule():
            name = [rule.id, rule.category, rule.expression]
        case LinkRule():
            name = [rule.type, sorted(set(rule.domains))]
        case DocumentRule():
            name = [rule.document, rule.title, rule.digest]
        case RiskRule():
            name = [rule.model.digest, repr(rule.threshold)]
        case _:
            assert_never(rule)
    fields = [type(rule).__name__, *name, rule.disposition.word, rule.use]
    if rule.scope != EVERYWHERE:
        fields += [sorted(rule.scope.classes), rule.scope.when]
    parts = [_encode(field) for field in fields]
    if isinstance(rule, TermRule):
        parts.insert(3, f"[{','.join(_encoded(rule.terms))}]")
    return f"[{','.join(parts)}]"


def _encoded(terms: Iterable[str]) -> Iterator[str]:
    """The terms in order as parts of a JSON list: in small steps, so that no other thread waits for all of them."""
    groups: dict[str, set[str]] = {}
    for term in terms:
        groups.setdefault(term[:1], set()).add(term)
    for _, group in sorted(groups.items()):
        yield _encode(sorted(group))[1:-1]
