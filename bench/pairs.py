"""Two products in one run that differ in one thing: how much of the speed that thing costs."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from typing_extensions import override

from bench.histories import LARGE, SMALL, histories
from bench.postgres import Cluster
from bench.scenarios import SEATS, Scenario
from bench.servers import Server, product
from bench.world import World

_CLOSED: Final = Scenario("closed32", connections=32, senders=32)
_COMMIT: Final = Scenario("closed1", connections=1, senders=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """`small` and `large` are loaded in turn by `scenario`; the row's ratio is large / small.

    `idle` sockets of people outside the group stay open on the large one. `figure` picks one figure.
    """

    name: str
    small: World
    large: World
    figure: str = "closed32"
    scenario: Scenario = _CLOSED
    idle: int = 0

    @contextlib.contextmanager
    def servers(
        self, home: Path, place: Cluster | None, _kept: Path
    ) -> Iterator[tuple[list[Server], list[int]]]:
        """The small and the large product, whose names tell the pair; the processes of their database."""
        made = []
        for size, world in (("small", self.small), ("large", self.large)):
            name = f"{self.name}.{size}"
            dsn = place.create(name) if place else None
            server = product(home / name, dsn, world, name)
            made.append(replace(server, idle=self.idle if size == "large" else 0))
        yield made, [place.process] if place else []

    def params(self) -> dict[str, int | float | str]:
        """What a reader needs to repeat it."""
        return {"small": str(self.small), "large": str(self.large), "idle": self.idle}


@dataclass(frozen=True, slots=True)
class Histories(Pair):
    """A pair that differs in its history alone, which is made once and kept in a folder between runs."""

    @contextlib.contextmanager
    @override
    def servers(
        self, home: Path, place: Cluster | None, kept: Path
    ) -> Iterator[tuple[list[Server], list[int]]]:
        with histories(self.name, kept, is_postgresql=place is not None) as made:
            yield made

    @override
    def params(self) -> dict[str, int | float | str]:
        return {"small": SMALL, "large": LARGE}


PAIRS: Final = (
    Pair("growth.offline", World(SEATS, offline=10), World(SEATS, offline=10_000)),
    Pair("growth.terms", World(SEATS, terms=5_000), World(SEATS, terms=50_000)),
    Pair("growth.idle", World(SEATS, outside=250), World(SEATS, outside=250), idle=10_000),
    Histories("growth.history", World(SEATS), World(SEATS), "closed1.ack_p50", _COMMIT),
    Pair("governance", World(SEATS, terms=-1), World(SEATS, terms=10_000), figure="closed32.cpu"),
)
