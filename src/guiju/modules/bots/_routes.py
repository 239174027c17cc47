"""Bots and webhooks over HTTP; what bots say comes in beside it (`_wecom_routes`)."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import BotId, GroupId
from guiju.kernel.lane import WriteTx
from guiju.kernel.text import Id, Position
from guiju.modules.bots import _shape, _wecom_routes, service, webhooks
from guiju.modules.bots.dispatching import Dispatcher
from guiju.modules.bots.types import Bot
from guiju.modules.bots.webhook_types import WebhookId

routes = APIRouter()
api = APIRouter(prefix="/api", tags=["bots"])
Typed = Annotated[str, StringConstraints(max_length=1000)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Closed):
    """An empty body."""


class Asked(Closed):
    name: Typed
    purpose: Typed


class Added(Closed):
    name: Typed
    url: Annotated[str, StringConstraints(max_length=2000)]
    kinds: list[Annotated[str, StringConstraints(max_length=64)]]


def _dispatcher(request: Request) -> Dispatcher:
    dispatcher: Dispatcher = request.app.state.dispatcher
    return dispatcher


# ---- bots -------------------------------------------------------------------------------------------------------


@api.get("/groups/{group}/bots")
async def list_bots(group: Id, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = service.list_bots(tx, actor, GroupId(group))
        return {
            "bots": [_shape.bot(tx, bot) for bot in found],
            "may": _shape.may(tx, actor, GroupId(group)),
            "position": tx.position,
        }

    return await read(shape)


@api.post("/groups/{group}/bots")
async def ask(group: Id, body: Asked, actor: CurrentActor, write: Writer, read: Reader) -> Json:
    def verb(tx: WriteTx) -> Bot:
        return service.ask(tx, actor, GroupId(group), name=body.name, purpose=body.purpose)

    made = await write(verb)
    return await read(lambda tx: _shape.bot(tx, made))  # its purpose stands in the entry


@api.post("/groups/{group}/bots/{bot}/key")
async def issue_key(
    request: Request, group: Id, bot: Id, body: Nothing, actor: CurrentActor, write: Writer
) -> Json:
    key = await write(lambda tx: service.issue_key(tx, actor, GroupId(group), BotId(bot)))
    origin = request.app.state.runtime.settings.origin
    return {"key": key, "url": f"{origin}/cgi-bin/webhook/send?key={key}"}


@api.delete("/groups/{group}/bots/{bot}", status_code=204)
async def remove(group: Id, bot: Id, actor: CurrentActor, write: Writer) -> None:
    await write(lambda tx: service.remove(tx, actor, GroupId(group), BotId(bot)))


@api.get("/bots")
async def list_register(
    actor: CurrentActor, read: Reader, *, after: Position = 0, limit: int = 50
) -> Json:
    def shape(tx: ReadTx) -> Json:
        page = service.list_register(tx, actor, after=after, limit=limit)
        return {
            "bots": [_shape.registered(tx, bot) for bot in page.items],
            "more": page.more,
            "total": page.total,
        }

    return await read(shape)


# ---- webhooks ---------------------------------------------------------------------------------------------------


@api.get("/webhooks")
async def list_webhooks(actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = webhooks.list_webhooks(tx, actor)
        return {
            "webhooks": [_shape.webhook(tx, webhook, progress) for webhook, progress in found],
            "kinds": list(_shape.KINDS),
        }

    return await read(shape)


@api.post("/webhooks")
async def add_webhook(request: Request, body: Added, actor: CurrentActor, read: Reader) -> Json:
    await read(lambda tx: webhooks.require_management(tx, actor))  # before any name is looked up
    dispatcher = _dispatcher(request)
    made, secret = await asyncio.to_thread(
        dispatcher.add, actor, name=body.name, url=body.url, kinds=tuple(body.kinds)
    )
    return {"id": made.id, "secret": secret}


@api.delete("/webhooks/{webhook}", status_code=204)
async def end_webhook(request: Request, webhook: Id, actor: CurrentActor) -> None:
    await asyncio.to_thread(_dispatcher(request).end, actor, WebhookId(webhook))


@api.post("/webhooks/{webhook}/secret")
async def issue_secret(request: Request, webhook: Id, body: Nothing, actor: CurrentActor) -> Json:
    secret = await asyncio.to_thread(_dispatcher(request).issue_secret, actor, WebhookId(webhook))
    return {"secret": secret}


@api.post("/webhooks/{webhook}/resumption")
async def resume_webhook(webhook: Id, body: Nothing, actor: CurrentActor, write: Writer) -> Json:
    found = await write(lambda tx: webhooks.resume(tx, actor, WebhookId(webhook)))
    return {"id": found.id, "state": found.state}


@api.post("/webhooks/{webhook}/ping")
async def ping_webhook(request: Request, webhook: Id, body: Nothing, actor: CurrentActor) -> Json:
    made = await asyncio.to_thread(_dispatcher(request).ping, actor, WebhookId(webhook))
    return _shape.delivery(made)


@api.get("/webhooks/{webhook}/deliveries")
async def list_deliveries(
    webhook: Id, actor: CurrentActor, read: Reader, *, limit: int = 50
) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = webhooks.list_deliveries(tx, actor, WebhookId(webhook), limit)
        return {"deliveries": [_shape.delivery(each) for each in found]}

    return await read(shape)


@api.post("/webhooks/{webhook}/deliveries/{position}")
async def resend(
    request: Request, webhook: Id, position: Position, body: Nothing, actor: CurrentActor
) -> Json:
    made = await asyncio.to_thread(_dispatcher(request).resend, actor, WebhookId(webhook), position)
    return _shape.delivery(made)


routes.include_router(api)
routes.include_router(_wecom_routes.routes)
