"""Templates over HTTP: those of a group, and those that hold everywhere."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Write, Writer
from guiju.kernel.ids import GroupId
from guiju.kernel.text import Id, Line, Search
from guiju.modules.groups import service as groups
from guiju.modules.messaging import _template_shape, templating
from guiju.modules.messaging._change_routes import Closed
from guiju.modules.messaging.template_types import MOST_FIELDS, TemplateField
from guiju.modules.policy import service as policy

routes = APIRouter()


class FieldBody(Closed):
    name: Annotated[Line, Field(max_length=40)]
    required: bool = True
    hint: Search = ""


class TemplateBody(Closed):
    """With `template` it changes that one."""

    template: Id | None = None
    title: Annotated[Line, Field(max_length=80)]
    fields: Annotated[list[FieldBody], Field(min_length=1, max_length=MOST_FIELDS)]
    attachment: bool = False


async def _save(write: Write, actor: Actor, group: GroupId | None, body: TemplateBody) -> Json:
    fields = [TemplateField(each.name, each.required, each.hint) for each in body.fields]
    made = await write(
        lambda tx: templating.save(
            tx, actor, group, template=body.template, title=body.title, fields=fields,
            attachment=body.attachment,
        )
    )  # fmt: skip
    return _template_shape.template(made)


@routes.get("/templates")
async def list_templates(actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = templating.list_everywhere(tx, actor)
        may = policy.may(tx, actor, templating.EVERYWHERE)
        shown = [_template_shape.template(each) for each in found]
        return {"templates": shown, "may": may, "position": tx.position}

    return await read(shape)


@routes.post("/templates")
async def save_template(body: TemplateBody, actor: CurrentActor, write: Writer) -> Json:
    return await _save(write, actor, None, body)


@routes.delete("/templates/{template}", status_code=204)
async def remove_template(template: Id, actor: CurrentActor, write: Writer) -> None:
    await write(lambda tx: templating.remove(tx, actor, None, template))


@routes.get("/groups/{group}/templates")
async def list_group_templates(group: Id, actor: CurrentActor, read: Reader) -> Json:
    def shape(tx: ReadTx) -> Json:
        place = GroupId(group)
        found = templating.list_usable(tx, actor, place)
        use = templating.rule_for(tx, groups.get_group(tx, actor, place))
        return {
            "templates": [_template_shape.template(each) for each in found],
            "needed": {"only": use.params.only, "clause": use.mark()} if use is not None else None,
            "may": policy.may(tx, actor, templating.IN_GROUP, place),
            "position": tx.position,
        }

    return await read(shape)


@routes.post("/groups/{group}/templates")
async def save_group_template(
    group: Id, body: TemplateBody, actor: CurrentActor, write: Writer
) -> Json:
    return await _save(write, actor, GroupId(group), body)


@routes.delete("/groups/{group}/templates/{template}", status_code=204)
async def remove_group_template(
    group: Id, template: Id, actor: CurrentActor, write: Writer
) -> None:
    await write(lambda tx: templating.remove(tx, actor, GroupId(group), template))
