"""What is moved aside, flagged and frozen, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import GroupId
from guiju.kernel.text import Id, Position, Prose
from guiju.modules.messaging import _shape, _topic_shape, topics
from guiju.modules.messaging._change_routes import Closed, Nothing, Reason

routes = APIRouter()


class Why(Closed):
    reason: Annotated[Prose, Field(max_length=500)]


_MESSAGE = "/groups/{group}/messages/{position}"


@routes.put(_MESSAGE + "/aside", status_code=204)
async def move_aside(
    group: Id, position: Position, body: Why, actor: CurrentActor, write: Writer
) -> None:
    await write(
        lambda tx: topics.move(tx, actor, GroupId(group), position, on=True, reason=body.reason)
    )


@routes.delete(_MESSAGE + "/aside", status_code=204)
async def move_back(group: Id, position: Position, actor: CurrentActor, write: Writer) -> None:
    await write(lambda tx: topics.move(tx, actor, GroupId(group), position, on=False))


@routes.get("/groups/{group}/aside")
async def list_aside(
    request: Request,
    group: Id,
    actor: CurrentActor,
    read: Reader,
    *,
    before: Position | None = None,
    limit: int = 50,
) -> Json:
    def shape(tx: ReadTx) -> Json:
        page = topics.list_moved(tx, actor, GroupId(group), before=before, limit=limit)
        items = _shape.items(request.app.state.new_view(tx), page.items)
        return {"items": items, "more": page.more, "position": tx.position}

    return await read(shape)


@routes.post(_MESSAGE + "/flag", status_code=204)
async def flag(
    group: Id, position: Position, body: Reason, actor: CurrentActor, write: Writer
) -> None:
    reason = body.reason or None
    await write(lambda tx: topics.flag(tx, actor, GroupId(group), position, reason=reason))


@routes.post(_MESSAGE + "/flag/dismissal", status_code=204)
async def dismiss_flags(
    group: Id,
    position: Position,
    actor: CurrentActor,
    write: Writer,
    *,
    body: Nothing | None = None,
) -> None:
    await write(lambda tx: topics.dismiss_flags(tx, actor, GroupId(group), position))


@routes.get("/groups/{group}/flags")
async def list_flags(request: Request, group: Id, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = topics.list_flags(tx, actor, GroupId(group))
        view = request.app.state.new_view(tx)
        return {"flagged": _topic_shape.flagged(view, found), "position": tx.position}

    return await read(shape)


@routes.put(_MESSAGE + "/frozen", status_code=204)
async def freeze(
    group: Id, position: Position, body: Why, actor: CurrentActor, write: Writer
) -> None:
    await write(
        lambda tx: topics.freeze(tx, actor, GroupId(group), position, on=True, reason=body.reason)
    )


@routes.delete(_MESSAGE + "/frozen", status_code=204)
async def unfreeze(group: Id, position: Position, actor: CurrentActor, write: Writer) -> None:
    await write(lambda tx: topics.freeze(tx, actor, GroupId(group), position, on=False))


@routes.get("/frozen")
async def list_frozen(request: Request, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        view = request.app.state.new_view(tx)
        found = topics.list_frozen(tx, actor)
        return {
            "frozen": [_topic_shape.frozen(view, each) for each in found],
            "position": tx.position,
        }

    return await read(shape)
