"""Compound files ([MS-CFB]): old office documents, mail of Outlook, encrypted and embedded files."""

import io
import struct
from collections.abc import Iterator

import olefile

from guiju.modules.inspection.extraction._encodings import decode
from guiju.modules.inspection.extraction._legacy import read_presentation, read_words
from guiju.modules.inspection.extraction._packed_rtf import unpack_rich_text
from guiju.modules.inspection.extraction._pictures_within import read_blips
from guiju.modules.inspection.extraction._records import read_records
from guiju.modules.inspection.extraction._walk import (
    EncryptedError,
    Frame,
    MarkFrame,
    NoReaderError,
    Walk,
    attempt,
)
from guiju.modules.inspection.extraction._workbook import read_workbook
from guiju.modules.inspection.extraction.types import Mark, Problem

# Which stream makes a file what it is.
_BY_STREAM = (
    ("encryptedpackage", "encrypted"), ("worddocument", "doc"), ("workbook", "xls"), ("book", "xls"),
    ("powerpoint document", "ppt"), ("__properties_version1.0", "msg"), ("\x01ole10native", "embedded"),
    ("package", "embedded"), ("contents", "embedded"),
)  # fmt: skip
_MACROS = frozenset({"macros", "_vba_project_cur", "vba"})
_ONLY_MACROS = frozenset({"vba", "project", "projectwm"})
# The streams of documents; below another storage each is an embedded one.
_DOCUMENTS = {
    "worddocument": "doc", "workbook": "xls", "book": "xls", "powerpoint document": "ppt", "visiodocument": "visio",
    "encryptedpackage": "encrypted",
}  # fmt: skip
_TEXT, _WIDE = "001e", "001f"
# [MS-OXPROPS]: properties of a message, a recipient and an attachment that carry words.
_PROPERTIES = {
    "0037": "subject", "1000": "body", "0c1a": "sender", "0c1f": "sender", "0e04": "to", "0e03": "cc", "0e02": "bcc",
    "3001": "name", "3003": "address", "39fe": "address", "0070": "topic", "007d": "headers", "1013": "html",
    "3703": "extension", "3704": "file name", "3707": "file name",
}  # fmt: skip


def kind_of_ole(data: bytes) -> str:
    """`doc`, `xls`, `ppt`, `msg`, `encrypted`, `embedded`, or `ole` for another."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            names = {entry[0].lower() for entry in ole.listdir()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error):
        return "ole"
    return next((kind for stream, kind in _BY_STREAM if stream in names), "ole")


def read_ole(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The parts of a compound file."""
    kind = kind_of_ole(data)
    if kind == "encrypted":
        raise EncryptedError
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        names = ole.listdir()
        yield from attempt(walk.part("properties", "\n".join(_properties(ole))), walk, "properties")
        if any(part.lower() in _MACROS for entry in names for part in entry):
            yield MarkFrame(Mark.MACROS)
        if kind == "msg":
            yield from _message(ole, (), walk)
            return
        if kind == "doc":
            yield from read_words(ole, walk)
            yield from _pictures(ole, ("Data", "WordDocument"), walk)
        elif kind == "ppt":
            yield from read_presentation(ole, walk)
            yield from _pictures(ole, ("Pictures",), walk)
        elif kind == "xls":
            stream = "Workbook" if ole.exists("Workbook") else "Book"
            yield from read_records(ole.openstream(stream).read(), walk)
            _check_chains(ole)
            yield from read_workbook(data, walk)
        elif kind == "ole" and not {entry[0].lower() for entry in names} <= _ONLY_MACROS:
            yield from walk.gap(Problem.UNKNOWN_TYPE)
        yield from _embedded(ole, names, kind, walk)


def _check_chains(ole: olefile.OleFileIO) -> None:
    """Raises ValueError for a chain of sectors without end, which calamine would follow for ever."""
    starts = [ole.first_dir_sector, ole.first_mini_fat_sector]
    starts += [entry.isectStart for entry in ole.direntries if entry is not None]
    for start in starts:
        sector, left = start, len(ole.fat)
        while sector < len(ole.fat):
            sector = ole.fat[sector]
            left -= 1
            if left < 0:
                raise ValueError("sectors in a circle")


def _properties(ole: olefile.OleFileIO) -> Iterator[str]:
    """Title, subject, author and the like ([MS-OLEPS])."""
    found = ole.get_metadata()
    for name in (*found.SUMMARY_ATTRIBS, *found.DOCSUM_ATTRIBS):
        value = getattr(found, name)
        if isinstance(value, bytes):
            yield from (each.text for each in decode(value)[:1])
        elif isinstance(value, str):
            yield value


def _pictures(ole: olefile.OleFileIO, streams: tuple[str, ...], walk: Walk) -> Iterator[Frame]:
    for name in streams:
        if ole.exists(name):
            data = ole.openstream(name).read()
            yield from attempt(read_blips(data, walk, is_all=name == "Pictures"), walk, name)


def _embedded(
    ole: olefile.OleFileIO, names: list[list[str]], kind: str, walk: Walk
) -> Iterator[Frame]:
    for entry in names:
        last = entry[-1].lower()
        if last == "\x01ole10native":
            yield from attempt(
                read_native(ole.openstream(entry).read(), walk), walk, "embedded file"
            )
        elif last in ("package", "contents"):
            yield from walk.inside("embedded file", ole.openstream(entry).read())
        elif last in _DOCUMENTS and (len(entry) > 1 or _DOCUMENTS[last] != kind):
            yield from attempt(_embedded_document(ole, entry, walk), walk, "embedded document")


def _embedded_document(ole: olefile.OleFileIO, entry: list[str], walk: Walk) -> Iterator[Frame]:
    match _DOCUMENTS[entry[-1].lower()]:
        case "doc":
            yield from read_words(ole, walk, entry[:-1])
        case "ppt":
            yield from read_presentation(ole, walk, entry[:-1])
        case "encrypted":
            raise EncryptedError
        case _:
            raise NoReaderError


def read_native(data: bytes, walk: Walk) -> Iterator[Frame]:
    """A packaged file ([MS-OLEDS] 2.3.6): size, flags, label, path, kind, path again, content."""
    place = 6
    label, place = _line(data, place)
    origin, place = _line(data, place)
    place += 4
    size = int.from_bytes(data[place : place + 4], "little")
    temporary, place = _line(data, place + 4) if size else (b"", place + 4)
    length = int.from_bytes(data[place : place + 4], "little")
    name = next((each.text for each in decode(label or origin or temporary)), "embedded file")
    yield from walk.inside(name, data[place + 4 : place + 4 + length])


def _line(data: bytes, place: int) -> tuple[bytes, int]:
    end = data.index(b"\0", place)
    return data[place:end], end + 1


def _message(ole: olefile.OleFileIO, within: tuple[str, ...], walk: Walk) -> Iterator[Frame]:
    """A message of Outlook ([MS-OXMSG]), its recipients and its attachments."""
    inner = [entry for entry in ole.listdir() if tuple(entry[: len(within)]) == within]
    depth = len(within)
    texts = dict(_texts(ole, [entry for entry in inner if len(entry) == depth + 1]))
    html, rich = texts.pop("html", None), _rich_text(ole, inner, depth)
    yield from walk.part("message", "\n".join(f"{name}: {text}" for name, text in texts.items()))
    if html:
        yield from walk.inside("body", html.encode())
    if rich:
        yield from attempt(_unpacked(rich, walk), walk, "rich body")
    for storage in sorted({entry[depth] for entry in inner if len(entry) > depth + 1}):
        below = [entry for entry in inner if entry[depth] == storage]
        own = [entry for entry in below if len(entry) == depth + 2]
        if storage.lower().startswith("__recip"):
            yield from walk.part("recipient", "\n".join(text for _, text in _texts(ole, own)))
        elif storage.lower().startswith("__attach"):
            yield from _attachment(ole, (*within, storage), own, below, walk)


def _rich_text(ole: olefile.OleFileIO, inner: list[list[str]], depth: int) -> bytes:
    for entry in inner:
        if len(entry) == depth + 1 and entry[-1].lower() == "__substg1.0_10090102":
            return bytes(ole.openstream(entry).read())
    return b""


def _unpacked(rich: bytes, walk: Walk) -> Iterator[Frame]:
    yield from walk.inside("rich body", unpack_rich_text(rich, walk))


def _attachment(
    ole: olefile.OleFileIO,
    within: tuple[str, ...],
    own: list[list[str]],
    below: list[list[str]],
    walk: Walk,
) -> Iterator[Frame]:
    name = dict(_texts(ole, own)).get("file name", "attachment")
    yield from walk.part("attachment name", name)
    for entry in own:
        if entry[-1].lower() == "__substg1.0_37010102":
            yield from attempt(walk.inside(name, ole.openstream(entry).read()), walk, name)
    depth = len(within)
    stored = [entry for entry in below if entry[depth].lower() == "__substg1.0_3701000d"]
    if stored:
        if not any(
            each.lower().startswith("__properties")
            for entry in stored
            for each in entry[depth + 1 :]
        ):
            yield from walk.gap(Problem.NO_READER, name)
        elif len(within) > 2 * walk.bounds.depth:
            yield from walk.gap(Problem.TOO_DEEP, name)
        else:
            yield from _message(ole, (*within, stored[0][depth]), walk)


def _texts(ole: olefile.OleFileIO, entries: list[list[str]]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        name = entry[-1].lower()
        if not name.startswith("__substg1.0_") or name[12:16] not in _PROPERTIES:
            continue
        content = ole.openstream(entry).read()
        if name[16:20] == _WIDE:
            yield _PROPERTIES[name[12:16]], content.decode("utf-16-le", "replace").rstrip("\0")
        elif name[16:20] in (_TEXT, "0102"):
            yield from ((_PROPERTIES[name[12:16]], each.text) for each in decode(content)[:1])
