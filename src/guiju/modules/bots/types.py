"""Bots, their facts and the refusals."""

from dataclasses import dataclass
from enum import StrEnum

from guiju.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import BotId, GroupId, PersonId
from guiju.modules.approvals.types import RequestId

LONGEST_NAME = 20
LONGEST_PURPOSE = 200


class Approval(StrEnum):
    """Whether a bot waits for a decision: nobody's, or that of the asker's head."""

    NONE = "none"
    HEAD = "head"


class BotState(StrEnum):
    WAITING = "waiting"
    ACTIVE = "active"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a bot ended, or never began."""

    REMOVED = "removed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RESPONSIBLE_LEFT = "responsible_left"
    RESPONSIBLE_SUSPENDED = "responsible_suspended"
    GROUP_CLOSED = "group_closed"


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot of a group. `asked` is the position of the fact that has its name and purpose, `keys` counts those issued."""

    id: BotId
    group: GroupId
    name: str
    responsible: PersonId
    state: BotState
    request: RequestId | None
    asked: int
    asked_at: int
    keys: int
    ended: EndReason | None
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class Incoming:
    """Parameters of `bots.incoming`: who decides on a bot, how many a group has, and in which classes of groups."""

    approval: Approval = Approval.HEAD
    per_group: int = 5
    classes: tuple[str, ...] = ()


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("bots.asked", Content.REGISTER, inspected=("name", "purpose"))
class BotAsked:
    """The owner of a group asked for a bot, for which `responsible` answers."""

    group: GroupId
    bot: BotId
    responsible: PersonId
    request: RequestId | None
    name: Sealed[str]
    purpose: Sealed[str]


@fact("bots.created", Content.REGISTER)
class BotCreated:
    """The bot may write in its group from now on."""

    group: GroupId
    bot: BotId
    responsible: PersonId


@fact("bots.key_issued", Content.REGISTER)
class KeyIssued:
    """A key for the bot was shown to the actor, the `number`th; the one before it ended. No fact has a key."""

    group: GroupId
    bot: BotId
    number: int


@fact("bots.ended", Content.REGISTER)
class BotEnded:
    """The bot writes no more, and its key ended with it."""

    group: GroupId
    bot: BotId
    why: EndReason


# ---- errors -----------------------------------------------------------------------------------------------------


class BotNotFoundError(NotFoundError):
    """The group has no such bot."""

    code = "bots.not_found"


class BadBotError(InvalidError):
    """A name or a purpose that cannot be used; `data.field` names it."""

    code = "bots.bad_bot"


class BotsNotAllowedError(ForbiddenError):
    """A clause allows no bots in groups of this class."""

    code = "bots.not_allowed_here"


class TooManyBotsError(ConflictError):
    """The group has as many bots as the clause allows; `data.per_group` says how many."""

    code = "bots.too_many"


class BotNotActiveError(ConflictError):
    """The bot waits for its approval, or has ended."""

    code = "bots.not_active"
