"""News about answers: to the group how far a request has come, to each person how much they must answer."""

from collections.abc import Collection, Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.followup import _shape, service
from guiju.modules.followup.types import AnswerEscalated, AnswerReminded
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import GroupClosed, MemberChanged
from guiju.modules.messaging.change_types import MessageRecalled
from guiju.modules.messaging.types import MessageReleased, MessageSent


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    """Of a fact of answers."""
    message = entry.fact.refs[0]
    people = [part.person for part in service.parts_of(view.tx, message)]
    heads = [entry.fact.to] if isinstance(entry.fact, AnswerEscalated) else []
    reminded = entry.fact.people if isinstance(entry.fact, AnswerReminded) else ()
    return [*_changed(view, entry, message), *_todo(view, entry, {*people, *heads}, reminded)]


def after_messages(view: View, entry: Recorded) -> Sequence[Delivery]:
    """Of a message that answered, or was recalled and asked."""
    match entry.fact:
        case MessageSent() | MessageReleased():
            touched = service.answered_by(view.tx, entry)
        case MessageRecalled(refs=refs) if service.has_request(view.tx, refs[0]):
            touched = [refs[0]]
        case _:
            return ()
    items: list[Delivery] = []
    people: set[PersonId] = set()
    for message in touched:
        items += _changed(view, entry, message)
        people |= {part.person for part in service.parts_of(view.tx, message)}
    return [*items, *_todo(view, entry, people, ())]


def after_groups(view: View, entry: Recorded) -> Sequence[Delivery]:
    """Who left, and everybody in a group that closed, has less to answer."""
    match entry.fact:
        case MemberChanged(person=person, state=state) if service.ends_asking(state):
            return _todo(view, entry, {person}, ())
        case GroupClosed(group=group):
            return _todo(view, entry, service.asked_in(view.tx, group), ())
        case _:
            return ()


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


def _todo(
    view: View, entry: Recorded, people: Collection[PersonId], reminded: Collection[PersonId]
) -> Sequence[Delivery]:
    todo = service.count_todo(view.tx, people)
    return [
        Delivery(
            _plain(entry, "followup.todo")
            | {
                "todo": todo.get(person, 0),
                "late": service.count_late(view.tx, person),
                "reminded": person in reminded,
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
