"""The table that a run gives: what `--json` writes, and the same for people."""

import msgspec


class Row(msgspec.Struct):
    """One line of the table; `floor` and `ratio` are null when only one side ran.

    `params` has what a reader needs to repeat it, and under `left_out` why a side did not run.
    """

    name: str
    database: str
    params: dict[str, int | float | str]
    unit: str
    runs: int
    median: float
    min: float
    max: float
    floor: float | None
    ratio: float | None


class Report(msgspec.Struct):
    """What `--json` writes."""

    commit: str
    machine: str
    sync_per_s: float
    rows: list[Row]


def left_out(name: str, database: str, unit: str, reason: str) -> Row:
    """The row of what could not be measured, which says why."""
    return Row(name, database, {"left_out": reason}, unit, 0, 0, 0, 0, None, None)


def short(value: float) -> float:
    """Four digits: the fifth is never the same twice."""
    return float(f"{value:.4g}")


def table(report: Report) -> str:
    """The report for people."""
    wide = max([24, *(len(row.name) + 2 for row in report.rows)])
    lines = [
        f"commit {report.commit}",
        report.machine,
        f"fdatasync {report.sync_per_s:,.0f}/s",
        "",
        f"{'figure':{wide}}{'database':12}{'unit':12}{'median':>10}{'min':>10}{'max':>10}{'floor':>10}{'ratio':>8}",
    ]
    for row in report.rows:
        below = "-" if row.floor is None else f"{row.floor:,.4g}"
        ratio = "-" if row.ratio is None else f"{row.ratio:.3g}"
        numbers = "".join(f"{value:>10,.4g}" for value in (row.median, row.min, row.max))
        note = f"  LEFT OUT: {row.params['left_out']}" if "left_out" in row.params else ""
        lines.append(
            f"{row.name:{wide}}{row.database:12}{row.unit:12}{numbers}{below:>10}{ratio:>8}{note}"
        )
    return "\n".join(lines)


def markdown(report: Report) -> str:
    """The report as the manual shows it."""
    lines = [
        f"Commit `{report.commit}`; {report.machine}; fdatasync {report.sync_per_s:,.0f}/s.",
        "",
        "| row | database | unit | runs | median | min | max | floor | ratio |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in report.rows:
        numbers = (row.median, row.min, row.max, row.floor, row.ratio) if row.runs else (None,) * 5
        shown = " | ".join("-" if value is None else f"{value:,.4g}" for value in numbers)
        if "left_out" in row.params:
            shown += f" LEFT OUT: {row.params['left_out']}"
        lines.append(f"| `{row.name}` | {row.database} | {row.unit} | {row.runs} | {shown} |")
    return "\n".join([*lines, ""])
