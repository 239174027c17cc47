"""Parts of a file, and what of it could not be read."""

from dataclasses import dataclass
from enum import StrEnum


class Flag(StrEnum):
    """What a reader of the file would not see at once."""

    HIDDEN = "hidden"
    DELETED = "deleted"


class Problem(StrEnum):
    """Why something was not read. The words are stable."""

    BOMB = "bomb"
    BROKEN = "broken"
    CRASHED = "crashed"
    ENCODING = "encoding"
    ENCRYPTED = "encrypted"
    IMAGES_NOT_READ = "images_not_read"
    MEMBERS_NOT_READ = "members_not_read"
    MEMORY = "memory"
    NO_READER = "no_reader"
    TIME = "time"
    TEXT_TOO_LARGE = "text_too_large"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNKNOWN_TYPE = "unknown_type"


class Mark(StrEnum):
    """What a file carries that is no text but that a rule may ask about."""

    MACROS = "macros"
    SCRIPTS = "scripts"


FILE_NAME = "file name"


class Verdict(StrEnum):
    """How much of a file was read. Only READ may be delivered without a person's look."""

    READ = "read"
    PARTLY_READ = "partly_read"
    CANNOT_BE_READ = "cannot_be_read"


@dataclass(frozen=True, slots=True)
class Part:
    """A text of the file. `name` says where it stands: `plan.docx > header 1`."""

    name: str
    text: str
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not read; `where` is empty for the file as a whole."""

    problem: Problem
    where: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was taken out of a file.

    `type` is the short name of the format, by content: `docx`, `pdf`, `png`, or `unknown`.
    `disguised` when the name claims another one.
    """

    type: str
    disguised: bool
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]
    marks: tuple[Mark, ...]

    @property
    def verdict(self) -> Verdict:
        """READ only without a gap; its name alone does not make a file partly read."""
        if not self.gaps:
            return Verdict.READ
        has_content = any(part.name != FILE_NAME for part in self.parts)
        return Verdict.PARTLY_READ if has_content else Verdict.CANNOT_BE_READ


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a file is followed. Sizes in bytes, `text` in characters of all parts together."""

    file: int = 200 << 20
    unpacked: int = 512 << 20
    text: int = 10_000_000
    ratio: int = 200
    members: int = 2000
    depth: int = 5
    pictures: int = 40
    pages: int = 3000
