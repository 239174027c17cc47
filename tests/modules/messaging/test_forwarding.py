"""Forwarding: the right to read there and to write here, the rules of both, and a path that can be followed."""

from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.groups import roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.messaging import (
    _forward_shape,
    _review_shape,
    forwarding,
    recalling,
    replaying,
    review,
    review_queue,
    topics,
)
from guiju.modules.messaging.change_types import EditingOffError, MessageNotFoundError
from guiju.modules.messaging.forward_types import (
    ForwardNotAllowedError,
    ForwardTooLongError,
    Plan,
    Wanted,
)
from guiju.modules.messaging.review_types import Permission
from guiju.modules.messaging.topic_types import MovedAsideError, ThreadFrozenError
from guiju.modules.messaging.types import (
    CmidReusedError,
    FloodError,
    MessageState,
    OwnMessageError,
    Receipt,
)
from guiju.setup import SYSTEM, open_account
from tests.support.office import Office
from tests.support.screens import everything, shown
from tests.support.sending import ID_NUMBER, with_editing
from tests.support.world import NO_PASSWORD

SECRET = "这是核心配方"
SALE = "九成新自行车转让，300元面交"
USE = "      - use: messaging.forwarding\n        with: {down: false, outside: false}\n"


def wanted(source: GroupId, target: GroupId, *positions: int, **extra: Any) -> Wanted:
    cmid, merged = extra.pop("cmid", "f1"), extra.pop("merged", False)
    return Wanted(cmid, source, target, positions, merged, **extra)


def other_group(office: Office, **changes: Any) -> GroupId:
    """Of the same people, under another name."""
    return office.group(name="澄远乙班工作群", **changes)


def outside_person(office: Office) -> PersonId:
    """Somebody who belongs to no unit of the organisation."""

    def make(tx: WriteTx) -> PersonId:
        guest = directory.add_person(tx, SYSTEM, name="周客人", staff_no="G1", unit=None)
        open_account(tx, SYSTEM, guest.id, password_hash=NO_PASSWORD, proof="test")
        return guest.id

    return office.world.write(make)


def forward(office: Office, actor: Actor, wish: Wanted) -> list[Receipt]:
    inspector = office.world.runtime.inspector
    return office.world.write(lambda tx: forwarding.forward(tx, inspector, actor, wish))


def refused(office: Office, error: type[Any], actor: Actor, wish: Wanted) -> Any:
    inspector = office.world.runtime.inspector
    return office.refused(error, lambda tx: forwarding.forward(tx, inspector, actor, wish))


def say(office: Office, group: GroupId, *texts: str) -> list[int]:
    return [office.world.send(office.owner, group, text).position for text in texts]


def allow(office: Office, parameters: str) -> None:
    """The clause of the pack with other parameters."""

    def change(text: str) -> str:
        assert USE in text
        return text.replace(USE, USE.replace("down: false, outside: false", parameters))

    office.world.adopt(change)


class TestWhatArrives:
    def test_one_message_with_its_author_and_time(self, office: Office) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        (sent,) = say(office, source, "明早八点集合")
        world.clock.advance(60_000)
        (receipt,) = forward(office, office.member, wanted(source, target, sent))
        assert receipt.state is MessageState.DELIVERED
        found = shown(world, target, receipt.position, office.administrator)
        original = world.entries()[sent]
        assert found["text"] == "" and found["sender"]["id"] == office.member.person
        assert found["forward"] == {
            "group": world.find_group(source).name,
            "merged": False,
            "items": [{"sender": "张群主", "at": original.at, "text": "明早八点集合", "spans": []}],
        }
        entry = world.entries()[receipt.position]
        assert entry.fact.forwarded == (sent,) and entry.group == target

    def test_merged_ones_are_one_message_in_the_order_of_the_source(self, office: Office) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        first, second, third = say(office, source, "一", "二", "三")
        wish = wanted(source, target, third, first, second, merged=True, comment="请看")
        (receipt,) = forward(office, office.member, wish)
        found = shown(world, target, receipt.position, office.owner)
        assert found["text"] == "请看" and found["forward"]["merged"] is True
        assert [each["text"] for each in found["forward"]["items"]] == ["一", "二", "三"]
        assert world.entries()[receipt.position].fact.text == "请看\n一\n二\n三"

    def test_one_by_one_they_are_messages_of_their_own_and_the_comment_is_the_last(
        self, office: Office
    ) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        first, second = say(office, source, "一", "二")
        receipts = forward(
            office, office.member, wanted(source, target, second, first, comment="请看")
        )
        assert [each.cmid for each in receipts] == ["f1.0", "f1.1", "f1.c"]
        found = [shown(world, target, each.position, office.owner) for each in receipts]
        assert [each["text"] for each in found] == ["", "", "请看"]
        assert [each["forward"]["items"][0]["text"] for each in found[:2]] == ["一", "二"]
        assert found[2]["forward"] is None

    def test_what_was_forwarded_before_says_whose_words_it_is(self, office: Office) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        first, second = say(office, source, "一", "二")
        wish = wanted(source, target, first, second, merged=True, comment="请看")
        (receipt,) = forward(office, office.member, wish)
        (again,) = forward(
            office, office.owner, wanted(target, source, receipt.position, cmid="f2")
        )
        (copy,) = shown(world, source, again.position, office.member)["forward"]["items"]
        assert copy["sender"] == "赵成员" and copy["text"] == "请看\n张群主：一\n张群主：二"

    def test_an_edited_message_goes_as_it_is_now_and_later_changes_are_not_seen(
        self, office: Office
    ) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        world.adopt(with_editing)
        (sent,) = say(office, source, "八点集合")
        world.edit(office.owner, source, sent, "九点集合")
        (receipt,) = forward(office, office.member, wanted(source, target, sent))
        world.edit(office.owner, source, sent, "十点集合")
        world.write(lambda tx: recalling.recall(tx, office.owner, source, sent))
        (copy,) = shown(world, target, receipt.position, office.owner)["forward"]["items"]
        assert copy["text"] == "九点集合"

    def test_the_copy_is_recalled_like_any_message_and_never_edited(self, office: Office) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        world.adopt(with_editing)
        sent = world.send(office.administrator, source, "绝无仅有的话").position
        (receipt,) = forward(office, office.member, wanted(source, target, sent, comment="我的话"))
        at = receipt.position
        with pytest.raises(EditingOffError):
            world.edit(office.member, target, at, "改了")
        done = world.write(lambda tx: recalling.recall(tx, office.member, target, at))
        assert done.text == "我的话", "one writes anew what one wrote"
        found = shown(world, target, at, office.owner)
        assert found["text"] == "" and found["forward"] is None and found["recalled"]
        world.write(lambda tx: recalling.recall(tx, office.administrator, source, sent))
        left = everything(world, office.owner, target)
        assert "绝无仅有的话" not in left


class TestTheRightToRead:
    def test_what_one_does_not_see_there_is_not_found(self, office: Office) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        recalled, held = say(office, source, "不算", SECRET)
        world.write(lambda tx: recalling.recall(tx, office.owner, source, recalled))
        (seen,) = say(office, source, "大家好")
        elsewhere = world.send(office.owner, target, "别处").position
        for position in (recalled, held, elsewhere, 10**9):
            wish = wanted(source, target, seen, position, merged=True)
            refused(office, MessageNotFoundError, office.member, wish)
        world.write(lambda tx: roster.admit(tx, office.owner, source, [office.outsider.person_id]))
        late = world.group(
            office.owner, [office.administrator], [office.outsider], name="澄远外人工作群"
        )
        refused(office, MessageNotFoundError, office.outsider, wanted(source, late, seen))
        (new,) = say(office, source, "欢迎")
        assert forward(office, office.outsider, wanted(source, late, new))

    def test_outsiders_of_either_group_learn_nothing(self, office: Office) -> None:
        source, target = office.group(), other_group(office)
        (sent,) = say(office, source, "大家好")
        theirs = office.world.group(
            office.owner, [office.administrator], [office.outsider], name="澄远外人工作群"
        )
        refused(office, GroupNotFoundError, office.outsider, wanted(source, theirs, sent))
        refused(office, GroupNotFoundError, office.outsider, wanted(source, target, sent))
        (open_to_them,) = say(office, theirs, "大家好")
        refused(office, GroupNotFoundError, office.outsider, wanted(theirs, source, open_to_them))

    @pytest.mark.parametrize("elsewhere", [False, True])
    def test_what_was_moved_aside_goes_nowhere_until_it_is_back(
        self, office: Office, elsewhere: bool
    ) -> None:
        world, source = office.world, office.group()
        target = other_group(office) if elsewhere else source
        seen, joke = say(office, source, "明早八点集合", "周末去钓鱼吗")
        wish = wanted(source, target, seen, joke, merged=True)
        world.write(
            lambda tx: topics.move(tx, office.owner, source, joke, on=True, reason="与工作无关")
        )
        refused(office, MovedAsideError, office.member, wish)
        with pytest.raises(MovedAsideError):
            world.read(lambda tx: forwarding.plan(tx, office.member, wish))
        world.write(lambda tx: topics.move(tx, office.owner, source, joke, on=False))
        assert forward(office, office.member, wish)

    @pytest.mark.parametrize("elsewhere", [False, True])
    def test_nothing_of_a_frozen_thread_goes_anywhere_and_the_refusal_is_that_of_a_quote(
        self, office: Office, elsewhere: bool
    ) -> None:
        world, source = office.world, office.group()
        target = other_group(office) if elsewhere else source
        root, beside = say(office, source, "食堂承包的事", "别的事")
        reply = world.send(office.member, source, "我看有问题", thread=root).position
        world.write(
            lambda tx: topics.freeze(tx, office.owner, source, root, on=True, reason="易起争议")
        )
        with pytest.raises(ThreadFrozenError) as quoted:
            world.send(office.member, source, "再说", quote=reply)
        for at in (root, reply):
            wish = wanted(source, target, beside, at, comment="再说", cmid=f"f{at}")
            error = refused(office, ThreadFrozenError, office.member, wish)
            assert error.data == quoted.value.data and error.data["clause"]["id"] == "5.13"
            with pytest.raises(ThreadFrozenError):
                world.read(lambda tx, wish=wish: forwarding.plan(tx, office.member, wish))  # type: ignore[misc]  # bound at once
        assert forward(office, office.member, wanted(source, target, beside))
        world.write(lambda tx: topics.freeze(tx, office.owner, source, root, on=False))
        assert forward(office, office.member, wanted(source, target, reply, cmid="f9"))


class TestTheRulesOfTheTarget:
    def test_comment_and_copies_are_one_text_with_exact_masks(self, office: Office) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        first, second = say(office, source, "张三的证件", "尾号见下")
        wish = wanted(source, target, first, second, merged=True, comment=f"证件{ID_NUMBER}")
        (receipt,) = forward(office, office.member, wish)
        assert receipt.state is MessageState.MASKED
        found = shown(world, target, receipt.position, office.owner)
        assert ID_NUMBER not in found["text"] and found["text"].startswith("证件1101")
        assert found["spans"] == [{"start": 2, "end": 20}]
        assert [each["spans"] for each in found["forward"]["items"]] == [[], []]

    def test_a_copy_is_masked_where_it_stands(self, office: Office) -> None:
        """Where it came from nothing hid it: the rules there were others."""
        world = office.world
        world.adopt(
            lambda text: text.replace(
                "bank_card], disposition: standard}",
                "bank_card], disposition: standard, classes: [company]}",
            )
        )
        source, target = office.group(), other_group(office, group_class="company")
        before, sent = say(office, source, "说明如下", f"证件{ID_NUMBER}请登记")
        assert shown(world, source, sent, office.member)["spans"] == []
        wish = wanted(source, target, before, sent, merged=True, comment="请看")
        (receipt,) = forward(office, office.member, wish)
        found = shown(world, target, receipt.position, office.owner)
        one, two = found["forward"]["items"]
        assert one == one | {"text": "说明如下", "spans": []}
        assert two["spans"] == [{"start": 2, "end": 20}] and ID_NUMBER not in two["text"]
        assert two["text"].startswith("证件1101") and two["text"].endswith("请登记")

    def test_a_word_across_two_copies_is_found(self, office: Office) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        first = world.send(office.owner, source, "这是核心").position
        second = world.send(office.administrator, source, "配方").position
        wish = wanted(source, target, first, second, merged=True)
        (receipt,) = forward(office, office.member, wish)
        assert receipt.state is MessageState.HELD
        assert receipt.clause is not None

    def test_the_names_that_go_along_are_inspected_by_the_rules_of_today(
        self, office: Office
    ) -> None:
        world = office.world
        rule = "[business_secret], disposition: hold"
        world.adopt(lambda text: text.replace(rule, f"{rule}, classes: [company]"))
        source = office.group(name="澄远核心配方工作群")
        target = other_group(office, group_class="company")
        (sent,) = say(office, source, "大家好")
        (receipt,) = forward(office, office.member, wanted(source, target, sent))
        assert receipt.state is MessageState.HELD
        entry = world.entries("messaging.held")[-1]
        assert [finding[:2] for finding in entry.fact.findings] == [(0, 0)], "not in the text"
        again = world.read(lambda tx: replaying.replay_for_operator(tx, entry.position))
        assert again.state_again is MessageState.HELD

    def test_a_held_one_shows_its_copies_to_the_reviewer_and_is_released_with_them(
        self, office: Office
    ) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        (sent,) = say(office, source, "大家好")
        wish = wanted(source, target, sent, comment=SECRET)
        (receipt,) = forward(office, office.member, wish)
        assert receipt.state is MessageState.HELD
        with pytest.raises(MessageNotFoundError):
            shown(world, target, receipt.position, office.owner)
        found = world.read(
            lambda tx: review_queue.get_review(tx, office.reviewer, receipt.position)
        )
        row = world.read(
            lambda tx: _review_shape.opened(world.runtime.new_view(tx), office.reviewer, found)
        )
        assert row["text"] == f"{SECRET}\n大家好"
        assert row["forward"]["items"][0]["sender"] == "张群主"
        world.write(
            lambda tx: review.release(tx, office.reviewer, receipt.position, masked=True, reason="")
        )
        (released,) = world.entries("messaging.released")
        told = shown(world, target, released.position, office.owner)
        assert told["text"].endswith("****") and told["forward"]["items"][0]["text"] == "大家好"

    def test_a_warning_is_answered_under_the_cmid_that_it_names(self, office: Office) -> None:
        source, target = office.group(), other_group(office)
        first, second = say(office, source, "一", "二")
        wish = wanted(source, target, first, second, comment=SALE)
        one, two, warned = forward(office, office.member, wish)
        assert (one.state, two.state, warned.state) == (
            MessageState.DELIVERED,
            MessageState.DELIVERED,
            MessageState.WARNED,
        )
        assert warned.warned is not None
        confirmed = wanted(
            source,
            target,
            first,
            second,
            comment=SALE,
            confirm={warned.cmid: warned.warned.confirm},
        )
        again = forward(office, office.member, confirmed)
        assert again[:2] == [one, two] and again[2].state is MessageState.DELIVERED

    def test_one_by_one_they_count_for_the_flood_limit_and_then_none_is_sent(
        self, office: Office
    ) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        positions = []
        for number in range(25):
            positions += say(office, source, f"第{number}条")
            world.clock.advance(2000)
        refused(office, FloodError, office.member, wanted(source, target, *positions))
        merged = wanted(source, target, *positions, merged=True)
        assert len(forward(office, office.member, merged)) == 1

    def test_too_many_and_too_much(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        source, target = office.group(), other_group(office)
        first, second = say(office, source, "一二三", "四五六")
        wish = wanted(source, target, first, second, merged=True)
        monkeypatch.setattr(forwarding, "LONGEST_FORWARD", 6)
        assert refused(office, ForwardTooLongError, office.member, wish).data["most"] == 6
        monkeypatch.setattr(forwarding, "MOST_FORWARDED", 1)
        assert refused(office, ForwardTooLongError, office.member, wish).data["most"] == 1
        refused(office, ForwardTooLongError, office.member, wanted(source, target))


class TestTheRulesOfTheSource:
    def try_out(self, office: Office, source: GroupId, target: GroupId, why: str) -> None:
        """SEC-04: refused with the clause, on record as an attempt, and nothing arrives."""
        (sent,) = say(office, source, "大家好")
        inspector = office.world.runtime.inspector
        wish = wanted(source, target, sent)
        error = office.attempted(
            ForwardNotAllowedError,
            "6.9/messaging.forwarding",
            lambda tx: forwarding.forward(tx, inspector, office.member, wish),
        )
        assert error.data["why"] == why

    def test_not_down_but_up(self, office: Office) -> None:
        sensitive, internal = office.group(level="sensitive"), other_group(office)
        self.try_out(office, sensitive, internal, "level")
        (sent,) = say(office, internal, "大家好")
        assert forward(office, office.member, wanted(internal, sensitive, sent))
        allow(office, "down: true, outside: false")
        (sent,) = say(office, sensitive, "大家好")
        assert forward(office, office.member, wanted(sensitive, internal, sent, cmid="f2"))

    def test_not_to_people_from_outside(self, office: Office) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        guest = outside_person(office)
        world.write(lambda tx: roster.admit(tx, office.owner, target, [guest]))
        self.try_out(office, source, target, "outsiders")
        (sent,) = say(office, target, "大家好")
        assert forward(office, office.member, wanted(target, target, sent)), "it stays inside"
        allow(office, "down: false, outside: true")
        (sent,) = say(office, source, "大家好")
        assert forward(office, office.member, wanted(source, target, sent, cmid="f2"))

    @pytest.mark.parametrize(("to", "why"), [("same_class", "class"), ("nowhere", "group")])
    def test_a_clause_may_keep_it_in_the_class_or_in_the_group(
        self, office: Office, to: str, why: str
    ) -> None:
        allow(office, f"to: {to}, classes: [workshop]")
        source, other = office.group(), other_group(office, group_class="department")
        self.try_out(office, source, other, why)
        (sent,) = say(office, other, "大家好")
        assert forward(office, office.member, wanted(other, source, sent)), "another class is free"

    def test_without_a_clause_the_same_holds_and_none_is_named(self, office: Office) -> None:
        allow(office, "classes: [company]")
        sensitive, internal = office.group(level="sensitive"), other_group(office)
        (sent,) = say(office, sensitive, "大家好")
        error = refused(
            office, ForwardNotAllowedError, office.member, wanted(sensitive, internal, sent)
        )
        assert error.data["clause"] is None


class TestOnce:
    def test_the_same_cmid_gives_the_first_receipts_whatever_became_of_the_source(
        self, office: Office
    ) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        first, second = say(office, source, "一", "二")
        wish = wanted(source, target, first, second, comment="请看")
        receipts = forward(office, office.member, wish)
        world.write(lambda tx: recalling.recall(tx, office.owner, source, first))
        before = world.read(lambda tx: tx.position)
        assert forward(office, office.member, wish) == receipts
        assert world.read(lambda tx: forwarding.plan(tx, office.member, wish)) == Plan()
        assert world.read(lambda tx: tx.position) == before
        other = wanted(source, target, second, comment="别的", cmid="f1.1")
        refused(office, CmidReusedError, office.member, other)


class TestFollowing:
    def test_the_auditor_follows_a_text_and_nobody_else(self, office: Office) -> None:
        world, source, target = office.world, office.group(), other_group(office)
        auditor = world.person("吴审计", "audit_admin")
        (sent,) = say(office, source, "绝无仅有的话")
        (one,) = forward(office, office.member, wanted(source, target, sent))
        (two,) = forward(
            office, office.owner, wanted(source, target, sent, cmid="f2", comment=SECRET)
        )
        found = world.read(
            lambda tx: [
                _forward_shape.trace(world.runtime.new_view(tx), each)
                for each in forwarding.traces(tx, auditor, source, sent)
            ]
        )
        assert [(each["position"], each["state"]) for each in found] == [
            (one.position, MessageState.DELIVERED),
            (two.position, MessageState.HELD),
        ]
        assert found[0]["by"]["id"] == office.member.person
        assert found[0]["group"]["id"] == target and "绝无仅有的话" not in str(found)
        for who in (office.owner, office.reviewer, office.registrar, office.outsider):
            with pytest.raises(MessageNotFoundError):
                world.read(lambda tx, who=who: forwarding.traces(tx, who, source, sent))  # type: ignore[misc]  # bound at once
        with pytest.raises(MessageNotFoundError):
            world.read(lambda tx: forwarding.traces(tx, auditor, target, sent))


def test_nobody_reviews_their_own_words_that_another_forwards(office: Office) -> None:
    world, other = office.world, office.world.person("周审核", "reviewer")
    source = world.group(office.owner, [office.administrator], [office.member, office.reviewer])
    target, third = other_group(office), office.group(name="澄远丙班工作群")
    first = world.send(office.owner, source, SECRET).position
    allowed = Permission(0, world.clock.now() + DAY, everywhere=False)
    world.write(
        lambda tx: review.release(tx, other, first, masked=False, reason="可以", allow=allowed)
    )
    own = world.send(office.reviewer, source, SECRET)
    assert own.state is MessageState.DELIVERED
    (held,) = forward(office, office.member, wanted(source, target, own.position))
    assert held.state is MessageState.HELD
    office.refused(
        OwnMessageError,
        lambda tx: review.release(tx, office.reviewer, held.position, masked=False, reason=""),
    )

    def may_decide(actor: Actor, position: int) -> bool:
        def ask(tx: ReadTx) -> bool:
            return review_queue.choices(
                tx, actor, review_queue.get_review(tx, actor, position)
            ).decide

        return world.read(ask)

    assert not may_decide(office.reviewer, held.position)
    assert may_decide(other, held.position)
    world.write(lambda tx: review.release(tx, other, held.position, masked=False, reason=""))
    (again,) = world.entries("messaging.released")[-1:]
    wish = wanted(target, third, again.position, cmid="f2")
    (further,) = forward(office, office.owner, wish)
    assert further.state is MessageState.HELD
    assert not may_decide(office.reviewer, further.position), "nor where it was forwarded twice"
    assert may_decide(other, further.position)
