"""Who stands in for whom, from the first to the last day, rebuilt from facts."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Column, Index, String, Table, delete, insert, select
from sqlalchemy.engine import Row

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory.types import Deputy, DeputyEnded, DeputyNamed

_deputy = governed(
    Table(
        "directory_deputy",
        metadata,
        Column("person", String(64), primary_key=True),
        Column("deputy", String(64), nullable=False),
        Column("since", String(10), nullable=False),
        Column("until", String(10), nullable=False),
        Index("directory_deputy_deputy", "deputy", "until"),
    )
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        match entry.fact:
            case DeputyNamed(person, deputy, since, until, _):
                tx.run(delete(_deputy).where(_deputy.c.person == person))
                named = {"person": person, "deputy": deputy, "since": since, "until": until}
                tx.run(insert(_deputy).values(named))
            case DeputyEnded(person, _):
                tx.run(delete(_deputy).where(_deputy.c.person == person))


def last_named(tx: ReadTx, person: str) -> Deputy | None:
    """Whom a person named last and did not send away, whatever the day."""
    row = tx.first(select(_deputy).where(_deputy.c.person == person))
    return _to_deputy(row) if row is not None else None


def find(tx: ReadTx, people: Collection[PersonId], *, today: str) -> list[Deputy]:
    """Who stands in for these people, now or later."""
    ahead = _deputy.c.person.in_(people), _deputy.c.until >= today
    return [_to_deputy(row) for row in tx.all(select(_deputy).where(*ahead))]


def standing_in(tx: ReadTx, deputy: PersonId, *, today: str) -> list[Deputy]:
    """For whom a person stands in, now or later."""
    ahead = _deputy.c.deputy == deputy, _deputy.c.until >= today
    found = select(_deputy).where(*ahead).order_by(_deputy.c.since, _deputy.c.person)
    return [_to_deputy(row) for row in tx.all(found)]


def _to_deputy(row: Row[Any]) -> Deputy:
    return Deputy(PersonId(row.person), PersonId(row.deputy), row.since, row.until)
