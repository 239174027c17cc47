"""Groups, the register and applications over HTTP."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Read, Reader, Write, Writer
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.text import Id, Line, OptionalProse, Position, Prose, Search, check_row
from guiju.modules.groups import (
    _block_routes,
    _contact_routes,
    _direct_routes,
    _order_routes,
    _shape,
    applying,
    cards,
    governing,
    roster,
    service,
)
from guiju.modules.groups.types import ApplicationInput, GroupKind, GroupState
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import MemberState

routes = APIRouter(prefix="/api", tags=["groups"])
Reason = Annotated[Prose, Field(max_length=1000)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NameCheck(Closed):
    name: Annotated[str, StringConstraints(max_length=500), AfterValidator(check_row)]
    kind: Literal["internal", "external_tool"] = "internal"
    group_class: Annotated[Search, Field(alias="class")] = ""


class ApplicationBody(Closed):
    # What cannot be seen in it is one of the problems that `check_name` tells, with the others.
    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
        AfterValidator(check_row),
    ]
    purpose: Prose
    scope: Prose
    group_class: Annotated[Id, Field(alias="class")]
    level: Id
    kind: Literal["internal", "external_tool"] = "internal"
    tool: Line | None = None
    owner_id: Id
    administrator_ids: Annotated[list[Id], Field(max_length=50)]
    member_ids: Annotated[list[Id], Field(max_length=60)] = []
    end_date: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    rules: OptionalProse = ""

    def stated(self) -> ApplicationInput:
        return ApplicationInput(
            self.name,
            self.purpose,
            self.scope,
            self.group_class,
            self.level,
            GroupKind(self.kind),
            self.tool,
            PersonId(self.owner_id),
            tuple(PersonId(person) for person in dict.fromkeys(self.administrator_ids)),
            tuple(PersonId(person) for person in dict.fromkeys(self.member_ids)),
            self.end_date,
            self.rules,
        )


class People(Closed):
    person_ids: Annotated[list[Id], Field(max_length=200)]


class Person(Closed):
    person_id: Id


class Nothing(Closed):
    """An empty body."""


class Why(Closed):
    reason: Reason


class JoinBody(Closed):
    filing_number: Line
    reason: Reason


class AdmissionVerdict(Closed):
    verdict: Literal["admit", "refuse"]
    reason: OptionalProse = ""


class LeavingVerdict(Closed):
    verdict: Literal["approve", "refuse"]
    reason: OptionalProse = ""


class RulesText(Closed):
    text: Prose


class Signature(Closed):
    version: int


def _people(ids: Sequence[str]) -> list[PersonId]:
    return [PersonId(person) for person in ids]


async def _change(
    write: Write,
    read: Read,
    actor: Actor,
    group: str,
    verb: Callable[[WriteTx], Any],
    *,
    roster_after: bool,
) -> Json:
    """Run a verb, then answer with the roster or the group as it is now."""
    await write(verb)

    def shape(tx: ReadTx) -> Json:
        if roster_after:
            return _shape.roster(
                tx, actor, GroupId(group), service.list_members(tx, actor, GroupId(group))
            )
        return _shape.detail(tx, service.get_group(tx, actor, GroupId(group)), actor)

    return await read(shape)


@routes.get("/groups/{group}")
async def get_group(group: Id, actor: CurrentActor, read: Reader) -> Json:
    return await read(
        lambda tx: _shape.detail(tx, service.get_group(tx, actor, GroupId(group)), actor)
    )


@routes.get("/groups/{group}/members")
async def list_members(group: Id, actor: CurrentActor, read: Reader) -> Json:
    return await read(
        lambda tx: _shape.roster(
            tx, actor, GroupId(group), service.list_members(tx, actor, GroupId(group))
        )
    )


@routes.post("/groups/{group}/members")
async def admit(group: Id, body: People, actor: CurrentActor, write: Writer, read: Reader) -> Json:
    return await _change(
        write, read, actor, group,
        lambda tx: roster.admit(tx, actor, GroupId(group), _people(body.person_ids)), roster_after=True,
    )  # fmt: skip


@routes.post("/groups/{group}/members/{person}/decision")
async def decide_join(
    group: Id, person: Id, body: AdmissionVerdict, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    return await _change(
        write, read, actor, group,
        lambda tx: roster.decide_join(
            tx, actor, GroupId(group), PersonId(person), admits=body.verdict == "admit", reason=body.reason
        ),
        roster_after=True,
    )  # fmt: skip


@routes.post("/groups/{group}/members/{person}/removal")
async def remove(
    group: Id, person: Id, body: Why, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    return await _change(
        write, read, actor, group,
        lambda tx: roster.remove(tx, actor, GroupId(group), PersonId(person), reason=body.reason),
        roster_after=True,
    )  # fmt: skip


@routes.post("/groups/{group}/members/{person}/leaving")
async def decide_leaving(
    group: Id, person: Id, body: LeavingVerdict, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    return await _change(
        write, read, actor, group,
        lambda tx: roster.decide_leaving(
            tx, actor, GroupId(group), PersonId(person), approves=body.verdict == "approve", reason=body.reason
        ),
        roster_after=True,
    )  # fmt: skip


@routes.post("/join")
async def ask_to_join(body: JoinBody, actor: CurrentActor, write: Writer) -> Json:
    # The answer says nothing of the group: whoever guesses a number learns no name.
    await write(
        lambda tx: roster.ask_to_join(
            tx, actor, filing_number=body.filing_number, reason=body.reason
        )
    )
    return {"filing_number": body.filing_number, "state": MemberState.UNDER_REVIEW}


@routes.post("/groups/{group}/acceptance")
async def accept_invitation(
    group: Id, body: Nothing, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    return await _change(
        write, read, actor, group,
        lambda tx: roster.accept_invitation(tx, actor, GroupId(group)), roster_after=False,
    )  # fmt: skip


@routes.post("/groups/{group}/leave")
async def ask_to_leave(
    group: Id, body: Why, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    known = await write(
        lambda tx: roster.ask_to_leave(tx, actor, GroupId(group), reason=body.reason)
    )
    return await read(lambda tx: cards.card_for(tx, known, actor))


@routes.post("/groups/{group}/rules")
async def publish_rules(
    group: Id, body: RulesText, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    return await _change(
        write, read, actor, group,
        lambda tx: governing.publish_rules(tx, actor, GroupId(group), text=body.text), roster_after=False,
    )  # fmt: skip


@routes.post("/groups/{group}/rules/signature")
async def sign_rules(
    group: Id, body: Signature, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    return await _change(
        write, read, actor, group,
        lambda tx: roster.sign_rules(tx, actor, GroupId(group), version=body.version), roster_after=False,
    )  # fmt: skip


@routes.put("/groups/{group}/administrators")
async def set_administrators(
    group: Id, body: People, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    return await _change(
        write, read, actor, group,
        lambda tx: governing.set_administrators(tx, actor, GroupId(group), _people(body.person_ids)),
        roster_after=False,
    )  # fmt: skip


@routes.put("/groups/{group}/owner")
async def set_owner(
    group: Id, body: Person, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    return await _change(
        write, read, actor, group,
        lambda tx: governing.set_owner(tx, actor, GroupId(group), PersonId(body.person_id)), roster_after=False,
    )  # fmt: skip


@routes.post("/groups/{group}/closing")
async def close(group: Id, body: Why, actor: CurrentActor, write: Writer, read: Reader) -> Json:
    return await _change(
        write, read, actor, group,
        lambda tx: governing.close(tx, actor, GroupId(group), reason=body.reason), roster_after=False,
    )  # fmt: skip


@routes.get("/sounds")
async def list_sounds(actor: CurrentActor, read: Reader) -> Json:
    return await read(lambda tx: {"sounds": cards.sounds(tx, actor), "position": tx.position})


@routes.get("/register")
async def list_register(  # noqa: PLR0917  # called by name
    actor: CurrentActor,
    read: Reader,
    state: GroupState | None = None,
    group_class: Annotated[Id | None, Query(alias="class")] = None,
    q: Search = "",
    after: Position = 0,
    limit: int = 50,
) -> Json:
    def shape(tx: ReadTx) -> Json:
        page = service.list_register(
            tx, actor, state=state, group_class=group_class, query=q, after=after, limit=limit
        )
        rows = [_shape.register_row(tx, group, actor) for group in page.items]
        return {"groups": rows, "total": page.total, "position": tx.position}

    return await read(shape)


@routes.get("/applications/options")
async def options(actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        policy.require(tx, actor, "groups.apply")
        return _shape.options(tx)

    return await read(shape)


@routes.post("/applications/check")
async def check_name(body: NameCheck, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        problems = applying.check_name(tx, actor, name=body.name.strip(), kind=GroupKind(body.kind))
        return {
            "problems": [
                {"code": p.code, "message": p.message, "clause": p.clause} for p in problems
            ]
        }

    return await read(shape)


@routes.post("/applications")
async def apply_for(
    body: ApplicationBody, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    made = await write(lambda tx: applying.apply_for(tx, actor, stated=body.stated()))
    return await read(lambda tx: _shape.application(tx, actor, made))


@routes.get("/applications")
async def list_applications(actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = service.list_applications(tx, actor)
        return {
            "applications": [_shape.application(tx, actor, each) for each in found],
            "position": tx.position,
        }

    return await read(shape)


@routes.get("/applications/{application}")
async def get_application(application: Id, actor: CurrentActor, read: Reader) -> Json:
    return await read(
        lambda tx: _shape.application(tx, actor, service.get_application(tx, actor, application))
    )


routes.include_router(_order_routes.routes)
routes.include_router(_direct_routes.routes)
routes.include_router(_contact_routes.routes)
routes.include_router(_block_routes.routes)
