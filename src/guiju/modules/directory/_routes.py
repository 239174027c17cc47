"""HTTP: people, units, roles, and the import of people."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.text import Id, Line, Search
from guiju.modules.directory import _sheet_routes, deputising, importing, service
from guiju.modules.directory.types import Deputy, ImportPlan, Person, Role, Unit, UnitId
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy

routes = APIRouter(prefix="/api")
routes.include_router(_sheet_routes.routes)

Post = Annotated[Line, Field(max_length=60)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewPerson(_Body):
    """A person to add. The roles take a `security_admin`."""

    name: Annotated[Line, Field(max_length=60)]
    staff_no: Line
    unit_id: Id
    post: Post
    phone: Annotated[Line, Field(max_length=40)] | None = None
    email: Annotated[Line, Field(max_length=254)] | None = None
    roles: Annotated[list[Line], Field(max_length=len(Role))] = []


class PersonPatch(_Body):
    """What changes; what is absent or null stays."""

    name: Annotated[Line, Field(max_length=60)] | None = None
    unit_id: Id | None = None
    post: Post | None = None


class Roles(_Body):
    """All roles that a person is to hold."""

    roles: Annotated[list[Line], Field(max_length=len(Role))]


class NewUnit(_Body):
    """A unit to add."""

    name: Line
    parent_id: Id | None = None
    head_id: Id | None = None


class Head(_Body):
    """Who heads a unit; null for nobody."""

    person_id: Id | None


class NewDeputy(_Body):
    """Who stands in, from which day to which."""

    person_id: Id
    since: Annotated[Line, Field(max_length=10)]
    until: Annotated[Line, Field(max_length=10)]


class Nothing(_Body):
    """An empty body."""


class Import(_Body):
    """A list of people as CSV text."""

    csv: Annotated[str, StringConstraints(max_length=2_000_000)]
    dry_run: bool


def _person(tx: ReadTx, actor: Actor, person: Person) -> Json:
    """The person with roles; the account is for those who look after accounts."""
    account = identity.find_account_of(tx, person.id)
    shown = account is not None and policy.may(tx, actor, "identity.read")
    roles = sorted(service.roles(tx, person.id))
    return {
        **service.person_mark(tx, person.id),
        "posts": _posts(person),
        "roles": [*roles, "head"] if service.headed_units(tx, person.id) else roles,
        "account": {"id": account.id, "login": account.login, "state": account.state}
        if account is not None and shown
        else None,
        "deputy": _deputy(tx, deputising.arrangement(tx, person.id)),
        "deputy_of": [_deputy(tx, each) for each in deputising.arrangements_of(tx, person.id)],
        "position": tx.position,
    }


def _deputy(tx: ReadTx, found: Deputy | None) -> Json | None:
    if found is None:
        return None
    return {
        "person": service.person_mark(tx, found.person),
        "deputy": service.person_mark(tx, found.deputy),
        "since": found.since,
        "until": found.until,
    }


def _posts(person: Person) -> list[str]:
    return [person.post] if person.post else []


def _unit(tx: ReadTx, unit: Unit, people: int) -> Json:
    return {
        "id": unit.id,
        "name": unit.name,
        "parent_id": unit.parent,
        "head": service.person_mark(tx, unit.head) if unit.head is not None else None,
        "people": people,
    }


def _plan(plan: ImportPlan, started: str | None = None) -> Json:
    return {
        "new": plan.new,
        "moved": plan.moved,
        "unchanged": plan.unchanged,
        "errors": [
            {
                "line": error.line,
                "column": error.column,
                "code": error.code.value,
                "message": error.message,
            }
            for error in plan.errors
        ],
        "started": started,
    }


# ---- people -----------------------------------------------------------------------------------------------------


@routes.get("/people")
async def find_people(
    actor: CurrentActor,
    read: Reader,
    q: Annotated[Search, Query(max_length=100)] = "",
    unit: Id | None = None,
    after: Id | None = None,
    limit: int = 50,
) -> Json:
    """People by words and unit."""

    def verb(tx: ReadTx) -> dict[str, Any]:
        page = service.find_people(
            tx,
            actor,
            words=q.strip(),
            unit=UnitId(unit) if unit is not None else None,
            after=PersonId(after) if after is not None else None,
            limit=limit,
        )
        people = [
            {**service.person_mark(tx, person.id), "posts": _posts(person)} for person in page.items
        ]
        return {"people": people, "total": page.total, "more": page.more, "position": tx.position}

    return await read(verb)


@routes.get("/people/template.csv")
async def template(actor: CurrentActor) -> Response:
    """The import template."""
    name = 'attachment; filename="people.csv"'
    return Response(
        importing.TEMPLATE.encode(), media_type="text/csv", headers={"Content-Disposition": name}
    )


@routes.post("/people/import")
async def import_people(body: Import, actor: CurrentActor, read: Reader, write: Writer) -> Json:
    """Check a list of people, and start to apply it unless that was all, or a row is refused."""
    plan = await read(lambda tx: importing.check_import(tx, actor, text=body.csv))
    if body.dry_run or plan.errors:
        return _plan(plan)
    return _plan(plan, await write(lambda tx: importing.start_import(tx, actor, plan)))


@routes.get("/people/imports/{import_id}")
async def show_import(import_id: Id, actor: CurrentActor, read: Reader) -> Json:
    """How far an import is, with the rows that were refused after the check."""

    def verb(tx: ReadTx) -> Json:
        found = importing.show_import(tx, actor, import_id)
        return {
            "id": found.id,
            "started_at": found.started_at,
            "rows": found.rows,
            "applied": found.applied,
            "refused": [{"line": line, "code": code} for line, code in sorted(found.refused)],
            "done": found.done,
            "position": tx.position,
        }

    return await read(verb)


@routes.get("/people/{person_id}")
async def show_person(person_id: Id, actor: CurrentActor, read: Reader) -> Json:
    """One person."""
    return await read(
        lambda tx: _person(tx, actor, service.show_person(tx, actor, PersonId(person_id)))
    )


@routes.post("/people")
async def add_person(body: NewPerson, actor: CurrentActor, write: Writer) -> Json:
    """Add a person; their account is requested with it."""

    def verb(tx: WriteTx) -> Json:
        person = service.add_person(
            tx,
            actor,
            name=body.name,
            staff_no=body.staff_no,
            unit=UnitId(body.unit_id),
            post=body.post,
            phone=body.phone or "",
            email=body.email or "",
        )
        for role in body.roles:
            service.grant_role(tx, actor, person.id, role)
        return _person(tx, actor, person)

    return await write(verb)


@routes.patch("/people/{person_id}")
async def change_person(
    person_id: Id, body: PersonPatch, actor: CurrentActor, write: Writer
) -> Json:
    """Correct a record or move a person."""

    def verb(tx: WriteTx) -> Json:
        person = service.change_person(
            tx,
            actor,
            PersonId(person_id),
            name=body.name,
            unit=UnitId(body.unit_id) if body.unit_id is not None else None,
            post=body.post,
        )
        return _person(tx, actor, person)

    return await write(verb)


@routes.put("/people/{person_id}/roles")
async def set_roles(person_id: Id, body: Roles, actor: CurrentActor, write: Writer) -> Json:
    """Say which roles a person holds."""

    def verb(tx: WriteTx) -> Json:
        service.set_roles(tx, actor, PersonId(person_id), body.roles)
        return _person(tx, actor, service.get_person(tx, PersonId(person_id)))

    return await write(verb)


@routes.put("/people/{person_id}/deputy")
async def name_deputy(person_id: Id, body: NewDeputy, actor: CurrentActor, write: Writer) -> Json:
    """Say who stands in for a person."""

    def verb(tx: WriteTx) -> Json:
        person, deputy = PersonId(person_id), PersonId(body.person_id)
        deputising.name_deputy(tx, actor, person, deputy, body.since, body.until)
        return _person(tx, actor, service.get_person(tx, person))

    return await write(verb)


@routes.post("/people/{person_id}/deputy/end")
async def end_deputy(
    person_id: Id, actor: CurrentActor, write: Writer, body: Nothing | None = None
) -> Json:
    """Have nobody stand in for a person any more."""

    def verb(tx: WriteTx) -> Json:
        deputising.end_deputy(tx, actor, PersonId(person_id))
        return _person(tx, actor, service.get_person(tx, PersonId(person_id)))

    return await write(verb)


# ---- units ------------------------------------------------------------------------------------------------------


@routes.get("/units")
async def list_units(actor: CurrentActor, read: Reader) -> Json:
    """All units."""
    return await read(
        lambda tx: {
            "units": [_unit(tx, unit, people) for unit, people in service.list_units(tx, actor)],
            "position": tx.position,
        }
    )


@routes.post("/units")
async def add_unit(body: NewUnit, actor: CurrentActor, write: Writer) -> Json:
    """Add a unit."""

    def verb(tx: WriteTx) -> Json:
        unit = service.add_unit(
            tx,
            actor,
            name=body.name,
            parent=UnitId(body.parent_id) if body.parent_id is not None else None,
            head=PersonId(body.head_id) if body.head_id is not None else None,
        )
        return _unit(tx, unit, 0)

    return await write(verb)


@routes.put("/units/{unit_id}/head")
async def set_unit_head(unit_id: Id, body: Head, actor: CurrentActor, write: Writer) -> Json:
    """Say who heads a unit."""

    def verb(tx: WriteTx) -> Json:
        head = PersonId(body.person_id) if body.person_id is not None else None
        unit = service.set_unit_head(tx, actor, UnitId(unit_id), head)
        return _unit(tx, unit, service.people_in(tx, unit.id))

    return await write(verb)
