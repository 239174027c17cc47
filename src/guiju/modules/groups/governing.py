"""Running a group: its rules, administrators, owner, and its end."""

from collections.abc import Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import _rules, service
from guiju.modules.groups.applying import check_certified
from guiju.modules.groups.types import (
    AdministratorsSet,
    Group,
    GroupClosed,
    OwnerSet,
    RulesPublished,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import MemberState


def publish_rules(tx: WriteTx, actor: Actor, group_id: GroupId, *, text: str) -> Group:
    """Put new rules in force; where a clause wants it, every member signs them before going on.

    Raises GroupNotFoundError, GroupClosedError or NotAllowedError.
    """
    group = service.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.rules", group_id)
    must_sign = service.must_sign(tx, group.kind)
    uses = policy.use_ids(tx, "groups.rules") if must_sign else ()
    fact = RulesPublished(group_id, group.rules_version + 1, must_sign, text)
    tx.record(permit.under(*uses), fact)
    return service.get_group(tx, actor, group_id)


def set_administrators(
    tx: WriteTx, actor: Actor, group_id: GroupId, people: Sequence[PersonId]
) -> Group:
    """Name the administrators, in all.

    Raises GroupNotFoundError, GroupClosedError, NotAllowedError, MemberNotFoundError, WrongMemberStateError,
    NotCertifiedError, BadApplicationError for the owner, or AdministratorCountError, which is recorded as an attempt.
    """
    service.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.appoint", group_id)
    chosen = tuple(dict.fromkeys(people))
    for person in chosen:
        member = service.get_member(tx, group_id, person)
        _rules.check_state(member, MemberState.ACTIVE)
        _rules.check_not_owner(member)
        check_certified(tx, person)
    uses = policy.uses(tx, "groups.administrators")
    _rules.check_administrator_count(chosen, uses, actor, group_id)
    tx.record(permit.under(*(use.id for use in uses)), AdministratorsSet(group_id, chosen))
    return service.get_group(tx, actor, group_id)


def set_owner(tx: WriteTx, actor: Actor, group_id: GroupId, person: PersonId) -> Group:
    """Hand the group over to an active member; the former owner stays a member.

    Raises GroupNotFoundError, GroupClosedError, NotAllowedError, MemberNotFoundError, WrongMemberStateError,
    NotCertifiedError, BadApplicationError for the owner, or AdministratorCountError when the new owner is an
    administrator whom the group cannot spare.
    """
    service.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.hand_over", group_id)
    member = service.get_member(tx, group_id, person)
    _rules.check_state(member, MemberState.ACTIVE)
    _rules.check_not_owner(member)
    check_certified(tx, person)
    service.check_remaining_administrators(tx, actor, member)
    tx.record(permit.under(*policy.use_ids(tx, "groups.owner")), OwnerSet(group_id, person))
    return service.get_group(tx, actor, group_id)


def close(
    tx: WriteTx, actor: Actor, group_id: GroupId, *, reason: str, uses: tuple[str, ...] = ()
) -> Group:
    """Close the group: its members go on reading, nobody writes.

    Raises GroupNotFoundError, GroupClosedError or NotAllowedError.
    """
    service.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.close", group_id)
    tx.record(permit.under(*uses), GroupClosed(group_id, reason))
    tx.cancel("groups.end", group_id)
    return service.get_group(tx, actor, group_id)
