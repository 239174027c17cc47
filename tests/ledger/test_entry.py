"""The leaf: one meaning, one byte string, judged alike by the ledger and by the stand-alone
verifier.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju import guiju_verify
from guiju.ledger.entry import MAX_LEAF, Leaf, decode_leaf, encode_leaf
from guiju.ledger.errors import LeafError

ORIGIN = "guiju.example/9f2c0a1b"
FIELDS: dict[str, Any] = {
    "a": "per_0abcdefghjkmnpqrstvwxyz",
    "b": {"c": "0c" * 32, "h": "0f" * 32, "k": "c:grp_1:2026-11", "l": 300},
    "g": "grp_0abcdefghjkmnpqrstvwxyz",
    "gs": 77,
    "k": "messaging.sent",
    "m": {"cmid": "c-1", "mentions": ["per_1"]},
    "n": 5,
    "o": ORIGIN,
    "p": "ab" * 32,
    "r": [3, 4],
    "t": 1_790_000_000_000,
    "v": 1,
    "x": ["6.7/messaging.content"],
}

scalars = st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(max_size=20)
ascii_keys = st.text(st.characters(max_codepoint=127), max_size=8)
metadata = st.dictionaries(
    ascii_keys,
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ascii_keys, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


class Level(StrEnum):
    SECRET = "secret"


@dataclass
class Step:
    number: float
    mode: Level


def raw(**changes: Any) -> bytes:
    """The bytes of a leaf as any JSON writer would make them, whatever the fields."""
    fields = {key: value for key, value in (FIELDS | changes).items() if value is not ...}
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def verdicts(data: bytes, index: int = 5) -> set[bool]:
    """Whether the two implementations accept the bytes."""
    found = set()
    try:
        decode_leaf(data)
        found.add(True)
    except LeafError:
        found.add(False)
    try:
        guiju_verify.read_leaf(data, ORIGIN, index)
        found.add(True)
    except guiju_verify.RefusedError:
        found.add(False)
    return found


class TestEncode:
    def test_the_bytes_are_canonical_and_come_back(self) -> None:
        data = encode_leaf(FIELDS)
        assert data == raw()
        leaf = decode_leaf(data)
        assert (leaf.a, leaf.gs, leaf.m, leaf.r) == tuple(
            FIELDS[key] for key in ("a", "gs", "m", "r")
        )
        assert leaf.b is not None
        assert (leaf.b.k, leaf.b.l) == ("c:grp_1:2026-11", 300)
        assert encode_leaf(leaf) == data

    def test_enums_tuples_and_dataclasses_are_written_as_what_they_mean(self) -> None:
        clear = {"level": Level.SECRET, "ids": ("a", "b"), "step": Step(2, Level.SECRET)}
        leaf = decode_leaf(encode_leaf(FIELDS | {"m": clear, "r": (1,)}))
        assert leaf.m == {
            "level": "secret",
            "ids": ["a", "b"],
            "step": {"number": 2, "mode": "secret"},
        }
        with pytest.raises(LeafError):
            encode_leaf(FIELDS | {"m": {"step": Step(0.5, Level.SECRET)}})

    @given(metadata)
    def test_any_metadata_has_the_same_form_in_every_json_writer(
        self, clear: dict[str, Any]
    ) -> None:
        data = encode_leaf(FIELDS | {"m": clear})
        assert data == raw(m=clear)
        assert verdicts(data) == {True}
        assert decode_leaf(data).m == clear

    def test_4096_bytes_are_the_limit(self) -> None:
        room = MAX_LEAF - len(encode_leaf(FIELDS | {"m": {"a": ""}}))
        assert len(encode_leaf(FIELDS | {"m": {"a": "x" * room}})) == MAX_LEAF
        with pytest.raises(LeafError):
            encode_leaf(FIELDS | {"m": {"a": "x" * (room + 1)}})
        assert verdicts(raw(m={"a": "x" * room})) == {True}
        assert verdicts(raw(m={"a": "x" * (room + 1)})) == {False}


DEEP: Any = {}
for _ in range(8):
    DEEP = {"a": DEEP}

BAD_FIELDS: list[dict[str, Any]] = [
    {"a": 1},
    {"a": ""},
    {"a": "two words"},
    {"a": "姓名"},
    {"a": ...},
    {"b": {}},
    {"b": {"c": "0c" * 32, "h": "0f" * 32, "k": "key"}},
    {"b": {"c": "0c" * 32, "h": "0f" * 32, "k": "key", "l": 1, "z": 1}},
    {"b": {"c": "0C" * 32, "h": "0f" * 32, "k": "key", "l": 1}},
    {"b": {"c": "0c" * 31, "h": "0f" * 32, "k": "key", "l": 1}},
    {"b": {"c": "é" * 64, "h": "0f" * 32, "k": "key", "l": 1}},
    {"b": {"c": "0c" * 32, "h": "0f" * 32, "k": "key", "l": 0}},
    {"b": {"c": "0c" * 32, "h": "0f" * 32, "k": "", "l": 1}},
    {"g": None},
    {"gs": None},
    {"gs": 0},
    {"gs": True},
    {"gs": 2**53},
    {"k": "sent"},
    {"k": "messaging.Sent"},
    {"k": "messaging.sent\n"},
    {"k": None},
    {"m": []},
    {"m": {"rate": 0.5}},
    {"m": {"rate": 1.0}},
    {"m": {"list": [{"deep": 1.5}]}},
    {"m": {"big": 2**53}},
    {"m": {"big": -(2**53)}},
    {"m": {"big": 2**70}},
    {"m": {"名": 1}},
    {"m": {"half": "\ud800"}},
    {"m": DEEP},
    {"n": -1},
    {"n": "5"},
    {"o": ""},
    {"o": "two\nlines"},
    {"p": ""},
    {"p": "AB" * 32},
    {"r": [5]},
    {"r": [6]},
    {"r": [-1]},
    {"r": [True]},
    {"r": ["1"]},
    {"r": None},
    {"t": -1},
    {"t": 1.5},
    {"t": 2**53},
    {"v": 2},
    {"v": "1"},
    {"x": "6.7/messaging.content"},
    {"x": ["messaging.content"]},
    {"x": ["6.7/messaging"]},
    {"x": [None]},
    {"z": 1},
]


class TestRefusals:
    @pytest.mark.parametrize("changes", BAD_FIELDS, ids=lambda c: ascii(c)[:40])
    def test_a_bad_field_is_neither_written_nor_read(self, changes: dict[str, Any]) -> None:
        assert verdicts(raw(**changes)) == {False}
        fields = {key: value for key, value in (FIELDS | changes).items() if value is not ...}
        with pytest.raises(LeafError):
            encode_leaf(fields)

    @pytest.mark.parametrize(
        "value", [object(), b"bytes", {1: 2}, {None: 1}, float("nan"), float("inf"), {"a"}, [1.5]]
    )
    def test_what_is_not_json_is_not_written_as_something_else(self, value: object) -> None:
        with pytest.raises(LeafError):
            encode_leaf(FIELDS | {"m": {"a": value}})

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b'"v":1', b'"v": 1'),
            (b'{"a"', b' {"a"'),
            (b'"v":1', b'"v":1,"v":1'),
            (b'"gs":77', b'"gs":77,"gs":78'),
            (b'"t":17', b'"t":017'),
            (b'"n":5', b'"n":5e0'),
            (b'"n":5', b'"n":+5'),
            (b'"n":5', b'"n":5.0'),
            (b'"r":[3,4]', b'"r":[-0,4]'),
            (b"c-1", b"\\u0063-1"),
            (b"c-1", b"\\ud83d\\ude00"),
            (b"c-1", b"\\ud800"),
            (b"c-1", b"\\/"),
            (b"c-1", b"\\u001B"),
            (b"c-1", b"\xff"),
            (b"c-1", b"\xed\xa0\x80"),
            (b'"c-1"', b"NaN"),
            (b'"c-1"', b"Infinity"),
            (b'"c-1"', b"1e400"),
            (b'"c-1"', b"[" * 1500 + b"]" * 1500),
        ],
    )
    def test_a_second_spelling_is_refused(self, old: bytes, new: bytes) -> None:
        data = raw()
        assert old in data
        changed = data.replace(old, new)
        assert verdicts(changed) == {changed == data}

    @pytest.mark.parametrize(
        "data", [b"", b"{}", b"null", b"[]", b'"leaf"', b"\xef\xbb\xbf" + raw()]
    )
    def test_what_is_no_leaf_is_refused(self, data: bytes) -> None:
        """[entry-hostile]: refused by both implementations, and never a crash."""
        assert verdicts(data) == {False}

    @given(st.integers(0, len(raw()) - 1), st.binary(max_size=2))
    def test_both_implementations_judge_changed_bytes_alike(self, at: int, other: bytes) -> None:
        data = raw()
        changed = data[:at] + other + data[at + 1 :]
        found = set()
        try:
            leaf: Leaf | None = decode_leaf(changed)
        except LeafError:
            leaf = None
        # The verifier expects a ledger and an index: it is asked about those of the leaf.
        origin, index = (leaf.o, leaf.n) if leaf is not None else (ORIGIN, 5)
        try:
            guiju_verify.read_leaf(changed, origin, index)
            found.add(True)
        except guiju_verify.RefusedError:
            found.add(False)
        assert found == {leaf is not None}

    def test_the_verifier_refuses_a_leaf_of_another_place(self) -> None:
        assert verdicts(raw(), index=6) == {True, False}
        assert verdicts(raw(o="guiju.example/other")) == {True, False}
