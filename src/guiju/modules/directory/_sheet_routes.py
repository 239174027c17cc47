"""HTTP: lists of people as workbooks."""

import asyncio
import base64
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guiju.kernel.http import CurrentActor, Json, Reader
from guiju.modules.directory import sheets
from guiju.modules.directory._csv import MAXIMUM_ROWS
from guiju.modules.directory.types import SheetUnreadableError

routes = APIRouter(prefix="/people")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class WorkbookFile(_Body):
    """`content` is the workbook in base64."""

    content: Annotated[str, StringConstraints(max_length=2_000_000)]


class Note(_Body):
    """What is wrong with the row that begins in a line of the CSV, in the words of who reads it."""

    line: Annotated[int, Field(ge=1, le=10_000_000)]
    text: Annotated[str, StringConstraints(max_length=400)]


class Noted(_Body):
    """A list, and what a check found wrong."""

    csv: Annotated[str, StringConstraints(max_length=2_000_000)]
    notes: Annotated[list[Note], Field(max_length=4 * MAXIMUM_ROWS)]


@routes.get("/template.xlsx")
async def template(actor: CurrentActor, read: Reader) -> Response:
    """The import template, with the units to choose from."""
    name = 'attachment; filename="people.xlsx"'
    return Response(
        await read(lambda tx: sheets.template(tx, actor)),
        media_type=sheets.MEDIA_TYPE,
        headers={"Content-Disposition": name},
    )


@routes.post("/import/reading")
async def read_workbook(
    request: Request, body: WorkbookFile, actor: CurrentActor, read: Reader
) -> Json:
    """The first sheet of a workbook as CSV, to be checked and brought in like any other."""
    await read(lambda tx: sheets.check_reader(tx, actor))
    try:
        content = base64.b64decode(body.content, validate=True)
    except ValueError as error:
        raise SheetUnreadableError("The content is not base64.", reason="base64") from error
    return {"csv": await asyncio.to_thread(sheets.read, request.app.state.sheets, content)}


@routes.post("/import/notes")
async def write_notes(body: Noted, actor: CurrentActor, read: Reader) -> Json:
    """The list as a workbook, in base64, with what is wrong beside each row."""
    await read(lambda tx: sheets.check_reader(tx, actor))
    notes: dict[int, list[str]] = {}
    for note in body.notes:
        notes.setdefault(note.line, []).append(note.text)
    written = await asyncio.to_thread(sheets.marked, body.csv, notes)
    return {"content": base64.b64encode(written).decode()}
