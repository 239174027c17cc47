"""What the engine leaves out to be fast, beside what it would do at length: the answer is the same."""

import json
from itertools import accumulate

import pytest
import rjieba
from hypothesis import example, given
from hypothesis import strategies as st

from guiju.modules.inspection import service
from guiju.modules.inspection._boundary import SEPARATORS, Budget
from guiju.modules.inspection._canonical import canonical
from guiju.modules.inspection._fold import INVISIBLE, NOISE, fold, kept_offsets
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection._tables import GAP, codes_of_pair, unweave, weave
from guiju.modules.inspection.types import Disposition, ExpressionRule, TermRule

WORDS = (
    "北京天安门广场",
    "我们",
    "机密文件",
    "手洗",
    "钱包",
    "一套",
    "现场",
    "abc",
    "12",
    "%",
    "+",
    "-",
)
WRITTEN = st.lists(st.sampled_from([*WORDS, *SEPARATORS]), max_size=20).map("".join)
ANY = st.one_of(st.text(), st.text(st.sampled_from("博彩Ａ１繁體😀🅰\0\u200b\u0301，~ a")))


@given(WRITTEN, st.data(), st.booleans())
def test_words_near_a_place_are_the_same_without_what_lies_beyond_a_separator(
    text: str, data: st.DataObject, guess: bool
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first = max(0, start - 12)
    words = rjieba.cut(text[first : end + 12], guess)
    whole = {*accumulate(map(len, words), initial=first)}
    edges = {*Budget().edges(text, start, end, guess=guess)}
    assert {place for place in range(start, end + 1) if place in whole} == {
        place for place in range(start, end + 1) if place in edges
    }


@given(ANY)
@example("\0博\0")
@example("🅰彩😀")
def test_one_pass_gives_what_folding_and_weaving_give(text: str) -> None:
    folded, gapped, stripped, sounds, shapes, is_far = unweave(text)
    assert folded == fold(text)
    assert stripped == gapped.replace(GAP, "")
    assert (stripped, sounds, shapes) == weave(text)
    assert is_far == any(char > "\uffff" for char in text)
    assert [*Streams(text).offsets] == kept_offsets(folded)


def test_a_gap_is_noise_and_no_code() -> None:
    assert GAP in NOISE
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x10000))))
    stripped, sounds, shapes = weave(every)
    kept = sum(char not in NOISE for char in fold(every))
    assert len(stripped) == len(sounds) == len(shapes) == kept
    assert codes_of_pair("~★") == (2 * GAP, 2 * GAP)


def test_a_text_with_a_rare_sign_is_looked_at_closely() -> None:
    for sign in (*"&＆%％\\*×○●□■#_丶丨㇀㇣", *INVISIBLE):
        assert Streams(f"好{sign}的").is_odd


def test_what_is_folded_into_a_rare_sign_is_one() -> None:
    for code in (*range(0xD800), *range(0xE000, 0x110000)):
        if fold(chr(code)) in INVISIBLE:
            assert Streams(chr(code)).is_odd


@pytest.mark.parametrize("text", ["好的，谢谢", "Hello, world", "明天 10 点见。"])
def test_an_ordinary_text_is_not(text: str) -> None:
    assert not Streams(text).is_odd


@pytest.mark.parametrize(
    "pattern",
    [
        "^ab$",
        r"\Aab\z",
        "(?-m)^ab$",
        "(?i)^ab",
        r"\bab\b",
        "^(?:ab|cd)$",
        r"\Qab",
        "^ab|^cd",
        "(?s)^.b$",
    ],
)
@pytest.mark.parametrize("text", ["ab", "ＡＢ"])
def test_an_expression_on_the_edges_of_a_text_finds_it_plain_and_folded(
    pattern: str, text: str
) -> None:
    ruleset = service.compile_ruleset(
        [ExpressionRule("x", "x", pattern, Disposition.HOLD, "-/test")]
    )
    assert [(f.start, f.end) for f in ruleset.inspect(text).findings] == [(0, 2)]
    assert ruleset.inspect("明天见").findings == ()


@given(st.lists(st.text(min_size=1, max_size=5), max_size=30))
def test_a_version_is_that_of_the_terms_in_order(terms: list[str]) -> None:
    rule = TermRule("字典", "类", tuple(terms), Disposition.HOLD, "-/test")
    fields = ["TermRule", "字典", "类", sorted(set(terms)), "hold", "-/test"]
    assert canonical(rule) == json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
