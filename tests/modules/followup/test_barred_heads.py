"""Heads from whom a barrier keeps who asks: they hear of nothing, the next who may does, and the fact says so."""

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR
from guiju.modules.directory import service as directory
from guiju.modules.followup import questions, service
from guiju.modules.followup.question_types import QuestionBox, Wanted
from guiju.modules.followup.types import Box
from guiju.modules.groups import barriers
from guiju.modules.groups.direct_types import Barrier
from guiju.setup import SYSTEM
from tests.modules.followup.test_answers import ask
from tests.support import apart
from tests.support.asking import raise_question
from tests.support.deputies import stand_in
from tests.support.office import Office


class Line:
    """A worker below `head`, below `above`, below `top`; the owner of the group asks."""

    def __init__(self, office: Office) -> None:
        self.office, self.world = office, office.world
        world = self.world
        self.head, self.above, self.top = (
            office.head,
            world.person("总经理"),
            world.person("董事长"),
        )
        self.admin = world.person("孙安", "security_admin")
        middle = world.add_unit("事业部", head=self.above.person_id)
        self.unit = world.add_unit("车间", parent=middle, head=self.head.person_id)
        world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, world.unit, self.top.person_id))
        self.worker = world.person("工人", unit=self.unit)
        self.group = world.group(office.owner, [office.administrator], [self.worker, office.member])

    def bar(self, *others: Actor) -> Barrier:
        wanted = apart.barrier_input(
            apart.people(self.office.owner), apart.people(*others), both=True
        )
        return apart.set_barrier(self.world, self.admin, wanted)

    def ask(self) -> int:
        return ask(self.office, self.group, self.worker)

    def late(self, who: Actor) -> list[int]:
        found = self.world.read(lambda tx: service.list_box(tx, who, Box.LATE))
        return [request.message for request, _ in found]

    def told(self) -> list[tuple[object, ...]]:
        return [
            (entry.fact.to, entry.fact.level, entry.fact.barred)
            for entry in self.world.entries("followup.escalated")
        ]

    def questions(self, who: Actor) -> list[int]:
        found, _ = self.world.read(
            lambda tx: questions.list_box(tx, who, QuestionBox.TODO, Wanted.OPEN)
        )
        return [one.position for one in found.questions]


def test_the_next_who_may_hear_of_it_is_told(office: Office) -> None:
    line = Line(office)
    line.bar(line.head)
    message = line.ask()
    line.world.later(DAY)
    passed = (line.head.person_id,)
    assert line.told() == [(line.above.person_id, 1, passed)]
    assert line.late(line.head) == [] and line.late(line.above) == [message]
    assert line.world.read(lambda tx: service.count_late(tx, line.head.person_id)) == 0
    line.world.later(8 * HOUR)
    assert line.told()[1:] == [(line.top.person_id, 2, passed)]
    assert line.late(line.top) == [message]


def test_where_nobody_may_nobody_is_told_and_that_is_recorded(office: Office) -> None:
    line = Line(office)
    line.bar(line.head, line.above, line.top)
    line.ask()
    line.world.later(DAY)
    line.world.later(8 * HOUR)
    barred = tuple(each.person_id for each in (line.head, line.above, line.top))
    assert line.told() == [(None, 1, barred), (None, 2, barred)]
    assert not any(line.late(each) for each in (line.head, line.above, line.top))


def test_a_deputy_behind_a_barrier_is_not_told(office: Office) -> None:
    line, world = Line(office), office.world
    barred, free = world.person("副厂长"), world.person("助理")
    stand_in(world, line.head.person_id, barred.person_id)
    stand_in(world, line.above.person_id, free.person_id)
    line.bar(barred)
    message = line.ask()
    world.later(DAY)
    world.later(8 * HOUR)
    assert {to for to, _, _ in line.told()} == {
        line.head.person_id, line.above.person_id, free.person_id,
    }  # fmt: skip
    assert line.late(barred) == [] and line.late(free) == line.late(line.head) == [message]


def test_a_barrier_that_comes_later_hides_what_was_told_until_it_goes(office: Office) -> None:
    line = Line(office)
    message = line.ask()
    line.world.later(DAY)
    assert line.late(line.head) == [message]
    barrier = line.bar(line.head)
    assert line.late(line.head) == []
    line.world.write(lambda tx: barriers.lift_barrier(tx, line.admin, barrier.id, reason="x"))
    assert line.late(line.head) == [message]


def test_a_question_passes_over_heads_behind_a_barrier(office: Office) -> None:
    line, world = Line(office), office.world
    lead = world.person("质量部长")
    unit = world.add_unit("质量部", parent=line.unit, head=lead.person_id)
    message = int(world.send(office.member, line.group, "按新图纸装").position)
    question = raise_question(world, office.owner, line.group, message, unit)
    line.bar(line.head)
    world.later(2 * DAY)
    world.later(2 * DAY)
    (told,) = world.entries("followup.question_escalated")
    assert told.fact.to == (line.above.person_id,) and told.fact.barred == (line.head.person_id,)
    assert line.questions(line.head) == []
    assert line.questions(lead) == line.questions(line.above) == [question]


def test_a_barrier_that_comes_later_takes_an_open_question_to_the_next_head(
    office: Office,
) -> None:
    line, world = Line(office), office.world
    message = int(world.send(office.member, line.group, "按新图纸装").position)
    deputy = world.person("副厂长")
    stand_in(world, line.above.person_id, deputy.person_id)
    question = raise_question(world, office.owner, line.group, message, line.unit)
    assert line.questions(line.head) == [question] and line.questions(line.above) == []
    line.bar(line.head, deputy)
    assert line.questions(line.head) == line.questions(deputy) == []
    assert line.questions(line.above) == [question]
