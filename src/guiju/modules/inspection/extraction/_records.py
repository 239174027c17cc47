"""What calamine leaves out of an xls: comments, text boxes, headers, footers and pictures ([MS-XLS] 2.4)."""

import re
import struct
from collections.abc import Iterator

from guiju.modules.inspection.extraction._pictures_within import read_blips
from guiju.modules.inspection.extraction._walk import EncryptedError, Frame, Walk
from guiju.modules.inspection.extraction.types import Problem

_FILE_PASS, _CONTINUE, _TEXT_OBJECT, _HEADER, _FOOTER = 0x2F, 0x3C, 0x1B6, 0x14, 0x15
# The pictures of all sheets; a picture of an older version, a background.
_DRAWINGS, _OLD_PICTURE, _BACKGROUND = 0xEB, 0x7F, 0xE9
# Targets of links, and titles in charts.
_LINK, _SERIES = 0x1B8, 0x100D
_WIDE_RUN = re.compile(rb"(?:[^\0][^\xd8-\xdf]|\0[^\0\xd8-\xdf]){2,}", re.DOTALL)
_MOST = 5_000_000


def read_records(stream: bytes, walk: Walk) -> Iterator[Frame]:
    """The texts beside the cells, and the pictures. Raises `EncryptedError`."""
    boxes: list[str] = []
    edges: list[str] = []
    links: list[str] = []
    drawings = bytearray()
    previous, chained, wanted = 0, 0, 0
    place = 0
    for _ in range(_MOST):
        if place + 4 > len(stream):
            break
        kind, size = struct.unpack_from("<HH", stream, place)
        content = stream[place + 4 : place + 4 + size]
        place += 4 + size
        if kind == _FILE_PASS:
            raise EncryptedError
        if kind != _CONTINUE:
            chained = kind
        if chained == _DRAWINGS:
            drawings += content
        elif kind in (_OLD_PICTURE, _BACKGROUND):
            yield from walk.gap(Problem.IMAGES_NOT_READ, "picture")
        if kind == _TEXT_OBJECT and size >= 12:
            wanted = struct.unpack_from("<H", content, 10)[0]
            boxes.append("")
        elif kind == _CONTINUE and wanted and previous in (_TEXT_OBJECT, _CONTINUE) and content:
            # The first byte of each run says whether the characters have one byte or two.
            text = content[1:].decode("utf-16-le" if content[0] & 1 else "latin-1", "replace")
            boxes[-1] += text[:wanted]
            wanted -= min(len(text), wanted)
        elif kind in (_HEADER, _FOOTER) and size > 3:
            encoding = "utf-16-le" if content[2] & 1 else "latin-1"
            edges.append(content[3:].decode(encoding, "replace"))
        elif kind == _LINK:
            links.extend(each[0].decode("utf-16-le") for each in _WIDE_RUN.finditer(content, 24))
            links.append(content.decode("latin-1"))
        elif kind == _SERIES and size > 4:
            encoding = "utf-16-le" if content[3] & 1 else "latin-1"
            boxes.append(content[4:].decode(encoding, "replace"))
        previous = kind
    yield from walk.part("comments and text boxes", "\n".join(boxes))
    yield from walk.part("headers and footers", "\n".join(edges))
    yield from walk.part("links", "\n".join(links))
    yield from read_blips(bytes(drawings), walk)
