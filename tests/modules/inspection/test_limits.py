"""How much one rule set may hold."""

import pytest

from guiju.modules.inspection import _lexicon
from guiju.modules.inspection.service import compile_ruleset
from guiju.modules.inspection.types import Disposition, LinkRule, TermRule, TooManyTermsError


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
