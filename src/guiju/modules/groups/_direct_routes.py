"""Direct conversations and barriers over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import PersonId
from guiju.kernel.text import Id, Line, Prose
from guiju.modules.directory import service as directory
from guiju.modules.groups import barriers, blocking, direct, service
from guiju.modules.groups.direct_types import Barrier, BarrierInput, Concerned, Reach, Side
from guiju.modules.policy import service as policy

routes = APIRouter(tags=["direct"])
MOST_NAMED = 200
"""So many people, conversations and groups of a preview are named; the totals count all."""
Ids = Annotated[list[Id], Field(max_length=100)]
Time = Annotated[int, Field(ge=0, lt=2**53)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class WithPerson(Closed):
    person: Id


class SideBody(Closed):
    unit_ids: Ids = []
    posts: Annotated[list[Line], Field(max_length=100)] = []
    person_ids: Ids = []

    def stated(self) -> Side:
        return Side(
            tuple(dict.fromkeys(self.unit_ids)),
            tuple(dict.fromkeys(self.posts)),
            tuple(PersonId(person) for person in dict.fromkeys(self.person_ids)),
        )


class BarrierBody(Closed):
    first: SideBody
    second: SideBody
    both: bool
    groups: bool = False
    starts_at: Time | None = None
    ends_at: Time | None = None
    reason: Annotated[Prose, Field(max_length=1000)]

    def stated(self) -> BarrierInput:
        return BarrierInput(
            self.first.stated(), self.second.stated(), self.both, self.groups, self.starts_at, self.ends_at, self.reason
        )  # fmt: skip


class PreviewedBody(BarrierBody):
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Why(Closed):
    reason: Annotated[Prose, Field(max_length=1000)]


# ---- direct conversations ---------------------------------------------------------------------------------------


@routes.post("/direct")
async def open_direct(body: WithPerson, actor: CurrentActor, write: Writer) -> Json:
    """The direct conversation with a person, opened if there is none."""
    return {"group": await write(lambda tx: direct.open_direct(tx, actor, PersonId(body.person)))}


@routes.get("/direct/{person_id}")
async def show_direct(person_id: Id, actor: CurrentActor, read: Reader) -> Json:
    """Whether one may write to a person, what stands between, and the conversation that there is."""

    def shape(tx: ReadTx) -> Json:
        policy.require(tx, actor, "groups.open_direct")
        pair = direct.find_direct(tx, actor, PersonId(person_id))
        found = direct.refusal(tx, actor.person_id, PersonId(person_id))
        person = directory.get_person(tx, PersonId(person_id))
        return {
            "group": pair.group if pair is not None else None,
            "person": {
                **directory.person_mark(tx, person.id),
                "posts": [person.post] if person.post else [],
            },
            "blocked": blocking.blocks(tx, actor, person.id),
            "refusal": None
            if found is None
            else {"code": found.code, "message": found.message, "data": found.data},
            "position": tx.position,
        }

    return await read(shape)


# ---- barriers ---------------------------------------------------------------------------------------------------


@routes.get("/barriers")
async def list_barriers(actor: CurrentActor, read: Reader) -> Json:
    """The barriers that stand or lie ahead, and the newest of those that have ended."""

    def shape(tx: ReadTx) -> Json:
        found = [_barrier(tx, barrier) for barrier in barriers.list_barriers(tx, actor)]
        return {"barriers": found, "position": tx.position}

    return await read(shape)


@routes.post("/barriers/preview")
async def preview(body: BarrierBody, actor: CurrentActor, read: Reader) -> Json:
    """Whom a barrier would keep apart, by name, and what it would meet; `digest` lets it be set."""

    def shape(tx: ReadTx) -> Json:
        return _preview(tx, *barriers.preview(tx, actor, body.stated()))

    return await read(shape)


@routes.post("/barriers")
async def set_barrier(
    body: PreviewedBody, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    """Set a barrier as it was previewed."""
    stated = body.stated()
    made = await write(lambda tx: barriers.set_barrier(tx, actor, stated, digest=body.digest))
    return await read(lambda tx: _barrier(tx, made))


@routes.post("/barriers/{barrier}/lifting")
async def lift_barrier(
    barrier: Id, body: Why, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    """Take a barrier away before its end."""
    made = await write(lambda tx: barriers.lift_barrier(tx, actor, barrier, reason=body.reason))
    return await read(lambda tx: _barrier(tx, made))


def _preview(tx: ReadTx, reach: Reach, met: Concerned) -> dict[str, Any]:
    known = service.groups(tx, list(met.groups[:MOST_NAMED]))
    return {
        "digest": reach.digest,
        "first": _people(tx, reach.first),
        "second": _people(tx, reach.second),
        "pairs": reach.pairs,
        "directs": {
            "total": len(met.directs),
            "people": [
                [directory.person_mark(tx, person) for person in pair.people]
                for pair in met.directs[:MOST_NAMED]
            ],
        },
        "groups": {
            "total": len(met.groups),
            "groups": [{"id": group.id, "name": group.name} for group in known.values()],
        },
        "position": tx.position,
    }


def _people(tx: ReadTx, people: tuple[PersonId, ...]) -> dict[str, Any]:
    marks = directory.person_marks(tx, people[:MOST_NAMED])
    return {"total": len(people), "people": list(marks.values())}


def _barrier(tx: ReadTx, barrier: Barrier) -> dict[str, Any]:
    return {
        "id": barrier.id,
        "first": _side(tx, barrier.first),
        "second": _side(tx, barrier.second),
        "both": barrier.both,
        "groups": barrier.groups,
        "starts_at": barrier.starts_at,
        "ends_at": barrier.ends_at,
        "reason": barriers.reason_of(tx, barrier),
        "set_by": directory.person_mark(tx, barrier.set_by),
        "set_at": barrier.set_at,
        "lifted_by": directory.person_mark(tx, barrier.lifted_by) if barrier.lifted_by else None,
        "lifted_at": barrier.lifted_at,
        "proof": barrier.position,
    }


def _side(tx: ReadTx, side: Side) -> dict[str, Any]:
    return {
        "units": [{"id": unit, "name": directory.unit_name(tx, unit)} for unit in side.units],
        "posts": list(side.posts),
        "people": [directory.person_mark(tx, person) for person in side.people],
    }
