"""What the engine finds and what it flags, on the data at hand and on data made for this run."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import unseen
from bench.inspection_floor import WordFilter
from bench.inspection_score import SETS, Hit, Share, missed, read, score
from bench.inspection_texts import corpus, messages
from bench.process import BenchError

_GUIJU: Final = Path(sys.executable).parent / "guiju"
_SECONDS: Final = 600
FILES: Final = (*SETS, "benign")
# What rows are made of; every evasion and kind is printed besides.
MEASURES: Final = (
    "words.tier1", "words.tier2", "words.tier3", "pii.plain", "pii.tier1", "pii.tier2", "pii.tier3",
    "links.tier1", "links.tier2", "marking", "benign",
)  # fmt: skip
Shares = Mapping[str, Share]


@dataclass(frozen=True, slots=True)
class Judged:
    """One data folder: the shares of the product and of the word filter, and the cases."""

    folder: Path
    product: Shares
    floor: Shares
    hits: Mapping[str, list[Hit]]


def cases(folder: Path) -> list[dict[str, Any]]:
    """Id and text of every case, and nothing that would give the answer away."""
    return [
        {"id": case["id"], "text": case["text"]}
        for name in FILES
        for case in read(folder / f"{name}.jsonl")
    ]


def judge(folder: Path) -> Judged:
    """Ask the product by its command, and the word filter. Raises `BenchError`."""
    asked = cases(folder)
    hits = {one["id"]: one["hits"] for one in inspect(asked, folder / "dict.jsonl")}
    filtering = WordFilter([(one["term"], one["category"]) for one in read(folder / "dict.jsonl")])
    floor: dict[str, list[Hit]] = {
        case["id"]: [
            {"kind": kind, "start": start, "end": end}
            for start, end, kind in filtering.find(case["text"])
        ]
        for case in asked
    }
    return Judged(folder, score(folder, hits), score(folder, floor), hits)


def inspect(asked: list[dict[str, Any]], dictionary: Path | None) -> list[dict[str, Any]]:
    """The answers of `guiju inspect`; without a dictionary by the standard defaults.

    Raises `BenchError` with what the command said.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(case, ensure_ascii=False) + "\n" for case in asked)
        file.flush()
        named: list[str | Path] = ["--dictionary", dictionary] if dictionary is not None else []
        done = subprocess.run(
            [_GUIJU, "inspect", *named, "--cases", file.name],
            capture_output=True, text=True, check=False, timeout=_SECONDS,
        )  # fmt: skip
    if done.returncode:
        raise BenchError(f"guiju inspect: {done.stderr.strip()[-300:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def not_delivered() -> dict[str, tuple[float, Counter[str]]]:
    """Percent of each set of real texts that the standard defaults would not simply deliver.

    Raises `BenchError` when the command knows no standard defaults.
    """
    found = {}
    for name, texts in messages(corpus()).items():
        asked = [{"id": str(number), "text": text} for number, text in enumerate(texts)]
        words = Counter(answer["disposition"] for answer in inspect(asked, None))
        stopped = sum(count for word, count in words.items() if word not in ("deliver", "alert"))
        found[name] = (100 * stopped / len(texts), words)
    return found


def made(folder: Path) -> Path:
    """Evaluation data made for this run."""
    unseen.make(folder / "unseen")
    return folder / "unseen"


def tell(name: str, judged: Judged, examples: int = 0) -> None:
    """Print every share, and some of what was missed."""
    print(f"  {name}:")
    for key, share in sorted(judged.product.items()):
        print(f"    {key:32}{share.percent:7.1f} %  {share.found}/{share.of}")
    shown: Counter[str] = Counter()
    for where, hidden, text in missed(judged.folder, judged.hits):
        shown[where] += 1
        if shown[where] <= examples:
            print(f"    missed {where}: {hidden!r} in {text!r}")


def main() -> int:
    """`python -m bench.inspection_accuracy [examples]`: the accuracy alone, with examples missed."""
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    try:
        with tempfile.TemporaryDirectory(prefix="guiju-bench-") as folder:
            tell("at hand", judge(corpus() / "dev"), examples)
            tell("unseen", judge(made(Path(folder))), examples)
        for name, (percent, words) in not_delivered().items():
            print(f"  {name}: {percent:.2f} % not delivered, {dict(words)}")
    except BenchError as error:
        print(f"accuracy: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
