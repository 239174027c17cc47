"""Order in what is written: templates, messages by them, and barriers."""

from functools import partial

from guiju.demo import _data
from guiju.demo._data import BarrierRow, LiftedRow, TemplateRow, WrittenRow
from guiju.demo._stage import Stage
from guiju.kernel.clock import DAY
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import barriers
from guiju.modules.groups.direct_types import BarrierId, BarrierInput, Side
from guiju.modules.messaging import templating
from guiju.modules.messaging.composing import Body, Chosen
from guiju.modules.messaging.template_types import Template, TemplateField


def plan(stage: Stage) -> None:
    """Plan the templates, the messages by them, and the barriers."""
    known, made = _data.order(), dict[str, Template]()
    for template in known.templates:
        stage.at(stage.calendar.moment(template), partial(_save, stage, template, made))
    for index, written in enumerate(known.written):
        name = f"demo-written-{index}"
        stage.at(stage.calendar.moment(written), partial(_write, stage, name, written, made))
    for barrier in known.barriers:
        stood: list[BarrierId] = []
        stage.at(stage.calendar.moment(barrier), partial(_set, stage, barrier, stood))
        if barrier.lifted is not None:
            at = stage.calendar.moment(barrier.lifted)
            stage.at(at, partial(_lift, stage, barrier.by, barrier.lifted, stood))


def _save(stage: Stage, row: TemplateRow, made: dict[str, Template]) -> None:
    actor = stage.actor(row.by)
    group = stage.groups[row.group] if row.group is not None else None
    fields = [TemplateField(each.name, each.required, each.hint) for each in row.fields]
    made[row.key] = stage.write(
        lambda tx: templating.save(
            tx, actor, group, template=None, title=row.title, fields=fields, attachment=False
        )
    )


def _write(stage: Stage, name: str, row: WrittenRow, made: dict[str, Template]) -> None:
    template = made[row.key]
    chosen = Chosen(template.id, template.title, tuple(row.parts.items()))
    stage.send(row.by, name, row.group, Body(template=chosen))


def _set(stage: Stage, row: BarrierRow, stood: list[BarrierId]) -> None:
    def set_barrier(tx: WriteTx) -> None:
        actor = stage.actor(row.by)
        wanted = BarrierInput(
            Side(people=stage.ids(row.first)), Side(people=stage.ids(row.second)), both=True, groups=False,
            starts_at=None, ends_at=tx.now + row.ends_in * DAY, reason=row.reason,
        )  # fmt: skip
        reach, _ = barriers.preview(tx, actor, wanted)
        stood.append(barriers.set_barrier(tx, actor, wanted, digest=reach.digest).id)

    stage.write(set_barrier)


def _lift(stage: Stage, by: str, row: LiftedRow, stood: list[BarrierId]) -> None:
    actor = stage.actor(by)
    stage.write(lambda tx: barriers.lift_barrier(tx, actor, stood[0], reason=row.reason))
