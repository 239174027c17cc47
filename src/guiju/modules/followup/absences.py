"""Telling one's groups beforehand that one cannot answer until a time. It ends by the clock, so that nobody has to remember it.

Who reads a group with somebody sees it; alone with one only of whose conversation that person knows, and whom they
have not blocked. Deadlines do not move by it: reminders wait for its end, and what is late says that it was told beforehand.
"""

from collections import deque
from collections.abc import Collection, Mapping

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.worktime import next_day_begins, work_ends_on
from guiju.modules.followup import _absence_store, _store
from guiju.modules.followup.absence_types import (
    MOST_AN_HOUR,
    Absence,
    AbsenceEnded,
    AbsenceRules,
    AbsenceSet,
    AbsentTooOftenError,
    BadAbsenceError,
    Choices,
)
from guiju.modules.followup.asking import TIMER, under
from guiju.modules.followup.types import ReasonNeededError
from guiju.modules.groups import beside
from guiju.modules.messaging import service as messaging
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Calendar, Use

CONTROL = "followup.absences"
SAY = "followup.say_absent"


def set_absence(tx: WriteTx, actor: Actor, *, until: int, reason: str) -> None:
    """Tell one's groups that one cannot answer until `until`. What is told already is not told anew.

    Raises NotAllowedError, BadAbsenceError, ReasonNeededError, AbsentTooOftenError or TextRefusedError.
    """
    permit, person = policy.require(tx, actor, SAY), actor.person_id
    here, use = rules(tx)
    clause = use.mark() if use is not None else None
    if not tx.now < until <= tx.now + here.most_days * DAY:
        raise BadAbsenceError("Name a time ahead.", most=here.most_days, clause=clause)
    if here.needs_reason and not reason:
        raise ReasonNeededError("Say why.", clause=clause)
    known = find(tx, person)
    if known is not None and known.until == until and reasons(tx, [known]) == {person: reason}:
        return
    told = _check_often(tx, person)
    tx.record(under(permit, use), AbsenceSet(person, until, reason))
    told.append(tx.now)
    tx.when_undone(lambda: told.remove(tx.now))
    _look_again(tx, person)


def end_absence(tx: WriteTx, actor: Actor) -> None:
    """Answer again; who can anyway changes nothing. Raises NotAllowedError."""
    permit, person = policy.require(tx, actor, SAY), actor.person_id
    if find(tx, person) is not None:
        _, use = rules(tx)
        tx.record(under(permit, use), AbsenceEnded(person))
        _look_again(tx, person)


def rules(tx: ReadTx) -> tuple[AbsenceRules, Use | None]:
    """What holds, and by which clause; the defaults where none speaks of it."""
    use = policy.first_use(tx, CONTROL)
    return (use.params if use is not None else AbsenceRules()), use


def find(tx: ReadTx, person: PersonId) -> Absence | None:
    """Until when a person cannot answer; None for somebody who can."""
    return next(iter(_absence_store.now(tx, [person])), None)


def list_absences(tx: ReadTx, actor: Actor) -> list[Absence]:
    """Who cannot answer now, of those of whom the actor may know it, themselves included. Raises NotAllowedError."""
    policy.require(tx, actor, SAY)
    absent = {one.person: one for one in _absence_store.now(tx)}
    shown = beside.seen_by(tx, actor.person_id, absent.keys(), messaging.known_of) | {
        actor.person_id
    }
    return [one for person, one in absent.items() if person in shown]


def who_sees(tx: ReadTx, person: PersonId, among: Collection[PersonId]) -> set[PersonId]:
    """Those of `among` who may know of a person whether they can answer."""
    return beside.who_sees(tx, person, among, messaging.known_of)


def reasons(tx: ReadTx, found: Collection[Absence]) -> Mapping[PersonId, str]:
    """Why each of these cannot answer; what was shredded says nothing."""
    wanted = tuple(one.position for one in found)
    entries = tx.entries(EntryQuery(positions=wanted, limit=len(wanted))) if wanted else []
    return {e.fact.person: e.fact.reason for e in entries if isinstance(e.fact, AbsenceSet)}


def choices(tx: ReadTx, actor: Actor) -> Choices:
    """Times that the actor is likely to name, by the organisation's calendar. Raises NotAllowedError."""
    policy.require(tx, actor, SAY)
    pack = policy.find_pack(tx)
    calendar = pack.calendar if pack is not None else Calendar()
    off_work = work_ends_on(tx.now, calendar)
    ahead = off_work if off_work is not None and off_work > tx.now else None
    return Choices(ahead, next_day_begins(tx.now, calendar))


def _look_again(tx: WriteTx, person: PersonId) -> None:
    """A reminder that waits for the end of an absence comes at its new end."""
    for request in _store.waiting_for(tx, person):
        tx.schedule(TIMER, str(request.message), tx.now)


def _check_often(tx: WriteTx, person: PersonId) -> deque[int]:
    """When the person told them in the last hour; everybody in one's groups hears of each. Raises AbsentTooOftenError."""
    told: deque[int] = tx.kept(("absences", person), deque)
    while told and told[0] <= tx.now - HOUR:
        told.popleft()
    if len(told) >= MOST_AN_HOUR:
        wait = (told[0] + HOUR - tx.now + 999) // 1000
        raise AbsentTooOftenError("Your groups were told often enough.", retry_after=wait)
    return told
