"""Loading servers in turn, and the rows that come of it.

In a run all servers are up and one is loaded at a time; who goes first changes with every run. A ratio is product / floor
of the same run, so that a slow minute of the machine slows both.
"""

import argparse
import contextlib
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from bench.load import Result
from bench.machine import syncs_per_second
from bench.process import BenchError, tail
from bench.report import Row, left_out, short
from bench.scenarios import Figure, Scenario
from bench.servers import FLOOR, PRODUCT, Server, serving

ROOT: Final = Path(__file__).resolve().parent.parent
SYNC_SECONDS: Final = 0.5
_WARM: Final = 1.0
_SLACK_SECONDS: Final = 90.0
_BUSY_LOAD: Final = 0.5


@dataclass(slots=True)
class Measured:
    """Results in the order of the runs, by scenario and server; the speed of the disk meanwhile.

    `missing`: why a peer has none in a scenario.
    """

    results: dict[tuple[str, str], list[Result]] = field(default_factory=dict)
    syncs: list[float] = field(default_factory=list)
    missing: dict[tuple[str, str], str] = field(default_factory=dict)


def load(scenario: Scenario, server: Server, watch: list[int], seconds: float) -> Result:
    """Run the load generator once; raises `BenchError` with its reason when it fails."""
    plan = scenario.plan(server, watch, _WARM, seconds)
    try:
        done = subprocess.run(
            [sys.executable, "-m", server.load],
            cwd=ROOT,
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
    scenarios: Sequence[Scenario],
    database: list[int],
    options: argparse.Namespace,
    others: Mapping[str, tuple[Server, list[int]]] | None = None,
) -> Measured:
    """All runs on one database, with its process in `database`; each run starts the servers anew.

    `others` are the peers, which run already, by name and with their processes; one that fails is left out from there on.
    """
    measured, others = Measured(), others or {}
    for run in range(options.runs):
        some = [one for one in scenarios if run < one.most_runs]
        if not some:
            break
        with contextlib.ExitStack() as stack:
            watch = {one.name: [stack.enter_context(serving(one)), *database] for one in servers}
            watch |= {name: processes for name, (_, processes) in others.items()}
            before = syncs_per_second(options.folder, SYNC_SECONDS)
            for scenario in some:
                part = [*servers]
                if run < options.peer_runs:
                    part += [others[name][0] for name in scenario.peers if name in others]
                results: list[Result] = []
                for server in part if run % 2 == 0 else reversed(part):
                    result = _loaded(
                        scenario, server, watch, options, measured, server.name in others
                    )
                    if result is not None:
                        results.append(result)
                        _tell(run, scenario, server, result)
                after = syncs_per_second(options.folder, SYNC_SECONDS)
                measured.syncs.append((before + after) / 2)
                for result in results:
                    result.sync_per_s = measured.syncs[-1]
                before = after
    return measured


def _loaded(
    scenario: Scenario,
    server: Server,
    watch: Mapping[str, list[int]],
    options: argparse.Namespace,
    measured: Measured,
    is_peer: bool,
) -> Result | None:
    """One result, kept in `measured`; None of a peer that failed. Raises `BenchError` for the others."""
    key = scenario.name, server.name
    if key in measured.missing:
        return None
    try:
        result = load(scenario, server, watch[server.name], options.seconds)
    except BenchError as error:
        if not is_peer:
            raise
        measured.missing[key] = str(error).splitlines()[0][:160]
        print(f"  LEFT OUT {scenario.name} {server.name}: {error}", file=sys.stderr, flush=True)
        return None
    measured.results.setdefault(key, []).append(result)
    return result


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
    database: str,
    scenarios: Sequence[Scenario],
    servers: Sequence[str],
    measured: Measured,
    seconds: float,
) -> Iterator[Row]:
    """The table of one database. With both servers the row is the product's."""
    for scenario in scenarios:
        for figure in scenario.figures():
            name = figure.name if servers[-1] == PRODUCT else f"{FLOOR}:{figure.name}"
            results = [measured.results[scenario.name, one] for one in servers]
            yield row(name, database, scenario.params(seconds), figure, results)


def peer_rows(
    database: str,
    scenarios: Sequence[Scenario],
    missing: Mapping[str, str],
    measured: Measured,
    seconds: float,
) -> Iterator[Row]:
    """The product beside the peers; `floor` is the peer's median. `missing`: why a peer did not run at all."""
    for scenario in scenarios:
        params = scenario.params(seconds)
        for name in scenario.peers_on(database):
            why = missing.get(name) or measured.missing.get((scenario.name, name))
            theirs = measured.results.get((scenario.name, name), [])
            for figure in scenario.figures():
                title = f"peer.{name}.{figure.name}"
                if why is not None or not theirs:
                    if not figure.by_sync:
                        reason = why or "no run was made beside it"
                        yield left_out(title, database, figure.unit, reason)
                elif not figure.by_sync and figure.read(theirs[0]):
                    ours = measured.results[scenario.name, PRODUCT][: len(theirs)]
                    notes = {"floor_is": name, "client": "Python, raw sockets, uvloop"}
                    yield row(title, database, {**params, **notes}, figure, [theirs, ours])


def row(
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
