"""Who cannot answer, and saying so, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.text import Position, check_line
from guiju.modules.followup import _absence_shape, absences
from guiju.modules.followup.absence_types import LONGEST_REASON

routes = APIRouter()
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST_REASON),
    AfterValidator(check_line),
]


class Said(BaseModel):
    """Until when one cannot answer (ms), and why."""

    model_config = ConfigDict(extra="forbid", strict=True)
    until: Position
    reason: Reason = ""


@routes.get("/absences")
async def list_absences(request: Request, actor: CurrentActor, read: Reader) -> Json:
    """Who cannot answer now, in the groups of the actor."""

    def shape(tx: ReadTx) -> Json:
        found, view = absences.list_absences(tx, actor), request.app.state.new_view(tx)
        return {"absences": _absence_shape.several(view, found), "position": tx.position}

    return await read(shape)


@routes.get("/me/absence")
async def read_absence(request: Request, actor: CurrentActor, read: Reader) -> Json:
    """What one says of oneself, and what the rules and the calendar offer."""

    def shape(tx: ReadTx) -> Json:
        view = request.app.state.new_view(tx)
        (here, use), at_hand = absences.rules(tx), absences.choices(tx, actor)
        return {
            "absence": _absence_shape.now_of(view, actor.person_id)["absence"],
            "most_days": here.most_days,
            "needs_reason": here.needs_reason,
            "clause": use.mark() if use is not None else None,
            "off_work": at_hand.off_work,
            "next_work": at_hand.next_work,
            "position": tx.position,
        }

    return await read(shape)


@routes.put("/me/absence", status_code=204)
async def set_absence(body: Said, actor: CurrentActor, write: Writer) -> None:
    """Say that one cannot answer."""
    await write(lambda tx: absences.set_absence(tx, actor, until=body.until, reason=body.reason))


@routes.delete("/me/absence", status_code=204)
async def end_absence(actor: CurrentActor, write: Writer) -> None:
    """Answer again."""
    await write(lambda tx: absences.end_absence(tx, actor))
