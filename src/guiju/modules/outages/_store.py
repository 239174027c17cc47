"""Reports of outages. `apply` is the only writer."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Index, String, Table, func, insert, select, update

from guiju.kernel.clock import HOUR
from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.outages.types import Outage, OutageHandled, OutageReported, Report

_report = governed(
    Table(
        "outages_report",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("person", String(40), nullable=False),
        Column("unit", String(64)),
        Column("outage", String(16), nullable=False),
        Column("since", BigInteger, nullable=False),
        Column("until", BigInteger),
        Column("reported_at", BigInteger, nullable=False),
        Column("handled", BigInteger),
        Column("handled_at", BigInteger),
        Column("handled_by", String(40)),
        Index("outages_report_person", "person", "reported_at"),
        Index("outages_report_handled", "handled", "position"),
        Index("outages_report_since", "since"),
    )
)
_c = _report.c


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        match entry.fact:
            case OutageReported() as fact:
                tx.run(
                    insert(_report).values(
                        position=entry.position, person=entry.actor, unit=fact.unit, outage=fact.outage,
                        since=fact.since, until=fact.until, reported_at=entry.at,
                    )
                )  # fmt: skip
            case OutageHandled(refs=refs):
                settled = {"handled": entry.position, "handled_at": entry.at}
                tx.run(
                    update(_report)
                    .where(_c.position.in_(refs))
                    .values(**settled, handled_by=entry.actor)
                )


def _to_report(row: Any) -> Report:
    return Report(
        row.position, PersonId(row.person), row.unit, Outage(row.outage), row.since, row.until, row.reported_at,
        row.handled, row.handled_at, row.handled_by,
    )  # fmt: skip


def find(tx: ReadTx, positions: Sequence[int]) -> list[Report]:
    found = select(_report).where(_c.position.in_(positions)).order_by(_c.position)
    return [_to_report(row) for row in tx.all(found)]


def newest(tx: ReadTx, *, only_open: bool, limit: int) -> list[Report]:
    """The newest reports first."""
    found = select(_report).order_by(_c.position.desc()).limit(limit)
    wanted = found.where(_c.handled.is_(None)) if only_open else found
    return [_to_report(row) for row in tx.all(wanted)]


def made_by(tx: ReadTx, person: PersonId, *, limit: int) -> list[Report]:
    """The newest reports of a person first."""
    mine = select(_report).where(_c.person == person).order_by(_c.reported_at.desc())
    return [_to_report(row) for row in tx.all(mine.limit(limit))]


def answered_for(tx: ReadTx, person: PersonId, *, since: int) -> list[Report]:
    """What was answered to a person since then, the first answer first."""
    mine = select(_report).where(_c.person == person, _c.handled_at >= since)
    return [_to_report(row) for row in tx.all(mine.order_by(_c.handled, _c.position))]


def times_of(tx: ReadTx, person: PersonId, *, since: int) -> list[int]:
    """When a person reported since then, the first first."""
    found = select(_c.reported_at).where(_c.person == person, _c.reported_at > since)
    return tx.scalars(found.order_by(_c.reported_at))


def count_open(tx: ReadTx) -> int:
    found = select(func.count()).select_from(_report).where(_c.handled.is_(None))
    return int(tx.scalar(found))


def by_hour(tx: ReadTx, *, since: int) -> list[tuple[int, int]]:
    """(the beginning of an hour in ms, how many outages began in it), the first first."""
    hour = (_c.since - _c.since % HOUR).label("hour")
    counted = select(hour, func.count().label("reports")).where(_c.since >= since)
    return [(row.hour, row.reports) for row in tx.all(counted.group_by(hour).order_by(hour))]


def by_unit(tx: ReadTx, *, since: int) -> list[tuple[str | None, int]]:
    """(unit, how many outages began there), the most first."""
    many = func.count().label("reports")
    counted = select(_c.unit, many).where(_c.since >= since).group_by(_c.unit)
    return [(row.unit, row.reports) for row in tx.all(counted.order_by(many.desc(), _c.unit))]
