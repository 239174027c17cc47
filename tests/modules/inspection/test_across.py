"""Several messages read as one: what takes part, and what chance alone brings together."""

import json
from pathlib import Path

import pytest

from guiju.modules.inspection._across import MOST_PARTING, without_fillers
from guiju.modules.inspection.service import RuleSet, compile_ruleset
from guiju.modules.inspection.types import (
    Disposition,
    ExpressionRule,
    LinkRule,
    PatternRule,
    TermRule,
)
from guiju.modules.messaging.inspecting import rules_of
from guiju.modules.policy import service as policy
from guiju.runtime import load_pack, wire

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


KEY = "sk-proj-a8Kd72Jq0ZxPm4Lr9TyV3bN6"


@pytest.fixture(scope="module")
def several() -> RuleSet:
    hold = Disposition.HOLD
    kinds = ("secrecy", "api_key", "email", "plate", "cn_phone")
    return compile_ruleset([
        TermRule("sold", "ads", ("代开发票",), hold, "u"),
        LinkRule("listed", ("lucky-bet.com",), hold, "u"),
        LinkRule("shortener", (), hold, "u"),
        ExpressionRule("contract", "contract", "HT-[0-9]{4}号", hold, "u"),
        *(PatternRule(kind, hold, "u") for kind in kinds),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "rule"),
    [
        (("lucky-bet.", "com"), "listed"), (("lucky", "-bet.com"), "listed"), (("lucky-bet", "点com"), "listed"), (("去lucky-bet.", "com看"), "listed"),
        (("https://bit.", "ly/3abc"), "shortener"), (("绝", "密"), "secrecy"), (("机", "密▲10年"), "secrecy"), ((f"用{KEY[:12]}", KEY[12:]), "api_key"),
        ((KEY[:20], KEY[20:]), "api_key"), (("-----BEGIN RSA PRIV", "ATE KEY-----"), "api_key"), (("zhangsan@", "qq.com"), "email"), (("邮箱zhangsan", "@qq.com"), "email"),
        (("京A", "12345"), "plate"), (("京", "A12345"), "plate"), (("HT-", "2024号"), "contract"), (("合同HT-20", "24号"), "contract"),
        (("代开", "fapiao"), "sold"), (("daikai", "发票"), "sold"), (("dai", "kaifapiao"), "sold"),
    ],
)  # fmt: skip
def test_whatever_is_looked_for_is_found_across_a_cut(
    several: RuleSet, texts: tuple[str, ...], rule: str
) -> None:
    assert not any(several.inspect(text).findings for text in texts)
    found = several.inspect_after(texts[:-1], texts[-1], several.inspect(texts[-1]))
    assert found.messages == 1
    assert [finding.rule for finding in found.inspection.findings] == [rule]


@pytest.mark.parametrize(
    ("texts", "messages"),
    [
        (("代", "好的", "开", "嗯", "发", "收到", "票"), 6), (("代开", "好的", "哈哈哈哈", "发票"), 3), (("代开", "是", "发票"), 0),
        (("lucky-bet.", "OK", "com"), 2), (("代开", "天气", "发票"), 2), (("代开", "天气", "明天", "发票"), 3),
    ],
)  # fmt: skip
def test_chatter_in_between_is_skipped(
    several: RuleSet, texts: tuple[str, ...], messages: int
) -> None:
    assert completed(several, *texts)[0] == messages


def test_of_many_messages_of_two_characters_only_the_latest_are_skipped_one_by_one(
    several: RuleSet,
) -> None:
    asked = [*without_fillers(["代开", *["天气"] * 15])]
    assert len(asked) == 2**MOST_PARTING - 2
    assert completed(several, "代开", "天气", "明天", "后天", "发票")[0] == 0


@pytest.mark.parametrize(
    "texts", [("今天绝对", "密切关注"), ("我到了.", "com不见了"), ("see you.", "me too"), ("去京", "东买A4纸"), ("ok", "fapiao")]
)  # fmt: skip
def test_what_only_meets_passes(several: RuleSet, texts: tuple[str, ...]) -> None:
    assert completed(several, *texts)[0] == 0


@pytest.mark.parametrize("pack", ["party-run-plant", "plain-office"])
def test_real_messages_one_after_another_do_not_meet(corpus: Path, pack: str) -> None:
    path = corpus / "dev" / "fetched" / "nus_sms_zh.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    wire()
    rules = compile_ruleset(rules_of(policy.read_pack(*load_pack(pack))))
    stopped = 0
    for place, text in enumerate(texts):
        found = rules.inspect_after(texts[max(0, place - 6) : place], text, rules.inspect(text))
        stopped += found.inspection.disposition > Disposition.ALERT
    assert len(texts) >= 5000
    assert stopped / len(texts) <= 0.003
