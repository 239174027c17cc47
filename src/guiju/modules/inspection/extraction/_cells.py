"""Cells of SpreadsheetML as they are shown (ECMA-376 part 1, 18.3 and 18.8.30).

Numbers are given as people see them where the difference matters to inspection: dates, leading
zeros, digits cut off by an exponent. Where the stored digits differ, they are given too.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from guiju.modules.inspection.extraction._xml import local

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|[_*].')
_QUOTED = re.compile(r'"([^"]+)"')
_DATE = re.compile(r"[ymdhs]", re.IGNORECASE)
_ZEROS = re.compile(r"0{2,}")
_DATE_IDS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
# Day 1 is 1900-01-01 and the leap day that 1900 did not have is counted: from March on this epoch.
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # cells know no zone
_LAST_DAY = 2_958_465

Show = Callable[[str], str]


@dataclass(slots=True)
class Book:
    """What the cells of all sheets refer to."""

    shared: list[str] = field(default_factory=list)
    shows: list[Show | None] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    """Which of the shared strings a cell has shown."""

    def unused(self) -> list[str]:
        """The shared strings of no cell: what was deleted, or never shown."""
        return [text for place, text in enumerate(self.shared) if place not in self.used]


@dataclass(slots=True)
class Cells:
    """The cells of one sheet: tabs between cells, a line a row."""

    shown: str = ""
    hidden: str = ""
    stored: str = ""
    formulas: str = ""


def string_table(root: Element) -> list[str]:
    """The strings that cells refer to, each with its runs joined and without its readings."""
    return [
        "".join(
            node.text or ""
            for child in item
            if local(child) != "rPh"
            for node in child.iter()
            if local(node) == "t"
        )
        for item in root
        if local(item) == "si"
    ]


def styles(root: Element) -> tuple[list[Show | None], str]:
    """How each cell format shows a number, and the words that people put into formats."""
    codes: dict[int, str] = {}
    words: list[str] = []
    shows: list[Show | None] = []
    for part in root:
        if local(part) == "numFmts":
            for entry in part:
                code = entry.get("formatCode", "")
                codes[int(entry.get("numFmtId", "0"))] = code
                words.extend(_QUOTED.findall(code))
        elif local(part) == "cellXfs":
            shows = [_show_of(int(entry.get("numFmtId", "0")), codes) for entry in part]
    return shows, "\n".join(words)


def _show_of(number: int, codes: dict[int, str]) -> Show | None:
    if number in _DATE_IDS:
        return _date
    code = codes.get(number)
    if code is None:
        return None
    bare = _LITERAL.sub("", code.partition(";")[0])
    if _DATE.search(bare) and "General" not in bare:
        return _date
    zeros = _ZEROS.search(bare)
    if zeros and "." not in bare and "#" not in bare:
        return _padded(bare.count("0"))
    return None


def _date(value: str) -> str:
    days = float(value)
    if not 0 <= days <= _LAST_DAY:
        return value
    moment = _EPOCH + timedelta(days=days)
    return moment.strftime("%Y-%m-%d" if moment.time() == moment.min.time() else "%Y-%m-%d %H:%M")


def _padded(width: int) -> Show:
    def show(value: str) -> str:
        return value.zfill(width) if value.isdecimal() else value

    return show


def _whole(value: str) -> str:
    """A number without exponent: what stands in the cell when it is made wide enough."""
    if "E" not in value and "e" not in value:
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return format(number, "f") if -20 < number.adjusted() < 40 else value


def cells(data: Element, book: Book, spans: list[tuple[int, int]]) -> Cells:
    """The cells below `sheetData`; those in the columns of `spans` are hidden."""
    shown: list[str] = []
    hidden: list[str] = []
    stored: list[str] = []
    formulas: list[str] = []
    namespace = data.tag[: -len("sheetData")]
    formula = f"{namespace}f"
    for row in data:
        line: list[str] = []
        aside: list[str] = []
        covered = row.get("hidden") in ("1", "true")
        for cell in row:
            text = _cell(cell, namespace, book, stored)
            if text:
                into = aside if covered or (spans and is_within(cell.get("r", ""), spans)) else line
                into.append(text)
            if len(cell):
                written = cell.findtext(formula)
                if written and '"' in written:
                    formulas.append(written)
        if line:
            shown.append("\t".join(line))
        if aside:
            hidden.append("\t".join(aside))
    return Cells("\n".join(shown), "\n".join(hidden), "\n".join(stored), "\n".join(formulas))


def _cell(cell: Element, namespace: str, book: Book, stored: list[str]) -> str:
    kind = cell.get("t")
    inline = "".join(node.text or "" for node in cell.iter() if local(node) == "t")
    value = cell.findtext(f"{namespace}v")
    if not value:
        return inline
    # Which of the two is shown, programs do not agree on.
    return (
        f"{inline}\t{_value(kind, value, cell, book, stored)}"
        if inline
        else _value(kind, value, cell, book, stored)
    )


def _value(kind: str | None, value: str, cell: Element, book: Book, stored: list[str]) -> str:
    if kind == "s":
        place = int(value)
        book.used.add(place)
        return book.shared[place] if 0 <= place < len(book.shared) else ""
    if kind not in (None, "n"):
        return value
    return number_shown(value, cell.get("s"), book, stored)


def number_shown(value: str, style: str | None, book: Book, stored: list[str]) -> str:
    """The number as its format shows it; `stored` gets its digits if they are others."""
    show = book.shows[int(style)] if style and int(style) < len(book.shows) else None
    text = show(value) if show else _whole(value)
    if text != value:
        stored.append(value)
    return text


def is_within(reference: str, spans: list[tuple[int, int]]) -> bool:
    """Whether the column of a reference such as AB12 lies in one of these."""
    column = 0
    for char in reference.rstrip("0123456789"):
        column = column * 26 + ord(char.upper()) - 64
    return any(low <= column <= high for low, high in spans)
