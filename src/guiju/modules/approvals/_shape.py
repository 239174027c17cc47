"""The JSON of a request (docs/protocol.md, "Approvals: one inbox")."""

from collections.abc import Mapping, Sequence
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.modules.approvals.types import Request, Seat, SeatDecided, SeatOrigin, Step
from guiju.modules.directory import service as directory
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Text


def opinions(tx: ReadTx, requests: Sequence[Request]) -> dict[int, str]:
    """The opinions of all verdicts by position, opened from the ledger; the empty ones are left
    out.
    """
    positions = tuple(
        seat.position
        for request in requests
        for step in request.steps
        for seat in step.seats
        if seat.position is not None
    )
    if not positions:
        return {}
    entries = tx.entries(EntryQuery(positions=positions, limit=len(positions)))
    return {
        entry.position: entry.fact.opinion
        for entry in entries
        if isinstance(entry.fact, SeatDecided) and entry.fact.opinion
    }


def request(
    tx: ReadTx,
    actor: Actor,
    shown: Request,
    open_seat: Seat | None,
    subject: dict[str, Any],
    said: Mapping[int, str],
) -> dict[str, Any]:
    """`open_seat` is the seat in which the actor is to decide now."""
    steps = [_step(tx, actor, step, said) for step in shown.steps]
    head = None
    if open_seat is not None and open_seat.person != actor.person:
        head = directory.person_mark(tx, open_seat.person)
        steps[shown.step]["why"] = _why_deputy(shown.current, open_seat, head["name"])
    return {
        "id": shown.id,
        "kind": shown.kind,
        "title": shown.title,
        "subject": subject,
        "state": shown.state.value,
        "applicant": directory.person_mark(tx, shown.applicant),
        "opened_at": shown.opened_at,
        "closed_at": shown.closed_at,
        "steps": steps,
        "clause": _clause(tx, shown.clause),
        "mine": open_seat is not None,
        "deputy_of": head,
    }


def _step(tx: ReadTx, actor: Actor, step: Step, said: Mapping[int, str]) -> dict[str, Any]:
    return {
        "name": dict(step.name),
        "mode": step.mode.value,
        "state": step.state.value,
        "due_at": step.due_at,
        "reminded_at": step.reminded_at,
        "why": _why(step, step.seat_of(actor.person)),
        "approvers": [_approver(tx, seat, said) for seat in step.seats],
    }


def _why(step: Step, mine: Seat | None) -> Text:
    """Why these people are asked; said to the reader's face when they are one of them."""
    if mine is None or not step.why:
        return dict(step.why)
    if mine.origin is SeatOrigin.ESCALATED:
        return {
            "zh": "本节点已超时，升级到你",
            "en": "The deadline of this step has passed, so you are asked as the next level",
        }
    return {"zh": f"你是{step.why['zh']}", "en": f"You are asked as {step.why['en']}"}


def _why_deputy(step: Step, seat: Seat, name: str) -> Text:
    """Why somebody who stands in for the person in this seat is asked."""
    if not step.why:
        return {}
    if seat.origin is SeatOrigin.ESCALATED:
        return {
            "zh": f"你正代理{name}，本节点已超时，升级到{name}",
            "en": f"You stand in for {name}; the deadline of this step has passed, so {name} is asked as the next level",
        }
    return {
        "zh": f"你正代理{name}，{name}是{step.why['zh']}",
        "en": f"You stand in for {name}, who is asked as {step.why['en']}",
    }


def _approver(tx: ReadTx, seat: Seat, said: Mapping[int, str]) -> dict[str, Any]:
    return {
        "person": directory.person_mark(tx, seat.person),
        "verdict": seat.verdict.value if seat.verdict is not None else None,
        "opinion": said.get(seat.position) if seat.position is not None else None,
        "at": seat.at,
        "deputy": directory.person_mark(tx, seat.deputy) if seat.deputy is not None else None,
    }


def _clause(tx: ReadTx, clause_id: str | None) -> dict[str, Any] | None:
    """The mark of the flow's clause; None when there is none, or a later pack has dropped it."""
    pack = policy.find_pack(tx)
    clause = pack.clause(clause_id) if pack is not None and clause_id is not None else None
    if clause is None:
        return None
    return {
        "id": clause.id,
        "title": dict(clause.title),
        "text": dict(clause.text),
        "instead": None,
    }
