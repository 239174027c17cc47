"""Corrections (更正): a message that names the one it puts right, which from then on leads to it.

A correction passes the gate like any message, however old what it corrects is, recalled or not, and takes nothing of it
away. Corrections of one message form a line, so that each of them leads to the newest. One that is recalled corrects
nothing any more: it leaves the line, and leads nowhere.
"""

from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx
from guiju.modules.groups import service as groups
from guiju.modules.messaging import _correct_store, _rules, _store, addressing
from guiju.modules.messaging.changing import check_in_place, check_lasting
from guiju.modules.messaging.correct_types import (
    CONTROL,
    AlreadyCorrectedError,
    BadCorrectionError,
    CorrectLateError,
    NotOwnMessageError,
)
from guiju.modules.messaging.types import Send
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Use


def leave(tx: ReadTx, send: Send, shown: int) -> Use | None:
    """The use under which a message corrects the one that appears at `shown`; without one authors correct at any time.

    Its author has a place in the group. Raises BadCorrectionError, NotOwnMessageError, AlreadyCorrectedError,
    CorrectLateError, BurningError, MovedAsideError or ThreadFrozenError.
    """
    group = groups.find_group(tx, send.group)
    member = groups.find_member(tx, send.group, send.person)
    row, entry = _store.find_shown(tx, send.group, shown), tx.entry(shown)
    assert group is not None, "one has a place in it"
    if row is None or entry is None or (member is not None and shown < member.visible_from):
        raise BadCorrectionError("There is no such message to correct.", position=shown)
    if row.sender != send.person:
        raise NotOwnMessageError("Only who wrote a message corrects it.", position=shown)
    if row.thread != send.thread or send.burn is not None or send.carried is not None:
        raise BadCorrectionError("A correction stands where the message does.", position=shown)
    if row.recalled is not None and entry.fact.corrects is not None:
        raise BadCorrectionError(
            "A correction that was recalled is corrected no more.", position=shown
        )
    check_lasting(tx, shown)
    check_in_place(row)
    addressing.check_open(tx, send.group, row.thread if row.thread is not None else shown)
    last = newest(tx, shown)
    if last != shown:
        raise AlreadyCorrectedError("Correct the newest correction.", position=last)
    use = _rules.use_in(policy.uses(tx, CONTROL), group.group_class)
    if use is not None and use.params.days and tx.now > entry.at + use.params.days * DAY:
        days, clause = use.params.days, use.mark()
        raise CorrectLateError("It is too late to correct it.", days=days, clause=clause)
    return use


def newest(tx: ReadTx, shown: int) -> int:
    """Where the newest correction of the message appears; the message itself where there is none."""
    found = newest_of(tx, shown)
    return shown if found is None else found


def newest_of(tx: ReadTx, shown: int) -> int | None:
    """Where the newest correction of the message appears, if it was corrected."""
    return _correct_store.newest(tx, [shown]).get(shown)


def newest_in(tx: ReadTx, shown: int) -> int | None:
    """Where the newest correction of the line appears in which the message stands, be it the message itself."""
    found = newest(tx, shown)
    return found if _correct_store.stands(tx, found) else None


def chain(tx: ReadTx, shown: int) -> list[int]:
    """The message that appears at `shown` with those that it corrects and that correct it, oldest first."""
    return _correct_store.chain(tx, shown)


def line_of(tx: ReadTx, shown: int) -> int | None:
    """A message of the line in which the correction that appears at `shown` stands, or stood until it was recalled.

    None for what corrects nothing.
    """
    found: int | None = None
    entry = tx.entry(shown)
    while entry is not None and isinstance(corrects := getattr(entry.fact, "corrects", None), int):
        found = corrects
        if _correct_store.stands(tx, found):
            break
        entry = tx.entry(found)
    return found
