"""What there is: groups, members, the register, applications. Reading only; the verbs that change stand beside it."""

from collections.abc import Mapping

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.page import Page, check_limit
from guiju.modules.approvals import service as approvals
from guiju.modules.directory import service as directory
from guiju.modules.groups import (
    _application_store,
    _direct_store,
    _place_store,
    _register,
    _rules,
    _store,
    direct,
)
from guiju.modules.groups.direct_types import IsDirectError
from guiju.modules.groups.types import (
    Application,
    ApplicationNotFoundError,
    Group,
    GroupClosedError,
    GroupKind,
    GroupNotFoundError,
    GroupRegistered,
    GroupState,
    Member,
    MemberChanged,
    MemberNotFoundError,
    RulesPublished,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import GroupRole, Membership, MemberState

apply = _store.apply


def find_group(tx: ReadTx, group: GroupId) -> Group | None:
    """A group without regard to who asks; for other modules, never for an answer to a person."""

    def load() -> Group | None:
        registered = _store.find_group(tx, group)
        pair = _direct_store.find_pair(tx, group) if registered is None else None
        return direct.as_group(tx, pair) if pair is not None else registered

    found: Group | None = tx.cached(("group", group), load)
    return found


def must_sign(tx: ReadTx, kind: GroupKind) -> bool:
    """Whether members sign the rules of such a group: where a clause wants it, and people read and write here."""
    return kind is GroupKind.INTERNAL and bool(policy.uses(tx, "groups.rules"))


def must_accept(tx: ReadTx, kind: GroupKind) -> bool:
    """Whether whoever is invited into such a group has to accept: where a clause wants it, and people write here."""
    return kind is GroupKind.INTERNAL and bool(policy.uses(tx, "groups.invitation"))


def has_new_rules(tx: ReadTx, group: Group, member: Member) -> bool:
    """Whether one who asked to leave has not signed the rules that came out meanwhile: until then they only read."""
    return (
        member.state is MemberState.LEAVING_REQUESTED
        and member.signed_version < group.rules_version
        and must_sign(tx, group.kind)
    )


def get_group(tx: ReadTx, actor: Actor, group: GroupId, operation: str = "groups.read") -> Group:
    """A group that `actor` may see; raises GroupNotFoundError, also for what exists and is not theirs."""
    found = find_group(tx, group)
    if found is None or not policy.may(tx, actor, operation, group):
        raise GroupNotFoundError("There is no such group.", group=group)
    # No office sees who talks with whom: what it oversees of it, it reads in a case.
    if found.kind is GroupKind.DIRECT and (
        actor.person is None or find_place(tx, group, actor.person) is None
    ):
        raise GroupNotFoundError("There is no such group.", group=group)
    return found


def get_open_group(tx: ReadTx, actor: Actor, group: GroupId) -> Group:
    """Like `get_group`, for what concerns rosters and rules; raises IsDirectError, or GroupClosedError for a closed one."""
    found = get_group(tx, actor, group)
    check_registered(found)
    if found.state is not GroupState.ACTIVE:
        raise GroupClosedError("The group is closed.", group=group)
    return found


def check_registered(group: Group) -> None:
    """Raises IsDirectError for a direct conversation."""
    if group.kind is GroupKind.DIRECT:
        raise IsDirectError("A direct conversation has no roster or rules.", group=group.id)


def find_member(tx: ReadTx, group: GroupId, person: PersonId) -> Member | None:
    """The person's place in the group, also a former one."""
    key = ("person", person, "member", group)
    found: Member | None = tx.cached(key, lambda: _store.find_member(tx, group, person))
    return found


def find_place(tx: ReadTx, group: GroupId, person: PersonId) -> Member | None:
    """The person's present place in the group; None for a former one."""
    member = find_member(tx, group, person)
    return None if _rules.has_left(member) else member


def get_member(tx: ReadTx, group: GroupId, person: PersonId) -> Member:
    """Raises MemberNotFoundError when the person never was in the group."""
    member = find_member(tx, group, person)
    if member is None:
        raise MemberNotFoundError("There is no such member.", person=person)
    return member


def find_membership(tx: ReadTx, group: GroupId, person: PersonId) -> Membership | None:
    """The place as policy knows it."""
    member = find_member(tx, group, person)
    return (
        Membership(member.role, member.state, member.visible_from) if member is not None else None
    )


def places_of(tx: ReadTx, person: PersonId) -> Mapping[GroupId, Member]:
    """Every place that the person has or had."""
    return _store.places_of(tx, person)


def run_by(tx: ReadTx, actor: Actor, operation: str) -> Mapping[GroupId, Member]:
    """The actor's places in the groups that are open and in which their role there lets them do something."""
    mine = {
        group: member
        for group, member in _store.places_of(tx, actor.person_id).items()
        if member.role is not GroupRole.MEMBER and policy.may(tx, actor, operation, group)
    }
    known = groups(tx, list(mine))
    return {group: mine[group] for group, one in known.items() if one.state is GroupState.ACTIVE}


def count_requests(tx: ReadTx, actor: Actor) -> tuple[Mapping[GroupId, int], Mapping[GroupId, int]]:
    """How many ask to join, and how many to leave, by group, where the actor decides it."""
    joining = _place_store.count_in(tx, run_by(tx, actor, "groups.admit"), MemberState.UNDER_REVIEW)
    leaving = run_by(tx, actor, "groups.decide_leaving")
    return joining, _place_store.count_in(tx, leaving, MemberState.LEAVING_REQUESTED)


def members(tx: ReadTx, group: GroupId) -> list[Member]:
    """All members, former ones included, in the order of their last change; for other modules."""
    return _store.members(tx, group)


def came_after(tx: ReadTx, group: GroupId, position: int) -> frozenset[PersonId]:
    """Members, former ones included, who may not see what happened in the group at `position`."""
    return _store.came_after(tx, group, position)


def list_members(tx: ReadTx, actor: Actor, group: GroupId) -> list[Member]:
    """The roster as a member or overseer sees it. Raises GroupNotFoundError."""
    get_group(tx, actor, group)
    return [member for member in _store.members(tx, group) if not _rules.has_left(member)]


def groups(tx: ReadTx, ids: list[GroupId]) -> Mapping[GroupId, Group]:
    """Several groups by id, without regard to who asks."""
    registered = _store.groups(tx, ids)
    if len(registered) == len(ids):
        return registered
    pairs = _direct_store.pairs(tx, [group for group in ids if group not in registered])
    return {**registered, **{pair.group: direct.as_group(tx, pair) for pair in pairs}}


def count_present(tx: ReadTx, ids: list[GroupId]) -> Mapping[GroupId, int]:
    """How many members each group has now."""
    return _store.count_present(tx, ids)


def with_outsiders(tx: ReadTx, ids: list[GroupId]) -> frozenset[GroupId]:
    """Those of the groups in which somebody from outside the organisation is now."""
    outside = directory.people_outside(tx)
    return _place_store.with_any_of(tx, ids, outside) if outside else frozenset()


def count_signed(tx: ReadTx, group: Group) -> int:
    """How many members have signed the present rules."""
    return _store.count_signed(tx, group.id, group.rules_version)


def rules_text(tx: ReadTx, group: Group) -> tuple[str, int] | None:
    """(text, time) of the present rules, opened from the ledger; None while there are none."""
    if group.rules_position is None:
        return None
    entry = tx.entry(group.rules_position)
    assert entry is not None, "the group names the entry of its rules"
    if isinstance(entry.fact, RulesPublished):
        return entry.fact.text, entry.at
    assert isinstance(entry.fact, GroupRegistered)
    return entry.fact.rules, entry.at


def list_register(
    tx: ReadTx,
    actor: Actor,
    *,
    state: str | None,
    group_class: str | None,
    query: str | None,
    after: int,
    limit: int,
) -> Page[Group]:
    """The register: all of it for the register office and the overseers, their units for heads.

    Raises NotAllowedError for everybody else, and BadLimitError.
    """
    scope = policy.scope(tx, actor, "groups.register.read")
    if not scope.everything and not scope.units:
        policy.require(tx, actor, "groups.register.read")
    found, total = _register.register(
        tx,
        scope,
        state=state,
        group_class=group_class,
        query=query,
        after=max(after, 0),
        limit=check_limit(limit),
    )
    return Page(found, after + len(found) < total, total)


def get_application(tx: ReadTx, actor: Actor, application: str) -> Application:
    """An application that `actor` made or whose request they may see. Raises ApplicationNotFoundError."""
    found = _application_store.find_application(tx, application)
    if found is None or (
        found.applicant != actor.person and not approvals.may_read(tx, actor, found.request)
    ):
        raise ApplicationNotFoundError("There is no such application.", application=application)
    return found


def list_applications(tx: ReadTx, actor: Actor) -> list[Application]:
    """The actor's own applications, newest first."""
    return _application_store.applications_of(tx, actor.person_id)


def check_remaining_administrators(tx: ReadTx, actor: Actor, going: Member) -> None:
    """Raises AdministratorCountError when too few administrators would remain."""
    if going.role is not GroupRole.ADMINISTRATOR:
        return
    remaining = {
        member.person
        for member in _store.members(tx, going.group)
        if member.role is GroupRole.ADMINISTRATOR
        and member.person != going.person
        and not _rules.has_left(member)
    }
    _rules.check_administrator_count(
        remaining, policy.uses(tx, "groups.administrators"), actor, going.group
    )


def reason_of(tx: ReadTx, member: Member) -> str | None:
    """The reason that stands with the member's last change, for those who decide on it."""
    if member.state not in (MemberState.UNDER_REVIEW, MemberState.LEAVING_REQUESTED):
        return None
    entry = tx.entry(member.position)
    return (
        entry.fact.reason if entry is not None and isinstance(entry.fact, MemberChanged) else None
    )
