"""Barriers: who may not write to whom. Previewed with names, then set; enforced where people meet."""

import functools
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import Safe
from guiju.kernel.ids import GroupId, PersonId, new_id
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import placing
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.groups import _barrier_rules, _direct_store, _place_store, _store
from guiju.modules.groups.direct_types import (
    BadBarrierError,
    Barrier,
    BarrierChangedError,
    BarrierEndedError,
    BarrierId,
    BarrierInput,
    BarrierLifted,
    BarrierNotFoundError,
    BarrierSet,
    BarrierTurned,
    Concerned,
    MembersBarredError,
    NoBarrierClauseError,
    Reach,
    Side,
    TooManyBarriersError,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import INSIDE, PRESENT, Use

CONTROL = "groups.barriers"
TIMER = "groups.barrier"
MOST_STANDING = 2000
"""So many barriers stand or lie ahead at once: each is asked where people meet, and all are listed."""
MOST_ENDED = 200
"""So many of those that have ended are listed."""


def preview(tx: ReadTx, actor: Actor, wanted: BarrierInput) -> tuple[Reach, Concerned]:
    """Whom a barrier would keep apart, and what it would meet. Raises what `set_barrier` raises before it is set."""
    policy.require(tx, actor, "groups.set_barriers")
    _use(tx)
    reach = _reach(tx, wanted)
    return reach, _concerned(tx, reach)


def set_barrier(tx: WriteTx, actor: Actor, wanted: BarrierInput, *, digest: str) -> Barrier:
    """Set a barrier as it was previewed: `digest` is that of the preview.

    Raises NotAllowedError, NoBarrierClauseError, BadBarrierError, UnitNotFoundError, PersonNotFoundError,
    TooManyBarriersError, or BarrierChangedError when it would meet other people by now.
    """
    permit = policy.require(tx, actor, "groups.set_barriers").under(_use(tx).id)
    reach = _reach(tx, wanted)
    if reach.digest != digest:
        raise BarrierChangedError("It would meet other people by now; look again.")
    if len(_not_ended(tx)) >= MOST_STANDING:
        raise TooManyBarriersError("Too many barriers stand.", most=MOST_STANDING)
    barrier = BarrierId(new_id("bar", tx.now))
    first, second = wanted.first, wanted.second
    tx.record(
        permit,
        BarrierSet(
            barrier=barrier, first_units=first.units, first_people=first.people, second_units=second.units,
            second_people=second.people, both=wanted.both, covers_groups=wanted.groups, starts_at=wanted.starts_at,
            ends_at=wanted.ends_at, first_count=len(reach.first), second_count=len(reach.second),
            first_posts=first.posts, second_posts=second.posts, reason=wanted.reason,
        ),
    )  # fmt: skip
    made = get_barrier(tx, actor, barrier)
    _set_timer(tx, made)
    return made


def lift_barrier(tx: WriteTx, actor: Actor, barrier_id: str, *, reason: str) -> Barrier:
    """Take a barrier away before its end. Raises BarrierNotFoundError, NotAllowedError or BarrierEndedError."""
    barrier = get_barrier(tx, actor, barrier_id)
    permit = policy.require(tx, actor, "groups.set_barriers").under(*policy.use_ids(tx, CONTROL))
    if barrier.lifted_at is not None or has_ended(barrier, tx.now):
        raise BarrierEndedError("The barrier stands no longer.", barrier=barrier_id)
    tx.record(permit, BarrierLifted(barrier.id, reason))
    tx.cancel(TIMER, barrier.id)
    return get_barrier(tx, actor, barrier_id)


def turn(tx: WriteTx, actor: Actor, barrier_id: str, *, stood: bool | None) -> None:
    """Say that a barrier begins or ends to stand, when it does by the clock, and come back for what is ahead.

    `stood` is what was known before; None where nobody has looked yet.
    """
    barrier = _direct_store.find_barrier(tx, barrier_id)
    if barrier is None or barrier.lifted_at is not None:
        return
    stands = _barrier_rules.is_in_force(barrier, tx.now)
    if stood is not None and stands != stood:
        permit = policy.require(tx, actor, "groups.turn_barriers")
        tx.record(permit.under(*policy.use_ids(tx, CONTROL)), BarrierTurned(barrier.id, stands))
    _set_timer(tx, barrier)


def _set_timer(tx: WriteTx, barrier: Barrier) -> None:
    """Wake up when the barrier begins to stand, or when it ends."""
    ahead = [at for at in (barrier.starts_at, barrier.ends_at) if at is not None and at > tx.now]
    if ahead:
        stands = _barrier_rules.is_in_force(barrier, tx.now)
        tx.schedule(TIMER, barrier.id, min(ahead), stood=int(stands))


def get_barrier(tx: ReadTx, actor: Actor, barrier_id: str) -> Barrier:
    """Raises BarrierNotFoundError, also for those who may not see barriers."""
    found = _direct_store.find_barrier(tx, barrier_id)
    if found is None or not policy.may(tx, actor, "groups.read_barriers"):
        raise BarrierNotFoundError("There is no such barrier.", barrier=barrier_id)
    return found


def list_barriers(tx: ReadTx, actor: Actor) -> list[Barrier]:
    """All that stand or lie ahead, then the newest of those that have ended; each newest first.

    Raises NotAllowedError.
    """
    policy.require(tx, actor, "groups.read_barriers")
    return [*reversed(_not_ended(tx)), *_direct_store.ended(tx, MOST_ENDED)]


def _not_ended(tx: ReadTx) -> list[Barrier]:
    return [barrier for barrier in _direct_store.unlifted(tx) if not has_ended(barrier, tx.now)]


def reason_of(tx: ReadTx, barrier: Barrier) -> str:
    """Why it was set, opened from the ledger."""
    entry = tx.entry(barrier.position)
    assert entry is not None and isinstance(entry.fact, BarrierSet), "it names its entry"
    return entry.fact.reason


def has_ended(barrier: Barrier, now: int) -> bool:
    """Whether its time is over."""
    return barrier.ends_at is not None and barrier.ends_at <= now


# ---- where people meet ------------------------------------------------------------------------------------------


def between(tx: ReadTx, writer: PersonId, reader: PersonId) -> Barrier | None:
    """The barrier that keeps `writer` from writing to `reader` now; the one that stands longest, if there are more."""
    standing = [b for b in _direct_store.unlifted(tx) if _barrier_rules.is_in_force(b, tx.now)]
    if not standing:
        return None
    one, other = _standing(tx, writer), _standing(tx, reader)
    found = [barrier for barrier in standing if _barrier_rules.bars(barrier, one, other)]
    return max(found, key=lambda b: float("inf") if b.ends_at is None else b.ends_at, default=None)


def kept_apart(tx: ReadTx, person: PersonId, among: Sequence[PersonId]) -> frozenset[PersonId]:
    """Who of these a barrier keeps from writing to somebody now, or keeps them from: asked of many at once."""
    standing = [b for b in _direct_store.unlifted(tx) if _barrier_rules.is_in_force(b, tx.now)]
    if not standing:
        return frozenset()
    known = _all_standing(tx, [person, *among])
    mine = known[person]
    return frozenset(
        other
        for other in among
        if any(
            _barrier_rules.bars(barrier, mine, known[other])
            or _barrier_rules.bars(barrier, known[other], mine)
            for barrier in standing
        )
    )


def kept_from(tx: ReadTx, reader: PersonId, among: Sequence[PersonId]) -> frozenset[PersonId]:
    """Who of these a barrier keeps from writing to `reader` now: asked of many at once."""
    standing = [b for b in _direct_store.unlifted(tx) if _barrier_rules.is_in_force(b, tx.now)]
    if not standing or not among:
        return frozenset()
    known = _all_standing(tx, [reader, *among])
    return frozenset(
        writer
        for writer in among
        if any(_barrier_rules.bars(barrier, known[writer], known[reader]) for barrier in standing)
    )


def kept_from_writing(
    tx: ReadTx, barrier_id: str, at: int | None, among: Collection[PersonId]
) -> frozenset[PersonId]:
    """Who of these may not write to somebody while a barrier stands; nobody where it did not stand by the clock at `at` (ms),
    if that is asked.

    Asked on the event loop, with everybody who is connected: one query finds them, however many these are.
    """
    barrier = _direct_store.find_barrier(tx, barrier_id)
    assert barrier is not None, "a fact names it"
    if at is not None and not _barrier_rules.is_in_force(replace(barrier, lifted_at=None), at):
        return frozenset()
    sides = [barrier.first, barrier.second] if barrier.both else [barrier.first]
    found = {person for side in sides for person in side.people}.intersection(among)
    units = [UnitId(unit) for side in sides for unit in side.units]
    posts = [post for side in sides for post in side.posts]
    if units or posts:
        found |= placing.people_placed(tx, units, posts, among)
    return frozenset(found)


def check_together(tx: ReadTx, came: Sequence[PersonId], group: GroupId | None = None) -> None:
    """Raises MembersBarredError when a barrier keeps two people apart of whom one comes and the other comes too or is in
    the group, or PersonNotFoundError for one who comes.
    """
    standing = [
        barrier
        for barrier in _direct_store.unlifted(tx)
        if barrier.groups and _barrier_rules.is_in_force(barrier, tx.now)
    ]
    if not standing:
        return
    new = list(dict.fromkeys(came))
    here = _inside(tx, group) - set(new) if group is not None else set[PersonId]()
    known = _all_standing(tx, [*new, *sorted(here)])
    for person in new:
        if person not in known:
            directory.get_person(tx, person)  # raises
    for barrier in standing:
        apart = _barrier_rules.apart(barrier, [known[person] for person in new], known.values())
        if apart is not None:
            raise MembersBarredError(
                "A barrier keeps these two out of one group.",
                people=[{"id": p, "name": directory.person_name(tx, p)} for p in apart],
                clause=clause_of(tx),
            )


def _inside(tx: ReadTx, group: GroupId) -> set[PersonId]:
    return {member.person for member in _store.members(tx, group) if member.state in INSIDE}


def clause_of(tx: ReadTx) -> dict[str, Safe] | None:
    """The clause that provides for barriers, for refusals; None when the rules in force have none any more."""
    use = policy.first_use(tx, CONTROL)
    return dict(use.mark()) if use is not None else None


def _use(tx: ReadTx) -> Use:
    use = policy.first_use(tx, CONTROL)
    if use is None:
        raise NoBarrierClauseError("The rules in force provide for no barriers.")
    return use


def _standing(tx: ReadTx, person: PersonId) -> _barrier_rules.Standing:
    found = directory.get_person(tx, person)
    above = directory.unit_ancestors(tx, found.unit) if found.unit is not None else []
    return _barrier_rules.Standing(person, frozenset(above), found.post)


def _all_standing(
    tx: ReadTx, people: Sequence[PersonId]
) -> dict[PersonId, _barrier_rules.Standing]:
    """Where many people stand, in a few queries; who is unknown is left out."""

    @functools.cache
    def units(unit: UnitId) -> frozenset[str]:
        return frozenset(directory.unit_ancestors(tx, unit))

    return {
        person: _barrier_rules.Standing(
            person, units(found.unit) if found.unit is not None else frozenset(), found.post
        )
        for person, found in directory.people_with(tx, people).items()
    }


# ---- what a barrier would meet ----------------------------------------------------------------------------------


def _reach(tx: ReadTx, wanted: BarrierInput) -> Reach:
    _barrier_rules.check_times(wanted, tx.now)
    first, second = _people_on(tx, wanted.first, "first"), _people_on(tx, wanted.second, "second")
    return _barrier_rules.reach_of(wanted, first, second)


def _people_on(tx: ReadTx, side: Side, field: str) -> set[PersonId]:
    """Raises UnitNotFoundError, PersonNotFoundError, or BadBarrierError for a post that nobody has."""
    people = set(placing.people_below(tx, [UnitId(unit) for unit in side.units]))
    known = {title for title, _ in directory.posts(tx)} if side.posts else set[str]()
    for post in side.posts:
        if post not in known:
            raise BadBarrierError("Nobody has this post.", field=field)
        people.update(directory.people_in_post(tx, post))
    for person in side.people:
        people.add(directory.get_person(tx, person).id)
    return people


def _concerned(tx: ReadTx, reach: Reach) -> Concerned:
    first, second = frozenset(reach.first), frozenset(reach.second)
    fewer = min(first, second, key=len)
    directs = []
    for pair in _direct_store.pairs_with(tx, fewer):
        one, other = pair.people
        if (one in first and other in second) or (one in second and other in first):
            directs.append(pair)
    own = {pair.group for pair in directs}
    sides: dict[GroupId, tuple[set[PersonId], set[PersonId]]] = defaultdict(lambda: (set(), set()))
    for place in _place_store.places_of_many(tx, sorted(first | second)):
        if place.state in PRESENT:
            one_side, other_side = sides[place.group]
            if place.person in first:
                one_side.add(place.person)
            if place.person in second:
                other_side.add(place.person)
    met = sorted(
        group for group, (a, b) in sides.items() if group not in own and a and b and len(a | b) > 1
    )
    return Concerned(tuple(directs), tuple(met))
