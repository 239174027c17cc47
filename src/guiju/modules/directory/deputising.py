"""Who stands in for somebody who is away. It begins and ends by the calendar, so that nobody has to remember it.

Whether somebody stands in is asked of the day alone; a timer at its turn only says so, to the screens of both.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from guiju.kernel.actor import Actor
from guiju.kernel.clock import MINUTE, utc
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.kernel.worktime import midnight
from guiju.modules.directory import _deputy_store, _rules, _store
from guiju.modules.directory.types import (
    BadDeputyError,
    Deputy,
    DeputyEnded,
    DeputyNamed,
    DeputyTurned,
    PersonNotFoundError,
)
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Calendar

OWN, OTHERS = "directory.own_deputy", "directory.deputies"
TIMER = "directory.deputy"


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    _store.apply(tx, entries)
    _deputy_store.apply(tx, entries)


def name_deputy(  # as the sentence says it
    tx: WriteTx, actor: Actor, person: PersonId, deputy: PersonId, since: str, until: str
) -> None:
    """Have a deputy stand in for a person from one day to another, in place of whom was named before.

    The days are ISO dates of the organisation's own time. Raises NotAllowedError, PersonNotFoundError, BadDeputyError
    or BadDeputyDaysError.
    """
    permit = _permit(tx, actor, person)
    found = _store.find_person(tx, deputy)
    if found is None:
        raise PersonNotFoundError("There is no such person.", person=deputy)
    is_own = (
        deputy == actor.person
    )  # a deputy decides in place of the person, so nobody takes that themselves
    if deputy == person or is_own or found.unit is None or not identity.is_certified(tx, deputy):
        raise BadDeputyError("This person cannot stand in.", person=deputy)
    _rules.check_deputy_days(since, until, today=today(tx))
    standing = arrangement(tx, person)
    before = standing.deputy if standing is not None else None
    tx.record(permit, DeputyNamed(person, deputy, since, until, before))
    _set_timer(tx, Deputy(person, deputy, since, until))


def end_deputy(tx: WriteTx, actor: Actor, person: PersonId) -> None:
    """Have nobody stand in any more; where nobody does it changes nothing.

    Raises NotAllowedError or PersonNotFoundError.
    """
    permit = _permit(tx, actor, person)
    standing = arrangement(tx, person)
    if standing is not None:
        tx.record(permit, DeputyEnded(person, standing.deputy))
        tx.cancel(TIMER, person)


def turn(tx: WriteTx, actor: Actor, person: str, *, stood: bool | None) -> None:
    """Say that a deputy begins or ends to stand in, when the day has come, and come back for what is ahead.

    `stood` is what was known before; None where nobody has looked yet.
    """
    named = _deputy_store.last_named(tx, person)
    if named is None:
        return
    permit, day = policy.require(tx, actor, OTHERS), today(tx).isoformat()
    stands = named.since <= day <= named.until
    if stood is not None and (stands != stood or day > named.until):
        tx.record(permit, DeputyTurned(person, named.deputy, stands))
    if day <= named.until:
        _set_timer(tx, named)


def _set_timer(tx: WriteTx, named: Deputy) -> None:
    """Wake up when the deputy begins to stand in, or on the day after the last."""
    stands = named.since <= today(tx).isoformat()
    first = date.fromisoformat(named.since)
    turns = date.fromisoformat(named.until) + timedelta(days=1) if stands else first
    tx.schedule(TIMER, named.person, midnight(turns, _calendar(tx)), stood=int(stands))


def arrangement(tx: ReadTx, person: PersonId) -> Deputy | None:
    """Who stands in for a person, now or later."""
    return next(iter(_deputy_store.find(tx, [person], today=today(tx).isoformat())), None)


def arrangements_of(tx: ReadTx, deputy: PersonId) -> list[Deputy]:
    """For whom a person stands in, now or later."""
    return _deputy_store.standing_in(tx, deputy, today=today(tx).isoformat())


def deputies(tx: ReadTx, people: Collection[PersonId]) -> dict[PersonId, PersonId]:
    """The deputy of each of these people who has one today that can act."""
    day = today(tx).isoformat()
    found = _deputy_store.find(tx, people, today=day) if people else []
    return {
        one.person: one.deputy
        for one in found
        if one.since <= day and not identity.is_barred(tx, one.deputy)
    }


def stands_in_for(tx: ReadTx, deputy: PersonId) -> list[PersonId]:
    """For whom a person stands in today."""
    day = today(tx).isoformat()
    return [
        one.person for one in _deputy_store.standing_in(tx, deputy, today=day) if one.since <= day
    ]


def today(tx: ReadTx) -> date:
    """The day by the organisation's calendar."""
    return utc(tx.now + _calendar(tx).utc_offset * MINUTE).date()


def _calendar(tx: ReadTx) -> Calendar:
    pack = policy.find_pack(tx)
    return pack.calendar if pack is not None else Calendar()


def _permit(tx: ReadTx, actor: Actor, person: PersonId) -> Permit:
    permit = policy.require(tx, actor, OWN if actor.person == person else OTHERS)
    if _store.find_person(tx, person) is None:
        raise PersonNotFoundError("There is no such person.", person=person)
    return permit
