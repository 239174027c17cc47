"""Direct conversations of two people, and the barriers that stand between people."""

from dataclasses import dataclass
from typing import NewType

from guiju.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyError,
)
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.shapes import learn

BarrierId = NewType("BarrierId", str)


@dataclass(frozen=True, slots=True)
class DirectRules:
    """Parameters of `groups.direct`. Inspection applies as in a group of this class and level."""

    allowed: bool
    group_class: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class BlockRules:
    """Parameters of `groups.blocking`. `never`: who cannot be blocked, by their role, or as a head above."""

    allowed: bool = True
    never: tuple[str, ...] = ("head", "hr", "security_admin")


@dataclass(frozen=True, slots=True)
class Block:
    """Somebody from whom a person takes no direct messages since `at` (ms)."""

    person: PersonId
    at: int


@dataclass(frozen=True, slots=True)
class Pair:
    """The two people of a direct conversation, in the order of their ids."""

    group: GroupId
    people: tuple[PersonId, PersonId]
    group_class: str
    level: str
    opened_at: int

    def other(self, person: PersonId) -> PersonId:
        """Whom `person` talks with here."""
        first, second = self.people
        return second if person == first else first


@learn
@dataclass(frozen=True, slots=True)
class Side:
    """People on one side of a barrier: of units and those below them, in posts, or named one by one."""

    units: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    people: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class BarrierInput:
    """Who may not write to whom: the first side to the second, with `both` also the other way.

    `groups`: nor may two people of the two sides come into one new group. From `starts_at` until `ends_at` (ms), each
    without bound when it is None.
    """

    first: Side
    second: Side
    both: bool
    groups: bool
    starts_at: int | None
    ends_at: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Barrier:
    """A barrier as it was set. `position` is that of the fact, which has the reason."""

    id: BarrierId
    first: Side
    second: Side
    both: bool
    groups: bool
    starts_at: int | None
    ends_at: int | None
    set_by: PersonId
    set_at: int
    position: int
    lifted_by: PersonId | None
    lifted_at: int | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a barrier would keep apart. `digest` names the rule with just these people."""

    first: tuple[PersonId, ...]
    second: tuple[PersonId, ...]
    pairs: int
    digest: str


@dataclass(frozen=True, slots=True)
class Concerned:
    """What a barrier would meet: direct conversations across it, and groups with people of both sides."""

    directs: tuple[Pair, ...]
    groups: tuple[GroupId, ...]


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("groups.direct_opened", Content.REGISTER, confidential=True)
class DirectOpened:
    """Two people have a direct conversation from now on; the first who asked opened it."""

    group: GroupId
    people: tuple[PersonId, PersonId]
    group_class: str
    level: str


_POSTS = dict.fromkeys(("first_posts", "second_posts"), "posts that the directory names")


@fact(
    "groups.barrier_set",
    Content.REGISTER,
    inspected=("reason",),
    uninspected=_POSTS,
    confidential=True,
)
class BarrierSet:
    """A barrier stands between people; it kept so many of each side apart when it was set."""

    barrier: str
    first_units: tuple[str, ...]
    first_people: tuple[PersonId, ...]
    second_units: tuple[str, ...]
    second_people: tuple[PersonId, ...]
    both: bool
    covers_groups: bool
    starts_at: int | None
    ends_at: int | None
    first_count: int
    second_count: int
    first_posts: Sealed[tuple[str, ...]]
    second_posts: Sealed[tuple[str, ...]]
    reason: Sealed[str]


@fact("groups.barrier_lifted", Content.REGISTER, inspected=("reason",), confidential=True)
class BarrierLifted:
    """A barrier stands no longer."""

    barrier: str
    reason: Sealed[str]


@fact("groups.barrier_turned", Content.REGISTER, confidential=True)
class BarrierTurned:
    """By the clock a barrier stands from now on, or, where `stands` is false, no more."""

    barrier: str
    stands: bool


# ---- errors -----------------------------------------------------------------------------------------------------


class DirectTooOftenError(TooManyError):
    """Somebody opened too many conversations in an hour; `data.retry_after` says when to go on."""

    code = "groups.direct_too_often"


class DirectWithSelfError(InvalidError):
    """A direct conversation is one with somebody else."""

    code = "groups.direct_with_self"


class DirectNotAllowedError(ForbiddenError):
    """The rules allow no direct conversations; `data.groups` are the groups that both are in."""

    code = "groups.direct_not_allowed"


class DirectPersonLeftError(ForbiddenError):
    """The other person's account is not usable, so nothing new is written to them."""

    code = "groups.direct_person_left"


class IsDirectError(ConflictError):
    """A direct conversation has no owner, no roster to change, and no end."""

    code = "groups.is_direct"


class BarredError(ForbiddenError):
    """A barrier stands between you; `data.until` is its end (ms) if it has one, `data.groups` the groups of both."""

    code = "groups.barred"


class BlockedError(ForbiddenError):
    """The other person takes no direct messages from you; `data.groups` are the groups that both are in."""

    code = "groups.blocked"


class BlockingError(ForbiddenError):
    """You have blocked this person, and would have no answer."""

    code = "groups.blocking"


class BlockNotAllowedError(ForbiddenError):
    """The rules allow nobody to block."""

    code = "groups.block_not_allowed"


class NotBlockableError(ForbiddenError):
    """This person's messages are work that must arrive."""

    code = "groups.not_blockable"


class TooManyBlockedError(ConflictError):
    """You block so many people that no more are kept; `data.most` is how many."""

    code = "groups.too_many_blocked"


class MembersBarredError(ForbiddenError):
    """A barrier keeps two of these people out of one group; `data.people` names them."""

    code = "groups.members_barred"


class NoBarrierClauseError(ForbiddenError):
    """No clause of the rules in force provides for barriers."""

    code = "groups.no_barrier_clause"


class BadBarrierError(InvalidError):
    """A field of the barrier cannot be used; `data.field` names it."""

    code = "groups.bad_barrier"


class TooManyBarriersError(ConflictError):
    """So many barriers stand that no more are set; `data.most` is how many."""

    code = "groups.too_many_barriers"


class BarrierChangedError(ConflictError):
    """The barrier would meet other people than those of the preview: look again."""

    code = "groups.barrier_changed"


class BarrierNotFoundError(NotFoundError):
    """There is no such barrier, or none that you may see."""

    code = "groups.barrier_not_found"


class BarrierEndedError(ConflictError):
    """The barrier has ended or was lifted already."""

    code = "groups.barrier_ended"
