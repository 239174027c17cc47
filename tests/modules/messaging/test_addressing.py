"""Threads, mentions of everybody, and the way to one message."""

import pytest

from guiju.kernel.clock import DAY, HOUR
from guiju.modules.groups import roster
from guiju.modules.messaging import changes, recalling, review, service
from guiju.modules.messaging.change_types import (
    BadThreadError,
    ConfirmMembersError,
    MentionAllLimitError,
    MentionAllNotAllowedError,
)
from guiju.modules.messaging.types import BadMentionError, CmidReusedError
from guiju.runtime import open_runtime
from tests.support.office import Office
from tests.support.screens import shown
from tests.support.sending import prepared, refused, send_together

ALL = ("all",)


def test_replies_stand_in_the_thread_and_are_counted(office: Office) -> None:
    world, group = office.world, office.group()
    root = world.send(office.owner, group, "谁去？").position
    assert shown(world, group, root, office.member)["replies"] is None
    replies = [
        world.send(who, group, "我去", thread=root).position
        for who in (office.member, office.owner, office.member)
    ]
    held = world.send(office.member, group, "这是核心配方", thread=root).position
    found = shown(world, group, root, office.member)["replies"]
    assert found["count"] == 3 and found["last_at"] == world.entries()[replies[-1]].at
    assert [each["id"] for each in found["people"]] == [office.member.person, office.owner.person]
    world.write(lambda tx: review.release(tx, office.reviewer, held, masked=False, reason=""))
    released = world.entries("messaging.released")[0].position
    world.write(lambda tx: recalling.recall(tx, office.member, group, replies[0]))
    entry, page = world.read(
        lambda tx: changes.thread(tx, office.member, group, root, before=None, limit=3)
    )
    assert entry.position == root and page.more
    assert [each.position for each in page.items] == [*replies[1:], released]
    _, older = world.read(
        lambda tx: changes.thread(tx, office.member, group, root, before=replies[1], limit=3)
    )
    assert [each.position for each in older.items] == replies[:1] and not older.more
    assert shown(world, group, root, office.member)["replies"]["count"] == 4
    assert shown(world, group, released, office.member)["thread"] == root


def test_a_thread_begins_at_a_message_that_one_may_see(office: Office) -> None:
    world, group = office.world, office.group()
    other = office.group(name="澄远另一个工作群")
    root = world.send(office.owner, group, "谁去？").position
    reply = world.send(office.member, group, "我去", thread=root).position
    held = world.send(office.member, group, "这是核心配方").position
    elsewhere = world.send(office.owner, other, "别处的").position
    gone = world.send(office.owner, group, "算了").position
    world.write(lambda tx: recalling.recall(tx, office.owner, group, gone))
    for wrong in (reply, held, elsewhere, gone, 10**9):
        refused(office, BadThreadError, office.member, group, thread=wrong)
    world.write(lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id]))
    refused(office, BadThreadError, office.outsider, group, thread=root)
    # The thread belongs to what a cmid stands for.
    again = [prepared(office, office.member, group, "好", "same", thread=at) for at in (root, None)]
    first, second = send_together(office, again)
    assert type(second) is CmidReusedError and first.position
    (third,) = send_together(office, [prepared(office, office.member, group, "好", "same")])
    assert type(third) is CmidReusedError


def test_who_has_asked_to_leave_is_mentioned_until_they_have_left(office: Office) -> None:
    world, group = office.world, office.group()
    named = (office.member.person_id,)
    world.write(lambda tx: roster.ask_to_leave(tx, office.member, group, reason="调离"))
    world.send(office.owner, group, "交接给谁", mentions=named)
    (row,) = world.read(lambda tx: service.list_conversations(tx, office.member))
    assert row.mentioned
    world.write(lambda tx: roster.remove(tx, office.owner, group, *named, reason="调离"))
    refused(office, BadMentionError, office.owner, group, mentions=named)


def test_who_mentions_all_and_confirms_how_many(office: Office) -> None:
    world, group = office.world, office.group()
    denied = refused(
        office, MentionAllNotAllowedError, office.member, group, mentions=ALL, members=3
    )
    clause = denied.data["clause"]
    assert isinstance(clause, dict) and clause["id"] == "6.6"
    for wrong in (None, 2):
        ask = refused(office, ConfirmMembersError, office.owner, group, mentions=ALL, members=wrong)
        assert ask.data["members"] == 3
    sent = world.send(office.owner, group, "请大家看", mentions=ALL, members=3).position
    for member in (office.administrator, office.member):
        (row,) = world.read(lambda tx, who=member: service.list_conversations(tx, who))  # type: ignore[misc]  # bound at once
        assert row.mentioned
    world.write(lambda tx: recalling.recall(tx, office.owner, group, sent))
    (row,) = world.read(lambda tx: service.list_conversations(tx, office.member))
    assert not row.mentioned


def test_three_times_a_day_whoever_does_it(office: Office) -> None:
    """Counted from the tables: a restart forgets nothing, and one batch cannot slip through together."""
    world, group = office.world, office.group()
    world.send(office.owner, group, "一", mentions=ALL, members=3)
    together = [
        prepared(office, office.owner, group, f"第{n}", f"all{n}", mentions=ALL, members=3)
        for n in range(3)
    ]
    answers = send_together(office, together)
    assert [type(each).__name__ for each in answers] == [
        "Receipt",
        "Receipt",
        "MentionAllLimitError",
    ]
    world.runtime.close()
    world.runtime = open_runtime(world.settings, world.clock)
    limit = refused(
        office, MentionAllLimitError, office.administrator, group, mentions=ALL, members=3
    )
    wait = limit.data["retry_after"]
    assert isinstance(wait, int) and 14 * HOUR < wait * 1000 <= 15 * HOUR, (
        "it is nine in the morning"
    )
    other = office.group(name="澄远另一个工作群")
    world.send(office.owner, other, "别的群", mentions=ALL, members=3)
    world.clock.advance(wait * 1000)
    world.send(office.owner, group, "第二天", mentions=ALL, members=3)
    with pytest.raises(ConfirmMembersError):
        world.send(office.owner, group, "人数不对", mentions=ALL, members=4)
    assert wait * 1000 < DAY


def test_a_page_around_a_position(office: Office) -> None:
    world, group = office.world, office.group()
    sent = [world.send(office.member, group, f"第{n}条").position for n in range(9)]
    near = world.read(lambda tx: changes.around(tx, office.owner, group, sent[4], limit=6))
    assert [each.position for each in near.items] == sent[2:8]
    assert near.older and near.newer
    end = world.read(lambda tx: changes.around(tx, office.owner, group, sent[8], limit=6))
    assert [each.position for each in end.items] == sent[6:] and not end.newer
