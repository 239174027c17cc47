"""Everything of a person waits after too many refusals, and ends by itself."""

import json
from functools import partial

import pytest

from guiju import me
from guiju.kernel.actor import Actor, system
from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.ids import BotId, GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.worktime import add_working_hours
from guiju.modules.bots import service as bots
from guiju.modules.groups import governing
from guiju.modules.messaging import _live, prereview, replaying, review
from guiju.modules.messaging.review_types import (
    BotRefusal,
    BotRefused,
    NothingToMaskError,
    PreReviewBegan,
    PreReviewEnded,
)
from guiju.modules.messaging.types import MessageState
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office
from tests.support.robots import free_bots, make_bot

SECRET = "这是核心配方"
RULES = "{refusals: 3, within_days: 30, for_days: 7}"


def refuse(
    office: Office, group: GroupId, times: int = 1, sender: Actor | None = None
) -> list[int]:
    """Have messages of somebody refused; where they stand."""
    positions = []
    for _ in range(times):
        held = office.world.send(sender or office.member, group, SECRET).position

        def decide(tx: WriteTx, held: int = held) -> None:
            review.refuse(tx, office.reviewer, held, reason="涉密")

        office.world.write(decide)
        positions.append(held)
    return positions


def state(office: Office, group: GroupId, text: str = "大家好") -> MessageState:
    return office.world.send(office.member, group, text).state


def test_the_third_refusal_switches_it_on_and_time_switches_it_off(office: Office) -> None:
    world, group = office.world, office.group()
    refuse(office, group, 2)
    assert state(office, group) is MessageState.DELIVERED
    refuse(office, group)
    (began,) = world.entries("messaging.prereview_began")
    refusals = tuple(each.position for each in world.entries("messaging.refused"))
    until = began.at + 7 * DAY
    assert began.fact == PreReviewBegan(group, refusals, office.member.person_id, until)
    assert (began.actor, began.uses) == ("system:review", ("6.3/messaging.prereview",))
    receipt = world.send(office.member, group, "大家好")
    assert receipt.state is MessageState.HELD
    assert receipt.clause is not None and receipt.clause["id"] == "6.3"
    assert receipt.note == "照常发言，审核后发出；到期自动解除。"
    held = world.entries("messaging.held")[-1]
    assert "6.3/messaging.prereview" in held.uses and held.fact.clause == "6.3"
    assert held.fact.findings == ()
    world.write(
        lambda tx: review.release(tx, office.reviewer, held.position, masked=False, reason="")
    )
    world.clock.advance(7 * DAY - 1)
    assert state(office, group) is MessageState.HELD
    world.later(1)
    (ended,) = world.entries("messaging.prereview_ended")
    assert ended.fact == PreReviewEnded(group, (began.position,), office.member.person_id)
    assert state(office, group) is MessageState.DELIVERED
    world.write(lambda tx: prereview.end(tx, system("review"), began.position))
    world.write(lambda tx: prereview.end(tx, system("review"), 0))
    assert len(world.entries("messaging.prereview_ended")) == 1


def test_nothing_to_mask_is_no_masked_release(office: Office) -> None:
    world, group = office.world, office.group()
    refuse(office, group, 3)
    held = world.send(office.member, group, "大家好").position
    office.refused(
        NothingToMaskError,
        lambda tx: review.release(tx, office.reviewer, held, masked=True, reason=""),
    )
    assert world.entries("messaging.released") == []


def test_it_ends_on_time_even_when_the_timer_is_late(office: Office) -> None:
    world, group = office.world, office.group()
    refuse(office, group, 3)
    world.clock.advance(7 * DAY)
    assert state(office, group) is MessageState.DELIVERED


def test_the_same_cmid_gets_the_same_answer(office: Office) -> None:
    world, group = office.world, office.group()
    refuse(office, group, 3)
    first = world.send(office.member, group, "大家好", "same")
    assert world.send(office.member, group, "大家好", "same") == first


def test_what_is_found_besides_keeps_its_clause(office: Office) -> None:
    world, group = office.world, office.group()
    refuse(office, group, 3)
    blocked = world.send(office.member, group, "去赌博网站玩")
    assert blocked.state is MessageState.BLOCKED
    held = world.send(office.member, group, SECRET)
    assert held.clause is not None and held.clause["id"] == "6.7"
    number = world.send(office.member, group, "证件11010119900307889X")
    assert number.state is MessageState.HELD
    assert number.clause is not None and number.clause["id"] == "6.3"
    world.write(
        lambda tx: review.release(tx, office.reviewer, number.position, masked=True, reason="")
    )
    assert world.facts("messaging.released")[-1].text == "证件110101********889X"


def test_others_and_other_groups_go_on(office: Office) -> None:
    world, group, other = office.world, office.group(), office.group(name="澄远另一个工作群")
    refuse(office, group, 3)
    assert state(office, other) is MessageState.DELIVERED
    assert world.send(office.owner, group, "大家好").state is MessageState.DELIVERED


def test_it_may_hold_everywhere(office: Office) -> None:
    world = office.world
    world.adopt(lambda text: text.replace(RULES, RULES[:-1] + ", everywhere: true}"))
    group, other = office.group(), office.group(name="澄远另一个工作群")
    refuse(office, group, 2)
    refuse(office, other, 1)
    assert world.facts("messaging.prereview_began")[0].group is None
    assert state(office, other) is MessageState.HELD and state(office, group) is MessageState.HELD


def test_only_refusals_of_late_count_and_only_once(office: Office) -> None:
    world, group = office.world, office.group()
    refuse(office, group, 2)
    world.later(30 * DAY)
    refuse(office, group, 2)
    assert world.entries("messaging.prereview_began") == []
    refuse(office, group)
    assert len(world.entries("messaging.prereview_began")) == 1
    refuse(office, group)
    world.later(7 * DAY)
    refuse(office, group)
    assert len(world.entries("messaging.prereview_began")) == 1, "two since it began"
    refuse(office, group)
    assert len(world.entries("messaging.prereview_began")) == 2


def test_an_overturned_refusal_does_not_count(office: Office) -> None:
    world, group = office.world, office.group()
    other = world.person("周审核", "reviewer")
    first, *_ = refuse(office, group, 2)
    world.write(lambda tx: review.overturn(tx, other, first, masked=False, reason="误判"))
    refuse(office, group)
    assert world.entries("messaging.prereview_began") == []


def test_an_overturned_refusal_ends_the_pre_review_that_it_led_to(office: Office) -> None:
    world, group = office.world, office.group()
    other = world.person("周审核", "reviewer")
    first, *_ = refuse(office, group, 3)
    assert state(office, group) is MessageState.HELD
    world.write(lambda tx: review.overturn(tx, other, first, masked=False, reason="误判"))
    assert len(world.entries("messaging.prereview_ended")) == 1
    assert state(office, group) is MessageState.DELIVERED
    world.later(7 * DAY)
    assert len(world.entries("messaging.prereview_ended")) == 1
    refuse(office, group)
    assert len(world.entries("messaging.prereview_began")) == 2, "the other two count again"


def test_it_goes_on_where_enough_other_refusals_stand(office: Office) -> None:
    world, group = office.world, office.group()
    other = world.person("周审核", "reviewer")
    first, *_ = refuse(office, group, 3)
    refuse(office, group)
    world.write(lambda tx: review.overturn(tx, other, first, masked=False, reason="误判"))
    assert state(office, group) is MessageState.HELD
    _, again = world.entries("messaging.prereview_began")
    assert again.fact.refs == tuple(e.position for e in world.entries("messaging.refused"))[1:]


def test_a_refusal_counts_before_a_late_timer_has_ended_the_last_one(office: Office) -> None:
    world, group = office.world, office.group()
    refuse(office, group, 3)
    waiting = [world.send(office.member, group, SECRET).position for _ in range(3)]
    world.clock.advance(7 * DAY)
    for position in waiting:
        assert state(office, group) is MessageState.DELIVERED

        def decide(tx: WriteTx, position: int = position) -> None:
            review.refuse(tx, office.reviewer, position, reason="涉密")

        world.write(decide)
    assert state(office, group) is MessageState.HELD
    world.later(DAY)
    assert state(office, group) is MessageState.HELD, "the late timer ended the first one alone"
    world.later(6 * DAY)
    assert state(office, group) is MessageState.DELIVERED


def test_without_the_clause_nothing_waits(office: Office) -> None:
    world, group = office.world, office.group()
    refuse(office, group, 3)

    def without(text: str) -> str:
        start = text.index("      - use: messaging.prereview")
        return text[:start] + text[text.index('  - id: "6.4"') :]

    world.adopt(without)
    assert state(office, group) is MessageState.DELIVERED
    assert world.read(lambda tx: prereview.watches_of(tx, office.member.person_id)) == []
    refuse(office, group, 3, office.owner)
    assert len(world.entries("messaging.prereview_began")) == 1


def test_the_person_and_three_offices_know(office: Office) -> None:
    world, group = office.world, office.group()
    refuse(office, group, 3)
    mine = world.read(lambda tx: prereview.watches_of(tx, office.member.person_id))
    assert [each.group for each in mine] == [group] and len(mine[0].refusals) == 3
    for role in ("hr", "security_admin"):
        actor = world.person(role, role)
        (seen,) = world.read(lambda tx, actor=actor: prereview.list_watches(tx, actor))  # type: ignore[misc]  # bound at once
        assert seen.person == office.member.person
    for actor in (office.owner, office.registrar, office.member):
        with pytest.raises(NotAllowedError):
            world.read(lambda tx, actor=actor: prereview.list_watches(tx, actor))  # type: ignore[misc]  # bound at once
    world.later(7 * DAY)
    assert world.read(lambda tx: prereview.list_watches(tx, office.reviewer)) == []
    assert world.read(lambda tx: prereview.watches_of(tx, office.member.person_id)) == []


def test_the_leaf_names_the_clause_and_no_words(office: Office) -> None:
    world = office.world
    refuse(office, office.group(), 3)
    (use,) = world.read(lambda tx: policy.use_ids(tx, prereview.CONTROL))
    assert use == "6.3/messaging.prereview"
    (began,) = world.facts("messaging.prereview_began")
    assert "涉密" not in json.dumps([str(began)], ensure_ascii=False)


def bot_of(office: Office, group: GroupId, owner: Actor) -> Actor:
    return Actor(bot=make_bot(office.world, owner, group).id)


class TestBots:
    def test_what_a_bot_says_waits_with_who_answers_for_it(self, office: Office) -> None:
        world = office.world
        world.adopt(free_bots)
        group = office.group()
        bot = bot_of(office, group, office.owner)
        assert world.send(bot, group, "一切正常").state is MessageState.DELIVERED
        refuse(office, group, 3, office.owner)
        receipt = world.send(bot, group, "一切正常")
        assert receipt.state is MessageState.HELD
        assert receipt.clause is not None and receipt.clause["id"] == "6.3"
        held = world.entries("messaging.held")[-1]
        assert held.actor == bot.author and held.fact.clause == "6.3"
        assert "6.3/messaging.prereview" in held.uses
        found = world.read(lambda tx: replaying.replay(tx, office.reviewer, held.position))
        assert found.is_same and found.use == found.use_again
        assert found.use is not None and found.use.control == prereview.CONTROL
        world.write(
            lambda tx: review.release(tx, office.reviewer, held.position, masked=False, reason="")
        )
        assert world.facts("messaging.released")[-1].sender == bot.author
        assert world.send(bot, group, "去赌博网站玩").state is MessageState.BLOCKED
        world.later(7 * DAY)
        assert world.send(bot, group, "一切正常").state is MessageState.DELIVERED

    def test_only_the_bots_of_that_person_in_that_group_wait(self, office: Office) -> None:
        world = office.world
        world.adopt(free_bots)
        group, other = office.group(), office.group(name="澄远另一个工作群")
        mine, elsewhere = (bot_of(office, each, office.owner) for each in (group, other))
        member = office.member.person_id
        world.write(lambda tx: governing.set_owner(tx, office.owner, group, member))
        theirs = bot_of(office, group, office.member)
        refuse(office, group, 3, office.owner)
        states = [
            world.send(*said, "一切正常").state
            for said in ((mine, group), (theirs, group), (elsewhere, other))
        ]
        assert states == [MessageState.HELD, MessageState.DELIVERED, MessageState.DELIVERED]

    def test_it_may_hold_everywhere(self, office: Office) -> None:
        world = office.world
        world.adopt(lambda text: free_bots(text.replace(RULES, RULES[:-1] + ", everywhere: true}")))
        group, other = office.group(), office.group(name="澄远另一个工作群")
        bot = bot_of(office, other, office.owner)
        refuse(office, group, 3, office.owner)
        assert world.send(bot, other, "一切正常").state is MessageState.HELD

    def test_who_answers_is_told_of_what_is_refused_and_it_counts_as_theirs(
        self, office: Office
    ) -> None:
        world, owner = office.world, office.owner
        world.adopt(free_bots)
        group = office.group()
        bot = bot_of(office, group, owner)
        refuse(office, group, 1, bot)
        (refused,) = world.entries("messaging.refused")
        (told,) = world.entries("messaging.bot_refused")
        of_bot = BotId(bot.author)
        assert told.fact == BotRefused(group, (refused.position,), of_bot, owner.person_id, True)
        assert (told.actor, told.uses) == ("system:review", ("6.3/messaging.prereview",))
        item = {"position": told.position, "kind": "messaging.bot_refused", "bot": bot.author}
        (live,) = world.read(lambda tx: _live.deliveries(world.runtime.new_view(tx), told))
        assert live.people == frozenset({owner.person}) and not live.roles and live.group is None
        assert item.items() <= live.item.items()
        said = BotRefusal(told.position, group, of_bot, refused.at, "涉密", 1, 3)
        assert refusals_told(office, owner) == [said]
        assert refusals_told(office, office.member) == []
        refuse(office, group, 1, owner)
        assert [each.count for each in refusals_told(office, owner)] == [2]
        assert world.entries("messaging.prereview_began") == []
        world.later(2 * DAY)
        refuse(office, group, 1, bot)
        (began,) = world.facts("messaging.prereview_began")
        assert began.person == owner.person
        assert began.refs == tuple(each.position for each in world.entries("messaging.refused"))
        assert world.send(bot, group, "一切正常").state is MessageState.HELD
        assert world.send(owner, group, "大家好").state is MessageState.HELD
        assert [each.count for each in refusals_told(office, owner)] == [0], "they began it"
        world.later(28 * DAY + 1)
        assert [each.at > refused.at for each in refusals_told(office, owner)] == [True]
        world.later(30 * DAY)
        assert refusals_told(office, owner) == []

    def test_one_mistake_counts_once_however_often_it_was_said(self, office: Office) -> None:
        world, owner = office.world, office.owner
        world.adopt(free_bots)
        group = office.group()
        bot, other = bot_of(office, group, owner), bot_of(office, group, owner)
        said = [world.send(bot, group, f"{SECRET}第{n}次").position for n in range(20)]
        said += [world.send(other, group, SECRET).position]
        for n, position in enumerate(said):
            world.write(
                partial(review.refuse, actor=office.reviewer, position=position, reason="x")
            )
            world.later(2 * DAY if n % 5 == 0 else 0)
        told = world.facts("messaging.bot_refused")
        assert [(each.bot, each.counted) for each in told] == [
            (bot.author, True),
            (other.author, False),
        ]
        assert world.entries("messaging.prereview_began") == []
        assert {each.count for each in refusals_told(office, owner)} == {1}

    def test_a_working_day_after_the_telling_the_next_counts(self, office: Office) -> None:
        world, owner = office.world, office.owner
        world.adopt(free_bots)
        group = office.group()
        bot = bot_of(office, group, owner)
        refuse(office, group, 1, bot)
        calendar = world.read(policy.get_pack).calendar
        due = add_working_hours(world.entries("messaging.refused")[0].at, 8, calendar)
        assert due > world.clock.now() + 8 * HOUR
        world.later(due - 1 - world.clock.now())
        refuse(office, group, 1, bot)
        assert len(world.facts("messaging.bot_refused")) == 1
        world.later(1)
        refuse(office, group, 1, bot)
        assert [each.counted for each in world.facts("messaging.bot_refused")] == [True, True]

    def test_an_overturned_refusal_of_a_bot_ends_what_it_led_to(self, office: Office) -> None:
        world, owner = office.world, office.owner
        world.adopt(free_bots)
        group = office.group()
        bot, other = bot_of(office, group, owner), world.person("周审核", "reviewer")
        (first,) = refuse(office, group, 1, bot)
        refuse(office, group, 2, owner)
        assert world.send(owner, group, "大家好").state is MessageState.HELD
        world.write(lambda tx: review.overturn(tx, other, first, masked=False, reason="误判"))
        assert len(world.entries("messaging.prereview_ended")) == 1
        assert world.send(owner, group, "大家好").state is MessageState.DELIVERED
        assert refusals_told(office, owner) == []
        refuse(office, group, 1, bot)
        assert len(world.entries("messaging.prereview_began")) == 2, "the next is the first again"

    def test_without_the_clause_they_are_told_all_the_same(self, office: Office) -> None:
        world, owner = office.world, office.owner

        def without(text: str) -> str:
            start = text.index("      - use: messaging.prereview")
            return free_bots(text[:start] + text[text.index('  - id: "6.4"') :])

        world.adopt(without)
        group = office.group()
        refuse(office, group, 1, bot_of(office, group, owner))
        (told,) = world.entries("messaging.bot_refused")
        assert told.uses == ()
        assert [each.needed for each in refusals_told(office, owner)] == [None]

    def test_a_bot_of_an_older_version_is_freed_by_an_overturned_refusal(
        self, office: Office
    ) -> None:
        world, owner = office.world, office.owner
        world.adopt(free_bots)
        group = office.group()
        bot, other = bot_of(office, group, owner), world.person("周审核", "reviewer")
        (first,) = refuse(office, group, 1, bot)
        (decision,) = (each.position for each in world.entries("messaging.refused"))

        def begin(tx: WriteTx) -> None:
            permit = policy.require(tx, system("review"), "messaging.review")
            watched = PersonId(bot.author)
            tx.record(permit, PreReviewBegan(group, (decision,), watched, tx.now + DAY))

        world.write(begin)
        assert world.send(bot, group, "一切正常").state is MessageState.HELD
        assert world.send(owner, group, "大家好").state is MessageState.DELIVERED
        world.write(lambda tx: review.overturn(tx, other, first, masked=False, reason="误判"))
        assert world.send(bot, group, "一切正常").state is MessageState.DELIVERED

    def test_a_person_under_pre_review_knows_whether_bots_wait_with_them(
        self, office: Office
    ) -> None:
        world, owner = office.world, office.owner
        world.adopt(free_bots)
        group, other = office.group(), office.group(name="澄远另一个工作群")
        bot_of(office, other, owner)
        refuse(office, group, 3, owner)

        def waits() -> list[bool]:
            return [
                each["bots"] for each in world.read(lambda tx: me.describe(tx, owner))["prereviews"]
            ]

        assert waits() == [False], "of that group alone"
        bot = make_bot(world, owner, group)
        assert waits() == [True]
        world.write(lambda tx: bots.remove(tx, owner, group, bot.id))
        assert waits() == [False]


def refusals_told(office: Office, person: Actor) -> list[BotRefusal]:
    found: list[BotRefusal] = office.world.read(
        lambda tx: prereview.bot_refusals(tx, person.person_id)
    )
    return found
