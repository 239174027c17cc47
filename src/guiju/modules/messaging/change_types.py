"""What may happen to a message after it was sent: facts, parameters of controls, and refusals."""

from dataclasses import dataclass
from enum import StrEnum

from guiju.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyError,
)
from guiju.kernel.facts import Content, Recorded, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.messaging.burn_types import Burning
from guiju.modules.messaging.types import Basis, Row

ALL = PersonId("all")
"""Stands among the mentions of a message for everybody in the group."""


class Reaction(StrEnum):
    """What one may answer a message with, instead of another message."""

    OK = "ok"
    GOOD = "good"
    RECEIVED = "received"
    THANKS = "thanks"
    SMILE = "smile"
    CHEER = "cheer"
    FLOWER = "flower"
    STRONG = "strong"
    DONE = "done"
    WATCHING = "watching"
    QUESTION = "question"
    SORRY = "sorry"


@dataclass(frozen=True, slots=True)
class Replies:
    """What a message tells of its thread: the first people who wrote there, and where the last reply appears."""

    count: int
    last: Recorded
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What has become of a message since it was sent. Texts of a recalled one are nobody's to read."""

    row: Row | None = None
    recall: Recorded | None = None
    edit: Recorded | None = None
    reactions: tuple[tuple[Reaction, tuple[PersonId, ...]], ...] = ()
    is_pinned: bool = False
    replies: Replies | None = None
    move: Recorded | None = None
    freeze: Recorded | None = None
    burning: Burning | None = None
    corrected: int | None = None


UNCHANGED = Changed()


@dataclass(frozen=True, slots=True)
class Recall:
    """What its author gets of a recalled message, to write it anew until `reedit_until` (ms)."""

    position: int
    text: str | None
    reedit_until: int | None


# ---- parameters of controls -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecallRules:
    """Parameters of `messaging.recall`: authors take a message back within `minutes`, in groups of `classes`."""

    minutes: int = 2
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakingDown:
    """Parameters of `messaging.taking_down`: members with these roles take others' messages down, with a reason."""

    roles: tuple[str, ...] = ("owner", "administrator")
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditingRules:
    """Parameters of `messaging.editing`: authors change a message within `minutes`, in groups of `classes`."""

    minutes: int = 10
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PinRules:
    """Parameters of `messaging.pins`: so many messages at `most` stand on top, in groups of `classes`."""

    most: int = 10
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AllRules:
    """Parameters of `messaging.mention_all`: members with these roles mention everybody, `per_day` times in a group."""

    roles: tuple[str, ...] = ("owner", "administrator")
    per_day: int = 3
    classes: tuple[str, ...] = ()


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("messaging.recalled", Content.CONTENT, inspected=("reason",))
class MessageRecalled:
    """The message that appears at `refs` was taken back by its author, or taken down by whoever runs the group."""

    group: GroupId
    refs: tuple[int, ...]
    reason: Sealed[str | None]


@fact(
    "messaging.edited",
    Content.CONTENT,
    uninspected=dict.fromkeys(
        ("text", "original"), "inspected like a message before it replaces the text"
    ),
)
class MessageEdited:
    """The author changed the text of the message at `refs`; when masked, `text` is what others see.

    What the rules found in it counts in their figures when it is `counted`: edits of older versions are not. A `silent`
    one calls nobody.
    """

    group: GroupId
    refs: tuple[int, ...]
    ruleset: str
    mentions: tuple[PersonId, ...]
    spans: Sealed[tuple[tuple[int, int], ...]]
    text: Sealed[str]
    original: Sealed[str | None]
    basis: Basis | None = None
    counted: bool = False
    silent: bool = False


@fact("messaging.reacted", Content.CONTENT)
class MessageReacted:
    """Somebody answered the message at `refs` with a reaction, or took it back."""

    group: GroupId
    refs: tuple[int, ...]
    reaction: Reaction
    on: bool


@fact("messaging.pinned", Content.CONTENT)
class MessagePinned:
    """The message at `refs` was put on top of the group, or taken off."""

    group: GroupId
    refs: tuple[int, ...]
    on: bool


# ---- errors -----------------------------------------------------------------------------------------------------


class MessageNotFoundError(NotFoundError):
    """No such message in the group, or none that you may see."""

    code = "messaging.message_not_found"


class AlreadyRecalledError(ConflictError):
    """The message was recalled; nothing changes it any more."""

    code = "messaging.already_recalled"


class RecallLateError(ForbiddenError):
    """The time in which an author may recall a message is over."""

    code = "messaging.recall_late"


class EditingOffError(ForbiddenError):
    """No clause lets authors change messages here."""

    code = "messaging.editing_off"


class EditLateError(ForbiddenError):
    """The time in which an author may change a message is over."""

    code = "messaging.edit_late"


class EditStoppedError(ForbiddenError):
    """A rule holds or blocks the new text; the message stays as it was."""

    code = "messaging.edit_stopped"


class TooManyPinsError(ConflictError):
    """As many messages are pinned as the rules allow."""

    code = "messaging.too_many_pins"


class BadThreadError(InvalidError):
    """What is replied to is not the first message of a thread that you may see."""

    code = "messaging.bad_thread"


class ConfirmMembersError(ConflictError):
    """Whoever mentions everybody confirms how many that is; `data.members` says it."""

    code = "messaging.confirm_members"


class MentionAllNotAllowedError(ForbiddenError):
    """Your part in the group does not let you mention everybody."""

    code = "messaging.mention_all_not_allowed"


class MentionAllLimitError(TooManyError):
    """Everybody was mentioned as often today as the rules allow."""

    code = "messaging.mention_all_limit"
