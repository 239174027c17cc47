"""Which templates there are, and where they are recorded. `apply` alone writes the table; no text stands here."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Index, String, Table, delete, insert, or_, select

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging.template_types import TemplateRemoved, TemplateSaved

_template = governed(
    Table(
        "messaging_template",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("grp", String(40)),
        Column("position", BigInteger, nullable=False),
        Index("messaging_template_group", "grp", "position"),
    )
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Follow templates; most entries are plain messages and change nothing here."""
    for entry in entries:
        match entry.fact:
            case TemplateSaved(template=template, group=group):
                tx.run(delete(_template).where(_template.c.id == template))
                values = {"id": template, "grp": group, "position": entry.position}
                tx.run(insert(_template).values(**values))
            case TemplateRemoved(template=template):
                tx.run(delete(_template).where(_template.c.id == template))
            case _:
                pass


def find(tx: ReadTx, template: str) -> tuple[GroupId | None, int] | None:
    """(group, position) of a template."""
    row = tx.first(select(_template).where(_template.c.id == template))
    return (row.grp, row.position) if row is not None else None


def usable(tx: ReadTx, group: GroupId | None) -> list[int]:
    """Where the templates are recorded that hold in a group, or everywhere, in the order of their last change."""
    c = _template.c
    holds = c.grp.is_(None) if group is None else or_(c.grp.is_(None), c.grp == group)
    return tx.scalars(select(c.position).where(holds).order_by(c.position))
