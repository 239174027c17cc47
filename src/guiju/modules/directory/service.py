"""Who there is, where they stand, and what they are entrusted with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId, new_id
from guiju.kernel.lane import WriteTx
from guiju.kernel.page import Page, check_limit
from guiju.kernel.text import name_key
from guiju.modules.directory import _rules, _spelling_store, _store, deputising, entrusting
from guiju.modules.directory.types import (
    OrganisationNamed,
    OwnRecordError,
    Person,
    PersonAdded,
    PersonChanged,
    PersonNotFoundError,
    StaffNumberTakenError,
    Unit,
    UnitAdded,
    UnitExistsError,
    UnitHeadSet,
    UnitId,
    UnitNotFoundError,
)
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Attempt

apply = deputising.apply
roles = entrusting.roles
grant_role, revoke_role = entrusting.grant_role, entrusting.revoke_role
set_roles = entrusting.set_roles
REAL_NAME = "directory.real_name"
MATCHING_LIMIT = 500


# ---- the organisation and its units -----------------------------------------------------------------------------


def name_organisation(tx: WriteTx, actor: Actor, *, name: str) -> None:
    """Give the organisation its name. Raises NotAllowedError."""
    permit = policy.require(tx, actor, "directory.name")
    tx.record(permit, OrganisationNamed(name))


def organisation_name(tx: ReadTx) -> str:
    """The name of the organisation; empty before it has one."""
    return _store.organisation_name(tx)


def add_unit(
    tx: WriteTx,
    actor: Actor,
    *,
    name: str,
    parent: UnitId | None = None,
    head: PersonId | None = None,
) -> Unit:
    """Add a unit below `parent`, or as a root.

    Raises NotAllowedError, BadUnitNameError, UnitNotFoundError, PersonNotFoundError, TooDeepError or UnitExistsError.
    """
    permit = policy.require(tx, actor, "directory.units")
    _rules.check_unit_name(name)
    if parent is not None:
        get_unit(tx, parent)
    if head is not None:
        get_person(tx, head)
    units = _store.units(tx)
    _rules.check_depth(units, parent)
    if any(
        unit.parent == parent and name_key(unit.name) == name_key(name) for unit in units.values()
    ):
        raise UnitExistsError("There is a unit of this name.", parent=parent)
    unit = UnitId(new_id("uni", tx.now))
    tx.record(permit, UnitAdded(unit, parent, head, name))
    return get_unit(tx, unit)


def set_unit_head(tx: WriteTx, actor: Actor, unit_id: UnitId, head: PersonId | None) -> Unit:
    """Have a person head a unit, or nobody. Raises NotAllowedError, UnitNotFoundError or PersonNotFoundError."""
    permit = policy.require(tx, actor, "directory.units")
    if head is not None:
        get_person(tx, head)
    if get_unit(tx, unit_id).head != head:
        tx.record(permit, UnitHeadSet(unit_id, head))
    return get_unit(tx, unit_id)


def get_unit(tx: ReadTx, unit_id: UnitId) -> Unit:
    """A unit. Raises UnitNotFoundError."""
    unit = _store.units(tx).get(unit_id)
    if unit is None:
        raise UnitNotFoundError("There is no such unit.", unit=unit_id)
    return unit


def unit_mark(tx: ReadTx, unit_id: UnitId) -> dict[str, Any]:
    """`{"id", "name"}` of a unit. Raises UnitNotFoundError."""
    unit = get_unit(tx, unit_id)
    return {"id": unit.id, "name": unit.name}


def unit_ancestors(tx: ReadTx, unit_id: UnitId) -> list[UnitId]:
    """The unit itself and the units above it, upward. Raises UnitNotFoundError."""
    get_unit(tx, unit_id)
    return list(_rules.ancestors(_store.units(tx), unit_id))


def list_units(tx: ReadTx, actor: Actor) -> list[tuple[Unit, int]]:
    """All units in the order in which they were added, with the number of people right in them."""
    policy.require(tx, actor, "directory.read")
    people = _store.people_by_unit(tx)
    return [(unit, people.get(unit.id, 0)) for unit in _store.units(tx).values()]


def unit_order(tx: ReadTx) -> list[UnitId]:
    """All units in the order in which they were added."""
    return list(_store.units(tx))


def people_in(tx: ReadTx, unit_id: UnitId) -> int:
    """The number of people right in a unit."""
    return _store.people_by_unit(tx).get(unit_id, 0)


# ---- people -----------------------------------------------------------------------------------------------------


def add_person(
    tx: WriteTx,
    actor: Actor,
    *,
    name: str,
    staff_no: str,
    unit: UnitId | None,
    post: str = "",
    phone: str = "",
    email: str = "",
    login: str | None = None,
) -> Person:
    """Add a person and ask for their account, whose login is the staff number unless `login` says otherwise.

    Raises NotAllowedError, BadStaffNumberError, UnitNotFoundError, StaffNumberTakenError, and what
    `identity.request_account` raises.
    """
    permit = policy.require(tx, actor, "directory.edit").under(*policy.use_ids(tx, REAL_NAME))
    _rules.check_staff_no(staff_no)
    if unit is not None:
        get_unit(tx, unit)
    if _store.by_staff_no(tx, [staff_no]):
        raise StaffNumberTakenError("Another person has this staff number.", staff_no=staff_no)
    person = PersonId(new_id("per", tx.now))
    tx.record(permit, PersonAdded(person, unit, name, staff_no, post, phone, email))
    identity.request_account(tx, actor, person, login=login if login is not None else staff_no)
    return get_person(tx, person)


def change_person(
    tx: WriteTx,
    actor: Actor,
    person_id: PersonId,
    *,
    name: str | None = None,
    unit: UnitId | None = None,
    post: str | None = None,
    phone: str | None = None,
    email: str | None = None,
) -> Person:
    """Correct a record or move a person; what is None stays as it is.

    Raises OwnRecordError (recorded as an attempt where a clause asks for real names), NotAllowedError,
    PersonNotFoundError or UnitNotFoundError.
    """
    if actor.person == person_id:
        raise _own_record(tx, actor)
    permit = policy.require(tx, actor, "directory.edit")
    person = get_person(tx, person_id)
    if unit is not None:
        get_unit(tx, unit)
    fact = PersonChanged(
        person_id,
        unit if unit != person.unit else None,
        name if name != person.name else None,
        post if post != person.post else None,
        phone if phone != person.phone else None,
        email if email != person.email else None,
        joins=unit is not None and person.unit is None,
    )
    if fact.name is not None:
        permit = permit.under(*policy.use_ids(tx, REAL_NAME))
    if fact.joins and fact.name is not None:
        # Everybody hears of the name, and some of the joining: an entry brings a client one item.
        tx.record(permit, PersonChanged(person_id, fact.unit, joins=True))
        fact = replace(fact, unit=None, joins=False)
    if fact != PersonChanged(person_id, None):
        tx.record(permit, fact)
    return get_person(tx, person_id)


def _own_record(tx: ReadTx, actor: Actor) -> OwnRecordError:
    message = "Nobody edits their own record."
    use = policy.first_use(tx, REAL_NAME)
    if use is None:
        return OwnRecordError(message)
    attempt = Attempt(actor, "directory.edit", None, use.id, OwnRecordError.code)
    return OwnRecordError(message, attempt=attempt, clause=use.mark())


def get_person(tx: ReadTx, person_id: PersonId) -> Person:
    """A person's record. Raises PersonNotFoundError."""
    person = _store.find_person(tx, person_id)
    if person is None:
        raise PersonNotFoundError("There is no such person.", person=person_id)
    return person


def show_person(tx: ReadTx, actor: Actor, person_id: PersonId) -> Person:
    """`get_person` for an actor. Raises NotAllowedError or PersonNotFoundError."""
    policy.require(tx, actor, "directory.read")
    return get_person(tx, person_id)


def person_mark(tx: ReadTx, person_id: PersonId) -> dict[str, Any]:
    """The person mark of docs/protocol.md. It MUST NOT be changed by the caller. Raises PersonNotFoundError."""
    mark: dict[str, Any] = tx.cached(
        ("person", person_id, "mark"), lambda: _mark(tx, get_person(tx, person_id))
    )
    return mark


def people_with(tx: ReadTx, ids: Sequence[PersonId]) -> Mapping[PersonId, Person]:
    """The people with these ids, in a few queries; unknown ones are left out."""
    return _store.people_with(tx, ids)


def person_marks(tx: ReadTx, ids: Sequence[PersonId]) -> dict[PersonId, dict[str, Any]]:
    """The person marks of many people, in this order; unknown ones are left out."""
    found = _store.people_with(tx, ids)
    return {person: _mark(tx, found[person]) for person in ids if person in found}


def _mark(tx: ReadTx, person: Person) -> dict[str, Any]:
    unit = unit_mark(tx, person.unit) if person.unit is not None else None
    return {"id": person.id, "name": person.name, "staff_no": person.staff_no, "unit": unit}


def person_name(tx: ReadTx, person_id: PersonId) -> str:
    """The real name of a person. Raises PersonNotFoundError."""
    return str(person_mark(tx, person_id)["name"])


def unit_name(tx: ReadTx, unit_id: str) -> str:
    """The name of a unit. Raises UnitNotFoundError."""
    return get_unit(tx, UnitId(unit_id)).name


def find_people(
    tx: ReadTx,
    actor: Actor,
    *,
    words: str = "",
    unit: UnitId | None = None,
    after: PersonId | None = None,
    limit: int = 50,
) -> Page[Person]:
    """People by staff number; `words` match names and staff numbers, `unit` takes the units below it along.

    Raises NotAllowedError, UnitNotFoundError, PersonNotFoundError or BadLimitError.
    """
    policy.require(tx, actor, "directory.read")
    inside: Collection[UnitId] | None = None
    if unit is not None:
        get_unit(tx, unit)
        inside = _rules.with_descendants(_store.units(tx), unit)
    return _store.list_people(
        tx,
        policy.scope(tx, actor, "directory.read"),
        words=words,
        in_units=inside,
        after=get_person(tx, after) if after is not None else None,
        limit=check_limit(limit),
    )


def keep_spellings(tx: WriteTx, person: PersonId, words: Sequence[str]) -> None:
    """Have a person found by these words too, in place of earlier ones; no fact, for it follows from the name."""
    _spelling_store.keep_spellings(tx, person, words)


def unspelled(tx: ReadTx, limit: int) -> list[tuple[PersonId, str]]:
    """(person, name) of at most `limit` people whose names have no spelling yet."""
    return _store.unspelled(tx, limit)


def spellings_of(tx: ReadTx, people: Sequence[PersonId]) -> dict[PersonId, list[str]]:
    """By which words each of these people is found besides the name."""
    return _spelling_store.spellings_of(tx, people)


class Marks:
    """What `identity` must know of people; the composition root hands it over."""

    def mark(self, tx: ReadTx, person: PersonId) -> dict[str, Any]:
        return person_mark(tx, person)

    def matching(self, tx: ReadTx, words: str) -> Collection[PersonId]:
        return _store.matching(tx, words, MATCHING_LIMIT)

    def line(self, tx: ReadTx, person: PersonId) -> str | None:
        return entrusting.administrator_line(tx, person)

    def check_line_kept(self, tx: ReadTx, actor: Actor, person: PersonId, operation: str) -> None:
        entrusting.check_line_kept(tx, actor, person, operation)


# ---- heads and posts --------------------------------------------------------------------------------------------


def headed_units(tx: ReadTx, person: PersonId) -> frozenset[str]:
    """The units that a person heads, with the units below them."""
    units = _store.units(tx)
    headed = [unit.id for unit in units.values() if unit.head == person]
    return _rules.with_descendants(units, *headed)


def level_above(tx: ReadTx, person_id: PersonId, n: int) -> PersonId | None:
    """The n-th head above a person (from 1), walking up the units; None when there are not so many.

    The person is left out, and so is a head whose account is suspended or closed. Raises PersonNotFoundError.
    """
    assert n >= 1, "levels above a person count from 1"
    heads = _rules.heads_above(_store.units(tx), get_person(tx, person_id).unit, person_id)
    able = _able(tx, heads)
    return able[n - 1] if len(able) >= n else None


def heads_over(tx: ReadTx, unit: str, without: str | None) -> list[PersonId]:
    """The heads of a unit and of those above it, upward, who are not `without` and can use their account."""
    heads = _rules.heads_above(_store.units(tx), UnitId(unit), PersonId(without or ""))
    return _able(tx, heads)


def heads_over_each(tx: ReadTx, units: Collection[str]) -> dict[str, list[PersonId]]:
    """`heads_over` of many units, without asking for each head more than once whether they can use their account."""
    tree, nobody = _store.units(tx), PersonId("")
    chains = {unit: _rules.heads_above(tree, UnitId(unit), nobody) for unit in units}
    heads = dict.fromkeys(head for chain in chains.values() for head in chain)
    able = set(_able(tx, list(heads)))
    return {unit: [head for head in chain if head in able] for unit, chain in chains.items()}


def head_of_unit(tx: ReadTx, person_id: PersonId) -> PersonId | None:
    """The head of a person's unit, or of the next unit above that has one who is not the person."""
    return level_above(tx, person_id, 1)


def has_person(tx: ReadTx, person: PersonId) -> bool:
    """Whether there is such a person."""
    return _store.find_person(tx, person) is not None


def people_by_number(
    tx: ReadTx, *, staff_nos: Collection[str], phones: Collection[str]
) -> list[Person]:
    """The people with these staff numbers and telephone numbers, each once; unknown numbers are left out."""
    found = _store.by_staff_no(tx, staff_nos) if staff_nos else {}
    named = [found[number.lower()] for number in staff_nos if number.lower() in found]
    return list(dict.fromkeys([*named, *_store.by_phone(tx, phones)]))


def people_outside(tx: ReadTx) -> frozenset[PersonId]:
    """The people who belong to no unit of the organisation: guests from outside. The lane remembers them."""
    found: frozenset[PersonId] = tx.cached(
        ("outside",), lambda: frozenset(_store.people_outside(tx))
    )
    return found


def posts(tx: ReadTx) -> list[tuple[str, int]]:
    """Every post with the number of its holders, the most frequent first."""
    return _store.posts(tx)


def people_in_post(tx: ReadTx, title: str) -> list[PersonId]:
    """Who holds a post and is able to act."""
    return _able(tx, _store.people_in_post(tx, title))


def people_with_role(tx: ReadTx, role: str) -> list[PersonId]:
    """Who holds a role and is able to act."""
    return _able(tx, _store.holders(tx, role))


def _able(tx: ReadTx, people: Sequence[PersonId]) -> list[PersonId]:
    return [person for person in people if not identity.is_barred(tx, person)]
