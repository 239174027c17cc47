"""Groups as JSON (docs/protocol.md)."""

from collections.abc import Sequence
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, is_bot
from guiju.modules.approvals import service as approvals
from guiju.modules.directory import service as directory
from guiju.modules.groups import _rules, cards, service
from guiju.modules.groups.types import Administrators, Application, Group, Member
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT, GroupRole, MemberState

Json = dict[str, Any]


def detail(tx: ReadTx, group: Group, actor: Actor) -> Json:
    roster = [member for member in service.members(tx, group.id) if not _rules.has_left(member)]
    administrators = [member.person for member in roster if member.role is GroupRole.ADMINISTRATOR]
    rules = service.rules_text(tx, group)
    history = next(
        (c.history for c in policy.get_pack(tx).classes if c.id == group.group_class), "none"
    )
    return cards.card_for(tx, group, actor) | {
        "purpose": group.purpose,
        "scope": group.scope,
        "owner": directory.person_mark(tx, group.owner) if group.owner is not None else None,
        "administrators": [directory.person_mark(tx, person) for person in administrators],
        "publishers": [
            directory.person_mark(tx, one) for one in group.publishers if not is_bot(one)
        ],
        "publishing_bots": [one for one in group.publishers if is_bot(one)],
        "end_date": group.end_date,
        "registered_at": group.registered_at,
        "unit": {"id": group.unit, "name": directory.unit_name(tx, group.unit)}
        if group.unit
        else None,
        "history": history,
        "rules": None
        if rules is None
        else {
            "version": group.rules_version,
            "text": rules[0],
            "published_at": rules[1],
            "signed": service.count_signed(tx, group),
        },
        "position": tx.position,
    }


def roster(tx: ReadTx, actor: Actor, group: GroupId, members: Sequence[Member]) -> Json:
    """The roster; why somebody asked to join is for those who decide, and for that person, and so is that they ask to leave.

    All others see nothing that moves by it, also no time of a last change, and who has new rules to sign like the rest.
    """
    admits = policy.may(tx, actor, "groups.admit", group)
    lets_go = policy.may(tx, actor, "groups.decide_leaving", group)

    def told(member: Member) -> bool:
        leaves = member.state is MemberState.LEAVING_REQUESTED
        return (lets_go if leaves else admits) or member.person == actor.person

    known = service.find_group(tx, group)
    assert known is not None, "its members were read"

    def seen(member: Member) -> MemberState:
        if member.state is not MemberState.LEAVING_REQUESTED or told(member):
            return member.state
        signs = service.has_new_rules(tx, known, member)
        return MemberState.MUST_SIGN if signs else MemberState.ACTIVE

    people = [member.person for member in members]
    marks, spelled = directory.person_marks(tx, people), directory.spellings_of(tx, people)
    return {
        "members": [
            {
                "person": marks[member.person],
                "spelled": spelled.get(member.person, []),
                "role": member.role,
                "state": seen(member),
                "reason": service.reason_of(tx, member) if told(member) else None,
            }
            for member in members
        ],
        "position": tx.position,
    }


def register_row(tx: ReadTx, group: Group, actor: Actor) -> Json:
    places = [member for member in service.members(tx, group.id) if not _rules.has_left(member)]
    present = [member for member in places if member.state in PRESENT]
    administrators = sum(member.role is GroupRole.ADMINISTRATOR for member in present)
    use = policy.first_use(tx, "groups.administrators")
    bounds = use.params if use is not None else Administrators(0, 50)
    assert isinstance(bounds, Administrators)
    assert group.owner is not None, "a registered group has an owner"
    signed = service.count_signed(tx, group) if group.rules_version else 0
    outside = not directory.people_outside(tx).isdisjoint(member.person for member in present)
    mine = service.find_place(tx, group.id, actor.person_id)
    return cards.card(tx, group, mine, len(present), outside=outside) | {
        "owner": directory.person_mark(tx, group.owner),
        "registered_at": group.registered_at,
        "end_date": group.end_date,
        "unit": {"id": group.unit, "name": directory.unit_name(tx, group.unit)},
        "health": {
            "owner": "good" if any(member.person == group.owner for member in present) else "wrong",
            "administrators": "good" if bounds.min <= administrators <= bounds.max else "wrong",
            "rules": "none"
            if not group.rules_version or not service.must_sign(tx, group.kind)
            else "good"
            if signed == len(places)
            else "near",
        },
    }


def application(tx: ReadTx, actor: Actor, made: Application) -> Json:
    return subject(tx, made) | {
        "id": made.id,
        "state": made.state,
        "applicant": directory.person_mark(tx, made.applicant),
        "applied_at": made.applied_at,
        "group_id": made.group,
        "filing_number": made.filing_number,
        "request": approvals.to_json(tx, actor, approvals.get_request(tx, actor, made.request)),
    }


def subject(tx: ReadTx, made: Application) -> Json:
    """What was applied for, as the approvers read it."""
    stated = made.stated
    return {
        "name": stated.name,
        "purpose": stated.purpose,
        "scope": stated.scope,
        "class": {"id": stated.group_class, "title": cards.class_title(tx, stated.group_class)},
        "level": cards.level(tx, stated.level),
        "kind": stated.kind,
        "tool": stated.tool,
        "owner": directory.person_mark(tx, stated.owner),
        "administrators": [directory.person_mark(tx, person) for person in stated.administrators],
        "members": [directory.person_mark(tx, person) for person in stated.members],
        "end_date": stated.end_date,
        "rules": stated.rules,
        "unit": {"id": made.unit, "name": directory.unit_name(tx, made.unit)},
    }


def options(tx: ReadTx) -> Json:
    """What an applicant chooses from."""
    pack = policy.get_pack(tx)
    patterns = [
        {"zh": pattern.zh, "example": pattern.example}
        for use in policy.uses(tx, "groups.name_pattern")
        for pattern in use.params.patterns
    ]
    use = policy.first_use(tx, "groups.administrators")
    bounds = use.params if use is not None else Administrators(0, 50)
    return {
        "classes": [
            {
                "id": known.id, "title": known.title, "about": known.about, "history": known.history,
                "name_hint": patterns[0]["example"] if patterns else None, "patterns": patterns,
            }
            for known in pack.classes
        ],
        "levels": [{"id": level.id, "title": level.title, "rank": level.rank} for level in pack.levels],
        "tools": [tool for use in policy.uses(tx, "groups.external_tools") for tool in use.params.tools],
        "administrators": {"min": bounds.min, "max": bounds.max},
        "rules_signed": bool(policy.uses(tx, "groups.rules")),
    }  # fmt: skip
