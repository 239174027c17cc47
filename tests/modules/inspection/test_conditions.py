"""Conditions: what CEL knows of a text's surroundings, and what it refuses."""

import pytest

from guiju.modules.inspection._conditions import Condition, check_condition
from guiju.modules.inspection.types import BadConditionError, Context

HERE = Context("workshop", "internal", "owner", True, 30)


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("group.class == 'workshop' && audience.external", True),
        ("group.level in ['open', 'internal'] && audience.size < 30", False),
        ("sender.role != 'owner' || message.length > 4", True),
        ("!audience.external", False),
        ("group.class.startsWith('work')", True),
        ("audience.size % 0 == 1", True),
    ],
)
def test_a_condition_holds_or_not(source: str, holds: bool) -> None:
    assert Condition(source).holds(HERE, 5) is holds


def test_a_condition_that_cannot_be_asked_holds() -> None:
    bad = Context("\ud800", "internal", "owner", True, 30)
    assert Condition("group.class == 'workshop'").holds(bad, 5) is True


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("audience.size > 'x'", "no matching overload"),
        ("audience.sizes > 3", "undeclared reference"),
        ("audience.size", "gives INT"),
        ("(((", "Syntax error"),
        ("", "longer"),
        ("true " + "|| true " * 6000, "longer than 4096 bytes"),
        ("1 in [1].map(x, x)", "nothing runs over one"),
        ("[1, 2].all(x, x > 0)", "nothing runs over one"),
        ("[1, 2].//\nall(x, x > 0)", "has //"),
        ("1 in [1].//\nmap(x, x)", "has //"),
        ("{1: 2}.size() > 0", "has {"),
        ("main[0] > 0", "no `in` asks"),
        ("(" * 2000 + "true" + ")" * 2000, "recursion limit"),
        ("'\ud800' == ''", ""),
    ],
)
def test_a_bad_condition_is_refused_with_its_reason(source: str, reason: str) -> None:
    with pytest.raises(BadConditionError) as caught:
        Condition(source)
    assert source == "" or reason in str(caught.value.data["reason"])


@pytest.mark.parametrize(
    "source",
    [
        "group.class.matches('(')",
        "matches(group.class, 'a,b)')",
        'audience.external && sender.role.matches("a\'(b")',
        "false && group.class.matches('(' + 'x')",
        "matches(matches(group.class, 'x') ? 'a' : 'b', '*')",
        "group.class == \"matches('x')\" || group.class.matches ( '+' )",
    ],
)
def test_an_expression_that_fails_is_refused_when_it_is_saved(source: str) -> None:
    with pytest.raises(BadConditionError) as caught:
        check_condition(source)
    assert "invalid regular expression" in str(caught.value.data["reason"])
    # What was saved by an earlier version goes on, strict.
    assert Condition(source).holds(HERE, 5) in (True, False)


@pytest.mark.parametrize(
    "source",
    [
        "group.class.matches('^work(shop)?$')",
        "group.class.matches('(' + ')')",
        "sender.role.matches(group.class)",
        "group.class == \"matches('(')\"",
        "matches(group.class, r'\\d+') || audience.size % 0 == 1",
    ],
)
def test_what_an_expression_may_be_is_saved(source: str) -> None:
    check_condition(source)
