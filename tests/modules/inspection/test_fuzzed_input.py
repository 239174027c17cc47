"""Whatever somebody hands in as a list, a condition or a dictionary is read or refused with a reason, and nothing else."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guiju.modules.inspection._conditions import Condition
from guiju.modules.inspection._dictionaries import dictionary_of, read_dictionary
from guiju.modules.inspection._lists import FORMATS, read_list
from guiju.modules.inspection.governed import BadListError
from guiju.modules.inspection.service import compile_ruleset
from guiju.modules.inspection.types import (
    BadConditionError,
    BadDictionaryError,
    Context,
    Dictionary,
    Disposition,
    TermRule,
)

HERE = Context("workshop", "internal", "owner", True, 30)
PIECES = st.sampled_from([
    "赌博", "洗钱网站", "term", "terms", ":", "- ", "\n", "\r\n", ",", "\t", '"', "'", "{", "}", "[", "]", "&a", "*a", "!!python/name:os", "!!set", "|", ">", "#", "?", "~", "0x",
    "2026-13-45", "2026-02-30 25:61:61", "1e999", "=", "<<", "%YAML 9.9", "---", "...", "\ufeff", "\x85", "\u2028", "\x07", "\U0001f600", " ", "   ", "id: a", "category: c", "title: {zh: 题, en: t}",
])  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=200))
BYTES = st.one_of(
    st.binary(max_size=300),
    st.tuples(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5"])).map(
        lambda pair: pair[0].encode(pair[1], "ignore")
    ),
)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from([*FORMATS, "json", "yml", "tsv"]), content=BYTES)
@example("yaml", b"? [a, b]\n: terms\nterms: [x1]")
@example("yaml", b"[" * 5000)
@example("jsonl", b"[" * 100_000)
@example("jsonl", b"1" * 5000)
@example("csv", b'"' + b"x" * 200_000)
@example("txt", b"\xff\xfe\x00\xd8")
def test_a_list_is_read_or_refused(name: str, content: bytes) -> None:
    try:
        report = read_list(f"a.{name}", content)
    except BadListError as refusal:
        assert refusal.data["reason"]
        return
    assert report.terms and len(set(report.terms)) == len(report.terms)
    compile_ruleset([TermRule("own", "c", report.terms, Disposition.HOLD, "1/a")])


@settings(max_examples=400, deadline=None)
@given(
    source=st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from([
                "group.class", "group.level", "sender.role", "audience.external", "audience.size", "message.length", "==", "!=", "<", ">=", "&&", "||", "!", "in", "[", "]",
                "(", ")", "'a'", '"b"', "b'\\xff'", "1", "9223372036854775807", "-9223372036854775808", "1.5", "0", "/", "%", "+", "*", "-", "?", ":", ",", "true", "null", ".size()",
                ".matches('(a+)+$')", "timestamp('x')", "duration('1h')", "int('x')", "size", "has(group.class)", "type(1)", "string(1)", "\n", "\ud800", ".", " ",
            ]),
            max_size=14,
        ).map(" ".join),
    ),
    length=st.integers(0, 10_000),
)  # fmt: skip
@example("int(group.class) == 1", 3)
@example("audience.size + 9223372036854775807 > 0", 3)
@example("group.class.matches('(')", 3)
def test_a_condition_is_asked_or_refused(source: str, length: int) -> None:
    try:
        read = Condition(source)
    except BadConditionError as refusal:
        assert "reason" in refusal.data
        return
    assert read.holds(HERE, length) in (True, False)


def refused_or_read(value: Dictionary) -> None:
    assert value.id and value.terms and all(isinstance(term, str) for term in value.terms)


@settings(max_examples=200, deadline=None)
@given(value=JSONS)
def test_a_dictionary_from_json_is_read_or_refused(value: object) -> None:
    try:
        refused_or_read(dictionary_of(value, "a.json"))
    except BadDictionaryError as refusal:
        assert refusal.data["source"] == "a.json"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dictionaries") / "a.yaml"


@settings(max_examples=300, deadline=None)
@given(content=BYTES)
@example(b"terms: 2026-13-45")
@example(b"[" * 3000)
@example(b"{[a]: b}")
@example(b"? {a: b}\n: c")
@example(b"!!set {a, b}")
@example(b"a: &a [*a]")
@example(b"x: !!timestamp ''")
@example(b"x: !!int ''")
def test_a_dictionary_from_yaml_is_read_or_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    try:
        refused_or_read(read_dictionary(file))
    except BadDictionaryError as refusal:
        assert refusal.data["source"] == "a.yaml"


@settings(max_examples=60, deadline=None)
@given(terms=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6, unique=True))
def test_a_dictionary_that_was_written_is_read_again(file: Path, terms: list[str]) -> None:
    value = {"id": "a", "category": "c", "title": {"zh": "题", "en": "t"}, "terms": terms}
    file.write_text(yaml.safe_dump(value), encoding="utf-8")
    assert (
        read_dictionary(file).terms
        == tuple(terms)
        == dictionary_of(json.loads(json.dumps(value)), "a").terms
    )
