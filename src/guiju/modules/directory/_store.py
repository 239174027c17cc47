"""Units, people and roles, rebuilt from facts; and the rows of an import that are not applied yet."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Row

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.page import Page
from guiju.kernel.permit import Scope
from guiju.kernel.shapes import decode, learn
from guiju.kernel.text import JOINERS, without_joiners
from guiju.modules.directory import _spelling_store
from guiju.modules.directory.types import (
    ADMINISTRATOR_LINES,
    ImportProgress,
    ImportRow,
    OrganisationNamed,
    Person,
    PersonAdded,
    PersonChanged,
    RoleGranted,
    RoleRevoked,
    Unit,
    UnitAdded,
    UnitHeadSet,
    UnitId,
    UnitTree,
)

_ROWS, _REFUSED = learn(list[ImportRow]), learn(tuple[tuple[int, str], ...])
_organisation = governed(
    Table(
        "directory_organisation",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("name", String(200), nullable=False),
    )
)
_unit = governed(
    Table(
        "directory_unit",
        metadata,
        Column("id", String(64), primary_key=True),
        Column("name", String(60), nullable=False),
        Column("parent", String(64)),
        Column("head", String(64)),
        Column("position", BigInteger, nullable=False),
        Index("directory_unit_head", "head"),
    )
)
_person = governed(
    Table(
        "directory_person",
        metadata,
        Column("id", String(64), primary_key=True),
        Column("name", String(200), nullable=False),
        Column("staff_no", String(32)),
        Column("unit", String(64)),
        Column("post", String(200), nullable=False),
        Column("phone", String(40), nullable=False),
        Column("email", String(254), nullable=False),
        Index("directory_person_unit", "unit"),
        Index("directory_person_post", "post"),
    )
)
person_table = _person
Index("directory_person_staff_no", func.lower(_person.c.staff_no), unique=True)
_role = governed(
    Table(
        "directory_role",
        metadata,
        Column("person", String(64), primary_key=True),
        Column("role", String(20), primary_key=True),
        # The same value in each of the three administrator lines: the database refuses a second one.
        Column("line", String(8)),
        Index("directory_role_line", "person", "line", unique=True),
        Index("directory_role_role", "role"),
    )
)
_slice = Table(
    "directory_import",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("rows", Text, nullable=False),
)
_progress = Table(
    "directory_import_progress",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("started_at", BigInteger, nullable=False),
    Column("started_by", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("applied", Integer, nullable=False),
    Column("refused", Text, nullable=False),
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        match entry.fact:
            case OrganisationNamed(name):
                tx.run(insert(_organisation).values(position=entry.position, name=name))
            case UnitAdded() as fact:
                _insert_unit(tx, entry, fact)
            case UnitHeadSet(unit, head):
                tx.run(update(_unit).where(_unit.c.id == unit).values(head=head))
                tx.forget("units")
            case PersonAdded() as fact:
                _insert_person(tx, fact)
                tx.forget("outside")
            case PersonChanged() as fact:
                _change_person(tx, fact)
                tx.forget("outside")
            case RoleGranted(person, role):
                line = "admin" if role in ADMINISTRATOR_LINES else None
                tx.run(insert(_role).values(person=person, role=role, line=line))
                tx.forget("person", person, "roles")
            case RoleRevoked(person, role):
                tx.run(delete(_role).where(_role.c.person == person, _role.c.role == role))
                tx.forget("person", person, "roles")


def _insert_unit(tx: WriteTx, entry: Recorded, fact: UnitAdded) -> None:
    tx.run(
        insert(_unit).values(
            id=fact.unit,
            name=fact.name,
            parent=fact.parent,
            head=fact.head,
            position=entry.position,
        )
    )
    tx.forget("units")


def _insert_person(tx: WriteTx, fact: PersonAdded) -> None:
    tx.run(
        insert(_person).values(
            id=fact.person,
            name=fact.name,
            # After a shred the number is gone; several people without one may stand beside each other.
            staff_no=fact.staff_no or None,
            unit=fact.unit,
            post=fact.post,
            phone=fact.phone,
            email=fact.email,
        )
    )
    tx.forget("person", fact.person, "record")
    tx.forget("person", fact.person, "mark")


def _change_person(tx: WriteTx, fact: PersonChanged) -> None:
    given = {
        "unit": fact.unit,
        "name": fact.name,
        "post": fact.post,
        "phone": fact.phone,
        "email": fact.email,
    }
    values = {name: value for name, value in given.items() if value is not None}
    if values:  # nothing is left of it after a shred
        tx.run(update(_person).where(_person.c.id == fact.person).values(**values))
    tx.forget("person", fact.person, "record")
    tx.forget("person", fact.person, "mark")


# ---- organisation and units -------------------------------------------------------------------------------------


def organisation_name(tx: ReadTx) -> str:
    newest = select(_organisation.c.name).order_by(_organisation.c.position.desc()).limit(1)
    return str(tx.scalar(newest) or "")


def units(tx: ReadTx) -> UnitTree:
    def load() -> UnitTree:
        return {
            UnitId(row.id): Unit(
                UnitId(row.id),
                row.name,
                UnitId(row.parent) if row.parent is not None else None,
                PersonId(row.head) if row.head is not None else None,
            )
            for row in tx.all(select(_unit).order_by(_unit.c.position))
        }

    found: UnitTree = tx.cached(("units",), load)
    return found


def people_by_unit(tx: ReadTx) -> dict[str, int]:
    counted = select(_person.c.unit, func.count().label("people")).group_by(_person.c.unit)
    return {row.unit: row.people for row in tx.all(counted) if row.unit is not None}


# ---- people -----------------------------------------------------------------------------------------------------


def _to_person(row: Row[Any]) -> Person:
    return Person(
        PersonId(row.id),
        row.name,
        row.staff_no or "",
        UnitId(row.unit) if row.unit is not None else None,
        row.post,
        row.phone,
        row.email,
    )


def find_person(tx: ReadTx, person: PersonId) -> Person | None:
    def load() -> Person | None:
        row = tx.first(select(_person).where(_person.c.id == person))
        return _to_person(row) if row is not None else None

    found: Person | None = tx.cached(("person", person, "record"), load)
    return found


def by_staff_no(tx: ReadTx, staff_nos: Collection[str]) -> dict[str, Person]:
    """People by their staff number in lower case."""
    found: dict[str, Person] = {}
    keys = [staff_no.lower() for staff_no in staff_nos]
    for start in range(0, len(keys), 500):
        part = func.lower(_person.c.staff_no).in_(keys[start : start + 500])
        for row in tx.all(select(_person).where(part)):
            found[row.staff_no.lower()] = _to_person(row)
    return found


def by_phone(tx: ReadTx, phones: Collection[str]) -> list[Person]:
    """People by their telephone number as it is written in their record."""
    wanted = [phone for phone in phones if phone][:500]
    if not wanted:
        return []
    rows = tx.all(select(_person).where(_person.c.phone.in_(wanted)).order_by(_person.c.id))
    return [_to_person(row) for row in rows]


def list_people(
    tx: ReadTx,
    scope: Scope,
    *,
    words: str,
    in_units: Collection[UnitId] | None,
    after: Person | None,
    limit: int,
) -> Page[Person]:
    """People by staff number."""
    if not scope.everything:
        return Page([], more=False, total=0)
    wanted = and_(True)
    if words:
        wanted = and_(wanted, _matches(words))
    if in_units is not None:
        wanted = and_(wanted, _person.c.unit.in_(in_units))
    total = int(tx.scalar(select(func.count()).select_from(_person).where(wanted)))
    later = and_(wanted, _person.c.staff_no > after.staff_no) if after is not None else wanted
    rows = tx.all(select(_person).where(later).order_by(_person.c.staff_no).limit(limit + 1))
    return Page([_to_person(row) for row in rows[:limit]], more=len(rows) > limit, total=total)


def _matches(words: str) -> Any:
    typed = words.replace(" ", "").replace("'", "").lower()
    name = func.replace(func.replace(_person.c.name, JOINERS[0], ""), JOINERS[1], "")
    by_name = or_(
        name.icontains(without_joiners(words), autoescape=True),
        _person.c.staff_no.icontains(words, autoescape=True),
    )
    if not (typed.isascii() and typed.isalnum()):
        return by_name
    return or_(by_name, _person.c.id.in_(_spelling_store.spelled_like(typed)))


def unspelled(tx: ReadTx, limit: int) -> list[tuple[PersonId, str]]:
    """(person, name) of people whose names were not looked at yet."""
    wanted = _person.c.id.not_in(_spelling_store.known())
    found = tx.all(select(_person.c.id, _person.c.name).where(wanted).limit(limit))
    return [(PersonId(row.id), row.name) for row in found]


def matching(tx: ReadTx, words: str, limit: int) -> list[PersonId]:
    found = select(_person.c.id).where(_matches(words)).order_by(_person.c.staff_no).limit(limit)
    return [PersonId(person) for person in tx.scalars(found)]


def people_outside(tx: ReadTx) -> list[PersonId]:
    """The people of no unit."""
    return tx.scalars(select(_person.c.id).where(_person.c.unit.is_(None)))


def people_with(tx: ReadTx, ids: Sequence[PersonId]) -> dict[PersonId, Person]:
    """The people with these ids; unknown ones are left out."""
    found: dict[PersonId, Person] = {}
    for start in range(0, len(ids), 500):
        part = select(_person).where(_person.c.id.in_(ids[start : start + 500]))
        found |= {PersonId(row.id): _to_person(row) for row in tx.all(part)}
    return found


def posts(tx: ReadTx) -> list[tuple[str, int]]:
    """Every post with the number of its holders, the most frequent first."""
    counted = func.count().label("people")
    query = select(_person.c.post, counted).where(_person.c.post != "").group_by(_person.c.post)
    return [
        (row.post, row.people) for row in tx.all(query.order_by(counted.desc(), _person.c.post))
    ]


def people_in_post(tx: ReadTx, title: str) -> list[PersonId]:
    found = select(_person.c.id).where(_person.c.post == title).order_by(_person.c.staff_no)
    return [PersonId(person) for person in tx.scalars(found)]


# ---- roles ------------------------------------------------------------------------------------------------------


def roles(tx: ReadTx, person: PersonId) -> frozenset[str]:
    def load() -> frozenset[str]:
        return frozenset(tx.scalars(select(_role.c.role).where(_role.c.person == person)))

    found: frozenset[str] = tx.cached(("person", person, "roles"), load)
    return found


def holders(tx: ReadTx, role: str) -> list[PersonId]:
    found = select(_role.c.person).where(_role.c.role == role).order_by(_role.c.person)
    return [PersonId(person) for person in tx.scalars(found)]


# ---- an import that waits ---------------------------------------------------------------------------------------


def save_slice(tx: WriteTx, import_id: str, number: int, rows: Sequence[ImportRow]) -> None:
    encoded = msgspec.json.encode(rows).decode()
    tx.run(insert(_slice).values(id=import_id, number=number, rows=encoded))


def take_slice(tx: WriteTx, import_id: str, number: int) -> list[ImportRow]:
    """The rows of a slice, which is forgotten with them; none when it was taken before."""
    wanted = and_(_slice.c.id == import_id, _slice.c.number == number)
    found = tx.scalar(select(_slice.c.rows).where(wanted))
    tx.run(delete(_slice).where(wanted))
    return decode(found, _ROWS) if found is not None else []


def begin_progress(tx: WriteTx, progress: ImportProgress) -> None:
    tx.run(insert(_progress).values(_progress_row(progress)))


def note_progress(tx: WriteTx, progress: ImportProgress) -> None:
    tx.run(update(_progress).where(_progress.c.id == progress.id).values(_progress_row(progress)))


def find_progress(tx: ReadTx, import_id: str) -> ImportProgress | None:
    row = tx.first(select(_progress).where(_progress.c.id == import_id))
    if row is None:
        return None
    refused = decode(row.refused, _REFUSED)
    return ImportProgress(row.id, row.started_at, row.started_by, row.rows, row.applied, refused)


def _progress_row(progress: ImportProgress) -> dict[str, Any]:
    return {
        "id": progress.id,
        "started_at": progress.started_at,
        "started_by": progress.started_by,
        "rows": progress.rows,
        "applied": progress.applied,
        "refused": msgspec.json.encode(progress.refused).decode(),
    }
