"""Reports of outages over HTTP."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.lane import WriteTx
from guiju.kernel.text import OptionalProse, Position
from guiju.modules.outages import _shape, service
from guiju.modules.outages.types import MOST_AT_ONCE, Outage

routes = APIRouter(prefix="/api/outages", tags=["outages"])
Time = Annotated[int, Field(ge=0, lt=2**53)]
Words = Annotated[OptionalProse, Field(max_length=300)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewReport(_Body):
    """What could not be done, and from when to when; without an end it goes on."""

    outage: Annotated[Outage, Field(strict=False)]
    since: Time
    until: Time | None = None
    words: Words = ""


class Handling(_Body):
    """The reports that are settled, and what came of them."""

    positions: Annotated[list[Position], Field(min_length=1, max_length=MOST_AT_ONCE)]
    answer: Words


@routes.post("")
async def report(body: NewReport, actor: CurrentActor, write: Writer, read: Reader) -> Json:
    """Report an outage."""
    made = await write(
        lambda tx: service.report(
            tx, actor, body.outage, since=body.since, until=body.until, words=body.words
        )
    )
    # What was said of it is opened from the ledger, which has it once it is committed.
    return await read(lambda tx: _shape.reports(tx, [made])[0])


@routes.get("/mine")
async def list_own(actor: CurrentActor, read: Reader) -> Json:
    """What I reported, and what came of it."""
    return await read(
        lambda tx: {
            "reports": _shape.reports(tx, service.list_own(tx, actor)),
            "position": tx.position,
        }
    )


@routes.get("")
async def list_reports(actor: CurrentActor, read: Reader, only_open: bool = True) -> Json:
    """The newest reports, and in which hours and units outages began."""

    def shape(tx: ReadTx) -> Json:
        found = service.list_reports(tx, actor, only_open=only_open)
        return {
            "reports": _shape.reports(tx, found),
            "open": service.count_open(tx, actor),
            "figures": _shape.figures(tx, service.figures(tx, actor)),
            "position": tx.position,
        }

    return await read(shape)


@routes.post("/handling")
async def handle(body: Handling, actor: CurrentActor, write: Writer) -> Json:
    """Settle reports with an answer."""

    def verb(tx: WriteTx) -> Json:
        return {"handled": len(service.handle(tx, actor, body.positions, answer=body.answer))}

    return await write(verb)
