"""Dictionaries and exemptions of the organisation's own over HTTP."""

import asyncio
import base64
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.live import View
from guiju.kernel.text import Id, Line, Position, Prose
from guiju.modules.inspection import dictionaries, documents, exemptions
from guiju.modules.inspection._document_routes import routes as document_routes
from guiju.modules.inspection._lists import read_list
from guiju.modules.inspection.governed import (
    BadListError,
    DictionaryState,
    Exemption,
    ListReport,
    OwnDictionary,
    Trial,
)
from guiju.modules.policy import service as policy

routes = APIRouter(prefix="/api", tags=["inspection"])
routes.include_router(document_routes)
_SHOWN_TERMS = 200
_Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ListFile(Closed):
    """`content` is the file in base64."""

    title: Annotated[Line, Field(max_length=60)]
    category: _Category
    file: Line
    content: Annotated[str, StringConstraints(max_length=16_000_000)]
    dry_run: bool = False


_LIST_FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": ListFile.model_json_schema()}},
    }
}


class TrialBody(Closed):
    messages: Annotated[int, Field(ge=dictionaries.LEAST_TRIED, le=dictionaries.MOST_TRIED)]
    classes: Annotated[list[Id], Field(max_length=50)] = []


class SwitchBody(Closed):
    state: Annotated[str, StringConstraints(pattern="^(on|off|ended)$")]
    disposition: Annotated[str, StringConstraints(max_length=16)] = ""
    classes: Annotated[list[Id], Field(max_length=50)] = []
    use: Annotated[str, StringConstraints(max_length=120)] = ""


class Nothing(Closed):
    """An act that needs no words."""


class ExemptionBody(Closed):
    person_id: Id | None = None
    group_id: Id | None = None
    rule: Annotated[Line, Field(max_length=64)]
    until: Position
    reason: Annotated[Prose, Field(max_length=1000)]


def _dictionary(view: View, found: OwnDictionary) -> Json:
    use = next((each for each in policy.get_pack(view.tx).uses if each.id == found.use), None)
    tried = None
    if found.tried_messages is not None:
        tried = {"messages": found.tried_messages, "hits": found.tried_hits or None}
    return {
        "id": found.id,
        "title": found.title,
        "category": found.category,
        "count": found.count,
        "state": found.state,
        "disposition": found.disposition or None,
        "classes": list(found.classes),
        "use": found.use or None,
        "clause": dict(use.mark()) if use is not None else None,
        "added_at": found.added_at,
        "added_by": view.mark(found.added_by),
        "tried": tried,
    }


def _trial(found: Trial) -> Json:
    return {
        "messages": found.messages,
        "hits": found.hits or None,
        "terms": [{"term": each.term, "messages": each.messages} for each in found.terms],
        "noise": list(found.noise),
    }


def _exemption(view: View, found: Exemption) -> Json:
    group = found.group
    return {
        "id": found.id,
        "person": view.mark(found.person),
        "group": {"id": group, "name": view.group_name(group)} if group else None,
        "rule": found.rule,
        "until": found.until,
        "reason": exemptions.reason_of(view.tx, found),
        "granted_at": found.granted_at,
        "granted_by": view.mark(found.granted_by),
        "ended_at": found.ended_at,
    }


@routes.get("/dictionaries")
async def list_dictionaries(request: Request, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        view = request.app.state.new_view(tx)
        found = dictionaries.list_dictionaries(tx, actor)
        pack = policy.get_pack(tx)
        uses = policy.uses(tx, dictionaries.CONTROL)
        return {
            "dictionaries": [_dictionary(view, each) for each in found],
            "uses": [{"id": use.id, "clause": dict(use.mark())} for use in uses],
            "classes": [{"id": each.id, "title": each.title} for each in pack.classes],
            "dispositions": list(dictionaries.DISPOSITIONS),
            "rules": exemptions.known_rules(tx),
            "position": tx.position,
        }

    return await read(shape)


def _read_file(raw: bytes) -> tuple[ListFile, ListReport]:
    """The request and what its list holds. Raises RequestValidationError, BadListError and TooManyTermsError."""
    try:
        body = ListFile.model_validate_json(raw)
    except ValidationError as error:
        problems = [
            {**each, "loc": ("body", *each["loc"])} for each in error.errors(include_input=False)
        ]
        raise RequestValidationError(problems) from error
    try:
        content = base64.b64decode(body.content, validate=True)
    except ValueError as error:  # binascii.Error, or signs outside ASCII
        raise BadListError("The content is not base64.", reason="base64") from error
    return body, read_list(body.file, content)


@routes.post("/dictionaries", openapi_extra=_LIST_FILE)
async def add_dictionary(
    request: Request, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    raw = await request.body()
    await read(lambda tx: policy.require(tx, actor, "inspection.govern"))
    # FastAPI would build such a large body on the loop, and for everybody.
    body, report = await asyncio.to_thread(_read_file, raw)
    made = None
    if not body.dry_run:
        packed = await asyncio.to_thread(dictionaries.pack_terms, report.terms)
        made = await write(
            lambda tx: dictionaries.add(
                tx, actor, title=body.title, category=body.category, report=report, packed=packed
            )
        )
    return await read(
        lambda tx: {
            "dictionary": _dictionary(request.app.state.new_view(tx), made) if made else None,
            "count": len(report.terms),
            "duplicates": report.duplicates,
            "unusable": report.unusable,
            "samples": [{"line": line, "term": term} for line, term in report.samples],
            "common": list(report.common),
            "large": dictionaries.would_be_large(tx, len(report.terms)),
        }
    )


@routes.get("/dictionaries/{dictionary}")
async def get_dictionary(
    request: Request, dictionary: Id, actor: CurrentActor, read: Reader
) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = dictionaries.get_dictionary(tx, actor, dictionary)
        terms = list(dictionaries.terms_of(tx, found)[:_SHOWN_TERMS])
        return _dictionary(request.app.state.new_view(tx), found) | {"terms": terms}

    return await read(shape)


@routes.post("/dictionaries/{dictionary}/trial")
async def try_dictionary(
    dictionary: Id, body: TrialBody, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    trial = await read(
        lambda tx: dictionaries.try_out(
            tx, actor, dictionary, messages=body.messages, classes=body.classes
        )
    )
    await write(lambda tx: dictionaries.record_trial(tx, actor, dictionary, trial=trial))
    return _trial(trial)


@routes.post("/dictionaries/{dictionary}/switch")
async def switch_dictionary(
    request: Request,
    dictionary: Id,
    body: SwitchBody,
    actor: CurrentActor,
    write: Writer,
    read: Reader,
) -> Json:
    def plan(tx: ReadTx) -> OwnDictionary:
        planned = dictionaries.switched(
            tx, actor, dictionary, state=DictionaryState(body.state), disposition=body.disposition,
            classes=body.classes, use=body.use,
        )  # fmt: skip
        request.app.state.prepare_rules(
            tx, dictionaries.after(tx, planned), documents.rules_in_force(tx)
        )
        return planned

    planned = await read(plan)
    done = await write(lambda tx: dictionaries.switch(tx, actor, dictionary, to=planned))
    return await read(lambda tx: _dictionary(request.app.state.new_view(tx), done))


@routes.get("/exemptions")
async def list_exemptions(request: Request, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        view = request.app.state.new_view(tx)
        found = exemptions.list_exemptions(tx, actor)
        return {"exemptions": [_exemption(view, each) for each in found], "position": tx.position}

    return await read(shape)


@routes.post("/exemptions")
async def grant_exemption(
    request: Request, body: ExemptionBody, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    def act(tx: Any) -> Exemption:
        return exemptions.grant(
            tx, actor, person=PersonId(body.person_id) if body.person_id else None,
            group=GroupId(body.group_id) if body.group_id else None, rule=body.rule, until=body.until,
            reason=body.reason,
        )  # fmt: skip

    made = await write(act)
    return await read(lambda tx: _exemption(request.app.state.new_view(tx), made))


@routes.post("/exemptions/{exemption}/ending")
async def end_exemption(
    request: Request,
    exemption: Id,
    body: Nothing,
    actor: CurrentActor,
    write: Writer,
    read: Reader,
) -> Json:
    done = await write(lambda tx: exemptions.end(tx, actor, exemption))
    return await read(lambda tx: _exemption(request.app.state.new_view(tx), done))
