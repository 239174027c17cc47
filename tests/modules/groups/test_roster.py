"""Who is in a group: asking, admitting, signing, leaving, removing."""

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.ledger_routes import Sight, sight_of
from guiju.modules.directory.types import PersonNotFoundError
from guiju.modules.groups import governing
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import (
    AdministratorCountError,
    AlreadyMemberError,
    GroupClosedError,
    GroupKind,
    GroupNotFoundError,
    JoinTooOftenError,
    MemberNotFoundError,
    NotCertifiedError,
    OwnerNeededError,
    WrongMemberStateError,
)
from guiju.modules.identity import service as identity
from guiju.modules.messaging.types import InvitationOpenError
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import GroupRole, MemberState, NotAllowedError
from tests.support.office import Office
from tests.support.roster import (
    accept,
    admit,
    decide_join,
    decide_leaving,
    join,
    leave,
    publish,
    remove,
    sign,
)

# ---- joining ----------------------------------------------------------------------------------------------------


def test_the_owner_or_an_administrator_admits(office: Office) -> None:
    world, group = office.world, office.group()
    other = world.person("吴新人")
    world.write(admit(office.owner, group, office.outsider, office.outsider))
    world.write(admit(office.administrator, group, other))
    entries = world.entries("groups.member_changed")
    assert [entry.fact.person for entry in entries] == [office.outsider.person_id, other.person_id]
    assert all(
        set(entry.uses)
        == {
            "5.7/groups.admission",
            "6.2/groups.admission",
            "5.7/identity.certified",
            "6.1/identity.certified",
        }
        for entry in entries
    )
    place = office.place(group, office.outsider)
    assert (place.role, place.state, place.visible_from) == (
        GroupRole.MEMBER,
        MemberState.ACTIVE,
        entries[0].position,
    )
    office.refused(AlreadyMemberError, admit(office.owner, group, other))


def test_admission_is_refused(office: Office) -> None:
    world, group = office.world, office.group()
    fresh = world.person("没认证", certified=False)
    office.refused(NotAllowedError, admit(office.member, group, office.outsider))
    office.refused(GroupNotFoundError, admit(office.outsider, group, office.outsider))
    office.refused(NotAllowedError, admit(office.registrar, group, office.outsider))
    office.refused(NotCertifiedError, admit(office.owner, group, fresh))
    office.refused(PersonNotFoundError, admit(office.owner, group, Actor(PersonId("per_nobody"))))
    # One of several who cannot be admitted: nobody is.
    office.refused(AlreadyMemberError, admit(office.owner, group, office.outsider, office.member))
    assert world.read(lambda tx: groups.find_member(tx, group, office.outsider.person_id)) is None


def test_joining_by_number_waits_for_a_decision(office: Office) -> None:
    world, group = office.world, office.group()
    world.write(join(office.outsider))
    assert office.state(group, office.outsider) is MemberState.UNDER_REVIEW
    office.refused(AlreadyMemberError, join(office.outsider))
    office.refused(AlreadyMemberError, join(office.member))
    # Until then the applicant sees nothing of the group.
    office.refused(GroupNotFoundError, lambda tx: groups.get_group(tx, office.outsider, group))
    office.refused(GroupNotFoundError, lambda tx: groups.list_members(tx, office.outsider, group))
    office.refused(GroupNotFoundError, leave(office.outsider, group))
    waiting = world.read(lambda tx: groups.list_members(tx, office.owner, group))[-1]
    assert world.read(lambda tx: groups.reason_of(tx, waiting)) == "工作需要"
    office.refused(NotAllowedError, decide_join(office.member, group, office.outsider, True))
    office.refused(GroupNotFoundError, decide_join(office.outsider, group, office.outsider, True))
    office.refused(WrongMemberStateError, decide_join(office.owner, group, office.member, True))
    office.refused(MemberNotFoundError, decide_join(office.owner, group, office.head, True))
    world.write(decide_join(office.administrator, group, office.outsider, True))
    assert office.state(group, office.outsider) is MemberState.ACTIVE
    office.refused(
        WrongMemberStateError, decide_join(office.administrator, group, office.outsider, True)
    )


def test_one_who_was_refused_may_ask_again(office: Office) -> None:
    world, group = office.world, office.group()
    world.write(join(office.outsider))
    world.write(decide_join(office.owner, group, office.outsider, False))
    assert office.state(group, office.outsider) is MemberState.REMOVED
    office.refused(WrongMemberStateError, decide_join(office.owner, group, office.outsider, True))
    world.write(join(office.outsider))
    assert office.state(group, office.outsider) is MemberState.UNDER_REVIEW


def test_a_number_that_opens_nothing(office: Office) -> None:
    group = office.group()
    office.refused(GroupNotFoundError, join(office.outsider, "澄群备〔2026〕0002 号"))
    office.world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
    office.refused(GroupNotFoundError, join(office.outsider))
    fresh = office.world.person("没认证", certified=False)
    office.refused(NotAllowedError, join(fresh))


def test_numbers_are_not_guessed(office: Office) -> None:
    office.group()
    for guess in range(10):
        office.refused(
            GroupNotFoundError, join(office.outsider, f"澄群备〔2026〕{guess + 100:04} 号")
        )
    error = office.refused(JoinTooOftenError, join(office.outsider))
    assert error.data["retry_after"] == 3600
    office.world.write(join(office.head))
    office.world.clock.advance(HOUR)
    office.world.write(join(office.outsider))


def test_an_account_that_lost_its_certificate_is_not_admitted_by_decision(office: Office) -> None:
    world, group = office.world, office.group()
    admin = world.person("周安全", "security_admin")
    world.write(join(office.outsider))

    def close(tx: WriteTx) -> None:
        account = identity.find_account_of(tx, office.outsider.person_id)
        assert account is not None
        identity.close(tx, admin, account.id, reason="离职")

    world.write(close)
    office.refused(NotCertifiedError, decide_join(office.owner, group, office.outsider, True))


# ---- leaving and removing ---------------------------------------------------------------------------------------


def test_leaving_waits_for_the_owner(office: Office) -> None:
    world, group = office.world, office.group()
    world.write(leave(office.member, group))
    assert office.state(group, office.member) is MemberState.LEAVING_REQUESTED
    assert world.entries("groups.member_changed")[-1].uses == ("6.12/groups.leaving",)
    office.refused(WrongMemberStateError, leave(office.member, group))
    for actor in (office.administrator, office.member):
        office.refused(NotAllowedError, decide_leaving(actor, group, office.member, True))
    office.refused(GroupNotFoundError, decide_leaving(office.outsider, group, office.member, True))
    world.write(decide_leaving(office.owner, group, office.member, False))
    assert office.state(group, office.member) is MemberState.ACTIVE
    office.refused(WrongMemberStateError, decide_leaving(office.owner, group, office.member, True))
    world.write(leave(office.member, group))
    world.write(decide_leaving(office.owner, group, office.member, True))
    assert office.state(group, office.member) is MemberState.LEFT
    office.refused(GroupNotFoundError, leave(office.member, group))
    office.refused(GroupNotFoundError, lambda tx: groups.list_members(tx, office.member, group))


def test_who_decides_is_told_how_many_ask(office: Office) -> None:
    world, group = office.world, office.group()

    def asking(actor: Actor) -> tuple[dict[GroupId, int], dict[GroupId, int]]:
        joining, leaving = world.read(lambda tx: groups.count_requests(tx, actor))
        return dict(joining), dict(leaving)

    assert asking(office.owner) == ({}, {})
    world.write(join(office.outsider))
    world.write(leave(office.member, group))
    assert asking(office.owner) == ({group: 1}, {group: 1})
    assert asking(office.administrator) == ({group: 1}, {}), "the owner alone decides who leaves"
    assert asking(office.member) == asking(office.outsider) == ({}, {})
    world.write(decide_leaving(office.owner, group, office.member, False))
    assert asking(office.owner) == ({group: 1}, {})
    world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
    assert asking(office.owner) == ({}, {}), "nobody joins a closed group"


def test_leaving_needs_no_decision_where_no_clause_wants_it(office: Office) -> None:
    office.world.adopt(lambda text: text, "plain-office")
    group = office.group(group_class="team")
    office.world.write(leave(office.member, group))
    assert office.state(group, office.member) is MemberState.LEFT


def test_who_has_not_signed_may_go_at_once(office: Office) -> None:
    group = office.group()
    publish(office, group, "一")
    office.world.write(leave(office.member, group))
    assert office.state(group, office.member) is MemberState.LEFT


def test_the_owner_cannot_leave_or_be_removed(office: Office) -> None:
    group = office.group()
    error = office.refused(OwnerNeededError, leave(office.owner, group))
    assert isinstance(error.data["clause"], dict) and error.data["clause"]["id"] == "5.1"
    office.refused(OwnerNeededError, remove(office.administrator, group, office.owner))
    office.refused(OwnerNeededError, remove(office.owner, group, office.owner))


def test_the_last_administrator_cannot_go(office: Office) -> None:
    world, group = office.world, office.group()
    use = "5.2/groups.administrators"
    world.write(leave(office.administrator, group))
    office.attempted(
        AdministratorCountError,
        use,
        decide_leaving(office.owner, group, office.administrator, True),
    )
    office.attempted(
        AdministratorCountError, use, remove(office.owner, group, office.administrator)
    )
    assert office.state(group, office.administrator) is MemberState.LEAVING_REQUESTED
    both = [office.administrator.person_id, office.member.person_id]
    office.refused(
        WrongMemberStateError,
        lambda tx: governing.set_administrators(tx, office.owner, group, both),
    )
    world.write(lambda tx: governing.set_administrators(tx, office.owner, group, both[1:]))
    world.write(decide_leaving(office.owner, group, office.administrator, True))
    assert office.state(group, office.administrator) is MemberState.LEFT


def test_the_last_administrator_cannot_go_where_leaving_is_free(office: Office) -> None:
    office.world.adopt(lambda text: text, "plain-office")
    group = office.group(group_class="team")
    office.attempted(
        AdministratorCountError, "2.2/groups.administrators", leave(office.administrator, group)
    )


def test_removal_has_a_reason_on_record_and_ends_every_right(office: Office) -> None:
    world, group = office.world, office.group()
    office.refused(NotAllowedError, remove(office.member, group, office.administrator))
    office.refused(GroupNotFoundError, remove(office.outsider, group, office.member))
    office.refused(NotAllowedError, remove(office.registrar, group, office.member))
    office.refused(MemberNotFoundError, remove(office.owner, group, office.outsider))
    world.write(remove(office.administrator, group, office.member))
    entry = world.entries("groups.member_changed")[-1]
    assert (entry.fact.reason, entry.uses) == (
        "与工作无关",
        ("5.8/groups.removal", "6.2/groups.removal"),
    )
    office.refused(WrongMemberStateError, remove(office.owner, group, office.member))
    for verb in (
        leave(office.member, group),
        sign(office.member, group, 1),
        admit(office.member, group, office.outsider),
    ):
        office.refused(GroupNotFoundError, verb)


def test_nobody_removes_themselves_to_get_round_the_decision(office: Office) -> None:
    world, group = office.world, office.group()
    world.write(admit(office.owner, group, office.outsider))
    both = [office.administrator.person_id, office.outsider.person_id]
    world.write(lambda tx: governing.set_administrators(tx, office.owner, group, both))
    office.refused(NotAllowedError, remove(office.administrator, group, office.administrator))


def test_one_who_comes_back_is_a_plain_member_and_sees_from_then_on(office: Office) -> None:
    world, group = office.world, office.group()
    first = office.place(group, office.member)
    world.write(remove(office.owner, group, office.member))
    world.write(admit(office.owner, group, office.member))
    again = office.place(group, office.member)
    assert again.state is MemberState.ACTIVE and again.visible_from > first.visible_from
    assert again.visible_from == world.entries("groups.member_changed")[-1].position


def shows(tx: ReadTx, actor: Actor, position: int) -> bool:
    """Whether there is a proof of the entry for the actor."""
    entry = tx.entry(position)
    assert entry is not None
    return sight_of(tx, actor, entry) is not Sight.NOTHING


INVITATION = "2.3/groups.invitation"


def test_the_invited_read_and_write_nothing_before_they_accept(office: Office) -> None:
    world = office.world
    world.adopt(lambda text: text, "plain-office")
    group = office.group(group_class="team")
    world.write(admit(office.owner, group, office.outsider))
    entry = world.entries("groups.member_changed")[-1]
    assert (entry.fact.state, INVITATION in entry.uses) == (MemberState.INVITED, True)
    assert world.read(lambda tx: groups.get_group(tx, office.outsider, group)).id == group
    with pytest.raises(InvitationOpenError):
        world.send(office.outsider, group, "还没接受")
    office.refused(AlreadyMemberError, admit(office.owner, group, office.outsider))
    said = world.send(office.owner, group, "不给没接受的人看").position
    assert not world.read(lambda tx: shows(tx, office.outsider, said))
    assert world.read(lambda tx: shows(tx, office.member, said))
    office.refused(WrongMemberStateError, accept(office.member, group))
    office.refused(GroupNotFoundError, accept(office.head, group))
    world.write(accept(office.outsider, group))
    entry = world.entries("groups.member_changed")[-1]
    assert (entry.fact.state, INVITATION in entry.uses) == (MemberState.ACTIVE, True)
    assert entry.actor == office.outsider.name
    world.send(office.outsider, group, "大家好")
    office.refused(WrongMemberStateError, accept(office.outsider, group))


def test_the_invited_may_decline_and_may_be_taken_off_again(office: Office) -> None:
    world = office.world
    world.adopt(lambda text: text, "plain-office")
    group = office.group(group_class="team")
    world.write(admit(office.owner, group, office.outsider))
    world.write(leave(office.outsider, group))
    assert office.state(group, office.outsider) is MemberState.LEFT
    office.refused(GroupNotFoundError, accept(office.outsider, group))
    world.write(admit(office.owner, group, office.outsider))
    world.write(remove(office.owner, group, office.outsider))
    office.refused(GroupNotFoundError, accept(office.outsider, group))


def test_who_asked_and_was_admitted_need_not_accept(office: Office) -> None:
    world = office.world
    world.adopt(lambda text: text, "plain-office")
    group = office.group(group_class="team")
    world.write(join(office.outsider, world.find_group(group).filing_number))
    world.write(decide_join(office.owner, group, office.outsider, True))
    assert office.state(group, office.outsider) is MemberState.ACTIVE


def test_on_another_tool_nobody_is_asked_to_accept(office: Office) -> None:
    world = office.world
    use = "      - use: groups.admission\n        with: {}\n"
    world.adopt(lambda text: text.replace(use, use + use.replace("admission", "invitation"), 1))
    assert world.read(lambda tx: policy.uses(tx, "groups.invitation"))
    group = office.group(kind=GroupKind.EXTERNAL_TOOL, tool="QQ")
    world.write(admit(office.owner, group, office.outsider))
    assert office.state(group, office.outsider) is MemberState.ACTIVE


def test_history_all_lets_new_members_see_the_past(office: Office) -> None:
    world = office.world
    world.adopt(lambda text: text, "plain-office")
    group = office.group(group_class="team")
    world.write(admit(office.owner, group, office.outsider))
    assert office.place(group, office.outsider).visible_from > 0
    world.write(accept(office.outsider, group))
    assert (
        office.place(group, office.outsider).visible_from
        == 0
        == office.place(group, office.member).visible_from
    )


@pytest.mark.parametrize("name", ["admit", "join", "sign", "decide_join"])
def test_nobody_enters_a_closed_group(office: Office, name: str) -> None:
    world, group = office.world, office.group()
    world.write(join(office.outsider))
    publish(office, group, "一")
    world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
    verbs = {
        "admit": admit(office.owner, group, office.head),
        "sign": sign(office.member, group, 1),
        "decide_join": decide_join(office.owner, group, office.outsider, True),
    }
    if name == "join":
        office.refused(GroupNotFoundError, join(office.head))
    else:
        office.refused(GroupClosedError, verbs[name])


def test_a_closed_group_is_left_without_a_decision(office: Office) -> None:
    group = office.group()
    office.world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
    office.world.write(leave(office.member, group))
    assert office.state(group, office.member) is MemberState.LEFT
