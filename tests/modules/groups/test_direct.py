"""Direct conversations: one for each two people, where the rules allow them, seen by nobody else."""

import threading
from functools import partial

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import PersonNotFoundError
from guiju.modules.groups import cards, direct, governing, roster
from guiju.modules.groups import service as groups
from guiju.modules.groups.direct_types import (
    DirectNotAllowedError,
    DirectOpened,
    DirectPersonLeftError,
    DirectWithSelfError,
    IsDirectError,
)
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.identity import service as identity
from guiju.modules.messaging import review
from guiju.modules.messaging import service as messaging
from guiju.modules.messaging.change_types import ALL, MentionAllNotAllowedError
from guiju.modules.messaging.types import MessageState
from guiju.modules.policy.types import NotAllowedError
from guiju.setup import SYSTEM
from tests.support.cast import HELD_TEXT
from tests.support.office import Office

ALLOWED = "with: {allowed: true, group_class: department, level: internal}"


def opened(office: Office, one: Actor, other: Actor) -> GroupId:
    return office.world.write(lambda tx: direct.open_direct(tx, one, other.person_id))


class TestSounds:
    def test_who_may_read_a_conversation_hears_its_name(self, office: Office) -> None:
        world, one, other = office.world, office.member, office.world.person("王海涛")
        group, alone = office.group(), opened(office, one, other)

        def heard(who: Actor) -> dict[str, str]:
            return world.read(lambda tx: cards.sounds(tx, who))

        assert heard(one)[alone] == "wang hai tao" and group in heard(one)
        assert heard(other)[alone] != "wang hai tao" and group not in heard(other)
        assert heard(office.outsider) == {}
        office.world.write(
            lambda tx: roster.remove(tx, office.owner, group, one.person_id, reason="调离")
        )
        assert group not in heard(one)


class TestOpenDirect:
    def test_two_people_have_one_whoever_asks(self, office: Office) -> None:
        world, one, other = office.world, office.member, office.outsider
        group = opened(office, one, other)
        assert opened(office, other, one) == opened(office, one, other) == group
        (entry,) = world.entries("groups.direct_opened")
        assert isinstance(entry.fact, DirectOpened) and entry.number == 1
        assert entry.fact.people == tuple(sorted((one.person_id, other.person_id)))
        assert entry.uses == ("6.28/groups.direct",)
        for reader in (one, other):
            (row,) = (
                each
                for each in world.read(lambda tx, a=reader: messaging.list_conversations(tx, a))  # type: ignore[misc]  # bound at once
                if each.group.id == group
            )
            assert row.members == 2 and row.group.owner is None

    def test_the_other_one_has_it_listed_from_the_first_message_that_they_see(
        self, office: Office
    ) -> None:
        world, one, other = office.world, office.member, office.outsider
        group = opened(office, one, other)

        def begun(reader: Actor) -> bool:
            found = world.read(lambda tx: messaging.list_conversations(tx, reader))
            return next(each.begun for each in found if each.group.id == group)

        assert (begun(one), begun(other)) == (True, False)
        assert opened(office, other, one) == group and not begun(other)
        held = world.send(one, group, HELD_TEXT)
        assert held.state is MessageState.HELD and not begun(other), "they do not see it yet"
        world.write(
            lambda tx: review.release(tx, office.reviewer, held.position, masked=False, reason="")
        )
        assert (begun(one), begun(other)) == (True, True)

    def test_who_writes_first_has_it_listed_whatever_becomes_of_the_message(
        self, office: Office
    ) -> None:
        world, one, other = office.world, office.member, office.outsider
        group = opened(office, one, other)
        assert world.send(other, group, HELD_TEXT).state is MessageState.HELD
        (row,) = (
            each
            for each in world.read(lambda tx: messaging.list_conversations(tx, other))
            if each.group.id == group
        )
        assert row.last is None and row.begun

    def test_two_openings_at_once_give_the_same(self, office: Office) -> None:
        found: list[GroupId] = []
        pairs = [(office.member, office.outsider), (office.outsider, office.member)] * 4
        threads = [
            threading.Thread(target=lambda p=pair: found.append(opened(office, *p)))
            for pair in pairs
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8 and len(set(found)) == 1
        assert len(office.world.entries("groups.direct_opened")) == 1

    def test_refusals_leave_no_trace(self, office: Office) -> None:
        one = office.member
        office.refused(DirectWithSelfError, lambda tx: direct.open_direct(tx, one, one.person_id))
        nobody = type(one.person_id)("per_00000000000000000000000")
        office.refused(PersonNotFoundError, lambda tx: direct.open_direct(tx, one, nobody))
        new = office.world.person("新来的", certified=False)
        office.refused(DirectPersonLeftError, lambda tx: direct.open_direct(tx, one, new.person_id))
        office.refused(NotAllowedError, lambda tx: direct.open_direct(tx, new, one.person_id))

    def test_a_clause_can_forbid_and_says_where_to_talk(self, office: Office) -> None:
        shared = office.group()
        office.world.adopt(lambda text: text.replace(ALLOWED, "with: {allowed: false}"))
        found = office.refused(
            DirectNotAllowedError,
            lambda tx: direct.open_direct(tx, office.member, office.owner.person_id),
        )
        clause = found.data["clause"]
        assert isinstance(clause, dict) and clause["id"] == "6.28"
        assert found.data["groups"] == [
            {"id": shared, "name": office.world.find_group(shared).name}
        ]

    def test_without_a_clause_there_are_none(self, office: Office) -> None:
        office.world.adopt(
            lambda text: text.replace(
                f"      - use: groups.direct\n        {ALLOWED}\n",
                "      - use: groups.classes\n        with: {}\n",
            )
        )
        found = office.refused(
            DirectNotAllowedError,
            lambda tx: direct.open_direct(tx, office.member, office.owner.person_id),
        )
        assert found.data["clause"] is None


class TestInside:
    def test_it_is_inspected_like_its_class(self, office: Office) -> None:
        group = opened(office, office.member, office.outsider)
        sent = office.world.send(office.member, group, "大家好")
        held = office.world.send(office.member, group, "这是核心配方")
        blocked = office.world.send(office.member, group, "去赌博网站玩")
        assert [sent.state, held.state, blocked.state] == [
            MessageState.DELIVERED,
            MessageState.HELD,
            MessageState.BLOCKED,
        ]

    def test_nobody_else_finds_it_whatever_the_office(self, office: Office) -> None:
        group = opened(office, office.member, office.outsider)
        world = office.world
        others = [
            office.owner,
            office.registrar,
            world.person("孙安", "security_admin"),
            world.person("审计", "audit_admin"),
        ]
        for other in others:
            for look in (groups.get_group, groups.list_members):
                office.refused(GroupNotFoundError, partial(look, actor=other, group=group))
            with pytest.raises(GroupNotFoundError):
                world.send(other, group, "大家好")
        register = world.read(
            lambda tx: groups.list_register(
                tx, office.registrar, state=None, group_class=None, query=None, after=0, limit=50
            )
        )
        assert group not in {each.id for each in register.items}

    def test_it_has_no_roster_no_rules_and_no_end(self, office: Office) -> None:
        world = office.world
        registrar = office.registrar
        group = opened(office, registrar, office.member)
        third = office.owner.person_id
        office.refused(
            IsDirectError, lambda tx: roster.ask_to_leave(tx, registrar, group, reason="x")
        )
        office.refused(IsDirectError, lambda tx: roster.admit(tx, registrar, group, [third]))
        office.refused(IsDirectError, lambda tx: roster.accept_invitation(tx, registrar, group))
        office.refused(IsDirectError, lambda tx: roster.sign_rules(tx, registrar, group, version=0))
        office.refused(
            IsDirectError, lambda tx: governing.publish_rules(tx, registrar, group, text="x")
        )
        office.refused(
            IsDirectError,
            lambda tx: governing.set_owner(tx, registrar, group, office.member.person_id),
        )
        office.refused(IsDirectError, lambda tx: governing.close(tx, registrar, group, reason="x"))
        office.refused(
            NotAllowedError,
            lambda tx: roster.remove(tx, registrar, group, office.member.person_id, reason="x"),
        )
        with pytest.raises(MentionAllNotAllowedError):
            world.send(registrar, group, "大家好", mentions=[ALL])

    def test_who_left_is_written_to_no_more_and_can_still_be_read(self, office: Office) -> None:
        world, one, other = office.world, office.member, office.outsider
        group = opened(office, one, other)
        world.send(other, group, "再见")
        account = world.read(lambda tx: identity.find_account_of(tx, other.person_id))
        assert account is not None
        world.write(lambda tx: identity.close(tx, SYSTEM, account.id, reason="离职"))
        with pytest.raises(DirectPersonLeftError):
            world.send(one, group, "还在吗")
        assert opened(office, one, other) == group
        page = world.read(lambda tx: messaging.timeline(tx, one, group, before=None, limit=10))
        assert [each.kind for each in page.items] == ["groups.direct_opened", "messaging.sent"]

    def test_it_is_called_by_the_other_one(self, office: Office) -> None:
        world, one, other = office.world, office.member, office.outsider
        group = opened(office, one, other)
        world.write(lambda tx: directory.change_person(tx, SYSTEM, other.person_id, name="新名字"))
        found = world.read(lambda tx: groups.find_group(tx, group))
        assert found is not None and "新名字" in found.name
