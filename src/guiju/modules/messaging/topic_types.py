"""Keeping a group to its topics: what is moved aside, flagged or frozen, and the refusals that come with it."""

from dataclasses import dataclass

from guiju.kernel.errors import ConflictError, TooManyError
from guiju.kernel.facts import Content, Recorded, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId

OFF_TOPIC, FREEZING = "messaging.off_topic", "messaging.freezing"


@dataclass(frozen=True, slots=True)
class OffTopicRules:
    """Parameters of `messaging.off_topic`: members with these roles move what is off topic aside, in groups of `classes`.

    Everybody may flag messages to them, so many an hour; with 0 nobody flags.
    """

    roles: tuple[str, ...] = ("owner", "administrator")
    flags_per_hour: int = 10
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FreezeRules:
    """Parameters of `messaging.freezing`: members with these roles freeze threads, in groups of `classes`."""

    roles: tuple[str, ...] = ("owner", "administrator")
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A member told those who run the group that a message is off topic."""

    shown: int
    person: PersonId
    position: int


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen thread, as those who oversee the group hear of it: no text of it is shown."""

    group: GroupId
    root: int
    entry: Recorded
    replies: int


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("messaging.moved", Content.CONTENT, inspected=("reason",))
class MessageMoved:
    """The message that appears at `refs` was moved aside as off topic, or back into the talk."""

    group: GroupId
    refs: tuple[int, ...]
    on: bool
    reason: Sealed[str | None]


@fact("messaging.flagged", Content.CONTENT, inspected=("reason",))
class MessageFlagged:
    """A member flagged the message that appears at `refs` as off topic; those who run the group are told."""

    group: GroupId
    refs: tuple[int, ...]
    reason: Sealed[str | None]


@fact("messaging.flags_dismissed", Content.CONTENT)
class FlagsDismissed:
    """Whoever runs the group left the message at `refs` where it is."""

    group: GroupId
    refs: tuple[int, ...]


@fact("messaging.frozen", Content.CONTENT, inspected=("reason",))
class ThreadFrozen:
    """The thread of the message that appears at `refs` takes no further replies, or takes them again."""

    group: GroupId
    refs: tuple[int, ...]
    on: bool
    reason: Sealed[str | None]


# ---- errors -----------------------------------------------------------------------------------------------------


class MovedAsideError(ConflictError):
    """The message was moved aside as off topic; until it is back, nobody answers, forwards or changes it."""

    code = "messaging.moved_aside"


class ThreadFrozenError(ConflictError):
    """The thread is frozen; `data.reason` says why."""

    code = "messaging.thread_frozen"


class FlagTooOftenError(TooManyError):
    """Too many messages flagged in an hour; `data.retry_after` says when to go on."""

    code = "messaging.flag_too_often"
