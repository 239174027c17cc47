"""Reporting an outage, and telling those who reported what came of it."""

from collections.abc import Mapping, Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.outages import _rules, _store
from guiju.modules.outages.types import (
    MOST_A_DAY,
    MOST_DAYS,
    AnswerNeededError,
    Figures,
    Outage,
    OutageHandled,
    OutageReported,
    Report,
    ReportedTooOftenError,
    ReportHandledError,
    ReportNotFoundError,
)
from guiju.modules.policy import service as policy

apply = _store.apply
CONTROL = "outages.reports"
REPORT, KEEP = "outages.report", "outages.keep"
LONGEST_LIST, LONGEST_OWN = 200, 20
TOLD_DAYS = 14
"""So long somebody is told of an answer who has not seen it."""


def report(
    tx: WriteTx, actor: Actor, outage: Outage, *, since: int, until: int | None, words: str
) -> Report:
    """Report that one could not receive, send or answer; without `until` it goes on.

    Raises NotAllowedError, BadTimeError, ReportedTooOftenError or TextRefusedError.
    """
    permit = policy.require(tx, actor, REPORT).under(*policy.use_ids(tx, CONTROL))
    began, ended = _rules.times(since, until, tx.now)
    lately = _store.times_of(tx, actor.person_id, since=tx.now - DAY)
    if len(lately) >= MOST_A_DAY:
        wait = (lately[-MOST_A_DAY] + DAY - tx.now + 999) // 1000
        raise ReportedTooOftenError("Enough outages were reported today.", retry_after=wait)
    unit = directory.get_person(tx, actor.person_id).unit
    made = tx.record(permit, OutageReported(outage, unit, began, ended, words.strip()))
    return _store.find(tx, [made.position])[0]


def handle(tx: WriteTx, actor: Actor, positions: Sequence[int], *, answer: str) -> list[Report]:
    """Settle reports with one answer for all who made them; those that others have settled meanwhile are left as they are.

    Raises NotAllowedError, AnswerNeededError, ReportNotFoundError, ReportHandledError when none is left, or
    TextRefusedError.
    """
    permit = policy.require(tx, actor, KEEP).under(*policy.use_ids(tx, CONTROL))
    if not answer.strip():
        raise AnswerNeededError("Say what came of it.")
    wanted = sorted(set(positions))
    found = _store.find(tx, wanted)
    if not wanted or len(found) < len(wanted):
        raise ReportNotFoundError("There is no such report.")
    waiting = tuple(one.position for one in found if one.handled is None)
    if not waiting:
        raise ReportHandledError("Others have settled these reports.")
    tx.record(permit, OutageHandled(waiting, answer.strip()))
    return _store.find(tx, waiting)


def list_reports(tx: ReadTx, actor: Actor, *, only_open: bool) -> list[Report]:
    """The newest reports, for those who keep the service. Raises NotAllowedError."""
    policy.require(tx, actor, KEEP)
    return _store.newest(tx, only_open=only_open, limit=LONGEST_LIST)


def figures(tx: ReadTx, actor: Actor) -> Figures:
    """In which hours and units outages began lately. Raises NotAllowedError."""
    policy.require(tx, actor, KEEP)
    since = tx.now - MOST_DAYS * DAY
    hours, units = _store.by_hour(tx, since=since), _store.by_unit(tx, since=since)
    return Figures(MOST_DAYS, tuple(hours), tuple(units))


def list_own(tx: ReadTx, actor: Actor) -> list[Report]:
    """What the actor reported, the newest first. Raises NotAllowedError."""
    policy.require(tx, actor, REPORT)
    return _store.made_by(tx, actor.person_id, limit=LONGEST_OWN)


def count_open(tx: ReadTx, actor: Actor) -> int:
    """How many reports wait for the actor; none for those who do not keep the service."""
    return _store.count_open(tx) if policy.may(tx, actor, KEEP) else 0


def answered_lately(tx: ReadTx, person: PersonId) -> list[Report]:
    """What was answered to a person in the last days, the first answer first."""
    return _store.answered_for(tx, person, since=tx.now - TOLD_DAYS * DAY)


def find(tx: ReadTx, positions: Sequence[int]) -> list[Report]:
    """Reports by where they stand; unknown ones are left out."""
    return _store.find(tx, positions)


def texts(tx: ReadTx, found: Sequence[Report]) -> Mapping[int, Recorded]:
    """The entries of reports and of their answers, by position, in one query."""
    wanted = {one.position for one in found} | {one.handled for one in found}
    at = tuple(sorted(each for each in wanted if each is not None))
    if not at:
        return {}
    return {entry.position: entry for entry in tx.entries(EntryQuery(positions=at, limit=len(at)))}
