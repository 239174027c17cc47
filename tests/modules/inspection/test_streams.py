"""The forms of a text: what they hold, and that their offsets lead back to the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.modules.inspection._streams import Streams

PIECES = st.sampled_from(
    ["博", "彩", "&#21338;", "&#x5f69", "&amp;", "&amp;#21338;", "%E5%8D%9A", "%B2%CA", "%ff", "％e5",
     "\\u535a", "\\u{5f69}", "\\ud800", "\\u{ffffff}", "&#55296;", "&lt;", "&bogus;", "a", " ", "😀"]
)  # fmt: skip
ANY = st.one_of(st.text(), st.lists(PIECES, max_size=20).map("".join))


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("看&#21338;&#x5F69;吧", "看博彩吧"),
        ("＆#21338；&#24425", "博彩"),
        ("%E5%8D%9A%e5%bd%a9", "博彩"),
        ("%B2%A9%B2%CA", "博彩"),
        (r"\u535a\u{5f69}", "博彩"),
        ("&nbsp;博&amp;彩", "\u00a0博&彩"),
    ],
)
def test_references_are_resolved(text: str, decoded: str) -> None:
    found = Streams(text).decoded
    assert found is not None
    assert found.text == decoded


def test_a_reference_inside_a_reference_is_resolved_and_leads_back() -> None:
    once = Streams("看&#38;#21338;吧").decoded
    assert once is not None and once.decoded is not None
    twice = once.decoded
    assert twice.text == "看博吧"
    assert twice.original(1, 2) == (1, 13)


@pytest.mark.parametrize("text", ["", "100%", "R&D", "a && b", r"C:\users", "%ff", "&bogus;"])
def test_what_is_no_reference_stays(text: str) -> None:
    assert Streams(text).decoded is None


@given(ANY)
def test_offsets_lead_back_to_the_original(text: str) -> None:
    streams: Streams | None = Streams(text)
    while streams is not None:
        assert len(streams.folded) == len(streams.text)
        assert "".join(streams.folded[i] for i in streams.offsets) == streams.stripped
        places = [streams.original(i, i + 1) for i in range(len(streams.text))]
        assert all(0 <= start < end <= len(text) for start, end in places)
        assert places == sorted(places)
        streams = streams.decoded


def test_decoded_characters_name_their_own_bytes() -> None:
    found = Streams("x%E5%8D%9Ay").decoded
    assert found is not None
    assert [found.original(i, i + 1) for i in range(3)] == [(0, 1), (1, 10), (10, 11)]
    assert found.original(0, 2) == (0, 10)


def test_of_a_long_text_only_what_stands_around_codes_is_read_again() -> None:
    plain = "今天的班前会照常进行。" * 400
    text = f"{plain}请看&#x535a;彩{plain}"
    found = Streams(text).decoded
    assert found is not None and len(found.text) < 1000
    at = found.text.index("博彩")
    assert found.original(at, at + 2) == (len(plain) + 2, len(plain) + 11)
    assert found.is_new(at, at + 2) and not found.is_new(0, 2)


def test_where_codes_stand_everywhere_all_is_read_again() -> None:
    found = Streams("班前会照常&#x535a;" * 400).decoded
    assert found is not None and found.text == "班前会照常博" * 400
    assert found.is_new(0, 2)


@pytest.mark.parametrize("text", ["535a5f69 7fa4 91cc", "9f98 9f97 9f96 9f95"])
def test_figures_that_spell_no_character_in_use_are_no_code(text: str) -> None:
    bare = text.replace(" ", "")
    found = Streams(f"看 {bare} 吧").decoded
    assert (found is None) == bare.startswith("9f98")
