"""Whatever stands in a pack, reading it gives the pack or every problem with its line, and nothing else."""

import functools
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guiju.modules.policy import service as policy
from guiju.modules.policy.types import BadPackError, Pack
from guiju.runtime import load_dictionaries, load_pack, shipped_packs, wire

FUZZED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SCALARS = st.one_of(
    st.sampled_from(
        [
            "", "~", "yes", "no", ".inf", "-.inf", ".nan", "0", "-1", "1e400", "0b_", "0x_", "1:99:99", "99999999999999999999",
            "!!timestamp abc", "!!bool abc", "!!int abc", "!!float x", "!!binary x", "!!set {a}", "! x", "!x y", "&a b", "*a",
            "2026-01-01", "2026-99-99", "2026-01-01 00:00:00+99:99", "<<", "=", "? x", "'\\0'", '"\\ud800"', '"\\0"', "00:60",
            "gambling", "registrar", "group.registration", "{<<: {a: b}}", "'(?<'", "'a{99999999999}'", "'(a+)+$'", "'['",
        ]
    ),
    st.integers().map(str),
    st.floats().map(str),
    st.text(max_size=20),
    st.text(max_size=20).map(lambda words: yaml.safe_dump(words, default_style='"').strip()),
)  # fmt: skip
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(inner, inner), max_size=4).map(
            lambda items: f"{{{', '.join(f'{key}: {value}' for key, value in items)}}}"
        ),
    ),
    max_leaves=8,
)


@pytest.fixture(autouse=True, scope="module")
def _wired() -> None:
    wire()


def read(text: str) -> Pack | None:
    """The pack, or None when its problems are told as they should be."""
    try:
        return policy.read_pack(text, load_dictionaries(policy.dictionary_names(text)))
    except BadPackError as error:
        found: Any = error.data["problems"]
        lines = text.count("\n") + 2
        assert found and all(1 <= each["line"] <= lines and each["reason"] for each in found)
        return None


@functools.cache
def places(pack_id: str) -> tuple[str, list[tuple[int, int]]]:
    """A shipped pack and where each of its nodes begins and ends, keys included."""
    text, _ = load_pack(pack_id)
    found: list[tuple[int, int]] = []

    def walk(node: yaml.Node) -> None:
        found.append((node.start_mark.index, node.end_mark.index))
        for item in node.value if isinstance(node, yaml.CollectionNode) else ():
            for each in item if isinstance(item, tuple) else (item,):
                walk(each)

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root is not None, "the pack is not empty"
    walk(root)
    return text, found


@pytest.mark.parametrize("pack_id", shipped_packs())
def test_any_tree_may_stand_anywhere(pack_id: str) -> None:
    text, found = places(pack_id)
    accepted = []

    @FUZZED
    @given(st.sampled_from(found), TREES)
    def check(place: tuple[int, int], tree: str) -> None:
        accepted.append(read(text[: place[0]] + tree + text[place[1] :]) is not None)

    check()
    assert not all(accepted), "most trees do not belong where they stand"


MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["set", "cut", "put", "twice"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 255),
    ),
    min_size=1,
    max_size=5,
)


def mutated(data: bytes, mutations: list[tuple[str, float, int]]) -> bytes:
    """The bytes after each mutation: one byte set, up to 255 cut out, one put in, or up to 255 repeated."""
    for kind, where, value in mutations:
        at = int(where * len(data))
        match kind:
            case "set":
                data = data[:at] + bytes([value]) + data[at + 1 :]
            case "cut":
                data = data[:at] + data[at + value :]
            case "put":
                data = data[:at] + bytes([value]) + data[at:]
            case _:
                data = data[: at + value] + data[at:]
    return data


@pytest.mark.parametrize("pack_id", shipped_packs())
def test_any_bytes_may_be_mutated(pack_id: str) -> None:
    text, _ = load_pack(pack_id)

    @FUZZED
    @given(MUTATIONS)
    def check(mutations: list[tuple[str, float, int]]) -> None:
        read(mutated(text.encode(), mutations).decode(errors="replace"))

    check()
