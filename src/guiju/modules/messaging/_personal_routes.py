"""What each member keeps for themselves, and who has read what, over HTTP."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, model_validator

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import GroupId
from guiju.kernel.live import tell_person
from guiju.kernel.text import Id, Position
from guiju.modules.messaging import _shape, personal, reads
from guiju.modules.messaging._change_routes import Nothing
from guiju.modules.messaging.personal_types import SavedKind

routes = APIRouter()
Kind = Literal["favourite", "later"]


class SettingsBody(BaseModel):
    """At least one of them; what is left out stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    pinned: bool | None = None
    muted: bool | None = None
    marked_unread: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "SettingsBody":
        if not self.model_fields_set or None in self.model_dump(exclude_unset=True).values():
            raise ValueError("say what changes, and how")
        return self


def tell_own(request: Request, actor: Actor, frame: Json) -> None:
    """Show it on the other screens of the same person. No fact: what is missed is read with the next snapshot."""
    tell_person(request.app.state.hub, actor.person_id, frame)


@routes.put("/groups/{group}/settings", status_code=204)
async def set_settings(
    request: Request, group: Id, body: SettingsBody, actor: CurrentActor, write: Writer
) -> None:
    wanted = await write(
        lambda tx: personal.set_settings(
            tx,
            actor,
            GroupId(group),
            is_pinned=body.pinned,
            is_muted=body.muted,
            is_marked=body.marked_unread,
        )
    )
    tell_own(request, actor, {"type": "settings", "group": group, **_shape.settings(wanted)})


@routes.put("/saved/{kind}/{position}", status_code=204)
async def save(
    request: Request,
    kind: Kind,
    position: Position,
    actor: CurrentActor,
    write: Writer,
    body: Nothing | None = None,
) -> None:
    await write(lambda tx: personal.save(tx, actor, SavedKind(kind), position))
    tell_own(request, actor, {"type": "saved", "kind": kind, "position": position, "on": True})


@routes.delete("/saved/{kind}/{position}", status_code=204)
async def drop_saved(
    request: Request, kind: Kind, position: Position, actor: CurrentActor, write: Writer
) -> None:
    await write(lambda tx: personal.drop_saved(tx, actor, SavedKind(kind), position))
    tell_own(request, actor, {"type": "saved", "kind": kind, "position": position, "on": False})


@routes.get("/saved/{kind}")
async def list_saved(
    request: Request,
    kind: Kind,
    actor: CurrentActor,
    read: Reader,
    before: Position | None = None,
    limit: int = 50,
) -> Json:
    def shape(tx: ReadTx) -> Json:
        found, more = personal.list_saved(tx, actor, SavedKind(kind), before=before, limit=limit)
        view = request.app.state.new_view(tx)
        items: list[Any] = [
            {"saved_at": saved.at, "group_name": view.group_name(saved.group), "item": item}
            for (saved, _), item in zip(
                found, _shape.items(view, [entry for _, entry in found]), strict=True
            )
        ]
        return {"saved": items, "more": more, "position": tx.position}

    return await read(shape)


@routes.get("/groups/{group}/reads")
async def read_positions(group: Id, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = reads.read_positions(tx, actor, GroupId(group))
        since = reads.sees_from(tx, GroupId(group)) if found is not None else {}
        return {
            "on": found is not None,
            "reads": dict(found or {}),
            "since": dict(since),
            "position": tx.position,
        }

    return await read(shape)


@routes.get("/groups/{group}/messages/{position}/readers")
async def readers(
    request: Request, group: Id, position: Position, actor: CurrentActor, read: Reader
) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = reads.readers(tx, actor, GroupId(group), position)
        view = request.app.state.new_view(tx)
        return {
            "on": found.is_on,
            "read": [view.mark(person) for person in found.read],
            "unread": [view.mark(person) for person in found.unread],
            "position": tx.position,
        }

    return await read(shape)


@routes.post("/groups/{group}/messages/{position}/reminder")
async def remind(
    group: Id, position: Position, actor: CurrentActor, write: Writer, body: Nothing | None = None
) -> Json:
    people = await write(lambda tx: reads.remind(tx, actor, GroupId(group), position))
    return {"people": len(people)}
