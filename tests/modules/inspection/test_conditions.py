"""Conditions: what CEL knows of a text's surroundings, and what it refuses."""

import pytest

from guiju.modules.inspection._conditions import Condition
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


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("audience.size > 'x'", "no matching overload"),
        ("audience.sizes > 3", "undeclared reference"),
        ("audience.size", "gives INT"),
        ("(((", "Syntax error"),
        ("", "longer"),
        ("true " + "|| true " * 6000, "longer than 4096 bytes"),
        ("[1, 2].all(x, x > 0)", "nothing runs over one"),
        ("(" * 2000 + "true" + ")" * 2000, "recursion limit"),
        ("'\ud800' == ''", ""),
    ],
)
def test_a_bad_condition_is_refused_with_its_reason(source: str, reason: str) -> None:
    with pytest.raises(BadConditionError) as caught:
        Condition(source)
    assert source == "" or reason in str(caught.value.data["reason"])
