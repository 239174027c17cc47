"""Rules, administrators, owner, and the end of a group."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from guiju.kernel.actor import Actor, system
from guiju.kernel.clock import DAY
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import _jobs, governing, roster
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import (
    AdministratorCountError,
    AdministratorsSet,
    BadApplicationError,
    EndReminded,
    GroupClosed,
    GroupClosedError,
    GroupNotFoundError,
    GroupState,
    MemberNotFoundError,
    NotCertifiedError,
    OwnerSet,
    WrongMemberStateError,
)
from guiju.modules.identity import service as identity
from guiju.modules.policy.types import GroupRole, MemberState, NotAllowedError
from tests.support.office import Office

USE = "5.2/groups.administrators"


def appoint(actor: Actor, group: GroupId, *people: Actor) -> Callable[[WriteTx], Any]:
    return lambda tx: governing.set_administrators(
        tx, actor, group, [each.person_id for each in people]
    )


def hand_over(actor: Actor, group: GroupId, to: Actor) -> Callable[[WriteTx], Any]:
    return lambda tx: governing.set_owner(tx, actor, group, to.person_id)


def close(actor: Actor, group: GroupId) -> Callable[[WriteTx], Any]:
    return lambda tx: governing.close(tx, actor, group, reason="完工")


def publish(actor: Actor, group: GroupId) -> Callable[[WriteTx], Any]:
    return lambda tx: governing.publish_rules(tx, actor, group, text="一")


def suspend(office: Office, person: Actor) -> None:
    admin = office.world.person("周安全", "security_admin")

    def verb(tx: WriteTx) -> None:
        account = identity.find_account_of(tx, person.person_id)
        assert account is not None
        identity.suspend(tx, admin, account.id, reason="调查")

    office.world.write(verb)


def test_administrators_are_set_in_one_step(office: Office) -> None:
    world, group = office.world, office.group()
    world.write(appoint(office.owner, group, office.member, office.member))
    (entry,) = world.entries("groups.administrators_set")
    assert entry.fact == AdministratorsSet(group, (office.member.person_id,)) and entry.uses == (
        USE,
    )
    assert office.place(group, office.administrator).role is GroupRole.MEMBER
    assert office.place(group, office.member).role is GroupRole.ADMINISTRATOR
    # Rights go with the office: the former administrator admits nobody.
    office.refused(
        NotAllowedError,
        lambda tx: roster.admit(tx, office.administrator, group, [office.outsider.person_id]),
    )


def test_appointments_are_refused(office: Office) -> None:
    world, group = office.world, office.group()
    for actor in (office.administrator, office.member, office.registrar):
        office.refused(NotAllowedError, appoint(actor, group, office.member))
    office.refused(GroupNotFoundError, appoint(office.outsider, group, office.member))
    office.refused(MemberNotFoundError, appoint(office.owner, group, office.outsider))
    office.refused(BadApplicationError, appoint(office.owner, group, office.owner))
    office.attempted(AdministratorCountError, USE, appoint(office.owner, group))
    world.write(
        lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
    )
    office.refused(WrongMemberStateError, appoint(office.owner, group, office.member))
    office.refused(NotAllowedError, appoint(system("groups"), group, office.administrator))


def test_an_administrator_is_one_who_can_act(office: Office) -> None:
    group = office.group()
    suspend(office, office.member)
    office.refused(NotCertifiedError, appoint(office.owner, group, office.member))
    office.refused(NotCertifiedError, hand_over(office.owner, group, office.member))


def test_the_owner_hands_over_and_stays_a_member(office: Office) -> None:
    world, group = office.world, office.group()
    world.write(hand_over(office.owner, group, office.member))
    (entry,) = world.entries("groups.owner_set")
    assert entry.fact == OwnerSet(group, office.member.person_id) and entry.uses == (
        "5.1/groups.owner",
    )
    assert world.find_group(group).owner == office.member.person_id
    assert office.place(group, office.owner).role is GroupRole.MEMBER
    owners = [
        m for m in world.read(lambda tx: groups.members(tx, group)) if m.role is GroupRole.OWNER
    ]
    assert [member.person for member in owners] == [office.member.person_id]
    # What belonged to the owner now belongs to the new one, from the next command on.
    office.refused(NotAllowedError, publish(office.owner, group))
    world.write(publish(office.member, group))
    office.refused(NotAllowedError, hand_over(office.owner, group, office.owner))


def test_the_registrar_hands_over_for_an_owner_who_is_gone(office: Office) -> None:
    world, group = office.world, office.group()
    suspend(office, office.owner)
    office.refused(GroupNotFoundError, hand_over(office.owner, group, office.member))
    world.write(hand_over(office.registrar, group, office.member))
    assert world.find_group(group).owner == office.member.person_id


def test_handing_over_is_refused(office: Office) -> None:
    group = office.group()
    for actor in (office.administrator, office.member):
        office.refused(NotAllowedError, hand_over(actor, group, office.member))
    office.refused(GroupNotFoundError, hand_over(office.outsider, group, office.outsider))
    office.refused(MemberNotFoundError, hand_over(office.owner, group, office.outsider))
    office.refused(BadApplicationError, hand_over(office.owner, group, office.owner))
    # The only administrator cannot be spared, so somebody else is appointed first.
    office.attempted(
        AdministratorCountError, USE, hand_over(office.owner, group, office.administrator)
    )
    office.world.write(appoint(office.owner, group, office.administrator, office.member))
    office.world.write(hand_over(office.owner, group, office.administrator))
    office.world.write(publish(office.administrator, group))
    assert office.state(group, office.member) is MemberState.MUST_SIGN
    office.refused(WrongMemberStateError, hand_over(office.administrator, group, office.member))


def test_a_group_is_closed_once_and_for_all(office: Office) -> None:
    world, group = office.world, office.group()
    for actor in (office.administrator, office.member):
        office.refused(NotAllowedError, close(actor, group))
    office.refused(GroupNotFoundError, close(office.outsider, group))
    world.write(close(office.owner, group))
    assert world.facts("groups.closed") == [GroupClosed(group, "完工")]
    assert world.find_group(group).state is GroupState.CLOSED
    for verb in (
        close(office.owner, group),
        close(office.registrar, group),
        publish(office.owner, group),
        appoint(office.owner, group, office.member),
        hand_over(office.owner, group, office.member),
    ):
        office.refused(GroupClosedError, verb)
    # Members go on seeing it; outsiders still learn nothing.
    assert world.read(lambda tx: groups.get_group(tx, office.member, group)).id == group
    office.refused(GroupNotFoundError, close(office.outsider, group))


def test_the_registrar_closes_too(office: Office) -> None:
    group = office.group()
    office.world.write(close(office.registrar, group))
    assert office.world.find_group(group).state is GroupState.CLOSED


def test_rules_are_the_owners_matter(office: Office) -> None:
    group = office.group()
    for actor in (office.administrator, office.member, office.registrar):
        office.refused(NotAllowedError, publish(actor, group))
    office.refused(GroupNotFoundError, publish(office.outsider, group))


# ---- the end date -----------------------------------------------------------------------------------------------

# Five working days before Friday 2026-12-11 is Friday the 4th.


def wait_until(office: Office, day: str, before: int = 0) -> None:
    """Let time pass up to local midnight at the beginning of `day`, less `before` milliseconds."""
    midnight = datetime.fromisoformat(f"{day}T00:00:00+08:00")
    office.world.later(int(midnight.timestamp() * 1000) - before - office.world.clock.now())


def test_the_owner_is_reminded_and_then_the_group_closes(office: Office) -> None:
    world, group = office.world, office.group(end_date="2026-12-11")
    wait_until(office, "2026-12-04", 1)
    assert world.facts("groups.end_reminded", "groups.closed") == []
    wait_until(office, "2026-12-04")
    (entry,) = world.entries("groups.end_reminded")
    assert entry.fact == EndReminded(group, "2026-12-11")
    assert (entry.actor, entry.uses) == ("system:groups", ("5.12/groups.end_date",))
    wait_until(office, "2026-12-12", 1)
    assert world.find_group(group).state is GroupState.ACTIVE, "the whole last day is the group's"
    wait_until(office, "2026-12-12")
    assert world.find_group(group).state is GroupState.CLOSED
    (closed,) = world.entries("groups.closed")
    assert (closed.actor, closed.uses) == ("system:groups", ("5.12/groups.end_date",))
    assert closed.fact.reason == "有效期至 2026-12-11"
    world.later(30 * DAY)
    assert len(world.entries("groups.end_reminded", "groups.closed")) == 2


def test_the_timer_is_harmless_twice_and_after_the_end(office: Office) -> None:
    world, group = office.world, office.group(end_date="2026-12-11")
    wait_until(office, "2026-12-04")
    reminded = world.entries("groups.end_reminded")
    world.write(lambda tx: _jobs.group_ends(tx, group, {"reminded": "2026-12-11"}))
    assert world.entries("groups.end_reminded") == reminded
    world.write(close(office.owner, group))
    world.write(lambda tx: _jobs.group_ends(tx, group, {}))
    world.write(lambda tx: _jobs.group_ends(tx, "grp_nothere", {}))
    world.later(60 * DAY)
    assert len(world.entries("groups.closed")) == 1


def test_a_short_term_reminds_at_once(office: Office) -> None:
    group = office.group(end_date="2026-11-25")
    office.world.later(0)
    assert office.world.facts("groups.end_reminded") == [EndReminded(group, "2026-11-25")]


@pytest.mark.parametrize(("days", "day"), [(1, "2026-12-10"), (0, "2026-12-11")])
def test_the_number_of_days_is_the_packs(office: Office, days: int, day: str) -> None:
    world = office.world
    world.adopt(lambda text: text.replace("remind_working_days: 5", f"remind_working_days: {days}"))
    office.group(end_date="2026-12-11")
    wait_until(office, day, 1)
    assert world.facts("groups.end_reminded") == []
    wait_until(office, day)
    assert len(world.facts("groups.end_reminded")) == 1


def test_a_group_without_an_end_date_has_no_timer(office: Office) -> None:
    office.group()
    office.world.later(400 * DAY)
    assert office.world.facts("groups.end_reminded", "groups.closed") == []
