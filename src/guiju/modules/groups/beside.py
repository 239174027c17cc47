"""Who is in a group with whom, and so sees what somebody tells their groups about themselves.

Alone with one, in a conversation of two, it is only for whom neither a barrier nor a block of that person keeps from writing
to them, and only where they know of the conversation: anybody may open one.
"""

from collections.abc import Callable, Collection, Mapping

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.groups import _direct_store, _place_store, _store, barriers, blocking
from guiju.modules.groups.types import GroupState
from guiju.modules.policy.types import PRESENT

Known = Callable[[ReadTx, Mapping[GroupId, PersonId]], Collection[GroupId]]
"""Of conversations of two those of which the person who is named knows."""


def who_sees(
    tx: ReadTx, person: PersonId, among: Collection[PersonId], known: Known
) -> set[PersonId]:
    """Those of `among` who are in a group with a person. Asked on the event loop, with everybody who is connected."""
    together, alone = _with(tx, person)
    few = [one for one in alone if one in among and one not in together]
    told = known(tx, {alone[one]: person for one in few})
    near = [one for one in few if alone[one] in told]
    kept = barriers.kept_from(tx, person, near)
    seeing = {one for one in near if one not in kept and not _is_blocked(tx, one, person)}
    return (together.intersection(among) | seeing) - {person}


def seen_by(
    tx: ReadTx, viewer: PersonId, among: Collection[PersonId], known: Known
) -> set[PersonId]:
    """Those of `among` who are in a group with `viewer`."""
    together, alone = _with(tx, viewer)
    few = [one for one in alone if one in among and one not in together]
    told = known(tx, {alone[one]: one for one in few})
    near = {
        one
        for one in few
        if alone[one] in told
        and barriers.between(tx, viewer, one) is None
        and not _is_blocked(tx, viewer, one)
    }
    return (together.intersection(among) | near) - {viewer}


def _with(tx: ReadTx, person: PersonId) -> tuple[set[PersonId], dict[PersonId, GroupId]]:
    """Who is in an active work group with a person, and with whom they have a conversation of two."""
    here = [
        group for group, place in _store.places_of(tx, person).items() if place.state in PRESENT
    ]
    registered = _store.groups(tx, here)
    active = [group.id for group in registered.values() if group.state is GroupState.ACTIVE]
    pairs = _direct_store.pairs(tx, [group for group in here if group not in registered])
    return _place_store.present_in(tx, active), {pair.other(person): pair.group for pair in pairs}


def _is_blocked(tx: ReadTx, viewer: PersonId, person: PersonId) -> bool:
    return blocking.blocker_of(tx, viewer, person) == person
