"""The review queue, exceptions, pre-reviews and the figures of rules over HTTP."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.text import OptionalProse, Position
from guiju.modules.messaging import (
    _review_shape,
    exceptions,
    metrics,
    overseeing,
    prereview,
    review,
    review_queue,
)
from guiju.modules.messaging.review_types import Permission, Verdict

routes = APIRouter()
_Time = Annotated[int, Field(ge=0, lt=2**53)]
_PROPOSALS = {
    "release": Verdict.RELEASED,
    "mask": Verdict.MASKED,
    "refuse": Verdict.REFUSED,
    None: None,
}


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Allow(Closed):
    finding: Annotated[int, Field(ge=0, lt=1000)]
    until: _Time
    everywhere: bool = False

    def permission(self) -> Permission:
        return Permission(self.finding, self.until, self.everywhere)


class Decision(Closed):
    verdict: Literal["release", "mask", "refuse"]
    reason: OptionalProse = ""
    allow: Allow | None = None


class Overturning(Closed):
    verdict: Literal["release", "mask"]
    reason: OptionalProse
    allow: Allow | None = None


class Escalation(Closed):
    proposal: Literal["release", "mask", "refuse"] | None = None
    reason: OptionalProse


class Reason(Closed):
    reason: OptionalProse


Box = Literal["waiting", "escalated", "done"]


@routes.get("/reviews")
async def list_reviews(
    request: Request, actor: CurrentActor, read: Reader, box: Box = "waiting"
) -> Json:
    def shape(tx: ReadTx) -> Json:
        view = request.app.state.new_view(tx)
        if box == "escalated":
            found = review_queue.list_escalated(tx, actor)
        else:
            found = review_queue.list_reviews(tx, actor, decided=box == "done")
        shown = [_review_shape.review(view, each) for each in found]
        return {"reviews": shown, "position": tx.position}

    return await read(shape)


async def _opened(
    request: Request, actor: CurrentActor, position: int, write: Writer, read: Reader
) -> Json:
    """A held message with its text, once it is recorded that the actor is shown it."""
    await write(lambda tx: overseeing.read_review(tx, actor, position))

    def shape(tx: ReadTx) -> Json:
        view = request.app.state.new_view(tx)
        return _review_shape.opened(view, actor, review_queue.open_review(tx, actor, position))

    return await read(shape)


@routes.get("/reviews/{position}")
async def get_review(
    request: Request, position: Position, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    return await _opened(request, actor, position, write, read)


@routes.post("/reviews/{position}/decision")
async def decide(
    request: Request,
    position: Position,
    body: Decision,
    actor: CurrentActor,
    write: Writer,
    read: Reader,
) -> Json:
    allow = body.allow.permission() if body.allow is not None else None

    def act(tx: Any) -> None:
        if body.verdict == "refuse":
            review.refuse(tx, actor, position, reason=body.reason)
        else:
            masked = body.verdict == "mask"
            review.release(tx, actor, position, masked=masked, reason=body.reason, allow=allow)

    await write(act)
    return await _opened(request, actor, position, write, read)


@routes.post("/reviews/{position}/overturning")
async def overturn(
    request: Request,
    position: Position,
    body: Overturning,
    actor: CurrentActor,
    write: Writer,
    read: Reader,
) -> Json:
    allow = body.allow.permission() if body.allow is not None else None

    def act(tx: Any) -> None:
        masked = body.verdict == "mask"
        review.overturn(tx, actor, position, masked=masked, reason=body.reason, allow=allow)

    await write(act)
    return await _opened(request, actor, position, write, read)


@routes.post("/reviews/{position}/escalation")
async def escalate(
    request: Request,
    position: Position,
    body: Escalation,
    actor: CurrentActor,
    write: Writer,
    read: Reader,
) -> Json:
    proposal = _PROPOSALS[body.proposal]

    def act(tx: Any) -> None:
        review.escalate(tx, actor, position, proposal=proposal, reason=body.reason)

    await write(act)
    return await _opened(request, actor, position, write, read)


@routes.get("/alerts")
async def list_alerts(request: Request, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        view = request.app.state.new_view(tx)
        found = review_queue.list_alerts(tx, actor)
        return {"alerts": _review_shape.alerts(view, actor, found)}

    return await read(shape)


@routes.get("/alerts/{position}")
async def get_alert(
    request: Request, position: Position, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    """The message of an alert with its text, once it is recorded that the actor is shown it."""
    await write(lambda tx: overseeing.read_alert(tx, actor, position))

    def shape(tx: ReadTx) -> Json:
        view = request.app.state.new_view(tx)
        return _review_shape.opened_alert(view, review_queue.get_alert(tx, actor, position))

    return await read(shape)


@routes.get("/exceptions")
async def list_exceptions(
    actor: CurrentActor, read: Reader, state: Literal["active", "all"] = "active"
) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = exceptions.list_exceptions(tx, actor, ended=state == "all")
        return {"exceptions": [_review_shape.allowed(tx, each) for each in found]}

    return await read(shape)


@routes.post("/exceptions/{position}/revocation")
async def revoke_exception(
    position: Position, body: Reason, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    revoked = await write(lambda tx: exceptions.revoke(tx, actor, position, reason=body.reason))
    return await read(lambda tx: _review_shape.allowed(tx, revoked))


@routes.get("/prereviews")
async def list_prereviews(actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = prereview.list_watches(tx, actor)
        return {"prereviews": [_review_shape.watch(tx, each) for each in found]}

    return await read(shape)


@routes.get("/rule-figures")
async def rule_figures(
    actor: CurrentActor,
    read: Reader,
    since: _Time | None = None,
    until: _Time | None = None,
    level: metrics.Level = "use",
) -> Json:
    """`since` and `until` are milliseconds, `until` is exclusive; without them, the last 30 days."""

    def shape(tx: ReadTx) -> Json:
        end = until if until is not None else tx.now + 1
        begin = since if since is not None else max(0, end - 30 * DAY)
        found = metrics.rule_figures(tx, actor, level=level, since=begin, until=end)
        shown = [_review_shape.figures(tx, each) for each in found]
        return {"rules": shown, "since": begin, "until": end}

    return await read(shape)
