"""What the annotations of a PDF page draw (ISO 32000-2, 12.5.5), which need not be what they say.

pdfium reads the words of a page, not of its annotations: so these are made a part of the page, hidden ones too, and it is
read once more. An annotation looks different while the mouse is over it or pressed; only the words are looked at there.
"""

import ctypes
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium

from guiju.modules.inspection.extraction._walk import Frame, Walk
from guiju.modules.inspection.extraction.types import Flag, Problem

_NORMAL, _OTHERS = 0, (1, 2)
_PRINTED = 4
# What stands in brackets before an operator that shows text.
_WORDS = re.compile(
    r"(\((?:\\.|[^\\()]){1,2000}\)|<[0-9A-Fa-f\s]{2,4000}>|\[[^\]]{1,4000}\])\s*(?:Tj|TJ|'|\")"
)


def has_appearances(page: Any) -> bool:
    """Whether an annotation of the page draws anything."""
    return any(_drawn(annotation, _NORMAL) for annotation in _annotations(page))


def make_part_of(page: Any) -> bool:
    """Draws the annotations into the page itself; False where pdfium could not."""
    for annotation in _annotations(page):
        pdfium.FPDFAnnot_SetFlags(annotation, _PRINTED)
    return bool(pdfium.FPDFPage_Flatten(page, pdfium.FLAT_PRINT) == pdfium.FLATTEN_SUCCESS)


def read_drawn(plain: str, flattened: str, name: str, walk: Walk) -> Iterator[Frame]:
    """The lines that the page has got by its annotations."""
    known = set(plain.splitlines())
    lines = [line for line in flattened.splitlines() if line not in known]
    yield from walk.part(f"{name}, drawn annotations", "\n".join(lines), Flag.HIDDEN)


def read_others(page: Any, name: str, walk: Walk) -> Iterator[Frame]:
    """A gap where an annotation shows other words while the mouse is at it."""
    for annotation in _annotations(page):
        usual = set(_WORDS.findall(_drawn(annotation, _NORMAL)))
        if any(not usual.issuperset(_WORDS.findall(_drawn(annotation, mode))) for mode in _OTHERS):
            yield from walk.gap(Problem.NO_READER, f"{name}, annotations")


def _annotations(page: Any) -> Iterator[Any]:
    for place in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, place)
        if annotation:
            try:
                yield annotation
            finally:
                pdfium.FPDFPage_CloseAnnot(annotation)


def _drawn(annotation: Any, mode: int) -> str:
    """The commands that draw it, without their resources."""
    size = pdfium.FPDFAnnot_GetAP(annotation, mode, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFAnnot_GetAP(
        annotation, mode, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size
    )
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
