"""Bytes that a format's own structure does not account for: behind a picture, beside the members of a zip.

Programs that show the file pass over them; whoever knows of them takes them out. Sources: PNG
(ISO/IEC 15948), ITU-T T.81 annex B, GIF89a, RIFF, APPNOTE.TXT 6.3.10.
"""

import io
import struct
import zipfile

_LOCAL = 30
_END = 22
# A descriptor behind a member: a signature, a checksum, two sizes of four or eight bytes.
_DESCRIPTOR = 24
_LAST = 0xD9
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def behind_picture(kind: str, data: bytes) -> bytes:
    """What stands behind the end of the picture, without padding. Raises struct.error, IndexError."""
    ends = {"png": _end_of_png, "jpeg": _end_of_jpeg, "gif": _end_of_gif, "webp": _end_of_webp}
    return data[ends[kind](data) :].strip(b"\0") if kind in ends else b""


def _end_of_png(data: bytes) -> int:
    place = 8
    while True:
        size: int = struct.unpack_from(">I", data, place)[0]
        name = data[place + 4 : place + 8]
        place += size + 12
        if name == b"IEND":
            return place


def _end_of_webp(data: bytes) -> int:
    size: int = struct.unpack_from("<I", data, 4)[0]
    return 8 + size + size % 2


def _end_of_jpeg(data: bytes) -> int:
    place = 0
    while True:
        place = data.index(b"\xff", place) + 1
        marker = data[place]
        if marker == _LAST:
            return place + 1
        if marker in (0x00, 0xFF) or marker in _ALONE:
            place += marker != 0xFF
            continue
        place += 1 + struct.unpack_from(">H", data, place + 1)[0]


def _end_of_gif(data: bytes) -> int:
    place = 13 + _table(data[10])
    while data[place] != 0x3B:
        if data[place] == 0x2C:
            place += 10 + _table(data[place + 9]) + 1
        else:
            place += 2
        while data[place]:
            place += 1 + data[place]
        place += 1
    return place + 1


def _table(flags: int) -> int:
    """The size of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def is_more_than_members(data: bytes) -> bool:
    """Whether a zip holds bytes that its directory does not account for. Raises what `zipfile` raises."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        place = 0
        for entry in sorted(archive.infolist(), key=lambda each: each.header_offset):
            if not _is_between(data[place : entry.header_offset], described=place > 0):
                return True
            sizes: tuple[int, int] = struct.unpack_from("<HH", data, entry.header_offset + 26)
            place = entry.header_offset + _LOCAL + sum(sizes) + entry.compress_size
        end = data.rfind(b"PK\x05\x06", 0, len(data) - len(archive.comment))
        behind = data[end + _END + len(archive.comment) :].strip(b"\0")
        return bool(behind) or not _is_between(data[place : archive.start_dir], described=True)


def _is_between(gap: bytes, *, described: bool) -> bool:
    """Whether what stands between two members is a descriptor or padding."""
    return not gap.strip(b"\0") or (described and len(gap) <= _DESCRIPTOR)
