"""Zip archives within limits (APPNOTE.TXT 6.3.10)."""

import copy
import io
import sys
import zipfile
from collections.abc import Iterator

from guiju.modules.inspection.extraction._walk import (
    BombError,
    EncryptedError,
    Frame,
    StopError,
    Walk,
    attempt,
)
from guiju.modules.inspection.extraction.types import Problem

_ENCRYPTED = 0x1
_UTF8 = 0x800


def entries(archive: zipfile.ZipFile, walk: Walk) -> list[zipfile.ZipInfo]:
    """The members. Raises `StopError` when there are more than anybody looks at."""
    found = archive.infolist()
    if len(found) > walk.bounds.members:
        raise StopError(Problem.TOO_MANY)
    return found


def unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, walk: Walk) -> bytes:
    """The content, whatever size the directory claims: `BadZipFile` if it claims another than there is.

    Other programs believe the head of the member and unpack what stands behind that size. Raises also `EncryptedError`,
    `BombError`, `StopError`, and what a broken archive raises.
    """
    if entry.flag_bits & _ENCRYPTED:
        raise EncryptedError
    if entry.file_size > walk.bounds.unpacked:
        raise BombError
    unbounded = copy.copy(entry)
    unbounded.file_size = sys.maxsize
    with archive.open(unbounded) as file:
        content = walk.take(file.read, entry.compress_size)
    if len(content) != entry.file_size:
        raise zipfile.BadZipFile("another size than the directory claims")
    return content


def is_folder(entry: zipfile.ZipInfo) -> bool:
    """Whether the member is nothing but a folder: one that is called so may have content all the same."""
    return entry.is_dir() and not entry.file_size and not entry.compress_size


def names(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Each member with its name; without the flag for UTF-8, programs in China write GB18030."""
    for entry in archive.infolist():
        name = entry.filename
        if not entry.flag_bits & _UTF8:
            try:
                raw = name.encode("cp437")
            except UnicodeEncodeError:
                raw = b""
            for encoding in ("utf-8", "gb18030", "big5") if raw else ():
                try:
                    name = raw.decode(encoding)
                    break
                except UnicodeDecodeError:
                    continue
        yield entry, name


def read_zip(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The names of the members, the comments, and what is in each member."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries(archive, walk)
        members = list(names(archive))
        yield from walk.part("member names", "\n".join(name for _, name in members))
        comments = [archive.comment, *(entry.comment for entry, _ in members)]
        for comment in dict.fromkeys(filter(None, comments)):
            yield from walk.inside("comment", comment)
        for entry, name in members:
            if not is_folder(entry):
                yield from attempt(_member(archive, entry, name, walk), walk, name)


def _member(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, walk: Walk
) -> Iterator[Frame]:
    yield from walk.inside(name, unpack(archive, entry, walk))
