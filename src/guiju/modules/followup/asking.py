"""Asking for an answer, and waiting for it no more."""

from collections.abc import Mapping, Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.followup import _absence_store, _rules, _store, service
from guiju.modules.followup.types import (
    MOST_PEOPLE,
    WAITING,
    AlreadyAnsweredError,
    AlreadyAskedError,
    AnswerAsked,
    AnswerRules,
    AskedTooOftenError,
    AskWithdrawn,
    BadPeopleError,
    DeadlineTooLongError,
    NotAuthorError,
    Part,
    Request,
    RequestState,
)
from guiju.modules.groups import service as groups
from guiju.modules.messaging.change_types import ALL
from guiju.modules.messaging.changing import Target, check_lasting, find_target
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT, Use

ASK, TIMER = "followup.ask", "followup.time"


def ask(
    tx: WriteTx,
    actor: Actor,
    group_id: GroupId,
    message: int,
    *,
    people: Sequence[PersonId] | None,
    hours: int | None,
) -> Request:
    """Ask people, or with None those whom the message mentions, to answer within hours, or within those of the rules.

    Raises what `find_target` raises, NotAuthorError, BurningError, NotAllowedError, AlreadyAskedError, BadPeopleError,
    DeadlineTooLongError or AskedTooOftenError.
    """
    target = find_target(tx, actor, group_id, message)
    if target.row.sender != actor.person:
        raise NotAuthorError("Somebody else wrote this message.", position=message)
    check_lasting(tx, message)
    permit = policy.require(tx, actor, ASK, group_id)
    if _store.find(tx, message) is not None:
        raise AlreadyAskedError("It asks for an answer already.", position=message)
    asked = _people(tx, actor, target, people)
    rules, use = service.rule_in(tx, target.group, service.CONTROL, AnswerRules)
    within = rules.hours if hours is None else hours
    if within > rules.most_hours:
        clause = use.mark() if use is not None else None
        raise DeadlineTooLongError("That is too long.", most=rules.most_hours, clause=clause)
    _check_often(tx, actor, group_id, rules, use)
    calendar = policy.get_pack(tx).calendar
    due_at = _rules.after(tx.now, within, rules, calendar)
    remind_at = _rules.remind_at(tx.now, within, rules, calendar)
    fact = AnswerAsked(group_id, (message,), tuple(asked), within, due_at, remind_at)
    tx.record(under(permit, use), fact)
    set_timer(tx, message)
    return service.get_request(tx, message)


def withdraw(tx: WriteTx, actor: Actor, group_id: GroupId, message: int) -> None:
    """Wait for no answer any more. Raises what `find_target` raises, RequestNotFoundError, NotAuthorError,
    NotAllowedError or AlreadyAnsweredError.
    """
    target = find_target(tx, actor, group_id, message)
    request = service.get_request(tx, message)
    if request.asker != actor.person:
        raise NotAuthorError("Somebody else wrote this message.", position=message)
    permit = policy.require(tx, actor, ASK, group_id)
    if request.state is not RequestState.OPEN:
        raise AlreadyAnsweredError("Nothing is asked any more.", position=message)
    _, use = service.rule_in(tx, target.group, service.CONTROL, AnswerRules)
    tx.record(under(permit, use), AskWithdrawn(group_id, (message,)))


def under(permit: Permit, use: Use | None) -> Permit:
    return permit.under(use.id) if use is not None else permit


def set_timer(tx: WriteTx, message: int) -> None:
    """Wake up when there is something to do about those who have not answered."""
    waiting = [part for part in _store.parts(tx, [message])[message] if part.answer in WAITING]
    at = _rules.next_step(waiting, absent_until(tx, waiting), tx.now)
    if at is not None:
        tx.schedule(TIMER, str(message), at)


def absent_until(tx: ReadTx, parts: Sequence[Part]) -> Mapping[PersonId, int]:
    """Until when (ms) those of these cannot answer who have said that they cannot now."""
    absent = _absence_store.now(tx, [part.person for part in parts]) if parts else []
    return {one.person: one.until for one in absent}


def _people(
    tx: ReadTx, actor: Actor, target: Target, people: Sequence[PersonId] | None
) -> list[PersonId]:
    """Whom the message asks, each once. Raises BadPeopleError."""
    message = target.entry.position
    able = {
        member.person
        for member in groups.members(tx, target.group.id)
        if member.state in PRESENT and member.visible_from <= message
    } - {actor.person}
    named = _mentioned(tx, target) if people is None else people
    if people is None and ALL in named:
        wanted = sorted(able)
    else:
        wanted = list(dict.fromkeys(one for one in named if people is not None or one in able))
    stranger = next((one for one in wanted if one not in able), None)
    if stranger is not None:
        raise BadPeopleError("That is no other member who sees the message.", person=stranger)
    if not 1 <= len(wanted) <= MOST_PEOPLE:
        raise BadPeopleError("Ask at least one, and not too many.", most=MOST_PEOPLE)
    return wanted


def _mentioned(tx: ReadTx, target: Target) -> Sequence[PersonId]:
    """Whom the message mentions, as it is now."""
    edited = target.row.edited
    now = tx.entry(edited) if edited is not None else target.entry
    assert now is not None, "the row names the edit"
    mentions: Sequence[PersonId] = now.fact.mentions
    return mentions


def _check_often(
    tx: ReadTx, actor: Actor, group: GroupId, rules: AnswerRules, use: Use | None
) -> None:
    offset = policy.get_pack(tx).calendar.utc_offset * MINUTE
    day = (tx.now + offset) // DAY * DAY - offset
    if _store.count_asked(tx, actor.person_id, group, since=day) >= rules.per_day:
        wait = (day + DAY - tx.now + 999) // 1000
        clause = use.mark() if use is not None else None
        raise AskedTooOftenError("Enough for today.", retry_after=wait, clause=clause)
