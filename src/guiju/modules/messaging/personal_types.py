"""What each member keeps for themselves, who has read what, and reminders: types, parameters, the fact, and refusals."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from guiju.kernel.errors import ConflictError, TooManyError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId


@dataclass(frozen=True, slots=True)
class Settings:
    """How one person's list shows a group. `is_marked`: shown as unread until it is opened."""

    is_pinned: bool = False
    is_muted: bool = False
    is_marked: bool = False


PLAIN = Settings()


class SavedKind(StrEnum):
    """Why a message was put aside: to keep it, or to come back to it."""

    FAVOURITE = "favourite"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Saved:
    """A message that somebody put aside. `at` is when (ms)."""

    kind: SavedKind
    group: GroupId
    position: int
    at: int


class Marked(StrEnum):
    """What became of a read mark: not of one's own group, kept to oneself, or shown to the others of the group."""

    UNKNOWN = "unknown"
    PRIVATE = "private"
    SHARED = "shared"


class Kept(NamedTuple):
    """A read mark, and how far it counts: what is not there yet was read by nobody."""

    what: Marked
    position: int


MOST_MARKED = 200
"""In larger groups nobody is shown who has read: too many names, and too many marks to tell everybody of."""


@dataclass(frozen=True, slots=True)
class ReadMarks:
    """Parameters of `messaging.read_marks`: members see who has read what in groups of at most `most_members`.

    With `classes` only in groups of these classes.
    """

    most_members: int = 100
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Readers:
    """Who has read a message and who has not, without its author and those who came later.

    With `is_on` false nobody is told, and both are empty.
    """

    is_on: bool
    read: tuple[PersonId, ...] = ()
    unread: tuple[PersonId, ...] = ()


@fact("messaging.reminded", Content.REGISTER)
class MessageReminded:
    """The author of the message at `refs` asked those who had not read it to do so."""

    group: GroupId
    refs: tuple[int, ...]
    people: Sealed[tuple[PersonId, ...]]


class AllHaveReadError(ConflictError):
    """Nobody is left to be reminded."""

    code = "messaging.all_have_read"


class RemindTooOftenError(TooManyError):
    """The readers of this message were reminded a short time ago; `data.retry_after` says when to go on."""

    code = "messaging.remind_too_often"


class TooMuchSavedError(ConflictError):
    """The list of what was put aside is full."""

    code = "messaging.too_much_saved"
