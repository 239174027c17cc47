"""The shipped dictionaries, reading them, and inspecting a file of cases."""

import json
from pathlib import Path

import pytest

from guiju.modules.inspection import service
from guiju.modules.inspection.cases import inspect_cases
from guiju.modules.inspection.types import (
    BadCaseError,
    BadDictionaryError,
    Dictionary,
    Disposition,
    TermRule,
)

SHIPPED = sorted((Path(__file__).parents[3] / "packs" / "dictionaries").glob("*.yaml"))
GOOD = {"id": "d", "category": "c", "title": {"zh": "词", "en": "Words"}, "terms": ["词语"]}


@pytest.fixture(scope="module")
def shipped() -> tuple[Dictionary, ...]:
    return tuple(service.read_dictionary(path) for path in SHIPPED)


class TestShipped:
    def test_there_are_ten_and_each_has_its_file_name(self) -> None:
        assert [path.stem for path in SHIPPED] == sorted(
            ["abuse", "ads", "business_secret", "drugs", "fraud", "gambling", "porn", "rumour",
             "secrecy", "weapons"]
        )  # fmt: skip
        assert [service.read_dictionary(path).id for path in SHIPPED] == [p.stem for p in SHIPPED]

    def test_every_term_is_found_when_it_stands_alone(
        self, shipped: tuple[Dictionary, ...]
    ) -> None:
        for entry in shipped:
            rule = TermRule(entry.id, entry.category, entry.terms, Disposition.HOLD, "1/x")
            ruleset = service.compile_ruleset([rule])
            missed = [term for term in entry.terms if not ruleset.inspect(f"，{term}，").findings]
            assert missed == []

    def test_ordinary_messages_pass(self, shipped: tuple[Dictionary, ...], corpus: Path) -> None:
        ruleset = service.compile_ruleset(
            TermRule(d.id, d.category, d.terms, Disposition.HOLD, "1/x") for d in shipped
        )
        path = corpus / "dev" / "fetched" / "nus_sms_zh.jsonl"
        texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
        flagged = sum(bool(ruleset.inspect(text).findings) for text in texts)
        assert len(texts) >= 5000
        assert flagged / len(texts) <= 0.003


class TestReading:
    def test_a_good_dictionary_is_read(self) -> None:
        assert service.dictionary_of(GOOD, "here").terms == ("词语",)

    @pytest.mark.parametrize(
        "change",
        [
            {"id": 7}, {"category": ""}, {"title": "词"}, {"title": {"zh": "词"}}, {"terms": []},
            {"terms": "词语"}, {"terms": [12]}, {"terms": ["词语", "词语"]}, {"colour": "red"},
        ],
    )  # fmt: skip
    def test_a_broken_one_is_refused_with_its_source(self, change: dict[str, object]) -> None:
        with pytest.raises(BadDictionaryError) as refusal:
            service.dictionary_of({**GOOD, **change}, "here.yaml")
        assert refusal.value.data["source"] == "here.yaml"

    def test_a_file_that_is_no_yaml_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "d.yaml"
        path.write_text("id: [", encoding="utf-8")
        with pytest.raises(BadDictionaryError):
            service.read_dictionary(path)


class TestCases:
    def test_every_case_gets_one_answer(self, tmp_path: Path) -> None:
        words, cases = tmp_path / "dict.jsonl", tmp_path / "cases.jsonl"
        words.write_text('{"term":"天枢项目","category":"org","group":"org"}\n', encoding="utf-8")
        cases.write_text(
            '{"id":"1","text":"😀天~枢项目","expect":[]}\n\n{"id":"2","text":"打13800138000"}\n'
            '{"id":"3","text":"好的"}\n',
            encoding="utf-8",
        )
        assert list(inspect_cases(words, cases)) == [
            {"id": "1", "hits": [{"kind": "org", "start": 1, "end": 6}], "disposition": "hold"},
            {"id": "2", "hits": [{"kind": "cn_phone", "start": 1, "end": 12}],
             "disposition": "deliver"},
            {"id": "3", "hits": [], "disposition": "deliver"},
        ]  # fmt: skip

    @pytest.mark.parametrize("line", ["{", "[]", '{"id": 3, "text": "a"}', '{"id": "3"}'])
    def test_a_broken_line_is_named(self, tmp_path: Path, line: str) -> None:
        words, cases = tmp_path / "dict.jsonl", tmp_path / "cases.jsonl"
        words.write_text('{"term":"天枢项目","category":"org"}\n', encoding="utf-8")
        cases.write_text('{"id":"1","text":"好"}\n' + line + "\n", encoding="utf-8")
        with pytest.raises(BadCaseError) as refusal:
            list(inspect_cases(words, cases))
        assert refusal.value.data["line"] == 2

    def test_disguised_terms_of_the_corpus_are_found(self, corpus: Path) -> None:
        folder = corpus / "dev"
        cases = {
            case["id"]: case
            for case in map(
                json.loads,
                (folder / "evasion_words.jsonl").read_text(encoding="utf-8").splitlines(),
            )
            if case["tier"] == 1 and case["category"] != "secrecy"
        }
        answers = inspect_cases(folder / "dict.jsonl", folder / "evasion_words.jsonl")
        hit = {answer["id"] for answer in answers if answer["hits"]} & cases.keys()
        assert len(cases) > 200
        assert len(hit) / len(cases) >= 0.95
