"""Notices over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer, disposition
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.text import Id, Line, OptionalProse, Prose
from guiju.modules.notices import _shape, acknowledging, issuing, options, service, table
from guiju.modules.notices.types import (
    MOST_CHOICES,
    MOST_QUESTIONS,
    Audience,
    Box,
    NoticeId,
    Question,
    Wording,
)

routes = APIRouter(prefix="/api/notices", tags=["notices"])

NoticePath = Annotated[Id, Path()]
Hours = Annotated[int, Field(ge=1, le=2000)]
Version = Annotated[int, Field(ge=1, le=100_000)]
Post = Annotated[Line, StringConstraints(max_length=60)]
_Ids = Annotated[list[Id], Field(max_length=1000)]
_Choice = Annotated[int, Field(ge=0, lt=MOST_CHOICES)]
_Choices = Annotated[list[_Choice], Field(max_length=MOST_CHOICES)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class AskedQuestion(_Body):
    """A question, its choices, and the indices of all right ones."""

    text: Line
    choices: Annotated[list[Line], Field(max_length=MOST_CHOICES)]
    right: _Choices


class Draft(_Body):
    """What a version is to say."""

    title: Line
    text: Prose
    questions: Annotated[list[AskedQuestion], Field(max_length=MOST_QUESTIONS)] = []
    deadline_hours: Hours

    def wording(self) -> Wording:
        questions = (Question(q.text, tuple(q.choices), tuple(q.right)) for q in self.questions)
        return Wording(self.title, self.text, tuple(questions))


class To(_Body):
    """Whom it is meant for."""

    unit_ids: _Ids = []
    posts: Annotated[list[Post], Field(max_length=200)] = []
    group_ids: _Ids = []
    person_ids: _Ids = []

    def audience(self) -> Audience:
        return Audience(
            tuple(self.unit_ids),
            tuple(self.posts),
            tuple(map(GroupId, self.group_ids)),
            tuple(map(PersonId, self.person_ids)),
        )


class Preview(_Body):
    """Whom it is meant for, and how long they have."""

    to: To
    deadline_hours: Hours


class Published(Draft):
    """A new notice; `people` is the number of the preview."""

    to: To
    people: Annotated[int, Field(ge=0, le=1_000_000)]


class Revised(Draft):
    """Another text. `editorial` asks nobody again, and says why."""

    editorial: bool = False
    reason: OptionalProse = ""


class Acknowledged(_Body):
    """The version that was read, and for each question the indices of what was ticked."""

    version: Version
    answers: Annotated[list[_Choices], Field(max_length=MOST_QUESTIONS)] = []


class Reason(_Body):
    """Why."""

    reason: Prose


class Nothing(_Body):
    """An empty body."""


@routes.get("")
async def list_notices(actor: CurrentActor, read: Reader, box: Annotated[Box, Query()]) -> Json:
    """A box."""
    shape = _shape.late if box is Box.LATE else _shape.notices
    return await read(
        lambda tx: {
            "notices": shape(tx, actor, service.list_notices(tx, actor, box)),
            "position": tx.position,
        }
    )


@routes.get("/options")
async def get_options(actor: CurrentActor, read: Reader) -> Json:
    """What there is to choose from when one writes a notice."""
    return await read(lambda tx: options.options(tx, actor))


@routes.post("/preview")
async def preview(body: Preview, actor: CurrentActor, read: Reader) -> Json:
    """Who would be asked, by name, and until when."""
    audience, hours = body.to.audience(), body.deadline_hours
    return await read(
        lambda tx: _shape.preview(tx, issuing.preview(tx, actor, audience=audience, hours=hours))
    )


@routes.post("")
async def publish(body: Published, actor: CurrentActor, write: Writer, read: Reader) -> Json:
    """Publish a notice."""
    made = await write(
        lambda tx: issuing.publish(
            tx, actor, wording=body.wording(), audience=body.to.audience(), hours=body.deadline_hours,
            people=body.people,
        )
    )  # fmt: skip
    # The text is opened from the ledger, which has it only after the commit.
    return await read(lambda tx: _shape.notice(tx, actor, service.get_notice(tx, actor, made)))


@routes.get("/{notice_id}")
async def get_notice(notice_id: NoticePath, actor: CurrentActor, read: Reader) -> Json:
    """A notice in full."""

    def verb(tx: ReadTx) -> Json:
        found = service.get_notice(tx, actor, NoticeId(notice_id))
        return {**_shape.notice(tx, actor, found), "position": tx.position}

    return await read(verb)


@routes.post("/{notice_id}/versions")
async def revise(
    notice_id: NoticePath, body: Revised, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    """Change the text."""
    wanted = NoticeId(notice_id)
    await write(
        lambda tx: issuing.revise(
            tx, actor, wanted, wording=body.wording(), editorial=body.editorial, reason=body.reason,
            hours=body.deadline_hours,
        )
    )  # fmt: skip
    return await read(lambda tx: _shape.notice(tx, actor, service.get_notice(tx, actor, wanted)))


@routes.post("/{notice_id}/acknowledgement")
async def acknowledge(
    notice_id: NoticePath, body: Acknowledged, actor: CurrentActor, write: Writer
) -> Json:
    """Acknowledge; with questions, answer them."""
    wanted = NoticeId(notice_id)
    done = await write(
        lambda tx: acknowledging.acknowledge(
            tx, actor, wanted, version=body.version, answers=body.answers
        )
    )
    return _shape.answered(done)


@routes.get("/{notice_id}/recipients")
async def get_roster(notice_id: NoticePath, actor: CurrentActor, read: Reader) -> Json:
    """Who has acknowledged and who has not, by unit."""

    def verb(tx: ReadTx) -> Json:
        found, asked = service.roster(tx, actor, NoticeId(notice_id))
        return {"units": _shape.roster(tx, found, asked), "position": tx.position}

    return await read(verb)


@routes.get("/{notice_id}/recipients.csv")
async def export_roster(notice_id: NoticePath, actor: CurrentActor, read: Reader) -> Response:
    """The same as a table."""
    name, text = await read(lambda tx: table.export(tx, actor, NoticeId(notice_id)))
    headers = {"Content-Disposition": disposition(name, inline=False)}
    return Response(text.encode(), media_type="text/csv", headers=headers)


@routes.post("/{notice_id}/reminder")
async def remind(
    notice_id: NoticePath, body: Nothing, actor: CurrentActor, write: Writer
) -> dict[str, Any]:
    """Remind everybody who has not acknowledged."""
    return {"people": await write(lambda tx: issuing.remind(tx, actor, NoticeId(notice_id)))}


@routes.post("/{notice_id}/withdrawal", status_code=204)
async def withdraw(notice_id: NoticePath, body: Reason, actor: CurrentActor, write: Writer) -> None:
    """Ask nobody any more."""
    wanted = NoticeId(notice_id)
    await write(lambda tx: issuing.withdraw(tx, actor, wanted, reason=body.reason))
