"""Who asks to leave, and who was made to stay, shows in nothing that the other members see."""

from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR
from guiju.kernel.ids import GroupId
from guiju.modules.groups import _shape
from guiju.modules.groups import service as groups
from tests.support.office import Office
from tests.support.roster import decide_leaving, leave, publish, sign

Json = dict[str, Any]


def rows(office: Office, reader: Actor, group: GroupId) -> list[Json]:
    def take(tx: Any) -> list[Json]:
        members = groups.list_members(tx, reader, group)
        found: list[Json] = _shape.roster(tx, reader, group, members)["members"]
        return found

    return office.world.read(take)


def state_of(office: Office, reader: Actor, group: GroupId, person: Actor) -> str:
    (found,) = [
        row["state"]
        for row in rows(office, reader, group)
        if row["person"]["id"] == person.person_id
    ]
    return str(found)


def test_the_roster_stays_as_it_was_in_order_and_time(office: Office) -> None:
    world = office.world
    second = world.person("第二管理")
    group = world.group(office.owner, [office.administrator, second], [office.member])
    reader = office.administrator
    shown, named = rows(office, reader, group), _administrators(office, reader, group)
    for leaver in (second, office.member):
        world.clock.advance(HOUR)
        world.write(leave(leaver, group))
        assert rows(office, reader, group) == shown
        assert _administrators(office, reader, group) == named
        assert state_of(office, office.owner, group, leaver) == "leaving_requested"
        assert state_of(office, leaver, group, leaver) == "leaving_requested"
        world.clock.advance(HOUR)
        world.write(decide_leaving(office.owner, group, leaver, False))
        assert rows(office, reader, group) == shown
        assert _administrators(office, reader, group) == named


def _administrators(office: Office, reader: Actor, group: GroupId) -> list[Json]:
    def take(tx: Any) -> list[Json]:
        known = groups.get_group(tx, reader, group)
        found: list[Json] = _shape.detail(tx, known, reader)["administrators"]
        return found

    return office.world.read(take)


def test_under_new_rules_one_who_asked_to_leave_has_them_to_sign_like_the_rest(
    office: Office,
) -> None:
    world = office.world
    group = world.group(
        office.owner, [office.administrator], [office.member, office.outsider], rules="一"
    )
    world.write(leave(office.member, group))
    publish(office, group, "二")
    reader = office.administrator
    assert state_of(office, reader, group, office.outsider) == "must_sign"
    assert state_of(office, reader, group, office.member) == "must_sign"
    assert state_of(office, office.owner, group, office.member) == "leaving_requested"
    for actor in (office.outsider, office.member):
        world.write(sign(actor, group, 2))
        assert state_of(office, reader, group, actor) == "active"
    assert state_of(office, office.owner, group, office.member) == "leaving_requested"
