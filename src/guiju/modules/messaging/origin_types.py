"""Where shared files come from, as whoever shares them says: what stands of it in facts, parameters of the control, and
refusals.
"""

from dataclasses import dataclass
from enum import StrEnum

from guiju.kernel.errors import InvalidError

CONTROL = "messaging.origin"
LONGEST_NOTE = 200
ASKED_KINDS = ("file", "image")
"""Of which files a clause may ask it: a voice note is what its sender said."""


class OriginKind(StrEnum):
    """By what right a file is shared."""

    OWN = "own"
    ORGANISATION = "organisation"
    LICENSED = "licensed"
    PUBLIC = "public"


NOTED = frozenset({OriginKind.LICENSED, OriginKind.PUBLIC})
"""Those that say nothing without a note: by whom it was permitted, or where it is public."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What the sender of a file says of where it comes from."""

    kind: OriginKind
    note: str = ""


@dataclass(frozen=True, slots=True)
class OriginRules:
    """Parameters of `messaging.origin`: in groups of `classes` it is asked of files that show as one of the kinds `of`."""

    of: tuple[str, ...] = ASKED_KINDS
    classes: tuple[str, ...] = ()


class OriginNeededError(InvalidError):
    """Whoever shares a file here says where it comes from; `data.files` are those of which nothing is said."""

    code = "messaging.origin_needed"


class BadOriginError(InvalidError):
    """An origin is one of the four kinds; `licensed` and `public` have a note of at most 200 characters in one line."""

    code = "messaging.bad_origin"
