"""Terms: folding, noise, boundaries, exact offsets into the original."""

import pytest

from guiju.modules.inspection import service
from guiju.modules.inspection.types import BadTermError, Disposition, TermRule

USE = "6.7/messaging.content"
TERMS = (
    "博彩平台",
    "洗钱",
    "去死",
    "變態",
    "情色",
    "傻逼",
    "casino",
    "cunt",
    "crystal meth",
    "机密★",
    "密级:秘密",
    "www.bad-site.example",
)
RULESET = service.compile_ruleset([TermRule("d", "c", TERMS, Disposition.HOLD, USE)])


def found(text: str) -> list[tuple[str, str]]:
    return [(text[f.start : f.end], f.word) for f in RULESET.inspect(text).findings]


@pytest.mark.parametrize(
    ("text", "part", "word"),
    [
        ("去那个博彩平台看看", "博彩平台", "博彩平台"),
        ("𠮷😀👨‍👩‍👧博彩平台", "博彩平台", "博彩平台"),
        ("上個博 彩 平 臺吧", "博 彩 平 臺", "博彩平台"),
        ("玩博\u200b彩\u2060平\ufeff台", "博\u200b彩\u2060平\ufeff台", "博彩平台"),
        ("玩博🐶彩🐶平🐶台", "博🐶彩🐶平🐶台", "博彩平台"),
        ("玩(博)(彩)(平)(台)", "博)(彩)(平)(台", "博彩平台"),
        ("玩博丶彩丶平丶台", "博丶彩丶平丶台", "博彩平台"),
        ("你这个傻~逼吧", "傻~逼", "傻逼"),
        ("，傻 逼，", "傻 逼", "傻逼"),
        ("真变态", "变态", "變態"),
        ("去ＣＡＳＩＮＯ玩", "ＣＡＳＩＮＯ", "casino"),
        ("去саsіոo玩", "саsіոo", "casino"),
        ("去𝚌𝚊𝚜𝚒𝚗𝚘玩", "𝚌𝚊𝚜𝚒𝚗𝚘", "casino"),
        ("c a s i n o", "c a s i n o", "casino"),
        ("oh, crystal meth!", "crystal meth", "crystal meth"),
        ("crystal\nmeth", "crystal\nmeth", "crystal meth"),
        ("c.r.y.s.t.a.l m.e.t.h", "c.r.y.s.t.a.l m.e.t.h", "crystal meth"),
        ("机密★10年", "机密★", "机密★"),
        ("機 密 ☆ 10年", "機 密 ☆", "机密★"),
        ("密级：秘密", "密级：秘密", "密级:秘密"),
        ("看www。bad-site。example吧", "www。bad-site。example", "www.bad-site.example"),
    ],
)
def test_a_term_is_found_however_it_is_written(text: str, part: str, word: str) -> None:
    assert found(text) == [(part, word)]


@pytest.mark.parametrize(
    "text",
    [
        "今天一直忙到半夜去，死线是明早",
        "事情变，态度也要变",
        "有没有人看过那部《情》，色调很好",
        "剧情色彩浓一些更好",
        "转变态度以后客户满意多了",
        "We meet at Scunthorpe office",
        "casinos and the like",
        "the cas ino",
        "crys tal meth",
        "信息的机密性和完整性",
        "wwwbad-siteexample",
        "mybad-site.example",
        "",
        "😀" * 50,
    ],
)
def test_what_only_looks_like_a_term_passes(text: str) -> None:
    assert found(text) == []


def test_a_shorter_term_of_a_stricter_rule_still_acts() -> None:
    ruleset = service.compile_ruleset(
        [
            TermRule("long", "a", ("出售冰毒",), Disposition.WARN, "1/a"),
            TermRule("short", "b", ("冰毒",), Disposition.BLOCK, "2/b"),
        ]
    )
    inspection = ruleset.inspect("有人出售冰毒")
    assert inspection.disposition is Disposition.BLOCK
    assert inspection.uses == ("2/b", "1/a"), "the one that decided stands first"


def test_a_term_inside_a_longer_one_of_the_same_rule_is_one_finding() -> None:
    ruleset = service.compile_ruleset(
        [TermRule("d", "c", ("冰毒", "冰毒配方", "毒配方"), Disposition.HOLD, USE)]
    )
    assert [f.word for f in ruleset.inspect("求冰毒配方").findings] == ["冰毒配方"]


@pytest.mark.parametrize("term", ["", "a", "赌", "★★★", " \u200b", "赌" * 65, "赌\ud800球"])
def test_a_term_that_would_match_nothing_or_anything_is_refused(term: str) -> None:
    with pytest.raises(BadTermError):
        service.compile_ruleset([TermRule("d", "c", (term,), Disposition.HOLD, USE)])
