"""Who may do what: the one decision, and every operation that the modules declare."""

import itertools

from guiju.modules.policy import service as policy
from guiju.modules.policy._rules import is_allowed
from guiju.modules.policy.types import (
    INSIDE,
    PRESENT,
    GroupRole,
    Membership,
    MemberState,
    Operation,
)
from guiju.runtime import wire

ROLES = (
    "hr",
    "it",
    "registrar",
    "reviewer",
    "system_admin",
    "security_admin",
    "audit_admin",
    "head",
)

# Everything that is not said here is refused. Written by hand: when an operation is added or widened, this fails.
EVERYONE = {
    "policy.read", "identity.own", "directory.read", "directory.own_deputy", "followup.answer_question", "followup.say_absent", "approvals.open", "approvals.decide", "groups.apply",
    "groups.join", "groups.open_direct", "groups.block", "outages.report", "messaging.save", "notices.acknowledge",
}  # fmt: skip
BY_ROLE = {
    "policy.adopt": {"security_admin"},
    "policy.evidence": {"registrar", "reviewer", "security_admin", "audit_admin"},
    "identity.request": {"hr"},
    "identity.manage": {"it"},
    "identity.codes_of_lines": {"security_admin"},
    "identity.codes_of_security": {"audit_admin"},
    "identity.certify": {"hr"},
    "identity.suspend": {"security_admin"},
    "identity.read": {"hr", "it", "security_admin", "audit_admin"},
    "directory.edit": {"hr"},
    "directory.units": {"hr"},
    "directory.deputies": {"hr"},
    "directory.roles": {"security_admin"},
    "directory.import": {"hr"},
    "outages.keep": {"it", "system_admin"},
    "approvals.read_all": {"registrar", "audit_admin"},
    "groups.read": {"registrar", "security_admin", "audit_admin"},
    "groups.register.read": {"registrar", "security_admin", "audit_admin"},
    "groups.hand_over": {"registrar"},
    "groups.close": {"registrar"},
    "groups.set_barriers": {"security_admin"},
    "groups.read_barriers": {"security_admin", "audit_admin"},
    "messaging.review": {"reviewer"},
    "messaging.recall": {"audit_admin"},
    "messaging.decisions": {"reviewer", "security_admin", "audit_admin"},
    "inspection.govern": {"security_admin"},
    "inspection.read": {"security_admin", "audit_admin", "reviewer"},
    "messaging.review_escalated": {"security_admin", "registrar", "hr"},
    "messaging.exceptions": {"reviewer", "security_admin"},
    "messaging.read_prereviews": {"reviewer", "security_admin", "hr"},
    "notices.issue": {"registrar", "hr", "security_admin", "head"},
    "notices.issue_to_all": {"registrar", "hr", "security_admin"},
    "notices.read_all": {"security_admin", "audit_admin"},
    "bots.remove": {"security_admin"},
    "bots.read": {"registrar", "security_admin", "audit_admin"},
    "bots.webhooks": {"system_admin"},
    "bots.read_webhooks": {"system_admin", "security_admin", "audit_admin"},
    "messaging.read_metrics": {"reviewer", "security_admin", "audit_admin"},
    "messaging.read_forwards": {"audit_admin"},
    "messaging.read_frozen": {"security_admin"},
    "messaging.templates_everywhere": {"registrar", "security_admin"},
}
OWNER, ADMINISTRATOR, MEMBER = GroupRole.OWNER, GroupRole.ADMINISTRATOR, GroupRole.MEMBER
ALL = {OWNER, ADMINISTRATOR, MEMBER}
BY_PLACE = {
    "groups.read": (ALL, INSIDE),
    "groups.leave": (ALL, INSIDE),
    "groups.sign": (ALL, INSIDE),
    "groups.accept": (ALL, INSIDE),
    "groups.admit": ({OWNER, ADMINISTRATOR}, PRESENT),
    "groups.remove": ({OWNER, ADMINISTRATOR}, PRESENT),
    "groups.decide_leaving": ({OWNER}, PRESENT),
    "groups.rules": ({OWNER}, PRESENT),
    "groups.appoint": ({OWNER}, PRESENT),
    "groups.hand_over": ({OWNER}, PRESENT),
    "groups.close": ({OWNER}, PRESENT),
    "bots.ask": ({OWNER}, PRESENT),
    "bots.key": ({OWNER}, PRESENT),
    "bots.remove": ({OWNER}, PRESENT),
    "messaging.send": (ALL, PRESENT),
    "messaging.read": (ALL, PRESENT),
    "messaging.recall": (ALL, PRESENT),
    "messaging.edit": (ALL, PRESENT),
    "messaging.react": (ALL, PRESENT),
    "messaging.remind": (ALL, PRESENT),
    "messaging.pin": ({OWNER, ADMINISTRATOR}, PRESENT),
    "messaging.move": ({OWNER, ADMINISTRATOR}, PRESENT),
    "messaging.freeze": ({OWNER, ADMINISTRATOR}, PRESENT),
    "messaging.templates": ({OWNER, ADMINISTRATOR}, PRESENT),
    "messaging.urge": (ALL, PRESENT),
    "messaging.confirm_urgent": (ALL, PRESENT),
    "messaging.open_burning": (ALL, PRESENT),
    "messaging.flag": (ALL, PRESENT),
    "groups.publishers": ({OWNER, ADMINISTRATOR}, PRESENT),
    "groups.topics": ({OWNER, ADMINISTRATOR}, PRESENT),
    "groups.office_hours": ({OWNER, ADMINISTRATOR}, PRESENT),
    "followup.ask": (ALL, PRESENT),
    "followup.answer": (ALL, PRESENT),
    "followup.question": (ALL, PRESENT),
}
BY_SYSTEM_ONLY = {
    "directory.name",
    "messaging.alert",
    "notices.keep_time",
    "followup.keep_time",
    "groups.turn_barriers",
}


def test_every_operation_stands_in_the_matrix() -> None:
    wire()
    known = EVERYONE | set(BY_ROLE) | set(BY_PLACE) | BY_SYSTEM_ONLY
    assert {name for name in policy.operations() if not name.startswith("test.")} == known


def test_each_role_may_exactly_what_the_matrix_says() -> None:
    wire()
    for name, operation in policy.operations().items():
        for role in ROLES:
            expected = name in EVERYONE or role in BY_ROLE.get(name, ())
            assert is_allowed(operation, frozenset({role}), None) is expected, (name, role)
        assert is_allowed(operation, frozenset(), None) is (name in EVERYONE), name


def test_each_place_in_a_group_may_exactly_what_the_matrix_says() -> None:
    wire()
    for name, operation in policy.operations().items():
        roles, states = BY_PLACE.get(name, (set(), set()))
        for role, state in itertools.product(GroupRole, MemberState):
            expected = name in EVERYONE or (role in roles and state in states)
            found = is_allowed(operation, frozenset(), Membership(role, state, 0))
            assert found is expected, (name, role, state)


def test_a_former_member_is_nobody() -> None:
    for state in (MemberState.LEFT, MemberState.REMOVED, MemberState.UNDER_REVIEW):
        assert state not in INSIDE
    assert PRESENT < INSIDE


def test_an_operation_that_names_nobody_is_for_nobody() -> None:
    nobody = Operation("x.y")
    assert not is_allowed(nobody, frozenset(ROLES), Membership(OWNER, MemberState.ACTIVE, 0))
