"""The rule book over HTTP: clauses with their evidence, and packs."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.page import check_limit
from guiju.kernel.text import Position
from guiju.modules.policy import _shape, service
from guiju.modules.policy.types import Pack

routes = APIRouter(prefix="/api", tags=["policy"])


class PackBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    yaml: Annotated[str, StringConstraints(min_length=1, max_length=1_000_000)]
    dry_run: bool = False


@routes.get("/clauses")
async def list_clauses(request: Request, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        service.require(tx, actor, "policy.read")
        return _shape.rule_book(request.app.state.new_view(tx), actor)

    return await read(shape)


@routes.get("/clauses/{clause_id}")
async def get_clause(
    request: Request,
    clause_id: str,
    actor: CurrentActor,
    read: Reader,
    after: Position | None = None,
    limit: int = 50,
) -> Json:
    def shape(tx: ReadTx) -> Json:
        service.require(tx, actor, "policy.read")
        clause = service.get_clause(tx, clause_id)
        return _shape.clause_page(
            request.app.state.new_view(tx), actor, clause, before=after, limit=check_limit(limit)
        )

    return await read(shape)


@routes.get("/policy/packs/current")
async def current_pack(actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        pack, text, withheld = service.pack_text(tx, actor)
        return {"id": pack.id, "version": pack.version, "yaml": text, "withheld": list(withheld)}

    return await read(shape)


@routes.post("/policy/packs")
async def adopt(
    request: Request, body: PackBody, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    await read(lambda tx: service.require(tx, actor, "policy.adopt"))
    dictionaries: Any = None

    def read_text() -> Pack:
        nonlocal dictionaries
        names = service.dictionary_names(body.yaml)
        dictionaries = request.app.state.load_dictionaries(names)
        return service.read_pack(body.yaml, dictionaries)

    # A long one, and its expressions, take longer than others may wait for the loop.
    pack = await asyncio.to_thread(read_text)
    if not body.dry_run:
        await read(lambda tx: request.app.state.prepare_pack(tx, pack))

        def act(tx: Any) -> None:
            request.app.state.check_pack(tx, pack)
            service.adopt(tx, actor, text=body.yaml, dictionaries=dictionaries)

        await write(act)
    return {"version": pack.version, "clauses": len(pack.clauses), "controls": len(pack.uses)}
