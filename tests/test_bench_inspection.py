"""What the inspection scenario measures with: the word filter, the scoring rules, the made data."""

import json
import zipfile
from pathlib import Path

import pytest

from bench import inspection_files, unseen, unseen_words
from bench.inspection_floor import WordFilter
from bench.inspection_score import SETS, is_found, missed, read, score
from bench.inspection_texts import PATTERNS, corpus, hostile_texts, made_terms, pieces
from bench.process import BenchError
from guiju.modules.inspection.service import compile_expression
from guiju.modules.inspection.types import Disposition, ExpressionRule


class TestFloor:
    def test_it_finds_the_longest_term_from_each_place(self) -> None:
        words = WordFilter([("冰毒", "drugs"), ("冰毒配方", "drugs"), ("casino", "gambling")])
        assert words.find("求冰毒配方 CASINO 冰毒") == [
            (1, 5, "drugs"),
            (6, 12, "gambling"),
            (13, 15, "drugs"),
        ]
        assert words.find("冰 毒") == []


class TestScore:
    @pytest.mark.parametrize(
        ("kind", "start", "end", "expected"),
        [
            ("drugs", 2, 6, True),
            ("weapons", 2, 6, True),
            ("porn", 2, 6, False),
            ("drugs", 2, 4, True),
            ("drugs", 2, 3, False),
            ("drugs", 0, 8, True),
            ("drugs", 0, 11, False),
            ("drugs", 6, 9, False),
        ],
    )
    def test_a_hit_of_the_family_must_cover_half(
        self, kind: str, start: int, end: int, expected: bool
    ) -> None:
        hit = {"kind": kind, "start": start, "end": end}
        assert is_found({"kind": "drugs", "start": 2, "end": 6}, [hit]) is expected

    def test_of_a_link_the_domain_is_enough(self) -> None:
        link = {"kind": "url", "start": 0, "end": 40}
        assert is_found(link, [{"kind": "url", "start": 8, "end": 14}])
        assert not is_found(link, [{"kind": "url", "start": 8, "end": 13}])
        assert not is_found(link, [{"kind": "email", "start": 8, "end": 20}])

    def test_shares_are_counted_by_tier_and_evasion(self, tmp_path: Path) -> None:
        span = {"kind": "secrecy", "start": 0, "end": 2}
        case = {"id": "1", "text": "机密", "expect": [span], "evasion": "plain", "tier": 1}
        for name in SETS:
            path = tmp_path / f"{name}.jsonl"
            path.write_text(json.dumps(case) + "\n", encoding="utf-8")
        (tmp_path / "benign.jsonl").write_text(
            '{"id": "2", "text": "好", "expect": [], "category": "chat"}\n', encoding="utf-8"
        )
        found = score(tmp_path, {"1": [span], "2": [span]})
        assert {key: (share.found, share.of) for key, share in found.items()} == {
            "words.tier1": (1, 1), "words.evasion.plain": (1, 1), "words.kind.secrecy": (1, 1),
            "marking": (3, 3), "pii.tier1": (1, 1), "pii.evasion.plain": (1, 1),
            "pii.kind.secrecy": (1, 1), "pii.plain": (1, 1), "links.tier1": (1, 1),
            "links.evasion.plain": (1, 1), "links.kind.secrecy": (1, 1), "benign": (1, 1),
            "benign.chat": (1, 1),
        }  # fmt: skip
        assert [where for where, _, _ in missed(tmp_path, {})] == [f"{name}.plain" for name in SETS]


class TestTexts:
    def test_without_data_the_scenario_says_so(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("GUIJU_CORPUS", str(tmp_path))
        with pytest.raises(BenchError, match="GUIJU_CORPUS"):
            corpus()

    def test_there_are_thirty_patterns_and_each_may_be_saved(self) -> None:
        assert len(PATTERNS) == 30
        for number, pattern in enumerate(PATTERNS):
            compile_expression(ExpressionRule(str(number), "c", pattern, Disposition.HOLD, "1/x"))

    def test_made_terms_are_words_of_two_to_four_characters_and_repeatable(self) -> None:
        texts = ["今天下午三点开会讨论方案", "明天上午两点开始培训新人", "后天晚上一起去吃火锅好吗"]
        terms = made_terms(texts, 500)
        assert len(set(terms)) == 500 and terms == made_terms(texts, 500)
        assert {len(term) for term in terms} == {2, 3, 4}
        assert terms[:100] == made_terms(texts, 100)

    def test_pieces_and_hostile_texts_have_their_size(self) -> None:
        assert {len(piece) for piece in pieces(["今天下午三点开会"] * 100, 20, 10)} == {20}
        assert {len(text) for text in hostile_texts(["博彩", "平台"]).values()} == {20_000}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Path:
    """Evaluation data made for these tests."""
    assert corpus.is_dir()
    made = tmp_path_factory.mktemp("unseen")
    unseen.make(made, seed=11)
    return made


class TestUnseen:
    def test_every_expected_span_is_what_was_hidden(self, folder: Path) -> None:
        for name in SETS:
            cases = list(read(folder / f"{name}.jsonl"))
            assert len({case["id"] for case in cases}) == len(cases) > 100
            for case in cases:
                for span in case["expect"]:
                    hidden = case["text"][span["start"] : span["end"]]
                    assert hidden and not hidden[0].isspace() and not hidden[-1].isspace()
                    if case["evasion"] == "plain":
                        assert hidden == span.get("term", span.get("value", hidden))

    def test_every_way_of_hiding_is_there(self, folder: Path) -> None:
        ways = {case["evasion"] for case in read(folder / "evasion_words.jsonl")}
        assert len(ways) == 28

    def test_the_terms_are_in_no_set_at_hand(self, folder: Path, corpus: Path) -> None:
        known = {entry["term"] for entry in read(corpus / "dev" / "dict.jsonl")}
        own = {entry["term"] for entry in read(folder / "dict.jsonl")}
        assert len(own) > 200 and not own & known

    def test_no_benign_text_has_a_term_of_three_characters_in_it(self, folder: Path) -> None:
        terms = [term for term, _ in unseen_words.terms() if len(term) > 2]
        flagged = [
            (case["text"], term)
            for case in read(folder / "benign.jsonl")
            for term in terms
            if case["category"] == "chat" and term in case["text"].lower()
        ]
        assert flagged == []


def test_office_files_are_made(tmp_path: Path) -> None:
    texts = [f"第{n}段 <文字> & 符号" for n in range(800)]
    for kind, make in inspection_files.MAKERS.items():
        make(tmp_path / f"a.{kind}", texts)
    with zipfile.ZipFile(tmp_path / "a.docx") as file:
        assert file.read("word/document.xml").decode().count("<w:p>") == 700
    with zipfile.ZipFile(tmp_path / "a.xlsx") as file:
        assert file.read("xl/worksheets/sheet1.xml").decode().count("<row ") == 10_000
    assert (tmp_path / "a.pdf").read_bytes().count(b"/Type/Page/") == 60
