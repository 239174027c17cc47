"""Answers over HTTP."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.text import Id, OptionalProse, Position
from guiju.modules.followup import (
    _absence_routes,
    _question_routes,
    _shape,
    answering,
    asking,
    service,
)
from guiju.modules.followup.types import Answer, Box

routes = APIRouter(prefix="/api", tags=["followup"])
routes.include_router(_question_routes.routes)
routes.include_router(_absence_routes.routes)
_FAR = 4_102_444_800_000
"""The year 2100, in ms: beyond what anybody means."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Ask(_Body):
    """Whom it asks, or those whom the message mentions, and within how many hours, or those of the rules."""

    people: Annotated[list[Id], Field(max_length=1000)] | Literal["mentioned"]
    hours: Annotated[int, Field(ge=1, le=2000)] | None = None


class Given(_Body):
    """An answer; who declines or answers later says why."""

    answer: Literal["understood", "declined", "delayed"]
    reason: OptionalProse = ""
    until: Annotated[int, Field(ge=0, le=_FAR)] | None = None


class Nothing(_Body):
    """An empty body."""


@routes.get("/answers")
async def list_box(
    request: Request, actor: CurrentActor, read: Reader, box: Annotated[Box, Query()]
) -> Json:
    """A box."""

    def shape(tx: ReadTx) -> Json:
        found, view = service.list_box(tx, actor, box), request.app.state.new_view(tx)
        shown = _shape.overdue if box is Box.LATE else _shape.requests
        return {"requests": shown(view, found), "position": tx.position}

    return await read(shape)


@routes.get("/groups/{group}/answers")
async def list_group(request: Request, group: Id, actor: CurrentActor, read: Reader) -> Json:
    """What was asked in a group."""

    def shape(tx: ReadTx) -> Json:
        found, counted, each = service.list_group(tx, actor, GroupId(group))
        asked, view = service.parts(tx, found), request.app.state.new_view(tx)
        return {
            "requests": _shape.requests(view, [(one, asked[one.message]) for one in found]),
            "figures": _shape.figures(counted),
            "members": _shape.members(view, each),
            "position": tx.position,
        }

    return await read(shape)


@routes.post("/groups/{group}/messages/{position}/answers", status_code=204)
async def ask(group: Id, position: Position, body: Ask, actor: CurrentActor, write: Writer) -> None:
    """Ask for an answer."""
    people = None if body.people == "mentioned" else [PersonId(one) for one in body.people]
    await write(
        lambda tx: asking.ask(tx, actor, GroupId(group), position, people=people, hours=body.hours)
    )


@routes.post("/groups/{group}/messages/{position}/answer", status_code=204)
async def answer(
    group: Id, position: Position, body: Given, actor: CurrentActor, write: Writer
) -> None:
    """Answer without a reply."""
    await write(
        lambda tx: answering.answer(
            tx, actor, GroupId(group), position, Answer(body.answer), reason=body.reason,
            until=body.until,
        )
    )  # fmt: skip


@routes.post("/groups/{group}/messages/{position}/answers/withdrawal", status_code=204)
async def withdraw(
    group: Id,
    position: Position,
    actor: CurrentActor,
    write: Writer,
    body: Nothing | None = None,
) -> None:
    """Wait for no answer any more."""
    await write(lambda tx: asking.withdraw(tx, actor, GroupId(group), position))
