"""How much is found: of invented values in every writing, and of the corpus. Thresholds lie below
what is measured (all of the invented values and of the corpus), so that a loss shows.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from guiju.modules.inspection import service
from guiju.modules.inspection.cases import inspect_cases
from guiju.modules.inspection.types import Disposition, PatternRule
from tests.support import invented
from tests.support.invented import Case

RULESET = service.compile_ruleset(
    [PatternRule(kind, Disposition.MASK, f"6.8/{kind}") for kind in service.KINDS]
)
FAMILIES = {"cn_phone": "phone", "tw_phone": "phone", "hk_phone": "phone"}


def is_found(case: Case) -> bool:
    """A finding of the kind shares at least half of the characters that either of both has."""
    for finding in RULESET.inspect(case.text).findings:
        shared = min(case.end, finding.end) - max(case.start, finding.start)
        both = max(case.end, finding.end) - min(case.start, finding.start)
        if shared / both >= 0.5 and FAMILIES.get(finding.category, finding.category) == (
            FAMILIES.get(case.kind, case.kind)
        ):
            return True
    return False


def recall(cases: Iterable[tuple[object, Case]]) -> dict[object, float]:
    counts: defaultdict[object, list[int]] = defaultdict(lambda: [0, 0])
    for key, case in cases:
        counts[key][0] += 1
        counts[key][1] += is_found(case)
    return {key: found / all_ for key, (all_, found) in counts.items()}


class TestInvented:
    @pytest.mark.parametrize("seed", [7, 23])
    def test_plain_values_of_every_kind(self, seed: int) -> None:
        found = recall((case.kind, case) for case in invented.plain(seed, 60))
        assert {kind: rate for kind, rate in found.items() if rate < 0.98} == {}

    def test_disguised_numbers_by_tier(self) -> None:
        found = recall((tier, case) for _, tier, case in invented.disguised(31, 6))
        assert found[1] >= 0.99
        assert found[2] >= 0.95
        assert found[3] >= 0.75

    def test_every_disguise_is_undone_for_most(self) -> None:
        found = recall((name, case) for name, _, case in invented.disguised(32, 5))
        assert {name: rate for name, rate in found.items() if rate < 0.9} == {}

    def test_markings_in_every_disguise(self) -> None:
        found = recall(invented.markings(5))
        assert {name: rate for name, rate in found.items() if rate < 0.95} == {}


def rows(path: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in map(json.loads, path.read_text("utf-8").splitlines())}


class TestCorpus:
    def hits(self, folder: Path, name: str) -> dict[str, list[dict[str, Any]]]:
        answers = inspect_cases(folder / "dict.jsonl", folder / f"{name}.jsonl")
        return {answer["id"]: answer["hits"] for answer in answers}

    @pytest.mark.parametrize(("name", "least"), [("pii", 0.99), ("links", 0.98)])
    def test_what_is_expected_is_found(self, corpus: Path, name: str, least: float) -> None:
        folder = corpus / "dev"
        cases, hits = rows(folder / f"{name}.jsonl"), self.hits(folder, name)
        wanted = found = 0
        for key, case in cases.items():
            for span in case["expect"]:
                wanted += 1
                found += any(
                    FAMILIES.get(hit["kind"], hit["kind"])
                    == FAMILIES.get(span["kind"], span["kind"])
                    and hit["start"] < span["end"]
                    and span["start"] < hit["end"]
                    for hit in hits[key]
                )
        assert wanted > 80
        assert found / wanted >= least

    def test_near_misses_pass(self, corpus: Path) -> None:
        path = corpus / "dev" / "benign.jsonl"
        texts = [str(row["text"]) for row in rows(path).values()]
        flagged = [text for text in texts if RULESET.inspect(text).findings]
        assert len(texts) > 500
        assert len(flagged) / len(texts) <= 0.004, flagged

    def test_real_chat_passes(self, corpus: Path) -> None:
        path = corpus / "dev" / "fetched" / "nus_sms_zh.jsonl"
        texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
        flagged = sum(bool(RULESET.inspect(text).findings) for text in texts)
        assert len(texts) >= 5000
        assert flagged / len(texts) <= 0.002
