"""What one's own devices may keep, how one is notified, and where one is pushed to, over HTTP."""

import asyncio
from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, Request
from pydantic import StringConstraints

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import PersonId
from guiju.modules.messaging import devices
from guiju.modules.messaging._change_routes import Closed
from guiju.modules.messaging.device_types import Told
from guiju.modules.messaging.pushing import Pusher
from guiju.modules.policy.types import Use

routes = APIRouter()
Endpoint = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,2000}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}={0,2}$")]


class ChoiceBody(Closed):
    told: Literal["off", "none", "sender", "text"]


class PushKeys(Closed):
    p256dh: Key
    auth: Key


class PushBody(Closed):
    endpoint: Endpoint
    keys: PushKeys
    lang: Literal["zh-CN", "zh-TW", "en"]


class PushEnd(Closed):
    endpoint: Endpoint


class SessionLike(Protocol):
    """What is asked of a session here."""

    @property
    def id(self) -> str: ...

    @property
    def person(self) -> PersonId: ...


def describe(request: Request, tx: ReadTx, actor: Actor, session: str) -> Json:
    """What this browser may keep and show, and how the person is notified."""
    return {
        "epoch": devices.epoch(tx, actor, session, request.app.state.origin),
        "groups": {
            group: {
                "days": found.days,
                "told": found.told.value,
                "origin": _origin(found.origin),
            }
            for group, found in devices.limits(tx, actor).items()
        },
        "notifications": {"told": devices.told_to(tx, actor.person_id).value},
        "push_key": request.app.state.pusher.public_key,
    }


def _origin(use: Use | None) -> Json | None:
    return {"of": list(use.params.of), "clause": use.mark()} if use is not None else None


@routes.get("/device")
async def get_device(request: Request, read: Reader) -> Json:
    session: SessionLike = await request.app.state.session_of(request)
    return await read(lambda tx: describe(request, tx, Actor(session.person), session.id))


@routes.put("/notifications", status_code=204)
async def choose(body: ChoiceBody, actor: CurrentActor, write: Writer) -> None:
    await write(lambda tx: devices.choose(tx, actor, Told(body.told)))


@routes.post("/push", status_code=204)
async def subscribe(request: Request, body: PushBody, actor: CurrentActor) -> None:
    session: SessionLike = await request.app.state.session_of(request)
    pusher: Pusher = request.app.state.pusher
    await asyncio.to_thread(
        pusher.subscribe,
        actor,
        session.id,
        endpoint=body.endpoint,
        p256dh=body.keys.p256dh,
        auth=body.keys.auth,
        lang=body.lang,
    )


@routes.post("/push/end", status_code=204)
async def unsubscribe(body: PushEnd, actor: CurrentActor, write: Writer) -> None:
    await write(lambda tx: devices.unsubscribe(tx, actor, body.endpoint))
