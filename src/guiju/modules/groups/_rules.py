"""Pure decisions about names, administrators and members."""

import re
from collections.abc import Collection, Sequence

import re2

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.text import find_invisible
from guiju.modules.groups.types import (
    AdministratorCountError,
    Administrators,
    BadApplicationError,
    EndDate,
    GroupKind,
    Member,
    NamePatterns,
    NameProblem,
    Register,
    WrongMemberStateError,
)
from guiju.modules.policy.types import Attempt, GroupRole, MemberState, Use

SHORTEST_NAME, LONGEST_NAME = 2, 60
_FILING_NUMBER = re.compile(
    r"[^{}\x00-\x1f]*(\{year\}[^{}\x00-\x1f]*\{serial(:0[1-9]d)?\})[^{}\x00-\x1f]*"
)


def check_patterns(params: NamePatterns) -> None:
    """ValueError when a pattern is not RE2 or its own example does not fit."""
    for pattern in params.patterns:
        try:
            fits = re2.fullmatch(pattern.regex, pattern.example) is not None
        except re2.error as error:
            raise ValueError(f"`{pattern.regex}` is not a pattern: {error}") from error
        if not fits:
            raise ValueError(f"the example `{pattern.example}` does not fit `{pattern.regex}`")


def check_administrators(params: Administrators) -> None:
    if not 0 <= params.min <= params.max <= 50:
        raise ValueError("`min` and `max` must be 0 to 50, in this order")


def check_register(params: Register) -> None:
    """ValueError unless every serial of every year gives a number of its own."""
    if len(params.number) > 80 or _FILING_NUMBER.fullmatch(params.number) is None:
        raise ValueError(
            "`number` holds `{year}` and then `{serial}` or `{serial:04d}`, in up to 80 characters"
        )


def check_end_date(params: EndDate) -> None:
    if not 0 <= params.remind_working_days <= 60:
        raise ValueError("`remind_working_days` is 0 to 60")


def name_problems(
    name: str, kind: GroupKind, taken: bool, uses: Sequence[Use]
) -> list[NameProblem]:
    """Everything that is wrong with a name. Patterns bind the groups that live here, not those on other tools."""
    problems = []
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
        message = f"A name has {SHORTEST_NAME} to {LONGEST_NAME} characters."
        problems.append(NameProblem("groups.name_length", message, None))
    hidden = find_invisible(name)
    if hidden is not None:
        message = f"A name holds no invisible characters; this one has {hidden}."
        problems.append(NameProblem("groups.name_invisible", message, None))
    if taken:
        problems.append(NameProblem("groups.name_taken", "Another group has this name.", None))
    for use in uses if kind is GroupKind.INTERNAL else ():
        assert isinstance(use.params, NamePatterns)
        if not any(re2.fullmatch(pattern.regex, name) for pattern in use.params.patterns):
            wanted = " / ".join(pattern.zh for pattern in use.params.patterns)
            problems.append(NameProblem("groups.name_pattern", wanted, dict(use.mark())))
    return problems


def check_administrator_count(
    administrators: Collection[PersonId], uses: Sequence[Use], actor: Actor, group: GroupId | None
) -> None:
    """Raises AdministratorCountError, to be recorded as an attempt, when a clause wants more or fewer."""
    for use in uses:
        assert isinstance(use.params, Administrators)
        if not use.params.min <= len(administrators) <= use.params.max:
            attempt = Attempt(actor, "groups.appoint", group, use.id, AdministratorCountError.code)
            raise AdministratorCountError(
                f"A group has {use.params.min} to {use.params.max} administrators.",
                attempt=attempt,
                clause=use.mark(),
                min=use.params.min,
                max=use.params.max,
                given=len(administrators),
            )


def check_state(member: Member, *allowed: MemberState) -> None:
    """Raises WrongMemberStateError unless the member is in one of the states."""
    if member.state not in allowed:
        raise WrongMemberStateError("This member's state does not allow that.", state=member.state)


def state_after_admission(rules_version: int, must_sign: bool) -> MemberState:
    """Where a person who was admitted stands: rules that must be signed come before the first message."""
    return MemberState.MUST_SIGN if must_sign and rules_version else MemberState.ACTIVE


def state_after_staying(member: Member, rules_version: int, must_sign: bool) -> MemberState:
    """Where a member stands who asked to leave and stays: rules may have come out meanwhile."""
    unsigned = must_sign and member.signed_version < rules_version and not is_owner(member)
    return MemberState.MUST_SIGN if unsigned else MemberState.ACTIVE


def short_name(name: str, prefix: str) -> str:
    """The name without the prefix that the rule prescribes: it is the same on every row."""
    return name.removeprefix(prefix) or name


def has_left(member: Member | None) -> bool:
    return member is None or member.state in (MemberState.LEFT, MemberState.REMOVED)


def is_owner(member: Member) -> bool:
    return member.role is GroupRole.OWNER


def check_not_owner(member: Member) -> None:
    """Raises BadApplicationError for the owner, who is not an administrator too."""
    if is_owner(member):
        raise BadApplicationError("The owner is not an administrator too.", field="person_ids")
