"""Pictures that stand in other data: office drawings, bitmaps without a file header, `data:` addresses.

Sources: [MS-ODRAW] 2.2.23 (blips), [MS-WMF] 2.2.2.9 (device-independent bitmaps), RFC 2397.
"""

import base64
import html
import re
import struct
from collections.abc import Iterator

from guiju.modules.inspection.extraction._walk import Frame, Walk, attempt
from guiju.modules.inspection.extraction.types import Problem

_BLIP = re.compile(rb"[\x1a-\x1f\x29\x2a]\xf0")
# Types of blips, each with its instances: the even one has one identifier before the picture, the odd one two.
_EMF, _WMF, _PICT, _JPEG, _PNG, _DIB, _TIFF, _JPEG_TOO = (
    0x1A,
    0x1B,
    0x1C,
    0x1D,
    0x1E,
    0x1F,
    0x29,
    0x2A,
)
_INSTANCES = {
    _EMF: (0x3D4, 0x3D5), _WMF: (0x216, 0x217), _PICT: (0x542, 0x543), _JPEG: (0x46A, 0x46B, 0x6E2, 0x6E3),
    _PNG: (0x6E0, 0x6E1), _DIB: (0x7A8, 0x7A9), _TIFF: (0x6E4, 0x6E5), _JPEG_TOO: (0x46A, 0x46B, 0x6E2, 0x6E3),
}  # fmt: skip
_DRAWN = frozenset({_EMF, _WMF, _PICT})
_ONE_IDENTIFIER, _TWO_IDENTIFIERS = 17, 33
_DATA = re.compile(
    r"data:([\w.+/-]{0,100})((?:;[\w.=+-]{1,100}){0,8}),([A-Za-z0-9+/=_%\s-]*)([^\"'<>)]*)",
    re.IGNORECASE,
)
_PERCENT = re.compile(rb"%([0-9a-fA-F]{2})")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_FONTS = (b"wOFF", b"wOF2", b"OTTO", b"\0\1\0\0", b"true", b"ttcf")


def read_blips(data: bytes, walk: Walk, *, is_all: bool = False) -> Iterator[Frame]:
    """The pictures of an office drawing. `is_all`: the data is nothing else, so that without one it was not read."""
    number = 0
    place = 0
    while found := _BLIP.search(data, place):
        place = found.start() + 1
        begin = found.start() - 2
        if begin < 0 or begin + 8 > len(data):
            continue
        head, size = struct.unpack_from("<H2xI", data, begin)
        kind, instance = data[found.start()], head >> 4
        if head & 0xF or instance not in _INSTANCES[kind] or not size <= len(data) - begin - 8:
            continue
        number += 1
        place = begin + 8 + size
        name = f"picture {number}"
        if kind in _DRAWN:
            yield from walk.gap(Problem.IMAGES_NOT_READ, name)
            continue
        skipped = _TWO_IDENTIFIERS if instance & 1 else _ONE_IDENTIFIER
        content = data[begin + 8 + skipped : place]
        if kind == _DIB:
            yield from attempt(read_bitmap(content, name, walk), walk, name)
        else:
            yield from attempt(walk.inside(name, content), walk, name)
    if is_all and data.strip(b"\0") and not number:
        yield from walk.gap(Problem.IMAGES_NOT_READ, "pictures")


def read_bitmap(data: bytes, name: str, walk: Walk) -> Iterator[Frame]:
    """A bitmap that has no header of a file. Raises `struct.error`."""
    size, bits = struct.unpack_from("<I10xH", data)
    compression, used = struct.unpack_from("<16xI12xI", data) if size >= 40 else (0, 0)
    palette = (used or (1 << bits if bits <= 8 else 0)) * (4 if size >= 40 else 3)
    masks = 12 if compression == 3 and size == 40 else 0
    head = struct.pack("<2sIII", b"BM", 14 + len(data), 0, 14 + size + masks + palette)
    yield from walk.inside(name, head + data)


def read_data_addresses(text: str, walk: Walk) -> Iterator[Frame]:
    """What stands in the `data:` addresses of a page or a drawing; fonts hold no text."""
    if "data:" not in text.lower() and "&" not in text:
        return
    number = 0
    for found in _DATA.finditer(html.unescape(text)):
        if found[2].lower().endswith(";base64"):
            plain = re.sub(rb"[^A-Za-z0-9+/]", b"", unquoted(found[3]).translate(_URL_SAFE))
            content = (
                base64.b64decode(plain + b"=" * (-len(plain) % 4)) if len(plain) % 4 != 1 else plain
            )
        elif "/" in found[1]:
            content = unquoted(found[3] + found[4])
        else:
            continue
        if content and not content.startswith(_FONTS):
            number += 1
            name = f"data {number}"
            yield from attempt(walk.inside(name, content), walk, name)


def unquoted(text: str) -> bytes:
    """The bytes that `%XX` stand for (RFC 3986, 2.1), and all others as they are."""
    return _PERCENT.sub(lambda found: bytes.fromhex(found[1].decode()), text.encode())
