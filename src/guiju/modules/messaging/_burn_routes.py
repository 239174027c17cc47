"""Opening messages that burn, over HTTP."""

from fastapi import APIRouter, Response

from guiju.kernel.http import CurrentActor, Json, Writer
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.kernel.text import Id, Position
from guiju.modules.messaging import _burn_shape, burning
from guiju.modules.messaging._change_routes import Nothing

routes = APIRouter(prefix="/groups/{group}")


@routes.post("/messages/{position}/opening")
async def open_message(
    group: Id,
    position: Position,
    actor: CurrentActor,
    write: Writer,
    response: Response,
    body: Nothing | None = None,
) -> Json:
    # Whatever the general rule for answers is: this one is written down nowhere on its way.
    response.headers["cache-control"] = "no-store"

    def do(tx: WriteTx) -> Json:
        found = burning.open_message(tx, actor, GroupId(group), position)
        return _burn_shape.text(found, tx.now)

    return await write(do)
