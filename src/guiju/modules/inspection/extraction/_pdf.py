"""PDF (ISO 32000-2) by pdfium: text of any colour, and everything that people write beside it."""

import base64
import ctypes
import hashlib
import io
import re
from collections.abc import Iterator
from itertools import repeat
from typing import Any
from xml.etree.ElementTree import Element

import pypdfium2
import pypdfium2.raw as pdfium

from guiju.modules.inspection.extraction._images import is_legible
from guiju.modules.inspection.extraction._pdf_appearances import (
    has_appearances,
    make_part_of,
    read_drawn,
    read_others,
)
from guiju.modules.inspection.extraction._walk import (
    EncryptedError,
    Frame,
    MarkFrame,
    Walk,
    attempt,
)
from guiju.modules.inspection.extraction._xml import attribute, harvest, local, parse
from guiju.modules.inspection.extraction.types import Flag, Mark, Problem

_ANNOTATION_KEYS = (b"Contents", b"T", b"Subj", b"RC", b"V", b"DV", b"TU", b"CA", b"NM", b"DA")
_SPOKEN_KEYS = (b"Contents", b"T", b"Subj", b"V", b"DV", b"TU", b"CA")
_XMP = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)
# What a file has behind its last object: the table of objects, the trailer, the place of the table.
_STRUCTURE = re.compile(
    rb"xref\s+|\d{1,10} \d{1,10}(?: [nf])?\s+|trailer\s*<<.*?>>\s*(?=startxref)|startxref\s*\d+|%%EOF",
    re.DOTALL,
)
_MOST_OUTLINE = 5000
# A page of fewer characters shows its words in another way if it shows any.
_FEW_CHARACTERS = 16
# A picture may be cut into strips, each of them too low for words.
_STRIPS = 8
# Characters of which the font does not say what they are; the page must be looked at.
_UNNAMED, _LOOKED_AT = 8, 5000
# Points of curves: three Chinese characters have so many; the frames and charts of a page with text rarely do.
_MANY_CURVES, _FEW_SEGMENTS = 180, 40
# What is drawn as one may hold others of its kind.
_DEEPEST = 14
# A drawing of more is not looked through: it is a picture.
_MOST_SEGMENTS = 20_000
# Points to pixels: 150 dots an inch is what reading needs.
_SCALE = 150 / 72
_LARGEST_SIDE = 3000


def read_pdf(data: bytes, walk: Walk) -> Iterator[Frame]:
    """Text by page, annotations, form values, outline, properties, scripts and attached files."""
    document = _open(data)
    try:
        has_forms = document.get_formtype() != pdfium.FORMTYPE_NONE
        seen: set[bytes] = set()
        if has_forms:
            document.init_forms()
        yield from walk.part(
            "properties", "\n".join(document.get_metadata_dict(skip_empty=True).values())
        )
        for packet in _XMP.findall(data)[:4]:
            yield from attempt(walk.part("metadata", harvest(parse(packet))), walk, "metadata")
        yield from attempt(_forms(document, walk), walk, "XFA form")
        yield from attempt(_outline(document, walk), walk, "outline")
        pages = len(document)
        for number in range(min(pages, walk.bounds.pages)):
            name = f"page {number + 1}"
            yield from attempt(_page(document, number, name, seen, walk), walk, name)
        if pages > walk.bounds.pages:
            yield from walk.gap(Problem.TOO_MANY, "pages")
        for number in range(document.count_attachments()):
            yield from attempt(_attachment(document, number, walk), walk, "attachment")
        if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0 or b"/JavaScript" in data:
            yield MarkFrame(Mark.SCRIPTS)
        yield from attempt(_behind(data, walk), walk, "behind the last object")
        # A file that was cut off may open all the same, with the pages that are left.
        if b"%%EOF" not in data[-2048:]:
            yield from walk.gap(Problem.BROKEN, "end of file")
    finally:
        document.close()


def _open(data: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as reason:
        if (
            pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD
            or "password" in str(reason).lower()
        ):
            raise EncryptedError from reason
        raise


def _outline(document: Any, walk: Walk) -> Iterator[Frame]:
    titles = []
    for item in document.get_toc():
        titles.append(item.get_title())
        if len(titles) == _MOST_OUTLINE:
            yield from walk.gap(Problem.TOO_MANY, "outline")
            break
    yield from walk.part("outline", "\n".join(titles))


def _forms(document: Any, walk: Walk) -> Iterator[Frame]:
    """A form of XFA (XML Forms Architecture 3.3), which pdfium does not draw; its packets are one document."""
    packets = []
    for number in range(max(pdfium.FPDF_GetXFAPacketCount(document), 0)):
        size = ctypes.c_ulong()
        pdfium.FPDF_GetXFAPacketContent(document, number, None, 0, size)
        buffer = ctypes.create_string_buffer(size.value)
        pdfium.FPDF_GetXFAPacketContent(document, number, buffer, size.value, size)
        packets.append(buffer.raw)
    if packets:
        root = parse(b"".join(packets))
        yield from attempt(_form_pictures(root, walk), walk, "XFA form, picture")
        yield from walk.part("XFA form", harvest(root))


def _form_pictures(root: Element, walk: Walk) -> Iterator[Frame]:
    """Pictures stand in the form as base64; one that stands elsewhere is not fetched."""
    number = 0
    for element in root.iter():
        is_picture = (attribute(element, "contentType") or "").lower().startswith("image/")
        if local(element) != "image" and not is_picture:
            continue
        number += 1
        name = f"XFA form, picture {number}"
        content, element.text = "".join((element.text or "").split()), None
        if content:
            yield from attempt(walk.inside(name, base64.b64decode(content)), walk, name)
        elif attribute(element, "href") is not None:
            yield from walk.gap(Problem.IMAGES_NOT_READ, name)


def _behind(data: bytes, walk: Walk) -> Iterator[Frame]:
    """What stands behind the last object and is none of what has to stand there."""
    rest = _STRUCTURE.sub(b"", data[data.rfind(b"endobj") + 6 :]).strip(b"\0 \t\r\n")
    if rest and b"endobj" in data:
        yield from walk.inside("behind the last object", rest)


def _page(document: Any, number: int, name: str, seen: set[bytes], walk: Walk) -> Iterator[Frame]:
    """The texts of a page, and the page as a picture where it shows a picture that no page before it did, or curves."""
    page = document[number]
    try:
        text, has_unnamed = _text_of(page)
        yield from walk.part(name, text)
        yield from _annotations(document, page, name, walk)
        if has_appearances(page):
            yield from read_others(page, name, walk)
            if make_part_of(page):
                page.close()
                page = document[number]
                drawn, has_unnamed = _text_of(page)
                yield from read_drawn(text, drawn, name, walk)
            else:
                yield from walk.gap(Problem.BROKEN, f"{name}, annotations")
        is_bare = len(text.strip()) < _FEW_CHARACTERS
        pictures, paths = _drawn(page)
        has_picture = _has_picture(page, pictures, seen, is_bare=is_bare)
        if has_picture or has_unnamed or _has_curves(paths, is_bare=is_bare):
            yield from walk.picture(f"{name}, picture", _rendered(page))
    finally:
        page.close()


def _text_of(page: Any) -> tuple[str, bool]:
    """The text of a page, and whether it may be other words than the page shows: what pdfium lays out for both takes
    most of the time of a page.
    """
    text_page = page.get_textpage()
    try:
        return str(text_page.get_text_range()), _has_unnamed(text_page)
    finally:
        text_page.close()


def _annotations(document: Any, page: Any, name: str, walk: Walk) -> Iterator[Frame]:
    notes: list[str] = []
    fields: list[str] = []
    links: list[str] = []
    for place in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, place)
        if not annotation:
            continue
        try:
            notes.extend(
                _string(pdfium.FPDFAnnot_GetStringValue, annotation, key) for key in _SPOKEN_KEYS
            )
            if document.formenv is not None:
                fields.extend(_field(document.formenv, annotation))
            links.extend(_target(document, annotation))
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    yield from walk.part(f"{name}, annotations", "\n".join(filter(None, notes)), Flag.HIDDEN)
    yield from walk.part(f"{name}, form", "\n".join(dict.fromkeys(filter(None, fields))))
    yield from walk.part(f"{name}, links", "\n".join(filter(None, links)))


def _field(form: Any, annotation: Any) -> Iterator[str]:
    for read in (
        pdfium.FPDFAnnot_GetFormFieldValue,
        pdfium.FPDFAnnot_GetFormFieldName,
        pdfium.FPDFAnnot_GetFormFieldAlternateName,
    ):
        yield _wide(lambda buffer, size, read=read: read(form, annotation, buffer, size))
    for option in range(max(pdfium.FPDFAnnot_GetOptionCount(form, annotation), 0)):
        yield _wide(
            lambda buffer, size, option=option: pdfium.FPDFAnnot_GetOptionLabel(
                form, annotation, option, buffer, size
            )
        )


def _target(document: Any, annotation: Any) -> Iterator[str]:
    link = pdfium.FPDFAnnot_GetLink(annotation)
    action = pdfium.FPDFLink_GetAction(link) if link else None
    if action:
        size = pdfium.FPDFAction_GetURIPath(document, action, None, 0)
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDFAction_GetURIPath(document, action, buffer, size)
        yield buffer.raw[: max(size - 1, 0)].decode("utf-8", "replace")


def _string(read: Any, *about: Any) -> str:
    return _wide(lambda buffer, size: read(*about, buffer, size))


def _wide(read: Any) -> str:
    """A text that pdfium writes as UTF-16 with a NUL behind; it first says the size in bytes."""
    size = read(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    read(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def _attachment(document: Any, number: int, walk: Walk) -> Iterator[Frame]:
    attachment = document.get_attachment(number)
    name = attachment.get_name() or "attachment"
    yield from walk.part("attachment name", name)
    yield from walk.inside(name, bytes(attachment.get_data()))


def _drawn(page: Any) -> tuple[list[Any], list[Any]]:
    """The pictures and the paths of a page, as pdfium has them, and those of what is drawn as one (`Form XObject`)."""
    pictures: list[Any] = []
    paths: list[Any] = []
    left: list[tuple[Any, Any, Any, int]] = [
        (pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, page.raw, 0)
    ]
    while left:
        count, get, parent, depth = left.pop()
        size = count(parent)
        if size < 0:
            raise pypdfium2.PdfiumError("a page without objects that can be counted")
        for place in range(size):
            each = get(parent, place)
            kind = pdfium.FPDFPageObj_GetType(each)
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                pictures.append(each)
            elif kind == pdfium.FPDF_PAGEOBJ_PATH:
                paths.append(each)
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                inside = pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject
                left.append((*inside, each, depth + 1))
    return pictures, paths


def _has_picture(page: Any, pictures: list[Any], seen: set[bytes], *, is_bare: bool) -> bool:
    """A logo that stands on every page is read once, with the first of them."""
    found, strips = False, 0
    for raw in pictures:
        image = pypdfium2.PdfImage(raw, page=page, pdf=page.pdf)
        digest = hashlib.sha256(image.get_data()).digest()
        is_new = digest not in seen
        seen.add(digest)
        is_words = is_new and is_legible(image.get_px_size())
        strips += is_new and not is_words
        found = found or is_words or is_bare or strips >= _STRIPS
    return found


def _has_unnamed(text_page: Any) -> bool:
    """Characters are none that are known, or words are drawn one by one."""
    places = range(min(text_page.count_chars(), _LOOKED_AT))
    told = [*map(pdfium.FPDFText_HasUnicodeMapError, repeat(text_page.raw), places)]
    return told.count(1) >= _UNNAMED


def _has_curves(paths: list[Any], *, is_bare: bool) -> bool:
    """Words may be drawn as curves, with no font and no picture."""
    curves = segments = 0
    for path in paths:
        count = pdfium.FPDFPath_CountSegments(path)
        segments += count
        if segments >= (_FEW_SEGMENTS if is_bare else _MOST_SEGMENTS):
            return True
        for place in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(path, place)
            curves += pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_BEZIERTO
            if curves >= _MANY_CURVES:
                return True
    return False


def _rendered(page: Any) -> bytes:
    width, height = page.get_size()
    scale = min(_SCALE, _LARGEST_SIDE / max(width, height, 1))
    picture = page.render(scale=scale).to_pil().convert("L")
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()
