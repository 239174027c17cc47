"""Questions about messages: who answers for a unit, in what time, who is told when it is late, and who sees what."""

from collections.abc import Callable

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId, UnitNotFoundError
from guiju.modules.followup import _question_shape, questioning, questions
from guiju.modules.followup.question_types import (
    AlreadyRaisedError,
    HandedTooOftenError,
    NobodyAnswersError,
    NoQuestionsHereError,
    NotAskerError,
    NotResponsibleError,
    Outcome,
    QuestionBox,
    QuestionNotFoundError,
    QuestionSettledError,
    QuestionState,
    TextNeededError,
    Wanted,
)
from guiju.modules.followup.types import AskedTooOftenError
from guiju.modules.groups import direct, governing, roster
from guiju.modules.groups.direct_types import BarredError
from guiju.modules.groups.types import GroupClosedError, GroupNotFoundError
from guiju.modules.inspection.types import TextRefusedError
from guiju.modules.messaging import recalling
from guiju.modules.messaging.change_types import MessageNotFoundError
from guiju.setup import SYSTEM
from tests.support import apart
from tests.support.asking import raise_question
from tests.support.deputies import stand_in
from tests.support.office import Office

USE = "6.15/followup.questions"


class Plant:
    """A unit 质量部 below the root with its own head; the head of the root stands above."""

    def __init__(self, office: Office) -> None:
        self.office, self.world = office, office.world
        self.lead = self.world.person("质量部长")
        self.unit: UnitId = self.world.add_unit("质量部", head=self.lead.person_id)
        self.group: GroupId = office.group()
        self.message = int(self.world.send(office.owner, self.group, "按新图纸装").position)

    def ask(self, text: str = "螺栓扭矩按哪一版？") -> int:
        return raise_question(
            self.world, self.office.member, self.group, self.message, self.unit, text
        )

    def answer(
        self, who: Actor, question: int, text: str = "按 B 版", outcome: Outcome = Outcome.ANSWERED
    ) -> None:
        self.world.write(lambda tx: questioning.answer(tx, who, question, outcome, text=text))

    def mine(self, who: Actor, wanted: Wanted = Wanted.OPEN) -> list[int]:
        found, _ = self.world.read(lambda tx: questions.list_box(tx, who, QuestionBox.TODO, wanted))
        return [one.position for one in found.questions]

    def state(self, question: int) -> QuestionState:
        return self.world.read(lambda tx: questions.find(tx, question)).state


def test_the_head_answers_in_place_and_sees_nothing_of_the_group(office: Office) -> None:
    plant = Plant(office)
    question = plant.ask()
    (raised,) = office.world.entries("followup.question_raised")
    assert raised.uses == (USE,) and raised.fact.to == (plant.lead.person_id,)
    assert plant.mine(plant.lead) == [question] and plant.mine(office.head) == []
    office.refused(
        QuestionNotFoundError,
        lambda tx: questioning.answer(tx, office.head, question, Outcome.CONFIRMED, text=""),
    )

    def shown(who: Actor) -> dict[str, object]:
        def read(tx: object) -> dict[str, object]:
            found = questions.get_question(tx, who, question)  # type: ignore[arg-type]  # one of the world's
            return _question_shape.for_one(office.world.runtime.new_view(tx), who, [found])[0]  # type: ignore[arg-type]  # one of the world's

        return office.world.read(read)

    outside = shown(plant.lead)
    assert outside["group"] is outside["message"] is None
    assert outside["text"] == "螺栓扭矩按哪一版？" and "图纸" not in str(outside)
    office.refused(
        GroupNotFoundError,
        lambda tx: questions.list_group(tx, plant.lead, plant.group, Wanted.ALL),
    )
    plant.answer(plant.lead, question)
    inside = shown(office.owner)
    assert inside["message"] == plant.message
    answer = inside["answer"]
    assert isinstance(answer, dict) and answer["text"] == "按 B 版"
    assert plant.mine(plant.lead) == [] and plant.mine(plant.lead, Wanted.ANSWERED) == [question]


def test_refusals_leave_no_trace(office: Office) -> None:
    plant, world = Plant(office), office.world
    question = plant.ask()
    other = int(world.send(office.owner, plant.group, "另一条").position)
    pair = world.write(lambda tx: direct.open_direct(tx, office.member, office.outsider.person_id))
    alone = int(world.send(office.member, pair, "在吗").position)
    lonely = world.person("独立部长")
    empty = world.add_unit("空部门", head=lonely.person_id)
    world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, world.unit, None))
    world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, empty, None))
    me, unit = office.member, plant.unit
    for error, who, group, at, where, text in (
        (AlreadyRaisedError, office.owner, plant.group, plant.message, unit, "再问"),
        (GroupNotFoundError, office.outsider, plant.group, other, unit, "问"),
        (MessageNotFoundError, me, plant.group, 1, unit, "问"),
        (UnitNotFoundError, me, plant.group, other, UnitId("uni_none"), "问"),
        (NobodyAnswersError, me, plant.group, other, empty, "问"),
        (NobodyAnswersError, office.owner, plant.group, other, None, "自己的消息"),
        (TextNeededError, me, plant.group, other, unit, " "),
        (TextRefusedError, me, plant.group, other, unit, "去赌博网站玩"),
        (NoQuestionsHereError, me, pair, alone, unit, "问"),
    ):
        office.refused(
            error,
            lambda tx, who=who, group=group, at=at, where=where, text=text: (  # type: ignore[misc]  # bound at once
                questioning.raise_question(tx, who, group, at, unit=where, text=text)
            ),
        )
    for wrong, who, text in (
        (QuestionNotFoundError, office.outsider, "答"),
        (NotResponsibleError, office.owner, "答"),
        (TextNeededError, plant.lead, ""),
        (TextRefusedError, plant.lead, "去赌博网站玩"),
    ):
        office.refused(
            wrong,
            lambda tx, who=who, text=text: questioning.answer(  # type: ignore[misc]  # bound at once
                tx, who, question, Outcome.ANSWERED, text=text
            ),
        )
    office.refused(NotAskerError, lambda tx: questioning.close(tx, plant.lead, question))
    office.refused(NotAskerError, lambda tx: questioning.close(tx, office.owner, question))
    office.refused(
        QuestionNotFoundError, lambda tx: questioning.close(tx, office.outsider, question)
    )
    office.refused(
        QuestionSettledError, lambda tx: questioning.reopen(tx, office.member, question, reason="x")
    )


def test_reminded_late_and_the_next_head(office: Office) -> None:
    plant, world = Plant(office), office.world
    world.adopt(lambda text: text.replace("basis: working, remind_hours: 2, next_hours: 4", "basis: clock, remind_hours: 2, next_hours: 4"))  # fmt: skip
    question = plant.ask()
    world.later(6 * HOUR)
    (reminded,) = world.entries("followup.question_reminded")
    assert reminded.fact.to == (plant.lead.person_id,)
    world.later(2 * HOUR)
    (late,) = world.entries("followup.question_late")
    assert plant.mine(plant.lead, Wanted.OVERDUE) == [question] and plant.mine(office.head) == []
    world.later(4 * HOUR)
    (told,) = world.entries("followup.question_escalated")
    assert told.fact.to == (office.head.person_id,)
    assert all(entry.uses == (USE,) for entry in (reminded, late, told))
    assert plant.mine(office.head) == [question]
    world.later(10 * DAY)
    assert len(world.entries("followup.question_escalated")) == 1
    plant.answer(office.head, question, "", Outcome.CONFIRMED)
    assert world.read(lambda tx: questions.find(tx, question)).late
    counted = world.read(
        lambda tx: questions.list_group(tx, office.owner, plant.group, Wanted.ALL)
    )[1]
    assert counted is not None and (counted.open, counted.overdue, counted.answered) == (0, 0, 1)
    assert counted.median == world.entries("followup.question_answered")[0].at - world.entries("followup.question_raised")[0].at  # fmt: skip


def test_working_hours_rest_at_night(office: Office) -> None:
    plant = Plant(office)
    plant.ask()
    (entry,) = office.world.entries("followup.question_raised")
    assert entry.fact.due_at > entry.at + 12 * HOUR


def test_handed_on_closed_and_reopened_once(office: Office) -> None:
    plant, world = Plant(office), office.world
    lead = world.person("工艺部长")
    other = world.add_unit("工艺部", head=lead.person_id)
    question = plant.ask()

    def hand(who: Actor, unit: UnitId, reason: str = "工艺的事") -> None:
        world.write(lambda tx: questioning.hand_on(tx, who, question, unit, reason=reason))

    for error, unit, reason in (
        (TextNeededError, other, ""),
        (HandedTooOftenError, plant.unit, "x"),
        (UnitNotFoundError, UnitId("uni_none"), "x"),
    ):
        office.refused(
            error,
            lambda tx, unit=unit, reason=reason: questioning.hand_on(  # type: ignore[misc]  # bound at once
                tx, plant.lead, question, unit, reason=reason
            ),
        )
    hand(plant.lead, other)
    assert plant.mine(plant.lead) == [] and plant.mine(lead) == [question]
    office.refused(
        QuestionNotFoundError,
        lambda tx: questioning.answer(tx, plant.lead, question, Outcome.CONFIRMED, text=""),
    )
    hand(lead, plant.unit)
    hand(plant.lead, other)
    office.refused(
        HandedTooOftenError,
        lambda tx: questioning.hand_on(tx, lead, question, plant.unit, reason="x"),
    )
    plant.answer(lead, question)
    world.write(lambda tx: questioning.reopen(tx, office.member, question, reason="没答到点上"))
    assert plant.state(question) is QuestionState.OPEN and plant.mine(lead) == [question]
    plant.answer(lead, question, "B 版第 3 页")
    office.refused(
        QuestionSettledError, lambda tx: questioning.reopen(tx, office.member, question, reason="x")
    )
    world.write(lambda tx: questioning.close(tx, office.member, question))
    office.refused(QuestionSettledError, lambda tx: questioning.close(tx, office.member, question))
    handed = world.entries("followup.question_handed")
    (reopened,) = world.entries("followup.question_reopened")
    (closed,) = world.entries("followup.question_closed")
    assert [entry.fact.unit for entry in handed] == [other, plant.unit, other]
    assert handed[0].fact.to == (lead.person_id,) and reopened.fact.to == (lead.person_id,)
    assert all(entry.uses == (USE,) for entry in (*handed, reopened, closed))
    assert plant.ask() > question, "a closed one does not keep others from asking"


def test_an_error_goes_to_who_wrote_it_and_later_to_their_head(office: Office) -> None:
    plant, world = Plant(office), office.world
    error = raise_question(world, office.member, plant.group, plant.message, None, "图号写错了")
    assert plant.mine(office.owner) == [error] and plant.mine(office.head) == []
    world.later(2 * DAY)
    world.later(2 * DAY)
    assert plant.mine(office.head) == [error]
    office.refused(
        HandedTooOftenError,
        lambda tx: questioning.hand_on(tx, office.owner, error, plant.unit, reason="x"),
    )
    plant.answer(office.owner, error, "", Outcome.CONFIRMED)
    assert plant.state(error) is QuestionState.ANSWERED


def test_a_deputy_answers_while_they_stand_in_and_never_their_own(office: Office) -> None:
    plant, world = Plant(office), office.world
    stand_in(world, plant.lead.person_id, office.outsider.person_id, days=2)
    question = plant.ask()
    (raised,) = world.entries("followup.question_raised")
    assert raised.fact.to == (plant.lead.person_id, office.outsider.person_id)
    assert plant.mine(office.outsider) == [question]
    world.later(2 * DAY)
    assert plant.mine(office.outsider) == [] and plant.mine(plant.lead) == [question]
    stand_in(world, plant.lead.person_id, office.member.person_id)
    assert plant.mine(office.member) == []
    office.refused(
        NotResponsibleError,
        lambda tx: questioning.answer(tx, office.member, question, Outcome.CONFIRMED, text=""),
    )


def test_recalled_closed_and_left(office: Office) -> None:
    plant, world = Plant(office), office.world
    question = plant.ask()
    error = raise_question(world, office.member, plant.group, plant.message, None, "图号写错了")
    world.write(
        lambda tx: recalling.recall(tx, office.owner, plant.group, plant.message, reason="x")
    )
    assert plant.state(question) is plant.state(error) is QuestionState.ENDED
    assert world.read(lambda tx: questions.texts(tx, [questions.find(tx, question)])) == {}
    other = world.person("另一成员")
    plant.group = world.group(office.owner, [office.administrator], [office.member, other])
    plant.message = int(world.send(other, plant.group, "新图号").position)
    again = plant.ask()
    error = raise_question(world, office.member, plant.group, plant.message, None, "又错了")
    world.write(
        lambda tx: roster.remove(tx, office.owner, plant.group, other.person_id, reason="x")
    )
    assert plant.state(error) is QuestionState.ENDED and plant.state(again) is QuestionState.OPEN
    world.write(lambda tx: governing.close(tx, office.owner, plant.group, reason="x"))
    assert plant.state(again) is QuestionState.ENDED
    world.later(10 * DAY)
    assert not world.entries("followup.question_late", "followup.question_reminded")


def test_so_often_a_day_and_never_past_a_barrier(office: Office) -> None:
    plant, world = Plant(office), office.world
    admin = world.person("孙安", "security_admin")
    apart.set_barrier(world, admin, apart.barrier_input(apart.people(office.member), apart.people(plant.lead), both=True))  # fmt: skip
    office.refused(
        BarredError,
        lambda tx: questioning.raise_question(
            tx, office.member, plant.group, plant.message, unit=plant.unit, text="问"
        ),
    )
    world.adopt(lambda text: text.replace("next_hours: 4, levels: 1, per_day: 20", "next_hours: 4, levels: 1, per_day: 1"))  # fmt: skip
    raise_question(world, office.owner, plant.group, plant.message, plant.unit)
    other = int(world.send(office.member, plant.group, "另一条").position)
    office.refused(
        AskedTooOftenError,
        lambda tx: questioning.raise_question(
            tx, office.owner, plant.group, other, unit=plant.unit, text="问"
        ),
    )


def test_nothing_is_reopened_where_nobody_writes_or_without_who_wrote_the_message(
    office: Office,
) -> None:
    plant, world = Plant(office), office.world
    writer = world.person("已走的人")
    plant.group = world.group(office.owner, [office.administrator], [office.member, writer])
    plant.message = int(world.send(writer, plant.group, "新图号").position)
    question, error = plant.ask(), raise_question(world, office.member, plant.group, plant.message, None)  # fmt: skip
    plant.answer(plant.lead, question)
    plant.answer(writer, error, outcome=Outcome.CONFIRMED)
    world.write(
        lambda tx: roster.remove(tx, office.owner, plant.group, writer.person_id, reason="x")
    )

    def again(question: int) -> Callable[[WriteTx], object]:
        return lambda tx: questioning.reopen(tx, office.member, question, reason="不对")

    office.refused(QuestionSettledError, again(error))
    admin = world.person("孙安", "security_admin")
    apart.set_barrier(world, admin, apart.barrier_input(apart.people(office.member), apart.people(plant.lead), both=True))  # fmt: skip
    office.refused(BarredError, again(question))
    world.write(lambda tx: governing.close(tx, office.owner, plant.group, reason="x"))
    office.refused(GroupClosedError, again(question))
    assert plant.state(question) is plant.state(error) is QuestionState.ANSWERED
