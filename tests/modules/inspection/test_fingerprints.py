"""Excerpts of registered documents are found when they are edited, and nothing else is."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.modules.inspection.fingerprints import Fingerprints, Match, fingerprints

OTHER = "的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学"


def lines(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def reviews(corpus: Path) -> list[str]:
    found = lines(corpus / "dev" / "reviews_zh.jsonl")
    random.Random(3).shuffle(found)
    return found


@pytest.fixture(scope="module")
def documents(reviews: list[str]) -> list[str]:
    return ["".join(reviews[place : place + 12]) for place in range(0, 1200, 12)]


@pytest.fixture(scope="module")
def known(documents: list[str]) -> Fingerprints:
    return Fingerprints({str(number): fingerprints(each) for number, each in enumerate(documents)})


def edited(text: str, share: float, chance: random.Random) -> str:
    """The text with this share of its characters left out, replaced or followed by another."""

    def edits() -> Iterator[str]:
        for char in text:
            if chance.random() >= share:
                yield char
            else:
                yield chance.choice(["", chance.choice(OTHER), char + chance.choice(OTHER)])

    return "".join(edits())


@pytest.mark.parametrize(
    ("length", "share", "least"), [(50, 0.0, 0.99), (50, 0.05, 0.85), (100, 0.05, 0.99)]
)
def test_an_excerpt_is_found(
    documents: list[str], known: Fingerprints, length: int, share: float, least: float
) -> None:
    chance = random.Random(length)
    found = 0
    for _ in range(1000):
        number = chance.randrange(len(documents))
        begin = chance.randrange(len(documents[number]) - length)
        text = edited(documents[number][begin : begin + length], share, chance)
        found += any(match.document == str(number) for match in known.find(text))
    assert found / 1000 >= least


def test_unrelated_texts_are_left_alone(corpus: Path, known: Fingerprints) -> None:
    messages = lines(corpus / "dev" / "fetched" / "nus_sms_zh.jsonl")
    assert [text for text in messages if known.find(text)] == []


def test_what_is_found_among_other_reviews_is_a_copy(
    documents: list[str], reviews: list[str], known: Fingerprints
) -> None:
    """Some reviews were written twice: of each match at least fourteen characters stand in the document."""
    found = [(text, match) for text in reviews[1200:3000] for match in known.find(text)]
    assert len(found) <= 10
    for text, match in found:
        excerpt = text[match.start : match.end]
        assert any(
            excerpt[n : n + 10] in documents[int(match.document)] for n in range(len(excerpt))
        )


def test_signs_width_and_characters_of_the_other_script_do_not_matter() -> None:
    plan = "本年度搬迁计划尚未公布，请各部门负责人严格保密，不得对外透露。"
    known = Fingerprints({"计划": fingerprints(plan)})
    text = "转发：本年度★搬遷計劃 尚未公布…請各部門負責人嚴格保密"
    (match,) = known.find(text)
    assert match.document == "计划"
    assert "尚未公布…請各部門" in text[match.start : match.end]


def test_two_excerpts_far_apart_are_two_matches() -> None:
    first = "第一段机要内容写在这里供大家核对使用，请在周五之前交回办公室统一保管，不要复印。"
    second = "会议纪要由秘书处整理完毕以后另行下发，各单位收到之后逐条落实并按月报告进展情况。"
    known = Fingerprints({"文件": fingerprints(first + second)})
    text = first + "闲话" * 100 + second
    found = [text[match.start : match.end] for match in known.find(text)]
    assert len(found) == 2 and found[0] in first and found[1] in second


def test_an_excerpt_that_two_documents_share_is_found_in_both() -> None:
    text = "这一段文字属于两份登记过的文件，所以有两个来源，其中一份后来又被人从登记簿里删掉了。"
    known = Fingerprints({"甲": fingerprints(text), "乙": fingerprints(text)})
    assert [match.document for match in known.find(text)] == ["乙", "甲"]
    assert len(known) == 2 * len(fingerprints(text))
    assert Fingerprints({}).find(text) == ()


def test_a_long_text_is_read_to_its_end() -> None:
    """Longer than the blocks in which gates are made; an excerpt over the joint is one match."""
    secret = "第一段机要内容写在这里供大家核对使用，请在周五之前交回办公室统一保管，不要复印。"
    known = Fingerprints({"文件": fingerprints(secret)})
    for before in (980, 1005, 1024, 4000):
        text = "".join(chr(0x4E00 + place % 9973) for place in range(before)) + secret
        (match,) = known.find(text)
        assert match.start >= before and match.end - match.start >= len(secret) - 12


def test_short_texts_have_no_prints() -> None:
    assert fingerprints("短") == () and fingerprints("") == ()
    assert len(fingerprints("刚好十个字的一句话嘛")) == 1


@given(st.text(max_size=300))
def test_prints_fit_a_column_and_places_lie_in_the_text(text: str) -> None:
    prints = fingerprints(text)
    assert list(prints) == sorted(set(prints))
    assert all(0 <= each < 1 << 63 for each in prints)
    known = Fingerprints({"x": prints})
    found: tuple[Match, ...] = known.find(text)
    for match in found:
        assert 0 <= match.start < match.end <= len(text)
