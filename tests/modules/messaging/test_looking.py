"""What the rules say of a file, without the sandbox and without a group."""

import pytest

from guiju.modules.inspection.extraction.types import FILE_NAME, Part, Reading
from guiju.modules.inspection.files import Budget
from guiju.modules.inspection.service import compile_ruleset
from guiju.modules.inspection.types import NOWHERE, Disposition, PatternRule, TermRule
from guiju.modules.messaging import looking
from guiju.modules.messaging.file_types import FileKind, Look

RULES = compile_ruleset(
    [
        TermRule("words", "abuse", ("混账东西",), Disposition.WARN, "1/a"),
        TermRule("secret", "secret", ("绝密资料",), Disposition.HOLD, "1/b"),
        PatternRule("bank_card", Disposition.MASK, "1/c"),
    ]
)


def look(*texts: str, exempt: frozenset[str] = frozenset()) -> Look:
    parts = (Part(FILE_NAME, "a.txt"), *(Part(f"part {n}", text) for n, text in enumerate(texts)))
    where = looking.Surroundings(RULES, NOWHERE, exempt, ("1/files",), frozenset())
    return looking.look(Reading("text", False, parts, (), ()), where, FileKind.FILE)


def test_a_mask_beside_a_warning_holds_a_file_and_is_named_first() -> None:
    found = look("混账东西，卡号 4111 1111 1111 1111")
    assert found.disposition is Disposition.HOLD
    assert found.uses == ("1/c", "1/a")


def test_no_exemption_lets_a_file_through_that_was_not_read_to_its_end() -> None:
    every = frozenset({"words", "secret", "bank_card"})
    text = "平" * 9000 + "混账东西，" * 600
    assert look(text, exempt=every).disposition is Disposition.HOLD
    assert look("混账东西，" * 9, exempt=every).disposition is Disposition.DELIVER


def test_a_file_whose_time_is_over_waits_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look("没什么").disposition is Disposition.DELIVER
    monkeypatch.setattr(looking, "Budget", lambda: Budget(0))
    found = look("没什么", "没什么")
    assert (found.disposition, found.uses) == (Disposition.HOLD, ("1/files",))
    assert found.gaps == (("time", FILE_NAME),)
