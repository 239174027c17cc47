"""Fixed communication times: stated by those who run a group, seen by its members, forbidding nothing."""

from functools import partial

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.errors import GuijuError
from guiju.modules.groups import cards, keeping_hours
from guiju.modules.groups.hours_types import BadHoursError, OfficeHours
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.inspection.types import TextRefusedError
from guiju.modules.messaging.types import MessageState
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office

MEETING = OfficeHours((1,), 540, 600, "例会")


def test_they_are_stated_by_those_who_run_the_group(office: Office) -> None:
    world, group = office.world, office.group()
    said = [OfficeHours((5, 3, 3), 900, 960, " 碰头 "), MEETING, MEETING]
    world.write(lambda tx: keeping_hours.set_hours(tx, office.owner, group, said))
    kept = (MEETING, OfficeHours((3, 5), 900, 960, "碰头"))
    assert world.find_group(group).hours == kept
    world.write(lambda tx: keeping_hours.set_hours(tx, office.administrator, group, kept))
    (entry,) = world.entries("groups.hours_set")
    assert entry.uses == ("6.33/groups.office_hours",), "the same again is no fact"
    card = world.read(lambda tx: cards.card_for(tx, world.find_group(group), office.member))
    assert card["hours"][0] == {"days": [1], "start": 540, "end": 600, "words": "例会"}
    world.write(lambda tx: keeping_hours.set_hours(tx, office.administrator, group, []))
    assert world.find_group(group).hours == ()


def test_nobody_else_states_them(office: Office) -> None:
    group = office.group()
    refusals: tuple[tuple[Actor, type[GuijuError]], ...] = (
        (office.member, NotAllowedError),
        (office.outsider, GroupNotFoundError),
        (office.registrar, NotAllowedError),
    )
    for actor, error in refusals:
        stating = partial(keeping_hours.set_hours, actor=actor, group_id=group, hours=[MEETING])
        office.refused(error, stating)


@pytest.mark.parametrize(
    "bad",
    [
        [OfficeHours((), 540, 600, "")],
        [OfficeHours((0,), 540, 600, "")],
        [OfficeHours((8,), 540, 600, "")],
        [OfficeHours((1,), 600, 600, "")],
        [OfficeHours((1,), 1380, 60, "")],
        [OfficeHours((1,), 0, 1441, "")],
        [OfficeHours((1,), 540, 600, "长" * 41)],
        [OfficeHours((1,), 540, 600 + n, "") for n in range(6)],
    ],
)
def test_senseless_ones_are_refused(office: Office, bad: list[OfficeHours]) -> None:
    group = office.group()
    office.refused(BadHoursError, lambda tx: keeping_hours.set_hours(tx, office.owner, group, bad))


def test_their_words_are_inspected(office: Office) -> None:
    group, bad = office.group(), [OfficeHours((1,), 540, 600, "赌博网站")]
    office.refused(
        TextRefusedError, lambda tx: keeping_hours.set_hours(tx, office.owner, group, bad)
    )


def test_at_other_times_one_writes_as_ever(office: Office) -> None:
    world, group = office.world, office.group()
    sunday = [OfficeHours((7,), 0, 60, "")]
    world.write(lambda tx: keeping_hours.set_hours(tx, office.owner, group, sunday))
    assert world.send(office.member, group, "大家好").state is MessageState.DELIVERED
    assert not world.send(office.member, group, "在吗").warned
