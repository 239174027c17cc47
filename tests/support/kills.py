"""Kill a server under load, again and again."""

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.servers import Session
from tests.support.aftermath import problems_after
from tests.support.kill_operations import Beside, make_workers
from tests.support.load import Load
from tests.support.server import Place, Serving

SENDERS = 6
FIRST_SENDER = 4  # who comes before has a part in the organisation
CAUGHT_SHARE = 0.8
_SOONEST, LATEST = 0.05, 0.6
LATER = (LATEST, 2.5, LATEST, 8.0)  # a file is not read in a moment, and workers look first


@dataclass(slots=True)
class Report:
    """What a run did and found. `ready` has the seconds of each start; `caught` counts kills with sends under way.

    `operations` has how often each operation was acknowledged, and how often nothing answered it; `limited` how often one
    was refused by a limit of the rules.
    """

    kills: int = 0
    caught: int = 0
    acknowledged: int = 0
    repeated: int = 0
    ready: list[float] = field(default_factory=list)
    operations: dict[str, tuple[int, int]] = field(default_factory=dict)
    limited: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def judge(self, log: Path, ready_within: float) -> list[str]:
        """Everything that must not be: what was found on the way, and what the whole run shows. `log` is the servers',
        each of which is ready within so many seconds.
        """
        found = list(self.problems)
        if self.acknowledged <= 10 * self.kills:
            found.append(f"only {self.acknowledged} messages were acknowledged")
        if self.caught < CAUGHT_SHARE * self.kills:
            # A kill while nothing is under way would prove nothing.
            found.append(f"only {self.caught} of {self.kills} kills caught sends under way")
        found += [
            f"{name} was never acknowledged"
            for name, (done, _) in self.operations.items()
            if not done
        ]
        slow = [seconds for seconds in self.ready if seconds > ready_within]
        if slow or not self.ready:
            found.append(f"{len(slow)} of {len(self.ready)} starts took over {ready_within} s")
        if "Traceback" in log.read_text(encoding="utf-8"):
            found.append("the servers' log has a traceback")
        return found

    def summary(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "kills": self.kills,
            "caught_with_sends_under_way": self.caught,
            "acknowledged": self.acknowledged,
            "sent_again": self.repeated,
            "ready_seconds": {
                "median": round(median(self.ready), 2),
                "max": round(max(self.ready), 2),
            },
            "operations": self.operations,
            "limited": self.limited,
            "problems": self.problems[:20],
        }


def make_place(folder: Path, url: str | None) -> tuple[Place, list[dict[str, str]]]:
    """An organisation with one group of forty people; (place, accounts)."""
    place = Place(folder, url)
    accounts = json.loads(place.run(sys.executable, "-m", "tests.support.crowd"))
    return place, accounts


def make_load(
    place: Place, accounts: list[dict[str, str]], seed: int, beside: Beside | None = None
) -> Load:
    """Six members of the group, signed in on the running server; with `beside`, workers for other operations too."""
    chosen = accounts[FIRST_SENDER : FIRST_SENDER + SENDERS]
    sessions: list[Session] = [place.sign_in(each["account"], each["password"]) for each in chosen]
    (group,) = sessions[0].active_groups()
    workers = make_workers(place, accounts, group, beside, seed) if beside is not None else []
    return Load(sessions, group, seed, workers)


@asynccontextmanager
async def served(place: Place, load: Load) -> AsyncIterator[Serving]:
    """Serve until the end of the block, with the load on it from the moment that the server is ready."""
    with ExitStack() as stack:
        serving = await asyncio.to_thread(stack.enter_context, place.serving())
        load.serve()
        try:
            yield serving
        finally:
            load.up.clear()


async def kill_again_and_again(
    place: Place, load: Load, kills: int, seed: int, latest: Sequence[float] = (LATEST,)
) -> Report:
    """Start, send, kill at a random moment; at the end let everything be acknowledged, and judge the ledger.

    `latest` is how long each server may live, in seconds, in turn.
    """
    rng, report = random.Random(seed), Report()
    async with load.running():
        load.sending.set()
        for number in range(kills):
            async with served(place, load) as serving:
                await asyncio.sleep(rng.uniform(_SOONEST, latest[number % len(latest)]))
                # A fast machine answers everything at times; a kill just then would prove nothing.
                await load.under_way(LATEST)
                serving.kill()
                report.caught += load.outstanding > 0
            report.kills += 1
            report.ready.append(serving.ready_after)
        async with served(place, load) as serving:
            await load.finish()
        report.ready.append(serving.ready_after)
    report.acknowledged = load.acknowledged
    report.repeated = sum(sender.repeated for sender in load.senders)
    report.operations = {one.name: (one.acknowledged, one.interrupted) for one in load.workers}
    report.limited = {one.name: one.limited for one in load.workers if one.limited}
    report.problems = problems_after(place, load)
    return report
