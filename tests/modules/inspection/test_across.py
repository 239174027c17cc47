"""Several messages read as one: what takes part, and what chance alone brings together."""

import pytest

from guiju.modules.inspection.service import RuleSet, compile_ruleset
from guiju.modules.inspection.types import Disposition, PatternRule

LONG = "我们下午把合同再对一遍，晚上之前一定发给你看看"


@pytest.fixture(scope="module")
def phones() -> RuleSet:
    kinds = ("cn_phone", "tw_phone", "hk_phone")
    return compile_ruleset([PatternRule(kind, Disposition.MASK, "u") for kind in kinds])


def completed(rules: RuleSet, *texts: str) -> tuple[int, str | None]:
    found = rules.inspect_after(texts[:-1], texts[-1], rules.inspect(texts[-1]))
    assert found.told == found.messages
    return found.messages, found.inspection.masked


@pytest.mark.parametrize(
    ("texts", "messages", "masked"),
    [
        (("我的电话138", "00138000"), 1, "****8000"),
        (("我的电话138", "好的", "00138000"), 2, "****8000"),
        (("我的电话138", "你等我看看", "00138000"), 0, None),
        ((f"{LONG}138", "00138000"), 0, None),
        (("价格是2350", "2000个"), 0, None),
    ],
)
def test_a_phone_number_is_joined_where_both_messages_are_short(
    phones: RuleSet, texts: tuple[str, ...], messages: int, masked: str | None
) -> None:
    assert completed(phones, *texts) == (messages, masked)
