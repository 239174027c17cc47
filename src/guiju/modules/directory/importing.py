"""Bringing a list of people in: checked as a whole, then applied in slices by a job that can be resumed."""

import logging
from collections.abc import Mapping

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import PersonId, new_id
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import _csv, _rules, _store, service
from guiju.modules.directory.types import (
    ImportErrorsError,
    ImportPlan,
    ImportRow,
    UnitId,
)
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy

JOB = "directory.import"
SLICE = 50  # rows that are stored and scheduled together
STEP = 5  # rows that one command applies: each costs the lane several milliseconds
TEMPLATE = _csv.TEMPLATE
_log = logging.getLogger("guiju.directory")


def check_import(tx: ReadTx, actor: Actor, *, text: str) -> ImportPlan:
    """What an import of this CSV text would do, with everything that is wrong with it. Raises NotAllowedError."""
    policy.require(tx, actor, "directory.import")
    rows, errors = _csv.parse(text)
    known = _store.by_staff_no(tx, [row.staff_no for row in rows])
    new = [row.staff_no for row in rows if row.staff_no.lower() not in known]
    return _rules.plan_import(
        rows,
        errors,
        known=known,
        paths=_rules.unit_paths(_store.units(tx)),
        taken=identity.logins_taken(tx, new),
        importer=actor.person,
    )


def start_import(tx: WriteTx, actor: Actor, plan: ImportPlan) -> None:
    """Store what a plan changes and have a job apply it, in slices that do not hold the lane for long.

    Raises NotAllowedError, or ImportErrorsError when a row of the plan is refused: then nothing is applied.
    """
    policy.require(tx, actor, "directory.import")
    if plan.errors:
        raise ImportErrorsError("Rows are refused; nothing was applied.", errors=len(plan.errors))
    if not plan.changes:
        return
    slices = [plan.changes[start : start + SLICE] for start in range(0, len(plan.changes), SLICE)]
    import_id = new_id("imp", tx.now)
    for number, rows in enumerate(slices):
        _store.save_slice(tx, import_id, number, rows)
        due_at = tx.now + number  # keeps the slices in the order of the file
        tx.schedule(JOB, f"{import_id}.{number}", due_at, actor=actor.name)


def apply_slice(tx: WriteTx, actor: Actor, import_id: str, number: int) -> None:
    """Apply the next rows of a slice as the person who started the import, with the rights that they have now.

    What came between the check and now is refused row by row, and logged with its line.
    """
    rows = _store.take_slice(tx, import_id, number)
    if not policy.may(tx, actor, "directory.import"):
        _log.warning(
            "import %s: slice %d dropped, its starter may not import any more", import_id, number
        )
        return
    rows, later = rows[:STEP], rows[STEP:]
    if later:
        _store.save_slice(tx, import_id, number, later)
        tx.schedule(JOB, f"{import_id}.{number}", tx.now, actor=actor.name)
    known = _store.by_staff_no(tx, [row.staff_no for row in rows])
    units = {path: unit for unit, path in _rules.unit_paths(_store.units(tx)).items()}
    for row in rows:
        person = known.get(row.staff_no.lower())
        try:
            with tx.savepoint():
                made = _apply_row(tx, actor, row, person.id if person is not None else None, units)
        except GuijuError as refusal:
            _log.warning("import %s: line %d was refused: %s", import_id, row.line, refusal.code)
        else:
            units.update(made)


def _apply_row(
    tx: WriteTx,
    actor: Actor,
    row: ImportRow,
    known: PersonId | None,
    units: Mapping[tuple[str, ...], UnitId],
) -> dict[tuple[str, ...], UnitId]:
    """Add or change the person of a row; returns the units that were added on the way."""
    made: dict[tuple[str, ...], UnitId] = {}
    unit: UnitId | None = None
    for length in range(1, len(row.unit) + 1):
        path = row.unit[:length]
        found = units.get(path)
        if found is None:
            found = made[path] = service.add_unit(tx, actor, name=path[-1], parent=unit).id
        unit = found
    if known is None:
        service.add_person(
            tx,
            actor,
            name=row.name,
            staff_no=row.staff_no,
            unit=unit,
            post=row.post,
            phone=row.phone,
            email=row.email,
        )
    else:
        service.change_person(
            tx,
            actor,
            known,
            name=row.name,
            unit=unit,
            post=row.post or None,
            phone=row.phone or None,
            email=row.email or None,
        )
    return made
