"""Texts for those whose office it is to read them: that they read one is recorded before they get it.

Lists show no text. Whoever reads the same again within ten minutes is still reading it, and is not recorded twice; once
there is more to see beside it, that is a reading of its own. What is shown is what the entry names.
"""

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.messaging import _oversight_store, review_queue
from guiju.modules.messaging.oversight_types import SAME_READING, Duty, TextRead
from guiju.modules.messaging.review_queue import Review
from guiju.modules.policy import service as policy


def permit(tx: ReadTx, actor: Actor, line: str | None) -> Permit:
    """The permit of whoever reads for a line; a message that has passed on since is still read by the first.

    Raises NotAllowedError.
    """
    second = line is not None and policy.may(tx, actor, review_queue.SECOND)
    operation = review_queue.SECOND if second else review_queue.FIRST
    return policy.require(tx, actor, operation).under(*policy.use_ids(tx, review_queue.FIRST))


def read_review(tx: WriteTx, actor: Actor, position: int) -> None:
    """Record that the actor is shown a held message and what stands around it. Raises ReviewNotFoundError."""
    found = review_queue.open_review(tx, actor, position)
    around = _around(tx, found)
    allowed = permit(tx, actor, found.queue.line)
    _record(tx, allowed, found.row.group, (position, *around), Duty.REVIEW)


def read_alert(tx: WriteTx, actor: Actor, position: int) -> None:
    """Record that the actor is shown the message of which the alert at `position` tells. Raises ReviewNotFoundError."""
    fact = review_queue.get_alert(tx, actor, position).fact
    _record(tx, permit(tx, actor, None), fact.within, fact.refs[:1], Duty.ALERT)


def shown_to(tx: ReadTx, actor: Actor, position: int) -> frozenset[int]:
    """What the actor was shown when they read the held message at `position` last."""
    reading = _oversight_store.find(tx, position, actor.name, Duty.REVIEW)
    return reading.shown if reading is not None else frozenset()


def _around(tx: ReadTx, found: Review) -> list[int]:
    """The messages that are shown with a held one."""
    quote = found.fact.refs[:1]
    beside: list[Recorded] = [
        *review_queue.messages_completed(tx, found),
        *review_queue.messages_before(tx, found),
        *review_queue.messages_after(tx, found),
    ]
    named = {*quote, *(each.position for each in beside)} - {found.row.position}
    return sorted(named)


def _record(
    tx: WriteTx, allowed: Permit, group: GroupId, refs: tuple[int, ...], duty: Duty
) -> None:
    last = _oversight_store.find(tx, refs[0], allowed.actor.name, duty)
    if last is None or last.at <= tx.now - SAME_READING or not last.shown.issuperset(refs):
        tx.record(allowed, TextRead(group, refs, duty))
