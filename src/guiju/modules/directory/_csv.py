"""Reading a list of people: CSV (RFC 4180) to rows, or to errors with line and column. Pure."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Protocol

from guiju.kernel.text import check_line
from guiju.modules.directory import _rules
from guiju.modules.directory.types import (
    BadStaffNumberError,
    BadUnitNameError,
    ImportRow,
    RowCode,
    RowError,
)


class _Reader(Protocol):
    """What is used of `csv.reader`, whose type has no public name."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


STAFF_NO, NAME, UNIT, POST, PHONE, EMAIL = COLUMNS = (
    "工号",
    "姓名",
    "部门",
    "岗位",
    "手机",
    "邮箱",
)
NEEDED = (STAFF_NO, NAME, UNIT)
# The column in which a workbook that came back says what is wrong; it may stay there.
NOTES = ("问题", "問題", "Problem")
MOST_COLUMNS = 4 * len(COLUMNS)
"""So many columns of a workbook are looked at."""
_LIMITS = {STAFF_NO: 32, NAME: 60, UNIT: 610, POST: 60, PHONE: 20, EMAIL: 254}
MAXIMUM_ROWS = 5000
TEMPLATE = "\ufeff" + ",".join(COLUMNS) + "\r\n"  # the mark makes spreadsheets read it as UTF-8

# A spreadsheet runs what begins so, also in its full-width forms, when an export is opened later.
_FORMULA = tuple("=+-@＝＋－＠\t\r")
_PHONE = re.compile(r"\+?[0-9][0-9 \-]{4,18}")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")


def parse(text: str) -> tuple[list[ImportRow], list[RowError]]:
    """The good rows and everything that is wrong with the others."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = next(reader, [])
        columns, errors = _header([cell.strip() for cell in header])
        if errors:
            return [], errors
        return _rows(reader, columns)
    except csv.Error as error:
        return [], [
            RowError(max(1, reader.line_num), "", RowCode.NOT_CSV, f"This is not CSV: {error}.")
        ]


def _header(header: list[str]) -> tuple[list[str], list[RowError]]:
    errors = [
        RowError(1, column, RowCode.COLUMN_MISSING, f"The column {column} is missing.")
        for column in NEEDED
        if column not in header
    ]
    for index, column in enumerate(header):
        if column not in COLUMNS:
            shown = column[:40]
            errors.append(
                RowError(1, shown, RowCode.COLUMN_UNKNOWN, f"There is no column {shown!r}.")
            )
        elif column in header[:index]:
            errors.append(
                RowError(
                    1, column, RowCode.COLUMN_TWICE, f"The column {column} stands there twice."
                )
            )
    return header, errors


def _rows(reader: _Reader, columns: list[str]) -> tuple[list[ImportRow], list[RowError]]:
    rows: list[ImportRow] = []
    errors: list[RowError] = []
    seen: dict[str, int] = {}
    count = 0
    before = reader.line_num
    for cells in reader:
        line, before = (
            before + 1,
            reader.line_num,
        )  # a quoted cell may hold line breaks; its row begins above
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MAXIMUM_ROWS:
            message = f"There are more than {MAXIMUM_ROWS} rows."
            return rows, [*errors, RowError(line, "", RowCode.TOO_MANY_ROWS, message)]
        if len(cells) != len(columns):
            message = f"The row has {len(cells)} cells, the heading {len(columns)}."
            errors.append(RowError(line, "", RowCode.CELLS, message))
            continue
        row, wrong = _row(
            line, {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
        )
        key = row.staff_no.lower()
        if key and key in seen:
            message = f"The same staff number stands in line {seen[key]}."
            wrong.append(RowError(line, STAFF_NO, RowCode.DUPLICATE, message))
        seen.setdefault(key, line)
        errors.extend(wrong)
        if not wrong:
            rows.append(row)
    if count == 0:
        errors.append(RowError(1, "", RowCode.NO_ROWS, "There are no rows."))
    return rows, errors


def _row(line: int, cells: dict[str, str]) -> tuple[ImportRow, list[RowError]]:
    errors = [
        RowError(line, column, *wrong)
        for column, cell in cells.items()
        if (wrong := _wrong(column, cell)) is not None
    ]
    unit = tuple(part.strip() for part in re.split("[/／]", cells[UNIT]))
    row = ImportRow(
        line,
        cells[STAFF_NO],
        cells[NAME],
        unit,
        cells.get(POST, ""),
        cells.get(PHONE, ""),
        cells.get(EMAIL, ""),
    )
    return row, errors


def _wrong(column: str, cell: str) -> tuple[RowCode, str] | None:
    """What is wrong with a cell, first things first."""
    if not cell:
        return (RowCode.EMPTY, f"{column} is empty.") if column in NEEDED else None
    if len(cell) > _LIMITS[column]:
        return RowCode.TOO_LONG, f"{column} is longer than {_LIMITS[column]} characters."
    if cell.startswith(_FORMULA) and not (column == PHONE and _PHONE.fullmatch(cell)):
        return RowCode.FORMULA, f"{column} begins like a formula."
    try:
        check_line(cell)
    except ValueError:
        return RowCode.CHARACTER, f"{column} holds a line break or a control character."
    match column:
        case "工号":
            return _staff_no(cell)
        case "部门":
            return _unit(cell)
        case "手机" if not _PHONE.fullmatch(cell):
            return RowCode.BAD_PHONE, "This is not a telephone number."
        case "邮箱" if not _EMAIL.fullmatch(cell):
            return RowCode.BAD_EMAIL, "This is not a mail address."
    return None


def _staff_no(cell: str) -> tuple[RowCode, str] | None:
    try:
        _rules.check_staff_no(cell)
    except BadStaffNumberError as error:
        return RowCode.BAD_STAFF_NO, error.message
    return None


def _unit(cell: str) -> tuple[RowCode, str] | None:
    parts = [part.strip() for part in re.split("[/／]", cell)]
    if len(parts) > _rules.MAXIMUM_DEPTH:
        return RowCode.BAD_UNIT, f"Units stand at most {_rules.MAXIMUM_DEPTH} levels deep."
    try:
        for part in parts:
            _rules.check_unit_name(part)
            if part.startswith(_FORMULA):
                return RowCode.FORMULA, f"{UNIT} begins like a formula."
    except BadUnitNameError as error:
        return RowCode.BAD_UNIT, error.message
    return None
