"""Archives and single packed files: tar (POSIX.1-1988 and GNU), gzip, bzip2, xz, 7z, rar."""

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Iterator
from typing import IO

import rarfile

from guiju.modules.inspection.extraction._encodings import decode
from guiju.modules.inspection.extraction._sevenzip import Contents, contents_of
from guiju.modules.inspection.extraction._walk import (
    EncryptedError,
    Frame,
    StopError,
    Walk,
    attempt,
)
from guiju.modules.inspection.extraction.types import Problem

_EXTRA, _NAME, _COMMENT = 0x04, 0x08, 0x10


def read_tar(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The names and link targets of the members, and what is in each."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        seen: list[str] = []
        for count, member in enumerate(archive):
            if count >= walk.bounds.members:
                raise StopError(Problem.TOO_MANY)
            seen.append(member.name)
            if member.linkname:
                seen.append(member.linkname)
            # What has a type that nobody knows is unpacked as a file.
            is_file = member.isreg() or member.type not in tarfile.SUPPORTED_TYPES
            file = archive.extractfile(member) if is_file else None
            if file is not None:
                yield from attempt(_member(file, member.name, walk), walk, member.name)
        yield from walk.part("member names", "\n".join(seen))
        # Other programs pass over a block that is no head of a member, or over the end, and unpack what follows.
        if data[archive.offset :].strip(b"\0"):
            yield from walk.gap(Problem.MEMBERS_NOT_READ, "behind the last member")


def _member(file: IO[bytes], name: str, walk: Walk) -> Iterator[Frame]:
    with file:
        content = walk.take(file.read, 1 << 40)  # members of a tar are not packed
    yield from walk.inside(name, content)


def read_gz(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The file that gzip packed, and the name that it had (RFC 1952)."""
    yield from walk.part("member names", _name_in_gz(data))
    with gzip.open(io.BytesIO(data)) as file:
        yield from _single(file, data, walk)


def _name_in_gz(data: bytes) -> str:
    """The name and the comment of the first member; empty when there is neither."""
    flags, place = data[3], 10
    if flags & _EXTRA:
        place += 2 + int.from_bytes(data[place : place + 2], "little")
    fields = data[place:].split(b"\0", 2)[: bool(flags & _NAME) + bool(flags & _COMMENT)]
    return "\n".join(each.text for field in fields for each in decode(field)[:1])


def read_bz2(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The file that bzip2 packed."""
    with bz2.open(io.BytesIO(data)) as file:
        yield from _single(file, data, walk)


def read_xz(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The file that xz packed."""
    with lzma.open(io.BytesIO(data)) as file:
        yield from _single(file, data, walk)


def _single(file: IO[bytes] | gzip.GzipFile, data: bytes, walk: Walk) -> Iterator[Frame]:
    yield from walk.inside("content", walk.take(file.read, len(data)))


def read_7z(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The names of the members, and what is in each that one coder of the standard library packed."""
    contents = contents_of(data)
    if len(contents.names) > walk.bounds.members:
        raise StopError(Problem.TOO_MANY)
    yield from walk.part("member names", "\n".join(contents.names))
    yield from attempt(_members_7z(data, contents, walk), walk)


def _members_7z(data: bytes, contents: Contents, walk: Walk) -> Iterator[Frame]:
    pairs = zip(contents.names, contents.has_content, strict=False)
    names = iter([name for name, has_content in pairs if has_content])
    for folder in contents.folders:
        if not folder.is_readable() and not folder.is_encrypted():
            yield from walk.gap(Problem.MEMBERS_NOT_READ)
            for _ in folder.streams:
                next(names, "")
            continue
        chunks = iter((folder.pull(data), b""))
        content = walk.take(lambda _, chunks=chunks: next(chunks), folder.packed + 1)  # type: ignore[misc]  # bound now
        place = 0
        for size in folder.streams:
            yield from walk.inside(next(names, "member"), content[place : place + size])
            place += size


def read_rar(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The names and the comment; their contents are a gap, for no free program unpacks them."""
    try:
        archive = rarfile.RarFile(io.BytesIO(data))
    except rarfile.NeedFirstVolume as reason:
        raise ValueError("a later volume") from reason
    except rarfile.Error as reason:
        raise ValueError("not a rar archive") from reason
    with archive:
        if archive.needs_password() and not archive.namelist():
            raise EncryptedError
        yield from walk.part("member names", "\n".join(archive.namelist()))
        yield from walk.part("comment", archive.comment or "")
        if archive.needs_password():
            yield from walk.gap(Problem.ENCRYPTED)
        elif archive.namelist():
            yield from walk.gap(Problem.MEMBERS_NOT_READ)
