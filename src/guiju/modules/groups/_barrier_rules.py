"""Pure decisions about barriers: whom they keep apart, and when."""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from guiju.kernel.ids import PersonId
from guiju.modules.groups.direct_types import (
    BadBarrierError,
    Barrier,
    BarrierInput,
    DirectRules,
    Reach,
    Side,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands: in which unit, with those above it, and in which post."""

    person: PersonId
    units: frozenset[str]
    post: str


def check_direct(params: DirectRules) -> None:
    """ValueError when direct conversations are allowed without saying how they are inspected."""
    if params.allowed and not (params.group_class and params.level):
        raise ValueError("`allowed` needs `group_class` and `level`")


def is_on(side: Side, one: Standing) -> bool:
    return (
        one.person in side.people or one.post in side.posts or not one.units.isdisjoint(side.units)
    )


def is_in_force(barrier: Barrier, now: int) -> bool:
    """Whether the barrier stands at `now` (ms): from its beginning on, and no longer at its end."""
    begun = barrier.starts_at is None or barrier.starts_at <= now
    ended = barrier.ends_at is not None and barrier.ends_at <= now
    return barrier.lifted_at is None and begun and not ended


def bars(barrier: Barrier, writer: Standing, reader: Standing) -> bool:
    """Whether the barrier keeps `writer` from writing to `reader`."""
    forth = is_on(barrier.first, writer) and is_on(barrier.second, reader)
    back = barrier.both and is_on(barrier.second, writer) and is_on(barrier.first, reader)
    return forth or back


def apart(
    barrier: Barrier, new: Collection[Standing], everybody: Iterable[Standing]
) -> tuple[PersonId, PersonId] | None:
    """Somebody new and somebody else whom a barrier both ways keeps apart; the cost grows with the people, not the pairs."""
    every = list(everybody)
    for side, opposite in ((barrier.first, barrier.second), (barrier.second, barrier.first)):
        one = next((each for each in new if is_on(side, each)), None)
        if one is None:
            continue
        others = [each.person for each in every if is_on(opposite, each)]
        other = next((person for person in others if person != one.person), None)
        if other is not None:
            return one.person, other
        # The only one on the opposite side is this one; somebody else new may stand on this side too.
        second = next(
            (each for each in new if is_on(side, each) and each.person != one.person), None
        )
        if second is not None and others:
            return second.person, others[0]
    return None


def check_times(wanted: BarrierInput, now: int) -> None:
    """Raises BadBarrierError for an end that does not lie ahead, or before the beginning."""
    if wanted.ends_at is not None and wanted.ends_at <= max(now, wanted.starts_at or 0):
        raise BadBarrierError("The end lies ahead, and after the beginning.", field="ends_at")
    if wanted.groups and not wanted.both:
        raise BadBarrierError(
            "Only a barrier both ways keeps people out of groups.", field="groups"
        )


def reach_of(
    wanted: BarrierInput, first: Collection[PersonId], second: Collection[PersonId]
) -> Reach:
    """Raises BadBarrierError for a side with nobody in it, or with only one person on both sides."""
    for field, people in (("first", first), ("second", second)):
        if not people:
            raise BadBarrierError("Nobody stands on this side.", field=field)
    one, other = tuple(sorted(set(first))), tuple(sorted(set(second)))
    common = len(set(one) & set(other))
    # Each pair once: two people who both stand on both sides are one pair, not two.
    pairs = len(one) * len(other) - common - common * (common - 1) // 2
    if not pairs:
        raise BadBarrierError("Nobody is kept apart from somebody else.", field="second")
    named = json.dumps([asdict(wanted), one, other], sort_keys=True).encode()
    return Reach(one, other, pairs, hashlib.sha256(named).hexdigest())
