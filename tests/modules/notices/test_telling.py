"""Notices that wait reach people who have no page open, and who is late is told to publisher and heads."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import event

from guiju.kernel.clock import DAY, HOUR, MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.modules.directory import service as directory
from guiju.modules.messaging import devices, quieting
from guiju.modules.messaging.device_types import Told
from guiju.modules.messaging.quiet_types import OwnQuiet
from guiju.modules.notices import _live, issuing, service
from guiju.modules.notices import _work as notices_work
from guiju.modules.notices.types import Box, NoticeEscalated, NoticeId, Wording
from guiju.setup import SYSTEM
from tests.modules.notices.board import WORDING, Board
from tests.support.deputies import stand_in
from tests.support.pushes import push_service
from tests.support.telling import Telling, telling
from tests.support.waiting import wait_until


@pytest.fixture
def told(board: Board) -> Iterator[Telling]:
    with telling(board.world) as made:
        yield made


def choose(board: Board, who: str, wanted: Told) -> None:
    board.world.write(lambda tx: devices.choose(tx, board[who], wanted))


def test_a_notice_reaches_whom_it_asks_at_each_step_until_they_have_acknowledged(
    board: Board, told: Telling
) -> None:
    for name in ("li", "wang", "sun"):
        told.browser(name, board[name])
    notice = board.publish()
    assert told.kinds() == [("li", "notice"), ("wang", "notice")]
    board.acknowledge("li", notice)
    board.revise(notice, Wording("国庆放假安排", "十月一日起放假四天。"))
    assert told.kinds() == [("li", "notice_again"), ("wang", "notice_again")]
    board.revise(
        notice, Wording("国庆放假安排", "十月一日起放假四天！"), editorial=True, reason="标点"
    )
    assert told.kinds() == []
    board.acknowledge("li", notice)
    board.world.later(HOUR)
    board.world.write(lambda tx: issuing.remind(tx, board["hr"], notice))
    assert told.kinds() == [("wang", "notice_reminded")]
    due = board.get(notice).due_at
    board.world.later(due - 2 * HOUR - board.world.clock.now() + MINUTE)
    assert told.kinds() == [("wang", "notice_due")]
    board.world.later(due - board.world.clock.now() + MINUTE)
    assert told.kinds() == [("wang", "notice_late")]


def test_it_says_as_much_as_its_person_and_the_rules_want(board: Board, told: Telling) -> None:
    told.browser("li", board["li"])
    notice = board.publish()
    ((_, said),) = told.pushed()
    assert said["told"] == "sender" and said["sender"] == "人事唐" and said["text"] == ""
    assert said["path"] == f"/notices/{notice}" and said["tag"] == "work:notices"
    choose(board, "li", Told.TEXT)
    board.publish(Wording("一", "x"))
    board.publish(Wording("二", "x"))
    ((_, said),) = told.pushed()
    assert said["text"] == "二" and said["more"] == 1, "a burst is one"
    rule = "    rows: [NTF-03]\n"
    use = "{use: messaging.notifications, with: {most: none}}"
    board.world.adopt(lambda text: text.replace(rule, f"{rule}    controls:\n      - {use}\n"))
    board.publish(Wording("三", "x"))
    ((_, said),) = told.pushed()
    assert (said["work"], said["sender"], said["text"], said["more"]) == ("", "", "", 0)


def test_who_looks_rests_or_wants_none_is_left_alone_and_withdrawn_ones_are_not_told(
    board: Board, told: Telling
) -> None:
    for name in ("li", "wang", "zhao"):
        told.browser(name, board[name])
    choose(board, "li", Told.OFF)
    told.watching.add(board["wang"].person_id)
    now = (board.world.clock.now() // MINUTE + 480) % (24 * 60)
    quiet = OwnQuiet(now, (now + 60) % (24 * 60), rest=False)
    board.world.write(lambda tx: quieting.set_own(tx, board["zhao"], quiet))
    board.publish()
    assert told.kinds() == []
    told.watching.clear()
    choose(board, "li", Told.NONE)
    board.world.write(lambda tx: quieting.set_own(tx, board["zhao"], None))
    notice = board.publish()
    board.world.write(lambda tx: issuing.withdraw(tx, board["hr"], notice, reason="发错了"))
    assert told.kinds() == []
    board.acknowledge("zhao", board.publish())
    assert told.kinds() == [("li", ""), ("wang", "notice")]


def test_a_push_that_waits_is_dropped_when_it_was_done_or_is_seen_meanwhile(
    board: Board, told: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guiju.modules.messaging.pushing.WAITS", (HOUR // 2, HOUR // 2))
    for name in ("li", "wang", "zhao"):
        told.browser(name, board[name])
    told.service.statuses = [503] * 3
    notice = board.publish()
    assert len(told.pushed()) == 3
    board.acknowledge("li", notice)
    told.watching.add(board["wang"].person_id)
    board.world.clock.advance(HOUR // 2 + MINUTE)
    assert told.kinds() == [("zhao", "notice")]


def test_open_pages_are_told_the_same_without_any_service(board: Board, told: Telling) -> None:
    told.page(board["li"], "li")
    told.page(board["sun"], "sun")
    notice = board.publish()
    ((name, frame),) = told.framed()
    assert name == "li" and frame["type"] == "work" and frame["work"] == "notice"
    assert frame["path"] == f"/notices/{notice}" and frame["sender"] == "人事唐"
    assert told.framed() == []


def late(board: Board, notice: NoticeId) -> dict[str, int]:
    """Past the deadline: who was told of how many."""
    due = board.get(notice).due_at
    board.world.later(due - board.world.clock.now() + MINUTE)
    names = {board.people[name].person_id: name for name in board.people}
    return {names[each.to]: each.missing for each in board.world.facts("notices.escalated")}


def test_at_the_deadline_publisher_and_heads_are_told_who_is_missing_of_theirs(
    board: Board, told: Telling
) -> None:
    world, chen = board.world, board["chen"]
    world.write(
        lambda tx: directory.set_unit_head(tx, SYSTEM, board.office, board["auditor"].person_id)
    )
    for name in ("chen", "auditor", "hr", "wang"):
        told.browser(name, board[name])
        choose(board, name, Told.TEXT)
    notice = board.publish(units=(board.workshop,), people=(board["sun"].person_id,))
    board.acknowledge("li", notice)
    told.pushed()
    assert late(board, notice) == {"auditor": 1, "chen": 2}
    found = dict(told.pushed())
    assert {name: said["work"] for name, said in found.items()} == {
        "auditor": "notice_missing", "chen": "notice_missing", "hr": "notice_missing", "wang": "notice_late",
    }  # fmt: skip
    assert {name: said["people"] for name, said in found.items() if name != "wang"} == {"auditor": 1, "chen": 2, "hr": 4}  # fmt: skip
    assert found["auditor"]["sender"] == "孙文" and found["auditor"]["text"] == WORDING.title
    assert found["chen"]["path"] == f"/issued/{notice}"
    (fact, *_) = world.facts("notices.escalated")
    assert fact == NoticeEscalated(notice, 1, fact.to, fact.missing, (board.get(notice).position,))
    entry = next(e for e in world.entries("notices.escalated") if e.fact.to == chen.person_id)
    assert entry.uses == ("6.26/notices.acknowledgement",)
    view = world.runtime.new_view()
    (item,) = _live.deliveries(view, entry)
    view.close()
    assert item.people == {chen.person_id}
    assert item.item["what"] == "missing"


def test_a_deputy_is_told_as_well_and_sees_them_only_while_they_stand_in(
    board: Board, told: Telling
) -> None:
    world, sun = board.world, board["sun"]
    stand_in(world, board["chen"].person_id, sun.person_id)
    told.browser("sun", sun)
    notice = board.publish()
    assert late(board, notice) == {"chen": 3, "sun": 3}
    assert told.kinds() == [("sun", "notice_missing")]
    assert len(board.roster("sun", notice)) == 4
    world.later(60 * DAY)
    assert world.read(lambda tx: service.units_under(tx, sun.person_id)) == frozenset()


def test_what_is_late_is_listed_for_publisher_and_head_and_for_nobody_else(board: Board) -> None:
    world = board.world
    notice = board.publish(units=(board.workshop,), people=(board["sun"].person_id,))
    board.acknowledge("li", notice)

    def listed(who: str) -> list[Any]:
        return world.read(lambda tx: service.list_notices(tx, board[who], Box.LATE))

    def missing(who: str) -> int:
        shown = listed(who)
        person = board[who].person_id
        found = world.read(lambda tx: service.missing_of(tx, shown, person))
        return found[notice].count if notice in found else 0

    assert listed("hr") == listed("chen") == []
    late(board, notice)
    assert [missing(who) for who in ("hr", "chen", "li", "sun", "auditor")] == [4, 2, 0, 0, 0]
    assert world.read(lambda tx: service.count_late(tx, board["chen"].person_id)) == 1
    board.acknowledge("wang", notice)
    board.acknowledge("zhao", notice)
    assert listed("chen") == [], "what waits for oneself stands among the notices"
    assert missing("hr") == 2


def test_nothing_is_looked_for_where_everybody_looks_at_a_screen(
    board: Board, told: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    work = notices_work.work

    def counted(tx: ReadTx, entries: Sequence[Recorded], people: Collection[PersonId]) -> Any:
        asked.append(people)
        return work(tx, entries, people)

    monkeypatch.setattr(notices_work, "work", counted)
    told.browser("li", board["li"])
    told.watching.add(board["li"].person_id)
    board.publish()
    told.pusher.run()
    assert asked == []
    told.watching.clear()
    board.publish()
    assert told.kinds() == [("li", "notice")] and asked


def test_a_notice_to_many_costs_no_query_for_each_of_them(board: Board, told: Telling) -> None:
    crowd = [board.world.person(f"工友{n}", unit=board.workshop) for n in range(30)]
    for n, each in enumerate(crowd[:10]):
        told.page(each, str(n))

    def cost() -> int:
        counted: list[Sequence[Any]] = []
        readers = board.world.runtime.database.readers
        count = lambda *asked: counted.append(asked)  # noqa: E731  # a listener is removed by identity
        event.listen(readers, "before_cursor_execute", count)
        try:
            assert len(told.framed()) == len(told.open_pages)
        finally:
            event.remove(readers, "before_cursor_execute", count)
        return len(counted)

    told.framed()
    board.publish()
    few = cost()
    for n, each in enumerate(crowd[10:]):
        told.page(each, str(n))
    board.publish()
    assert cost() <= few


def test_many_who_wait_at_a_service_that_holds_them_up_keep_no_others_waiting(
    board: Board, told: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guiju.modules.messaging.pushing.MOST_LOOKED", 2)
    with push_service() as stuck:
        for n in range(10):
            told.browser(str(n), board.world.person(f"工友{n}", unit=board.workshop), stuck)
        for name in ("li", "wang", "zhao"):
            told.browser(name, board[name])
        stuck.goes.clear()
        board.publish()
        for _ in range(20):
            told.pusher.run()
        wait_until(lambda: len(told.service.pushes) == 3)
        assert 0 < len(stuck.pushes) < 10
        stuck.goes.set()
        wait_until(lambda: len(stuck.pushes) == 10)
        told.round()
