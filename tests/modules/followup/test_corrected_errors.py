"""A correction closes reported errors for as long as it stands: one that is recalled leaves them as they were before it."""

import pytest

from guiju.kernel.clock import DAY
from guiju.kernel.db import EntryQuery
from guiju.kernel.ids import GroupId
from guiju.kernel.live import Connection, Hub, items_for
from guiju.modules.followup import questioning, questions
from guiju.modules.followup.question_types import Outcome, Question, QuestionState
from guiju.modules.groups import roster
from guiju.modules.messaging import recalling
from guiju.runtime import PRESENCE, ROUTERS
from tests.support.asking import raise_question
from tests.support.audience import Screen
from tests.support.checks import check_ledger
from tests.support.office import Office


class Reported:
    """The owner has reported an error in a message of the member."""

    def __init__(self, office: Office) -> None:
        self.office, self.world = office, office.world
        self.group: GroupId = office.group()
        self.wrong = int(self.world.send(office.member, self.group, "八点开工").position)
        self.error = raise_question(self.world, office.owner, self.group, self.wrong, None)

    def now(self) -> Question:
        return self.world.read(lambda tx: questions.find(tx, self.error))

    def answer(self, text: str) -> None:
        outcome, who = Outcome.ANSWERED, self.office.member
        self.world.write(lambda tx: questioning.answer(tx, who, self.error, outcome, text=text))

    def correct(self, what: int) -> int:
        sent = self.world.send(self.office.member, self.group, "九点开工", corrects=what)
        return int(sent.position)

    def recall(self, correction: int) -> None:
        by, group = self.office.owner, self.group
        self.world.write(lambda tx: recalling.recall(tx, by, group, correction, reason="x"))


def test_what_was_answered_in_words_is_so_again(office: Office) -> None:
    reported = Reported(office)
    reported.answer("确实写错了")
    before = reported.now()
    first = reported.correct(reported.wrong)
    second = reported.correct(first)
    reported.recall(first)
    closed = reported.now()
    assert (closed.state, closed.answer) == (QuestionState.CLOSED, before.answer)
    reported.recall(second)
    assert reported.now() == before and before.state is QuestionState.ANSWERED
    third = reported.correct(reported.wrong)
    assert reported.now().state is QuestionState.CLOSED
    reported.recall(third)
    reported.world.write(lambda tx: questioning.close(tx, office.owner, reported.error))
    fourth = reported.correct(reported.wrong)
    reported.recall(fourth)
    assert reported.now().state is QuestionState.CLOSED, "who asked has closed it"
    check_ledger(reported.world)


def test_what_was_reopened_waits_with_its_old_answer_in_sight(office: Office) -> None:
    reported = Reported(office)
    reported.answer("没有写错")
    reported.world.write(
        lambda tx: questioning.reopen(tx, office.owner, reported.error, reason="请再看")
    )
    before = reported.now()
    correction = reported.correct(reported.wrong)
    assert reported.now().answer == correction
    reported.recall(correction)
    assert reported.now() == before and before.state is QuestionState.OPEN
    reported.world.later(20 * DAY)
    assert len(reported.world.entries("followup.question_late")) == 1
    check_ledger(reported.world)


def test_late_is_told_once_where_no_further_head_is(office: Office) -> None:
    world = office.world
    world.adopt(lambda text: text.replace("next_hours: 4, levels: 1,", "next_hours: 4, levels: 0,"))
    reported = Reported(office)
    world.later(20 * DAY)
    before = reported.now()
    assert (before.late, before.level, before.next_at) == (True, 0, None)
    for _ in range(2):
        reported.recall(reported.correct(reported.wrong))
        assert reported.now() == before
        world.later(20 * DAY)
    assert len(world.entries("followup.question_late")) == 1
    check_ledger(world)


@pytest.mark.parametrize("ends", ["left", "recalled"])
def test_what_would_have_ended_meanwhile_has_ended(office: Office, ends: str) -> None:
    reported = Reported(office)
    correction, who = reported.correct(reported.wrong), office.member.person_id
    if ends == "left":
        group, by = reported.group, office.owner
        office.world.write(lambda tx: roster.remove(tx, by, group, who, reason="x"))
    else:
        reported.recall(reported.wrong)
    reported.recall(correction)
    assert reported.now().state is QuestionState.ENDED
    office.world.later(20 * DAY)
    assert office.world.entries("followup.question_late") == []
    check_ledger(office.world)


def test_heads_outside_the_group_are_told_what_a_correction_and_its_recall_leave_to_them(
    office: Office,
) -> None:
    reported, world, head = Reported(office), office.world, office.head
    for _ in range(2):
        world.later(20 * DAY)
    assert reported.now().level == 1, "the head was told"
    hub, screen = Hub(ROUTERS, PRESENCE, world.runtime.new_view), Screen()
    start = world.read(lambda tx: tx.position)
    hub.add(Connection(head.person_id, frozenset(), "head", start, screen, lambda code: None), [])

    def told() -> int:
        """What the head's screen shows by now, which is what a fresh one would, and one that comes back."""
        entries = world.read(lambda tx: tx.entries(EntryQuery(after=start, limit=100)))
        hub.publish(entries)
        (item,) = screen.items
        screen.items.clear()
        assert items_for(
            ROUTERS, world.runtime.new_view(), entries, head.person_id, frozenset(), {}
        ) == [item]
        assert item["kind"] == "followup.todo" and item["group"] is None
        assert item["questions"] == world.read(lambda tx: questions.count_open(tx, head.person_id))
        return int(item["questions"])

    correction = reported.correct(reported.wrong)
    assert told() == 0
    start = world.read(lambda tx: tx.position)
    reported.recall(correction)
    assert told() == 1
    start = world.read(lambda tx: tx.position)
    reported.recall(reported.wrong)
    assert told() == 0
