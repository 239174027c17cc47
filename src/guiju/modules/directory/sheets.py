"""Lists of people as workbooks: read in a limited process, and written for people to fill in or to correct."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.sandbox import End, Limits, Sandboxes
from guiju.modules.directory import _csv, _rules, _store, _workbook
from guiju.modules.directory.types import SheetUnreadableError
from guiju.modules.policy import service as policy

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LIMITS: Final = Limits(memory=256 << 20, cpu=10, wall=15, answer=8 << 20)
# Nothing that somebody wrote becomes a formula or a link when the workbook is opened.
_PLAIN: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_WIDTHS: Final = {_csv.UNIT: 28, _csv.EMAIL: 26}
_WIDTH: Final = 14
_NOTE_WIDTH: Final = 60
_RED: Final = "#b42318"
_UNITS: Final = "部门清单"


def reader() -> Sandboxes:
    """The process that reads workbooks; it starts with the first one."""
    return Sandboxes(_workbook.__name__, _LIMITS, 1)


def check_reader(tx: ReadTx, actor: Actor) -> None:
    """Whether one may bring lists in at all. Raises NotAllowedError."""
    policy.require(tx, actor, "directory.import")


def read(sandboxes: Sandboxes, workbook: bytes) -> str:
    """The list in a workbook as CSV text. Raises SheetUnreadableError."""
    answer = sandboxes.ask(workbook)
    if answer.end is not End.DONE or answer.frames[0] != _workbook.READ:
        raise SheetUnreadableError("This workbook cannot be read.", reason=answer.end.value)
    return answer.frames[1].decode()


def template(tx: ReadTx, actor: Actor) -> bytes:
    """An empty list, with the units to choose from. Raises NotAllowedError."""
    policy.require(tx, actor, "directory.import")
    units = sorted("/".join(path) for path in _rules.unit_paths(_store.units(tx)).values())
    return _book([list(_csv.COLUMNS)], units)


def marked(text: str, notes: Mapping[int, Sequence[str]]) -> bytes:
    """A list of people with what is wrong beside each row. `notes` are by the line of `text` that a row begins in.

    Raises SheetUnreadableError, also for more than a workbook that is read here may give: each cell costs time.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    written: list[list[str]] = []
    before = 0
    try:
        for cells in rows:
            line, before = before + 1, rows.line_num
            if len(written) > _csv.MAXIMUM_ROWS + 1 or len(cells) > _csv.MOST_COLUMNS:
                raise SheetUnreadableError("This is no list of people.", reason="size")
            note = _csv.NOTES[0] if line == 1 else "；".join(notes.get(line, ()))
            written.append([*cells, note] if line == 1 else _padded(cells, written, note))
    except csv.Error as error:
        raise SheetUnreadableError("This is not CSV.", reason="csv") from error
    return _book(written, [])


def _padded(cells: list[str], written: Sequence[Sequence[str]], note: str) -> list[str]:
    size = len(written[0]) - 1
    return [*cells[:size], *[""] * (size - len(cells)), note]


def _book(rows: Sequence[Sequence[str]], units: Sequence[str]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        # As text: a spreadsheet would take the zeros off the front of a number.
        plain = book.add_format({"num_format": "@"})
        wrong = book.add_format({"num_format": "@", "font_color": _RED, "text_wrap": True})
        needed = book.add_format({"bold": True, "font_color": _RED, "bg_color": "#fdecea"})
        other = book.add_format({"bold": True, "bg_color": "#eef1f5"})
        sheet = book.add_worksheet("人员")
        header = list(rows[0]) if rows else []
        for column, name in enumerate(header):
            is_note = name in _csv.NOTES
            width = _NOTE_WIDTH if is_note else _WIDTHS.get(name, _WIDTH)
            sheet.set_column(column, column, width, wrong if is_note else plain)
            sheet.write_string(0, column, name, needed if name in _csv.NEEDED else other)
        for number, row in enumerate(rows[1:], 1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
        sheet.freeze_panes(1, 0)
        if units and _csv.UNIT in header:
            _offer(book, sheet, header.index(_csv.UNIT), units)
    return out.getvalue()


def _offer(book: xlsxwriter.Workbook, sheet: Worksheet, column: int, units: Sequence[str]) -> None:
    """The units that there are as a list to choose from; another may be written, and is then made."""
    listed = book.add_worksheet(_UNITS)
    listed.set_column(0, 0, _WIDTHS[_csv.UNIT])
    for row, unit in enumerate(units):
        listed.write_string(row, 0, unit)
    source = f"={_UNITS}!$A$1:$A${len(units)}"
    rule = {"validate": "list", "source": source, "error_type": "information"}
    sheet.data_validation(1, column, _csv.MAXIMUM_ROWS, column, rule)
