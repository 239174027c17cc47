"""Registered documents over HTTP."""

import asyncio
import base64
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.live import View
from guiju.kernel.text import Id, Line
from guiju.modules.inspection import dictionaries, documents
from guiju.modules.inspection.extraction.reading import Extractor
from guiju.modules.inspection.governed import (
    DocumentPrints,
    DocumentRegistered,
    DocumentUnreadableError,
    OwnDocument,
)
from guiju.modules.policy import service as policy

routes = APIRouter()


class DocumentFile(BaseModel):
    """`content` is the file in base64."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Annotated[Line, Field(max_length=60)]
    level: Id
    disposition: Annotated[str, StringConstraints(max_length=16)]
    classes: Annotated[list[Id], Field(max_length=50)] = []
    use: Annotated[str, StringConstraints(max_length=120)]
    file: Line
    content: Annotated[str, StringConstraints(max_length=16_000_000)]


class Nothing(BaseModel):
    """An act that needs no words."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _document(view: View, found: OwnDocument) -> Json:
    use = next((each for each in policy.get_pack(view.tx).uses if each.id == found.use), None)
    return {
        "id": found.id,
        "title": found.title,
        "level": found.level,
        "count": found.count,
        "disposition": found.disposition,
        "classes": list(found.classes),
        "use": found.use,
        "clause": dict(use.mark()) if use is not None else None,
        "unread": list(found.unread),
        "registered_at": found.registered_at,
        "registered_by": view.mark(found.registered_by),
        "ended_at": found.ended_at,
    }


@routes.get("/documents")
async def list_documents(request: Request, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        view = request.app.state.new_view(tx)
        found = documents.list_documents(tx, actor)
        pack = policy.get_pack(tx)
        uses = policy.uses(tx, dictionaries.CONTROL)
        return {
            "documents": [_document(view, each) for each in found],
            "uses": [{"id": use.id, "clause": dict(use.mark())} for use in uses],
            "levels": [{"id": each.id, "title": each.title} for each in pack.levels],
            "classes": [{"id": each.id, "title": each.title} for each in pack.classes],
            "dispositions": list(dictionaries.DISPOSITIONS),
            "position": tx.position,
        }

    return await read(shape)


@routes.post("/documents")
async def register_document(
    request: Request, body: DocumentFile, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    await read(lambda tx: policy.require(tx, actor, "inspection.govern"))
    try:
        content = base64.b64decode(body.content, validate=True)
    except ValueError as error:
        raise DocumentUnreadableError("The content is not base64.", reasons=["base64"]) from error
    # A thread of those that read files: it may take a minute, and no snapshot stays open for it.
    loop, state = asyncio.get_running_loop(), request.app.state
    kept = await loop.run_in_executor(
        state.inspecting, _prints_of, state.extractor, body.file, content
    )

    def plan(tx: ReadTx) -> DocumentRegistered:
        planned = documents.planned(
            tx, actor, title=body.title, level=body.level, disposition=body.disposition,
            classes=body.classes, use=body.use, kept=kept,
        )  # fmt: skip
        request.app.state.prepare_rules(
            tx, dictionaries.in_force(tx), documents.rules_with(tx, planned)
        )
        return planned

    planned = await read(plan)
    made = await write(lambda tx: documents.register(tx, actor, to=planned))
    return await read(lambda tx: _document(request.app.state.new_view(tx), made))


def _prints_of(extractor: Extractor, name: str, content: bytes) -> DocumentPrints:
    return documents.prints_of(extractor.extract_bytes(name, content))


@routes.get("/documents/{document}")
async def get_document(request: Request, document: Id, actor: CurrentActor, read: Reader) -> Json:
    return await read(
        lambda tx: _document(
            request.app.state.new_view(tx), documents.get_document(tx, actor, document)
        )
    )


@routes.post("/documents/{document}/ending")
async def end_document(
    request: Request,
    document: Id,
    body: Nothing,
    actor: CurrentActor,
    write: Writer,
    read: Reader,
) -> Json:
    def plan(tx: ReadTx) -> None:
        found = documents.going(tx, actor, document)
        request.app.state.prepare_rules(
            tx, dictionaries.in_force(tx), documents.rules_without(tx, found)
        )

    await read(plan)
    done = await write(lambda tx: documents.end(tx, actor, document))
    return await read(lambda tx: _document(request.app.state.new_view(tx), done))
