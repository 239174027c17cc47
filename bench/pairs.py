"""Two products in one run that differ in one thing: how much of the speed that thing costs."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.postgres import Cluster
from bench.scenarios import SEATS, Scenario
from bench.servers import Server, product
from bench.world import World

_CLOSED: Final = Scenario("closed32", connections=32, senders=32)


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

    def servers(self, home: Path, place: Cluster | None) -> list[Server]:
        """The small and the large product; both names tell the pair."""
        made = []
        for size, world in (("small", self.small), ("large", self.large)):
            name = f"{self.name}.{size}"
            dsn = place.create(name) if place else None
            server = product(home / name, dsn, world, name)
            made.append(replace(server, idle=self.idle if size == "large" else 0))
        return made


PAIRS: Final = (
    Pair("growth.offline", World(SEATS, offline=10), World(SEATS, offline=10_000)),
    Pair("growth.terms", World(SEATS, terms=5_000), World(SEATS, terms=50_000)),
    Pair("growth.idle", World(SEATS, outside=SEATS), World(SEATS, outside=SEATS), idle=10_000),
    Pair("governance", World(SEATS, terms=-1), World(SEATS, terms=10_000), figure="closed32.cpu"),
)
