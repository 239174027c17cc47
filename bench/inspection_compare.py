"""Whether another checkout's engine answers alike: `python -m bench.inspection_compare FOLDER`.

For changes that shall make the engine faster and nothing else. Both engines inspect every text of the
corpus, real messages with disguised terms put in, drawn characters and the hostile texts, by rule sets
of 1,000, 10,000 and 100,000 terms and by the corpus's own dictionary; everything that an answer holds
is compared, versions of rule sets included. Exit 1, with examples, when anything differs.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import guiju
from bench.inspection_engine import SIZES, rules
from bench.inspection_texts import corpus, hostile_texts, made_terms, real_messages
from guiju.modules.inspection.service import LINK_KINDS, compile_ruleset
from guiju.modules.inspection.types import Disposition, LinkRule, Rule, TermRule

_ROOT: Final = Path(__file__).resolve().parent.parent
_USE: Final = "-/compare"
_MADE: Final = 5000
_SHOWN: Final = 10
_LATIN: Final = (
    "casino",
    "viagra",
    "fuck",
    "free entry",
    "f.uck",
    "app store",
    "加v信",
    "VX",
    "8折",
    "-微信-",
)
_COMMON: Final = (
    "工作",
    "公司",
    "西安",
    "明天",
    "手机",
    "钱包",
    "房间",
    "哈哈",
    "棒棒糖",
    "发票",
    "代开",
)
_SIGNS: Final = (
    "abcdefgh0123456789 *#~&;%\\.,，。！\n\t★●○一二三①②２ＡＢ😀🅰\u200b\u0301\ufe0f机密绝"
)


def texts(terms: list[str], seed: int = 9) -> list[str]:
    """Everything that is inspected."""
    chance = random.Random(seed)
    dev = corpus() / "dev"
    found: dict[str, None] = {}
    for path in sorted([*dev.glob("*.jsonl"), *dev.glob("fetched/*.jsonl")]):
        cases = map(json.loads, path.read_text("utf-8").splitlines())
        found.update(dict.fromkeys(case["text"] for case in cases if case.get("text")))
    real = real_messages(corpus())
    for pool in (terms[:1000], terms[:10_000], terms, _dictionary(dev)):
        for _ in range(_MADE):
            text = chance.choice(real)[:60]
            place = chance.randrange(len(text) + 1)
            term = _disguised(chance.choice(pool), chance)
            found[text[:place] + term + text[place:]] = None
    for _ in range(_MADE):
        found["".join(chance.choices("".join(terms[:300]) + _SIGNS, k=chance.randrange(60)))] = None
    return [*found, *hostile_texts(terms[:10_000]).values()]


def _disguised(term: str, chance: random.Random) -> str:
    place = chance.randrange(len(term))
    sign = chance.choice(" *~.-_|，。★\u200b\n×")
    return chance.choice(
        [
            term,
            sign.join(term),
            term[:place] + sign + term[place:],
            term[:place] + sign + term[place + 1 :],
            f"{sign}{term}{sign}",
            term[::-1],
            "".join(char * chance.choice((1, 2, 3)) for char in term),
            "".join(f"&#{ord(char)};" for char in term),
            term + chance.choice(term),
        ]
    )


def _dictionary(dev: Path) -> list[str]:
    lines = (dev / "dict.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["term"] for line in lines]


def _rule_sets(terms: list[str]) -> Iterator[tuple[str, list[Rule]]]:
    for name, size in SIZES.items():
        yield name, rules(terms[:size])
    own = tuple(_dictionary(corpus() / "dev"))
    yield (
        "own",
        [
            *rules(terms[:1000]),
            TermRule("own", "own", own, Disposition.BLOCK, _USE),
            TermRule("latin", "latin", _LATIN, Disposition.MASK, _USE),
            TermRule("common", "common", _COMMON, Disposition.ALERT, _USE),
            *(LinkRule(kind, (), Disposition.WARN, _USE) for kind in LINK_KINDS),
            LinkRule("listed", ("example.com", "a1.top"), Disposition.BLOCK, _USE),
        ],
    )


def tell() -> None:
    """One line for each answer of the engine that Python imports here: a digest of it and how many hits it has."""
    terms = made_terms(real_messages(corpus()), SIZES["100k"])
    asked = texts(terms)
    for name, every in _rule_sets(terms):
        ruleset = compile_ruleset(every)
        for number, text in enumerate(asked):
            found = ruleset.inspect(text)
            hits = [(*hit[:4], list(hit.hidden), *hit[5:]) for hit in found.hits]
            told = repr([*(getattr(found, f) for f in found.__slots__ if f != "hits"), hits])
            print(name, number, hashlib.sha256(told.encode()).hexdigest()[:16], len(hits))


def _answers(folder: Path) -> list[str]:
    """What the engine of a checkout tells of the texts of this one."""
    path = os.pathsep.join([str(folder / "src"), str(_ROOT)])
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bench.inspection_compare", "--tell", str(folder)],
        cwd=_ROOT, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return done.stdout.splitlines()


def main() -> int:
    """Compare, or tell what one engine answers."""
    folder = Path(sys.argv[-1]).resolve()
    if sys.argv[1] == "--tell":
        if not Path(guiju.__file__).is_relative_to(folder):
            raise SystemExit(f"{guiju.__file__} is not of {folder}")
        tell()
        return 0
    there, here = _answers(folder), _answers(_ROOT)
    differ = [pair for pair in zip(there, here, strict=True) if pair[0] != pair[1]]
    for pair in differ[:_SHOWN]:
        print(*pair, sep=" | ")
    hits = sum(int(line.split()[-1]) for line in here)
    print(f"{len(here)} answers with {hits} hits; {len(differ)} differ")
    for name, count in Counter(line.split()[0] for line, _ in differ).items():
        print(f"  {name}: {count}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
