"""Run everything that must hold before a change goes in: `make test`, or with `--only` some parts of it.

All parts run, whatever an earlier one found. The last line is "N passed, N failed" over the tests of all parts.
"""

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from bench.postgres import cluster
from tests.support.folders import FAST
from tests.support.postgres import AUTH

ROOT: Final = Path(__file__).parents[1]
OUT: Final = ROOT / "tests" / "out"
PYTHON: Final = ("src", "tests", "bench", "tools")
_BIN: Final = Path(sys.executable).parent
_TAIL: Final = 80
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
# They wait for databases and processes: one more than cores.
_WORKERS: Final = ("-n", "3", "--dist", "worksteal")
# Browsers wait for one another's screens, most of the time: three for each of two cores.
_BY_FILE: Final = ("-n", "6", "--dist", "loadfile", "--no-loadscope-reorder")
Command = tuple[str | Path, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Commands that run one after the other in `folder` until one fails; or, with `tests`, one run of pytest.

    A part of one `core` runs beside another one.
    """

    name: str
    commands: tuple[Command, ...] = ()
    folder: Path = ROOT
    tests: Command = ()
    cores: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a part went; `processor` is the time that its processes computed, all but PostgreSQL's.

    A skipped test is counted, for it proved nothing.
    """

    part: Part
    seconds: float
    processor: float
    succeeded: bool
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def parts() -> list[Part]:
    """All parts, in their order: what is quick first."""
    tests = ROOT / "tests"
    apart, faults = ("architecture", "faults", "journeys"), tests / "faults"
    rest = [f"--ignore={tests / name}" for name in apart]
    crashes = [faults / f"test_{name}.py" for name in ("kill_scheduled", "deploy", "kill")]
    return [
        Part("format", ((_BIN / "ruff", "format", "--check", "--quiet", *PYTHON),)),
        Part("lint", ((_BIN / "ruff", "check", "--quiet", *PYTHON),)),
        Part("types", ((_BIN / "mypy",),)),
        Part("architecture", tests=(tests / "architecture",)),
        Part("web", _web_commands(), ROOT / "web"),
        Part("modules", tests=(*_WORKERS, tests, *rest), cores=2),
        # They start servers and wait for them: each has a worker of its own, as long as these are more than half as many.
        Part("crashes", tests=("-n", "6", *crashes), cores=2),
        Part(
            "faults", tests=(*_WORKERS, faults, *(f"--ignore={test}" for test in crashes)), cores=2
        ),
        Part("journeys", tests=(*_BY_FILE, tests / "journeys"), cores=2),
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
        how = ("-q", "-p", "tests.support.at_rest", f"--junitxml={report}")
        commands.append((sys.executable, "-m", "pytest", *how, *part.tests))
    begun, processor, succeeded = time.monotonic(), 0.0, True
    with log.open("wb") as output:
        for command in commands:
            succeeded, used = _run(command, part.folder, environment, output.fileno())
            processor += used
            if not succeeded:
                break
    seconds = time.monotonic() - begun
    if not succeeded:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        print("\n".join([f"── {part.name} failed", *lines[-_TAIL:]]), flush=True)
    text = log.read_text(encoding="utf-8", errors="replace")
    why = [*left_out(text), *(_reasons(report) if part.tests else ())]
    for line in dict.fromkeys(why):
        print(f"── {part.name}: {line}", flush=True)
    counts = _counts(report) if part.tests else (0, 0, skipped_by_vitest(text))
    return Outcome(part, seconds, processor, succeeded, *counts)


def _run(
    command: Command, folder: Path, environment: Mapping[str, str], output: int
) -> tuple[bool, float]:
    """Whether it succeeded, and how long it and its children computed."""
    process = subprocess.Popen(
        [os.fspath(word) for word in command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode == 0, used.ru_utime + used.ru_stime


def left_out(text: str) -> list[str]:
    """The lines of a log that say which checks were left out, each once."""
    plain = _COLOURS.sub("", text)
    found = (line.strip(" *") for line in plain.splitlines() if "CORPUS MISSING" in line)
    return list(dict.fromkeys(found))


def skipped_by_vitest(text: str) -> int:
    """How many tests the summary of vitest counts as skipped or to do."""
    plain = _COLOURS.sub("", text)
    summary = [line for line in plain.splitlines() if re.match(r"\s*Tests\s+\d", line)]
    return sum(int(n) for line in summary for n in re.findall(r"(\d+) (?:skipped|todo)", line))


def _reasons(report: Path) -> list[str]:
    """What a JUnit report says of each test that was skipped; with a reason that many share, once."""
    if not report.exists():
        return []
    tests: dict[str, list[str]] = {}
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314  # pytest wrote it a moment ago
        for skipped in case.iter("skipped"):
            name = f"{case.get('classname')}.{case.get('name')}"
            tests.setdefault(skipped.get("message") or "no reason given", []).append(name)
    return [
        f"LEFT OUT: {', '.join(names[:3])}{f' and {len(names) - 3} more' if len(names) > 3 else ''}: {why}"
        for why, names in tests.items()
    ]


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
        folder = Path(tempfile.mkdtemp(prefix="guiju-tests-", dir=FAST))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        environment["TMPDIR"] = str(folder)
        if any(part.tests for part in chosen) and "GUIJU_TEST_POSTGRES" not in environment:
            started = stack.enter_context(cluster(folder / "postgresql", auth=AUTH))
            environment["GUIJU_TEST_POSTGRES"] = started.dsn("postgres")
        return _run_side_by_side(chosen, environment)


def _run_side_by_side(chosen: Sequence[Part], environment: Mapping[str, str]) -> list[Outcome]:
    """Those of one core two at a time, then the others one after the other; in the order of `chosen`."""
    with ThreadPoolExecutor(2) as beside:
        begun = {
            part.name: beside.submit(run_part, part, environment)
            for part in chosen
            if part.cores == 1
        }
    done = {name: each.result() for name, each in begun.items()}
    return [done.get(part.name) or run_part(part, environment) for part in chosen]


def table(outcomes: Sequence[Outcome], seconds: float) -> str:
    """The time and result of each part; `seconds` is how long all took together."""
    heads = ("seconds", "processor", "passed", "failed", "skipped")
    lines = [f"{'part':<14}" + "".join(f"{head:>10}" for head in heads)]
    for each in outcomes:
        counts = (
            (each.passed, each.failed, each.skipped) if each.part.tests else ("", "", each.skipped)
        )
        numbers = "".join(f"{count:>10}" for count in counts)
        mark = "" if each.succeeded else "  FAILED"
        times = f"{each.seconds:>10.1f}{each.processor:>10.1f}"
        lines.append(f"{each.part.name:<14}{times}{numbers}{mark}")
    processor = sum(each.processor for each in outcomes)
    lines.append(f"{'all':<14}{seconds:>10.1f}{processor:>10.1f}")
    return "\n".join(lines)


def main() -> int:
    """Run; 0 when everything succeeded, and in CI only when nothing was skipped either."""
    known = {part.name: part for part in parts()}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=known, help="run these parts only")
    options = parser.parse_args()
    chosen = [part for name, part in known.items() if not options.only or name in options.only]
    begun = time.monotonic()
    outcomes = run_all(chosen)
    print(table(outcomes, time.monotonic() - begun))
    passed, failed, skipped = (
        sum(getattr(each, name) for each in outcomes) for name in ("passed", "failed", "skipped")
    )
    if skipped:
        print(f"{skipped} skipped; the lines LEFT OUT above say why")
    print(f"{passed} passed, {failed} failed")
    return int(not all(each.succeeded for each in outcomes) or (skipped > 0 and "CI" in os.environ))


if __name__ == "__main__":
    sys.exit(main())
