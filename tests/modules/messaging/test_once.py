"""One message once: the same cmid again, alone, in one batch, after a verdict, and under another pack."""

from dataclasses import replace
from typing import Any

import pytest

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId
from guiju.modules.groups import roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.messaging import _shape, review, service
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import (
    BadMentionError,
    CmidReusedError,
    Receipt,
)
from guiju.runtime import open_runtime
from tests.support.office import Office
from tests.support.sending import ID_NUMBER, KINDS, prepared, refused, send_together


@pytest.mark.parametrize("text", ["大家好", f"证件{ID_NUMBER}", "这是核心配方", "去赌博网站玩"])
def test_the_same_message_again_gets_the_first_receipt(office: Office, text: str) -> None:
    world, group = office.world, office.group()
    first = world.send(office.member, group, text, cmid="same")
    position = world.read(lambda tx: tx.position)
    assert world.send(office.member, group, text, cmid="same") == first
    assert world.read(lambda tx: tx.position) == position
    for other in (
        {"text": text + "！"},
        {"mentions": (office.owner.person_id,)},
        {"quote": first.position},
    ):
        send = prepared(office, office.member, group, other.get("text", text), "same", **{  # type: ignore[arg-type]  # a text
            key: value for key, value in other.items() if key != "text"})  # fmt: skip
        (answer,) = send_together(office, [send])
        assert type(answer) is CmidReusedError and answer.data == {"cmid": "same"}, other
    assert world.read(lambda tx: tx.position) == position
    # Another person's cmid is another message.
    assert world.send(office.owner, group, text, cmid="same").position > first.position


def test_the_same_cmid_in_another_group_is_another_body(office: Office) -> None:
    world, group = office.world, office.group()
    other = office.group(name="澄远另一个工作群")
    world.send(office.member, group, "大家好", cmid="same")
    with pytest.raises(CmidReusedError):
        world.send(office.member, other, "大家好", cmid="same")


def test_twins_in_one_batch_are_one_message(office: Office) -> None:
    world, group = office.world, office.group()
    one = prepared(office, office.member, group, "大家好", "twin")
    other = prepared(office, office.member, group, "大家不好", "twin")
    answers = send_together(office, [one, one, other])
    assert isinstance(answers[0], Receipt) and answers[1] == answers[0]
    assert type(answers[2]) is CmidReusedError
    assert len(world.entries(*KINDS)) == 1


def test_the_twin_of_a_refused_message_is_refused_alike(office: Office) -> None:
    group = office.group()
    stranger = prepared(office, office.outsider, group, "大家好", "twin")
    answers = send_together(office, [stranger, stranger])
    assert [type(answer) for answer in answers] == [GroupNotFoundError] * 2
    assert office.world.entries(*KINDS) == []


def test_a_refused_cmid_can_be_used_again(office: Office) -> None:
    world, group = office.world, office.group()
    refused(office, BadMentionError, office.member, group, mentions=(office.outsider.person_id,))
    send = prepared(
        office, office.member, group, "大家好", "again", mentions=(office.outsider.person_id,)
    )
    assert type(send_together(office, [send])[0]) is BadMentionError
    assert isinstance(send_together(office, [replace(send, mentions=())])[0], Receipt)
    assert len(world.entries(*KINDS)) == 1


def test_a_retry_after_the_release_gets_the_receipt_of_the_hold(office: Office) -> None:
    world, group = office.world, office.group()
    first = world.send(office.member, group, "这是核心配方", cmid="held")
    world.write(
        lambda tx: review.release(tx, office.reviewer, first.position, masked=False, reason="")
    )
    assert world.send(office.member, group, "这是核心配方", cmid="held") == first
    with pytest.raises(CmidReusedError):
        world.send(office.member, group, "这是另一个核心配方", cmid="held")


def test_a_retry_under_another_pack_still_gets_the_first_receipt(office: Office) -> None:
    world, group = office.world, office.group()
    first = world.send(office.member, group, "去赌博网站玩", cmid="old")
    world.adopt(lambda text: text.replace("max: 2}", "max: 3}"))
    assert world.send(office.member, group, "去赌博网站玩", cmid="old") == first


@pytest.mark.parametrize("text", [f"证件号{ID_NUMBER}", "这是核心配方", "去赌博网站玩"])
def test_a_retry_names_the_clause_of_its_time(office: Office, text: str) -> None:
    """Also when the pack has moved the control to another clause since, or no longer has it."""
    world, group = office.world, office.group()
    first = world.send(office.member, group, text, cmid="old")
    assert first.clause is not None
    shown = timeline_item(office, group)
    world.adopt(lambda edited: edited, "plain-office")
    assert world.send(office.member, group, text, cmid="old") == first
    assert timeline_item(office, group)["clause"] == shown["clause"] == first.clause


def timeline_item(office: Office, group: GroupId) -> dict[str, Any]:
    """The newest message as its sender sees it."""

    def read(tx: ReadTx) -> dict[str, Any]:
        page = service.timeline(tx, office.member, group, before=None, limit=1)
        shown: dict[str, Any] = _shape.items(office.world.runtime.new_view(tx), page.items)[0]
        return dict(shown["message"])

    return office.world.read(read)


def test_messages_between_those_of_another_node(office: Office) -> None:
    """Numbers have no gap, and what the other node decided holds here at once."""
    world, group = office.world, office.group()
    there, lane = open_runtime(world.settings, world.clock), world.runtime.lane
    try:
        for cmid in ("a", "b"):
            lane._wary = there.lane._wary = 0
            assert world.send(office.member, group, "甲", cmid=cmid).state == "delivered"
            send = prepared(office, office.owner, group, "乙", cmid)
            assert there.lane.call(KIND, send).state == "delivered"
        # What was sent here is known there, although nothing there has looked.
        lane._wary = there.lane._wary = 0
        again = there.lane.call(KIND, prepared(office, office.member, group, "甲", "a"))
        assert again == world.send(office.member, group, "甲", cmid="a")
        gone = office.member.person_id
        there.write(lambda tx: roster.remove(tx, office.owner, group, gone, reason="调离"))
        lane._wary = 0
        refused(office, GroupNotFoundError, office.member, group)
    finally:
        there.close()
    numbers = [e.number for e in world.entries() if e.kind == KINDS[0] and e.number is not None]
    assert numbers == list(range(numbers[0], numbers[0] + 4))
