"""Questions over HTTP."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import GroupId
from guiju.kernel.text import Id, OptionalProse, Position, Prose
from guiju.modules.directory.types import UnitId
from guiju.modules.followup import _question_shape, questioning, questions
from guiju.modules.followup.question_types import Outcome, QuestionBox, Wanted

routes = APIRouter()
Words = Annotated[Prose, StringConstraints(max_length=2000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Raised(_Body):
    """A question for a unit, or without one an error that is reported to who wrote the message."""

    text: Words
    unit_id: Id | None = None


class QuestionAnswer(_Body):
    """An answer; a confirmation does without words."""

    outcome: Literal["confirmed", "answered"]
    text: Annotated[OptionalProse, StringConstraints(max_length=2000)] = ""


class Handed(_Body):
    """Whose matter it is, and why."""

    unit_id: Id
    reason: Words


class Reason(_Body):
    """Why the answer does not do."""

    reason: Words


class Nothing(_Body):
    """An empty body."""


@routes.get("/questions")
async def list_box(
    request: Request,
    actor: CurrentActor,
    read: Reader,
    box: Annotated[QuestionBox, Query()],
    state: Annotated[Wanted, Query()] = Wanted.ALL,
) -> Json:
    """What I answer for, over all groups, or what I asked."""

    def shape(tx: ReadTx) -> Json:
        found, counted = questions.list_box(tx, actor, box, state)
        view = request.app.state.new_view(tx)
        return {
            "questions": _question_shape.for_one(view, actor, found.questions),
            "figures": _question_shape.figures(counted),
            "more": found.has_more,
            "position": tx.position,
        }

    return await read(shape)


@routes.get("/groups/{group}/questions")
async def list_group(
    request: Request,
    group: Id,
    actor: CurrentActor,
    read: Reader,
    state: Annotated[Wanted, Query()] = Wanted.ALL,
) -> Json:
    """The questions of a group."""

    def shape(tx: ReadTx) -> Json:
        found, counted = questions.list_group(tx, actor, GroupId(group), state)
        return {
            "questions": _question_shape.inside(request.app.state.new_view(tx), found.questions),
            "figures": _question_shape.figures(counted),
            "more": found.has_more,
            "position": tx.position,
        }

    return await read(shape)


@routes.post("/groups/{group}/messages/{position}/questions")
async def raise_question(
    group: Id, position: Position, body: Raised, actor: CurrentActor, write: Writer
) -> Json:
    """Raise a question about a message."""
    unit = UnitId(body.unit_id) if body.unit_id is not None else None
    raised = await write(
        lambda tx: questioning.raise_question(
            tx, actor, GroupId(group), position, unit=unit, text=body.text
        )
    )
    return {"id": raised.position}


@routes.post("/questions/{question}/answer", status_code=204)
async def answer(
    question: Position, body: QuestionAnswer, actor: CurrentActor, write: Writer
) -> None:
    """Confirm or answer a question."""
    outcome = Outcome(body.outcome)
    await write(lambda tx: questioning.answer(tx, actor, question, outcome, text=body.text))


@routes.post("/questions/{question}/handing", status_code=204)
async def hand_on(question: Position, body: Handed, actor: CurrentActor, write: Writer) -> None:
    """Hand a question to another unit."""
    unit = UnitId(body.unit_id)
    await write(lambda tx: questioning.hand_on(tx, actor, question, unit, reason=body.reason))


@routes.post("/questions/{question}/closing", status_code=204)
async def close(
    question: Position, actor: CurrentActor, write: Writer, body: Nothing | None = None
) -> None:
    """Say that nothing more is needed."""
    await write(lambda tx: questioning.close(tx, actor, question))


@routes.post("/questions/{question}/reopening", status_code=204)
async def reopen(question: Position, body: Reason, actor: CurrentActor, write: Writer) -> None:
    """Say that the answer does not do."""
    await write(lambda tx: questioning.reopen(tx, actor, question, reason=body.reason))
