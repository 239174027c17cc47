"""Inspecting a file of cases: `guiju inspect [--dictionary dict.jsonl] --cases F.jsonl`."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from guiju.modules.inspection._compile import RuleSet, compile_ruleset
from guiju.modules.inspection._kinds import KINDS
from guiju.modules.inspection._links import LINK_TYPES
from guiju.modules.inspection._standard import (
    STANDARD,
    disposition_of_category,
    disposition_of_kind,
    disposition_of_link,
)
from guiju.modules.inspection.types import (
    BadCaseError,
    Dictionary,
    Disposition,
    Inspection,
    LinkRule,
    PatternRule,
    Rule,
    TermRule,
)

_USE = "-/inspect"


def inspect_cases(
    dictionary_path: Path | None, cases_path: Path, *, also: tuple[Dictionary, ...] = ()
) -> Iterator[dict[str, Any]]:
    """One answer a case: `{"id", "hits": [{"kind", "start", "end"}], "disposition"}`.

    A dictionary line is `{"term", "category"}`, a case `{"id", "text"}`; other fields are ignored, and a case without
    an id is named by its line. With a dictionary its terms hold. `also` adds dictionaries of the product's own; they and
    all kinds have the standard dispositions. Raises `BadCaseError` with the line, and what compiling rules raises.
    """
    own = _own_terms(dictionary_path) if dictionary_path is not None else iter(())
    ruleset = standard_ruleset(also, own)
    for line, case in _lines(cases_path):
        inspection = ruleset.inspect(_field(case, "text", line, cases_path))
        name = _field(case, "id", line, cases_path) if "id" in case else str(line)
        yield {"id": name, **_answer(inspection)}


def standard_ruleset(shipped: Iterable[Dictionary], own: Iterable[Rule] = ()) -> RuleSet:
    """The shipped dictionaries and all kinds under the standard dispositions, beside rules of one's own."""
    return compile_ruleset([*own, *_standard_rules(shipped)])


def _answer(inspection: Inspection) -> dict[str, Any]:
    return {
        "hits": [
            {"kind": f.category, "start": f.start, "end": f.end}
            for f in (*inspection.findings, *inspection.alerts)
        ],
        "disposition": _disposition(inspection).word,
    }


def _disposition(inspection: Inspection) -> Disposition:
    """The strictest of all, alerts included: here nobody has to be kept from learning of them."""
    alert = Disposition.ALERT if inspection.alerts else Disposition.DELIVER
    return max(inspection.disposition, alert)


def _own_terms(dictionary_path: Path) -> Iterator[Rule]:
    terms: defaultdict[str, list[str]] = defaultdict(list)
    for line, entry in _lines(dictionary_path):
        category = _field(entry, "category", line, dictionary_path)
        terms[category].append(_field(entry, "term", line, dictionary_path))
    for category, words in terms.items():
        yield TermRule(category, category, tuple(words), Disposition.HOLD, _USE)


def _standard_rules(shipped: Iterable[Dictionary]) -> Iterator[Rule]:
    for own in shipped:
        disposition = disposition_of_category(STANDARD, own.category)
        yield TermRule(own.id, own.category, own.terms, disposition, _USE)
    for kind in KINDS:
        yield PatternRule(kind, disposition_of_kind(STANDARD, kind), _USE)
    for link in LINK_TYPES:
        yield LinkRule(link, (), disposition_of_link(STANDARD, link), _USE)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError as reason:
                raise BadCaseError("not a JSON line", file=path.name, line=number) from reason
            if not isinstance(value, dict):
                raise BadCaseError("not a JSON object", file=path.name, line=number)
            yield number, value


def _field(value: dict[str, Any], key: str, line: int, path: Path) -> str:
    found = value.get(key)
    if not isinstance(found, str):
        raise BadCaseError(f"{key} must be a text", file=path.name, line=line, field=key)
    return found
