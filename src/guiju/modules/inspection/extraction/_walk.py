"""The way through a file and what is packed in it: names, limits, and what the readers yield."""

import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from zipfile import BadZipFile

import msgspec
import rarfile

from guiju.modules.inspection.extraction.types import Bounds, Flag, Mark, Problem

# What readers and the libraries under them raise for a file that is not what it should be. A lack
# of memory is not among them: it ends the process, and the caller is told.
BROKEN = (
    ArithmeticError, AssertionError, AttributeError, BadZipFile, EOFError, LookupError, MessageError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, lzma.LZMAError, rarfile.Error, struct.error, tarfile.TarError, zlib.error,
)  # fmt: skip
# Below this size a high ratio is the rule: an empty sheet, a page of spaces.
_SMALL = 4 << 20
_PACE = 1 << 20
_NAME = 200


class PartFrame(msgspec.Struct, tag="part"):
    """A text."""

    name: str
    text: str
    flags: tuple[Flag, ...] = ()


class GapFrame(msgspec.Struct, tag="gap"):
    """Something was not read."""

    problem: Problem
    where: str


class MarkFrame(msgspec.Struct, tag="mark"):
    """The file carries this."""

    mark: Mark


class TypeFrame(msgspec.Struct, tag="type"):
    """What the file is."""

    kind: str
    disguised: bool


class PictureFrame(msgspec.Struct, tag="picture"):
    """A picture that stands for text until it is read."""

    name: str
    image: bytes


Frame = PartFrame | GapFrame | MarkFrame | TypeFrame | PictureFrame
Reader = Callable[[bytes, "Walk"], Iterator[Frame]]


class Request(msgspec.Struct):
    """A file to read: what goes into the sandbox."""

    name: str
    data: bytes
    bounds: Bounds


class BombError(ValueError):
    """What comes out of a packed file has no proportion to what went in."""


class StopError(ValueError):
    """A limit of the whole walk was reached: nothing more is unpacked."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class EncryptedError(ValueError):
    """The content needs a password."""


class NoReaderError(ValueError):
    """The extra that reads this type is not installed."""


@dataclass
class Walk:
    """Where the walk stands in files within files, and what it has used of its bounds."""

    bounds: Bounds
    opener: Callable[[str, bytes, "Walk"], Iterator[Frame]]
    trail: tuple[str, ...] = ()
    unpacked: int = 0
    members: int = 0
    pictures: int = 0
    text: int = 0
    _full: set[Problem] = field(default_factory=set)

    def where(self, name: str = "") -> str:
        """The place with its way from the outermost file."""
        return " > ".join((*self.trail, name) if name else self.trail)

    def part(self, name: str, text: str, *flags: Flag) -> Iterator[PartFrame]:
        """The text as a part, unless it is blank. Raises `StopError`."""
        if text and not text.isspace():
            self.text += len(text)
            if self.text > self.bounds.text:
                raise StopError(Problem.TEXT_TOO_LARGE)
            yield PartFrame(self.where(name), text.encode("utf-8", "replace").decode(), flags)

    def gap(self, problem: Problem, name: str = "") -> Iterator[GapFrame]:
        """The gap; limits of the whole walk are told once."""
        if problem in self._full:
            return
        if problem is Problem.TOO_MANY:
            self._full.add(problem)
        yield GapFrame(problem, self.where(name))

    def picture(self, name: str, image: bytes) -> Iterator[Frame]:
        """The picture, to be read later; beyond the number that is read, a gap."""
        self.pictures += 1
        if self.pictures > self.bounds.pictures:
            yield from self.gap(Problem.TOO_MANY, name)
        else:
            yield PictureFrame(self.where(name), image)

    def take(self, pull: Callable[[int], bytes], packed: int) -> bytes:
        """All that `pull(size)` gives until it gives nothing.

        `packed` is the size of what it comes from. Raises `BombError` and `StopError`.
        """
        chunks: list[bytes] = []
        size = 0
        while chunk := pull(_PACE):
            chunks.append(chunk)
            size += len(chunk)
            self.unpacked += len(chunk)
            if size > _SMALL and size > packed * self.bounds.ratio:
                raise BombError
            if self.unpacked > self.bounds.unpacked:
                raise StopError(Problem.TOO_LARGE)
        return b"".join(chunks)

    def inside(self, name: str, data: bytes) -> Iterator[Frame]:
        """What is in a file that stands in this one."""
        self.members += 1
        if self.members > self.bounds.members:
            raise StopError(Problem.TOO_MANY)
        if len(self.trail) >= self.bounds.depth:
            yield from self.gap(Problem.TOO_DEEP, name)
            return
        outer, self.trail = self.trail, (*self.trail, _plain(name))
        try:
            yield from self.opener(name, data, self)
        finally:
            self.trail = outer


def _plain(name: str) -> str:
    """A name as it can stand in a line: what is longer or has control characters is no file's name."""
    return "".join(char if char.isprintable() else "\ufffd" for char in name.strip("\0")[:_NAME])


def attempt(frames: Iterator[Frame], walk: Walk, name: str = "") -> Iterator[Frame]:
    """The frames as far as they come; what stops them becomes a gap.

    Limits of the whole walk and a lack of memory go on to whoever began it.
    """
    try:
        yield from frames
    except StopError:
        raise
    except BombError:
        yield from walk.gap(Problem.BOMB, name)
    except EncryptedError:
        yield from walk.gap(Problem.ENCRYPTED, name)
    except NoReaderError:
        yield from walk.gap(Problem.NO_READER, name)
    except BROKEN:
        yield from walk.gap(Problem.BROKEN, name)
