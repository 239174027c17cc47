"""What must be reached, and whether a report reaches it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from bench.report import Report, Row

_BOTH: Final = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound for a row's `ratio`, or for its `median` when `of_ratio` is off; `at_least` or at most.

    `aim` is what is better still.
    """

    figure: str
    row: str
    must: float
    aim: float | None = None
    at_least: bool = True
    of_ratio: bool = True
    unit: str = ""
    databases: tuple[str, ...] = _BOTH

    def is_met(self, value: float, bound: float) -> bool:
        """Whether a measured value is on the right side."""
        return value >= bound if self.at_least else value <= bound

    def bound(self, value: float | None) -> str:
        """A bound as the table shows it."""
        if value is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {value:g}{f' {self.unit}' if self.unit else ''}"


GOALS: Final = (
    Goal("acknowledged messages/s, 32 senders, all receive / floor", "closed32", 0.35, 0.6),
    Goal("the same / ejabberd on PostgreSQL", "peer.ejabberd.closed32", 8, 15),
    Goal("the same / Synapse, which has no receivers", "peer.synapse.closed32", 40, 100),
    Goal("one sender in a closed loop / `fdatasync` rate", "closed1.per_sync", 0.5, 0.8, of_ratio=False, databases=("sqlite",)),
    Goal("one sender in a closed loop / `fdatasync` rate", "closed1.per_sync", 0.2, 0.4, of_ratio=False, databases=("postgresql",)),
    Goal("delivery p50, 10 members, 50 msg/s / ejabberd", "peer.ejabberd.rate50", 1, 0.6, at_least=False),
    Goal("delivery p99, 10 members, 50 msg/s / ejabberd", "peer.ejabberd.rate50.p99", 1, at_least=False),
    Goal("deliveries/s, 200 members, 4 senders / floor", "fan200.delivered", 0.4, 0.7),
    Goal("the same / ejabberd on PostgreSQL", "peer.ejabberd.fan200.delivered", 5, 9),
    Goal("500 msg/s to 1,000 members, nothing lost: delivery p99", "held500x1000.p99", 100, 40, at_least=False, of_ratio=False, unit="ms"),
    Goal("2,000 msg/s to 200 members, nothing lost: delivery p99", "held2000x200.p99", 100, 40, at_least=False, of_ratio=False, unit="ms"),
    Goal("CPU for a message: full pack and 10,000 terms / plain pack and empty dictionaries", "governance", 2, 1.5, at_least=False),
    Goal("idle authenticated socket, of 10,000", "idle10000", 24, 16, at_least=False, of_ratio=False, unit="KiB"),
    Goal("process with 10,000 idle sockets", "idle10000.process", 400, at_least=False, of_ratio=False, unit="MiB"),
    Goal("messages/s, 10,000 / 10 offline members", "growth.offline", 0.95),
    Goal("time of a commit, history of 3 M / 1 M messages", "growth.history", 1.2, at_least=False),
    Goal("messages/s, 50,000 / 5,000 terms", "growth.terms", 0.95),
    Goal("messages/s, 10,000 / 0 idle sockets", "growth.idle", 0.9),
)  # fmt: skip
"""In the order in which they are published."""


class Judgement(NamedTuple):
    """A goal on one database: the row that it is judged by, or None, and what comes of it."""

    goal: Goal
    database: str
    row: Row | None
    verdict: str

    @property
    def measured(self) -> float | None:
        """The figure that counts; None when it was not measured."""
        if self.row is None or not self.row.runs:
            return None
        return self.row.ratio if self.goal.of_ratio else self.row.median


def judge(report: Report) -> Iterator[Judgement]:
    """Every goal of which the report has a row."""
    rows = {(row.name, row.database): row for row in report.rows}
    for goal in GOALS:
        for database in goal.databases:
            row = rows.get((goal.row, database))
            if row is not None:
                made = Judgement(goal, database, row, "")
                yield made._replace(verdict=_verdict(goal, row, made.measured))


def _verdict(goal: Goal, row: Row, value: float | None) -> str:
    if value is None:
        return f"LEFT OUT: {row.params.get('left_out', 'nothing to compare with')}"
    if not goal.is_met(value, goal.must):
        return "**MISSED**"
    return "aim met" if goal.aim is not None and goal.is_met(value, goal.aim) else "met"


def judged(report: Report) -> str:
    """The goals as a table in Markdown."""
    lines = [
        "| goal | row | database | must | aim | measured | product | beside | runs | |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for goal, database, row, verdict in judge(report):
        assert row is not None, "only rows are judged"
        value = Judgement(goal, database, row, verdict).measured
        figures = (
            ["-" if value is None else f"{value:.3g}", f"{row.median:,.4g}", "-" if row.floor is None else f"{row.floor:,.4g}"]
        )  # fmt: skip
        cells = [goal.figure, f"`{goal.row}`", database, goal.bound(goal.must), goal.bound(goal.aim), *figures, str(row.runs), verdict]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
