"""Places that are asked of many people or groups at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import func, select

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.groups import _store
from guiju.modules.groups._store import member_table
from guiju.modules.groups.types import Member
from guiju.modules.policy.types import PRESENT, MemberState


def places_of_many(tx: ReadTx, people: Sequence[PersonId]) -> Iterable[Member]:
    """Every place that some people have or had, in slices of as many people as one statement may name."""
    for at in range(0, len(people), 500):
        some = member_table.c.person.in_(people[at : at + 500])
        yield from map(_store.to_member, tx.all(select(member_table).where(some)))


def count_in(tx: ReadTx, groups: Collection[GroupId], state: MemberState) -> Mapping[GroupId, int]:
    """How many members of each group are in a state; one without any is left out."""
    c = member_table.c
    found = select(c.grp, func.count().label("members")).where(c.grp.in_(groups), c.state == state)
    return {row.grp: row.members for row in tx.all(found.group_by(c.grp))}


def with_any_of(
    tx: ReadTx, groups: Iterable[GroupId], people: Collection[PersonId]
) -> frozenset[GroupId]:
    """Those of the groups in which one of these people is now."""
    c, found = member_table.c, set[GroupId]()
    here, some = c.grp.in_(list(groups)), sorted(people)
    for start in range(0, len(some), 500):
        among = c.person.in_(some[start : start + 500])
        found |= set(tx.scalars(select(c.grp).where(here, c.state.in_(PRESENT), among).distinct()))
    return frozenset(found)


def present_in(tx: ReadTx, groups: Collection[GroupId]) -> set[PersonId]:
    """Everybody who is a member of one of these groups now."""
    c = member_table.c
    found = select(c.person).where(c.grp.in_(groups), c.state.in_(PRESENT)).distinct()
    return set(tx.scalars(found)) if groups else set()
