"""Messages that carry others: what stands of them in facts, parameters of the control, and refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guiju.kernel.errors import ForbiddenError, InvalidError
from guiju.kernel.ids import GroupId
from guiju.modules.messaging.file_types import MEBIBYTE, Attached, FileNote, StoredFile
from guiju.modules.messaging.origin_types import Origin

MOST_FORWARDED = 100
LONGEST_FORWARD = 30_000
"""How many characters all that is forwarded at once may have together."""
LARGEST_FORWARD = 128 * MEBIBYTE
"""How many bytes the files that are forwarded at once may have together: they are copied while the sender waits."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One message that was forwarded: whose it was, when it was sent (ms), and where its copy stands in the text."""

    sender: str
    at: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Forward:
    """What a message carries: the name of the group that it comes from, and the copies in the order of the text.

    What stands before the first copy is the comment of whoever forwarded.
    """

    group: str
    merged: bool
    items: tuple[Copied, ...]

    @property
    def comment_end(self) -> int:
        """Where the comment ends; a line break follows it."""
        return max(0, self.items[0].start - 1) if self.items else 0

    @property
    def names(self) -> str:
        """What is shown beside the text: the group and whose words these are, a line each."""
        return "\n".join(dict.fromkeys([self.group, *(each.sender for each in self.items)]))


@dataclass(frozen=True, slots=True)
class Carried:
    """The copies of a message that is about to be sent, and where the originals appear."""

    sources: tuple[int, ...]
    forward: Forward


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish to forward. `confirm` answers warnings, by the cmid of the message that was warned of. `origin` is said of
    those files of which nothing was said.
    """

    cmid: str
    source: GroupId
    target: GroupId
    positions: tuple[int, ...]
    merged: bool
    comment: str = ""
    confirm: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done outside the lane before a forward: texts to inspect, and by the cmid of each message the files to
    copy.
    """

    texts: tuple[str, ...] = ()
    files: Mapping[str, tuple[tuple[StoredFile, FileNote], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Copies:
    """Files that were copied for one message: of which ones they are copies, in order, and the copies."""

    originals: tuple[StoredFile, ...] = ()
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class ForwardRules:
    """Parameters of `messaging.forwarding`, for what is taken out of groups of `classes`.

    `to` is `anywhere`, `same_class` or `nowhere`. `down`: also to groups of a lower level; `outside`: also to groups
    with people from outside. `most` messages at once.
    """

    to: str = "anywhere"
    down: bool = False
    outside: bool = False
    most: int = MOST_FORWARDED
    classes: tuple[str, ...] = ()


class ForwardNotAllowedError(ForbiddenError):
    """What is said in the one group does not go to the other; `data.why` says for what reason."""

    code = "messaging.forward_not_allowed"


class ForwardTooLongError(InvalidError):
    """Too many messages or files, or too much of them, for one forward; `data.most` says how much it may be."""

    code = "messaging.forward_too_long"


def slice_of(text: str, spans: Any, start: int, end: int) -> tuple[str, list[dict[str, int]]]:
    """A piece of a text, with the masked places that lie in it, counted from its beginning."""
    inside = [
        {"start": max(first, start) - start, "end": min(last, end) - start}
        for first, last in spans
        if first < end and last > start
    ]
    return text[start:end], inside
