"""Containers made byte by byte: compound files, 7z and rar archives, and what stands in them."""

import lzma
import struct
import zlib
from collections.abc import Mapping

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file ([MS-CFB]) of streams by path, `storage/stream`; every stream in whole sectors."""
    names = sorted({path.partition("/")[0] for path in streams if "/" in path})
    bodies: list[bytes] = []
    order: list[tuple[str, str | None]] = [(storage, None) for storage in names]
    order.extend((path, path) for path in streams if "/" not in path)
    inner = {storage: [p for p in streams if p.startswith(f"{storage}/")] for storage in names}
    index = {}
    place = 1
    for name, _ in order:
        index[name] = place
        place += 1
    for below in (each for storage in names for each in inner[storage]):
        index[below] = place
        place += 1

    def chain(paths: list[str]) -> dict[str, int]:
        """Siblings as a list to the right: searching readers walk all of it."""
        return {
            path: index[after]
            for path, after in zip(paths, [*paths[1:], None], strict=True)
            if after
        }

    right = chain([name for name, _ in order])
    for storage in names:
        right |= chain(inner[storage])
    start = 0
    table: list[int] = []

    def placed(content: bytes) -> int:
        nonlocal start
        count = max((max(len(content), 4096) + _SECTOR - 1) // _SECTOR, 1)
        begin = start
        table.extend([*range(begin + 1, begin + count), _END])
        bodies.append(content.ljust(count * _SECTOR, b"\0"))
        start += count
        return begin

    records = [_entry("Root Entry", 5, _FREE, index[order[0][0]] if order else _FREE, _END, 0)]
    for name, path in order:
        if path is None:
            child = index[inner[name][0]]
            records.append(_entry(name, 1, right.get(name, _FREE), child, 0, 0))
        else:
            content = (
                streams[path].ljust(4096, b"\0") if len(streams[path]) < 4096 else streams[path]
            )
            records.append(
                _entry(name, 2, right.get(name, _FREE), _FREE, placed(content), len(content))
            )
    for storage in names:
        for below in inner[storage]:
            content = streams[below]
            size, next_ = max(len(content), 4096), right.get(below, _FREE)
            records.append(_entry(below.partition("/")[2], 2, next_, _FREE, placed(content), size))
    while len(records) % 4:
        records.append(_entry("", 0, _FREE, _FREE, 0, 0))
    directory = b"".join(records)
    directory_at = start
    count = len(directory) // _SECTOR
    table.extend([*range(start + 1, start + count), _END])
    bodies.append(directory)
    start += count
    fats = 1
    while (start + fats) * 4 > fats * _SECTOR:
        fats += 1
    table.extend([_FAT] * fats)
    fat = struct.pack(f"<{len(table)}I", *table).ljust(fats * _SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6), 0, fats,
        directory_at, 0, 4096, _END, 0, _END, 0, 0,
    )  # fmt: skip
    header = header[:76] + struct.pack(
        "<109I", *[*range(start, start + fats), *[_FREE] * (109 - fats)]
    )
    return header + b"".join(bodies) + fat


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ", raw, len(raw) + 2 if name else 0, kind, 1, _FREE, right, child, bytes(16), 0, 0, 0, start, size
    )  # fmt: skip


def word_document(
    text: str,
    header: str = "",
    comment: str = "",
    *,
    encrypted: bool = False,
    pictures: bytes = b"",
) -> bytes:
    """A doc whose text is one piece of UTF-16."""
    whole = text + header + comment
    begin = 1024
    block = bytearray(begin)
    struct.pack_into("<HH", block, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", block, 0x0A, 0x0200 | (0x0100 if encrypted else 0))
    struct.pack_into("<8i", block, 0x4C, len(text), 0, len(header), 0, len(comment), 0, 0, 0)
    pieces = struct.pack("<II", 0, len(whole)) + struct.pack("<HIH", 0, begin, 0)
    clx = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", block, 0x01A2, 0, len(clx))
    streams = {"WordDocument": bytes(block) + whole.encode("utf-16-le"), "1Table": clx}
    return ole(streams | ({"Data": pictures} if pictures else {}))


def presentation(slide: str, note: str, pictures: bytes = b"") -> bytes:
    """A ppt with one slide and one notes page."""

    def atom(kind: int, content: bytes) -> bytes:
        return struct.pack("<HHI", 0, kind, len(content)) + content

    def container(kind: int, content: bytes) -> bytes:
        return struct.pack("<HHI", 0xF, kind, len(content)) + content

    data = container(0x03EE, atom(0x0FA0, slide.encode("utf-16-le")))
    data += container(0x03F0, atom(0x0FA0, note.encode("utf-16-le")))
    return ole({"PowerPoint Document": data} | ({"Pictures": pictures} if pictures else {}))


def outlook_message(subject: str, body: str, attachment: tuple[str, bytes]) -> bytes:
    """A msg with one attachment."""
    name, content = attachment
    return ole(
        {
            "__properties_version1.0": bytes(32),
            "__substg1.0_0037001F": subject.encode("utf-16-le"),
            "__substg1.0_1000001F": body.encode("utf-16-le"),
            "__attach_version1.0_#00000000/__substg1.0_3707001F": name.encode("utf-16-le"),
            "__attach_version1.0_#00000000/__substg1.0_37010102": content,
        }
    )


def _number(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else b"\xff" + value.to_bytes(8, "little")


def sevenzip(
    members: Mapping[str, bytes], *, coder: bytes = b"\x21", packs_header: bool = False
) -> bytes:
    """A 7z archive of one folder, by LZMA2 unless another `coder` is named."""
    content = b"".join(members.values())
    packed = _lzma2(content) if coder == b"\x21" else content
    folder = _folder(coder, b"\x18" if coder == b"\x21" else b"")
    names = b"\0" + "".join(f"{name}\0" for name in members).encode("utf-16-le")
    sizes = b"".join(_number(len(each)) for each in list(members.values())[:-1])
    header = (
        b"\x01\x04"
         b"\x06\x00\x01\x09" + _number(len(packed)) + b"\x00"
        + b"\x07\x0b\x01\x00" + folder + b"\x0c" + _number(len(content)) + b"\x00"
        + b"\x08\x0d" + _number(len(members)) + (b"\x09" + sizes if sizes else b"") + b"\x0a\x01" + bytes(4 * len(members))
        + b"\x00\x00"
        + b"\x05" + _number(len(members)) + b"\x11" + _number(len(names)) + names + b"\x00"
        + b"\x00"
    )  # fmt: skip
    body = packed
    if packs_header:
        inner = _lzma2(header)
        outer = (
            b"\x17\x06" + _number(len(packed)) + b"\x01\x09" + _number(len(inner)) + b"\x00"
            + b"\x07\x0b\x01\x00" + _folder(b"\x21", b"\x18") + b"\x0c" + _number(len(header)) + b"\x00\x00"
        )  # fmt: skip
        body, header = packed + inner, outer
    start = struct.pack("<QQI", len(body), len(header), zlib.crc32(header))
    return (
        b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + body + header
    )


def _folder(coder: bytes, properties: bytes) -> bytes:
    flags = len(coder) | (0x20 if properties else 0)
    return (
        b"\x01"
        + bytes([flags])
        + coder
        + (_number(len(properties)) + properties if properties else b"")
    )


def _lzma2(content: bytes) -> bytes:
    return lzma.compress(
        content, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 24}]
    )


def rar(members: Mapping[str, bytes], *, encrypted: bool = False) -> bytes:
    """A rar archive (version 4) that stores its members."""
    out = bytearray(b"Rar!\x1a\x07\x00") + _rar_block(0x73, 0, bytes(6))
    for name, content in members.items():
        raw = name.encode()
        fields = struct.pack(
            "<IIBIIBBHI", len(content), len(content), 2, zlib.crc32(content), 0x5A000000, 20, 0x30, len(raw), 0x20
        )  # fmt: skip
        out += _rar_block(0x74, 0x8000 | (0x04 if encrypted else 0), fields + raw) + content
    return bytes(out + _rar_block(0x7B, 0x4000, b""))


def _rar_block(kind: int, flags: int, content: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(content)) + content
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def workbook(name: str, cells: list[str], comment: str = "", drawings: bytes = b"") -> bytes:
    """An xls (BIFF8, [MS-XLS]) with one sheet of labels, a comment on it, and drawings in two records."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))

    def wide(text: str) -> bytes:
        return b"\x01" + text.encode("utf-16-le")

    body = b"".join(
        record(0x0204, struct.pack("<HHHH", row, 0, 15, len(text)) + wide(text))
        for row, text in enumerate(cells)
    )
    if comment:
        body += record(0x01B6, struct.pack("<HHIHHHI", 0, 0, 0, 0, len(comment), 16, 0))
        body += record(0x003C, wide(comment)) + record(0x003C, bytes(16))
    if drawings:
        body += record(0x00EB, drawings[:100]) + record(0x003C, drawings[100:])
    sheet = begin(0x10) + body + record(0x000A, b"")
    title = struct.pack("<B", len(name)) + wide(name)
    head = begin(0x05) + record(0x0042, struct.pack("<H", 1200))
    at = len(head) + 4 + 6 + len(title) + 4
    head += record(0x0085, struct.pack("<IH", at, 0) + title) + record(0x000A, b"")
    return ole({"Workbook": head + sheet})
