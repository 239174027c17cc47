"""Quiet hours: of a group by its clause and the working calendar, and of a person by their own wish.

Quiet never loses a message: it is delivered without calling anybody, or it waits, or its sender is told at once.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId, is_bot
from guiju.kernel.lane import WriteTx
from guiju.kernel.worktime import working_until
from guiju.modules.groups.types import Group
from guiju.modules.messaging import _personal_store, _rules
from guiju.modules.messaging.quiet_types import OwnQuiet, QuietHours, QuietHoursError, Rest
from guiju.modules.messaging.types import Send
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Calendar

CONTROL = "messaging.quiet_hours"
THENS = ("silent", "queue", "refuse")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_DAY_MINUTES = DAY // MINUTE


def check(params: QuietHours) -> None:
    """ValueError for parameters that say nothing sensible."""
    if params.hours:
        read_hours(params.hours)
    if params.then not in THENS:
        raise ValueError(f"`then` is {', '.join(f'`{one}`' for one in THENS)}")


def read_hours(hours: str) -> tuple[int, int]:
    """The minutes since midnight of `22:00-07:00`. Raises ValueError."""
    found = _HOURS.fullmatch(hours)
    if found is None:
        raise ValueError("`hours` is like `22:00-07:00`")
    a, b, c, d = (int(each) for each in found.groups())
    start, end = a * 60 + b, c * 60 + d
    if start == end:
        raise ValueError("`hours` begins and ends at different times")
    return start, end


@lru_cache(maxsize=256)
def _quiet(minute: int, calendar: Calendar, hours: str) -> tuple[bool, int]:
    """Whether it is quiet in a minute since 1970, and when that changes (ms). Nothing changes within a minute."""
    if not hours:
        works, until = working_until(minute * MINUTE, calendar)
        return not works, until
    start, end = read_hours(hours)
    return _within(minute, start, end, calendar)


def _within(minute: int, start: int, end: int, calendar: Calendar) -> tuple[bool, int]:
    """Whether a minute lies between two times of the day, and when that changes (ms)."""
    local = (minute + calendar.utc_offset) % _DAY_MINUTES
    length, into = (end - start) % _DAY_MINUTES, (local - start) % _DAY_MINUTES
    is_in = into < length
    return is_in, (minute + (length if is_in else _DAY_MINUTES) - into) * MINUTE


def rest_now(tx: ReadTx, group: Group) -> tuple[Rest | None, int | None]:
    """The quiet of a group at this moment, and when it changes next (ms); None where no clause speaks of it."""
    use = _rules.use_in(policy.uses(tx, CONTROL), group.group_class)
    if use is None:
        return None, None
    params: QuietHours = use.params
    is_quiet, changes_at = _quiet(tx.now // MINUTE, policy.get_pack(tx).calendar, params.hours)
    return (Rest(use, params.then, changes_at) if is_quiet else None), changes_at


def rest_of(tx: ReadTx, group: Group, send: Send) -> Rest | None:
    """The quiet in which a message is delivered without calling anybody; None when it may call.

    Raises QuietHoursError for one that has to wait. A bot's never waits, for it has nobody who would send it later; what
    is urgent, and what an operator imports, is not asked.
    """
    if send.origin != "typed":
        return None
    rest, _ = rest_now(tx, group)
    if rest is None or rest.then == "silent" or is_bot(send.person):
        return rest
    raise QuietHoursError(
        "It is quiet here now.", then=rest.then, until=rest.until, clause=rest.use.mark()
    )


# ---- one's own --------------------------------------------------------------------------------------------------


def set_own(tx: WriteTx, actor: Actor, wanted: OwnQuiet | None) -> None:
    """When the actor is not to be called; None for never. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.save")
    _personal_store.save_quiet(tx, actor.person_id, wanted)


def own(tx: ReadTx, actor: Actor) -> OwnQuiet | None:
    """What the actor set. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.save")
    return _personal_store.quiet(tx, actor.person_id)


def is_resting(tx: ReadTx, person: PersonId) -> bool:
    """Whether a person is not to be called now, by their own wish. Whoever notifies people outside the page asks this."""
    return rests_until(tx, person) is not None


def resting(tx: ReadTx, people: Collection[PersonId]) -> set[PersonId]:
    """Those of many people who are not to be called now."""
    wanted = _personal_store.quiet_among(tx, people)
    return {person for person, quiet in wanted.items() if _ends(tx, quiet) is not None}


def rests_until(tx: ReadTx, person: PersonId) -> int | None:
    """Until when at least (ms) a person is not to be called, by their own wish; None if they may be."""
    wanted = _personal_store.quiet(tx, person)
    return _ends(tx, wanted) if wanted is not None else None


def _ends(tx: ReadTx, wanted: OwnQuiet) -> int | None:
    """When somebody's own quiet ends (ms); None where it is not quiet now."""
    pack, minute = policy.find_pack(tx), tx.now // MINUTE
    calendar = pack.calendar if pack is not None else Calendar()
    if wanted.start != wanted.end:
        is_in, until = _within(minute, wanted.start, wanted.end, calendar)
        if is_in:
            return until
    is_quiet, until = _quiet(minute, calendar, "")
    return until if wanted.rest and is_quiet else None
