"""Put the tables of one run, or of several, into the manual and the README: `python -m bench.publish a.json b.json`.

What stands between the two marks of a document is replaced. Of a row that several reports have, the last one counts.
"""

import statistics
import sys
from pathlib import Path
from typing import Final

import msgspec

from bench.goals import judged
from bench.report import Report, markdown, short

_ROOT: Final = Path(__file__).resolve().parent.parent
_BEGIN: Final = "<!-- bench: goals -->"
_BEGIN_ROWS: Final = "<!-- bench: rows -->"
_END: Final = "<!-- bench: end -->"
_GOALS: Final = (Path("docs/operator/performance.md"), Path("README.md"))
_ROWS: Final = (Path("docs/operator/performance.md"),)


def merged(reports: list[Report]) -> Report:
    """One report of all rows. Raises ValueError for reports of different commits or machines."""
    kinds = {(report.commit, report.machine) for report in reports}
    if len(kinds) != 1:
        raise ValueError(f"these are reports of {len(kinds)} different commits or machines")
    ((commit, machine),) = kinds
    rows = {(row.name, row.database): row for report in reports for row in report.rows}
    speed = statistics.median(report.sync_per_s for report in reports)
    return Report(commit, machine, short(speed), list(rows.values()))


def placed(text: str, begin: str, table: str) -> str:
    """The document with `table` after the mark `begin`. Raises ValueError when a mark is missing."""
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(_END)
    if not found or not ended:
        raise ValueError(f"there is no {begin} … {_END}")
    return f"{before}{begin}\n{table.strip()}\n{_END}{after}"


def heading(report: Report) -> str:
    """What every table is of."""
    return f"Commit `{report.commit}`; {report.machine}; fdatasync {report.sync_per_s:,.0f}/s."


def main(files: list[str]) -> int:
    """Write the tables of these reports into the documents; 1 when they do not fit together."""
    try:
        whole = merged(
            [msgspec.json.decode(Path(each).read_bytes(), type=Report) for each in files]
        )
        goals = f"{heading(whole)}\n\n{judged(whole)}"
        for begin, table, documents in (
            (_BEGIN, goals, _GOALS),
            (_BEGIN_ROWS, markdown(whole), _ROWS),
        ):
            for name in documents:
                path = _ROOT / name
                path.write_text(placed(path.read_text(encoding="utf-8"), begin, table), encoding="utf-8")  # fmt: skip
    except (ValueError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
