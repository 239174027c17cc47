"""Messages and conversations over HTTP; the review queue is beside it."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader
from guiju.kernel.ids import GroupId
from guiju.kernel.text import Id, Position
from guiju.modules.messaging import (
    _burn_routes,
    _change_routes,
    _device_routes,
    _file_routes,
    _forward_routes,
    _personal_routes,
    _quiet_routes,
    _review_routes,
    _search_routes,
    _shape,
    _template_routes,
    _topic_routes,
    _unsent_routes,
    changes,
    replaying,
    service,
)
from guiju.modules.messaging.composing import Composer, read_body, receipt_json
from guiju.modules.messaging.personal_types import Marked

routes = APIRouter(prefix="/api", tags=["messaging"])


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Post(Closed):
    cmid: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    body: dict[str, Any] | Annotated[str, StringConstraints(max_length=20_000)]


class Written(Closed):
    text: Annotated[str, StringConstraints(max_length=20_000)]
    quote: Position | None = None


class Mark(Closed):
    position: Position


def _composer(request: Request) -> Composer:
    composer: Composer = request.app.state.composer
    return composer


@routes.get("/conversations")
async def list_conversations(request: Request, actor: CurrentActor, read: Reader) -> Json:
    return await read(lambda tx: _conversations(request, tx, actor))


def _conversations(request: Request, tx: ReadTx, actor: Actor) -> Json:
    view = request.app.state.new_view(tx)
    found = service.list_conversations(tx, actor)
    return {"position": tx.position, "conversations": _shape.conversations(view, found)}


@routes.get("/start")
async def start(request: Request, read: Reader) -> Json:
    """All that a client shows first, on one snapshot."""
    session = await request.app.state.session_of(request)
    actor = Actor(session.person)

    def shape(tx: ReadTx) -> Json:
        return {
            "me": request.app.state.me(tx, actor),
            "device": _device_routes.describe(request, tx, actor, session.id),
            **_conversations(request, tx, actor),
        }

    return await read(shape)


@routes.get("/groups/{group}/messages")
async def list_messages(
    request: Request,
    group: Id,
    actor: CurrentActor,
    read: Reader,
    *,
    before: Position | None = None,
    around: Position | None = None,
    limit: int = 50,
) -> Json:
    def shape(tx: ReadTx) -> Json:
        if around is not None:
            near = changes.around(tx, actor, GroupId(group), around, limit=limit)
            shown = _shape.items(request.app.state.new_view(tx), near.items)
            ends = {"more": near.older, "newer": near.newer}
            return {"items": shown, **ends, "position": tx.position}
        page = service.timeline(tx, actor, GroupId(group), before=before, limit=limit)
        items = _shape.items(request.app.state.new_view(tx), page.items)
        return {"items": items, "more": page.more, "position": tx.position}

    return await read(shape)


@routes.post("/groups/{group}/messages")
async def send(request: Request, group: Id, body: Post, actor: CurrentActor) -> Json:
    done = await _composer(request).send(actor, GroupId(group), body.cmid, read_body(body.body))
    return receipt_json(done)


@routes.post("/groups/{group}/check")
async def check(
    request: Request, group: Id, body: Written, actor: CurrentActor, read: Reader
) -> Json:
    text = _composer(request).check(actor, body.text)

    def shape(tx: ReadTx) -> Json:
        found = _composer(request).preview(tx, actor, GroupId(group), text, body.quote)
        return _shape.verdict(tx, actor, found)

    return await read(shape)


@routes.post("/groups/{group}/read", status_code=204)
async def mark_read(
    request: Request, group: Id, body: Mark, actor: CurrentActor, read: Reader
) -> None:
    await read(lambda tx: service.reading_place(tx, actor, GroupId(group)))
    kept = await _composer(request).mark_read(actor, GroupId(group), body.position)
    if kept.what is Marked.SHARED:
        request.app.state.seen.tell(GroupId(group), actor.person_id, kept.position)


@routes.get("/decisions/{position}")
async def replay_decision(position: Position, actor: CurrentActor, read: Reader) -> Json:
    return await read(lambda tx: replaying.shape(tx, replaying.replay(tx, actor, position)))


routes.include_router(_personal_routes.routes)
routes.include_router(_change_routes.routes)
routes.include_router(_review_routes.routes)
routes.include_router(_file_routes.routes)
routes.include_router(_forward_routes.routes)
routes.include_router(_unsent_routes.routes)
routes.include_router(_topic_routes.routes)
routes.include_router(_template_routes.routes)
routes.include_router(_device_routes.routes)
routes.include_router(_search_routes.routes)
routes.include_router(_quiet_routes.routes)
routes.include_router(_burn_routes.routes)
