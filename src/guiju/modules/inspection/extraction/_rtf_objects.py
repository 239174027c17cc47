"""What stands in a rich text as hexadecimal digits or plain bytes: pictures and embedded objects.

Sources: Rich Text Format 1.9.1 (pictures, objects), [MS-OLEDS] 2.2.4 and 2.2.5 (embedded objects).
"""

import re
import struct
from collections.abc import Iterator

from guiju.modules.inspection.extraction._ole import read_native
from guiju.modules.inspection.extraction._pictures_within import read_bitmap
from guiju.modules.inspection.extraction._walk import Frame, Walk, attempt
from guiju.modules.inspection.extraction.types import Problem

_NO_DIGIT = re.compile(rb"[^0-9a-fA-F]+")
_READ = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMBEDDED, _BEFORE_SIZE = 2, 4


class Blob:
    """The content of one group, as it comes. `is_object`: an embedded object, else a picture."""

    __slots__ = ("_digits", "is_bitmap", "is_object", "plain")

    def __init__(self, *, is_object: bool) -> None:
        self.is_object = is_object
        self.is_bitmap = False
        self.plain = b""
        self._digits = bytearray()

    def add(self, digits: bytes) -> None:
        """More hexadecimal digits."""
        self._digits += digits

    @property
    def content(self) -> bytes:
        """The bytes; a digit without another at the end counts nothing."""
        digits = _NO_DIGIT.sub(b"", bytes(self._digits))
        return self.plain or bytes.fromhex(digits[: len(digits) & ~1].decode())


def read_blobs(blobs: list[Blob], walk: Walk) -> Iterator[Frame]:
    """The pictures and objects, each by its number."""
    for number, blob in enumerate(blobs, 1):
        content = blob.content
        name = f"object {number}" if blob.is_object else f"picture {number}"
        if not content:
            continue
        if blob.is_object:
            yield from attempt(_object(content, name, walk), walk, name)
        elif blob.is_bitmap:
            yield from attempt(read_bitmap(content, name, walk), walk, name)
        elif content.startswith(_READ):
            yield from attempt(walk.inside(name, content), walk, name)
        else:
            yield from walk.gap(Problem.IMAGES_NOT_READ, name)


def _object(data: bytes, name: str, walk: Walk) -> Iterator[Frame]:
    """The object in the form of OLE 1: version, form, class, topic, item, and what it is made of."""
    try:
        form = struct.unpack_from("<4xI", data)[0]
        kind, place = _line(data, 8)
        _, place = _line(data, place)
        _, place = _line(data, place)
        size = struct.unpack_from("<I", data, place)[0]
    except (struct.error, ValueError):
        form, kind, place, size = 0, b"", 0, 0
    content = data[place + 4 : place + 4 + size]
    if form == _EMBEDDED and kind.lower() == b"package":
        yield from read_native(bytes(_BEFORE_SIZE) + content, walk)
    elif form == _EMBEDDED and len(content) == size:
        yield from walk.inside(name, content)
    elif _COMPOUND in data:
        yield from walk.inside(name, data[data.index(_COMPOUND) :])
    else:
        yield from walk.gap(Problem.NO_READER, name)


def _line(data: bytes, place: int) -> tuple[bytes, int]:
    """A text with its size before it and a NUL at its end. Raises `struct.error`, ValueError."""
    size = struct.unpack_from("<I", data, place)[0]
    end = place + 4 + size
    if end > len(data):
        raise ValueError("a text beyond the end")
    return data[place + 4 : end].rstrip(b"\0"), end
