"""Changes of messages over HTTP, and the ways to a message beside its timeline."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.text import Id, OptionalProse, Position
from guiju.modules.messaging import _change_shape, _shape, changes, pinning, reacting, recalling
from guiju.modules.messaging.change_types import Reaction
from guiju.modules.messaging.composing import Composer, receipt_json
from guiju.modules.messaging.types import MOST_MENTIONS

routes = APIRouter(prefix="/groups/{group}")


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Closed):
    """The body of what says everything in its path; it may be left out."""


class Reason(Closed):
    reason: OptionalProse | None = None


class NewText(Closed):
    text: Annotated[str, StringConstraints(max_length=20_000)]
    mentions: Annotated[list[Id], Field(max_length=MOST_MENTIONS)] = []
    confirm: Annotated[str, StringConstraints(max_length=64)] | None = None


# ---- acts -------------------------------------------------------------------------------------------------------


@routes.post("/messages/{position}/recall")
async def recall(
    group: Id, position: Position, body: Reason, actor: CurrentActor, write: Writer
) -> Json:
    done = await write(
        lambda tx: recalling.recall(tx, actor, GroupId(group), position, reason=body.reason or None)
    )
    return _change_shape.recall(done)


@routes.put("/messages/{position}")
async def edit(
    request: Request, group: Id, position: Position, body: NewText, actor: CurrentActor
) -> Json:
    composer: Composer = request.app.state.composer
    mentions = tuple(PersonId(person) for person in dict.fromkeys(body.mentions))
    done = await composer.edit(
        actor, GroupId(group), position, text=body.text, mentions=mentions, confirm=body.confirm
    )
    return receipt_json(done)


@routes.put("/messages/{position}/reactions/{reaction}", status_code=204)
async def react(
    group: Id,
    position: Position,
    reaction: Reaction,
    actor: CurrentActor,
    write: Writer,
    *,
    body: Nothing | None = None,
) -> None:
    await write(lambda tx: reacting.react(tx, actor, GroupId(group), position, reaction, on=True))


@routes.delete("/messages/{position}/reactions/{reaction}", status_code=204)
async def take_back(
    group: Id, position: Position, reaction: Reaction, actor: CurrentActor, write: Writer
) -> None:
    await write(lambda tx: reacting.react(tx, actor, GroupId(group), position, reaction, on=False))


@routes.put("/messages/{position}/pin", status_code=204)
async def pin(
    group: Id,
    position: Position,
    actor: CurrentActor,
    write: Writer,
    *,
    body: Nothing | None = None,
) -> None:
    await write(lambda tx: pinning.pin(tx, actor, GroupId(group), position, on=True))


@routes.delete("/messages/{position}/pin", status_code=204)
async def unpin(group: Id, position: Position, actor: CurrentActor, write: Writer) -> None:
    await write(lambda tx: pinning.pin(tx, actor, GroupId(group), position, on=False))


# ---- reading ----------------------------------------------------------------------------------------------------


@routes.get("/messages/{position}")
async def get_message(
    request: Request, group: Id, position: Position, actor: CurrentActor, read: Reader
) -> Json:
    def shape(tx: ReadTx) -> Json:
        entry = changes.get_message(tx, actor, GroupId(group), position)
        (shown,) = _shape.items(request.app.state.new_view(tx), [entry])
        return shown

    return await read(shape)


@routes.get("/messages/{position}/versions")
async def list_versions(group: Id, position: Position, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = changes.versions(tx, actor, GroupId(group), position)
        shown = [_change_shape.version(each) for each in found]
        return {"versions": shown, "position": tx.position}

    return await read(shape)


@routes.get("/messages/{position}/thread")
async def get_thread(
    request: Request,
    group: Id,
    position: Position,
    actor: CurrentActor,
    read: Reader,
    *,
    before: Position | None = None,
    limit: int = 50,
) -> Json:
    def shape(tx: ReadTx) -> Json:
        view: Any = request.app.state.new_view(tx)
        root, page = changes.thread(tx, actor, GroupId(group), position, before=before, limit=limit)
        first, *replies = _shape.items(view, [root, *page.items])
        return {"root": first, "items": replies, "more": page.more, "position": tx.position}

    return await read(shape)


@routes.get("/pins")
async def list_pins(request: Request, group: Id, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = changes.list_pins(tx, actor, GroupId(group))
        items = _shape.items(request.app.state.new_view(tx), found)
        return {"items": items, "position": tx.position}

    return await read(shape)
