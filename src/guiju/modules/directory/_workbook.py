"""A list of people in a workbook (xlsx, xls, ods), as CSV. Runs in a process of its own (`kernel/sandbox.py`)."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice

import python_calamine as calamine

from guiju.modules.directory._csv import MAXIMUM_ROWS, MOST_COLUMNS, NOTES

READ = b"read"
UNREADABLE = b"unreadable"


def prepare() -> None:
    """Nothing has to be loaded before."""


def answer(request: bytes) -> Iterator[bytes]:
    """`READ` and the CSV, or `UNREADABLE`. The list is the first sheet that is shown; notes of an earlier try are left out."""
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(request))
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible
            and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        rows = book.get_sheet_by_name(shown[0]).iter_rows() if shown else iter(())
        written = _written(rows)
    except (calamine.CalamineError, ValueError):
        yield UNREADABLE
        return
    yield READ
    yield written.encode()


def _written(rows: Iterator[Sequence[object]]) -> str:
    """One row more than may be imported is kept, for the check to refuse; empty ends of rows are left out."""
    out = io.StringIO()
    writer = csv.writer(out)
    header = [_text(cell) for cell in next(rows, ())][:MOST_COLUMNS]
    while header and not header[-1]:
        header.pop()
    kept = [at for at, name in enumerate(header) if name not in NOTES]
    writer.writerow([header[at] for at in kept])
    for cells in islice(rows, MAXIMUM_ROWS + 1):
        writer.writerow([_text(cells[at]) if at < len(cells) else "" for at in kept])
    return out.getvalue()


def _text(cell: object) -> str:
    """A cell as people see it: spreadsheets keep staff numbers and telephones as floating-point numbers."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
