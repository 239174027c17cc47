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
