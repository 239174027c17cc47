"""Reports of outages as JSON (docs/protocol.md)."""

from collections.abc import Mapping, Sequence
from typing import Any

from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.outages import service
from guiju.modules.outages.types import Figures, OutageHandled, OutageReported, Report

Json = dict[str, Any]


def reports(tx: ReadTx, found: Sequence[Report]) -> list[Json]:
    said = service.texts(tx, found)
    people = {one.person for one in found} | {
        PersonId(one.handled_by) for one in found if one.handled_by is not None
    }
    marks = directory.person_marks(tx, sorted(people))
    return [_shown(tx, one, said, marks) for one in found]


def _shown(
    tx: ReadTx, one: Report, said: Mapping[int, Recorded], marks: Mapping[PersonId, Json]
) -> Json:
    made = said[one.position].fact
    assert isinstance(made, OutageReported), "a report names its entry"
    return {
        "id": one.position,
        "person": marks[one.person],
        "unit": _unit(tx, one.unit),
        "outage": one.outage.value,
        "since": one.since,
        "until": one.until,
        "reported_at": one.reported_at,
        "words": made.words,
        "handled": _answer(one, said, marks),
    }


def _answer(
    one: Report, said: Mapping[int, Recorded], marks: Mapping[PersonId, Json]
) -> Json | None:
    if one.handled is None:
        return None
    fact = said[one.handled].fact
    assert isinstance(fact, OutageHandled) and one.handled_by is not None, "it names its answer"
    by = marks[PersonId(one.handled_by)]
    return {"id": one.handled, "by": by, "at": one.handled_at, "answer": fact.answer}


def figures(tx: ReadTx, counted: Figures) -> Json:
    return {
        "days": counted.days,
        "hours": [{"at": at, "reports": reports} for at, reports in counted.hours],
        "units": [{"unit": _unit(tx, unit), "reports": reports} for unit, reports in counted.units],
    }


def _unit(tx: ReadTx, unit: str | None) -> Json | None:
    return directory.unit_mark(tx, UnitId(unit)) if unit is not None else None
