"""The documents say what the program does: nothing more, nothing less, and each item is tested somewhere."""

import ast
import dataclasses
import re
from functools import cache
from pathlib import Path
from typing import get_type_hints

from guiju import app, cli, demo, exporting, importing, ledger_routes, runtime, socket, verification
from guiju.edge import status_of
from guiju.kernel.errors import GuijuError, all_errors
from guiju.kernel.facts import Content, Sealed, all_kinds, fact, schema_for, undeclared_texts
from guiju.modules.inspection.service import KINDS
from guiju.modules.policy import service as policy
from guiju.settings import ENVIRONMENT, read_settings
from tests.architecture.checks import ROOT, SOURCE, python_files

LOADED = (app, cli, demo, exporting, importing, ledger_routes, runtime, socket, verification)
DOCS = ROOT / "docs"
CODE = re.compile(r"`([^`]*)`")


def rows(document: str) -> list[list[str]]:
    """The rows of all tables of a document, without headings."""
    found = []
    for line in (DOCS / document).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) > 1 and not set(cells[0]) <= {"-", " "}:
            found.append(cells)
    return found


def codes(cell: str) -> tuple[str, ...]:
    return tuple(code for code in CODE.findall(cell) if code)


@cache
def words_of_tests() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """(texts, imported names with their module) of the suite; this folder only describes and does not count."""
    texts: set[str] = set()
    names: set[tuple[str, str]] = set()
    for path in python_files(ROOT / "tests"):
        if "architecture" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.ImportFrom):
                names |= {(node.module or "", alias.name) for alias in node.names}
    return frozenset(texts), frozenset(names)


def is_tested(code: str, cls: type[object]) -> bool:
    """Whether a test names the code, or imports the class."""
    texts, names = words_of_tests()
    return code in texts or (cls.__module__, cls.__name__) in names


# ---- errors -----------------------------------------------------------------------------------------------------


def own_errors() -> list[type[GuijuError]]:
    return [cls for cls in all_errors() if cls.__module__.startswith("guiju.")]


def test_every_error_is_documented_with_its_status() -> None:
    documented = {codes(row[0])[0]: row[1] for row in rows("errors.md") if codes(row[0])}
    assert documented == {cls.code: str(status_of(cls("x"))) for cls in own_errors()}


def test_every_error_says_what_it_means_and_what_helps() -> None:
    for row in rows("errors.md"):
        assert len(row) == 4 and all(row), row


def test_codes_are_unique_and_begin_with_their_area() -> None:
    found = [cls.code for cls in own_errors()]
    assert len(found) == len(set(found))
    for cls in own_errors():
        module = re.fullmatch(r"guiju\.modules\.(\w+)\.types", cls.__module__)
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", cls.code), cls
        assert module is None or cls.code.startswith(module[1] + "."), cls


def test_every_error_is_provoked_by_a_test() -> None:
    assert [cls.code for cls in own_errors() if not is_tested(cls.code, cls)] == []


# ---- facts ------------------------------------------------------------------------------------------------------


def own_kinds() -> list[str]:
    return [kind for kind in all_kinds() if not kind.startswith("test.")]


def test_every_fact_is_documented_with_its_fields() -> None:
    documented = {
        codes(row[0])[0]: row[1:5] for row in rows("facts.md") if len(row) == 6 and codes(row[0])
    }
    assert set(documented) == set(own_kinds())
    for kind in own_kinds():
        schema = schema_for(kind)
        content, has, clear, sealed = documented[kind]
        assert content == schema.content, kind
        assert ("group" in has, "refs" in has) == (schema.has_group, schema.has_refs), kind
        assert (codes(clear), codes(sealed)) == (schema.clear, schema.sealed), kind


def test_the_keys_of_a_leaf_are_documented() -> None:
    documented = [codes(row[0])[0] for row in rows("facts.md") if len(row) == 2 and codes(row[0])]
    assert documented == [*"abg", "gs", *"kmnoprtvx"]


def test_every_fact_is_recorded_by_a_test() -> None:
    assert [kind for kind in own_kinds() if not is_tested(kind, schema_for(kind).cls)] == []


def test_free_text_is_sealed() -> None:
    """Names that are words of people never stand in the clear."""
    free = {"text", "name", "reason", "opinion", "title", "original", "purpose", "scope", "tool", "rules", "proof", "login",
            "phone", "email", "post", "staff_no", "findings", "cmid", "bundle", "words", "filing_number"}  # fmt: skip
    for kind in own_kinds():
        assert not set(schema_for(kind).clear) & free, kind
        assert schema_for(kind).content != "person" or "person" in schema_for(kind).clear, kind


# Fields of text that hold an id, a code, a date or a version: what none of them is named may be words of people.
_CODES = {
    "account", "application", "barrier", "before", "by", "category", "classes", "clause", "code", "deputy", "dictionary",
    "disposition", "document", "end_date", "exemption", "file", "first_units", "group_class", "head", "history", "kind", "kinds",
    "level", "line", "notice", "operation", "pack", "parent", "person", "request", "role", "rule", "ruleset", "second_units",
    "since", "state", "subject", "template", "to", "unit", "unread", "until", "use", "version",
}  # fmt: skip


def unsealed_texts(kind: str) -> list[str]:
    """The fields of a fact that stand in the clear and hold text that is no id and no code."""
    schema = schema_for(kind)
    hints = get_type_hints(schema.cls)
    return [
        name
        for name in schema.clear
        if re.search(r"\bstr\b", str(hints[name])) and name not in _CODES
    ]


def test_no_fact_carries_a_body_in_the_clear() -> None:
    """A body that is not sealed is asked by nobody whether it was inspected."""
    assert [kind for kind in own_kinds() if unsealed_texts(kind)] == []

    @fact("test.clear", Content.REGISTER)
    class Clear:
        level: str
        body: str | None
        lines: tuple[str, ...]

    assert unsealed_texts("test.clear") == ["body", "lines"]


# ---- controls ---------------------------------------------------------------------------------------------------


def sections(document: str) -> dict[str, str]:
    """The sections of a document by the control that each is about."""
    text = (DOCS / document).read_text(encoding="utf-8")
    parts = re.split(r"^### `([\w.]+)`$", text, flags=re.MULTILINE)[1:]
    return {
        name: re.split(r"^## ", body, flags=re.MULTILINE)[0]
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }


def test_every_control_has_its_section() -> None:
    runtime.wire()
    documented = sections("controls.md")
    assert set(documented) == set(policy.all_controls())
    for name, control in policy.all_controls().items():
        section = documented[name]
        assert f"{control.title['zh']} · {control.title['en']} · **{control.kind}**" in section, (
            name
        )
        assert "Evidence: " in section, name
        told = [line for line in section.splitlines() if line.startswith("Rows: ")]
        assert [row for line in told for row in codes(line)] == list(control.rows), name
        parameters = {
            codes(row.split("|")[1])[0]: row.split("|")[2].strip()
            for row in section.splitlines()
            if row.startswith("| `")
        }
        assert list(parameters) == [field.name for field in dataclasses.fields(control.params)], (
            name
        )
        for field in dataclasses.fields(control.params):
            needed = field.default is dataclasses.MISSING
            default = list(field.default) if isinstance(field.default, tuple) else field.default
            assert parameters[field.name] == ("needed" if needed else f"`{default}`"), (
                name,
                field.name,
            )


def test_the_evidence_that_controls_name_are_facts() -> None:
    for name, section in sections("controls.md").items():
        evidence = section[section.index("Evidence: ") :]
        for kind in codes(evidence):
            assert kind in own_kinds() or kind in ("approvals.*", "system:groups"), (name, kind)


def test_the_kinds_of_numbers_are_documented() -> None:
    assert set(KINDS) <= set(codes(sections("controls.md")["messaging.personal_data"]))


def test_every_control_has_words_for_its_parameters_on_the_clause_page() -> None:
    runtime.wire()
    for name, control in policy.all_controls().items():
        assert set(control.shows) == {field.name for field in dataclasses.fields(control.params)}, (
            name
        )
        for words in (control.title, control.about, *control.shows.values()):
            assert set(words) == {"zh", "en"} and all(words.values()), name


# ---- settings ---------------------------------------------------------------------------------------------------


def variables(folder: Path) -> set[str]:
    return {
        found
        for path in python_files(folder)
        for found in re.findall(r"GUIJU_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))
    }


def test_every_setting_is_documented() -> None:
    documented = {codes(row[0])[0] for row in rows("operator/settings.md") if codes(row[0])}
    used = (
        variables(SOURCE)
        | variables(ROOT / "tests")
        | variables(ROOT / "bench")
        | set(ENVIRONMENT.values())
    )
    assert documented == used


def test_the_defaults_are_the_documented_ones() -> None:
    documented = {
        codes(row[0])[0]: codes(row[1]) for row in rows("operator/settings.md") if codes(row[0])
    }
    settings = read_settings({})
    data = Path(documented["GUIJU_DATA"][0]).absolute()
    assert settings.data == data
    assert (
        settings.database
        == f"{documented['GUIJU_DATABASE'][0]}{data}{documented['GUIJU_DATABASE'][2]}"
    )
    assert str(settings.keys) == f"{data}{documented['GUIJU_KEYS'][1]}"
    assert (settings.listen,) == documented["GUIJU_LISTEN"]
    assert settings.public_url == documented["GUIJU_PUBLIC_URL"][0] + settings.listen
    assert settings.trusted_proxies == "" and documented["GUIJU_TRUSTED_PROXIES"] == ()


def test_every_text_of_a_fact_is_inspected_or_says_why_not() -> None:
    for kind in own_kinds():
        schema = schema_for(kind)
        assert undeclared_texts(schema.cls) == [], kind
        assert set(schema.inspected) <= set(schema.sealed), kind
        assert all(schema.uninspected.values()), kind


def test_a_text_that_nobody_speaks_for_is_caught() -> None:
    @fact("test.silent", Content.REGISTER, inspected=("name",))
    class Silent:
        number: int
        name: Sealed[str]
        note: Sealed[str | None]
        lines: Sealed[tuple[tuple[int, str], ...]]
        count: Sealed[int]

    assert undeclared_texts(Silent) == ["note", "lines"]
