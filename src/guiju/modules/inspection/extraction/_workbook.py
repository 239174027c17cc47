"""Workbooks that are not XML (xls, xlsb) by calamine: cells and names of sheets, hidden ones too."""

import io
import re
from collections.abc import Iterator

import python_calamine as calamine

from guiju.modules.inspection.extraction._walk import EncryptedError, Frame, Walk, attempt
from guiju.modules.inspection.extraction.types import Flag

# At most 32,767 characters are in a cell.
_COUNT = re.compile(rb".[\0-\x7f]\0\0", re.DOTALL)


def read_workbook(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The sheets. Raises `EncryptedError` and ValueError."""
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError as reason:
        raise EncryptedError from reason
    except calamine.CalamineError as reason:
        raise ValueError("a broken workbook") from reason
    with workbook:
        yield from walk.part("sheet names", "\n".join(workbook.sheet_names))
        for sheet in workbook.sheets_metadata:
            is_hidden = sheet.visible != calamine.SheetVisibleEnum.Visible
            name = f"hidden sheet {sheet.name}" if is_hidden else f"sheet {sheet.name}"
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet:
                flags = (Flag.HIDDEN,) if is_hidden else ()
                yield from attempt(_sheet(workbook, sheet.name, name, flags, walk), walk, name)


def _sheet(
    workbook: calamine.CalamineWorkbook,
    name: str,
    label: str,
    flags: tuple[Flag, ...],
    walk: Walk,
) -> Iterator[Frame]:
    try:
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)
    except calamine.CalamineError as reason:
        raise ValueError("a broken sheet") from reason
    lines = ("\t".join(_shown(cell) for cell in row if cell != "") for row in rows)
    yield from walk.part(label, "\n".join(line for line in lines if line), *flags)


def strings_of(part: bytes) -> Iterator[str]:
    """What may be strings in a part of an xlsb ([MS-XLSB] 2.5.169): a count of four bytes, and as many characters."""
    place = 0
    while found := _COUNT.search(part, place):
        begin = found.end()
        end = begin + 2 * int.from_bytes(found[0], "little")
        text = part[begin:end].decode("utf-16-le", "replace")
        place = found.start() + 1
        if end <= len(part) and len(text) > 1 and text.replace("\n", "").isprintable():
            yield text
            place = end


def _shown(value: object) -> str:
    """A whole number without the point that every number has here."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e30 else repr(value)
    return str(value)
