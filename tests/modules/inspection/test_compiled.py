"""The compiled engine (tools/compile_engine.py) finds what its sources find, character for character."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.inspection_texts import corpus as corpus_folder
from tools import compile_engine

ROOT = Path(__file__).parents[3]
# Run with one of the two on the path; prints where the engine is from and a line for each text.
SCRIPT = """
from bench.inspection_engine import rules
from bench.inspection_texts import corpus, hostile_texts, made_terms, real_messages
from guiju.modules.inspection import _compile

texts = real_messages(corpus())
terms = made_terms(texts, 2_000)
ruleset = _compile.compile_ruleset(rules(terms))
print(_compile.__file__)
earlier = []
for text in [*texts[:4_000], *hostile_texts(terms).values()]:
    found = ruleset.inspect(text)
    across = ruleset.inspect_after(earlier[-5:], text, found)
    earlier.append(text)
    for each in (found, across.inspection):
        print([(*hit[:4], [*hit.hidden], hit[5:]) for hit in each.hits], each.disposition, each.masked, each.spans)
"""


def said(source: Path) -> list[str]:
    environment = os.environ | {
        "PYTHONPATH": f"{source}:{ROOT}",
        "GUIJU_CORPUS": str(corpus_folder()),
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


@pytest.mark.usefixtures("corpus")
def test_compiled_and_source_find_the_same(tmp_path: Path) -> None:
    if not compile_engine.compiled():
        assert "CI" not in os.environ, "CI has a compiler, and measures what is compiled"
        pytest.skip("the engine is not compiled here: make .venv/engine")
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("*.so", "__pycache__")
    )
    shutil.copytree(ROOT / "packs", tmp_path / "packs")
    (first, *compiled), (second, *written) = said(ROOT / "src"), said(tmp_path / "src")
    assert first.endswith(".so")
    assert second.endswith(".py")
    assert len(compiled) > 8_000
    assert sum(line != "[] Disposition.DELIVER None ()" for line in compiled) > 50
    assert compiled == written
