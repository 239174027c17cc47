"""News about answers: to the group how far a request has come, to heads how much is late among their people."""

from collections.abc import Collection, Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.followup import (
    _absence_shape,
    _question_shape,
    _shape,
    absences,
    questions,
    service,
)
from guiju.modules.followup.absence_types import AbsenceFact
from guiju.modules.followup.question_types import QuestionFact, QuestionHanded, QuestionRaised
from guiju.modules.followup.types import AnswerEscalated
from guiju.modules.groups import service as groups
from guiju.modules.messaging.change_types import MessageRecalled
from guiju.modules.messaging.types import MessageReleased, MessageSent


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    """One entry brings one item to each: heads who are no members get the second. Replies and recalls say it themselves."""
    if isinstance(entry.fact, QuestionFact):
        return _question(view, entry)
    if isinstance(entry.fact, AbsenceFact):
        return (_absence(view, entry, entry.fact.person),)
    head = entry.fact.to if isinstance(entry.fact, AnswerEscalated) else None
    heads = [head] if head is not None else []
    return [*_changed(view, entry, entry.fact.refs[0]), *_todo(view, entry, heads)]


def of_messages(view: View, entry: Recorded) -> Sequence[Delivery]:
    """To heads, of whom many read none of it, how much waits or is late by now: a recall takes an answer back, or a
    correction, which has closed errors. Members hear of the message itself.
    """
    match entry.fact:
        case MessageRecalled(refs=refs):
            again = service.heads_of_recalled(view.tx, refs[0])
            return _todo(view, entry, again | questions.told_by_line(view.tx, refs[0]))
        case MessageSent(corrects=int()) | MessageReleased(corrects=int()):
            return _todo(view, entry, questions.told_by_line(view.tx, entry.position))
        case _:
            return ()


def _question(view: View, entry: Recorded) -> Sequence[Delivery]:
    """To the group what became of the question, and to those who answer for it how many wait."""
    at = entry.position if isinstance(entry.fact, QuestionRaised) else entry.fact.refs[1]
    found = questions.find(view.tx, at)
    item = _plain(entry, "followup.question") | {
        "group": found.group,
        "message": found.message,
        "question": _question_shape.inside(view, [found])[0],
    }
    later = groups.came_after(view.tx, found.group, found.message)
    told = {*getattr(entry.fact, "to", ()), *questions.answerers(view.tx, found)}
    acted = {PersonId(str(entry.actor))} if isinstance(entry.fact, QuestionHanded) else set()
    return [Delivery(item, group=found.group, without=later), *_todo(view, entry, told | acted)]


def _absence(view: View, entry: Recorded, person: PersonId) -> Delivery:
    """Until when a person cannot answer by now: whoever was away must not stop at what was said in between."""
    item = _plain(entry, "followup.absence") | _absence_shape.now_of(view, person)
    seeing = absences.who_sees(view.tx, person, view.connected)
    return Delivery(item, people=frozenset({person, *seeing}))


def _changed(view: View, entry: Recorded, message: int) -> Sequence[Delivery]:
    """Those who came after the message know nothing of it."""
    request = service.get_request(view.tx, message)
    item = _plain(entry, "followup.changed") | {
        "group": request.group,
        "message": message,
        "request": _shape.summary(request, service.parts_of(view.tx, message)),
    }
    later = groups.came_after(view.tx, request.group, message)
    return (Delivery(item, group=request.group, without=later),)


def _todo(view: View, entry: Recorded, people: Collection[PersonId]) -> Sequence[Delivery]:
    todo = service.count_todo(view.tx, people)
    return [
        Delivery(
            _plain(entry, "followup.todo")
            | {
                "todo": todo.get(person, 0),
                "late": service.count_late(view.tx, person),
                "questions": questions.count_open(view.tx, person),
            },
            people=frozenset({person}),
        )
        for person in sorted(people)
    ]


def _plain(entry: Recorded, kind: str) -> dict[str, object]:
    return {
        "position": entry.position, "at": entry.at, "kind": kind, "group": None, "number": None,
        "actor": None,
    }  # fmt: skip
