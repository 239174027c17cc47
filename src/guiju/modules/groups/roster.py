"""Who is in a group: asking, admitting, signing, leaving, removing."""

from collections import deque
from collections.abc import Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.groups import _register, _rules, barriers, service
from guiju.modules.groups.applying import check_certified
from guiju.modules.groups.types import (
    AlreadyMemberError,
    Group,
    GroupNotFoundError,
    GroupState,
    JoinTooOftenError,
    Member,
    MemberChanged,
    OwnerNeededError,
    StaleRulesError,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import GroupRole, MemberState, NotAllowedError

MOST_WRONG_NUMBERS = 10


def admit(tx: WriteTx, actor: Actor, group_id: GroupId, people: Sequence[PersonId]) -> list[Member]:
    """Admit people by the owner's or an administrator's decision; where a clause wants it, invite them to accept.

    Raises GroupNotFoundError, GroupClosedError, NotAllowedError, AlreadyMemberError, MembersBarredError or
    NotCertifiedError.
    """
    group = service.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.admit", group_id).under(
        *policy.use_ids(tx, "groups.admission")
    )
    barriers.check_together(tx, people, group_id)
    for person in dict.fromkeys(people):
        check_certified(tx, person)
        member = service.find_member(tx, group_id, person)
        if not _rules.has_left(member):
            raise AlreadyMemberError("This person is in the group already.", person=person)
        if service.must_accept(tx, group.kind):
            _record_invitation(tx, permit, group, person)
        else:
            _record_admission(tx, permit, group, person, None)
    return service.list_members(tx, actor, group_id)


def accept_invitation(tx: WriteTx, actor: Actor, group_id: GroupId) -> Group:
    """Become a member by accepting; rules that must be signed come first. Declining is `ask_to_leave`.

    Raises GroupNotFoundError, GroupClosedError, WrongMemberStateError or NotCertifiedError.
    """
    group = service.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.accept", group_id).under(
        *policy.use_ids(tx, "groups.invitation")
    )
    member = service.get_member(tx, group_id, actor.person_id)
    _rules.check_state(member, MemberState.INVITED)
    check_certified(tx, member.person)
    barriers.check_together(tx, [member.person], group_id)
    _record_admission(tx, permit, group, member.person, None)
    return group


def ask_to_join(tx: WriteTx, actor: Actor, *, filing_number: str, reason: str) -> Group:
    """Ask to be admitted, by the filing number that a colleague gave.

    Raises GroupNotFoundError, AlreadyMemberError or JoinTooOftenError.
    """
    permit = policy.require(tx, actor, "groups.join")
    wrong = _check_guessing(tx, actor.person_id)
    group = _register.find_by_filing_number(tx, filing_number)
    if group is None or group.state is not GroupState.ACTIVE:
        wrong.append(tx.now)  # the numbers follow one another, so they could be tried in turn
        raise GroupNotFoundError("There is no group with this number.")
    if not _rules.has_left(service.find_member(tx, group.id, actor.person_id)):
        raise AlreadyMemberError("You are in the group, or have asked already.")
    tx.record(
        permit,
        MemberChanged(
            group.id,
            actor.person_id,
            MemberState.UNDER_REVIEW,
            GroupRole.MEMBER,
            None,
            None,
            reason,
        ),
    )
    return group


def _check_guessing(tx: WriteTx, person: PersonId) -> deque[int]:
    """When the person named numbers that are nobody's in the last hour. Raises JoinTooOftenError."""
    wrong: deque[int] = tx.kept(("joins", person), deque)
    while wrong and wrong[0] <= tx.now - HOUR:
        wrong.popleft()
    if len(wrong) >= MOST_WRONG_NUMBERS:
        wait = (wrong[0] + HOUR - tx.now + 999) // 1000
        raise JoinTooOftenError("Too many wrong filing numbers in an hour.", retry_after=wait)
    return wrong


def decide_join(
    tx: WriteTx, actor: Actor, group_id: GroupId, person: PersonId, *, admits: bool, reason: str
) -> list[Member]:
    """Decide on one who asked to join. Raises GroupNotFoundError, MemberNotFoundError, WrongMemberStateError."""
    group = service.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.admit", group_id).under(
        *policy.use_ids(tx, "groups.admission")
    )
    member = service.get_member(tx, group_id, person)
    _rules.check_state(member, MemberState.UNDER_REVIEW)
    if admits:
        check_certified(tx, person)
        barriers.check_together(tx, [person], group_id)
        _record_admission(tx, permit, group, person, reason or None)
    else:
        _record_change(tx, permit, member, MemberState.REMOVED, reason)
    return service.list_members(tx, actor, group_id)


def _record_admission(
    tx: WriteTx, permit: Permit, group: Group, person: PersonId, reason: str | None
) -> None:
    must_sign = service.must_sign(tx, group.kind)
    state = _rules.state_after_admission(group.rules_version, must_sign)
    permit = permit.under(*policy.use_ids(tx, "identity.certified"))
    history = _history_of(tx, group)
    tx.record(
        permit, MemberChanged(group.id, person, state, GroupRole.MEMBER, history, None, reason)
    )


def _history_of(tx: ReadTx, group: Group) -> str:
    """What one who comes into the group sees of its past, by its class."""
    classes = policy.get_pack(tx).classes
    return next((c.history for c in classes if c.id == group.group_class), "none")


def _record_invitation(tx: WriteTx, permit: Permit, group: Group, person: PersonId) -> None:
    """Whoever comes back after leaving starts anew: without `none` they kept what they saw until then."""
    permit = permit.under(
        *policy.use_ids(tx, "groups.invitation"), *policy.use_ids(tx, "identity.certified")
    )
    invited = MemberState.INVITED
    tx.record(
        permit, MemberChanged(group.id, person, invited, GroupRole.MEMBER, "none", None, None)
    )


def _record_change(
    tx: WriteTx, permit: Permit, member: Member, state: MemberState, reason: str | None = None
) -> None:
    tx.record(
        permit, MemberChanged(member.group, member.person, state, member.role, None, None, reason)
    )


def sign_rules(tx: WriteTx, actor: Actor, group_id: GroupId, *, version: int) -> Group:
    """Sign the group's rules; from then on the member reads and writes.

    Raises GroupNotFoundError, WrongMemberStateError or StaleRulesError.
    """
    group = service.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.sign", group_id).under(
        *policy.use_ids(tx, "groups.rules")
    )
    member = service.get_member(tx, group_id, actor.person_id)
    if version != group.rules_version:
        raise StaleRulesError(
            "The rules have changed; read them again.", version=group.rules_version
        )
    leaves = service.has_new_rules(tx, group, member)
    if not leaves:
        _rules.check_state(member, MemberState.MUST_SIGN)
    reason = service.reason_of(tx, member) if leaves else None
    state = MemberState.LEAVING_REQUESTED if leaves else MemberState.ACTIVE
    tx.record(
        permit, MemberChanged(group_id, member.person, state, member.role, None, version, reason)
    )
    return group


def ask_to_leave(tx: WriteTx, actor: Actor, group_id: GroupId, *, reason: str) -> Group:
    """Leave, or ask to where a clause wants the owner's decision.

    Raises GroupNotFoundError, IsDirectError, OwnerNeededError or WrongMemberStateError.
    """
    group = service.get_group(tx, actor, group_id)
    service.check_registered(group)
    permit = policy.require(tx, actor, "groups.leave", group_id)
    member = service.get_member(tx, group_id, actor.person_id)
    _check_not_owner(tx, member)
    _rules.check_state(member, MemberState.ACTIVE, MemberState.MUST_SIGN, MemberState.INVITED)
    decided = policy.use_ids(tx, "groups.leaving") if group.state is GroupState.ACTIVE else ()
    state = (
        MemberState.LEAVING_REQUESTED
        if decided and member.state is MemberState.ACTIVE
        else MemberState.LEFT
    )
    if state is MemberState.LEFT:
        service.check_remaining_administrators(tx, actor, member)
    _record_change(tx, permit.under(*decided), member, state, reason)
    return group


def decide_leaving(
    tx: WriteTx, actor: Actor, group_id: GroupId, person: PersonId, *, approves: bool, reason: str
) -> list[Member]:
    """Let one who asked go, or have them stay. Raises GroupNotFoundError, WrongMemberStateError."""
    group = service.get_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.decide_leaving", group_id)
    member = service.get_member(tx, group_id, person)
    _rules.check_state(member, MemberState.LEAVING_REQUESTED)
    if approves:
        service.check_remaining_administrators(tx, actor, member)
        state = MemberState.LEFT
    else:
        state = _rules.state_after_staying(
            member, group.rules_version, service.must_sign(tx, group.kind)
        )
    _record_change(tx, permit.under(*policy.use_ids(tx, "groups.leaving")), member, state, reason)
    return service.list_members(tx, actor, group_id)


def remove(
    tx: WriteTx, actor: Actor, group_id: GroupId, person: PersonId, *, reason: str
) -> list[Member]:
    """Remove another member, with a reason.

    Raises GroupNotFoundError, NotAllowedError, MemberNotFoundError, OwnerNeededError, WrongMemberStateError or
    AdministratorCountError.
    """
    service.get_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.remove", group_id).under(
        *policy.use_ids(tx, "groups.removal")
    )
    member = service.get_member(tx, group_id, person)
    if member.person == actor.person and not _rules.is_owner(member):
        raise NotAllowedError("Who wants to go asks to leave.", operation="groups.remove")
    _check_not_owner(tx, member)
    _rules.check_state(
        member,
        MemberState.ACTIVE,
        MemberState.MUST_SIGN,
        MemberState.INVITED,
        MemberState.LEAVING_REQUESTED,
    )
    service.check_remaining_administrators(tx, actor, member)
    _record_change(tx, permit, member, MemberState.REMOVED, reason)
    return service.list_members(tx, actor, group_id)


def _check_not_owner(tx: ReadTx, member: Member) -> None:
    if _rules.is_owner(member):
        uses = policy.uses(tx, "groups.owner")
        raise OwnerNeededError(
            "The owner hands over first.", clause=uses[0].mark() if uses else None
        )
