"""What is somebody's own is found behind whatever others have, however much there is of that."""

import pytest
from sqlalchemy import event

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.modules.followup import _question_store, questions
from guiju.modules.followup.question_types import QuestionBox, Wanted
from tests.modules.followup.test_questions import Plant
from tests.support.asking import raise_question
from tests.support.office import Office


def listed(plant: Plant, who: Actor, wanted: Wanted = Wanted.OPEN) -> questions.Listed:
    return plant.world.read(lambda tx: questions.list_box(tx, who, QuestionBox.TODO, wanted))[0]


def late_error(plant: Plant) -> int:
    """An error that the head of the root answers for too, because it is late."""
    error = raise_question(
        plant.world, plant.office.member, plant.group, plant.message, None, "图号写错了"
    )
    for _ in range(2):
        plant.world.later(2 * DAY)
    assert plant.mine(plant.office.head) == [error]
    return error


def fill(plant: Plant, count: int) -> list[int]:
    """Questions that the unit below answers for: they are near its superior, and not theirs yet."""
    world = plant.world
    messages = [int(world.send(plant.office.owner, plant.group, f"第{n}号图纸").position) for n in range(count)]  # fmt: skip
    return [raise_question(world, plant.office.member, plant.group, one, plant.unit) for one in messages]  # fmt: skip


def test_behind_many_of_others(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_question_store, "SLICE", 3)
    plant = Plant(office)
    error, filled = late_error(plant), fill(plant, 7)
    found = listed(plant, office.head)
    assert [one.position for one in found.questions] == [error] and not found.has_more
    assert plant.world.read(lambda tx: questions.count_open(tx, office.head.person_id)) == 1
    figures = plant.world.read(
        lambda tx: questions.list_box(tx, office.head, QuestionBox.TODO, Wanted.OPEN)
    )[1]
    assert figures is not None and figures.open == 1
    assert sorted(plant.mine(plant.lead)) == filled


def test_where_it_stops_it_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_question_store, "SLICE", 3)
    monkeypatch.setattr(questions, "MOST_LOOKED", 6)
    plant = Plant(office)
    late_error(plant)
    fill(plant, 7)
    found = listed(plant, office.head)
    assert found.questions == [] and found.has_more, "it was not looked through to the end"
    monkeypatch.setattr(_question_store, "LONGEST_LIST", 2)
    for who, more in ((plant.lead, True), (office.owner, False)):
        shown = listed(plant, who)
        assert shown.has_more is more and len(shown.questions) == (2 if more else 1)
    group = plant.world.read(
        lambda tx: questions.list_group(tx, office.member, plant.group, Wanted.ALL)
    )[0]
    assert group.has_more and len(group.questions) == 2


def test_what_many_share_is_asked_once(office: Office) -> None:
    """The statements do not grow with the questions."""
    plant, counted = Plant(office), []
    engine = plant.world.runtime.database.readers
    event.listen(engine, "before_cursor_execute", lambda *_: counted.append(1))
    costs = []
    for _ in range(2):
        fill(plant, 4)
        counted.clear()
        plant.world.read(lambda tx: questions.count_open(tx, plant.lead.person_id))
        costs.append(len(counted))
    assert costs[0] == costs[1]
