"""Publishers, topics and fixed times of a group over HTTP."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.text import Id, Line
from guiju.modules.groups import _shape, keeping_hours, ordering, service
from guiju.modules.groups.hours_types import DAY_MINUTES, LONGEST_WORDS, MOST_HOURS, OfficeHours
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


class Hours(BaseModel):
    """Minutes since midnight of the organisation's time, on days of the week (1 = Monday)."""

    model_config = ConfigDict(extra="forbid", strict=True)
    days: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(max_length=7)]
    start: Annotated[int, Field(ge=0, lt=DAY_MINUTES)]
    end: Annotated[int, Field(gt=0, le=DAY_MINUTES)]
    words: Annotated[Line, Field(max_length=LONGEST_WORDS)] | None = None

    def stated(self) -> OfficeHours:
        return OfficeHours(tuple(self.days), self.start, self.end, self.words or "")


class AllHours(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    hours: Annotated[list[Hours], Field(max_length=MOST_HOURS)]


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


@routes.put("/hours")
async def set_hours(
    group: Id, body: AllHours, actor: CurrentActor, write: Writer, read: Reader
) -> Json:
    place, hours = GroupId(group), [one.stated() for one in body.hours]
    await write(lambda tx: keeping_hours.set_hours(tx, actor, place, hours))
    return await read(lambda tx: _shape.detail(tx, service.get_group(tx, actor, place), actor))
