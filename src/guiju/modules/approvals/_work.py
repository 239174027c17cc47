"""Requests that wait for a verdict, and for applicants what became of theirs."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.work import Work
from guiju.modules.approvals import service
from guiju.modules.approvals.types import (
    Request,
    RequestClosed,
    RequestState,
    StepEscalated,
    StepReminded,
)
from guiju.modules.directory import service as directory

KINDS = (
    "approvals.step_started",
    "approvals.reminded",
    "approvals.escalated",
    "approvals.closed",
)
_ENDS = {
    RequestState.APPROVED: "approved",
    RequestState.REFUSED: "refused",
    RequestState.EXPIRED: "expired",
}


def work(tx: ReadTx, entries: Sequence[Recorded], people: Collection[PersonId]) -> Iterable[Work]:
    for entry in entries:
        request = service.find_request(tx, entry.fact.request)
        if request is None:
            continue
        if isinstance(entry.fact, RequestClosed):
            if request.applicant in people and request.state in _ENDS:
                yield _ended(entry, request)
        else:
            yield from _waiting(tx, entry, request, people)


def _ended(entry: Recorded, request: Request) -> Work:
    path, tag = f"/todo/{request.id}?box=mine", f"work:request:{request.id}"
    kind = _ENDS[request.state]
    return Work(kind, request.applicant, entry.position, tag, path, text=request.title)


def _waiting(
    tx: ReadTx, entry: Recorded, request: Request, people: Collection[PersonId]
) -> Iterator[Work]:
    """To whoever may decide now: in their own seat, or for a head for whom they stand in."""
    asked = {seat.person for seat in request.current.seats}
    asked |= service.deputies_in(tx, request, request.step)
    added = entry.fact.added if isinstance(entry.fact, StepEscalated) else None
    kind = "approval_reminded" if isinstance(entry.fact, StepReminded) else "approval"
    called = sorted(asked.intersection(people))
    who = directory.person_name(tx, request.applicant) if called else ""
    for person in called:
        seat = service.open_seat(tx, request, person)
        if seat is not None and (added is None or seat.person in added):
            yield Work(
                kind, person, entry.position, "work:approvals", f"/todo/{request.id}", who,
                text=request.title,
            )  # fmt: skip
