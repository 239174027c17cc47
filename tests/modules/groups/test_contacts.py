"""Telephone numbers and e-mail addresses: seen by those who work together, and by nobody else."""

from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import PersonNotFoundError
from guiju.modules.groups import barriers, contacting, direct, governing, roster
from guiju.modules.groups.contact_types import ContactRules
from guiju.modules.identity import service as identity
from guiju.modules.policy.types import BadPackError, NotAllowedError
from guiju.setup import SYSTEM, open_account
from tests.support.apart import barrier_input, people, set_barrier
from tests.support.deputies import stand_in
from tests.support.office import Office
from tests.support.world import NO_PASSWORD

SHIPPED = "with: {seen_by: [unit, groups, heads], most_group: 100, kept_days: 14}"


class Book:
    """People of several units, each with a telephone number."""

    def __init__(self, office: Office) -> None:
        self.office, self.world, self.count = office, office.world, 0
        self.far = self.world.add_unit("远处")
        self.colleague = self.person("韩同事", unit=self.world.add_unit("近处"))
        self.near_unit = self.unit_of(self.colleague)
        self.me = self.person("周我", unit=self.near_unit)
        self.stranger = self.person("吴远方", unit=self.far)
        self.phone(office.head)

    def person(self, name: str, **extra: Any) -> Actor:
        return self.phone(self.world.person(name, **extra))

    def phone(self, actor: Actor) -> Actor:
        self.count += 1
        phone, email = f"1380000{self.count:04d}", f"p{self.count}@example.org"
        person = actor.person_id
        self.world.write(
            lambda tx: directory.change_person(tx, SYSTEM, person, phone=phone, email=email)
        )
        return actor

    def unit_of(self, actor: Actor) -> Any:
        return self.world.read(lambda tx: directory.get_person(tx, actor.person_id)).unit

    def seen(self, actor: Actor | None = None) -> set[PersonId]:
        found = self.world.read(lambda tx: contacting.list_contacts(tx, actor or self.me))
        listed = {one.person.id for one in found}
        for other in (self.colleague, self.stranger, self.office.head):
            alone = self.world.read(
                lambda tx, who=other: contacting.contact_of(tx, actor or self.me, who.person_id)  # type: ignore[misc]  # bound at once
            )
            if other != (actor or self.me):
                assert (alone is not None) == (other.person_id in listed), "both say the same"
        return listed

    def rule(self, params: str) -> None:
        self.world.adopt(lambda text: text.replace(SHIPPED, f"with: {params}"))


@pytest.fixture
def book(office: Office) -> Book:
    return Book(office)


class TestWhoSees:
    def test_the_own_unit_and_the_heads_above_are_seen_and_nobody_further(self, book: Book) -> None:
        assert book.seen() == {book.colleague.person_id, book.office.head.person_id}
        assert book.seen(book.stranger) == {book.office.head.person_id}

    def test_a_head_sees_those_below(self, book: Book) -> None:
        wanted = {each.person_id for each in (book.me, book.colleague, book.stranger)}
        assert book.seen(book.office.head) == wanted

    def test_who_stands_in_for_a_head_is_seen_too(self, book: Book) -> None:
        deputy = book.person("代理", unit=book.far)
        stand_in(book.world, book.office.head.person_id, deputy.person_id)
        assert deputy.person_id in book.seen()

    def test_members_of_one_work_group_see_each_other_until_one_leaves(self, book: Book) -> None:
        group = book.world.group(book.me, [book.colleague], [book.stranger])
        assert book.stranger.person_id in book.seen()
        assert book.me.person_id in book.seen(book.stranger)
        book.world.write(
            lambda tx: roster.remove(tx, book.me, group, book.stranger.person_id, reason="x")
        )
        assert book.stranger.person_id not in book.seen()

    def test_a_closed_group_is_no_reason_any_more(self, book: Book) -> None:
        group = book.world.group(book.me, [book.colleague], [book.stranger])
        book.world.write(lambda tx: governing.close(tx, book.me, group, reason="x"))
        assert book.stranger.person_id not in book.seen()

    def test_a_conversation_of_two_is_no_reason(self, book: Book) -> None:
        book.world.write(lambda tx: direct.open_direct(tx, book.me, book.stranger.person_id))
        assert book.stranger.person_id not in book.seen()

    def test_guests_neither_see_nor_are_seen(self, book: Book) -> None:
        def add(tx: WriteTx) -> Actor:
            guest = directory.add_person(
                tx, SYSTEM, name="周客人", staff_no="G1", unit=None, phone="13900000000"
            )
            open_account(tx, SYSTEM, guest.id, password_hash=NO_PASSWORD, proof="test")
            return Actor(guest.id)

        guest = book.world.write(add)
        book.world.group(book.me, [book.colleague], [guest, book.stranger])
        assert guest.person_id not in book.seen()
        assert book.stranger.person_id in book.seen()
        assert book.seen(guest) == set()

    def test_a_barrier_keeps_both_sides_from_seeing(self, book: Book) -> None:
        admin = book.world.person("孙安", "security_admin")
        wanted = barrier_input(people(book.me), people(book.colleague))
        barrier = set_barrier(book.world, admin, wanted)
        assert book.colleague.person_id not in book.seen()
        assert book.me.person_id not in book.seen(book.colleague)
        book.world.write(lambda tx: barriers.lift_barrier(tx, admin, barrier.id, reason="x"))
        assert book.colleague.person_id in book.seen()

    def test_the_number_of_who_was_suspended_is_nobodys(self, book: Book) -> None:
        account = book.world.read(lambda tx: identity.find_account_of(tx, book.colleague.person_id))
        assert account is not None
        book.world.write(lambda tx: identity.suspend(tx, SYSTEM, account.id, reason="x"))
        assert book.colleague.person_id not in book.seen()

    def test_ones_own_is_shown_and_hr_sees_everybodys(self, book: Book) -> None:
        hr = book.world.person("人事", "hr", unit=book.far)
        for asker, person in ((book.me, book.me), (hr, book.colleague)):
            found = book.world.read(
                lambda tx, a=asker, p=person: contacting.contact_of(tx, a, p.person_id)  # type: ignore[misc]  # bound at once
            )
            assert found is not None and found.phone.startswith("138") and "@" in found.email

    def test_refusals(self, book: Book) -> None:
        new = book.world.person("未认证", certified=False)
        for verb in (
            contacting.list_contacts,
            lambda tx, actor: contacting.contact_of(tx, actor, book.me.person_id),
        ):
            with pytest.raises(NotAllowedError):
                book.world.read(lambda tx, ask=verb: ask(tx, new))  # type: ignore[misc]  # bound at once
        with pytest.raises(PersonNotFoundError):
            book.world.read(lambda tx: contacting.contact_of(tx, book.me, PersonId("per_none")))


class TestClause:
    def test_it_narrows_down_who_sees_and_what(self, book: Book) -> None:
        book.rule("{seen_by: [heads], email: false}")
        assert book.seen() == {book.office.head.person_id}
        (found,) = book.world.read(lambda tx: contacting.list_contacts(tx, book.me))
        assert found.phone and found.email == ""
        _, use = book.world.read(contacting.rules)
        assert use is not None and use.clause.id == "6.32"

    def test_a_group_of_everybody_is_no_reason(self, book: Book) -> None:
        book.world.group(book.me, [book.colleague], [book.stranger])
        book.rule("{most_group: 2}")
        assert book.stranger.person_id not in book.seen()

    def test_nothing_shown_is_nothing_listed(self, book: Book) -> None:
        book.rule("{phone: false, email: false}")
        assert book.world.read(lambda tx: contacting.list_contacts(tx, book.me)) == []

    @pytest.mark.parametrize(
        "params", ["{seen_by: [all]}", "{most_group: 1}", "{kept_days: 91}", "{kept_days: -1}"]
    )
    def test_senseless_parameters_are_refused(self, book: Book, params: str) -> None:
        with pytest.raises(BadPackError):
            book.rule(params)

    def test_without_a_clause_the_defaults_hold(self, book: Book) -> None:
        book.world.adopt(
            lambda text: text.replace("groups.contacts", "groups.owner", 1).replace(
                SHIPPED, "with: {}"
            )
        )
        found, use = book.world.read(contacting.rules)
        assert found == ContactRules() and use is None
        assert book.seen() == {book.colleague.person_id, book.office.head.person_id}
