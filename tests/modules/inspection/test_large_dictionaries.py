"""Large dictionaries: whatever terms they are made of, any text gets an answer."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.modules.inspection._lexicon import MOST_BY_CHANCE
from guiju.modules.inspection.service import RuleSet, compile_ruleset
from guiju.modules.inspection.types import Disposition, TermRule

# Common characters. Many are polyphones, sound alike or look alike, begin with a vowel, or are a
# stroke; letters and figures join their syllables.
CHARS = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多"
    "啊安爱恩饿昂而阿俺熬西先闲县限线现鲜请清情晴青睛行重长乐还得都好干丶丨了亿已己"
    "abeghinouvz1340"
)
WRITING = st.lists(
    st.one_of(
        st.text(alphabet=CHARS, min_size=2, max_size=2).map(lambda pair: f" {pair} "),
        st.text(alphabet=CHARS, max_size=6),
        st.sampled_from(
            ["xian", "fangan", "e", " ", "~", "，", "\n", "\u200b", "\u0301", "&#21834;"]
        ),
    ),
    max_size=30,
).map("".join)


def made(seed: int) -> RuleSet:
    """A rule set of thousands of terms of two to five drawn characters."""
    chance = random.Random(seed)
    terms = {"".join(chance.choices(CHARS, k=chance.choice((2, 3, 3, 4, 5)))) for _ in range(8000)}
    fit = tuple(term for term in terms if len(term.replace("丶", "").replace("丨", "")) > 1)
    return compile_ruleset([TermRule("made", "c", fit, Disposition.HOLD, "1/t")])


RULE_SETS = [made(seed) for seed in range(4)]


@given(st.sampled_from(RULE_SETS), st.one_of(WRITING, st.text()))
@settings(max_examples=150, deadline=None)
def test_any_text_is_answered_by_any_large_dictionary(ruleset: RuleSet, text: str) -> None:
    inspection = ruleset.inspect(text)
    for hit in inspection.hits:
        assert 0 <= hit.start < hit.end <= len(text)


def test_three_characters_that_sound_like_two_are_no_pair() -> None:
    terms = ("几啊晚", "西安")
    ruleset = compile_ruleset([TermRule("d", "c", terms, Disposition.HOLD, "1/t")])
    assert not ruleset.inspect("看 家晚 吧").findings


# A lexicon of more than 20,000 terms is looked for without most of what is doubtful.
TERMS = ("博彩平台", "赌博网", "发票", "代开发票", "casino")


@pytest.fixture(scope="module")
def large() -> RuleSet:
    filling = tuple(f"暗号{number}甲" for number in range(MOST_BY_CHANCE))
    return compile_ruleset([TermRule("d", "c", (*TERMS, *filling), Disposition.BLOCK, "1/t")])


@pytest.fixture(scope="module")
def small() -> RuleSet:
    return compile_ruleset([TermRule("d", "c", TERMS, Disposition.BLOCK, "1/t")])


@pytest.mark.parametrize(
    "text",
    ["去博彩平台玩", "博~彩~平~台", "去赌~博~网", "赌博博博网", "去 fapiao 吧", "bo cai ping tai", "赌 bo 网", "&#36172;博网", "c4sino", "c*sino", "伯彩平台"],
)  # fmt: skip
def test_these_are_found_in_any(large: RuleSet, small: RuleSet, text: str) -> None:
    assert small.inspect(text).findings
    assert large.inspect(text).findings == small.inspect(text).findings


@pytest.mark.parametrize(
    "text",
    ["赌伯网", "睹博网", "。发漂。", "票发开代", "dbw", "赌*网", "onisac", "我 QQ 说赌伯网"],
)
def test_these_are_found_in_small_ones_only(large: RuleSet, small: RuleSet, text: str) -> None:
    assert small.inspect(text).findings
    assert not large.inspect(text).findings
