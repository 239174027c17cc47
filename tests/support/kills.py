"""Kill a server under load, again and again."""

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
)
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from bench.servers import Session
from tests.support.aftermath import problems_after
from tests.support.load import Load
from tests.support.restarts import Restarted, loaded
from tests.support.server import Place, Serving

S = TypeVar("S", Serving, Restarted)
SENDERS = 6
FIRST_SENDER = 4  # who comes before has a part in the organisation
_SOONEST, _LATEST = 0.05, 0.6
# One start in so many is of the command itself, which must load the program too; the others are forked.
WHOLE_STARTS = 5


@dataclass(slots=True)
class Report:
    """What a run did and found. `ready` has the seconds of each start of the command, `ready_forked` those of the
    others; `caught` counts kills with sends under way.
    """

    kills: int = 0
    caught: int = 0
    acknowledged: int = 0
    repeated: int = 0
    ready: list[float] = field(default_factory=list)
    ready_forked: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "kills": self.kills,
            "caught_with_sends_under_way": self.caught,
            "acknowledged": self.acknowledged,
            "sent_again": self.repeated,
            "ready_seconds": _spread(self.ready),
            "ready_seconds_forked": _spread(self.ready_forked),
            "problems": self.problems[:20],
        }


def _spread(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {}
    return {"median": round(median(seconds), 2), "max": round(max(seconds), 2)}


def make_place(folder: Path, url: str | None) -> tuple[Place, list[dict[str, str]]]:
    """An organisation with one group of forty people; (place, accounts)."""
    place = Place(folder, url)
    accounts = json.loads(place.run(sys.executable, "-m", "bench.world"))
    return place, accounts


def make_load(place: Place, accounts: list[dict[str, str]], seed: int) -> Load:
    """Six members of the group, signed in on the running server."""
    chosen = accounts[FIRST_SENDER : FIRST_SENDER + SENDERS]
    sessions: list[Session] = [place.sign_in(each["account"], each["password"]) for each in chosen]
    (group,) = sessions[0].active_groups()
    return Load(sessions, group, seed)


@asynccontextmanager
async def under_load(start: AbstractContextManager[S], load: Load) -> AsyncIterator[S]:
    """Serve until the end of the block, with the load on it from the moment that the server is ready."""
    with ExitStack() as stack:
        serving = await asyncio.to_thread(stack.enter_context, start)
        load.up.set()
        try:
            yield serving
        finally:
            load.up.clear()


def served(place: Place, load: Load) -> AbstractAsyncContextManager[Serving]:
    """The command itself, under load."""
    return under_load(place.serving(), load)


async def kill_again_and_again(place: Place, load: Load, kills: int, seed: int) -> Report:
    """Start, send, kill at a random moment; at the end let everything be acknowledged, and judge the ledger."""
    rng, report = random.Random(seed), Report()

    async def kill(serving: Serving | Restarted, times: list[float]) -> None:
        times.append(serving.ready_after)
        await asyncio.sleep(rng.uniform(_SOONEST, _LATEST))
        # A fast machine answers everything at times; a kill just then would prove nothing.
        await load.under_way(_LATEST)
        serving.kill()
        report.caught += load.outstanding > 0
        report.kills += 1

    with loaded() as program:
        async with load.running():
            load.sending.set()
            for number in range(kills):
                if number % WHOLE_STARTS == 0:
                    async with served(place, load) as serving:
                        await kill(serving, report.ready)
                else:
                    async with under_load(program.serving(place), load) as forked:
                        await kill(forked, report.ready_forked)
            async with served(place, load) as serving:
                await load.finish()
            report.ready.append(serving.ready_after)
    report.acknowledged = load.acknowledged
    report.repeated = sum(sender.repeated for sender in load.senders)
    report.problems = problems_after(place, load)
    return report
