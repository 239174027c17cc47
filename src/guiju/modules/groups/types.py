"""Groups, applications and members."""

from dataclasses import dataclass
from enum import StrEnum
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
from guiju.modules.approvals.types import RequestId
from guiju.modules.groups.hours_types import OfficeHours
from guiju.modules.policy.types import GroupRole, MemberState

ApplicationId = NewType("ApplicationId", str)


class GroupKind(StrEnum):
    """Lives here, or on another tool and is only registered here; or is the talk of two people, which is no register's."""

    INTERNAL = "internal"
    EXTERNAL_TOOL = "external_tool"
    DIRECT = "direct"


class GroupState(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


class ApplicationState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Group:
    """A registered group, or a direct conversation, which has no owner, number or unit.

    `rules_version` is 0 while it has no rules of its own; `publishers` are people or bots.
    """

    id: GroupId
    name: str
    filing_number: str
    kind: GroupKind
    tool: str | None
    group_class: str
    level: str
    unit: str
    purpose: str
    scope: str
    state: GroupState
    owner: PersonId | None
    end_date: str | None
    registered_at: int
    rules_version: int
    rules_position: int | None
    publishers: tuple[PersonId, ...] = ()
    topics: tuple[str, ...] = ()
    hours: tuple[OfficeHours, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A person's place in a group. Facts at or after `visible_from` are theirs to see."""

    group: GroupId
    person: PersonId
    role: GroupRole
    state: MemberState
    since: int
    visible_from: int
    signed_version: int
    position: int


@learn
@dataclass(frozen=True, slots=True)
class ApplicationInput:
    """What an applicant states. `end_date` is `YYYY-MM-DD`."""

    name: str
    purpose: str
    scope: str
    group_class: str
    level: str
    kind: GroupKind
    tool: str | None
    owner: PersonId
    administrators: tuple[PersonId, ...]
    members: tuple[PersonId, ...]
    end_date: str | None
    rules: str


@dataclass(frozen=True, slots=True)
class Application:
    """An application for a group, and what became of it."""

    id: ApplicationId
    applicant: PersonId
    unit: str
    applied_at: int
    state: ApplicationState
    request: RequestId
    group: GroupId | None
    filing_number: str | None
    stated: ApplicationInput


@dataclass(frozen=True, slots=True)
class NameProblem:
    """Why a name cannot be used, with the clause where a rule says so."""

    code: str
    message: str
    clause: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Administrators:
    """Parameters of `groups.administrators`."""

    min: int = 1
    max: int = 2


@dataclass(frozen=True, slots=True)
class NamePattern:
    """One allowed form of a name, as an RE2 expression with words for people."""

    regex: str
    zh: str
    example: str


@dataclass(frozen=True, slots=True)
class NamePatterns:
    """Parameters of `groups.name_pattern`."""

    patterns: tuple[NamePattern, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """Parameters of `groups.register`: the form of filing numbers, with `{year}` and `{serial}`."""

    number: str = "{year}-{serial:04d}"


@dataclass(frozen=True, slots=True)
class ExternalTools:
    """Parameters of `groups.external_tools`."""

    tools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndDate:
    """Parameters of `groups.end_date`."""

    remind_working_days: int = 5


@dataclass(frozen=True, slots=True)
class NoParameters:
    """Parameters of a control that has none."""


# ---- facts ------------------------------------------------------------------------------------------------------


_APPLIED = dict.fromkeys(
    ("filing_number", "name", "purpose", "scope", "tool", "rules"),
    "inspected when it was applied for",
)


@fact(
    "groups.applied",
    Content.REGISTER,
    inspected=("name", "purpose", "scope", "rules"),
    uninspected={"tool": "one that the pack names"},
)
class GroupApplied:
    """Somebody applied for a group."""

    application: str
    request: str
    unit: str
    group_class: str
    level: str
    group_kind: GroupKind
    owner: PersonId
    administrators: tuple[PersonId, ...]
    members: tuple[PersonId, ...]
    end_date: str | None
    name: Sealed[str]
    purpose: Sealed[str]
    scope: Sealed[str]
    tool: Sealed[str | None]
    rules: Sealed[str]


@fact("groups.application_closed", Content.REGISTER)
class ApplicationClosed:
    """An application ended without a group."""

    application: str
    state: ApplicationState


@fact("groups.registered", Content.REGISTER, uninspected=_APPLIED)
class GroupRegistered:
    """A group came to exist: it has its filing number, its owner and its administrators."""

    group: GroupId
    application: str
    serial: int
    year: int
    unit: str
    group_class: str
    level: str
    group_kind: GroupKind
    owner: PersonId
    administrators: tuple[PersonId, ...]
    members: tuple[PersonId, ...]
    must_sign: bool
    history: str
    end_date: str | None
    filing_number: Sealed[str]
    name: Sealed[str]
    purpose: Sealed[str]
    scope: Sealed[str]
    tool: Sealed[str | None]
    rules: Sealed[str]


@fact("groups.member_changed", Content.REGISTER, inspected=("reason",))
class MemberChanged:
    """A person's place in a group changed: admitted, asked, signed, left, removed and so on.

    `history` is set on admission: with `none` the person sees facts from this position on, with `all` everything.
    """

    group: GroupId
    person: PersonId
    state: MemberState
    role: GroupRole
    history: str | None
    signed_version: int | None
    reason: Sealed[str | None]


@fact("groups.rules_published", Content.REGISTER, inspected=("text",))
class RulesPublished:
    """A new version of the group's rules, which every member signs again when `must_sign`."""

    group: GroupId
    version: int
    must_sign: bool
    text: Sealed[str]


@fact("groups.administrators_set", Content.REGISTER)
class AdministratorsSet:
    """The group's administrators from now on."""

    group: GroupId
    administrators: tuple[PersonId, ...]


@fact("groups.owner_set", Content.REGISTER)
class OwnerSet:
    """The group's one owner from now on."""

    group: GroupId
    owner: PersonId


@fact("groups.closed", Content.REGISTER, inspected=("reason",))
class GroupClosed:
    """The group is closed: read by its members, written by nobody."""

    group: GroupId
    reason: Sealed[str]


@fact("groups.end_reminded", Content.REGISTER)
class EndReminded:
    """The owner was reminded that the group ends soon."""

    group: GroupId
    end_date: str


# ---- errors -----------------------------------------------------------------------------------------------------


class GroupNotFoundError(NotFoundError):
    """No such group, or none that you may see."""

    code = "groups.not_found"


class MemberNotFoundError(NotFoundError):
    """No such member of this group."""

    code = "groups.member_not_found"


class ApplicationNotFoundError(NotFoundError):
    """No such application, or none that you may see."""

    code = "groups.application_not_found"


class NameRefusedError(InvalidError):
    """The name does not fit; `data.problems` says why and under which clause."""

    code = "groups.name_refused"


class BadApplicationError(InvalidError):
    """A field of the application cannot be used; `data.field` names it."""

    code = "groups.bad_application"


class AdministratorCountError(ForbiddenError):
    """More or fewer administrators than the clause allows."""

    code = "groups.administrator_count"


class OwnerNeededError(ForbiddenError):
    """A group has exactly one owner, who cannot simply go."""

    code = "groups.owner_needed"


class NotCertifiedError(ForbiddenError):
    """The person's account is not certified under the real name."""

    code = "groups.not_certified"


class GroupClosedError(ConflictError):
    """The group is closed."""

    code = "groups.is_closed"


class WrongMemberStateError(ConflictError):
    """The member is not in a state in which this can happen; `data.state` says which."""

    code = "groups.wrong_member_state"


class JoinTooOftenError(TooManyError):
    """Somebody named too many wrong filing numbers in an hour; `data.retry_after` says when to go on."""

    code = "groups.join_too_often"


class AlreadyMemberError(ConflictError):
    """The person is in the group, or on the way into it."""

    code = "groups.already_member"


class StaleRulesError(ConflictError):
    """The rules have a newer version than the one that you read."""

    code = "groups.stale_rules"
