"""Pure decisions: who heads whom, which roles go together, what an import would do."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

from guiju.kernel.ids import PersonId
from guiju.modules.directory.types import (
    ADMINISTRATOR_LINES,
    BadDeputyDaysError,
    BadStaffNumberError,
    BadUnitNameError,
    ImportPlan,
    ImportRow,
    LinesExcludeError,
    OwnRoleError,
    Person,
    Role,
    RowCode,
    RowError,
    TooDeepError,
    UnitId,
    UnitTree,
    UnknownRoleError,
)

MAXIMUM_DEPTH = 10
DEPUTY_DAYS, DEPUTY_AHEAD = 90, 365
"""The longest time for which a deputy stands in, and how far ahead it may begin."""
_STAFF_NO = re.compile(r"[A-Za-z0-9._\-]{1,32}")


def check_staff_no(staff_no: str) -> str:
    """`staff_no` itself. Raises BadStaffNumberError."""
    if not _STAFF_NO.fullmatch(staff_no):
        raise BadStaffNumberError("A staff number is 1 to 32 letters, digits or . _ - characters.")
    return staff_no


def check_unit_name(name: str) -> str:
    """`name` itself. Raises BadUnitNameError."""
    if not 1 <= len(name) <= 60 or "/" in name or "／" in name:
        raise BadUnitNameError("A unit's name is 1 to 60 characters without a slash.")
    return name


def ancestors(units: UnitTree, unit: UnitId | None) -> Iterator[UnitId]:
    """The unit itself and the units above it, upward."""
    while unit is not None:
        yield unit
        unit = units[unit].parent


def check_depth(units: UnitTree, parent: UnitId | None) -> None:
    """Raises TooDeepError when a unit below `parent` would stand too deep."""
    if len(list(ancestors(units, parent))) >= MAXIMUM_DEPTH:
        raise TooDeepError(f"Units stand at most {MAXIMUM_DEPTH} levels deep.")


def with_descendants(units: UnitTree, *wanted: UnitId) -> frozenset[UnitId]:
    """Some units and everything below them; none of those that are unknown."""
    top = frozenset(wanted)
    return frozenset(inner for inner in units if not top.isdisjoint(ancestors(units, inner)))


def heads_above(units: UnitTree, unit: UnitId | None, person: PersonId) -> list[PersonId]:
    """Who heads the unit of `person` and the units above it, upward, each once and without the person."""
    heads: list[PersonId] = []
    for inner in ancestors(units, unit):
        head = units[inner].head
        if head is not None and head != person and head not in heads:
            heads.append(head)
    return heads


def check_role(role: str) -> Role:
    """The role of that name. Raises UnknownRoleError."""
    if role not in set(Role):
        raise UnknownRoleError("There is no such role.", role=role)
    return Role(role)


def check_grant(role: Role, held: Collection[str], *, to_self: bool) -> None:
    """Raises OwnRoleError or LinesExcludeError."""
    if to_self:
        raise OwnRoleError("Nobody gives a role to themselves.", role=role.value)
    if role not in ADMINISTRATOR_LINES:
        return
    other = next(
        (line for line in sorted(ADMINISTRATOR_LINES) if line in held and line != role), None
    )
    if other is not None:
        raise LinesExcludeError(
            "Nobody holds two administrator lines.", role=role.value, held=other.value
        )


def check_deputy_days(since: str, until: str, *, today: date) -> None:
    """Raises BadDeputyDaysError."""
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until)
    except ValueError as error:
        raise BadDeputyDaysError("A day is YYYY-MM-DD.") from error
    is_known = first.isoformat() == since and last.isoformat() == until
    if not is_known or not today <= first <= min(last, today + timedelta(days=DEPUTY_AHEAD)):
        raise BadDeputyDaysError("From today or later, from the first day to the last.")
    if (last - first).days >= DEPUTY_DAYS:
        raise BadDeputyDaysError("A deputy stands in for at most 90 days.", most=DEPUTY_DAYS)


def line_of(roles: Collection[str]) -> str | None:
    """The administrator line among roles; nobody holds two."""
    return next((line.value for line in ADMINISTRATOR_LINES if line in roles), None)


def differs(row: ImportRow, person: Person, path: tuple[str, ...]) -> bool:
    """Whether a row changes the record. An empty cell of a voluntary column leaves what is there."""
    return (
        row.name != person.name
        or row.unit != path
        or (row.post or person.post) != person.post
        or (row.phone or person.phone) != person.phone
        or (row.email or person.email) != person.email
    )


def unit_paths(units: UnitTree) -> dict[UnitId, tuple[str, ...]]:
    """The names from the root down to each unit."""
    return {
        unit: tuple(units[inner].name for inner in reversed(list(ancestors(units, unit))))
        for unit in units
    }


def plan_import(
    rows: Sequence[ImportRow],
    errors: Sequence[RowError],
    *,
    known: Mapping[str, Person],
    paths: Mapping[UnitId, tuple[str, ...]],
    taken: Collection[str],
    importer: PersonId | None,
) -> ImportPlan:
    """What the rows would do. `known` has the people there are by staff number in lower case, `taken` the logins."""
    found = list(errors)
    changes: list[ImportRow] = []
    new = moved = 0
    for row in rows:
        person = known.get(row.staff_no.lower())
        if person is None:
            new += 1
            changes.append(row)
            if row.staff_no in taken:
                message = "Another account has this staff number as its login."
                found.append(RowError(row.line, "工号", RowCode.LOGIN_TAKEN, message))
        elif differs(row, person, paths[person.unit] if person.unit is not None else ()):
            moved += 1
            changes.append(row)
            if person.id == importer:
                message = "Nobody edits their own record."
                found.append(RowError(row.line, "", RowCode.OWN_RECORD, message))
    found.sort(key=lambda error: error.line)
    return ImportPlan(new, moved, len(rows) - new - moved, tuple(found), tuple(changes))
