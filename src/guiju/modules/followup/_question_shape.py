"""Questions as JSON: for the group with the message, for those who answer for them without."""

from collections.abc import Mapping, Sequence
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.facts import Recorded
from guiju.kernel.live import View
from guiju.modules.directory import service as directory
from guiju.modules.followup import questions
from guiju.modules.followup.question_types import Outcome, Question, QuestionFigures
from guiju.modules.messaging.sending import author_of
from guiju.modules.messaging.types import MessageReleased, MessageSent


def inside(view: View, found: Sequence[Question]) -> list[dict[str, Any]]:
    """For those who see the message."""
    said, chart = questions.texts(view.tx, found), questions.Chart(view.tx)
    return [_shown(view, one, said, chart) | _place(view, one) for one in found]


def for_one(view: View, actor: Actor, found: Sequence[Question]) -> list[dict[str, Any]]:
    """For somebody who sees these questions: the group and the message only where they see the message, and what they may do."""
    said, chart = questions.texts(view.tx, found), questions.Chart(view.tx)
    nowhere = {"group": None, "message": None}
    return [
        _shown(view, one, said, chart)
        | (_place(view, one) if questions.is_inside(view.tx, actor, one) else nowhere)
        for one in found
    ]


def figures(counted: QuestionFigures | None) -> dict[str, int | None] | None:
    if counted is None:
        return None
    return {
        "open": counted.open,
        "overdue": counted.overdue,
        "answered": counted.answered,
        "median": counted.median,
    }


def _place(view: View, one: Question) -> dict[str, Any]:
    return {"group": {"id": one.group, "name": view.group_name(one.group)}, "message": one.message}


def _shown(
    view: View, one: Question, said: Mapping[int, Recorded], chart: questions.Chart
) -> dict[str, Any]:
    """What was asked and answered; nothing of it when the question ended."""
    asked, answered, moved = (
        said.get(at) if at is not None else None for at in (one.position, one.answer, one.moved)
    )
    unit = directory.unit_mark(view.tx, one.unit) if one.unit is not None else None
    return {
        "id": one.position,
        "kind": one.kind.value,
        "asker": view.mark(one.asker),
        "unit": unit,
        "person": view.mark(one.person),
        "answerers": [view.mark(each) for each in chart.answerers(one)],
        "state": one.state.value,
        "raised_at": one.raised_at,
        "due_at": one.due_at,
        "late": one.late,
        "reopened": one.reopened,
        "text": asked.fact.text if asked is not None else None,
        "answer": _answer(view, answered) if answered is not None else None,
        "reason": moved.fact.reason if moved is not None else None,
    }


def _answer(view: View, entry: Recorded) -> dict[str, Any]:
    """A correction is a message: who sees it reads it there."""
    if isinstance(entry.fact, MessageSent | MessageReleased):
        by, outcome = view.mark(author_of(entry)), Outcome.CORRECTED.value
        return {
            "by": by,
            "at": entry.at,
            "outcome": outcome,
            "text": "",
            "correction": entry.position,
        }
    return {
        "by": view.mark(entry.actor),
        "at": entry.at,
        "outcome": entry.fact.outcome.value,
        "text": entry.fact.text,
        "correction": None,
    }
