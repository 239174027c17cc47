"""The scenario `inspection`: speed, memory and accuracy of the engine on one core.

Beside it run the word filter of `inspection_floor.py` and Presidio, each in a process of its own,
in the same run. Nothing here needs a database: the rows say `-`.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench import inspection_accuracy as accuracy
from bench import inspection_engine as engine
from bench import inspection_files as files
from bench import inspection_peer as peer
from bench.inspection_score import score
from bench.inspection_texts import PATTERNS, corpus, pieces, real_messages
from bench.process import BenchError
from bench.report import Row, short
from guiju.modules.inspection.service import KINDS

NAME: Final = "inspection"
_ROOT: Final = Path(__file__).resolve().parent.parent
_SECONDS: Final = 900
# Presidio reads so slowly that it gets fewer.
_PEER_TEXTS: Final = 2000
_PEER_PIECES: Final = 300
Figures = dict[str, float]
Params = dict[str, int | float | str]


@dataclass(frozen=True, slots=True)
class _Line:
    """A row: the product's figure, whose figure is the floor, and by what that is multiplied."""

    name: str
    unit: str
    figure: str
    against: str = ""
    below: str = ""
    times: float = 1


_LINES: Final = (
    *(_Line(f"rate_{size}", "msg/s", f"rate_{size}", "filter") for size in engine.SIZES),
    *(_Line(f"p{p}_{n}", "ms", f"p{p}_{n}", "filter") for n in (20, 400) for p in (50, 99)),
    _Line("build_100k", "s", "build_100k", "filter"),
    _Line("memory_100k", "MiB", "memory_100k", "filter"),
    _Line("presidio.rate", "msg/s", "rate_10k", "presidio", "rate"),
    *(_Line(f"presidio.p{p}_{n}", "ms", f"p{p}_{n}", "presidio", times=0.001) for n in (20, 400) for p in (50, 99)),
    _Line("reload", "s", "reload"),
    _Line("reload.pause", "ms", "reload.pause"),
    _Line("reload.uninspected", "texts", "reload.uninspected"),
    _Line("risk", "ms", "risk"),
    *(_Line(name, "ms", name) for name in ("hostile", "hostile.patterns", "hostile.built_in", "hostile.one_pattern")),
    *(_Line(kind, "ms", kind) for kind in files.MAKERS),
)  # fmt: skip


@dataclass(slots=True)
class Measured:
    """Figures of every run by side; why a side or a figure is missing."""

    runs: dict[str, list[Figures]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    peer_hits: dict[str, list[Any]] = field(default_factory=dict)

    def of(self, side: str, figure: str) -> list[float]:
        return [one[figure] for one in self.runs.get(side, ()) if figure in one]


def rows(runs: int, folder: Path) -> list[Row]:
    """Measure everything; the whole table. Raises `BenchError` when the data are not there."""
    unseen = accuracy.made(folder)
    measured = _measure(runs, unseen)
    found = list(_speed(measured))
    found += _accuracy(measured, unseen)
    for reason in dict.fromkeys(measured.left_out.values()):
        print(f"LEFT OUT: {reason}", file=sys.stderr, flush=True)
    return found


def _measure(runs: int, unseen: Path) -> Measured:
    measured = Measured()
    python: Path | None = None
    try:
        python = peer.installed()
    except peer.PeerMissingError as error:
        measured.left_out["presidio"] = f"Presidio: {error}"
    sides = ["filter", "product", *(["presidio"] if python else [])]
    texts = real_messages(corpus())
    for run in range(runs):
        for side in sides if run % 2 == 0 else reversed(sides):
            if side == "presidio" and python is not None:
                asked = [] if side in measured.runs else [corpus() / "dev", unseen]
                _ask_peer(measured, python, texts, asked)
            elif side != "presidio":
                measured.runs.setdefault(side, []).append(_child(side))
            told = measured.runs.get(side, [{}])[-1]
            print(f"  run {run + 1} {side}: {json.dumps({k: short(v) for k, v in told.items()})}", flush=True)  # fmt: skip
    if not measured.of("product", "docx"):
        measured.left_out["files"] = "attachments: this version does not extract them"
    return measured


def _child(side: str) -> Figures:
    word = "product" if side == "product" else "floor"
    done = subprocess.run(
        [sys.executable, "-m", "bench.inspection_engine", word],
        cwd=_ROOT, capture_output=True, text=True, check=False, timeout=_SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise BenchError(f"inspection on {side}: {done.stderr.strip()[-2000:]}")
    if done.stderr:
        print(done.stderr.rstrip(), flush=True)
    figures: Figures = json.loads(done.stdout)
    return figures


def _ask_peer(measured: Measured, python: Path, texts: list[str], folders: list[Path]) -> None:
    plan = {
        "patterns": PATTERNS,
        "texts": texts[:_PEER_TEXTS],
        "short": pieces(texts, 20, _PEER_PIECES),
        "long": pieces(texts, 400, _PEER_PIECES),
        "cases": [case for folder in folders for case in accuracy.cases(folder)],
    }
    try:
        answer = peer.ask(python, plan)
    except peer.PeerMissingError as error:
        measured.left_out["presidio"] = f"Presidio: {error}"
        return
    measured.runs.setdefault("presidio", []).append(answer["figures"])
    measured.peer_hits |= answer["hits"]


def _speed(measured: Measured) -> Iterator[Row]:
    first = measured.runs["product"][0]
    for line in _LINES:
        params: Params = {"cores": 1, "patterns": len(PATTERNS), "kinds": len(KINDS)}
        params["terms"] = 10_000
        for size, count in engine.SIZES.items():
            if line.figure.endswith(f"_{size}"):
                params["terms"] = count
                if f"hit_{size}" in first:
                    params |= {"hit_share": short(first[f"hit_{size}"]), "mean_chars": short(first["mean_chars"])}  # fmt: skip
        values = measured.of("product", line.figure)
        below = [v * line.times for v in measured.of(line.against, line.below or line.figure)]
        missing = line.against if not below and line.against else "files" if not values else ""
        if missing in measured.left_out:
            params["left_out"] = measured.left_out[missing]
        yield _row(line.name, line.unit, params, values or [0.0], below)


def _accuracy(measured: Measured, unseen: Path) -> Iterator[Row]:
    for prefix, folder in (("", corpus() / "dev"), ("unseen.", unseen)):
        judged = accuracy.judge(folder)
        accuracy.tell("unseen" if prefix else "at hand", judged)
        peered = score(folder, measured.peer_hits) if measured.peer_hits else {}
        for name in accuracy.MEASURES:
            share = judged.product[name]
            is_peers = name.startswith(("pii", "links")) and name in peered
            below: Mapping[str, Any] = peered if is_peers else judged.floor
            params: Params = {"cases": share.of, "found": share.found, "floor": "presidio" if is_peers else "filter"}  # fmt: skip
            yield _row(f"{prefix}{name}", "%", params, [share.percent], [below[name].percent])
    try:
        for name, (percent, words) in accuracy.not_delivered().items():
            yield _row(f"not_delivered.{name}", "%", dict(words), [percent], [])
    except BenchError as error:
        measured.left_out["standard"] = f"standard defaults: {error}"
        yield _row("not_delivered.nus_sms", "%", {"left_out": str(error)}, [0.0], [])


def _row(name: str, unit: str, params: Params, values: list[float], below: list[float]) -> Row:
    ratios = [above / under for above, under in zip(values, below, strict=False) if under]
    return Row(
        name=f"{NAME}.{name}",
        database="-",
        params=params,
        unit=unit,
        runs=len(values) if "left_out" not in params or below else 0,
        median=short(statistics.median(values)),
        min=short(min(values)),
        max=short(max(values)),
        floor=short(statistics.median(below)) if below else None,
        ratio=short(statistics.median(ratios)) if ratios else None,
    )
