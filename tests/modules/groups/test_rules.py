"""Pure decisions about names, numbers and states."""

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.groups import _rules
from guiju.modules.groups.types import (
    AdministratorCountError,
    Administrators,
    BadApplicationError,
    EndDate,
    GroupKind,
    Member,
    NamePattern,
    NamePatterns,
    WrongMemberStateError,
)
from guiju.modules.policy.types import Attempt, Clause, GroupRole, MemberState, Use

CLAUSE = Clause("3.2", {}, {"zh": "名称", "en": "Names"}, {"zh": "名称"}, ())
PATTERNS = Use(
    CLAUSE,
    "groups.name_pattern",
    NamePatterns(
        (NamePattern("^澄远.{2,20}工作群$", "澄远＋事项＋工作群", "澄远二号线工作群"),
         NamePattern("^澄远.{2,20}团队$", "澄远＋事项＋团队", "澄远青年团队"))
    ),
    {"zh": "改名", "en": "Rename"},
)  # fmt: skip
ME = Actor(PersonId("per_me"))


def member(
    role: GroupRole = GroupRole.MEMBER, state: MemberState = MemberState.ACTIVE, signed: int = 0
) -> Member:
    return Member(GroupId("grp"), PersonId("per"), role, state, 0, 0, signed, 0)


def codes(name: str, kind: GroupKind = GroupKind.INTERNAL, taken: bool = False) -> list[str]:
    return [problem.code for problem in _rules.name_problems(name, kind, taken, [PATTERNS])]


def test_names_follow_one_of_the_patterns() -> None:
    assert codes("澄远二号总装线工作群") == [] == codes("澄远青年突击队团队")
    for wrong in (
        "二号总装线工作群",
        "澄远工作群",
        "澄远二号总装线",
        "澄远二号总装线工作群 ",
        "x澄远二号总装线工作群",
    ):
        assert codes(wrong) == ["groups.name_pattern"], wrong
    assert codes("澄远二号\n总装线工作群") == ["groups.name_pattern"], "a dot is no line break"


def test_a_pattern_problem_shows_forms_and_clause() -> None:
    (problem,) = _rules.name_problems("小群", GroupKind.INTERNAL, False, [PATTERNS])
    assert problem.message == "澄远＋事项＋工作群 / 澄远＋事项＋团队"
    assert (
        problem.clause is not None and problem.clause["id"] == "3.2" and problem.clause["instead"]
    )


def test_groups_on_other_tools_keep_their_names() -> None:
    assert codes("老同事", GroupKind.EXTERNAL_TOOL) == []
    assert codes("群", GroupKind.EXTERNAL_TOOL) == ["groups.name_length"]


def test_length_is_counted_in_characters() -> None:
    assert "groups.name_length" in codes("澄") and "groups.name_length" in codes("澄" * 61)
    assert "groups.name_length" not in codes("澄" * 60) and "groups.name_length" not in codes(
        "😀😀"
    )


def test_all_problems_are_told_together() -> None:
    assert codes("群", taken=True) == [
        "groups.name_length",
        "groups.name_taken",
        "groups.name_pattern",
    ]


@pytest.mark.parametrize(
    ("regex", "example"), [("(", "x"), ("^a$", "b"), ("(?=a)a", "a"), ("(a)\\1", "aa")]
)
def test_a_pattern_must_be_linear_and_fit_its_own_example(regex: str, example: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|example"):
        _rules.check_patterns(NamePatterns((NamePattern(regex, "格式", example),)))


def test_bounds_of_parameters() -> None:
    for low, high in ((-1, 2), (3, 2), (0, 51)):
        with pytest.raises(ValueError, match="min"):
            _rules.check_administrators(Administrators(low, high))
    _rules.check_administrators(Administrators(0, 0))
    for days in (-1, 61):
        with pytest.raises(ValueError, match="remind_working_days"):
            _rules.check_end_date(EndDate(days))
    _rules.check_end_date(EndDate(0))


def test_administrator_count_names_clause_and_attempt() -> None:
    use = Use(CLAUSE, "groups.administrators", Administrators(1, 2), None)
    people = [PersonId(f"per_{n}") for n in range(3)]
    for ok in (people[:1], people[:2]):
        _rules.check_administrator_count(ok, [use], ME, None)
    for wrong in ([], people):
        with pytest.raises(AdministratorCountError) as caught:
            _rules.check_administrator_count(wrong, [use], ME, GroupId("grp_x"))
        expected = Attempt(
            ME, "groups.appoint", GroupId("grp_x"), use.id, "groups.administrator_count"
        )
        assert caught.value.attempt == expected
        assert caught.value.data["given"] == len(wrong)
    _rules.check_administrator_count(people, [], ME, None)


def test_states() -> None:
    assert _rules.state_after_admission(0, True) is MemberState.ACTIVE
    assert _rules.state_after_admission(1, True) is MemberState.MUST_SIGN
    assert _rules.state_after_admission(1, False) is MemberState.ACTIVE
    assert _rules.state_after_staying(member(signed=1), 2, True) is MemberState.MUST_SIGN
    assert _rules.state_after_staying(member(signed=2), 2, True) is MemberState.ACTIVE
    assert _rules.state_after_staying(member(signed=1), 2, False) is MemberState.ACTIVE
    assert _rules.has_left(None) and _rules.has_left(member(state=MemberState.LEFT))
    assert _rules.has_left(member(state=MemberState.REMOVED))
    assert not _rules.has_left(member(state=MemberState.UNDER_REVIEW))
    _rules.check_state(member(), MemberState.ACTIVE)
    with pytest.raises(WrongMemberStateError) as caught:
        _rules.check_state(member(), MemberState.MUST_SIGN)
    assert caught.value.data == {"state": "active"}
    with pytest.raises(BadApplicationError):
        _rules.check_not_owner(member(GroupRole.OWNER))


def test_short_names_lose_the_prefix_only() -> None:
    assert _rules.short_name("澄远二号线工作群", "澄远") == "二号线工作群"
    assert _rules.short_name("澄远", "澄远") == "澄远"
    assert _rules.short_name("二号线", "") == "二号线"
