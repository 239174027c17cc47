"""Packs, clauses, controls, operations, and what policy must know of people and groups."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import ForbiddenError, InvalidError, NotFoundError, Safe
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import BotId, GroupId, PersonId
from guiju.kernel.shapes import learn

Text = dict[str, str]
"""The same words in several languages: `zh`, `en`."""


class ControlKind(StrEnum):
    """The five ways to carry out a clause (DESIGN 7)."""

    PREVENT = "prevent"
    APPROVE = "approve"
    TIMER = "timer"
    RECORD = "record"
    INFORM = "inform"


@dataclass(frozen=True, slots=True)
class Control:
    """Code that a module offers to packs. `params` is a frozen dataclass; `check` raises ValueError on a bad value.

    `shows` gives the name of each parameter for the clause page. Earlier versions may have taken what this one refuses:
    of a pack that is in force only what `mended` makes of its parameters is checked, and `check_new` is not asked.
    `left_out` names what of these parameters is not carried out any more. `rows` are the requirements of the catalogue
    that it can carry out; `rows_of` says which of them it does with these parameters, where that depends on them.
    """

    name: str
    kind: ControlKind
    title: Text
    about: Text
    params: type[Any]
    shows: Mapping[str, Text] = field(default_factory=dict)
    check: Callable[[Any], None] = lambda params: None
    check_new: Callable[[Any], None] = lambda params: None
    mended: Callable[[Any], Any] = lambda params: params
    left_out: Callable[[Any], list[str]] = lambda params: []
    rows: tuple[str, ...] = ()
    rows_of: Callable[[Any], Collection[str]] | None = None

    def __post_init__(self) -> None:
        learn(self.params)

    def carries(self, params: Any) -> frozenset[str]:
        """The requirements that it carries out with these parameters."""
        return frozenset(self.rows if self.rows_of is None else self.rows_of(params))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a pack may name: the controls, the roles of people and the kinds of approval flows."""

    controls: Mapping[str, Control]
    roles: frozenset[str] = frozenset()
    flows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Use:
    """A control as one clause of the pack in force uses it, with its parameters."""

    clause: "Clause"
    control: str
    params: Any
    instead: Text | None

    @property
    def id(self) -> str:
        """What leaves name: `clause/control`."""
        return f"{self.clause.id}/{self.control}"

    def mark(self) -> dict[str, Safe]:
        """The clause mark of docs/protocol.md."""
        return {
            "id": self.clause.id,
            "title": dict(self.clause.title),
            "text": dict(self.clause.text),
            "instead": dict(self.instead) if self.instead else None,
        }


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a rule book, in our own words, with the rows of the requirement catalogue that it answers."""

    id: str
    chapter: Text
    title: Text
    text: Text
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupClass:
    """A class of groups and its settings. `history`: what a new member sees of the past, `none` or `all`."""

    id: str
    title: Text
    about: Text
    history: str = "none"


@dataclass(frozen=True, slots=True)
class Level:
    """A level of classification; a higher rank is more secret."""

    id: str
    rank: int
    title: Text


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Terms of one category that inspection looks for."""

    id: str
    category: str
    title: Text
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A step of an approval flow, as the pack words it. Hours are working hours."""

    name: Text
    mode: str
    approvers: tuple[dict[str, Any], ...]
    deadline_hours: int | None
    remind_hours: int | None
    on_timeout: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The steps that a request of one kind passes, in order."""

    kind: str
    title: Text
    clause: str | None
    steps: tuple[FlowStep, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working time. Days are ISO numbers (1 = Monday), times are minutes since midnight, dates are `YYYY-MM-DD`."""

    workdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    start: int = 510
    end: int = 1050
    lunch: tuple[int, int] = (720, 780)
    holidays: frozenset[str] = frozenset()
    extra_workdays: frozenset[str] = frozenset()
    utc_offset: int = 480


@dataclass(frozen=True, slots=True)
class Pack:
    """A rule book that the product can carry out. `version` is the hash of its text and dictionaries."""

    id: str
    version: str
    number: int
    title: Text
    about: Text
    prefix: str
    clauses: tuple[Clause, ...]
    uses: tuple[Use, ...]
    classes: tuple[GroupClass, ...]
    levels: tuple[Level, ...]
    flows: Mapping[str, Flow]
    dictionaries: Mapping[str, Dictionary]
    calendar: Calendar

    def clause(self, clause_id: str) -> Clause | None:
        return next((clause for clause in self.clauses if clause.id == clause_id), None)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a pack is refused: the line (from 1), the path inside the document, and the reason."""

    line: int
    path: str
    reason: str


class MemberState(StrEnum):
    """Where a person stands with a group (DESIGN 3); policy needs it to decide."""

    INVITED = "invited"
    UNDER_REVIEW = "under_review"
    MUST_SIGN = "must_sign"
    ACTIVE = "active"
    LEAVING_REQUESTED = "leaving_requested"
    LEFT = "left"
    REMOVED = "removed"


class GroupRole(StrEnum):
    """A member's part in a group."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"


PRESENT = frozenset({MemberState.ACTIVE, MemberState.LEAVING_REQUESTED})
"""States in which a member reads and writes."""

INSIDE = PRESENT | {MemberState.MUST_SIGN, MemberState.INVITED}
"""States in which a person sees that the group exists, its roster and its rules."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in a group. Facts at or after `visible_from` are theirs to see."""

    role: GroupRole
    state: MemberState
    visible_from: int


class Relations(Protocol):
    """What policy must know of people and groups; implemented by their owners and joined in `app.py`."""

    def is_certified(self, tx: ReadTx, person: PersonId) -> bool:
        """Whether the person's account is usable in groups."""

    def roles(self, tx: ReadTx, person: PersonId) -> frozenset[str]: ...

    def membership(self, tx: ReadTx, person: PersonId, group: GroupId) -> Membership | None: ...

    def groups_of(self, tx: ReadTx, person: PersonId) -> Mapping[GroupId, Membership]: ...

    def headed_units(self, tx: ReadTx, person: PersonId) -> frozenset[str]: ...

    def is_bot_of(self, tx: ReadTx, bot: BotId, group: GroupId) -> bool:
        """Whether the bot belongs to the group and may act now."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Who may do something: everyone certified, holders of a role, members with a role in the group, the system, or
    the group's bots.
    """

    name: str
    everyone: bool = False
    roles: frozenset[str] = frozenset()
    group_roles: frozenset[GroupRole] = frozenset()
    states: frozenset[MemberState] = PRESENT
    system: bool = False
    bots: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """A refused act that is recorded: `use` names the use of the control that wants it, where one does."""

    actor: Actor
    operation: str
    group: GroupId | None
    use: str | None
    code: str


@dataclass(frozen=True, slots=True)
class UseEvidence:
    """What leaves say about a use: how many name it, and the last of them."""

    use: str
    count: int
    last_at: int | None
    last_position: int | None


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("policy.adopted", Content.REGISTER, uninspected={"bundle": "the rules themselves"})
class PackAdopted:
    """A pack came into force. `bundle` is its whole text with its dictionaries."""

    pack: str
    version: str
    bundle: Sealed[str]


@fact("policy.refused", Content.REGISTER)
class AttemptRefused:
    """Somebody tried what is forbidden and goes on record even so."""

    operation: str
    code: str
    group: GroupId | None


# ---- errors -----------------------------------------------------------------------------------------------------


class NotAllowedError(ForbiddenError):
    """The actor holds no right to this operation."""

    code = "policy.not_allowed"


class BadPackError(InvalidError):
    """The pack is refused; `problems` has a line and a reason each."""

    code = "policy.bad_pack"


class ClauseNotFoundError(NotFoundError):
    """The pack in force has no such clause."""

    code = "policy.clause_not_found"


class NoPackError(NotFoundError):
    """No pack has been adopted yet."""

    code = "policy.no_pack"
