"""Forwarding over HTTP, and where a message went."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader
from guiju.kernel.ids import GroupId
from guiju.kernel.text import Id, Position
from guiju.modules.messaging import _forward_shape, forwarding, origins
from guiju.modules.messaging._change_routes import Closed
from guiju.modules.messaging.composing import Composer, receipt_json
from guiju.modules.messaging.forward_types import MOST_FORWARDED, Wanted
from guiju.modules.messaging.origin_types import LONGEST_NOTE, OriginKind

routes = APIRouter(prefix="/groups/{group}")
Token = Annotated[str, StringConstraints(max_length=64)]


class OriginBody(Closed):
    kind: Annotated[OriginKind, Field(strict=False)]
    note: Annotated[str, StringConstraints(max_length=LONGEST_NOTE)] = ""


class ForwardBody(Closed):
    """`confirm` answers warnings, by the cmid of the receipt that warned; `origin` is of files of which nothing is said."""

    cmid: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,58}$")]
    source: Annotated[Id, Field(alias="from")]
    positions: Annotated[list[Position], Field(min_length=1, max_length=MOST_FORWARDED)]
    merged: bool = False
    text: Annotated[str, StringConstraints(max_length=20_000)] = ""
    confirm: Annotated[dict[Token, Token] | None, Field(max_length=MOST_FORWARDED + 1)] = None
    origin: OriginBody | None = None


@routes.post("/forwards")
async def forward(request: Request, group: Id, body: ForwardBody, actor: CurrentActor) -> Json:
    composer: Composer = request.app.state.composer
    said = body.origin
    wanted = Wanted(
        body.cmid,
        GroupId(body.source),
        GroupId(group),
        tuple(body.positions),
        body.merged,
        body.text.strip(),
        body.confirm or {},
        origins.read(origins.Said(said.kind, said.note)) if said is not None else None,
    )
    done = await composer.forward(actor, wanted)
    return {"receipts": [receipt_json(each) for each in done]}


@routes.get("/messages/{position}/forwards")
async def list_forwards(
    request: Request, group: Id, position: Position, actor: CurrentActor, read: Reader
) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = forwarding.traces(tx, actor, GroupId(group), position)
        view = request.app.state.new_view(tx)
        return {
            "forwards": [_forward_shape.trace(view, each) for each in found],
            "position": tx.position,
        }

    return await read(shape)
