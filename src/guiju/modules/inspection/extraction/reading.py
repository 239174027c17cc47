"""`extract(path) → parts`: asks the sandboxes, and turns their frames into a reading."""

import importlib.util
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from guiju.kernel.sandbox import Answer, End, Limits, Sandboxes
from guiju.modules.inspection.extraction._walk import (
    Frame,
    GapFrame,
    MarkFrame,
    PartFrame,
    PictureFrame,
    Request,
    TypeFrame,
)
from guiju.modules.inspection.extraction.previews import SIDES
from guiju.modules.inspection.extraction.types import (
    FILE_NAME,
    Bounds,
    Gap,
    Mark,
    Part,
    Problem,
    Reading,
)

_PACKAGE = "guiju.modules.inspection.extraction"
_FILES = Limits(memory=1 << 30, cpu=20, wall=30, answer=256 << 20)
_PREVIEWS = Limits(memory=1 << 30, cpu=15, wall=20, answer=8 << 20)
_PICTURES = Limits(memory=2 << 30, cpu=30, wall=90, answer=4 << 20)
# For the pictures of one file together; a picture that was begun is read to its end.
_PICTURES_SECONDS = 120.0
_PROBLEMS = {
    End.TIME: Problem.TIME, End.MEMORY: Problem.MEMORY, End.ANSWER: Problem.TOO_LARGE, End.CRASHED: Problem.CRASHED,
}  # fmt: skip
_T = TypeVar("_T")
_decode = msgspec.msgpack.Decoder(Frame).decode
# Raised by a frame that no reader of ours wrote: a parser that a file has taken over writes what it likes.
_FORGED = ValueError


def can_read_images() -> bool:
    """Whether the extra `images` is installed."""
    return importlib.util.find_spec("rapidocr") is not None


class Extractor:
    """Reads files, each in a limited process. Safe from any thread; ends with `close()`.

    `images` says whether pictures are read; without the extra they never are, and each of them is
    a gap in the reading.
    """

    def __init__(
        self, bounds: Bounds | None = None, *, images: bool = True, processes: int = 2
    ) -> None:
        """`processes` is how many files are read at a time; pictures are read one after the other."""
        self._bounds = bounds or Bounds()
        self._files = Sandboxes(f"{_PACKAGE}.worker", _FILES, processes)
        reads_images = images and can_read_images()
        self._pictures = Sandboxes(f"{_PACKAGE}.pictures", _PICTURES, 1) if reads_images else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def warm(self) -> None:
        """Starts the process for files, so that the first file does not wait for it."""
        self._files.warm()

    def close(self) -> None:
        """Ends the processes; a later file starts them again."""
        self._files.close()
        if self._pictures is not None:
            self._pictures.close()

    def extract(self, path: Path) -> Reading:
        """Everything that can be read in the file. Raises OSError if it cannot be opened."""
        if path.stat().st_size > self._bounds.file:
            return _unread(path.name, Problem.TOO_LARGE)
        return self.extract_bytes(path.name, path.read_bytes())

    def extract_bytes(self, name: str, data: bytes) -> Reading:
        """The same for a file that is in memory."""
        if len(data) > self._bounds.file:
            return _unread(name, Problem.TOO_LARGE)
        request = msgspec.msgpack.encode(Request(name, data, self._bounds))
        return self._reading(name, self._files.ask(request))

    def _reading(self, name: str, answer: Answer) -> Reading:
        parts = [Part(FILE_NAME, name)]
        gaps: list[Gap] = []
        marks: list[Mark] = []
        kind, is_disguised = "unknown", False
        read: dict[bytes, Answer] = {}
        until = time.monotonic() + _PICTURES_SECONDS
        for body in answer.frames:
            try:
                frame = _decode(body)
            except _FORGED:
                gaps.append(Gap(Problem.CRASHED))
                break
            match frame:
                case PartFrame():
                    parts.append(Part(frame.name, frame.text, frame.flags))
                case GapFrame():
                    gaps.append(Gap(frame.problem, frame.where))
                case MarkFrame():
                    marks.append(frame.mark)
                case TypeFrame():
                    kind, is_disguised = frame.kind, frame.disguised
                case PictureFrame():
                    if time.monotonic() < until:
                        self._read_picture(frame, read, parts, gaps)
                    else:
                        gaps.append(Gap(Problem.TIME, frame.name))
        if answer.end is not End.DONE:
            gaps.append(Gap(_PROBLEMS[answer.end]))
        return Reading(kind, is_disguised, tuple(parts), _distinct(gaps), _distinct(marks))

    def _read_picture(
        self, frame: PictureFrame, read: dict[bytes, Answer], parts: list[Part], gaps: list[Gap]
    ) -> None:
        if self._pictures is None:
            gaps.append(Gap(Problem.IMAGES_NOT_READ, frame.name))
            return
        answer = read.get(frame.image)
        if answer is None:
            answer = read[frame.image] = self._pictures.ask(frame.image)
        try:
            text = "\n".join([line.decode() for line in answer.frames])
        except _FORGED:
            gaps.append(Gap(Problem.CRASHED, frame.name))
            return
        if text:
            parts.append(Part(frame.name, text))
        if answer.end is not End.DONE:
            gaps.append(Gap(_PROBLEMS[answer.end], frame.name))


def _distinct(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))


def _unread(name: str, problem: Problem) -> Reading:
    return Reading("unknown", False, (Part(FILE_NAME, name),), (Gap(problem),), ())


@dataclass(frozen=True, slots=True)
class Copies:
    """A picture as it is shown: its size upright, and small copies by name."""

    width: int
    height: int
    images: dict[str, bytes]


class Previewer:
    """Makes small copies of pictures, one after the other, in a limited process. Safe from any thread."""

    def __init__(self) -> None:
        self._sandboxes = Sandboxes(f"{_PACKAGE}.previews", _PREVIEWS, 1)

    def close(self) -> None:
        """Ends the process; a later picture starts it again."""
        self._sandboxes.close()

    def copies(self, data: bytes) -> Copies | None:
        """The size of a picture and its copies; None for what is no picture, or none that can be shown."""
        answer = self._sandboxes.ask(data)
        if answer.end is not End.DONE or len(answer.frames) != 1 + len(SIDES):
            return None
        try:
            width, height = [int(side) for side in answer.frames[0].split()]
        except _FORGED:
            return None
        return Copies(width, height, dict(zip(SIDES, answer.frames[1:], strict=True)))
