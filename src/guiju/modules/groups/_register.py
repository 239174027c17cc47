"""The register: looking groups up by number, name and year, and listing them."""

import msgspec
from sqlalchemy import ColumnElement, func, or_, select

from guiju.kernel.db import ReadTx
from guiju.kernel.permit import Scope
from guiju.kernel.text import name_key
from guiju.modules.groups._store import application_table, group_table, to_group
from guiju.modules.groups.types import ApplicationState, Group, GroupState


def find_by_filing_number(tx: ReadTx, number: str) -> Group | None:
    row = tx.first(select(group_table).where(group_table.c.filing_number == number))
    return to_group(row) if row is not None else None


def name_taken(tx: ReadTx, name: str) -> bool:
    """Whether an active group or a waiting application has this name, or one that looks the same."""
    wanted = name_key(name)
    active = select(group_table.c.name).where(group_table.c.state == GroupState.ACTIVE)
    if any(name_key(known) == wanted for known in tx.scalars(active)):
        return True
    waiting = select(application_table.c.stated).where(
        application_table.c.state == ApplicationState.WAITING
    )
    return any(
        name_key(msgspec.json.decode(stated)["name"]) == wanted for stated in tx.scalars(waiting)
    )


def next_serial(tx: ReadTx, year: int) -> int:
    """The next filing serial of a year; the lane makes it gapless."""
    last = tx.scalar(select(func.max(group_table.c.serial)).where(group_table.c.year == year))
    return int(last or 0) + 1


def register(
    tx: ReadTx,
    scope: Scope,
    *,
    state: str | None,
    group_class: str | None,
    query: str | None,
    after: int,
    limit: int,
) -> tuple[list[Group], int]:
    """A page of the register in order of filing, and how many there are in all."""
    conditions: list[ColumnElement[bool]] = (
        [] if scope.everything else [group_table.c.unit.in_(scope.units)]
    )
    if state is not None:
        conditions.append(group_table.c.state == state)
    if group_class is not None:
        conditions.append(group_table.c.group_class == group_class)
    if query:
        conditions.append(
            or_(
                group_table.c.name.contains(query, autoescape=True),
                group_table.c.filing_number.contains(query, autoescape=True),
            )
        )
    total = int(tx.scalar(select(func.count()).select_from(group_table).where(*conditions)))
    order = group_table.c.year, group_table.c.serial
    rows = tx.all(
        select(group_table).where(*conditions).order_by(*order).offset(after).limit(limit)
    )
    return [to_group(row) for row in rows], total
