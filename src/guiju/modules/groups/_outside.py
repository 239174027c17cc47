"""In which groups some people are: asked about those from outside the organisation."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.groups._store import _member
from guiju.modules.policy.types import PRESENT


def with_any_of(
    tx: ReadTx, groups: Iterable[GroupId], people: Collection[PersonId]
) -> frozenset[GroupId]:
    """Those of the groups in which one of these people is now."""
    c, found = _member.c, set[GroupId]()
    here, some = c.grp.in_(list(groups)), sorted(people)
    for start in range(0, len(some), 500):
        among = c.person.in_(some[start : start + 500])
        found |= set(tx.scalars(select(c.grp).where(here, c.state.in_(PRESENT), among).distinct()))
    return frozenset(found)
