"""The header of a 7z archive. Format: `DOC/7zFormat.txt` of the LZMA SDK, which is in the public domain."""

import lzma
import zlib
from dataclasses import dataclass, field
from typing import Any

from guiju.modules.inspection.extraction._walk import BombError, EncryptedError

SIGNATURE = 32
_END, _HEADER, _ARCHIVE, _ADDITIONAL, _STREAMS, _FILES = 0x00, 0x01, 0x02, 0x03, 0x04, 0x05
_PACK, _UNPACK, _SUBSTREAMS, _SIZE, _CRC, _FOLDER = 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B
_CODER_SIZES, _COUNT, _EMPTY_STREAM, _NAMES, _ENCODED = 0x0C, 0x0D, 0x0E, 0x11, 0x17
_AES = bytes.fromhex("06f10701")
_COPY, _LZMA, _LZMA2 = b"\x00", bytes.fromhex("030101"), b"\x21"
_MOST = 100_000
_LARGEST = 64 << 20


class _Reader:
    """The numbers of the format, one after the other. Raises ValueError at the end of the data."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, size: int) -> bytes:
        if size < 0 or self._place + size > len(self._data):
            raise ValueError("the header ends early")
        self._place += size
        return self._data[self._place - size : self._place]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        """The first byte's leading ones count the bytes that follow, lowest first."""
        first = self.byte()
        mask, value = 0x80, 0
        for place in range(8):
            if not first & mask:
                return value + ((first & (mask - 1)) << (8 * place))
            value |= self.byte() << (8 * place)
            mask >>= 1
        return value

    def count(self) -> int:
        found = self.number()
        if found > _MOST:
            raise ValueError("an impossible count")
        return found

    def bits(self, count: int) -> list[bool]:
        packed = self.take((count + 7) // 8)
        return [bool(packed[place // 8] & (0x80 >> place % 8)) for place in range(count)]

    def digests(self, count: int) -> list[bool]:
        """For which of so many streams a check sum is there; the sums are passed over."""
        found = [True] * count if self.byte() else self.bits(count)
        self.take(4 * sum(found))
        return found


@dataclass
class Folder:
    """A run of packed data: how it is coded, and the sizes of the files that come out of it."""

    coders: list[tuple[bytes, bytes]] = field(default_factory=list)
    inputs: int = 0
    bonds: int = 0
    sizes: list[int] = field(default_factory=list)
    has_digest: bool = False
    place: int = 0
    packed: int = 0
    streams: list[int] = field(default_factory=list)

    def is_encrypted(self) -> bool:
        """Whether a password is needed."""
        return any(method == _AES for method, _ in self.coders)

    def is_readable(self) -> bool:
        """Whether one coder that the standard library knows made it."""
        return len(self.coders) == 1 and self.coders[0][0] in (_COPY, _LZMA, _LZMA2)

    def pull(self, data: bytes) -> bytes:
        """Everything unpacked, at most as much as the header says.

        Raises `EncryptedError`, `BombError`, ValueError and `lzma.LZMAError`.
        """
        if self.is_encrypted():
            raise EncryptedError
        if not self.is_readable():
            raise ValueError("an unusual coder")
        size = self.sizes[-1] if self.sizes else 0
        if size > _LARGEST or size > (_LARGEST >> 4) + self.packed * 200:
            raise BombError
        method, properties = self.coders[0]
        packed = data[self.place : self.place + self.packed]
        if method == _COPY:
            return packed[:size]
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_filter(method, properties)])
        return unpacker.decompress(packed, size)


def _filter(method: bytes, properties: bytes) -> dict[str, Any]:
    if method == _LZMA:
        first = properties[0]
        return {
            "id": lzma.FILTER_LZMA1,
            "lc": first % 9, "lp": first // 9 % 5, "pb": first // 45,
            "dict_size": min(max(int.from_bytes(properties[1:5], "little"), 4096), _LARGEST),
        }  # fmt: skip
    return {"id": lzma.FILTER_LZMA2, "dict_size": _LARGEST}


@dataclass
class Contents:
    """The members in their order, each with whether it has content; and where the contents are."""

    names: list[str] = field(default_factory=list)
    has_content: list[bool] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)


def contents_of(data: bytes) -> Contents:
    """The table of contents. Raises `EncryptedError`, `BombError`, ValueError, `lzma.LZMAError`."""
    header = _header(data)
    for _ in range(4):
        if not header:
            return Contents()
        reader = _Reader(header)
        kind = reader.byte()
        if kind == _HEADER:
            return _contents(reader)
        if kind != _ENCODED:
            raise ValueError("an unknown header")
        folders = _streams(reader)
        header = folders[0].pull(data) if folders else b""
    raise ValueError("a header packed too often")


def _header(data: bytes) -> bytes:
    start = _Reader(data[12:SIGNATURE])
    offset, size, digest = (int.from_bytes(start.take(width), "little") for width in (8, 8, 4))
    begin = SIGNATURE + offset
    if begin + size > len(data):
        raise ValueError("the archive is cut off")
    header = data[begin : begin + size]
    if zlib.crc32(header) != digest:
        raise ValueError("the header is damaged")
    return header


def _contents(reader: _Reader) -> Contents:
    found = Contents()
    while (kind := reader.byte()) != _END:
        if kind == _ARCHIVE:
            while reader.byte() != _END:
                reader.take(reader.number())
        elif kind == _ADDITIONAL:
            _streams(reader)
        elif kind == _STREAMS:
            found.folders = _streams(reader)
        elif kind == _FILES:
            _files(reader, found)
        else:
            raise ValueError("an unknown property")
    return found


def _files(reader: _Reader, found: Contents) -> None:
    count = reader.count()
    found.has_content = [True] * count
    while (kind := reader.byte()) != _END:
        body = _Reader(content := reader.take(reader.number()))
        if kind == _EMPTY_STREAM:
            found.has_content = [not empty for empty in body.bits(count)]
        elif kind == _NAMES:
            if body.byte():
                raise ValueError("names outside the header")
            found.names = content[1:].decode("utf-16-le", "replace").split("\0")[:count]


def _streams(reader: _Reader) -> list[Folder]:
    """`StreamsInfo`."""
    offset, packed, folders = 0, list[int](), list[Folder]()
    while (kind := reader.byte()) != _END:
        if kind == _PACK:
            offset, packed = _packs(reader)
        elif kind == _UNPACK:
            folders = _folders(reader)
        elif kind == _SUBSTREAMS:
            _substreams(reader, folders)
        else:
            raise ValueError("an unknown property")
    place, sizes = SIGNATURE + offset, iter(packed)
    for folder in folders:
        folder.place = place
        folder.packed = sum(next(sizes, 0) for _ in range(folder.inputs - folder.bonds))
        place += folder.packed
        folder.streams = folder.streams or folder.sizes[-1:]
    return folders


def _packs(reader: _Reader) -> tuple[int, list[int]]:
    offset, count = reader.number(), reader.count()
    sizes: list[int] = []
    while (kind := reader.byte()) != _END:
        if kind == _SIZE:
            sizes = [reader.number() for _ in range(count)]
        elif kind == _CRC:
            reader.digests(count)
        else:
            raise ValueError("an unknown property")
    return offset, sizes


def _folders(reader: _Reader) -> list[Folder]:
    if reader.byte() != _FOLDER:
        raise ValueError("no folder")
    count = reader.count()
    if reader.byte():
        raise ValueError("folders outside the header")
    folders: list[Folder] = []
    outputs: list[int] = []
    for _ in range(count):
        folder, made = _folder(reader)
        folders.append(folder)
        outputs.append(made)
    while (kind := reader.byte()) != _END:
        if kind == _CODER_SIZES:
            for folder, made in zip(folders, outputs, strict=True):
                folder.sizes = [reader.number() for _ in range(made)]
        elif kind == _CRC:
            for folder, has_digest in zip(folders, reader.digests(count), strict=True):
                folder.has_digest = has_digest
        else:
            raise ValueError("an unknown property")
    return folders


def _folder(reader: _Reader) -> tuple[Folder, int]:
    """A folder, and how many streams come out of its coders."""
    folder = Folder()
    outputs = 0
    for _ in range(reader.count()):
        flags = reader.byte()
        method = reader.take(flags & 0xF)
        inputs, made = (reader.count(), reader.count()) if flags & 0x10 else (1, 1)
        folder.inputs += inputs
        outputs += made
        folder.coders.append((method, reader.take(reader.count()) if flags & 0x20 else b""))
    folder.bonds = max(outputs - 1, 0)
    for _ in range(2 * folder.bonds):
        reader.number()
    if folder.inputs - folder.bonds > 1:
        for _ in range(folder.inputs - folder.bonds):
            reader.number()
    return folder, outputs


def _substreams(reader: _Reader, folders: list[Folder]) -> None:
    kind = reader.byte()
    counts = [1] * len(folders)
    if kind == _COUNT:
        counts = [reader.count() for _ in folders]
        kind = reader.byte()
    for folder, count in zip(folders, counts, strict=True):
        whole = folder.sizes[-1] if folder.sizes else 0
        first = [reader.number() for _ in range(count - 1)] if kind == _SIZE else []
        folder.streams = [*first, whole - sum(first)] if count else []
    if kind == _SIZE:
        kind = reader.byte()
    while kind != _END:
        if kind != _CRC:
            raise ValueError("an unknown property")
        reader.digests(
            sum(
                count
                for folder, count in zip(folders, counts, strict=True)
                if not (count == 1 and folder.has_digest)
            )
        )
        kind = reader.byte()
