"""Who sees whose telephone number and e-mail address: those who work together, and nobody else (PRV-03).

Guests from outside neither see nor are seen, a barrier that stands keeps either side from seeing the other, and the
contacts of who may not act any more are nobody's.
"""

from collections.abc import Collection, Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.modules.directory import deputising, placing
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import Person, UnitId
from guiju.modules.groups import _place_store, _store, barriers
from guiju.modules.groups.contact_types import MOST_CONTACTS, SEEN_BY, Contact, ContactRules
from guiju.modules.groups.types import GroupState
from guiju.modules.identity import standing
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT, Use

CONTROL = "groups.contacts"
READ, KEEP = "directory.read", "directory.edit"


def rules(tx: ReadTx) -> tuple[ContactRules, Use | None]:
    """What holds: of several uses only what all of them allow, and the first of them; without any the defaults."""
    uses = policy.uses(tx, CONTROL)
    stated = [use.params for use in uses] or [ContactRules()]
    together = ContactRules(
        tuple(each for each in SEEN_BY if all(each in one.seen_by for one in stated)),
        all(one.phone for one in stated),
        all(one.email for one in stated),
        min(one.most_group for one in stated),
        min(one.kept_days for one in stated),
    )
    return together, next(iter(uses), None)


def list_contacts(tx: ReadTx, actor: Actor) -> list[Contact]:
    """Everybody whose contacts the actor sees and who has some, by staff number. Raises NotAllowedError."""
    policy.require(tx, actor, READ)
    here, _ = rules(tx)
    mine = actor.person_id
    near = sorted(_near(tx, mine, here) - {mine})
    seen = _seen(tx, mine, near)
    known = directory.people_with(tx, [one for one in near if one in seen])
    shown = [_contact(person, here) for person in known.values()]
    found = sorted(
        (one for one in shown if one.phone or one.email), key=lambda one: one.person.staff_no
    )
    return found[:MOST_CONTACTS]


def contact_of(tx: ReadTx, actor: Actor, person_id: PersonId) -> Contact | None:
    """The contacts of one person; None where the actor does not see them.

    One's own are shown whatever the rules say, and to those who keep the records everybody's. Raises NotAllowedError or
    PersonNotFoundError.
    """
    person = directory.show_person(tx, actor, person_id)
    if person_id == actor.person or policy.may(tx, actor, KEEP):
        return Contact(person, person.phone, person.email)
    here, _ = rules(tx)
    if person_id not in _near(tx, actor.person_id, here):
        return None
    seen = _seen(tx, actor.person_id, [person_id])
    return _contact(person, here) if person_id in seen else None


def _contact(person: Person, here: ContactRules) -> Contact:
    return Contact(person, person.phone if here.phone else "", person.email if here.email else "")


def _near(tx: ReadTx, mine: PersonId, here: ContactRules) -> set[PersonId]:
    """Those with whom somebody works, before barriers and accounts are looked at; nobody for a guest."""
    unit = directory.get_person(tx, mine).unit
    if unit is None:
        return set()
    near: set[PersonId] = set()
    if "unit" in here.seen_by:
        near.update(placing.people_right_in(tx, [unit]))
    if "heads" in here.seen_by:
        heads = directory.heads_over(tx, unit, mine)
        near.update(heads, deputising.deputies(tx, heads).values())
        headed = directory.headed_units(tx, mine)
        near.update(placing.people_right_in(tx, [UnitId(each) for each in sorted(headed)]))
    if "groups" in here.seen_by:
        near.update(_in_groups_of(tx, mine, here.most_group))
    return near


def _in_groups_of(tx: ReadTx, mine: PersonId, most: int) -> Collection[PersonId]:
    """Who is in an open work group with somebody. One of everybody is no reason to know everybody's number, and neither is
    a conversation of two, which anybody may open.
    """
    here = [group for group, place in _store.places_of(tx, mine).items() if place.state in PRESENT]
    opened = [
        group for group, one in _store.groups(tx, here).items() if one.state is GroupState.ACTIVE
    ]
    counts = _store.count_present(tx, opened)
    return _place_store.present_in(tx, [group for group in opened if counts.get(group, 0) <= most])


def _seen(tx: ReadTx, mine: PersonId, people: Sequence[PersonId]) -> frozenset[PersonId]:
    """Who of these can act, is no guest, and is not kept apart from somebody by a barrier either way."""
    able = standing.certified_among(tx, people) - directory.people_outside(tx)
    return able - barriers.kept_apart(tx, mine, sorted(able))
