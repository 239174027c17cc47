"""Designated publishers: who may write where only they do, on every way into the group; and what the group is about."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import MINUTE
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.groups import cards, ordering, roster
from guiju.modules.groups import service as groups
from guiju.modules.groups.order_types import (
    BadTopicsError,
    NotPublisherError,
    TooManyPublishersError,
)
from guiju.modules.groups.types import (
    GroupNotFoundError,
    MemberNotFoundError,
    WrongMemberStateError,
)
from guiju.modules.inspection.types import TextRefusedError
from guiju.modules.messaging import forwarding
from guiju.modules.messaging.change_types import ALL
from guiju.modules.messaging.composing import Body
from guiju.modules.messaging.forward_types import Wanted
from guiju.modules.messaging.scheduling import Schedule
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import Send
from guiju.modules.messaging.unsent_types import Waiting
from guiju.modules.notices import issuing
from guiju.modules.notices.types import Audience
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office
from tests.support.robots import free_bots, make_bot
from tests.support.sending import with_editing
from tests.support.uploading import attached, close_uploads, door_of, uploads_of

USE = "        with: {only: announcements, replies: true, most: 5, classes: [company]}\n"


def rule(parameters: str, more: Callable[[str], str] = lambda text: text) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert USE in text
        return more(text.replace(USE, f"        with: {{{parameters}}}\n"))

    return change


def name(office: Office, group: GroupId, *people: PersonId, by: Actor | None = None) -> None:
    actor = by or office.owner
    office.world.write(lambda tx: ordering.set_publishers(tx, actor, group, people))


def card(office: Office, group: GroupId, actor: Actor) -> dict[str, Any]:
    def shape(tx: Any) -> dict[str, Any]:
        return cards.card_for(tx, groups.get_group(tx, actor, group), actor)

    return office.world.read(shape)


class TestNaming:
    def test_those_who_run_the_group_name_members_and_bots(self, office: Office) -> None:
        world = office.world
        world.adopt(free_bots)
        group = office.group(group_class="company")
        assert card(office, group, office.owner)["publishing"]["mine"], (
            "without any it is the owner"
        )
        bot = make_bot(world, office.owner, group)
        name(office, group, office.member.person_id, PersonId(bot.id), by=office.administrator)
        entry = world.entries("groups.publishers_set")[0]
        assert entry.uses == ("6.16/groups.publishers",)
        assert card(office, group, office.member)["publishing"] == {
            "only": "announcements", "replies": True, "mine": True,
            "clause": ordering_clause(office, group),
        }  # fmt: skip
        assert not card(office, group, office.owner)["publishing"]["mine"], "not any administrator"
        position = world.read(lambda tx: tx.position)
        name(office, group, office.member.person_id, PersonId(bot.id))
        assert world.read(lambda tx: tx.position) == position

    def test_who_cannot_be_named_and_by_whom(self, office: Office) -> None:
        group = office.group(group_class="company")
        other = make_other(office)

        def naming(actor: Actor, *people: PersonId) -> Callable[[Any], object]:
            return lambda tx: ordering.set_publishers(tx, actor, group, people)

        mine = office.member.person_id
        office.refused(NotAllowedError, naming(office.member, mine))
        office.refused(GroupNotFoundError, naming(office.outsider, mine))
        office.refused(MemberNotFoundError, naming(office.owner, office.outsider.person_id))
        office.refused(MemberNotFoundError, naming(office.owner, other))
        six = [office.world.person(f"职工{n}") for n in range(6)]
        ids = [each.person_id for each in six]
        office.world.write(lambda tx: roster.admit(tx, office.owner, group, ids))
        error = office.refused(TooManyPublishersError, naming(office.owner, *ids))
        assert error.data["most"] == 5
        office.world.write(lambda tx: roster.ask_to_leave(tx, six[0], group, reason="x"))
        office.refused(WrongMemberStateError, naming(office.owner, ids[0]))

    def test_whoever_goes_publishes_no_more(self, office: Office) -> None:
        group = office.group(group_class="company")
        name(office, group, office.member.person_id, office.administrator.person_id)
        gone = office.member.person_id
        office.world.write(lambda tx: roster.remove(tx, office.owner, group, gone, reason="x"))
        assert office.world.find_group(group).publishers == (office.administrator.person,)
        office.world.write(lambda tx: roster.admit(tx, office.owner, group, [gone]))
        assert not card(office, group, office.member)["publishing"]["mine"]


def ordering_clause(office: Office, group: GroupId) -> dict[str, Any]:
    found = office.world.read(lambda tx: ordering.use_for(tx, office.world.find_group(group)))
    assert found is not None
    return dict(found.mark())


def make_other(office: Office) -> PersonId:
    """A bot of another group."""
    office.world.adopt(free_bots)
    group = office.group(name="澄远乙班工作群")
    return PersonId(make_bot(office.world, office.owner, group).id)


class TestWriting:
    def test_announcements_come_from_publishers(self, office: Office) -> None:
        world, group = office.world, office.group(group_class="company")
        name(office, group, office.administrator.person_id)
        error = None
        with pytest.raises(NotPublisherError) as caught:
            world.send(office.owner, group, "请大家看", mentions=[ALL], members=True)
        error = caught.value
        clause = error.data["clause"]
        assert (
            isinstance(clause, dict) and clause["instead"] and error.data["only"] == "announcements"
        )
        world.send(office.owner, group, "照常说话")
        world.send(office.administrator, group, "请大家看", mentions=[ALL], members=True)

    def test_in_other_classes_everybody_writes(self, office: Office) -> None:
        group = office.group()
        assert card(office, group, office.member)["publishing"] is None
        office.world.send(office.owner, group, "请大家看", mentions=[ALL], members=True)

    def test_where_only_they_write_every_way_in_is_asked(self, office: Office) -> None:
        world, member = office.world, office.member
        world.adopt(
            rule(
                "only: all, replies: true, classes: [company]", lambda t: free_bots(with_editing(t))
            )
        )
        source, group = office.group(), office.group(group_class="company", name="澄远乙班工作群")
        bot = make_bot(world, office.owner, group)
        name(office, group, member.person_id)
        own = world.send(member, group, "明天停电").position
        name(office, group, office.administrator.person_id)
        root = world.send(office.administrator, group, "下周检修").position
        told = world.send(member, source, "一").position
        before = world.read(lambda tx: tx.position)
        with pytest.raises(NotPublisherError):
            world.send(member, group, "我也说一句")
        with pytest.raises(NotPublisherError):
            world.send(Actor(bot=bot.id), group, "温度过高")
        with pytest.raises(NotPublisherError):
            world.edit(member, group, own, "后天停电")
        inspector = world.runtime.inspector
        wish = Wanted("f1", source, group, (told,), merged=False)
        with pytest.raises(NotPublisherError):
            world.write(lambda tx: forwarding.forward(tx, inspector, member, wish))
        brought = Send(
            member.person_id, "i1", group, "旧消息", (), None, inspector.inspect("旧消息"), origin="import"
        )  # fmt: skip
        with pytest.raises(NotPublisherError):
            world.runtime.lane.call(KIND, brought)
        assert world.read(lambda tx: tx.position) == before, "a refusal leaves no trace"
        world.send(member, group, "收到", thread=root)
        name(office, group, PersonId(bot.id))
        world.send(Actor(bot=bot.id), group, "温度过高")

    def test_a_scheduled_one_is_asked_when_its_time_comes(self, office: Office) -> None:
        world = office.world
        world.adopt(rule("only: all, replies: true, classes: [company]"))
        group = office.group(group_class="company")
        name(office, group, office.member.person_id)
        runtime = world.runtime
        desk = Schedule(
            door_of(world), runtime.notes, runtime.inspector, runtime.clock, lambda *_: None
        )
        desk.add(office.member, group, "s1", Body("明早八点集合"), world.clock.now() + 5 * MINUTE)
        name(office, group, office.owner.person_id)
        world.clock.advance(5 * MINUTE)
        desk.run_due()
        ((row, _),) = desk.all_of(office.member)
        assert (row.state, row.code) == (Waiting.FAILED, "groups.not_publisher")

    def test_without_replies_others_send_nothing_and_upload_nothing(self, office: Office) -> None:
        world = office.world
        world.adopt(rule("only: all, replies: false, classes: [company]"))
        group = office.group(group_class="company")
        root = world.send(office.owner, group, "下周检修").position
        with pytest.raises(NotPublisherError):
            world.send(office.member, group, "收到", thread=root)
        uploads = uploads_of(world)
        with pytest.raises(NotPublisherError):
            attached(uploads, office.member, group, "a.txt", b"plan")
        attached(uploads, office.owner, group, "a.txt", b"plan")
        close_uploads(uploads)


def test_notices_to_the_group_come_from_its_publishers_where_the_clause_says_so(
    office: Office,
) -> None:
    world = office.world
    world.adopt(rule("only: announcements, notices: true"))
    clerk = office.registrar
    group = world.group(office.owner, [office.administrator], [office.member, clerk])
    to = Audience(groups=(group,))
    with pytest.raises(NotPublisherError):
        world.read(lambda tx: issuing.preview(tx, clerk, audience=to, hours=8))
    name(office, group, clerk.person_id)
    assert world.read(lambda tx: issuing.preview(tx, clerk, audience=to, hours=8)).people.count == 3


class TestTopics:
    def test_they_are_stated_by_those_who_run_the_group(self, office: Office) -> None:
        world, group = office.world, office.group()
        said = ["生产进度", " 设备 ", "生产进度"]
        world.write(lambda tx: ordering.set_topics(tx, office.owner, group, said))
        assert card(office, group, office.member)["topics"] == ["生产进度", "设备"]
        assert len(world.entries("groups.topics_set")) == 1
        office.refused(
            NotAllowedError, lambda tx: ordering.set_topics(tx, office.member, group, ["x"])
        )
        for bad in ([str(n) for n in range(13)], ["长" * 41], [" "]):
            stating = partial(ordering.set_topics, actor=office.owner, group_id=group, topics=bad)
            office.refused(BadTopicsError, stating)
        office.refused(
            TextRefusedError,
            lambda tx: ordering.set_topics(tx, office.owner, group, ["赌博网站"]),
        )
        world.write(lambda tx: ordering.set_topics(tx, office.administrator, group, []))
        assert card(office, group, office.member)["topics"] == []
