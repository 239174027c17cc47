"""What one's own devices may keep, how one is notified, and where one is pushed to, over HTTP."""

import asyncio
from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints, model_validator

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import PersonId
from guiju.modules.messaging import devices
from guiju.modules.messaging._change_routes import Closed
from guiju.modules.messaging.device_types import DAY_MINUTES, Choice, Told
from guiju.modules.messaging.pushing import Pusher

routes = APIRouter()
Minute = Annotated[int, Field(ge=0, lt=DAY_MINUTES)]
Endpoint = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,2000}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}={0,2}$")]


class ChoiceBody(Closed):
    """Quiet from and until these minutes of the day, both or neither."""

    told: Literal["off", "none", "sender", "text"]
    quiet_from: Minute | None = None
    quiet_until: Minute | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> "ChoiceBody":
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("a quiet time has a beginning and an end")
        return self


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
    choice = devices.choice_of(tx, actor.person_id)
    return {
        "epoch": devices.epoch(tx, actor, session, request.app.state.origin),
        "groups": {
            group: {"days": found.days, "told": found.told.value}
            for group, found in devices.limits(tx, actor).items()
        },
        "notifications": {
            "told": choice.told.value,
            "quiet_from": choice.quiet_from,
            "quiet_until": choice.quiet_until,
        },
        "push_key": request.app.state.pusher.public_key,
    }


@routes.get("/device")
async def get_device(request: Request, read: Reader) -> Json:
    session: SessionLike = await request.app.state.session_of(request)
    return await read(lambda tx: describe(request, tx, Actor(session.person), session.id))


@routes.put("/notifications", status_code=204)
async def choose(body: ChoiceBody, actor: CurrentActor, write: Writer) -> None:
    choice = Choice(Told(body.told), body.quiet_from, body.quiet_until)
    await write(lambda tx: devices.choose(tx, actor, choice))


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
