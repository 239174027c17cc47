"""Requests as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from guiju.kernel.ids import PersonId
from guiju.kernel.live import View
from guiju.modules.followup import service
from guiju.modules.followup.types import GIVEN, WAITING, Answer, Figures, Part, Request


def summary(request: Request, parts: Sequence[Part]) -> dict[str, Any]:
    """How far it has come; without names. `due_at` is the nearest deadline of those who have not answered."""
    waiting = [part for part in parts if part.answer in WAITING]
    asked = [part for part in parts if part.answer is not Answer.GONE]
    return {
        "state": request.state.value,
        "people": len(asked),
        "answered": sum(part.answer in GIVEN for part in asked),
        "late": sum(part.level > 0 for part in waiting),
        "due_at": min((part.due_at for part in waiting), default=request.due_at),
    }


def requests(view: View, found: Sequence[tuple[Request, list[Part]]]) -> list[dict[str, Any]]:
    """With everybody who is asked, and why they decline or answer later."""
    said = service.reasons(view.tx, [part for _, parts in found for part in parts])
    return [
        {
            "message": request.message,
            "group": {"id": request.group, "name": view.group_name(request.group)},
            "asker": view.mark(request.asker),
            "asked_at": request.asked_at,
            **summary(request, parts),
            "parts": [_part(view, part, said) for part in parts],
        }
        for request, parts in found
    ]


def overdue(view: View, found: Sequence[tuple[Request, list[Part]]]) -> list[dict[str, Any]]:
    """For heads, who may be no members: who is late, since when and where, and nothing that was said."""
    return [
        {
            "message": request.message,
            "group": {"id": request.group, "name": view.group_name(request.group)},
            "asker": view.mark(request.asker),
            "person": view.mark(part.person),
            "due_at": part.due_at,
            "told": part.told,
        }
        for request, parts in found
        for part in parts
    ]


def figures(counted: Figures | None) -> dict[str, int] | None:
    if counted is None:
        return None
    return {
        "in_time": counted.in_time, "late": counted.late, "waiting": counted.waiting, "told": counted.told,
    }  # fmt: skip


def members(view: View, each: Mapping[PersonId, Figures] | None) -> list[dict[str, Any]] | None:
    """Of everybody who was asked, by id and not by figures: it is no ranking."""
    if each is None:
        return None
    return [
        {"person": view.mark(person), "figures": figures(each[person])} for person in sorted(each)
    ]


def _part(view: View, part: Part, said: Mapping[int, str]) -> dict[str, Any]:
    return {
        "person": view.mark(part.person),
        "answer": part.answer.value,
        "due_at": part.due_at,
        "late": part.late,
        "told": part.told,
        "at": part.at,
        "reason": said.get(part.position) if part.position is not None else None,
    }
