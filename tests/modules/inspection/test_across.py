"""Several messages read as one: what takes part, and what chance alone brings together."""

import json
import re
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


@pytest.fixture(scope="module")
def pieces() -> RuleSet:
    hold = Disposition.HOLD
    kinds = ("cn_id", "bank_card", "cn_phone", "secrecy")
    return compile_ruleset([
        TermRule("sold", "ads", ("代开发票",), hold, "u"), *(PatternRule(kind, hold, "u") for kind in kinds)
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "messages"),
    [
        (("1代", "2开", "3发", "4票"), 3), (("①代", "②开", "③发", "④票"), 3), (("一、代", "二、开", "好的", "三、发", "四、票"), 4), (("(1)代开", "(2)发票"), 1),
        (("第一个字代", "第二个字开", "第三个字发", "第四个字票"), 3), (("代代", "开开", "发发", "票票"), 3), (("代代开开", "发发票票"), 1),
        (("dai", "kai", "fa", "piao"), 3), (("带", "开", "发", "漂"), 3), (("带开", "发漂"), 1), (("代", "開", "發", "票"), 3), (("1、机密", "2、★10年"), 1),
    ],
)  # fmt: skip
def test_a_disguise_is_found_in_pieces(
    pieces: RuleSet, texts: tuple[str, ...], messages: int
) -> None:
    assert not any(pieces.inspect(text).findings for text in texts)
    assert completed(pieces, *texts)[0] == messages


@pytest.mark.parametrize(
    ("texts", "kind", "word"),
    [
        (("前半段 110101", "后面是 19900307889X"), "cn_id", "19900307889X"), (("前面110101", "中间19900307", "最后889X"), "cn_id", "889X"),
        (("身份证前6位110101", "嗯", "后12位19900307889x"), "cn_id", "19900307889x"), (("后半段19900307889X", "前半段110101"), "cn_id", "110101"),
        (("前半段 62220210", "后半段 01116245702哦"), "bank_card", "01116245702"), (("手机号前三位138", "后八位00138000"), "cn_phone", "00138000"),
        (("1. 138", "2. 0013", "3. 8000"), "cn_phone", "8000"),
    ],
)  # fmt: skip
def test_a_number_is_found_behind_its_lead_ins(
    pieces: RuleSet, texts: tuple[str, ...], kind: str, word: str
) -> None:
    found = pieces.inspect_after(texts[:-1], texts[-1], pieces.inspect(texts[-1])).inspection
    assert [each.rule for each in found.findings] == [kind]
    assert found.findings[0].end == texts[-1].index(word) + len(word)
    hidden = {at for hit in found.hits for at in hit.hidden}
    assert hidden and all(texts[-1][at].isalnum() for at in hidden)
    assert hidden <= set(range(texts[-1].index(word), len(texts[-1])))


@pytest.mark.parametrize(
    ("texts", "messages", "masked"),
    [
        (("后台密码是", "abc123，别外传"), 1, "******，别外传"), (("密码：", "好的", "Guiju@2026"), 2, "*" * 10), (("身份证", "110101900307013"), 1, "110101******013"),
        (("密码是", "我明天给你"), 0, None), (("忘了密码", "我3点再试"), 0, None), (("卡号", "收到"), 0, None),
    ],
)  # fmt: skip
def test_what_a_message_announces_is_known_by_it(
    texts: tuple[str, ...], messages: int, masked: str | None
) -> None:
    kinds = ("api_key", "cn_id", "bank_card")
    rules = compile_ruleset([PatternRule(kind, Disposition.MASK, "u") for kind in kinds])
    assert completed(rules, *texts) == (messages, masked)


@pytest.mark.parametrize(
    "texts",
    [
        ("1代", "3发票"), ("9点到", "10点开会"), ("一、周报", "二、月报"), ("前面3个", "后面5个"), ("房间110101", "电话19900307889"), ("先到110101", "我等会到19900307"),
        ("带", "看下发票"), ("工号10086", "后面是13800"),
    ],
)  # fmt: skip
def test_lists_and_figures_of_ordinary_talk_pass(pieces: RuleSet, texts: tuple[str, ...]) -> None:
    assert completed(pieces, *texts)[0] == 0


@pytest.mark.parametrize("pack", ["party-run-plant", "plain-office"])
def test_real_messages_one_after_another_do_not_meet(corpus: Path, pack: str) -> None:
    path = corpus / "dev" / "fetched" / "nus_sms_zh.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    wire()
    rules = compile_ruleset(rules_of(policy.read_pack(*load_pack(pack))))
    assert len(texts) >= 5000
    short = [
        part for text in texts[:2000] for part in re.split(r"[，。！？,.!?~…\s]+", text) if part
    ]
    for each in (texts, short):
        stopped = 0
        for place, text in enumerate(each):
            found = rules.inspect_after(each[max(0, place - 6) : place], text, rules.inspect(text))
            stopped += found.inspection.disposition > Disposition.ALERT
        assert stopped / len(each) <= 0.003
