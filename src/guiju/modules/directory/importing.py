"""Bringing a list of people in: checked as a whole, then applied in slices by a job that can be resumed."""

from collections.abc import Mapping
from dataclasses import replace

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import PersonId, new_id
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import _csv, _rules, _store, service
from guiju.modules.directory.types import (
    ImportErrorsError,
    ImportNotFoundError,
    ImportPlan,
    ImportProgress,
    ImportRow,
    UnitId,
)
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError

JOB = "directory.import"
SLICE = 50  # rows that are stored and scheduled together
STEP = 5  # rows that one command applies: each costs the lane several milliseconds
TEMPLATE = _csv.TEMPLATE


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


def start_import(tx: WriteTx, actor: Actor, plan: ImportPlan) -> str | None:
    """Store what a plan changes and have a job apply it, in slices that do not hold the lane for long.

    Returns the import's id, by which `show_import` tells how far it is; None when the plan changes nothing.
    Raises NotAllowedError, or ImportErrorsError when a row of the plan is refused: then nothing is applied.
    """
    policy.require(tx, actor, "directory.import")
    if plan.errors:
        raise ImportErrorsError("Rows are refused; nothing was applied.", errors=len(plan.errors))
    if not plan.changes:
        return None
    slices = [plan.changes[start : start + SLICE] for start in range(0, len(plan.changes), SLICE)]
    import_id = new_id("imp", tx.now)
    _store.begin_progress(tx, ImportProgress(import_id, tx.now, actor.name, len(plan.changes)))
    for number, rows in enumerate(slices):
        _store.save_slice(tx, import_id, number, rows)
        due_at = tx.now + number  # keeps the slices in the order of the file
        tx.schedule(JOB, f"{import_id}.{number}", due_at, actor=actor.name)
    return import_id


def show_import(tx: ReadTx, actor: Actor, import_id: str) -> ImportProgress:
    """How far an import is. Raises NotAllowedError or ImportNotFoundError."""
    policy.require(tx, actor, "directory.import")
    found = _store.find_progress(tx, import_id)
    if found is None:
        raise ImportNotFoundError("There is no such import.", import_id=import_id)
    return found


def apply_slice(tx: WriteTx, actor: Actor, import_id: str, number: int) -> None:
    """Apply the next rows of a slice as the person who started the import, with the rights that they have now.

    What came between the check and now is refused row by row, and noted with its line for who reads the progress.
    """
    rows = _store.take_slice(tx, import_id, number)
    if not policy.may(tx, actor, "directory.import"):
        _note(tx, import_id, 0, [(row.line, NotAllowedError.code) for row in rows])
        return
    rows, later = rows[:STEP], rows[STEP:]
    if later:
        _store.save_slice(tx, import_id, number, later)
        tx.schedule(JOB, f"{import_id}.{number}", tx.now, actor=actor.name)
    known = _store.by_staff_no(tx, [row.staff_no for row in rows])
    units = {path: unit for unit, path in _rules.unit_paths(_store.units(tx)).items()}
    refused: list[tuple[int, str]] = []
    for row in rows:
        person = known.get(row.staff_no.lower())
        try:
            with tx.savepoint():
                made = _apply_row(tx, actor, row, person.id if person is not None else None, units)
        except GuijuError as refusal:
            refused.append((row.line, refusal.code))
        else:
            units.update(made)
    _note(tx, import_id, len(rows) - len(refused), refused)


def _note(tx: WriteTx, import_id: str, applied: int, refused: list[tuple[int, str]]) -> None:
    """Add to the progress of an import."""
    so_far = _store.find_progress(tx, import_id)
    if so_far is not None:  # one that an earlier version started has none
        more = replace(
            so_far, applied=so_far.applied + applied, refused=(*so_far.refused, *refused)
        )
        _store.note_progress(tx, more)


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
