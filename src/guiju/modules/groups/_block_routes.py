"""Whom one takes no direct messages from, over HTTP."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import PersonId
from guiju.kernel.text import Id
from guiju.modules.directory import service as directory
from guiju.modules.groups import blocking

routes = APIRouter(prefix="/blocks", tags=["direct"])


class Nothing(BaseModel):
    """What says all is in the address."""

    model_config = ConfigDict(extra="forbid", strict=True)


@routes.get("")
async def list_blocks(actor: CurrentActor, read: Reader) -> Json:
    """Whom the reader blocks. Nobody else is told."""

    def shape(tx: ReadTx) -> Json:
        found = blocking.list_blocks(tx, actor)
        marks = directory.person_marks(tx, [each.person for each in found])
        rows = [{"person": marks[each.person], "at": each.at} for each in found]
        return {"blocks": rows, "position": tx.position}

    return await read(shape)


@routes.put("/{person_id}", status_code=204)
async def block(
    person_id: Id, actor: CurrentActor, write: Writer, body: Nothing | None = None
) -> None:
    """Take no direct messages from a person."""
    await write(lambda tx: blocking.block(tx, actor, PersonId(person_id)))


@routes.delete("/{person_id}", status_code=204)
async def unblock(person_id: Id, actor: CurrentActor, write: Writer) -> None:
    """Take direct messages from a person again."""
    await write(lambda tx: blocking.unblock(tx, actor, PersonId(person_id)))
