"""Moderation: too much in all groups together, too much to one person, and texts that are too long."""

import pytest

from guiju.modules.messaging.types import MessageState, PaceError
from tests.support.office import Office

USE = "        with: {messages: 10, seconds: 300, per: contact, action: warn, longest: 5000}\n"


def pace(office: Office, parameters: str) -> None:
    def change(text: str) -> str:
        assert USE in text
        return text.replace(USE, f"        with: {{{parameters}}}\n")

    office.world.adopt(change)


def test_all_groups_count_together_and_the_refusal_says_until_when(office: Office) -> None:
    world = office.world
    pace(office, "messages: 3, seconds: 60, action: refuse")
    groups = [office.group(name=f"澄远{name}班工作群") for name in "甲乙"]
    for group in (*groups, groups[0]):
        world.send(office.member, group, "大家好")
        world.clock.advance(10_000)
    before = world.read(lambda tx: tx.position)
    with pytest.raises(PaceError) as caught:
        world.send(office.member, groups[1], "大家好")
    assert caught.value.data["retry_after"] == 30 and caught.value.data["clause"]
    assert world.read(lambda tx: tx.position) == before
    world.send(office.owner, groups[1], "大家好")
    world.clock.advance(30_000)
    world.send(office.member, groups[1], "大家好")


def test_who_is_called_again_and_again_is_a_matter_to_confirm(office: Office) -> None:
    world, group = office.world, office.group()
    called = [office.owner.person_id]
    for n in range(10):
        world.send(office.member, group, f"第{n}次", mentions=called)
    warned = world.send(office.member, group, "在吗", mentions=called)
    assert warned.state is MessageState.WARNED and warned.warned is not None
    assert warned.clause is not None and warned.clause["id"] == "6.6" and warned.note
    assert warned.warned.limit == {"messages": 10, "seconds": 300, "per": "contact"}
    assert len(world.entries("messaging.sent")) == 10
    world.send(office.member, group, "在吗", mentions=[office.administrator.person_id])
    world.send(office.member, group, "自言自语")
    sure = world.send(office.member, group, "在吗", mentions=called, confirm=warned.warned.confirm)
    assert sure.state is MessageState.DELIVERED and sure.clause is None
    other = world.send(
        office.member, group, "还在吗", mentions=called, confirm=warned.warned.confirm
    )
    assert other.state is MessageState.WARNED, "an answer is for one message"
    world.clock.advance(301_000)
    world.send(office.member, group, "在吗", mentions=called)


def test_a_long_text_is_a_matter_to_confirm(office: Office) -> None:
    world, group = office.world, office.group()
    long = "长" * 5001
    warned = world.send(office.member, group, long)
    assert warned.state is MessageState.WARNED and warned.warned is not None
    assert warned.warned.limit == {"longest": 5000}
    sure = world.send(office.member, group, long, confirm=warned.warned.confirm)
    assert sure.state is MessageState.DELIVERED
    assert world.send(office.member, group, long[1:]).state is MessageState.DELIVERED


def test_only_classes_that_the_clause_names(office: Office) -> None:
    pace(office, "longest: 10, classes: [company]")
    plain, company = office.group(), office.group(group_class="company", name="澄远乙班工作群")
    text = "长" * 11
    assert office.world.send(office.member, plain, text).state is MessageState.DELIVERED
    assert office.world.send(office.member, company, text).state is MessageState.WARNED


def test_an_answer_to_a_warning_of_words_is_none_to_one_of_pace(office: Office) -> None:
    world, group = office.world, office.group()
    sale = "九成新自行车转让，300元面交"
    called = [office.owner.person_id]
    first = world.send(office.member, group, sale, mentions=called)
    assert first.warned is not None and first.warned.findings and first.warned.limit is None
    for n in range(10):
        world.send(office.member, group, f"第{n}次", mentions=called)
    before = world.read(lambda tx: tx.position)
    second = world.send(office.member, group, sale, mentions=called, confirm=first.warned.confirm)
    assert second.state is MessageState.WARNED and second.warned is not None
    assert second.warned.limit is not None and second.clause is not None
    assert second.clause["id"] == "6.6"
    assert world.read(lambda tx: tx.position) == before
    sure = world.send(office.member, group, sale, mentions=called, confirm=second.warned.confirm)
    assert sure.state is MessageState.DELIVERED, "the second answer stands by both"
    others = world.send(
        office.member,
        group,
        sale,
        mentions=[office.administrator.person_id],
        confirm=second.warned.confirm,
    )
    assert others.state is MessageState.WARNED, "an answer is to calling these people"
