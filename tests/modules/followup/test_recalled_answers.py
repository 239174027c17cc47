"""A reply answers for as long as it stands: who recalls it is asked as before, and as late as without it."""

from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.ids import GroupId
from guiju.kernel.live import items_for
from guiju.modules.directory import service as directory
from guiju.modules.followup import asking, service
from guiju.modules.followup.types import Answer, Box
from guiju.modules.groups import roster
from guiju.modules.messaging import recalling, review
from guiju.runtime import ROUTERS
from guiju.setup import SYSTEM
from tests.modules.followup.test_answers import answer, ask, part, todo
from tests.support.checks import check_ledger
from tests.support.office import Office

SECRET = "这是核心配方"


def reply(office: Office, group: GroupId, message: int, text: str = "好的", **place: Any) -> int:
    """Quotes the message, or stands in another place."""
    where = place or {"quote": message}
    return int(office.world.send(office.member, group, text, **where).position)


def recall(office: Office, group: GroupId, shown: int, by: Actor | None = None) -> None:
    who = by or office.member
    office.world.write(lambda tx: recalling.recall(tx, who, group, shown, reason="x"))


@pytest.mark.parametrize("is_taken_down", [False, True])
def test_who_recalls_their_reply_is_asked_as_before(office: Office, *, is_taken_down: bool) -> None:
    group, world = office.group(), office.world
    message = ask(office, group, office.member)
    before = part(office, message, office.member)
    said = reply(office, group, message)
    assert part(office, message, office.member).position == said
    recall(office, group, said, office.owner if is_taken_down else None)
    assert part(office, message, office.member) == before
    assert todo(office, office.member) == todo(office, office.owner, Box.ASKED) == [message]
    world.later(22 * HOUR)
    assert [e.fact.refs for e in world.entries("followup.reminded")] == [(message,)]
    world.later(2 * HOUR)
    assert [e.fact.refs for e in world.entries("followup.late")] == [(message,)]
    again = reply(office, group, message)
    assert part(office, message, office.member).answer is Answer.REPLIED
    assert part(office, message, office.member).position == again
    check_ledger(world)


def test_late_at_once_and_told_to_the_heads(office: Office) -> None:
    group, world = office.group(), office.world
    message = ask(office, group, office.member)
    said = reply(office, group, message)
    world.later(3 * DAY)
    assert world.entries("followup.reminded", "followup.late") == []
    recall(office, group, said, office.owner)
    world.later(0)
    (late,) = world.entries("followup.late")
    assert late.fact.people == (office.member.person_id,)
    assert todo(office, office.head, Box.LATE) == [message]
    figures = world.read(lambda tx: service.list_group(tx, office.owner, group))[1]
    assert figures is not None and (figures.in_time, figures.late, figures.waiting) == (0, 0, 1)
    check_ledger(world)


def test_heads_go_on_being_told_where_a_late_reply_is_recalled(office: Office) -> None:
    world, above = office.world, office.world.person("总经理")
    lower = world.add_unit("车间", head=office.head.person_id)
    world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, world.unit, above.person_id))
    worker = world.person("工人", unit=lower)
    group = world.group(office.owner, [office.administrator], [worker])
    message = ask(office, group, worker)
    world.later(DAY)
    said = int(world.send(worker, group, "好的", quote=message).position)
    world.later(10 * HOUR)
    (first,) = world.entries("followup.escalated")
    assert first.fact.to == office.head.person_id and todo(office, office.head, Box.LATE) == []
    recall(office, group, said, office.owner)
    entries = world.entries("messaging.recalled")
    (item,) = items_for(
        ROUTERS, world.runtime.new_view(), entries, office.head.person_id, frozenset(), {}
    )
    assert (item["kind"], item["late"]) == ("followup.todo", 1)
    world.later(0)
    assert todo(office, office.head, Box.LATE) == todo(office, above, Box.LATE) == [message]
    assert len(world.entries("followup.late")) == 1, "it is late already"
    assert [e.fact.level for e in world.entries("followup.escalated")] == [1, 2]


@pytest.mark.parametrize("is_first", [True, False])
def test_another_reply_that_stands_is_the_answer(office: Office, *, is_first: bool) -> None:
    group, world = office.group(), office.world
    message = ask(office, group, office.member)
    replies = [reply(office, group, message)]
    world.later(2 * DAY)
    replies.append(reply(office, group, message, thread=message))
    kept = replies.pop(1 if is_first else 0)
    recall(office, group, replies[0], office.owner)
    mine = part(office, message, office.member)
    assert (mine.answer, mine.position, mine.late) == (Answer.REPLIED, kept, is_first)
    recall(office, group, kept, office.owner)
    assert part(office, message, office.member).answer is Answer.OPEN
    check_ledger(world)


def test_the_first_reply_that_stands_is_the_answer_and_the_last_delay_the_delay(
    office: Office,
) -> None:
    group, world = office.group(), office.world
    message = ask(office, group, office.member)
    for days in (1, 2):
        until = world.clock.now() + days * DAY
        answer(office, group, message, office.member, Answer.DELAYED, f"{days}", until)
    before = part(office, message, office.member)
    replies = [reply(office, group, message) for _ in range(2)]
    world.later(5 * DAY)
    replies.append(reply(office, group, message))
    recall(office, group, replies[0], office.owner)
    mine = part(office, message, office.member)
    assert (mine.position, mine.late) == (replies[1], False), "it came in time"
    for shown in replies[:0:-1]:
        recall(office, group, shown, office.owner)
    assert part(office, message, office.member) == before
    check_ledger(world)


def test_a_correction_of_the_reply_is_one_too(office: Office) -> None:
    group, world = office.group(), office.world
    message = ask(office, group, office.member)
    said = reply(office, group, message)
    right = reply(office, group, message, "九点", corrects=said)
    recall(office, group, said)
    assert part(office, message, office.member).position == right
    recall(office, group, right)
    assert part(office, message, office.member).answer is Answer.OPEN
    check_ledger(world)


def test_who_answers_later_still_does(office: Office) -> None:
    group, world = office.group(), office.world
    message = ask(office, group, office.member)
    until = world.clock.now() + 3 * DAY
    answer(office, group, message, office.member, Answer.DELAYED, "数据未到", until)
    before = part(office, message, office.member)
    recall(office, group, reply(office, group, message))
    assert part(office, message, office.member) == before
    assert (before.answer, before.due_at) == (Answer.DELAYED, until)
    world.later(3 * DAY)
    assert len(world.entries("followup.late")) == 1


def test_what_was_said_without_a_reply_stays(office: Office) -> None:
    group, world = office.group(), office.world
    message = ask(office, group, office.member)
    said = reply(office, group, message)
    recall(office, group, said)
    answer(office, group, message, office.member, Answer.UNDERSTOOD)
    recall(office, group, reply(office, group, message))
    assert part(office, message, office.member).answer is Answer.UNDERSTOOD
    world.later(10 * DAY)
    assert world.entries("followup.late") == []


@pytest.mark.parametrize("ends", ["withdrawn", "recalled", "left"])
def test_where_nothing_is_asked_any_more_nothing_is_asked_again(office: Office, ends: str) -> None:
    group, world, me = office.group(), office.world, office.member.person_id
    message = ask(office, group, office.member)
    said = reply(office, group, message)
    if ends == "withdrawn":
        world.write(lambda tx: asking.withdraw(tx, office.owner, group, message))
    elif ends == "recalled":
        recall(office, group, message, office.owner)
    else:
        world.write(lambda tx: roster.remove(tx, office.owner, group, me, reason="x"))
    if ends == "withdrawn":
        recall(office, group, reply(office, group, message))
    recall(office, group, said, office.owner)
    assert part(office, message, office.member).answer is Answer.REPLIED
    world.later(10 * DAY)
    assert world.entries("followup.reminded", "followup.late") == []
    check_ledger(world)


def test_a_reply_that_is_held_answers_when_it_is_released_and_until_it_is_recalled(
    office: Office,
) -> None:
    group, world = office.group(), office.world
    message = ask(office, group, office.member)
    held = [world.send(office.member, group, SECRET, quote=message).position for _ in range(2)]
    assert part(office, message, office.member).answer is Answer.OPEN
    world.write(lambda tx: review.refuse(tx, office.reviewer, held[0], reason="x"))
    assert part(office, message, office.member).answer is Answer.OPEN
    world.write(lambda tx: review.release(tx, office.reviewer, held[1], masked=False, reason="x"))
    shown = part(office, message, office.member).position
    assert shown is not None and shown == world.entries("messaging.released")[0].position
    recall(office, group, shown)
    assert part(office, message, office.member).answer is Answer.OPEN
    check_ledger(world)
