"""Measure the product against the floor and the peers: `make bench NAME=... JSON=file`.

Usage: python -m bench.run [--name "closed8 rate50"] [--json FILE] [--markdown FILE] [--runs 3] [--only floor] [--no-peers]
"""

import argparse
import contextlib
import resource
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec

from bench import inspection
from bench.goals import judge, judged
from bench.machine import commit, filesystem, machine, syncs_per_second
from bench.measuring import ROOT, SYNC_SECONDS, measure, peer_rows, row, rows
from bench.pairs import PAIRS, Pair
from bench.peers.installing import PeerMissingError
from bench.peers.servers import EJABBERD, peer
from bench.postgres import Cluster, cluster
from bench.process import BenchError
from bench.report import Report, Row, left_out, markdown, short, table
from bench.scenarios import LARGE, SCENARIOS, Scenario, by_size
from bench.servers import FLOOR, PRODUCT, Server, floor, product, serving
from bench.world import World

_FILES: Final = 20_000
_VOLATILE: Final = ("tmpfs", "ramfs")
_PEER_RUNS: Final = 3
_TERMS: Final = 10_000
_ROWS_OF_GOALS: Final = (
    "closed1", "closed32", "rate50", "fan200", "held500x1000", "held2000x200", "idle10000",
    *(pair.name for pair in PAIRS), inspection.NAME,
)  # fmt: skip
"""What is measured without a name: what has a goal, and inspection."""


class Bench:
    """One measurement: what was asked for, and what came of it so far."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        """Everything is made in `folder`."""
        self.options = options
        self._folder = folder
        self.found: list[Row] = []
        self.syncs: list[float] = []
        self.has_failed = False

    def run(self) -> Report:
        """Measure what was asked for; a part that fails is left out, loudly, and the others go on."""
        scenarios, pairs, with_inspection = chosen(self.options.name)
        for database in self.options.database if scenarios or pairs else ():
            self._part(f"on {database}", partial(self._database, database, scenarios, pairs))
        if with_inspection:
            self._part(inspection.NAME, self._inspection)
        if not self.found:
            raise BenchError("nothing was measured")
        return Report(commit(ROOT), machine(self._folder), short(statistics.median(self.syncs)), self.found)  # fmt: skip

    def _inspection(self) -> None:
        self.found += inspection.rows(self.options.runs, self._folder)
        self.syncs.append(syncs_per_second(self._folder, SYNC_SECONDS))

    def _part(self, name: str, act: Callable[[], None], rows: Sequence[tuple[str, str]] = (), database: str = "-") -> None:  # fmt: skip
        began = time.monotonic()
        print(f"{name}:", flush=True)
        try:
            act()
        except BenchError as error:
            self.has_failed = True
            print(f"bench: LEFT OUT {name}: {error}", file=sys.stderr, flush=True)
            reason = str(error).splitlines()[0]
            self.found += [left_out(title, database, unit, reason) for title, unit in rows]
        print(f"  {name} took {time.monotonic() - began:.0f} s", flush=True)

    def _database(self, database: str, scenarios: list[Scenario], pairs: list[Pair]) -> None:
        with contextlib.ExitStack() as stack:
            home = self._folder / database
            home.mkdir(mode=0o755)
            beside = any(one.peers for one in scenarios) and self.options.peers and not self.options.only  # fmt: skip
            running = None
            if beside or database == "postgresql":
                running = stack.enter_context(cluster(home / "cluster"))
            place = running if database == "postgresql" else None
            for some in by_size(scenarios).values():
                figures = [(each.name, each.unit) for one in some for each in one.figures()]
                peered = running if beside else None
                act = partial(self._scenarios, database, home, place, peered, some)
                self._part(f"{' '.join(one.name for one in some)} on {database}", act, figures, database)  # fmt: skip
            for pair in pairs:
                figures = [(pair.name, "")]
                act = partial(self._pair, database, home, place, pair)
                self._part(f"{pair.name} on {database}", act, figures, database)

    def _scenarios(
        self,
        database: str,
        home: Path,
        place: Cluster | None,
        beside: Cluster | None,
        some: list[Scenario],
    ) -> None:
        """Scenarios that share their servers; `beside`: where peers may have their archive."""
        options, first = self.options, some[0]
        # The floor keeps no history that a cursor could resume from.
        only = PRODUCT if first.herd else options.only
        mark = f"{first.members}{'herd' if first.herd else ''}"
        missing: dict[str, str] = {}
        with contextlib.ExitStack() as stack:
            others: dict[str, tuple[Server, list[int]]] = {}
            wanted = dict.fromkeys(name for one in some for name in one.peers_on(database))
            for name in wanted if beside else ():
                assert beside is not None, "peers are wanted"
                try:
                    server = peer(name, home, beside, mark)
                    process = stack.enter_context(serving(server))
                except (PeerMissingError, BenchError) as error:
                    missing[name] = str(error).splitlines()[0]
                    print(f"bench: LEFT OUT {name}: {error}", file=sys.stderr, flush=True)
                    continue
                archive = [beside.process] if name == EJABBERD else []
                others[name] = server, [process, *archive]
            servers = _servers(home, place, first.members, only, mark)
            processes = [place.process] if place else []
            measured = measure(servers, some, processes, options, others)
        names = [server.name for server in servers]
        self.found += rows(database, some, names, measured, options.seconds)
        if beside and PRODUCT in names:
            self.found += peer_rows(database, some, missing, measured, options.seconds)
        self.syncs += measured.syncs

    def _pair(self, database: str, home: Path, place: Cluster | None, pair: Pair) -> None:
        """A pair; `floor` is the small side's median."""
        options = self.options
        with pair.servers(home, place, options.keep) as (servers, processes):
            measured = measure(servers, [pair.scenario], processes, options)
        figure = next(one for one in pair.scenario.figures() if one.name == pair.figure)
        results = [measured.results[pair.scenario.name, one.name] for one in servers]
        params = {**pair.scenario.params(options.seconds), **pair.params(), "floor_is": "the small side"}  # fmt: skip
        self.found.append(row(pair.name, database, params, figure, results))
        self.syncs += measured.syncs


def _servers(
    home: Path, place: Cluster | None, size: int, only: str | None, mark: str
) -> list[Server]:
    """The floor and the product for a group of `size`; `mark` tells their folders from others."""

    def dsn(name: str) -> str | None:
        return place.create(name) if place else None

    servers = []
    if only in (None, FLOOR):
        name = f"{FLOOR}{mark}"
        servers.append(floor(home / name, dsn(name), size))
    if only in (None, PRODUCT):
        name = f"{PRODUCT}{mark}"
        servers.append(product(home / name, dsn(name), World(online=size, terms=_TERMS)))
    return servers


def chosen(words: str) -> tuple[list[Scenario], list[Pair], bool]:
    """The scenarios of messages, the pairs, and whether inspection is to be measured."""
    names = words.replace(",", " ").split() or list(_ROWS_OF_GOALS)
    known = [inspection.NAME, *(one.name for one in (*SCENARIOS, *LARGE, *PAIRS))]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BenchError(f"no scenario {' '.join(unknown)}; there are {' '.join(known)}")
    scenarios = [one for one in (*SCENARIOS, *LARGE) if one.name in names]
    return scenarios, [pair for pair in PAIRS if pair.name in names], inspection.NAME in names


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the product against the floor.")
    parser.add_argument("--name", default="", help="scenarios, separated by spaces; none: all that have a goal")  # fmt: skip
    parser.add_argument("--json", default="", help="file for the result")
    parser.add_argument("--markdown", default="", help="file for the tables of the manual")
    parser.add_argument("--runs", type=int, default=3, help="3 or more give a usable median")
    parser.add_argument("--peer-runs", type=int, default=_PEER_RUNS, help="runs beside the peers, at most --runs")  # fmt: skip
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a window")
    parser.add_argument("--database", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--only", choices=(FLOOR, PRODUCT), help="measure one server alone")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="without the other messengers")  # fmt: skip
    parser.add_argument(
        "--folder", type=Path, default=Path("/var/tmp"), help="on the disk to measure"
    )
    parser.add_argument(
        "--keep", type=Path, default=Path("/var/tmp/guiju-bench"), help="where long histories stay"
    )
    options = parser.parse_args()
    options.database = options.database or ["sqlite", "postgresql"]
    return options


def _stop(number: int, _frame: FrameType | None) -> None:
    # As an exception, so that every server is stopped on the way out.
    raise SystemExit(128 + number)


def main() -> int:
    """Measure, print the tables, write the files; 1 when a part failed."""
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
            bench = Bench(options, folder)
            report = bench.run()
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(table(report))
    if any(judge(report)):
        print(f"\n{judged(report)}")
    if options.markdown:
        whole = f"### Goals\n\n{judged(report)}\n\n### All rows\n\n{markdown(report)}"
        Path(options.markdown).write_text(whole, encoding="utf-8")
    if options.json:
        Path(options.json).write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    return 1 if bench.has_failed else 0


if __name__ == "__main__":
    sys.exit(main())
