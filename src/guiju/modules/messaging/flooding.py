"""Flood limits: how many messages one person sends to one group in a short time (MSG-12).

Counted in this process's memory; nothing of it is recorded.
"""

from collections import Counter, deque
from collections.abc import Sequence

from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging.rule_types import Flood
from guiju.modules.messaging.types import (
    FloodError,
    Send,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Use

Place = tuple[str, PersonId, str]
"""A limit, a person, and the group in which their messages count, or another thing that they count for."""


def places_of(floods: Sequence[Use], send: Send) -> list[Place]:
    """Where a message counts for the flood limits; an import counts nowhere."""
    return [] if send.is_imported else [(use.id, send.person, send.group) for use in floods]


def check(
    tx: WriteTx, floods: Sequence[Use], places: Sequence[Place], taken: Counter[Place]
) -> None:
    """Raises FloodError. `taken` is what this batch adds: only what is recorded counts, a warning does not."""
    for use, place in zip(floods, places, strict=bool(places)):
        assert isinstance(use.params, Flood)
        window = use.params.seconds * 1000
        times = recent(tx, place)
        while times and times[0] <= tx.now - window:
            times.popleft()
        if len(times) + taken[place] >= use.params.messages:
            oldest = times[0] if times else tx.now
            wait = (oldest + window - tx.now + 999) // 1000
            raise FloodError(
                "Too many messages in a short time.", retry_after=wait, clause=use.mark()
            )


def recent(tx: WriteTx, place: Place) -> deque[int]:
    """When somebody wrote in a group lately, as one limit counts it."""
    found: deque[int] = tx.kept(("flood", *place), deque)
    return found


def count(tx: WriteTx, place: Place, more: int) -> None:
    """Count messages that are recorded now, unless they are rolled back."""
    times = recent(tx, place)
    times.extend([tx.now] * more)

    def take_back() -> None:
        for _ in range(more):
            times.pop()

    tx.when_undone(take_back)


def count_change(tx: WriteTx, person: PersonId, group: GroupId) -> None:
    """Count a change of a message, which everybody in the group is told, by the flood limits. Raises FloodError."""
    floods = policy.uses(tx, "messaging.flood")
    places = [(f"change {use.id}", person, group) for use in floods]
    check(tx, floods, places, Counter())
    for place in places:
        recent(tx, place).append(tx.now)
