"""Keeping to the topic: moving aside and back, flags to those who run the group, frozen threads and who hears of them."""

from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR
from guiju.kernel.ids import GroupId
from guiju.ledger_routes import Sight, sight_of
from guiju.modules.directory import service as directory
from guiju.modules.groups import roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.messaging import (
    pinning,
    reacting,
    reads,
    recalling,
    service,
    topics,
)
from guiju.modules.messaging.change_types import (
    AlreadyRecalledError,
    MessageNotFoundError,
    Reaction,
)
from guiju.modules.messaging.topic_types import (
    FlagTooOftenError,
    MovedAsideError,
    ThreadFrozenError,
)
from guiju.modules.messaging.types import FloodError, ReasonNeededError
from guiju.modules.policy.types import NotAllowedError
from guiju.setup import SYSTEM
from tests.support.office import Office
from tests.support.screens import everything, shown
from tests.support.sending import with_editing


def aside(
    office: Office, actor: Actor, group: GroupId, at: int, reason: str = "与工作无关"
) -> None:
    office.world.write(lambda tx: topics.move(tx, actor, group, at, on=True, reason=reason))


def back(office: Office, actor: Actor, group: GroupId, at: int) -> None:
    office.world.write(lambda tx: topics.move(tx, actor, group, at, on=False))


def freeze(office: Office, actor: Actor, group: GroupId, at: int) -> None:
    office.world.write(lambda tx: topics.freeze(tx, actor, group, at, on=True, reason="易起争议"))


def row(office: Office, actor: Actor) -> Any:
    (found,) = office.world.read(lambda tx: service.list_conversations(tx, actor))
    return found


class TestMovingAside:
    def test_it_counts_no_more_and_is_not_the_last(self, office: Office) -> None:
        world, group = office.world, office.group()
        first = world.send(office.owner, group, "明早八点集合").position
        joke = world.send(
            office.member, group, "周末去钓鱼吗", mentions=[office.administrator.person_id]
        ).position
        before = row(office, office.administrator)
        assert (before.unread, before.mentioned, before.last.position) == (2, True, joke)
        aside(office, office.owner, group, joke)
        after = row(office, office.administrator)
        assert (after.unread, after.mentioned, after.last.position) == (1, False, first)
        found = shown(world, group, joke, office.administrator)
        assert found["moved"]["by"]["id"] == office.owner.person
        assert found["moved"]["reason"] == "与工作无关" and found["text"] == "周末去钓鱼吗"
        entry = world.entries("messaging.moved")[0]
        assert entry.uses == ("5.10/messaging.off_topic",)
        page = world.read(
            lambda tx: topics.list_moved(tx, office.member, group, before=None, limit=10)
        )
        assert [each.position for each in page.items] == [joke] and not page.more
        back(office, office.administrator, group, joke)
        assert row(office, office.administrator) == before
        assert shown(world, group, joke, office.member)["moved"] is None

    def test_all_that_were_moved_leave_no_last(self, office: Office) -> None:
        group = office.group()
        at = office.world.send(office.member, group, "周末去钓鱼吗").position
        aside(office, office.owner, group, at)
        assert row(office, office.administrator).last is None

    def test_nobody_goes_on_with_it_until_it_is_back(self, office: Office) -> None:
        world, group = office.world, office.group()
        world.adopt(with_editing)
        at = world.send(office.member, group, "周末去钓鱼吗").position
        quoting = world.send(office.owner, group, "不谈这个", quote=at).position
        world.write(lambda tx: pinning.pin(tx, office.owner, group, at, on=True))
        aside(office, office.owner, group, at)
        assert shown(world, group, quoting, office.member)["quote"]["moved"] is True
        assert not shown(world, group, at, office.member)["pinned"]
        both: tuple[dict[str, Any], ...] = ({"quote": at}, {"thread": at})
        for extra in both:
            with pytest.raises(MovedAsideError):
                world.send(office.member, group, "去", **extra)
        with pytest.raises(MovedAsideError):
            world.edit(office.member, group, at, "周末加班吗")
        for verb in (
            lambda tx: reacting.react(tx, office.owner, group, at, Reaction.OK, on=True),
            lambda tx: reads.remind(tx, office.member, group, at),
            lambda tx: topics.flag(tx, office.administrator, group, at),
        ):
            office.refused(MovedAsideError, verb)
        back(office, office.owner, group, at)
        world.send(office.member, group, "去", thread=at)

    def test_who_may_and_with_a_reason(self, office: Office) -> None:
        world, group = office.world, office.group()
        at = world.send(office.member, group, "周末去钓鱼吗").position
        office.refused(
            ReasonNeededError, lambda tx: topics.move(tx, office.owner, group, at, on=True)
        )
        office.refused(
            NotAllowedError,
            lambda tx: topics.move(tx, office.member, group, at, on=True, reason="x"),
        )
        outside = GroupNotFoundError
        office.refused(
            outside, lambda tx: topics.move(tx, office.outsider, group, at, on=True, reason="x")
        )
        office.refused(
            outside, lambda tx: topics.list_moved(tx, office.outsider, group, before=None, limit=9)
        )
        position = world.read(lambda tx: tx.position)
        back(office, office.owner, group, at)
        assert world.read(lambda tx: tx.position) == position, "what is so already is left alone"
        world.write(lambda tx: recalling.recall(tx, office.member, group, at))
        office.refused(
            AlreadyRecalledError,
            lambda tx: topics.move(tx, office.owner, group, at, on=True, reason="x"),
        )

    def test_it_is_no_flood(self, office: Office) -> None:
        group = office.group()
        at = office.world.send(office.member, group, "周末去钓鱼吗").position
        with pytest.raises(FloodError):
            for _ in range(11):
                aside(office, office.owner, group, at)
                back(office, office.owner, group, at)

    def test_whoever_came_later_learns_nothing(self, office: Office) -> None:
        world, group = office.world, office.group()
        at = world.send(office.member, group, "周末去钓鱼吗").position
        new = office.outsider
        world.write(lambda tx: roster.admit(tx, office.owner, group, [new.person_id]))
        aside(office, office.owner, group, at)
        freeze(office, office.owner, group, at)
        for kind in ("messaging.moved", "messaging.frozen"):
            assert kind in everything(world, office.member, group)
            assert kind not in everything(world, new, group)
            entry = world.entries(kind)[0]
            assert world.read(lambda tx, e=entry: sight_of(tx, new, e)) is Sight.NOTHING  # type: ignore[misc]  # bound at once
            assert world.read(lambda tx, e=entry: sight_of(tx, office.member, e)) is Sight.BODY  # type: ignore[misc]  # bound at once
        page = world.read(lambda tx: topics.list_moved(tx, new, group, before=None, limit=10))
        assert page.items == []
        office.refused(MessageNotFoundError, lambda tx: topics.flag(tx, new, group, at))


class TestFlags:
    def test_they_reach_those_who_run_the_group_only(self, office: Office) -> None:
        world, group = office.world, office.group()
        at = world.send(office.owner, group, "周末去钓鱼吗").position
        for _ in range(2):
            world.write(lambda tx: topics.flag(tx, office.member, group, at, reason="跑题"))
        assert len(world.entries("messaging.flagged")) == 1, "once for each person and message"
        ((entry, flags),) = world.read(lambda tx: topics.list_flags(tx, office.owner, group))
        assert entry.position == at
        assert [(one.person, told.fact.reason) for one, told in flags] == [
            (office.member.person, "跑题")
        ]
        office.refused(NotAllowedError, lambda tx: topics.list_flags(tx, office.member, group))
        assert "messaging.flags_changed" in everything(world, office.owner, group)
        assert "messaging.flags_changed" not in everything(world, office.member, group)
        entry = world.entries("messaging.flagged")[0]
        assert world.read(lambda tx: sight_of(tx, office.member, entry)) is Sight.NOTHING
        office.refused(
            NotAllowedError, lambda tx: topics.dismiss_flags(tx, office.member, group, at)
        )
        world.write(lambda tx: topics.dismiss_flags(tx, office.administrator, group, at))
        assert world.read(lambda tx: topics.list_flags(tx, office.owner, group)) == []
        assert len(world.entries("messaging.flags_dismissed")) == 1

    def test_whoever_decides_on_them_knows_how_many_wait(self, office: Office) -> None:
        world, group = office.world, office.group()

        def waiting(actor: Actor) -> dict[GroupId, int]:
            return dict(world.read(lambda tx: topics.count_flagged(tx, actor)))

        sent = [world.send(office.owner, group, f"第{n}条").position for n in range(2)]
        for at in sent:
            for actor in (office.member, office.administrator):
                world.write(lambda tx, at=at, by=actor: topics.flag(tx, by, group, at))  # type: ignore[misc]  # bound at once
        assert waiting(office.owner) == waiting(office.administrator) == {group: 2}
        assert waiting(office.member) == waiting(office.outsider) == {}
        aside(office, office.owner, group, sent[0])
        assert waiting(office.owner) == {group: 1}
        world.write(lambda tx: topics.dismiss_flags(tx, office.owner, group, sent[1]))
        assert waiting(office.owner) == {}

    def test_moving_or_recalling_settles_them(self, office: Office) -> None:
        world, group = office.world, office.group()
        for act in (
            aside,
            lambda o, a, g, n: o.world.write(lambda tx: recalling.recall(tx, a, g, n)),
        ):
            at = world.send(office.owner, group, "周末去钓鱼吗").position
            world.write(lambda tx, at=at: topics.flag(tx, office.member, group, at))  # type: ignore[misc]  # bound at once
            act(office, office.owner, group, at)
            assert world.read(lambda tx: topics.list_flags(tx, office.owner, group)) == []

    def test_there_are_so_many_an_hour(self, office: Office) -> None:
        world, group = office.world, office.group()
        sent = [world.send(office.owner, group, f"第{n}条").position for n in range(11)]
        for at in sent[:10]:
            world.write(lambda tx, at=at: topics.flag(tx, office.member, group, at))  # type: ignore[misc]  # bound at once
        error = office.refused(
            FlagTooOftenError, lambda tx: topics.flag(tx, office.member, group, sent[10])
        )
        assert error.data["retry_after"] == 3600
        world.later(HOUR)
        world.write(lambda tx: topics.flag(tx, office.member, group, sent[10]))


class TestFreezing:
    def test_nobody_replies_quotes_or_edits_there(self, office: Office) -> None:
        world, group = office.world, office.group()
        world.adopt(with_editing)
        root = world.send(office.owner, group, "食堂承包的事").position
        reply = world.send(office.member, group, "我看有问题", thread=root).position
        freeze(office, office.administrator, group, reply)
        assert world.facts("messaging.frozen")[0].refs == (root,), "a reply stands for its thread"
        assert shown(world, group, root, office.member)["frozen"]["reason"] == "易起争议"
        ways: tuple[dict[str, Any], ...] = ({"thread": root}, {"quote": root}, {"quote": reply})
        for extra in ways:
            with pytest.raises(ThreadFrozenError) as caught:
                world.send(office.member, group, "再说", **extra)
            assert caught.value.data["reason"] == "易起争议" and caught.value.data["clause"]
        with pytest.raises(ThreadFrozenError):
            world.edit(office.member, group, reply, "我看大有问题")
        world.send(office.member, group, "别的事")
        world.write(lambda tx: topics.freeze(tx, office.owner, group, root, on=False))
        world.send(office.member, group, "再说", thread=root)
        assert shown(world, group, root, office.member)["frozen"] is None

    def test_the_superior_hears_of_it_without_the_texts(self, office: Office) -> None:
        world, group = office.world, office.group()
        root = world.send(office.owner, group, "食堂承包的事").position
        world.send(office.member, group, "我看有问题", thread=root)
        office.refused(
            NotAllowedError,
            lambda tx: topics.freeze(tx, office.member, group, root, on=True, reason="x"),
        )
        office.refused(
            ReasonNeededError, lambda tx: topics.freeze(tx, office.owner, group, root, on=True)
        )
        freeze(office, office.owner, group, root)
        (found,) = world.read(lambda tx: topics.list_frozen(tx, office.head))
        assert (found.group, found.root, found.replies) == (group, root, 1)
        office.refused(NotAllowedError, lambda tx: topics.list_frozen(tx, office.member))
        entry = world.entries("messaging.frozen")[0]
        told = world.read(lambda tx: topics.superior_of(tx, entry))
        assert told == office.head.person
        security = world.person("安全", "security_admin")
        assert world.read(lambda tx: topics.list_frozen(tx, security))
        other = world.person("别处负责人")
        world.add_unit("别处", head=other.person_id)
        assert world.read(lambda tx: topics.list_frozen(tx, other)) == []

    def test_who_froze_it_is_not_their_own_superior(self, office: Office) -> None:
        world = office.world
        unit = world.add_unit("一车间", parent=world.unit, head=office.owner.person_id)
        world.write(
            lambda tx: directory.change_person(tx, SYSTEM, office.owner.person_id, unit=unit)
        )
        group = office.group()
        assert world.find_group(group).unit == unit
        root = world.send(office.owner, group, "食堂承包的事").position
        freeze(office, office.owner, group, root)
        entry = world.entries("messaging.frozen")[0]
        assert world.read(lambda tx: topics.superior_of(tx, entry)) == office.head.person
