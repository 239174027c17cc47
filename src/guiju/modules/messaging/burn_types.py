"""Messages that burn after reading: parameters, what is known of one, the fact of an opening, and refusals."""

from dataclasses import dataclass
from typing import Any

from guiju.kernel.errors import ConflictError, ForbiddenError, InvalidError
from guiju.kernel.facts import Content, fact
from guiju.kernel.ids import GroupId, PersonId

CONTROL = "messaging.burning"
OPEN = "messaging.open_burning"
LENGTHS = (10, 30, 60, 300)
"""For so many seconds a message that burns may be read."""
MOST_READERS = 30
"""So many fit into the leaf that names them, and who has opened it can be read at a glance."""


@dataclass(frozen=True, slots=True)
class BurnRules:
    """Parameters of `messaging.burning`: for how long messages may be read; none of them forbids it.

    Nobody opens such a message later than `days` after it appeared, and it has at most `most_people` readers.
    """

    seconds: tuple[int, ...] = LENGTHS
    days: int = 7
    most_people: int = 20
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Burn:
    """That a message burns: each reader has it for `seconds`, and nobody later than `days` after it appeared."""

    seconds: int
    days: int


@dataclass(frozen=True, slots=True)
class BurnReader:
    """One of those for whom a message was, and when they opened it (ms)."""

    person: PersonId
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Burning:
    """A message that burns and appears at `position`; nobody opens it after `until` (ms)."""

    position: int
    sender: PersonId
    seconds: int
    until: int
    readers: tuple[BurnReader, ...]


def words_of(fact: Any) -> str:
    """What a message says to its readers, also where it burns: for the rules, for reviewers, and to open it by."""
    hidden = getattr(fact, "hidden", None)
    return str(fact.text if hidden is None else hidden)


@dataclass(frozen=True, slots=True)
class OpenedText:
    """What a reader gets of a message that burns, to be taken off the screen at `until` (ms)."""

    text: str
    spans: tuple[tuple[int, int], ...]
    opened_at: int
    until: int


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("messaging.burn_opened", Content.REGISTER)
class BurnOpened:
    """A reader of the message at `refs`, which burns, opened it."""

    group: GroupId
    refs: tuple[int, ...]


# ---- errors -----------------------------------------------------------------------------------------------------


class BurnOffError(ForbiddenError):
    """The rules let no message burn here, or not after so long; `data.seconds` has what they allow."""

    code = "messaging.burn_off"


class BadBurnError(InvalidError):
    """What burns is a plain text: no files, no template, no forward, nothing urgent."""

    code = "messaging.bad_burn"


class BurnPeopleError(ConflictError):
    """A message that burns has somebody to read it, and at most `data.most` people."""

    code = "messaging.burn_people"


class BurningError(ConflictError):
    """The message burns: nobody quotes, forwards, edits, pins or keeps it, or replies to it in a thread."""

    code = "messaging.burning"


class BurntError(ConflictError):
    """The message has burnt: your seconds are over, or its last day."""

    code = "messaging.burnt"
