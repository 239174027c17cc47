"""Until when somebody cannot answer; written by `apply` alone. One row for each person, which stays when its time is over."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Index, String, Table, delete, insert, select, update
from sqlalchemy.engine import Row

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.followup.absence_types import Absence, AbsenceEnded, AbsenceSet

_absence = governed(
    Table(
        "followup_absence",
        metadata,
        Column("person", String(40), primary_key=True),
        Column("since", BigInteger, nullable=False),
        Column("until", BigInteger, nullable=False),
        Column("position", BigInteger, nullable=False),
        Index("followup_absence_until", "until"),
    )
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        match entry.fact:
            case AbsenceSet(person=person, until=until):
                tx.run(delete(_absence).where(_absence.c.person == person))
                row = {"since": entry.at, "until": until, "position": entry.position}
                tx.run(insert(_absence).values(person=person, **row))
            case AbsenceEnded(person=person):
                lasting = _absence.c.person == person, _absence.c.until > entry.at
                tx.run(update(_absence).where(*lasting).values(until=entry.at))


def at(tx: ReadTx, moment: int, people: Collection[PersonId] | None = None) -> list[Absence]:
    """Who of these people, or of all, cannot answer at a moment by what they said last, and had said so before."""
    c = _absence.c
    found = select(_absence).where(c.since <= moment, c.until > moment).order_by(c.person)
    if people is not None:
        found = found.where(c.person.in_(sorted(people)))
    return [_to_absence(row) for row in tx.all(found)]


def _to_absence(row: Row[Any]) -> Absence:
    return Absence(PersonId(row.person), row.since, row.until, row.position)
