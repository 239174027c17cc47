"""The scenarios by name, and the figures that each one gives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bench.load import Plan, Result
from bench.servers import Server

SETTLE: Final = 32


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of load: `connections` online members, of whom `senders` send.

    `rate` in messages a second over all senders; 0 is a closed loop. Without senders all idle.
    `members`: of the group. `herd`: all but the senders are cut at once and come back. `peers` do the same work.
    No more than `most_runs` are made of what is slow to load and varies little.
    """

    name: str
    connections: int
    senders: int
    rate: float = 0
    members: int = 40
    herd: bool = False
    peers: tuple[str, ...] = ()
    most_runs: int = 99

    def plan(self, server: Server, watch: list[int], warm: float, seconds: float) -> Plan:
        """The load's plan for `server`. `watch`: the server's process, then a database's.

        The database counts for CPU, not for the memory of a connection.
        """
        extra = 0 if self.senders else SETTLE
        count = self.connections + extra
        targets = [server.seats[number % len(server.seats)] for number in range(count)]
        return Plan(
            targets=targets,
            group=server.group,
            senders=self.senders,
            rate=self.rate,
            warm=warm,
            seconds=seconds,
            watch=watch if self.senders else watch[:1],
            settle=extra,
            herd=self.herd,
            idle=[server.outside[one % len(server.outside)] for one in range(server.idle)],
        )

    def peers_on(self, database: str) -> tuple[str, ...]:
        """The peers beside the product on a database; one that keeps its archive in SQLite is measured there alone."""
        skipped = "prosody" if database == "postgresql" else ""
        return tuple(name for name in self.peers if name != skipped)

    def params(self, seconds: float) -> dict[str, int | float]:
        """What a reader needs to repeat it."""
        params: dict[str, int | float] = {
            "members": self.members,
            "online": self.connections,
            "senders": self.senders,
            "seconds": seconds,
        }
        return params | ({"rate": self.rate} if self.rate else {})

    def figures(self) -> tuple["Figure", ...]:
        """The figures of the result; the first bears the scenario's own name."""
        if not self.senders:
            return (
                Figure(self.name, "KiB/socket", lambda result: result.kib_per_socket),
                Figure(f"{self.name}.process", "MiB", lambda result: result.process_mib),
            )
        if self.herd:
            return (Figure(self.name, "s", lambda result: result.herd_seconds),)
        cpu = Figure(f"{self.name}.cpu", "us/msg", lambda result: result.cpu_us_per_message)
        if self.rate:
            return (
                Figure(self.name, "ms", lambda result: result.delivery_p50),
                Figure(f"{self.name}.p99", "ms", lambda result: result.delivery_p99),
                cpu,
            )
        return (
            Figure(self.name, "msg/s", lambda result: result.acked_per_s),
            Figure(
                f"{self.name}.per_sync", "ratio", lambda one: one.acked_per_s / one.sync_per_s, True
            ),
            Figure(f"{self.name}.delivered", "deliveries/s", lambda one: one.delivered_per_s),
            Figure(f"{self.name}.ack_p50", "ms", lambda result: result.ack_p50),
            Figure(f"{self.name}.ack_p99", "ms", lambda result: result.ack_p99),
            cpu,
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a result; `by_sync`: it needs the speed of the disk, known only afterwards."""

    name: str
    unit: str
    read: Callable[[Result], float]
    by_sync: bool = False


# The idle sockets come first, on a server just started: later ones would get memory that earlier
# loads left free, and seem to cost nothing.
SCENARIOS: Final = (
    Scenario("idle1000", connections=1000, senders=0),
    Scenario("closed1", connections=1, senders=1, peers=("ejabberd", "prosody", "synapse")),
    Scenario("closed8", connections=8, senders=8),
    Scenario("closed32", connections=32, senders=32, peers=("ejabberd", "prosody", "synapse")),
    Scenario("rate50", connections=10, senders=5, rate=50, peers=("ejabberd", "prosody")),
    Scenario("rate500", connections=10, senders=5, rate=500),
)
# Each of these makes an organisation of its own size, or takes minutes: they run by name only.
LARGE: Final = (
    # No person may have more than 50 sockets.
    Scenario("idle10000", connections=10_000, senders=0, members=250, most_runs=2),
    Scenario("fan200", connections=200, senders=4, members=200, peers=("ejabberd",)),
    Scenario("held2000x200", connections=200, senders=20, rate=2000, members=200, most_runs=5),
    Scenario("held500x1000", connections=1000, senders=20, rate=500, members=1000, most_runs=5),
    Scenario("herd1000", connections=1000, senders=5, rate=50, members=1000, herd=True),
)
SEATS: Final = 40


def by_size(scenarios: list[Scenario]) -> dict[tuple[int, bool], list[Scenario]]:
    """The scenarios by the size of their group and whether they are a herd; each part shares servers."""
    sizes: dict[tuple[int, bool], list[Scenario]] = {}
    for scenario in scenarios:
        sizes.setdefault((scenario.members, scenario.herd), []).append(scenario)
    return sizes
