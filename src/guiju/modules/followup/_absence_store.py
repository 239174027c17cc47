"""Until when people cannot answer; written by `apply` alone. What was said stays, for a deadline that is looked at later."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    String,
    Table,
    insert,
    select,
    update,
)
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
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("person", String(40), nullable=False),
        Column("since", BigInteger, nullable=False),
        Column("until", BigInteger, nullable=False),
        Index("followup_absence_person", "person", "until"),
        Index("followup_absence_until", "until"),
    )
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        match entry.fact:
            case AbsenceSet(person=person, until=until):
                _end(tx, person, entry.at)
                row = {"since": entry.at, "until": until, "position": entry.position}
                tx.run(insert(_absence).values(person=person, **row))
            case AbsenceEnded(person=person):
                _end(tx, person, entry.at)


def _end(tx: WriteTx, person: PersonId, at: int) -> None:
    lasting = _absence.c.person == person, _absence.c.until > at
    tx.run(update(_absence).where(*lasting).values(until=at))


def now(tx: ReadTx, people: Collection[PersonId] | None = None) -> list[Absence]:
    """Who of these people, or of all, cannot answer. The clock may stand a little before what was said last."""
    return list({one.person: one for one in _find(tx, people, _absence.c.until > tx.now)}.values())


def at(tx: ReadTx, moment: int, people: Collection[PersonId]) -> list[Absence]:
    """Who of these people could not answer at a moment, by what they had said last before it."""
    return _find(tx, people, _absence.c.since <= moment, _absence.c.until > moment)


def _find(
    tx: ReadTx, people: Collection[PersonId] | None, *when: ColumnElement[bool]
) -> list[Absence]:
    found = select(_absence).where(*when).order_by(_absence.c.person, _absence.c.position)
    if people is not None:
        found = found.where(_absence.c.person.in_(sorted(people)))
    return [_to_absence(row) for row in tx.all(found)]


def _to_absence(row: Row[Any]) -> Absence:
    return Absence(PersonId(row.person), row.since, row.until, row.position)
