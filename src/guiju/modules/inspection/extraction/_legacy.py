"""Word and PowerPoint before 2007: the whole text, in the order of the file.

Sources: [MS-DOC] 2.4.1 (piece table), [MS-PPT] 2.3 and 2.9.42 to 2.9.44 (text atoms).
"""

import struct
import zlib
from collections.abc import Iterator, Sequence

import olefile

from guiju.modules.inspection.extraction._walk import EncryptedError, Frame, Walk, attempt
from guiju.modules.inspection.extraction.types import Flag

_MAGIC = 0xA5EC
_ENCRYPTED, _TABLE1 = 0x0100, 0x0200
_COMPRESSED = 0x40000000
# Offset in the file information block of the place and size of the piece table (fcClx, lcbClx).
_CLX = 0x01A2
# Counts of characters of the subdocuments, in the order of the text: from ccpText on.
_COUNTS = 0x004C
_PARTS = (
    "body",
    "footnotes",
    "headers and footers",
    "macros",
    "comments",
    "endnotes",
    "text boxes",
    "header text boxes",
)
_SIGNS = str.maketrans(
    {"\r": "\n", "\x07": "\t", "\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\x1f": None, "\x13": None, "\x14": " ", "\x15": None,
     "\x01": None, "\x08": None, "\x02": None, "\x05": None, "\x00": None}
)  # fmt: skip
_TEXT_CHARS, _TEXT_BYTES, _STRING = 0x0FA0, 0x0FA8, 0x0FBA
_NOTES, _SLIDE, _MASTER, _COMMENT = 0x03F0, 0x03EE, 0x03F8, 0x2EE0
_NAMED = {_NOTES: "notes", _SLIDE: "slide", _MASTER: "master", _COMMENT: "comment"}
_CRYPT_SESSION = 0x2F14
# An embedded file or the macros ([MS-PPT] 2.10.34): a compound file, packed if the instance is odd.
_OBJECT = 0x1011
_MOST_RECORDS = 2_000_000


def read_words(ole: olefile.OleFileIO, walk: Walk, within: Sequence[str] = ()) -> Iterator[Frame]:
    """The subdocuments of a doc file, which may stand `within` another. Raises `EncryptedError`, ValueError, `struct.error`."""
    main = ole.openstream([*within, "WordDocument"]).read()
    magic, version = struct.unpack_from("<HH", main)
    flags = struct.unpack_from("<H", main, 0x0A)[0]
    if magic != _MAGIC or version < 0xC0:
        raise ValueError("a version of Word before 97")
    if flags & _ENCRYPTED:
        raise EncryptedError
    table = ole.openstream([*within, "1Table" if flags & _TABLE1 else "0Table"]).read()
    place, size = struct.unpack_from("<II", main, _CLX)
    text = "".join(_pieces(main, _piece_table(table[place : place + size])))
    begin = 0
    for count, name in zip(struct.unpack_from("<8i", main, _COUNTS), _PARTS, strict=True):
        if count > 0:
            yield from walk.part(name, text[begin : begin + count].translate(_SIGNS))
            begin += count
    yield from walk.part("rest of the text", text[begin:].translate(_SIGNS), Flag.HIDDEN)


def _piece_table(clx: bytes) -> bytes:
    """Passes over the formatting (`Prc`) to the piece table (`Pcdt`)."""
    place = 0
    while place < len(clx):
        if clx[place] == 2:
            size = struct.unpack_from("<I", clx, place + 1)[0]
            return clx[place + 5 : place + 5 + size]
        if clx[place] != 1:
            break
        place += 3 + struct.unpack_from("<H", clx, place + 1)[0]
    raise ValueError("no piece table")


def _pieces(main: bytes, table: bytes) -> Iterator[str]:
    count = (len(table) - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}I", table)
    for number in range(count):
        start = struct.unpack_from("<I", table, 4 * (count + 1) + 8 * number + 2)[0]
        length = bounds[number + 1] - bounds[number]
        if not 0 <= length <= len(main):
            raise ValueError("an impossible piece")
        if start & _COMPRESSED:
            place = (start & ~_COMPRESSED) // 2
            yield main[place : place + length].decode("cp1252", "replace")
        else:
            yield main[start : start + 2 * length].decode("utf-16-le", "replace")


def read_presentation(
    ole: olefile.OleFileIO, walk: Walk, within: Sequence[str] = ()
) -> Iterator[Frame]:
    """The texts of a ppt file by slide, notes page and master, and what is embedded. Raises `EncryptedError`."""
    data = ole.openstream([*within, "PowerPoint Document"]).read()
    where = "texts"
    texts: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    place = 0
    for _ in range(_MOST_RECORDS):
        if place + 8 > len(data):
            break
        version, kind, size = struct.unpack_from("<HHI", data, place)
        if kind == _CRYPT_SESSION:
            raise EncryptedError
        if kind in _NAMED:
            name = _NAMED[kind]
            counts[name] = counts.get(name, 0) + 1
            where = f"{name} {counts[name]}"
        content = data[place + 8 : place + 8 + size]
        if kind in (_TEXT_CHARS, _STRING):
            texts.setdefault(where, []).append(content.decode("utf-16-le", "replace"))
        elif kind == _TEXT_BYTES:
            texts.setdefault(where, []).append(content.decode("latin-1"))
        elif kind == _OBJECT:
            yield from attempt(_object(version >> 4, content, walk), walk, "embedded file")
        # A container's content are records again: only its head is passed over.
        place += 8 if version & 0xF == 0xF else 8 + size
    for name, found in texts.items():
        yield from walk.part(name, "\n".join(found).replace("\r", "\n").replace("\x0b", "\n"))


def _object(instance: int, content: bytes, walk: Walk) -> Iterator[Frame]:
    if instance & 1:
        unpacker, rest = zlib.decompressobj(), content[4:]

        def pull(size: int) -> bytes:
            nonlocal rest
            unpacked = unpacker.decompress(rest, size)
            rest = unpacker.unconsumed_tail
            return unpacked

        content = walk.take(pull, len(content))
        if not unpacker.eof:
            raise ValueError("an embedded file that is cut off")
    yield from walk.inside("embedded file", content)
