"""What one's own devices may keep and show of messages: types, parameters, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from guiju.kernel.errors import ConflictError, InvalidError
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.policy.types import Use

MOST_DAYS = 90
MOST_PUSHES = 5
"""Of one person: far more than the browsers somebody uses."""


class Told(StrEnum):
    """How much a notification says, from the least: nothing at all, that something came, who wrote where, the text."""

    OFF = "off"
    NONE = "none"
    SENDER = "sender"
    TEXT = "text"


_ORDER = tuple(Told)


def least(one: Told, other: Told) -> Told:
    """The one of both that says less."""
    return min(one, other, key=_ORDER.index)


@dataclass(frozen=True, slots=True)
class Offline:
    """Parameters of `messaging.offline`: devices keep messages for `days` days, of groups up to the level of rank `most_rank`.

    With `classes` only of groups of these classes.
    """

    days: int = 14
    most_rank: int = 2
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notifications:
    """Parameters of `messaging.notifications`: the most that a notification says; with `classes` only of groups of these."""

    most: str = "sender"
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a device may do with the messages of one group: keep them for `days`, and show `told` of them.

    By `origin` it asks where files come from before it keeps one to be sent: what waits there for the line, waits alone.
    """

    days: int
    told: Told
    origin: Use | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a browser takes pushes, and the keys that only it can open them with. It ends with its session."""

    id: str
    session: str
    person: PersonId
    endpoint: str
    p256dh: bytes
    auth: bytes
    lang: str


@dataclass(frozen=True, slots=True)
class News:
    """What a push tells of one group: of the message at `position`, because of `entry`: it, an edit or a reminder of it.

    `first` is the earliest entry that it stands for: none from there on was told before. `more` other messages wait beside
    that one. What `told` does not allow is empty.
    """

    subscription: Subscription
    group: GroupId
    entry: int
    first: int
    position: int
    told: Told
    sender: str
    group_name: str
    text: str
    more: int
    is_reminder: bool

    @property
    def place(self) -> str:
        """Of one place a newer push replaces what waits."""
        return self.group

    def merged_with(self, later: "News") -> "News":
        """One push for both: the later one, which stands for what this one was to tell as well."""
        return replace(later, first=min(self.first, later.first))

    @property
    def said(self) -> Mapping[str, Any]:
        """What the browser gets."""
        return {
            "group": self.group,
            "position": self.position,
            "told": self.told.value,
            "name": self.group_name,
            "sender": self.sender,
            "text": self.text,
            "more": self.more,
            "reminder": self.is_reminder,
        }


class BadSubscriptionError(InvalidError):
    """A browser's push address or keys that cannot be used; `data.field` says which."""

    code = "messaging.bad_subscription"


class PushOffError(ConflictError):
    """The operator has not switched pushes on."""

    code = "messaging.push_off"


class TooManySubscriptionsError(ConflictError):
    """More browsers than one person may have pushed to."""

    code = "messaging.too_many_subscriptions"
