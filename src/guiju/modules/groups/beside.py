"""Who is in a group with whom, and so sees what somebody tells their groups about themselves.

Alone with one, in a conversation of two, it is only for whom neither a barrier nor a block keeps from writing to them.
"""

from collections.abc import Collection

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.modules.groups import _place_store, _store, barriers, blocking
from guiju.modules.policy.types import PRESENT


def who_sees(tx: ReadTx, person: PersonId, among: Collection[PersonId]) -> set[PersonId]:
    """Those of `among` who are in a group with a person. Asked on the event loop, with everybody who is connected."""
    together, alone = _with(tx, person)
    seeing, few = together.intersection(among), alone.intersection(among)
    kept = barriers.kept_from(tx, person, sorted(few))
    return (seeing | {one for one in few - kept if not _is_blocked(tx, one, person)}) - {person}


def seen_by(tx: ReadTx, viewer: PersonId, among: Collection[PersonId]) -> set[PersonId]:
    """Those of `among` who are in a group with `viewer`."""
    together, alone = _with(tx, viewer)
    near = {
        one
        for one in alone.intersection(among)
        if barriers.between(tx, viewer, one) is None and not _is_blocked(tx, viewer, one)
    }
    return (together.intersection(among) | near) - {viewer}


def _with(tx: ReadTx, person: PersonId) -> tuple[set[PersonId], set[PersonId]]:
    """Who is in a work group with a person, and who is with them in a conversation of two alone."""
    here = [
        group for group, place in _store.places_of(tx, person).items() if place.state in PRESENT
    ]
    registered = _store.groups(tx, here).keys()
    together = _place_store.present_in(tx, list(registered))
    alone = _place_store.present_in(tx, [group for group in here if group not in registered])
    return together, alone - together


def _is_blocked(tx: ReadTx, viewer: PersonId, person: PersonId) -> bool:
    return blocking.blocker_of(tx, viewer, person) == person
