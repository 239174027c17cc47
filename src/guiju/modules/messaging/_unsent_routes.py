"""Drafts, and messages that wait for their time, over HTTP."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.text import Id, Position
from guiju.modules.messaging import _file_shape, origins
from guiju.modules.messaging._change_routes import Closed
from guiju.modules.messaging._personal_routes import tell_own
from guiju.modules.messaging.composing import read_body, read_text, receipt_json
from guiju.modules.messaging.drafting import Drafts
from guiju.modules.messaging.scheduling import Schedule
from guiju.modules.messaging.types import MOST_MENTIONS
from guiju.modules.messaging.unsent_types import Named, Written

routes = APIRouter()
Cmid = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Text = Annotated[str, StringConstraints(max_length=20_000)]


class Mention(Closed):
    """Somebody, and the name that stands in the text for them: another screen finds it again without asking who is there."""

    id: Id
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class DraftBody(Closed):
    """An empty text gives the draft up. `at` is when it was written (ms)."""

    text: Text
    quote: Position | None = None
    thread: Position | None = None
    mentions: Annotated[tuple[Mention, ...], Field(max_length=MOST_MENTIONS, strict=False)] = ()
    at: Position


class Later(Closed):
    """A message, and when it is to be sent (ms)."""

    cmid: Cmid
    body: dict[str, Any] | Text
    at: Position


class Now(Closed):
    """`confirm` answers a warning."""

    confirm: Annotated[str, StringConstraints(max_length=64)] | None = None


def _drafts(request: Request) -> Drafts:
    drafts: Drafts = request.app.state.drafts
    return drafts


def _schedule(request: Request) -> Schedule:
    schedule: Schedule = request.app.state.schedule
    return schedule


@routes.put("/groups/{group}/draft", status_code=204)
async def keep_draft(request: Request, group: Id, body: DraftBody, actor: CurrentActor) -> None:
    text = read_text(body.text, is_needed=False)
    named = tuple(Named(PersonId(each.id), read_text(each.name)) for each in body.mentions)
    written = Written(text, body.quote, body.thread, named)
    keep = _drafts(request).keep
    at = await asyncio.to_thread(keep, actor, GroupId(group), written, body.at)
    if at is not None:
        tell_own(request, actor, {"type": "draft", **_draft_json(GroupId(group), written, at)})


def _draft_json(group: GroupId, written: Written, at: int) -> Json:
    return {
        "group": group,
        "text": written.text,
        "quote": written.quote,
        "thread": written.thread,
        "mentions": [{"id": each.id, "name": each.name} for each in written.mentions],
        "at": at,
    }


@routes.get("/drafts")
async def list_drafts(request: Request, actor: CurrentActor, read: Reader) -> Json:
    found = await asyncio.to_thread(_drafts(request).all_of, actor)
    shown = [_draft_json(draft.group, written, draft.at) for draft, written in found]
    # Drafts are no facts: any position that is stored by now is one that they reflect.
    return await read(lambda _: {"drafts": shown})


@routes.post("/groups/{group}/scheduled")
async def schedule(request: Request, group: Id, body: Later, actor: CurrentActor) -> Json:
    add, typed = _schedule(request).add, read_body(body.body)
    done = await asyncio.to_thread(add, actor, GroupId(group), body.cmid, typed, body.at)
    return {"cmid": done.cmid, "at": done.due_at}


@routes.get("/scheduled")
async def list_scheduled(request: Request, actor: CurrentActor, read: Reader) -> Json:
    schedule = _schedule(request)
    found = await asyncio.to_thread(schedule.all_of, actor)
    wanted = [file for _, body in found for file in body.files]
    files = await asyncio.to_thread(schedule.shown, wanted)

    def shape(tx: ReadTx) -> Json:
        view = request.app.state.new_view(tx)
        shown = [
            {
                "cmid": each.cmid,
                "group": each.group,
                "group_name": view.group_name(each.group),
                "text": body.text,
                "mentions": list(body.mentions),
                "quote": body.quote,
                "thread": body.thread,
                "members": body.members,
                "files": [
                    _file_shape.note(file, *files[file]) for file in body.files if file in files
                ],
                "origin": origins.shape(body.origin) if body.files else None,
                "at": each.due_at,
                "state": each.state,
                "code": each.code,
                "clause": each.clause,
                "kept_until": each.kept_until,
            }
            for each, body in found
        ]
        return {"scheduled": shown}

    return await read(shape)


@routes.delete("/scheduled/{cmid}", status_code=204)
async def cancel_scheduled(request: Request, cmid: Cmid, actor: CurrentActor) -> None:
    await asyncio.to_thread(_schedule(request).cancel, actor, cmid)


@routes.post("/scheduled/{cmid}/sending")
async def send_scheduled(request: Request, cmid: Cmid, body: Now, actor: CurrentActor) -> Json:
    send_now = _schedule(request).send_now
    return receipt_json(await asyncio.to_thread(send_now, actor, cmid, body.confirm))
