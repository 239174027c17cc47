"""Signing the rules of a group: once each, again when they change, and not where nothing is read here."""

import pytest

from guiju.modules.groups import service as groups
from guiju.modules.groups.types import (
    GroupKind,
    GroupNotFoundError,
    StaleRulesError,
    WrongMemberStateError,
)
from guiju.modules.messaging.types import RulesNotSignedError
from guiju.modules.policy.types import MemberState
from tests.support.office import Office
from tests.support.roster import admit, decide_leaving, leave, publish, sign


def test_rules_are_signed_once_each(office: Office) -> None:
    world, group = office.world, office.group(rules="一、守纪律")
    found = world.find_group(group)
    assert world.read(lambda tx: groups.count_signed(tx, found)) == 3
    signatures = [
        entry for entry in world.entries("groups.member_changed") if entry.fact.signed_version == 1
    ]
    assert {entry.actor for entry in signatures} == {office.administrator.name, office.member.name}
    assert all(entry.uses == ("5.6/groups.rules",) for entry in signatures)
    office.refused(WrongMemberStateError, sign(office.member, group, 1))
    office.refused(WrongMemberStateError, sign(office.owner, group, 1))
    office.refused(StaleRulesError, sign(office.member, group, 2))
    office.refused(GroupNotFoundError, sign(office.outsider, group, 1))
    world.write(admit(office.owner, group, office.outsider))
    assert office.state(group, office.outsider) is MemberState.MUST_SIGN
    world.write(sign(office.outsider, group, 1))
    assert office.state(group, office.outsider) is MemberState.ACTIVE


def test_new_rules_are_signed_again_by_all_but_their_author(office: Office) -> None:
    world, group = office.world, office.group()
    publish(office, group, "二、不刷屏")
    (entry,) = world.entries("groups.rules_published")
    assert (entry.fact.version, entry.fact.must_sign, entry.uses) == (
        1,
        True,
        ("5.6/groups.rules",),
    )
    states = {
        who: office.state(group, who) for who in (office.owner, office.administrator, office.member)
    }
    assert list(states.values()) == [
        MemberState.ACTIVE,
        MemberState.MUST_SIGN,
        MemberState.MUST_SIGN,
    ]
    office.refused(StaleRulesError, sign(office.member, group, 0))
    world.write(sign(office.member, group, 1))
    publish(office, group, "三、按时答复")
    office.refused(StaleRulesError, sign(office.member, group, 1))
    world.write(sign(office.member, group, 2))
    found = world.find_group(group)
    text = world.read(lambda tx: groups.rules_text(tx, found))
    assert text is not None and (text[0], found.rules_version) == ("三、按时答复", 2)


def test_where_no_clause_wants_signatures_rules_only_inform(office: Office) -> None:
    world = office.world
    world.adopt(lambda text: text, "plain-office")
    group = office.group(group_class="team", rules="一")
    assert office.state(group, office.member) is MemberState.ACTIVE
    publish(office, group, "二")
    assert office.state(group, office.member) is MemberState.ACTIVE
    assert world.entries("groups.rules_published")[0].uses == ()


def test_who_asked_to_leave_signs_new_rules_before_writing_again(office: Office) -> None:
    """The wish to leave and its reason stay on the owner's list."""
    world, group = office.world, office.group(rules="一")
    world.write(leave(office.member, group))
    world.send(office.member, group, "还没走")
    publish(office, group, "二")
    assert office.state(group, office.member) is MemberState.LEAVING_REQUESTED
    with pytest.raises(RulesNotSignedError):
        world.send(office.member, group, "没签就写")
    world.write(sign(office.member, group, 2))
    place = office.place(group, office.member)
    assert place.state is MemberState.LEAVING_REQUESTED
    assert world.read(lambda tx: groups.reason_of(tx, place)) == "调岗"
    world.send(office.member, group, "签了再写")
    office.refused(WrongMemberStateError, sign(office.member, group, 2))
    world.write(decide_leaving(office.owner, group, office.member, False))
    assert office.state(group, office.member) is MemberState.ACTIVE


def test_who_wanted_to_leave_and_stays_signs_what_came_out_meanwhile(office: Office) -> None:
    world, group = office.world, office.group(rules="一")
    world.write(leave(office.member, group))
    publish(office, group, "二")
    world.write(decide_leaving(office.owner, group, office.member, False))
    assert office.state(group, office.member) is MemberState.MUST_SIGN


def test_on_another_tool_nobody_signs(office: Office) -> None:
    """There is nothing to read or write here that an unsigned member would have to be kept from."""
    world = office.world
    group = office.group(kind=GroupKind.EXTERNAL_TOOL, tool="QQ", rules="一")
    world.write(admit(office.owner, group, office.outsider))
    assert office.state(group, office.outsider) is MemberState.ACTIVE
    publish(office, group, "二")
    assert office.state(group, office.member) is MemberState.ACTIVE
    assert world.entries("groups.rules_published")[0].uses == ()
