"""A request reaches whoever may decide it, and its end the applicant, where no page is open."""

from collections.abc import Iterator

import pytest

from guiju.kernel.clock import HOUR
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Verdict
from guiju.modules.messaging import devices
from guiju.modules.messaging.device_types import Told
from tests.modules.approvals.plant import Plant, step
from tests.support.deputies import stand_in
from tests.support.telling import Telling, telling


@pytest.fixture
def told(plant: Plant) -> Iterator[Telling]:
    with telling(plant.world) as made:
        for name in ("li", "chen", "wang", "qian", "wu"):
            made.browser(name, plant.people[name])
        yield made


HEAD, REGISTRARS = {"head_of_unit": "applicant"}, {"role": "registrar"}


def test_each_step_is_told_to_its_people_and_the_end_to_the_applicant(
    plant: Plant, told: Telling
) -> None:
    world = plant.world
    request = plant.open(step(HEAD), step(REGISTRARS))
    ((name, said),) = told.pushed()
    assert (name, said["work"], said["sender"], said["text"]) == ("chen", "approval", "li", "")
    assert said["path"] == f"/todo/{request.id}" and said["group"] == said["name"] == ""
    world.write(lambda tx: approvals.remind(tx, plant.li, request.id))
    assert told.kinds() == [("chen", "approval_reminded")]
    plant.decide(request, "chen")
    assert told.kinds() == [("qian", "approval")]
    world.write(lambda tx: devices.choose(tx, plant.li, Told.TEXT))
    plant.decide(request, "sun", Verdict.REFUSE, "材料不全")
    ((name, said),) = told.pushed()
    assert (name, said["work"], said["text"]) == ("li", "refused", "二号线技改工作群")
    assert said["path"] == f"/todo/{request.id}?box=mine"


def test_what_was_decided_before_the_push_goes_is_not_told(plant: Plant, told: Telling) -> None:
    request = plant.open(step(HEAD))
    plant.decide(request, "chen")
    assert told.kinds() == [("li", "approved")]
    request = plant.open(step(HEAD), subject="thi_2")
    plant.world.write(lambda tx: approvals.withdraw(tx, plant.li, request.id))
    assert told.kinds() == [], "who withdrew it knows"


def test_deputies_are_told_and_an_escalation_only_those_who_are_added(
    plant: Plant, told: Telling
) -> None:
    world = plant.world
    stand_in(world, plant.id("chen"), plant.id("wu"))
    plant.open(step(HEAD, hours=8, remind=None, on_timeout="escalate"))
    assert told.kinds() == [("chen", "approval"), ("wu", "approval")]
    world.later(48 * HOUR)
    assert told.kinds() == [("wang", "approval")]


def test_a_request_that_ran_out_of_time_is_told_to_its_applicant(
    plant: Plant, told: Telling
) -> None:
    plant.open(step(HEAD, hours=8, remind=None, on_timeout="expire"))
    told.pushed()
    plant.world.later(48 * HOUR)
    assert told.kinds() == [("li", "expired")]
