"""News about a notice goes to those whom it asks, to its issuer, and to the heads who are told of it."""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.notices import service
from guiju.modules.notices.types import (
    Notice,
    NoticeAcknowledged,
    NoticeAddressed,
    NoticeEscalated,
    NoticeId,
    NoticePublished,
    NoticeReminded,
    QuizTried,
)

_T = TypeVar("_T")
_WHAT = {
    "notices.published": "published",
    "notices.addressed": "asked",
    "notices.revised": "revised",
    "notices.acknowledged": "acknowledged",
    "notices.deadline_passed": "late",
    "notices.withdrawn": "withdrawn",
    "notices.reminded": "reminded",
    "notices.escalated": "missing",
}


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    name = NoticeId(entry.fact.notice)
    notice = _once(view, ("notice", name), lambda: service.find_notice(view.tx, name))
    if notice is None or isinstance(entry.fact, QuizTried):
        return ()
    match entry.fact:
        case NoticePublished():
            told: Collection[PersonId] = (notice.issuer,)
        case NoticeEscalated(to=head):
            told = (head,)
        case NoticeAddressed(people=people) | NoticeReminded(people=people):
            told = people
        case NoticeAcknowledged():
            told = {PersonId(entry.actor or ""), notice.issuer}
        case _:
            told = _everybody(view, notice)
    if view.person is not None:
        # All who were away come back at once, and each would have it rendered for all the others.
        told = (view.person,) if view.person in told else ()
    return _items(view, entry, notice, told) if told else ()


def _everybody(view: View, notice: Notice) -> Collection[PersonId]:
    """Whom a notice asks, and its issuer; of these only the one whom it is told again to."""
    if view.person is None:
        asked = [each.person for each in service.recipients(view.tx, notice.id)]
        return dict.fromkeys((*asked, notice.issuer))
    person = view.person
    mine = _once(view, ("mine", notice.id), lambda: service.mine_of(view.tx, [notice], person))
    return (person,) if mine else (notice.issuer,)


def _once(view: View, key: tuple[str, str], load: Callable[[], _T]) -> _T:
    """What many entries that are told again to one person share: an issuer has one of everybody who has acknowledged."""
    if view.person is None:
        return load()
    found: _T = view.tx.cached(("notices", view.person, *key), load)
    return found


def _items(
    view: View, entry: Recorded, notice: Notice, told: Collection[PersonId]
) -> Sequence[Delivery]:
    """One item for each person, because each has another number of notices to acknowledge."""
    todo = _once(view, ("todo", ""), lambda: service.count_todo(view.tx, told))
    said = _once(view, ("said", notice.id), lambda: service.wordings(view.tx, [notice]))
    title = said[notice.id].title
    common = {
        "position": entry.position,
        "at": entry.at,
        "kind": "notices.changed",
        "group": None,
        "number": None,
        "actor": view.mark(entry.actor),
        "notice": {"id": notice.id, "title": title, "version": notice.version},
        "what": _WHAT[entry.kind],
    }
    return [
        Delivery(common | {"todo": todo.get(person, 0)}, people=frozenset({person}))
        for person in sorted(told)
    ]
