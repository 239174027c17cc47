"""What was asked and what became of it, for those who may know. Reading only; the verbs stand beside it."""

import functools
import operator
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import deputising
from guiju.modules.followup import (
    _absence_store,
    _question_store,
    _said_store,
    _store,
    hearing,
)
from guiju.modules.followup.absence_types import AbsenceFact
from guiju.modules.followup.question_types import QuestionFact, QuestionRules
from guiju.modules.followup.types import (
    LEVELS,
    WAITING,
    Answer,
    AnswerGiven,
    AnswerRules,
    Box,
    Figures,
    Part,
    Request,
    RequestNotFoundError,
    RequestState,
)
from guiju.modules.groups import direct
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group
from guiju.modules.messaging import service as messaging
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT, GroupRole, Use

CONTROL = "followup.answers"
R = TypeVar("R", AnswerRules, QuestionRules)
_RUNNING = (GroupRole.OWNER, GroupRole.ADMINISTRATOR)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    answers = [e for e in entries if not isinstance(e.fact, QuestionFact | AbsenceFact)]
    _store.apply(tx, answers)
    _absence_store.apply(tx, entries)
    _question_store.apply(tx, [entry for entry in entries if isinstance(entry.fact, QuestionFact)])


def hear(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    _store.hear(tx, entries)
    _question_store.hear(tx, entries)


def rule_in(tx: ReadTx, group: Group, control: str, kind: type[R]) -> tuple[R, Use | None]:
    """The rules of a control that hold in a group, and the use that brings them; the defaults where no clause speaks of it."""
    for use in policy.uses(tx, control):
        rules = use.params
        assert isinstance(rules, kind), "the control declares its parameters"
        if not rules.classes or group.group_class in rules.classes:
            return rules, use
    return kind(), None


def get_request(tx: ReadTx, message: int) -> Request:
    """Raises RequestNotFoundError."""
    found = _store.find(tx, message)
    if found is None:
        raise RequestNotFoundError("The message asks for no answer.", position=message)
    return found


def list_group(
    tx: ReadTx, actor: Actor, group: GroupId
) -> tuple[list[Request], Figures | None, Mapping[PersonId, Figures] | None]:
    """The newest 200 requests of a group that the actor may see; for who runs the group how they went, and for its owner
    how each member answered.

    Raises what `messaging.reading_place` raises.
    """
    place = messaging.reading_place(tx, actor, group)
    found = _store.in_group(tx, group, since=place.visible_from)
    if place.role not in _RUNNING:
        return found, None, None
    each = _store.figures(tx, group)
    together = functools.reduce(operator.add, each.values(), Figures(0, 0, 0, 0))
    return found, together, each if place.role is GroupRole.OWNER else None


def list_box(tx: ReadTx, actor: Actor, box: Box) -> list[tuple[Request, list[Part]]]:
    """What I must answer and what I asked, with all who are asked; for heads only those of whom they were told."""
    if box is Box.LATE:
        return [(request, [part]) for request, part in _late_under(tx, actor.person_id)]
    read = _store.waiting_for if box is Box.TODO else _store.asked_by
    inside = messaging.present_groups(tx, actor)
    found = [
        request
        for request in read(tx, actor.person_id)
        if request.group in inside and request.message >= inside[request.group]
    ]
    asked = parts(tx, found)
    return [(request, asked[request.message]) for request in found]


def _late_under(tx: ReadTx, head: PersonId) -> list[tuple[Request, Part]]:
    """Of whom a head was told and still is the head, or stands in for who is, as long as they have not answered; but for
    what a barrier keeps from the head by now.
    """
    acting = {head, *deputising.stands_in_for(tx, head)}
    above = functools.cache(functools.partial(hearing.heads_above, tx))

    @functools.cache
    def heads(person: PersonId, asker: PersonId) -> set[PersonId]:
        return set(hearing.permitted(tx, asker, above(person))[:LEVELS])

    @functools.cache
    def may_hear(asker: PersonId) -> bool:
        return bool(hearing.permitted(tx, asker, [head]))

    return [
        (request, part)
        for request, part in _store.late_under(tx, acting)
        if part.person != head
        and may_hear(request.asker)
        and heads(part.person, request.asker) & acting
    ]


def parts(tx: ReadTx, requests: Sequence[Request]) -> Mapping[int, list[Part]]:
    """Those whom each of the requests asks."""
    return _store.parts(tx, [request.message for request in requests])


def reasons(tx: ReadTx, found: Collection[Part]) -> Mapping[int, str]:
    """Why somebody declines or answers later, by the entry that says so; what was shredded says nothing."""
    wanted = tuple(
        part.position
        for part in found
        if part.position is not None and part.answer in (Answer.DECLINED, Answer.DELAYED)
    )
    if not wanted:
        return {}
    entries = tx.entries(EntryQuery(positions=wanted, limit=len(wanted)))
    return {e.position: e.fact.reason for e in entries if isinstance(e.fact, AnswerGiven)}


def count_todo(tx: ReadTx, people: Collection[PersonId]) -> Mapping[PersonId, int]:
    """How many messages each of these people must answer; who must none is left out."""
    return _store.count_todo(tx, people)


def count_late(tx: ReadTx, head: PersonId) -> int:
    """Of how many late answers a head was told, at most 200."""
    return len(_late_under(tx, head))


def parts_of(tx: ReadTx, message: int) -> list[Part]:
    """Those whom a message asks; for delivery."""
    return _store.parts(tx, [message])[message]


def still_asked(tx: ReadTx, message: int, people: Collection[PersonId]) -> list[PersonId]:
    """Those of `people` who still have to answer a message and read it; in a direct conversation only who may answer."""
    request = get_request(tx, message)
    if request.state is not RequestState.OPEN:
        return []
    present = {
        each.person
        for each in groups.members(tx, request.group)
        if each.state in PRESENT and each.visible_from <= message
    }
    return [
        part.person
        for part in parts_of(tx, message)
        if part.answer in WAITING
        and part.person in people
        and part.person in present
        and not _is_apart(tx, request, part.person)
    ]


def _is_apart(tx: ReadTx, request: Request, person: PersonId) -> bool:
    is_direct = direct.other_in(tx, request.group, request.asker) is not None
    return is_direct and direct.is_kept_from(tx, person, request.asker)


def late_under(tx: ReadTx, head: PersonId, message: int) -> set[PersonId]:
    """Who has not answered a message, of those of whom a head was told and still may hear."""
    return {part.person for request, part in _late_under(tx, head) if request.message == message}


def waiting_again(tx: ReadTx, shown: int) -> list[tuple[int, PersonId]]:
    """(message, person) of those who wait again for an answer, because their reply at `shown` was recalled."""
    return [
        (message, person)
        for message, person in _said_store.replied(tx, shown)
        for part in parts_of(tx, message)
        if part.person == person and part.answer in WAITING
    ]


def heads_of_recalled(tx: ReadTx, shown: int) -> set[PersonId]:
    """The heads who were told of those who wait again, because their reply at `shown` was recalled."""
    again = waiting_again(tx, shown)
    return {head for message, person in again for head in _store.heads_told(tx, message, person)}
