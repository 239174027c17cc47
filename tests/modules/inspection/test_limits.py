"""How much one rule set may hold."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from guiju.modules.inspection import _lexicon, _passage
from guiju.modules.inspection.cases import standard_ruleset
from guiju.modules.inspection.service import compile_ruleset
from guiju.modules.inspection.types import (
    EVERYWHERE,
    NOWHERE,
    Disposition,
    ExpressionRule,
    LinkRule,
    PatternRule,
    RiskRule,
    Rule,
    Scope,
    TermRule,
    TooManyTermsError,
)


def test_a_rule_set_holds_only_so_many_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lexicon, "MAX_TERMS", 10)
    terms = tuple(f"违规词语{chr(0x4E00 + n)}" for n in range(11))
    rules = [TermRule("d", "c", terms[:10], Disposition.HOLD, "1/messaging.content")]
    assert compile_ruleset(rules).inspect(f"看{terms[3]}").findings
    with pytest.raises(TooManyTermsError) as caught:
        compile_ruleset([TermRule("d", "c", terms, Disposition.HOLD, "1/messaging.content")])
    assert caught.value.data == {"limit": 10}


def test_a_rule_set_lists_only_so_many_domains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lexicon, "MAX_TERMS", 10)
    names = tuple(f"site-{n}.example.org" for n in range(11))
    few = compile_ruleset([LinkRule("listed", names[:10], Disposition.HOLD, "1/x")])
    assert few.inspect(names[3]).findings
    with pytest.raises(TooManyTermsError):
        compile_ruleset([LinkRule("listed", names, Disposition.HOLD, "1/x")])


def test_a_text_full_of_listed_domains_is_held() -> None:
    ruleset = compile_ruleset([LinkRule("listed", ("ev.io",), Disposition.MASK, "1/x")])
    assert ruleset.inspect("看 ev.io 和 a.ev.io").disposition is Disposition.MASK
    assert ruleset.inspect("ev.io " * 2000).disposition is Disposition.HOLD


# ---- more than is looked at -------------------------------------------------------------------------------------

ELSEWHERE = Scope(("D",))
TOO_MUCH: dict[str, tuple[Rule, str]] = {
    "terms": (TermRule("d", "fraud", ("代开发票",), Disposition.MASK, "1/a", ELSEWHERE), "代开发票，" * 501),
    "kinds": (PatternRule("person_name", Disposition.MASK, "1/a", ELSEWHERE), "".join(f"姓名：王{chr(0x4E00 + at)}，" for at in range(1500))),
    "links": (LinkRule("listed", ("ev.io",), Disposition.MASK, "1/a", ELSEWHERE), "ev.io " * 2000),
    "expressions": (ExpressionRule("e", "custom", "[0-9]元", Disposition.MASK, "1/a", ELSEWHERE), "5元" * 60),
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_MUCH)
def test_nothing_lifts_the_hold_of_a_text_that_is_not_read_to_its_end(name: str) -> None:
    rule, text = TOO_MUCH[name]
    ruleset = compile_ruleset([rule])
    inspection = ruleset.inspect(text)
    assert inspection.disposition is Disposition.HOLD and inspection.uses == ("1/a",)
    overflow = inspection.findings[0]
    assert (overflow.category, overflow.rule, overflow.word) == ("overflow", "overflow", "")
    assert (overflow.start, overflow.end) == (0, len(text))
    decided = ruleset.decide(text, inspection, NOWHERE, lambda finding: True)
    assert decided.disposition is Disposition.HOLD
    assert decided.findings == (overflow,)


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_a_rule_that_only_alerts_leaves_unread_is_an_alert(name: str) -> None:
    """A hold, or its clause, would tell the sender of the rule."""
    rule, text = TOO_MUCH[name]
    assert not isinstance(rule, RiskRule)
    secret = replace(rule, disposition=Disposition.ALERT, scope=EVERYWHERE)
    inspection = compile_ruleset([secret]).inspect(text)
    assert inspection.disposition is Disposition.DELIVER
    assert (inspection.findings, inspection.uses) == ((), ())
    assert inspection.alert_uses == ("1/a",)
    assert (0, len(text)) in {(alert.start, alert.end) for alert in inspection.alerts}


def test_an_expression_that_only_alerts_holds_nothing_for_others() -> None:
    secret = ExpressionRule("e", "custom", "[0-9]元", Disposition.ALERT, "1/a")
    open_one = ExpressionRule("f", "custom", "枪支", Disposition.BLOCK, "1/b")
    ruleset = compile_ruleset([secret, open_one])
    text = "5元" * 60
    inspection = ruleset.inspect(text)
    assert (inspection.disposition, inspection.uses) == (Disposition.DELIVER, ())
    assert inspection.alert_uses == ("1/a",)
    assert ruleset.inspect(f"{text}枪支").disposition is Disposition.BLOCK


def test_what_blocks_is_found_behind_too_much_else() -> None:
    ruleset = compile_ruleset(
        [TermRule("a", "fraud", ("代开发票",), Disposition.HOLD, "1/a"),
         TermRule("b", "weapons", ("枪支买卖",), Disposition.BLOCK, "1/b")]
    )  # fmt: skip
    text = "代开发票" * 501 + "枪支买卖"
    decided = ruleset.decide(
        text, ruleset.inspect(text), NOWHERE, lambda finding: finding.rule == "a"
    )
    assert (decided.disposition, decided.uses[0]) == (Disposition.BLOCK, "1/b")


def coded(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


MANY = ExpressionRule("e", "custom", "[0-9]元", Disposition.MASK, "1/a")
TOO_MANY = "5元 " * 60


def forbidden(disposition: Disposition) -> TermRule:
    return TermRule("b", "weapons", ("枪支买卖",), disposition, "1/b")


def hidden(disposition: Disposition) -> ExpressionRule:
    return ExpressionRule("f", "custom", "机密卷宗", disposition, "1/c")


def test_what_codes_stand_for_is_left_to_the_reviewer_of_a_text_that_is_held_unread() -> None:
    ruleset = compile_ruleset([MANY, forbidden(Disposition.HOLD), hidden(Disposition.HOLD)])
    assert ruleset.inspect(f"5元 {coded('枪支买卖')}").uses[0] == "1/b"
    inspection = ruleset.inspect(TOO_MANY + coded("枪支买卖机密卷宗"))
    assert inspection.disposition is Disposition.HOLD
    assert {finding.rule for finding in inspection.findings} == {"e", "overflow"}


@pytest.mark.parametrize("word", ["枪支买卖", "机密卷宗", "13800138000"])
def test_more_than_a_hold_is_looked_for_behind_the_codes_of_a_text_that_is_held_unread(
    word: str,
) -> None:
    """Whoever writes too much of one thing would otherwise soften what forbids another."""
    phones = PatternRule("cn_phone", Disposition.BLOCK, "1/d")
    rules: list[Rule] = [forbidden(Disposition.BLOCK), hidden(Disposition.BLOCK), phones]
    inspection = compile_ruleset([MANY, *rules]).inspect(TOO_MANY + coded(word))
    assert inspection.disposition is Disposition.BLOCK
    secret = [replace(rule, disposition=Disposition.ALERT) for rule in rules]  # type: ignore[arg-type]  # a union of them
    inspection = compile_ruleset([MANY, *secret]).inspect(TOO_MANY + coded(word))
    assert inspection.disposition is Disposition.HOLD
    assert len(inspection.alert_uses) == 1


# ---- lists of numbers -------------------------------------------------------------------------------------------

CHOSEN = random.Random(7)
EVERYTHING = standard_ruleset([])


def rows(count: int, write: Callable[[Callable[[int, int], int]], str], parted: str = "\n") -> str:
    return parted.join(write(CHOSEN.randint) for _ in range(count))


NUMBERS = {
    "integers": rows(1200, lambda n: str(n(1, 99_999)), " "),
    "pairs of digits": rows(300, lambda n: " ".join(str(n(10, 99)) for _ in range(7))),
    "addresses": rows(500, lambda n: ".".join(str(n(1, 254)) for _ in range(4))),
    "tracking numbers": rows(500, lambda n: str(n(10**12, 10**13)), " "),
    "phones": rows(600, lambda n: f"1{n(3, 9)}{n(10**8, 10**9 - 1)}"),
    "time stamps": rows(300, lambda n: f"2026-0{n(1, 9)}-{n(10, 28)} {n(10, 23)}:{n(10, 59)}:{n(10, 59)}"),
    "log": rows(90, lambda n: f"2026-0{n(1, 9)}-{n(10, 28)}T{n(10, 23)}:00:00.{n(100, 999)} 10.0.{n(0, 254)}.7 GET "
                f"/api/v{n(1, 3)}/items/{n(1, 99_999)} 200 took {n(1, 900)} ms, 用户 {n(10**7, 10**8)}"),
    "table": rows(180, lambda n: f"{n(1, 9999)},2026-0{n(1, 9)}-{n(10, 28)},产品{n(1, 50)},{n(1, 500)},{n(1, 10**6) / 100}"),
    "decimals": rows(110, lambda n: "\t".join(str(n(1, 10**7) / 10**4) for _ in range(8))),
    "mails": rows(200, lambda n: f"user{n(1, 999)}@corp.example.com, 姓名{n(1, 99)}"),
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
def test_lists_of_numbers_are_read_to_their_end(name: str) -> None:
    text = NUMBERS[name][:8000] + "\n身份证号 110101199003070134 完"
    hits = EVERYTHING.inspect(text).hits
    assert "overflow" not in {finding.category for finding in EVERYTHING.inspect(text).findings}
    assert any(text[hit.start : hit.end] == "110101199003070134" for hit in hits)


def test_all_forms_of_a_text_share_one_bound_of_effort() -> None:
    # Phones that differ, and a character by its code: the text has to be read twice. A phone costs some units in each form.
    plain = "".join(f"电话{13_800_000_000 + 7919 * n} 。" for n in range(1200))
    doubled = plain.replace(" ", " U+4E00 ")
    assert not [each for each in EVERYTHING.inspect(plain).findings if each.rule == "overflow"]
    inspection = EVERYTHING.inspect(doubled)
    overflow = [hit for hit in inspection.hits if (hit.start, hit.end) == (0, len(doubled))]
    assert len(overflow) == 1
    assert inspection.disposition >= Disposition.HOLD


def test_what_a_text_may_cost_grows_with_its_length_alone() -> None:
    assert _passage.effort_of("") == _passage.effort_of("号") == _passage.EFFORT
    assert _passage.effort_of("1" * 20_000) == _passage.effort_of("号" * 20_000) <= 7_000
