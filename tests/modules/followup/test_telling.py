"""Answers that are due or late, and questions, reach those who have no page open."""

from collections.abc import Iterator

import pytest

from guiju.kernel.clock import HOUR, MINUTE
from guiju.modules.followup import answering, questioning
from guiju.modules.followup.question_types import Outcome
from guiju.modules.followup.types import Answer
from guiju.modules.messaging import devices, personal, recalling
from guiju.modules.messaging.device_types import Told
from tests.modules.followup.test_answers import ask
from tests.modules.followup.test_questions import Plant
from tests.support import apart
from tests.support.asking import raise_question
from tests.support.deputies import stand_in
from tests.support.office import Office
from tests.support.telling import Telling, telling


@pytest.fixture
def told(office: Office) -> Iterator[Telling]:
    with telling(office.world) as made:
        yield made


def test_a_deadline_is_told_to_who_is_asked_and_its_end_to_heads_and_deputies(
    office: Office, told: Telling
) -> None:
    world, member = office.world, office.member
    for name, actor in (("member", member), ("admin", office.administrator), ("head", office.head), ("deputy", office.outsider)):  # fmt: skip
        told.browser(name, actor)
    stand_in(world, office.head.person_id, office.outsider.person_id)
    group = office.group()
    message = ask(office, group, member, office.administrator)
    told.pushed()
    world.write(
        lambda tx: personal.set_settings(tx, member, group, is_pinned=None, is_muted=True, is_marked=None)
    )  # fmt: skip
    world.write(
        lambda tx: answering.answer(
            tx, office.administrator, group, message, Answer.UNDERSTOOD, reason="", until=None
        )
    )
    world.later(22 * HOUR)
    ((name, said),) = told.pushed()
    assert (name, said["work"], said["sender"]) == ("member", "answer_due", "张群主")
    assert said["path"] == f"/chat/{group}?at={message}"
    world.later(2 * HOUR)
    found = told.pushed()
    assert [(name, said["work"]) for name, said in found] == [
        ("deputy", "answers_missing"), ("head", "answers_missing"), ("member", "answer_late"),
    ]  # fmt: skip
    head = dict(found)["head"]
    assert (head["sender"], head["people"], head["path"], head["text"]) == (
        "赵成员",
        1,
        "/answers",
        "",
    )


def test_what_was_answered_recalled_or_may_not_be_heard_any_more_is_not_told(
    office: Office, told: Telling
) -> None:
    world, member = office.world, office.member
    told.browser("member", member)
    told.browser("head", office.head)
    group = office.group()
    first, second = ask(office, group, member), ask(office, group, member, text="另一条")
    told.pushed()
    world.clock.advance(22 * HOUR)
    world.runtime.run_due()
    world.write(
        lambda tx: answering.answer(tx, member, group, first, Answer.UNDERSTOOD, reason="", until=None)
    )  # fmt: skip
    world.write(lambda tx: recalling.recall(tx, office.owner, group, second, reason="错"))
    assert told.kinds() == []
    ask(office, group, member, text="第三条")
    told.pushed()
    world.clock.advance(24 * HOUR)
    world.runtime.run_due()
    admin = world.person("高安全", "security_admin")
    sides = apart.people(office.owner), apart.people(office.head)
    apart.set_barrier(world, admin, apart.barrier_input(*sides))
    assert told.kinds() == [("member", "answer_late")]


def test_a_question_goes_to_who_answers_and_its_answer_to_who_asked(
    office: Office, told: Telling
) -> None:
    plant, world = Plant(office), office.world
    for name, actor in (("lead", plant.lead), ("head", office.head), ("member", office.member)):
        told.browser(name, actor)
    world.write(lambda tx: devices.choose(tx, plant.lead, Told.TEXT))
    question = plant.ask()
    ((name, said),) = told.pushed()
    assert (name, said["work"], said["sender"]) == ("lead", "question", "赵成员")
    assert said["text"] == "螺栓扭矩按哪一版？" and said["path"] == "/questions"
    due = world.facts("followup.question_raised")[-1].due_at
    world.later(due - 2 * HOUR - world.clock.now() + MINUTE)
    assert told.kinds() == [("lead", "question_due")]
    world.later(due - world.clock.now() + MINUTE)
    assert told.kinds() == [("lead", "question_late")]
    world.later(24 * HOUR)
    assert told.kinds() == [("head", "question_late")]
    plant.answer(plant.lead, question)
    ((name, said),) = told.pushed()
    assert (name, said["work"], said["sender"]) == ("member", "answered", "质量部长")
    assert said["path"] == "/questions?box=asked" and said["text"] == ""


def test_a_question_that_was_answered_or_moved_on_is_not_told(
    office: Office, told: Telling
) -> None:
    plant, world = Plant(office), office.world
    for name, actor in (("lead", plant.lead), ("head", office.head), ("member", office.member)):
        told.browser(name, actor)
    first = plant.ask()
    world.write(
        lambda tx: questioning.hand_on(tx, plant.lead, first, world.unit, reason="是总部的事")
    )
    assert told.kinds() == [("head", "question")], "who handed it on has it no more"
    second = raise_question(
        world,
        office.member,
        plant.group,
        world.send(office.owner, plant.group, "另一条").position,
        world.unit,
    )
    plant.answer(office.head, second)
    assert sorted(told.kinds()) == [("member", "answered"), ("member", "message")]
    plant.answer(office.head, first)
    world.write(
        lambda tx: recalling.recall(tx, office.owner, plant.group, plant.message, reason="")
    )
    assert told.kinds() == []


def test_an_error_is_told_to_who_wrote_the_message(office: Office, told: Telling) -> None:
    plant = Plant(office)
    told.browser("owner", office.owner)
    told.pushed()
    office.world.write(
        lambda tx: questioning.raise_question(
            tx, office.member, plant.group, plant.message, unit=None, text="图号不对"
        )
    )
    assert told.kinds() == [("owner", "error")]
    (at,) = [each.position for each in office.world.entries("followup.question_raised")]
    told.page(office.member, "member")
    plant.answer(office.owner, at, text="", outcome=Outcome.CONFIRMED)
    assert [frame["work"] for _, frame in told.framed()] == ["answered"]
