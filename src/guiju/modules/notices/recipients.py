"""Whom a notice asks: units, posts, groups and people, resolved to those who can acknowledge it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.modules.directory import placing
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.groups import ordering
from guiju.modules.groups import service as groups
from guiju.modules.identity.standing import certified_among
from guiju.modules.notices.types import (
    MOST_RECIPIENTS,
    SLICE,
    Audience,
    NoRecipientsError,
    TooManyRecipientsError,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT

ALL = "notices.issue_to_all"
# Some who are meant cannot be asked, so more than are asked may be looked at; nothing is looked at without end.
_MOST_MEANT = 4 * MOST_RECIPIENTS


@dataclass(frozen=True, slots=True)
class Resolved:
    """The people by unit, with their person marks; `left_out` counts those who cannot be asked."""

    units: Mapping[str | None, Sequence[dict[str, Any]]]
    left_out: int

    @property
    def count(self) -> int:
        return sum(len(people) for people in self.units.values())

    def slices(self) -> Iterator[tuple[str | None, tuple[PersonId, ...]]]:
        """(unit, people), so many people at a time as a leaf holds."""
        for unit, people in self.units.items():
            for start in range(0, len(people), SLICE):
                yield unit, tuple(PersonId(one["id"]) for one in people[start : start + SLICE])


def resolve(tx: ReadTx, actor: Actor, wanted: Audience) -> Resolved:
    """The people whom `wanted` means, without the actor, and without those whose account is not certified.

    Who issues as the head of units asks the people of these units only; the others are left out.
    Raises UnitNotFoundError, GroupNotFoundError, NotPublisherError, PersonNotFoundError, NoRecipientsError or
    TooManyRecipientsError.
    """
    meant: dict[PersonId, None] = {}
    for one in _meant(tx, actor, wanted):
        if one != actor.person:
            meant[one] = None
        if len(meant) > _MOST_MEANT:
            raise TooManyRecipientsError("Too many people for one notice.", most=MOST_RECIPIENTS)
    usable = certified_among(tx, list(meant))
    marks = directory.person_marks(tx, [one for one in meant if one in usable])
    own = None if policy.may(tx, actor, ALL) else directory.headed_units(tx, actor.person_id)
    units: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    for mark in marks.values():
        unit = mark["unit"]["id"] if mark["unit"] is not None else None
        if own is None or unit in own:
            units[unit].append(mark)
    order: dict[str, int] = {unit: place for place, unit in enumerate(directory.unit_order(tx))}
    by_unit = dict(sorted(units.items(), key=lambda pair: order.get(pair[0] or "", len(order))))
    count = sum(map(len, by_unit.values()))
    if count == 0:
        raise NoRecipientsError("Nobody is left whom the notice could ask.")
    if count > MOST_RECIPIENTS:
        raise TooManyRecipientsError("Too many people for one notice.", most=MOST_RECIPIENTS)
    return Resolved(by_unit, len(meant) - count)


def _meant(tx: ReadTx, actor: Actor, wanted: Audience) -> Iterator[PersonId]:
    yield from placing.people_below(tx, [UnitId(unit) for unit in wanted.units])
    for post in wanted.posts:
        yield from directory.people_in_post(tx, post)
    for group in wanted.groups:
        found = groups.get_group(tx, actor, group)
        groups.check_registered(found)
        ordering.check_notice(tx, actor, found)
        for member in groups.members(tx, group):
            if member.state in PRESENT:
                yield member.person
    for person in wanted.people:
        yield directory.get_person(tx, person).id
