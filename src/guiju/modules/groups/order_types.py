"""What an owner settles for the order in a group: who publishes there, and what it is about."""

from dataclasses import dataclass

from guiju.kernel.errors import ConflictError, ForbiddenError, InvalidError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId

MOST_PUBLISHERS = 50
MOST_TOPICS = 12
LONGEST_TOPIC = 40


@dataclass(frozen=True, slots=True)
class PublisherRules:
    """Parameters of `groups.publishers`, for groups of `classes`; an announcement is what mentions everybody.

    `only` the publishers write `all`, or `announcements`. With `replies` everybody replies in threads; with `notices`
    they alone address a notice to the group. `most`: so many in a group.
    """

    only: str = "all"
    replies: bool = True
    notices: bool = False
    most: int = 10
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publishing:
    """What the rules say of publishing to one member: of what, whether they may, and what else they may do."""

    only: str
    replies: bool
    mine: bool
    clause: dict[str, object]


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("groups.publishers_set", Content.REGISTER)
class PublishersSet:
    """The group's publishers from now on, people or bots; with none of them the owner is the only one."""

    group: GroupId
    publishers: tuple[PersonId, ...]


@fact("groups.topics_set", Content.REGISTER, inspected=("topics",))
class TopicsSet:
    """What the group is about from now on."""

    group: GroupId
    topics: Sealed[tuple[str, ...]]


# ---- errors -----------------------------------------------------------------------------------------------------


class NotPublisherError(ForbiddenError):
    """Only the group's publishers may do this; `data.replies` says whether others reply in threads."""

    code = "groups.not_publisher"


class TooManyPublishersError(ConflictError):
    """More publishers than the clause allows; `data.most` says how many."""

    code = "groups.too_many_publishers"


class BadTopicsError(InvalidError):
    """Topics are short lines, so many at most."""

    code = "groups.bad_topics"
