"""News about a request goes to its applicant, to everybody who has a seat in it and to the deputies of heads in the step."""

from collections.abc import Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.approvals import service
from guiju.modules.directory.types import DeputyEnded, DeputyNamed, DeputyTurned


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    request = service.find_request(view.tx, entry.fact.request)
    if request is None:
        return ()
    step = getattr(entry.fact, "step", request.step)
    told = request.people | service.deputies_in(view.tx, request, step)
    shown = {"id": request.id, "kind": request.kind, "title": request.title, "state": request.state}
    common = {
        "position": entry.position,
        "at": entry.at,
        "kind": "approvals.changed",
        "group": None,
        "number": None,
        "actor": view.mark(entry.actor),
        "request": shown,
    }
    return [
        Delivery(
            common | {"todo": service.count_todo(view.tx, PersonId(person))},
            people=frozenset({PersonId(person)}),
        )
        for person in sorted(told)
    ]


def of_deputies(view: View, entry: Recorded) -> Sequence[Delivery]:
    """To whoever stands in for somebody now or did until now, and to whom it is for: more or less waits for them."""
    match entry.fact:
        case DeputyNamed(person, deputy, _, _, before):
            now: str | None = deputy
        case DeputyEnded(person, before) | DeputyTurned(person, before, False):
            now = None
        case DeputyTurned(person, deputy, True):
            now, before = deputy, None
        case _:
            return ()
    common = {
        "position": entry.position,
        "at": entry.at,
        "kind": "directory.deputy_changed",
        "group": None,
        "number": None,
        "actor": None,
        "person": view.mark(person),
        "deputy": view.mark(now),
    }
    return [
        Delivery(common | {"todo": service.count_todo(view.tx, one)}, people=frozenset({one}))
        for one in sorted({PersonId(each) for each in (person, now, before) if each is not None})
    ]
