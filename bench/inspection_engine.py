"""One measured process of the inspection scenario: an engine on one core, alone in its memory.

`python -m bench.inspection_engine product|floor` prints the figures as JSON. A process for each, so
that the memory and the caches of one engine are not the other's. Times are those of the processor
(but for the swap, which is what people wait for): they do not count what other programs take.
"""

import gc
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench import inspection_files as files
from bench.inspection_floor import WordFilter
from bench.inspection_texts import (
    HURTFUL_PATTERNS,
    PATTERNS,
    corpus,
    hostile_texts,
    made_terms,
    pieces,
    real_messages,
)
from bench.process import BenchError
from guiju.modules.inspection.service import KINDS, compile_ruleset, shipped_model
from guiju.modules.inspection.types import (
    Disposition,
    ExpressionRule,
    Inspection,
    PatternRule,
    RiskRule,
    Rule,
    TermRule,
)
from guiju.modules.messaging.inspecting import Inspector
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Pack
from guiju.runtime import wire

SIZES: Final = {"1k": 1_000, "10k": 10_000, "100k": 100_000}
_USE: Final = "-/bench"
_PASSES: Final = 3
_LATENCIES: Final = 3000
_BETWEEN: Final = 0.001
_MEGABYTE: Final = 1 << 20
Inspect = Callable[[str], object]


def rules(terms: list[str], patterns: tuple[str, ...] = PATTERNS) -> list[Rule]:
    """The full engine: the terms, every built-in kind, and an organisation's own patterns."""
    return [
        TermRule("made", "made", tuple(terms), Disposition.HOLD, _USE),
        *(PatternRule(kind, Disposition.MASK, _USE) for kind in KINDS),
        *(
            ExpressionRule(f"p{n}", "pattern", pattern, Disposition.HOLD, _USE)
            for n, pattern in enumerate(patterns)
        ),
    ]


def pack(terms: list[str]) -> Pack:
    """A pack that asks for the terms, every built-in kind, and an organisation's own patterns."""
    wire()
    patterns = [{"id": f"p{n}", "category": "pattern", "regex": p} for n, p in enumerate(PATTERNS)]
    asked = (
        ("messaging.content", {"dictionaries": ["made"], "disposition": "hold"}),
        ("messaging.personal_data", {"kinds": list(KINDS), "disposition": "mask"}),
        ("messaging.patterns", {"patterns": patterns, "disposition": "hold"}),
    )
    written = {
        "pack": "made", "version": 1, "title": {"zh": "测"}, "prefix": "",
        "levels": [{"id": "open", "rank": 1, "title": {"zh": "公开"}}],
        "classes": [{"id": "team", "title": {"zh": "群"}, "history": "all"}],
        "clauses": [
            {"id": "1", "title": {"zh": "一"}, "text": {"zh": "一"}, "controls": [{"use": use, "with": params} for use, params in asked]}
        ],
        "calendar": {"start": "08:30", "end": "17:30", "lunch": ["12:00", "13:00"], "holidays": []},
        "dictionaries": ["made"],
    }  # fmt: skip
    few = {"made": "{id: made, category: made, title: {zh: 测}, terms: [百家乐]}"}
    read = policy.read_pack(json.dumps(written, ensure_ascii=False), few)
    made = replace(read.dictionaries["made"], terms=tuple(terms))
    return replace(read, dictionaries={"made": made})


def product(terms: list[str]) -> Inspect:
    """The product's engine."""
    return compile_ruleset(rules(terms)).inspect


def floor(terms: list[str]) -> Inspect:
    """The pure-Python word filter; it has no patterns."""
    return WordFilter([(term, "made") for term in terms]).find


def rate(inspect: Inspect, texts: list[str]) -> float:
    """Texts for each second of the processor: the median of some passes over all of them."""
    found = []
    for _ in range(_PASSES):
        started = time.process_time()
        for text in texts:
            inspect(text)
        found.append(len(texts) / (time.process_time() - started))
    return statistics.median(found)


def latencies(inspect: Inspect, texts: list[str]) -> tuple[float, float]:
    """The median and the 99th percentile in milliseconds of the processor."""
    for text in texts[:100]:
        inspect(text)
    found = []
    for text in texts:
        started = time.thread_time_ns()
        inspect(text)
        found.append((time.thread_time_ns() - started) / 1e6)
    cuts = statistics.quantiles(found, n=100)
    return cuts[49], cuts[98]


def resident() -> int:
    """Bytes of this process in memory."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def reload(texts: list[str], terms: list[str]) -> dict[str, float]:
    """Swap 100,000 terms for others while a thousand texts a second are inspected.

    Seconds are those that pass, with what other programs take.
    `uninspected` counts answers by neither rule set, or without the term that both sets have.
    """
    known, half = terms[0], len(terms) // 100
    old, new = terms, [known, *(f"{term}者" for term in terms[:half]), *terms[half:]]
    inspector = Inspector()
    inspector.load(pack(old))
    versions = {inspector.ruleset}
    coming = pack(new)
    asked = [f"{text[:60]}，{known}。" for text in texts[:2000]]
    answers: list[tuple[str, bool]] = []
    pause = 0.0
    ended = threading.Event()

    def ask() -> None:
        nonlocal pause
        while not ended.is_set():
            for text in asked:
                time.sleep(_BETWEEN)
                last = time.perf_counter()
                answer = inspector.inspect(text)
                answers.append((answer.ruleset, bool(answer.findings)))
                pause = max(pause, time.perf_counter() - last)
                if ended.is_set():
                    return

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.2)
    started = time.perf_counter()
    inspector.load(coming)
    seconds = time.perf_counter() - started
    time.sleep(0.2)
    ended.set()
    asking.join()
    versions.add(inspector.ruleset)
    wrong = sum(version not in versions or not hit for version, hit in answers)
    return {
        "reload": seconds,
        "reload.pause": pause * 1000,
        "reload.uninspected": wrong,
        "reload.answers": len(answers),
    }


def hostile(terms: list[str]) -> dict[str, float]:
    """The worst milliseconds of any text of 20,000 characters.

    With the whole engine and real patterns, with hurtful ones, and with none, where no pattern has a text held before
    its codes are resolved (`built_in`); and with one pattern after the other alone (`one_pattern`).
    """
    texts = hostile_texts(terms)
    found = {
        name: _worst(name, [rules(terms, patterns)], texts)
        for name, patterns in (
            ("hostile", PATTERNS),
            ("hostile.patterns", HURTFUL_PATTERNS),
            ("hostile.built_in", ()),
        )
    }
    alone = [
        [ExpressionRule("p", "pattern", pattern, Disposition.HOLD, _USE)]
        for pattern in (*PATTERNS, *HURTFUL_PATTERNS)
    ]
    found["hostile.one_pattern"] = _worst("hostile.one_pattern", alone, texts)
    return found


def _worst(name: str, rule_sets: Iterable[Iterable[Rule]], texts: dict[str, str]) -> float:
    """The milliseconds of the text that takes longest by any of the rule sets, the best of some passes each."""
    worst: dict[str, float] = {}
    for asked in rule_sets:
        inspect = compile_ruleset(asked).inspect
        for kind, text in texts.items():
            times = []
            for _ in range(_PASSES):
                started = time.thread_time_ns()
                inspect(text)
                times.append((time.thread_time_ns() - started) / 1e6)
            worst[kind] = max(min(times), worst.get(kind, 0))
    for kind in sorted(worst, key=worst.__getitem__, reverse=True)[:5]:
        print(f"    {name}: {worst[kind]:.1f} ms on {kind}", file=sys.stderr)
    return max(worst.values())


def measure(build: Callable[[list[str]], Inspect], *, is_product: bool) -> dict[str, float]:
    """All figures of one engine."""
    texts = real_messages(corpus())
    terms = made_terms(texts, SIZES["100k"])
    build(terms[:100])("预热 13800138000")
    gc.collect()
    before = resident()
    started = time.process_time()
    inspect = build(terms)
    found = {"build_100k": time.process_time() - started}
    gc.collect()
    found["memory_100k"] = (resident() - before) / _MEGABYTE
    found["mean_chars"] = statistics.mean(map(len, texts))
    for name, size in SIZES.items():
        inspect = build(terms[:size])
        found[f"rate_{name}"] = rate(inspect, texts)
        found[f"hit_{name}"] = sum(map(_is_hit, map(inspect, texts))) / len(texts)
    inspect = build(terms[: SIZES["10k"]])
    for size in (20, 400):
        found[f"p50_{size}"], found[f"p99_{size}"] = latencies(
            inspect, pieces(texts, size, _LATENCIES)
        )
    if is_product:
        found["risk"] = 1000 / rate(compile_ruleset([_risk_rule()]).inspect, texts)
        found |= reload(texts, terms) | hostile(terms[: SIZES["10k"]]) | files.measure()
    return found


def _is_hit(answer: object) -> bool:
    return bool(answer.findings if isinstance(answer, Inspection) else answer)


def _risk_rule() -> RiskRule:
    return RiskRule(0.8, _USE, shipped_model())


def main() -> int:
    """Measure the engine that the first argument names, on one core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    is_product = sys.argv[1] == "product"
    try:
        figures = measure(product if is_product else floor, is_product=is_product)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
