"""The organisation, units, people and roles; the facts about them; and the refusals of this module."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from guiju.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import PersonId

UnitId = NewType("UnitId", str)


class Role(StrEnum):
    """What a person is entrusted with in the whole organisation."""

    HR = "hr"
    IT = "it"
    REGISTRAR = "registrar"
    REVIEWER = "reviewer"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ADMINISTRATOR_LINES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""Three separate lines (三员分立): nobody holds two of them."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of the organisation. Without a parent it is a root."""

    id: UnitId
    name: str
    parent: UnitId | None
    head: PersonId | None


@dataclass(frozen=True, slots=True)
class Person:
    """A verified record. Whether the person may act is a matter of their account (`identity`)."""

    id: PersonId
    name: str
    staff_no: str
    unit: UnitId | None
    post: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Deputy:
    """`deputy` stands in for `person` from the day `since` to the day `until`, both included: ISO dates."""

    person: PersonId
    deputy: PersonId
    since: str
    until: str


class RowCode(StrEnum):
    """What can be wrong with a row of an import."""

    NOT_CSV = "directory.csv_not_csv"
    TOO_MANY_ROWS = "directory.csv_too_many_rows"
    NO_ROWS = "directory.csv_no_rows"
    COLUMN_MISSING = "directory.csv_column_missing"
    COLUMN_UNKNOWN = "directory.csv_column_unknown"
    COLUMN_TWICE = "directory.csv_column_twice"
    CELLS = "directory.csv_cells"
    EMPTY = "directory.csv_empty"
    TOO_LONG = "directory.csv_too_long"
    FORMULA = "directory.csv_formula"
    CHARACTER = "directory.csv_character"
    BAD_STAFF_NO = "directory.csv_bad_staff_no"
    BAD_UNIT = "directory.csv_bad_unit"
    BAD_PHONE = "directory.csv_bad_phone"
    BAD_EMAIL = "directory.csv_bad_email"
    DUPLICATE = "directory.csv_duplicate"
    LOGIN_TAKEN = "directory.csv_login_taken"
    OWN_RECORD = "directory.csv_own_record"


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row is refused. `line` is the line in the file, from 1; `column` its heading, empty for a whole row."""

    line: int
    column: str
    code: RowCode
    message: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A person as a row of an import words it; `unit` is the path from the root."""

    line: int
    staff_no: str
    name: str
    unit: tuple[str, ...]
    post: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import has come: of `rows` so many are `applied`, and `refused` holds (line, code) of the others."""

    id: str
    started_at: int
    started_by: str
    rows: int
    applied: int = 0
    refused: tuple[tuple[int, str], ...] = ()

    @property
    def done(self) -> bool:
        return self.applied + len(self.refused) >= self.rows


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. Nothing is applied while there are errors. `changes` holds the rows that differ."""

    new: int
    moved: int
    unchanged: int
    errors: tuple[RowError, ...]
    changes: tuple[ImportRow, ...]


@dataclass(frozen=True, slots=True)
class RealNameParams:
    """`directory.real_name` takes no parameters."""


UnitTree = Mapping[UnitId, Unit]
"""All units by id, in the order in which they were added."""


# ---- facts ------------------------------------------------------------------------------------------------------


_RECORD = dict.fromkeys(
    ("name", "staff_no", "post", "phone", "email"), "the staff record, which HR keeps"
)


@fact(
    "directory.organisation_named",
    Content.REGISTER,
    uninspected={"name": "given at set-up, before there are rules"},
)
class OrganisationNamed:
    """The organisation has this name from now on."""

    name: Sealed[str] = ""


@fact(
    "directory.unit_added",
    Content.REGISTER,
    uninspected={"name": "the organisation's own chart, which HR keeps"},
)
class UnitAdded:
    """A unit was added below `parent`, or as a root."""

    unit: str
    parent: str | None
    head: str | None
    name: Sealed[str] = ""


@fact("directory.unit_head_set", Content.REGISTER)
class UnitHeadSet:
    """A unit has this head from now on, or none."""

    unit: str
    head: str | None


@fact("directory.person_added", Content.PERSON, uninspected=_RECORD)
class PersonAdded:
    """A person was added to a unit."""

    person: str
    unit: str | None
    name: Sealed[str] = ""
    staff_no: Sealed[str] = ""
    post: Sealed[str] = ""
    phone: Sealed[str] = ""
    email: Sealed[str] = ""


@fact("directory.person_changed", Content.PERSON, uninspected=_RECORD)
class PersonChanged:
    """A person's record changed; what is None stayed as it was. Who `joins` was of no unit until then: from outside."""

    person: str
    unit: str | None
    name: Sealed[str | None] = None
    post: Sealed[str | None] = None
    phone: Sealed[str | None] = None
    email: Sealed[str | None] = None
    joins: bool = False


@fact("directory.role_granted", Content.PERSON)
class RoleGranted:
    """A person holds a role from now on."""

    person: str
    role: str


@fact("directory.role_revoked", Content.PERSON)
class RoleRevoked:
    """A person holds a role no longer."""

    person: str
    role: str


@fact("directory.deputy_named", Content.PERSON)
class DeputyNamed:
    """`deputy` stands in for a person from the day `since` to the day `until`, and whoever did, `before`, no more."""

    person: str
    deputy: str
    since: str
    until: str
    before: str | None = None


@fact("directory.deputy_ended", Content.PERSON)
class DeputyEnded:
    """Nobody stands in for a person any more; `deputy` did."""

    person: str
    deputy: str | None = None


@fact("directory.deputy_turned", Content.PERSON)
class DeputyTurned:
    """By the calendar `deputy` stands in for a person from this day on, or, where `stands` is false, no more."""

    person: str
    deputy: str
    stands: bool


# ---- errors -----------------------------------------------------------------------------------------------------


class PersonNotFoundError(NotFoundError):
    """There is no such person."""

    code = "directory.person_not_found"


class UnitNotFoundError(NotFoundError):
    """There is no such unit."""

    code = "directory.unit_not_found"


class ImportNotFoundError(NotFoundError):
    """There is no such import."""

    code = "directory.import_not_found"


class StaffNumberTakenError(ConflictError):
    """Another person has this staff number."""

    code = "directory.staff_no_taken"


class UnitExistsError(ConflictError):
    """The parent has a unit of this name already."""

    code = "directory.unit_exists"


class TooDeepError(InvalidError):
    """Units stand at most ten levels deep."""

    code = "directory.too_deep"


class BadStaffNumberError(InvalidError):
    """A staff number is 1 to 32 letters, digits or `. _ -`."""

    code = "directory.bad_staff_no"


class BadUnitNameError(InvalidError):
    """A unit's name is 1 to 60 characters without a slash."""

    code = "directory.bad_unit_name"


class UnknownRoleError(InvalidError):
    """There is no such role."""

    code = "directory.unknown_role"


class OwnRecordError(ForbiddenError):
    """Nobody edits their own record."""

    code = "directory.own_record"


class OwnRoleError(ForbiddenError):
    """Nobody gives a role to themselves."""

    code = "directory.own_role"


class BadDeputyError(InvalidError):
    """A deputy is another person, of a unit, with a certified account; nobody names themselves."""

    code = "directory.bad_deputy"


class BadDeputyDaysError(InvalidError):
    """A deputy stands in from today or later, from the first day to the last, for at most 90 days."""

    code = "directory.bad_deputy_days"


class LinesExcludeError(ConflictError):
    """The person holds another of the three administrator lines."""

    code = "directory.lines_exclude"


class LastHolderError(ForbiddenError):
    """The last one of an administrator line who can act stays so until there is another."""

    code = "directory.last_holder"


class SheetUnreadableError(InvalidError):
    """The file is no workbook that can be read; `data.reason` says how far that went."""

    code = "directory.sheet_unreadable"


class ImportErrorsError(InvalidError):
    """The file has rows that are refused, so nothing was applied."""

    code = "directory.import_errors"
