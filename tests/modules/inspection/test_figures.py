"""The figures that the engine has to reach, by the judge that lies beside the test data."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from guiju.modules.inspection.cases import inspect_cases
from guiju.modules.inspection.types import Disposition
from guiju.runtime import all_dictionaries, shipped_dictionaries
from tests.support.corpus import left_out

SETS = ("evasion_words", "pii", "links", "benign")
Scores = dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def scores(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Scores:
    """What the judge says of the answers: by set, then by tier, evasion and kind."""
    judge, data = corpus.parent / "tools" / "score.py", corpus / "dev"
    for path in (judge, data / "dict.jsonl"):
        if not path.is_file():
            left_out(path)
    shipped = tuple(shipped_dictionaries("secrecy", "business_secret"))
    answers = tmp_path_factory.mktemp("scores") / "answers.jsonl"
    with answers.open("w", encoding="utf-8") as file:
        for name in SETS:
            for answer in inspect_cases(data / "dict.jsonl", data / f"{name}.jsonl", also=shipped):
                file.write(json.dumps(answer) + "\n")
    done = subprocess.run(
        [sys.executable, judge, data, answers, "--json"], capture_output=True, check=True, timeout=60
    )  # fmt: skip
    found: Scores = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("name", "row", "least"),
    [
        ("evasion_words", "tier:1", 98),
        ("evasion_words", "tier:2", 95),
        ("evasion_words", "tier:3", 50),
        ("evasion_words", "kind:secrecy", 95),
        ("pii", "evasion:plain", 100),
        ("pii", "tier:1", 99),
        ("pii", "tier:2", 95),
        ("pii", "tier:3", 75),
        ("links", "tier:1", 100),
        ("links", "tier:2", 95),
    ],
)
def test_what_is_hidden_is_found(scores: Scores, name: str, row: str, least: float) -> None:
    found = scores[name][row]
    assert found["n"] >= 20
    assert found["recall_kind"] >= least, {
        key: each for key, each in scores[name].items() if each["recall_kind"] < least
    }


def test_every_kind_is_found_where_it_is_plain(scores: Scores) -> None:
    plain = {key: each for key, each in scores["pii"].items() if key.startswith("plain:")}
    assert len(plain) > 10
    assert {key for key, each in plain.items() if each["recall_kind"] < 100} == set()


def test_near_misses_pass(scores: Scores) -> None:
    found = scores["benign_fp"]
    assert found["ALL"]["n"] > 500 and found["ALL"]["fp_pct"] <= 1.5
    assert found["chat"]["fp"] == found["business"]["fp"] == 0


@pytest.mark.parametrize("name", ["fetched/nus_sms_zh", "reviews_zh"])
def test_the_standard_defaults_deliver_real_messages(corpus: Path, name: str) -> None:
    path = corpus / "dev" / f"{name}.jsonl"
    if not path.is_file():
        left_out(path)
    shipped = tuple(shipped_dictionaries(*all_dictionaries()))
    passing = {Disposition.DELIVER.word, Disposition.ALERT.word}
    words = [answer["disposition"] for answer in inspect_cases(None, path, also=shipped)]
    stopped = sum(word not in passing for word in words)
    assert len(words) >= 4000
    assert stopped / len(words) <= 0.003
