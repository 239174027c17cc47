"""The inbox over HTTP."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict

from guiju.kernel.http import CurrentActor, Reader, Writer
from guiju.kernel.text import Id, OptionalProse
from guiju.modules.approvals import service
from guiju.modules.approvals.types import Box, RequestId, Verdict

routes = APIRouter(prefix="/api/approvals", tags=["approvals"])

RequestPath = Annotated[Id, Path()]


class Decision(BaseModel):
    """A verdict; a refusal needs an opinion."""

    model_config = ConfigDict(extra="forbid", strict=True)

    verdict: Literal["approve", "refuse"]
    opinion: OptionalProse = ""


class Nothing(BaseModel):
    """An empty body."""

    model_config = ConfigDict(extra="forbid", strict=True)


@routes.get("")
async def list_requests(
    actor: CurrentActor, read: Reader, box: Annotated[Box, Query()]
) -> dict[str, Any]:
    return await read(
        lambda tx: {
            "requests": service.to_json_list(tx, actor, service.list_requests(tx, actor, box)),
            "position": tx.position,
        }
    )


@routes.get("/{request_id}")
async def get_request(request_id: RequestPath, actor: CurrentActor, read: Reader) -> dict[str, Any]:
    wanted = RequestId(request_id)
    return await read(
        lambda tx: {
            **service.to_json(tx, actor, service.get_request(tx, actor, wanted)),
            "position": tx.position,
        }
    )


@routes.post("/{request_id}/decision")
async def decide(
    request_id: RequestPath, body: Decision, actor: CurrentActor, write: Writer, read: Reader
) -> dict[str, Any]:
    wanted = RequestId(request_id)
    await write(
        lambda tx: service.decide(
            tx, actor, wanted, verdict=Verdict(body.verdict), opinion=body.opinion
        )
    )
    # The opinion is opened from the ledger, which has it only after the commit.
    return await read(lambda tx: service.to_json(tx, actor, service.get_request(tx, actor, wanted)))


@routes.post("/{request_id}/withdrawal")
async def withdraw(
    request_id: RequestPath, body: Nothing, actor: CurrentActor, write: Writer
) -> dict[str, Any]:
    wanted = RequestId(request_id)
    return await write(lambda tx: service.to_json(tx, actor, service.withdraw(tx, actor, wanted)))


@routes.post("/{request_id}/reminder", status_code=204)
async def remind(
    request_id: RequestPath, body: Nothing, actor: CurrentActor, write: Writer
) -> None:
    wanted = RequestId(request_id)
    await write(lambda tx: service.remind(tx, actor, wanted))
