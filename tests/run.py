"""Run everything that must hold before a change goes in: `make test`, or with `--only` some parts of it.

All parts run, whatever an earlier one found. The last line is "N passed, N failed" over the tests of all parts.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from bench.postgres import cluster

ROOT: Final = Path(__file__).parents[1]
# Flushes cost nothing in memory, and no test here takes the machine's power away.
FAST: Final = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
OUT: Final = ROOT / "tests" / "out"
PYTHON: Final = ("src", "tests", "bench", "tools")
_BIN: Final = Path(sys.executable).parent
_TAIL: Final = 80
_WORKERS: Final = ("-n", "2", "--dist", "worksteal")
Command = tuple[str | Path, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Commands that run one after the other in `folder` until one fails; or, with `tests`, one run of pytest."""

    name: str
    commands: tuple[Command, ...] = ()
    folder: Path = ROOT
    tests: Command = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a part went. A skipped test is counted, for it proved nothing."""

    part: Part
    seconds: float
    succeeded: bool
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def parts() -> list[Part]:
    """All parts, in their order: what is quick first."""
    tests = ROOT / "tests"
    apart, kill = ("architecture", "faults", "journeys"), tests / "faults" / "test_kill.py"
    rest = [f"--ignore={tests / name}" for name in apart]
    return [
        Part("format", ((_BIN / "ruff", "format", "--check", "--quiet", *PYTHON),)),
        Part("lint", ((_BIN / "ruff", "check", "--quiet", *PYTHON),)),
        Part("types", ((_BIN / "mypy",),)),
        Part("architecture", tests=(tests / "architecture",)),
        Part("web", _web_commands(), ROOT / "web"),
        Part("modules", tests=(*_WORKERS, tests, *rest)),
        # By themselves, one for each worker: a worker that drew both would keep everything else waiting.
        Part("crashes", tests=("-n", "2", kill)),
        Part("faults", tests=(*_WORKERS, tests / "faults", f"--ignore={kill}")),
        # Whole files to a worker: what a file sets up is made once.
        Part("journeys", tests=("-n", "2", "--dist", "loadfile", tests / "journeys")),
    ]


def _web_commands() -> tuple[Command, ...]:
    npm = _BIN / "npm"
    wanted, installed = ROOT / "web/package-lock.json", ROOT / "web/node_modules/.package-lock.json"
    is_current = installed.exists() and installed.stat().st_mtime >= wanted.stat().st_mtime
    install: Command = (npm, "ci", "--no-audit", "--no-fund", "--loglevel=error")
    scripts = [(npm, "run", "--silent", name) for name in ("build", "check", "test")]
    return (*(() if is_current else (install,)), *scripts)


def run_part(part: Part, environment: Mapping[str, str]) -> Outcome:
    """Run a part; a failing one says why."""
    print(f"── {part.name}", flush=True)
    log, report = OUT / f"{part.name}.log", OUT / f"{part.name}.xml"
    commands = list(part.commands)
    if part.tests:
        commands.append((sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *part.tests))
    begun = time.monotonic()
    with log.open("wb") as output:
        succeeded = all(
            _run(command, part.folder, environment, output.fileno()) for command in commands
        )
    seconds = time.monotonic() - begun
    if not succeeded:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        print("\n".join(lines[-_TAIL:]), flush=True)
    counts = _counts(report) if part.tests else (0, 0, 0)
    return Outcome(part, seconds, succeeded, *counts)


def _run(command: Command, folder: Path, environment: Mapping[str, str], output: int) -> bool:
    words = [os.fspath(word) for word in command]
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        check=False,
    )
    return done.returncode == 0


def _counts(report: Path) -> tuple[int, int, int]:
    """(passed, failed, skipped) of a JUnit report; a run that ended without one failed."""
    if not report.exists():
        return 0, 1, 0
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314  # pytest wrote it a moment ago
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return total - failed - skipped, failed, skipped


def run_all(chosen: Sequence[Part]) -> list[Outcome]:
    """Run the parts, around one PostgreSQL for all of them when any of them tests."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    environment = {
        **os.environ,
        "PATH": f"{_BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONDONTWRITEBYTECODE": "",
    }
    with contextlib.ExitStack() as stack:
        if any(part.tests for part in chosen) and "GUIJU_TEST_POSTGRES" not in environment:
            folder = Path(tempfile.mkdtemp(prefix="guiju-tests-", dir=FAST))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            folder.chmod(0o755)
            started = stack.enter_context(cluster(folder / "postgresql"))
            environment["GUIJU_TEST_POSTGRES"] = started.dsn("postgres")
        return [run_part(part, environment) for part in chosen]


def table(outcomes: Sequence[Outcome]) -> str:
    """The time and result of each part."""
    lines = [f"{'part':<14}{'seconds':>8}{'passed':>8}{'failed':>8}{'skipped':>8}"]
    for each in outcomes:
        counts = (each.passed, each.failed, each.skipped) if each.part.tests else ("", "", "")
        numbers = "".join(f"{count:>8}" for count in counts)
        mark = "" if each.succeeded else "  FAILED"
        lines.append(f"{each.part.name:<14}{each.seconds:>8.1f}{numbers}{mark}")
    lines.append(f"{'all':<14}{sum(each.seconds for each in outcomes):>8.1f}")
    return "\n".join(lines)


def main() -> int:
    """Run; 0 when everything succeeded, and in CI only when nothing was skipped either."""
    known = {part.name: part for part in parts()}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=known, help="run these parts only")
    options = parser.parse_args()
    chosen = [part for name, part in known.items() if not options.only or name in options.only]
    outcomes = run_all(chosen)
    print(table(outcomes))
    passed, failed, skipped = (
        sum(getattr(each, name) for each in outcomes) for name in ("passed", "failed", "skipped")
    )
    if skipped:
        print(f"{skipped} skipped; the logs in {OUT.relative_to(ROOT)} say why")
    print(f"{passed} passed, {failed} failed")
    return int(not all(each.succeeded for each in outcomes) or (skipped > 0 and "CI" in os.environ))


if __name__ == "__main__":
    sys.exit(main())
