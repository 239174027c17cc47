"""Measure the product against the floor on both databases: `make bench NAME=... JSON=file`.

In a run both servers are up and one is loaded at a time; who goes first changes with every run. A
ratio is product / floor of the same run, so that a slow minute of the machine slows both.
Usage: python -m bench.run [--name "closed8 rate50"] [--json FILE] [--runs 3] [--only floor]
"""

import argparse
import contextlib
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec

from bench import cold, inspection
from bench.load import Result
from bench.machine import commit, filesystem, machine, syncs_per_second
from bench.pairs import PAIRS
from bench.peers.servers import PEERS, peers
from bench.postgres import Cluster, cluster
from bench.process import BenchError, tail
from bench.report import Report, Row, markdown, short, table
from bench.scenarios import LARGE, PEERED, SCENARIOS, Figure, Scenario, by_size
from bench.servers import FLOOR, PRODUCT, Server, floor, product, serving
from bench.world import World

_ROOT: Final = Path(__file__).resolve().parent.parent
_WARM: Final = 1.0
_SYNC_SECONDS: Final = 0.5
_SLACK_SECONDS: Final = 90.0
_BUSY_LOAD: Final = 0.5
_FILES: Final = 20_000
_VOLATILE: Final = ("tmpfs", "ramfs")


@dataclass(slots=True)
class Measured:
    """Results in the order of the runs, by scenario and server; the speed of the disk meanwhile."""

    results: dict[tuple[str, str], list[Result]] = field(default_factory=dict)
    syncs: list[float] = field(default_factory=list)


def load(scenario: Scenario, server: Server, watch: list[int], seconds: float) -> Result:
    """Run the load generator once; raises `BenchError` with its reason when it fails."""
    plan = scenario.plan(server, watch, _WARM, seconds)
    try:
        done = subprocess.run(
            [sys.executable, "-m", server.load],
            cwd=_ROOT,
            input=msgspec.json.encode(plan),
            capture_output=True,
            check=False,
            timeout=_WARM + seconds + _SLACK_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"{scenario.name} on {server.name}: the load did not end") from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise BenchError(f"{scenario.name} on {server.name}: {reason}\n{tail(server.log)}")
    return msgspec.json.decode(done.stdout, type=Result)


def measure(
    servers: list[Server],
    scenarios: list[Scenario],
    database: list[int],
    options: argparse.Namespace,
) -> Measured:
    """All runs on one database, with its process in `database`; each run starts both anew."""
    measured = Measured()
    for run in range(options.runs):
        with contextlib.ExitStack() as stack:
            watch = {one.name: [stack.enter_context(serving(one)), *database] for one in servers}
            before = syncs_per_second(options.folder, _SYNC_SECONDS)
            for scenario in scenarios:
                results: list[Result] = []
                for server in servers if run % 2 == 0 else reversed(servers):
                    result = load(scenario, server, watch[server.name], options.seconds)
                    measured.results.setdefault((scenario.name, server.name), []).append(result)
                    results.append(result)
                    _tell(run, scenario, server, result)
                after = syncs_per_second(options.folder, _SYNC_SECONDS)
                measured.syncs.append((before + after) / 2)
                for result in results:
                    result.sync_per_s = measured.syncs[-1]
                before = after
    return measured


def _tell(run: int, scenario: Scenario, server: Server, result: Result) -> None:
    figures = ", ".join(
        f"{one.read(result):,.2f} {one.unit}" for one in scenario.figures() if not one.by_sync
    )
    note = f"; CPU server {result.server_cpu:.2f} load {result.load_cpu:.2f}"
    if scenario.rate:
        note += f"; sent late p99 {result.late_p99:.2f} ms"
    elif result.load_cpu > _BUSY_LOAD * max(result.server_cpu, 0.01):
        note += "; the load is heavy beside the server"
    print(f"  run {run + 1} {scenario.name} {server.name}: {figures}{note}", flush=True)


def rows(
    database: str, scenarios: list[Scenario], servers: list[str], measured: Measured, seconds: float
) -> Iterator[Row]:
    """The table of one database. With both servers the row is the product's."""
    for scenario in scenarios:
        for figure in scenario.figures():
            name = figure.name if servers[-1] == PRODUCT else f"floor:{figure.name}"
            params = scenario.params(seconds)
            yield _row(
                name,
                database,
                params,
                figure,
                [measured.results[scenario.name, one] for one in servers],
            )


def _row(
    name: str,
    database: str,
    params: Mapping[str, int | float | str],
    figure: Figure,
    results: list[list[Result]],
) -> Row:
    """A row of the last of `results` beside the first."""
    values = [[figure.read(one) for one in some] for some in results]
    main, both = values[-1], len(values) > 1
    # CPU time comes in ticks of 10 ms: a short window may count none.
    ratios = [above / below for above, below in zip(main, values[0], strict=True) if below]
    return Row(
        name=name,
        database=database,
        params=dict(params),
        unit=figure.unit,
        runs=len(main),
        median=short(statistics.median(main)),
        min=short(min(main)),
        max=short(max(main)),
        floor=short(statistics.median(values[0])) if both else None,
        ratio=short(statistics.median(ratios)) if both and ratios else None,
    )


def pair_rows(
    database: str, home: Path, place: Cluster | None, options: argparse.Namespace
) -> tuple[list[Row], list[float]]:
    """The pairs that were asked for; `floor` is the small side's median."""
    found: list[Row] = []
    syncs: list[float] = []
    for pair in options.pairs:
        small, large = pair.servers(home, place)
        processes = [place.process] if place else []
        measured = measure([small, large], [pair.scenario], processes, options)
        figure = next(one for one in pair.scenario.figures() if one.name == pair.figure)
        results = [measured.results[pair.scenario.name, one.name] for one in (small, large)]
        params: dict[str, int | float | str] = {
            **pair.scenario.params(options.seconds), "small": str(pair.small),
            "large": str(pair.large), "idle": pair.idle, "floor_is": "the small side",
        }  # fmt: skip
        found.append(_row(pair.name, database, params, figure, results))
        syncs += measured.syncs
    return found, syncs


def peer_rows(
    database: str, home: Path, place: Cluster | None, options: argparse.Namespace
) -> tuple[list[Row], list[float]]:
    """The product beside the peers of this database; `floor` is the peer's median."""
    found: list[Row] = []
    syncs: list[float] = []
    for (size, _), scenarios in by_size(list(PEERED)).items():
        others = peers(home, place, size)
        servers = [*others, *_servers(home, place, size, None, PEERS)]
        processes = [place.process] if place else []
        measured = measure(servers, scenarios, processes, options)
        found += rows(database, scenarios, [FLOOR, PRODUCT], measured, options.seconds)
        for peer in others:
            for scenario in scenarios:
                results = [measured.results[scenario.name, one] for one in (peer.name, PRODUCT)]
                params = scenario.params(options.seconds)
                notes = {"floor_is": peer.name, "client": "Python, raw sockets, uvloop"}
                for figure in scenario.figures():
                    name = f"peer.{peer.name}.{figure.name}"
                    found.append(_row(name, database, {**params, **notes}, figure, results))
        syncs += measured.syncs
    return found, syncs


def bench(options: argparse.Namespace, folder: Path) -> Report:
    """Measure everything that `options` asks for, in `folder`."""
    scenarios, with_inspection = _chosen(options.name)
    words = options.name.replace(",", " ").split()
    options.pairs = [pair for pair in PAIRS if pair.name in words]
    options.peers = PEERS in words
    found: list[Row] = []
    syncs: list[float] = []
    if with_inspection:
        print("inspection:", flush=True)
        found += inspection.rows(options.runs, folder)
        syncs.append(syncs_per_second(folder, _SYNC_SECONDS))
    if cold.NAME in words:
        print("cold:", flush=True)
        found += cold.rows(options.runs, folder)
        syncs.append(syncs_per_second(folder, _SYNC_SECONDS))
    for database in options.database if scenarios or options.pairs or options.peers else ():
        print(f"{database}:", flush=True)
        with contextlib.ExitStack() as stack:
            home = folder / database
            home.mkdir(mode=0o755)
            place = (
                stack.enter_context(cluster(home / "cluster")) if database == "postgresql" else None
            )
            for (size, herd), some in by_size(scenarios).items():
                # The floor keeps no history that a cursor could resume from.
                only = PRODUCT if herd else options.only
                servers = _servers(home, place, size, only, "herd" if herd else "")
                processes = [place.process] if place else []
                measured = measure(servers, some, processes, options)
                names = [server.name for server in servers]
                found += rows(database, some, names, measured, options.seconds)
                syncs += measured.syncs
            for more in (pair_rows, peer_rows) if options.peers else (pair_rows,):
                made, speeds = more(database, home, place, options)
                found += made
                syncs += speeds
    return Report(commit(_ROOT), machine(folder), short(statistics.median(syncs)), found)


def _servers(
    home: Path, place: Cluster | None, size: int, only: str | None, mark: str
) -> list[Server]:
    """The floor and the product for a group of `size`; `mark` tells their folders from others."""

    def dsn(name: str) -> str | None:
        return place.create(name) if place else None

    servers = []
    if only in (None, FLOOR):
        name = f"{FLOOR}{size}{mark}"
        servers.append(floor(home / name, dsn(name), size))
    if only in (None, PRODUCT):
        name = f"{PRODUCT}{size}{mark}"
        servers.append(product(home / name, dsn(name), World(online=size)))
    return servers


def _chosen(words: str) -> tuple[list[Scenario], bool]:
    """The scenarios of messages, and whether inspection is to be measured."""
    names = words.replace(",", " ").split()
    known = [inspection.NAME, cold.NAME, PEERS, *(one.name for one in (*SCENARIOS, *LARGE, *PAIRS))]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BenchError(f"no scenario {' '.join(unknown)}; there are {' '.join(known)}")
    chosen = [one for one in (*SCENARIOS, *LARGE) if one.name in names] if names else [*SCENARIOS]
    return chosen, not names or inspection.NAME in names


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the product against the floor.")
    parser.add_argument("--name", default="", help="scenarios, separated by spaces; none: all")
    parser.add_argument("--json", default="", help="file for the result")
    parser.add_argument("--markdown", default="", help="file for the table of the manual")
    parser.add_argument("--runs", type=int, default=3, help="3 or more give a usable median")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a window")
    parser.add_argument("--database", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--only", choices=(FLOOR, PRODUCT), help="measure one server alone")
    parser.add_argument(
        "--folder", type=Path, default=Path("/var/tmp"), help="on the disk to measure"
    )
    options = parser.parse_args()
    options.database = options.database or ["sqlite", "postgresql"]
    return options


def _stop(number: int, _frame: FrameType | None) -> None:
    # As an exception, so that every server is stopped on the way out.
    raise SystemExit(128 + number)


def main() -> int:
    """Measure, print the table, write the JSON; 1 when the run could not be made."""
    options = _options()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    try:
        if filesystem(options.folder) in _VOLATILE:
            raise BenchError(
                f"{options.folder} is in memory: nothing durable can be measured there"
            )
        with tempfile.TemporaryDirectory(prefix="guiju-bench-", dir=options.folder) as name:
            folder = Path(name)
            folder.chmod(0o755)
            report = bench(options, folder)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(table(report))
    if options.markdown:
        Path(options.markdown).write_text(markdown(report), encoding="utf-8")
    if options.json:
        Path(options.json).write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
