"""How much one rule set may hold."""

import pytest

from guiju.modules.inspection import _lexicon
from guiju.modules.inspection.service import compile_ruleset
from guiju.modules.inspection.types import (
    NOWHERE,
    Disposition,
    ExpressionRule,
    LinkRule,
    PatternRule,
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
    ruleset = compile_ruleset([LinkRule("listed", ("evil.org",), Disposition.MASK, "1/x")])
    assert ruleset.inspect("看 evil.org 和 a.evil.org").disposition is Disposition.MASK
    assert ruleset.inspect("evil.org " * 2000).disposition is Disposition.HOLD


# ---- more than is looked at -------------------------------------------------------------------------------------

ELSEWHERE = Scope(("D",))
TOO_MUCH: dict[str, tuple[Rule, str]] = {
    "terms": (TermRule("d", "fraud", ("代开发票",), Disposition.MASK, "1/a", ELSEWHERE), "代开发票，" * 501),
    "kinds": (PatternRule("cn_phone", Disposition.MASK, "1/a", ELSEWHERE), "13800138000 " * 1600),
    "links": (LinkRule("listed", ("evil.org",), Disposition.MASK, "1/a", ELSEWHERE), "evil.org " * 2000),
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
