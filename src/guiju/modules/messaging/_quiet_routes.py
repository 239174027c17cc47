"""Quiet hours and urgent messages over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import GroupId
from guiju.kernel.text import Id, Line, Position
from guiju.modules.groups import service as groups
from guiju.modules.messaging import (
    _burn_shape,
    _shape,
    addressing,
    audience,
    burning,
    quieting,
    service,
    urging,
)
from guiju.modules.messaging._personal_routes import tell_own
from guiju.modules.messaging.composing import Composer, read_body, receipt_json
from guiju.modules.messaging.quiet_types import OwnQuiet
from guiju.modules.policy.types import Use

routes = APIRouter()
_FIGURE_DAYS = 30
Minute = Annotated[int, Field(ge=0, lt=1440)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class UrgentPost(Closed):
    """A message that cannot wait, and why."""

    cmid: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    body: dict[str, Any] | Annotated[str, StringConstraints(max_length=20_000)]
    reason: Line


class Confirmation(Closed):
    """`needless`: it could have waited."""

    needless: bool = False


class QuietBody(Closed):
    """Minutes since midnight; the same twice is no time of the day. `rest`: also when the organisation does not work."""

    start: Minute
    end: Minute
    rest: bool = False


@routes.get("/groups/{group}/rest")
async def read_rest(group: Id, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        member = service.reading_place(tx, actor, GroupId(group))
        found = groups.get_group(tx, actor, GroupId(group))
        rest, changes_at = quieting.rest_now(tx, found)
        urgent = urging.budget_of(tx, actor, found, member)
        rule = urging.rule_of(tx, found)
        return {
            "then": rest.then if rest is not None else None,
            "clause": rest.use.mark() if rest is not None else None,
            "changes_at": changes_at,
            "urgent": _budget(urgent) if urgent is not None else None,
            "urgent_for": _for(rule.params.roles, rule) if rule is not None else None,
            "all": _everybody(addressing.everybody(tx, found, member)),
            "burn": _burn_shape.rules(burning.use_for(tx, found)),
            "audience": _audience(audience.told_in(tx, found)),
            "now": tx.now,
            "position": tx.position,
        }

    return await read(shape)


def _audience(told: audience.Told | None) -> Json | None:
    if told is None:
        return None
    rules = told.rules
    return {
        "members": rules.members,
        "turns": rules.turns,
        "minutes": rules.minutes,
        "direct": told.direct,
        "clause": told.use.mark(),
    }


def _for(roles: Sequence[str], use: Use | None) -> Json:
    """Who may, and by which clause."""
    return {"roles": list(roles), "clause": use.mark() if use is not None else None}


def _everybody(found: addressing.Everybody) -> Json:
    counted = {"may": found.may, "people": found.people, "left": found.left}
    return counted | _for(found.roles, found.use)


def _budget(found: tuple[Any, Any]) -> Json:
    budget, use = found
    rules = use.params
    return {
        "left": budget.left,
        "per_week": budget.per_week,
        "renews_at": budget.renews_at,
        "most_people": rules.most_people,
        "repeats": rules.repeats,
        "every_minutes": rules.every_minutes,
        "clause": use.mark(),
    }


@routes.post("/groups/{group}/urgent")
async def send_urgent(request: Request, group: Id, body: UrgentPost, actor: CurrentActor) -> Json:
    composer: Composer = request.app.state.composer
    typed = read_body(body.body)
    done = await composer.send_urgent(actor, GroupId(group), body.cmid, typed, body.reason)
    return receipt_json(done.receipt) | {"called": done.called}


@routes.post("/groups/{group}/messages/{position}/confirmation", status_code=204)
async def confirm(
    group: Id, position: Position, body: Confirmation, actor: CurrentActor, write: Writer
) -> None:
    await write(
        lambda tx: urging.confirm(tx, actor, GroupId(group), position, needless=body.needless)
    )


@routes.get("/groups/{group}/messages/{position}/urgent")
async def read_urgent(
    request: Request, group: Id, position: Position, actor: CurrentActor, read: Reader
) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = urging.look(tx, actor, GroupId(group), position)
        view = request.app.state.new_view(tx)
        called = [
            {"person": view.mark(each.person), "at": each.at, "needless": each.needless}
            for each in found.called
        ]
        shown = {"rounds": found.rounds, "stopped": found.stopped, "called": called}
        return shown | {"position": tx.position}

    return await read(shape)


@routes.get("/urgent")
async def list_urgent(request: Request, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = urging.open_calls(tx, actor)
        view = request.app.state.new_view(tx)
        entries = [tx.entry(each.position) for each, _ in found]
        items = _shape.items(view, [entry for entry in entries if entry is not None])
        shown = [
            {
                "group": each.group,
                "group_name": view.group_name(each.group),
                "reason": fact.reason,
                "rounds": each.rounds,
                "item": item,
            }
            for (each, fact), item in zip(found, items, strict=True)
        ]
        return {"urgent": shown, "position": tx.position}

    return await read(shape)


@routes.get("/urgent/figures")
async def read_figures(actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = urging.figures(tx, actor, _FIGURE_DAYS)
        return {"days": _FIGURE_DAYS, **found, "position": tx.position}

    return await read(shape)


@routes.get("/me/quiet")
async def read_quiet(actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        until = quieting.rests_until(tx, actor.person_id)
        return {"quiet": _own(quieting.own(tx, actor)), "until": until, "position": tx.position}

    return await read(shape)


@routes.put("/me/quiet", status_code=204)
async def set_quiet(request: Request, body: QuietBody, actor: CurrentActor, write: Writer) -> None:
    wanted = OwnQuiet(body.start, body.end, body.rest)
    is_set = wanted.start != wanted.end or wanted.rest
    await write(lambda tx: quieting.set_own(tx, actor, wanted if is_set else None))
    tell_own(request, actor, {"type": "quiet", "quiet": _own(wanted if is_set else None)})


def _own(found: OwnQuiet | None) -> Json | None:
    if found is None:
        return None
    return {"start": found.start, "end": found.end, "rest": found.rest}
