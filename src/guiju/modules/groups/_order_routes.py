"""Publishers and topics of a group over HTTP."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.text import Id, Line
from guiju.modules.groups import _shape, ordering, service
from guiju.modules.groups.order_types import LONGEST_TOPIC, MOST_PUBLISHERS, MOST_TOPICS

routes = APIRouter(prefix="/groups/{group}")


class Publishers(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    person_ids: Annotated[list[Id], Field(max_length=MOST_PUBLISHERS)]


class Topics(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    topics: Annotated[
        list[Annotated[Line, Field(max_length=LONGEST_TOPIC)]], Field(max_length=MOST_TOPICS)
    ]


@routes.put("/publishers")
async def set_publishers(
    group: Id, body: Publishers, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    chosen, place = [PersonId(one) for one in body.person_ids], GroupId(group)
    await write(lambda tx: ordering.set_publishers(tx, actor, place, chosen))
    return await read(lambda tx: _shape.detail(tx, service.get_group(tx, actor, place), actor))


@routes.put("/topics")
async def set_topics(
    group: Id, body: Topics, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    place = GroupId(group)
    await write(lambda tx: ordering.set_topics(tx, actor, place, body.topics))
    return await read(lambda tx: _shape.detail(tx, service.get_group(tx, actor, place), actor))
