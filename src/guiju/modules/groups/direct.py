"""Direct conversations: opened by one of two people where a clause allows them, written where nothing stands between."""

from collections import deque

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import ForbiddenError, Safe
from guiju.kernel.ids import GroupId, PersonId, new_id
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.groups import _direct_store, _store, barriers, blocking
from guiju.modules.groups.direct_types import (
    BarredError,
    BlockedError,
    BlockingError,
    DirectNotAllowedError,
    DirectOpened,
    DirectPersonLeftError,
    DirectRules,
    DirectTooOftenError,
    DirectWithSelfError,
    Pair,
)
from guiju.modules.groups.types import Group, GroupKind, GroupState
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT, Use

CONTROL = "groups.direct"
MOST_OPENED = 30
"""So many new conversations a person opens in an hour."""
MOST_COMMON = 10
"""So many groups of both are named where a direct conversation is refused."""


def open_direct(tx: WriteTx, actor: Actor, person: PersonId) -> GroupId:
    """The direct conversation with a person: the one that there is, which stays readable, or a new one.

    Raises NotAllowedError, PersonNotFoundError, DirectWithSelfError, DirectPersonLeftError, DirectNotAllowedError,
    BarredError, BlockedError, BlockingError or DirectTooOftenError.
    """
    permit = policy.require(tx, actor, "groups.open_direct")
    known = find_direct(tx, actor, person)
    if known is not None:
        return known.group
    found = refusal(tx, actor.person_id, person)
    if found is not None:
        raise found
    use = _allowing(tx)
    assert use is not None and isinstance(use.params, DirectRules), "refused otherwise"
    _check_often(tx, actor.person_id)
    group = GroupId(new_id("grp", tx.now))
    people = _ordered(actor.person_id, person)
    tx.record(
        permit.under(use.id),
        DirectOpened(group, people, use.params.group_class, use.params.level),
    )
    return group


def _check_often(tx: WriteTx, person: PersonId) -> None:
    """Nobody begins to talk with the whole house at once. Raises DirectTooOftenError."""
    opened: deque[int] = tx.kept(("directs", person), deque)
    while opened and opened[0] <= tx.now - HOUR:
        opened.popleft()
    if len(opened) >= MOST_OPENED:
        wait = (opened[0] + HOUR - tx.now + 999) // 1000
        raise DirectTooOftenError("Too many new conversations in an hour.", retry_after=wait)
    opened.append(tx.now)


def find_direct(tx: ReadTx, actor: Actor, person: PersonId) -> Pair | None:
    """The conversation that the actor has with a person. Raises PersonNotFoundError or DirectWithSelfError."""
    directory.get_person(tx, person)
    if person == actor.person:
        raise DirectWithSelfError("Choose somebody else.")
    return _direct_store.find_between(tx, *_ordered(actor.person_id, person))


def refusal(tx: ReadTx, writer: PersonId, reader: PersonId) -> ForbiddenError | None:
    """What keeps `writer` from writing to `reader` alone: an ended account, the rules, a barrier, or a block."""
    if not _is_usable(tx, reader):
        return DirectPersonLeftError("This person cannot be written to any more.", person=reader)
    if _allowing(tx) is None:
        use = policy.first_use(tx, CONTROL)
        return DirectNotAllowedError(
            "The rules allow no direct conversations.",
            clause=use.mark() if use is not None else None,
            groups=_groups_of_both(tx, writer, reader),
        )
    barrier = barriers.between(tx, writer, reader)
    if barrier is None:
        return _blocked(tx, writer, reader)
    return BarredError(
        "A barrier stands between you and this person.",
        clause=barriers.clause_of(tx),
        until=barrier.ends_at,
        groups=_groups_of_both(tx, writer, reader),
    )


def is_kept_from(tx: ReadTx, writer: PersonId, reader: PersonId) -> bool:
    """Whether something that is not in `writer`'s own hands keeps them from writing to `reader`: not their own block."""
    found = refusal(tx, writer, reader)
    return found is not None and not isinstance(found, BlockingError)


def _blocked(tx: ReadTx, writer: PersonId, reader: PersonId) -> ForbiddenError | None:
    blocker = blocking.blocker_of(tx, writer, reader)
    if blocker is None:
        return None
    clause = blocking.clause_of(tx)
    if blocker == writer:
        return BlockingError("You have blocked this person.", clause=clause, person=reader)
    return BlockedError(
        "This person takes no direct messages from you.",
        clause=clause,
        groups=_groups_of_both(tx, writer, reader),
    )


def is_allowed(tx: ReadTx) -> bool:
    """Whether a clause lets people write to each other alone."""
    return _allowing(tx) is not None


def check_writable(tx: ReadTx, group: Group, writer: PersonId) -> None:
    """Raises what `refusal` finds, for a direct conversation; every other group has nothing to check here."""
    if group.kind is not GroupKind.DIRECT:
        return
    pair = tx.cached(("group", group.id, "pair"), lambda: _direct_store.find_pair(tx, group.id))
    assert pair is not None, "a direct conversation has two people"
    found = refusal(tx, writer, pair.other(writer))
    if found is not None:
        raise found


def as_group(tx: ReadTx, pair: Pair) -> Group:
    """The conversation as a group, named after both."""
    names = "、".join(directory.person_name(tx, person) for person in pair.people)
    return Group(
        id=pair.group, name=names, filing_number="", kind=GroupKind.DIRECT, tool=None, group_class=pair.group_class,
        level=pair.level, unit="", purpose="", scope="", state=GroupState.ACTIVE, owner=None, end_date=None,
        registered_at=pair.opened_at, rules_version=0, rules_position=None,
    )  # fmt: skip


def other_in(tx: ReadTx, group: GroupId, person: PersonId) -> PersonId | None:
    """Whom a person talks with in a direct conversation; None in any other group."""
    pair = _direct_store.find_pair(tx, group)
    return pair.other(person) if pair is not None else None


def _allowing(tx: ReadTx) -> Use | None:
    """The clause that allows; none does where one forbids."""
    uses = policy.uses(tx, CONTROL)
    return uses[0] if uses and all(use.params.allowed for use in uses) else None


def _ordered(one: PersonId, other: PersonId) -> tuple[PersonId, PersonId]:
    return (one, other) if one < other else (other, one)


def _is_usable(tx: ReadTx, person: PersonId) -> bool:
    usable: bool = tx.cached(
        ("person", person, "account", "certified"), lambda: identity.is_certified(tx, person)
    )
    return usable


def _groups_of_both(tx: ReadTx, one: PersonId, other: PersonId) -> list[Safe]:
    """Groups in which both write, where they can talk instead."""
    mine, theirs = (_store.places_of(tx, person) for person in (one, other))
    both = [g for g, place in mine.items() if place.state in PRESENT and g in theirs]
    found = _store.groups(tx, [group for group in both if theirs[group].state in PRESENT])
    open_ones = sorted(
        (group for group in found.values() if group.state is GroupState.ACTIVE),
        key=lambda group: group.registered_at,
    )
    return [{"id": group.id, "name": group.name} for group in open_ones[:MOST_COMMON]]
