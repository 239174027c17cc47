"""The rule set as a whole: versions, expressions, any text, bounded work."""

import random
import time

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.modules.inspection import _expressions, service
from guiju.modules.inspection._expressions import ExpressionIndex, candidates
from guiju.modules.inspection._relaxed import relaxed
from guiju.modules.inspection.types import (
    BadExpressionError,
    Disposition,
    ExpressionRule,
    PatternRule,
    Rule,
    TermRule,
    TextNotUnicodeError,
    UnknownDispositionError,
)
from tests.support.work import calls_of

TERMS = TermRule("d", "c", ("傻逼", "博彩平台", "casino", "机密★"), Disposition.MASK, "1/t")
KINDS = [PatternRule(kind, Disposition.MASK, "2/n") for kind in service.KINDS]
RULES: list[Rule] = [TERMS, *KINDS]
RULESET = service.compile_ruleset(RULES)
PIECES = st.sampled_from(
    ["傻", "逼", "博彩", "平台", "casino", "机密", "★", " ", "~", "\u200b", "\n", "。", "😀", "𠮷",
     "1", "3", "8", "13800138000", "4000000000000002", "x", "é", "\u0301", "\U000e0041", "臺"]
)  # fmt: skip


def expression(text: str, disposition: Disposition = Disposition.WARN) -> ExpressionRule:
    return ExpressionRule("e1", "custom", text, disposition, "3/e")


class TestInspect:
    @given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
    @settings(max_examples=400, deadline=None)
    def test_any_text_gets_findings_within_it_and_a_mask_of_its_length(self, text: str) -> None:
        inspection = RULESET.inspect(text)
        for finding in inspection.findings:
            assert 0 <= finding.start < finding.end <= len(text)
        assert (inspection.masked is None) == (not inspection.findings)
        if inspection.masked is not None:
            assert len(inspection.masked) == len(text)
            hidden = {i for f in inspection.findings for i in range(f.start, f.end)}
            for place, (old, new) in enumerate(zip(text, inspection.masked, strict=True)):
                assert old == new or (new == "*" and place in hidden)

    def test_unpaired_surrogates_are_refused(self) -> None:
        with pytest.raises(TextNotUnicodeError):
            RULESET.inspect("傻\ud800逼")

    def test_the_strictest_disposition_wins_and_every_use_is_named_once(self) -> None:
        ruleset = service.compile_ruleset(
            [*RULES, TermRule("x", "y", ("内部稿",), Disposition.BLOCK, "9/b")]
        )
        inspection = ruleset.inspect("内部稿 13800138000 13900139000 傻逼")
        assert inspection.disposition is Disposition.BLOCK
        assert inspection.uses == ("9/b", "2/n", "1/t")
        assert inspection.masked == "内部稿 138****8000 139****9000 **"

    def test_more_findings_than_listed_still_count(self) -> None:
        inspection = RULESET.inspect("傻逼，" * 500)
        assert len(inspection.findings) == 200
        assert inspection.masked == "**，" * 500

    def test_dispositions_are_named(self) -> None:
        assert Disposition.of("hold") is Disposition.HOLD
        assert Disposition.strictest([]) is Disposition.DELIVER
        with pytest.raises(UnknownDispositionError):
            Disposition.of("shout")


class TestVersion:
    def test_the_order_of_rules_and_terms_does_not_change_it(self) -> None:
        again = TermRule("d", "c", tuple(reversed(TERMS.terms)), TERMS.disposition, TERMS.use)
        assert service.compile_ruleset([*reversed(KINDS), again]).version == RULESET.version

    @pytest.mark.parametrize(
        "other",
        [
            TermRule("d", "c", TERMS.terms[1:], Disposition.MASK, "1/t"),
            TermRule("d", "c", TERMS.terms, Disposition.HOLD, "1/t"),
            TermRule("d", "c", TERMS.terms, Disposition.MASK, "1/u"),
            TermRule("d2", "c", TERMS.terms, Disposition.MASK, "1/t"),
        ],
    )
    def test_any_other_rule_changes_it(self, other: TermRule) -> None:
        assert service.compile_ruleset([other, *KINDS]).version != RULESET.version

    def test_it_has_sixteen_hexadecimal_digits(self) -> None:
        assert len(RULESET.version) == 16
        assert int(RULESET.version, 16) >= 0


class TestExpressions:
    def test_a_match_has_offsets_in_code_points(self) -> None:
        ruleset = service.compile_ruleset([expression(r"GY-[0-9]{4}")])
        (finding,) = ruleset.inspect("😀𠮷图号GY-2024已改").findings
        assert (finding.start, finding.end, finding.word) == (4, 11, "GY-2024")
        assert (finding.category, finding.rule) == ("custom", "e1")

    def test_too_many_matches_hold_the_text(self) -> None:
        ruleset = service.compile_ruleset([expression("[0-9]元")])
        assert ruleset.inspect("5元" * 50).disposition is Disposition.WARN
        assert ruleset.inspect("5元" * 51).disposition is Disposition.HOLD

    def test_a_mask_with_too_many_matches_is_not_delivered_half_hidden(self) -> None:
        ruleset = service.compile_ruleset([expression("[0-9]元", Disposition.MASK)])
        assert ruleset.inspect("5元" * 50).masked == "**" * 50
        assert ruleset.inspect("5元" * 80).disposition is Disposition.HOLD

    @pytest.mark.parametrize(
        "text",
        [
            r"(a)\1",
            "(?=a)",
            "(",
            "a*",
            r"\b",
            r"x*\b",
            r"价|\b(?m)$",
            r"价\C",
            "",
            "(?:[a-z]{1,100}){1,100}",
            "x" * 1001,
            "\ud800",
        ],
    )
    def test_what_is_not_safe_is_refused(self, text: str) -> None:
        with pytest.raises(BadExpressionError):
            service.compile_ruleset([expression(text)])

    @pytest.mark.parametrize("text", [r"\Q\C\E", r"\\C", r"\b[0-9]+元"])
    def test_what_only_looks_like_it_is_taken(self, text: str) -> None:
        service.compile_ruleset([expression(text)])

    def test_every_expression_of_many_acts_and_only_on_its_texts(self) -> None:
        ruleset = service.compile_ruleset(
            ExpressionRule(f"e{n}", "custom", f"N{n}[a-z]{{1,200}}!", Disposition.HOLD, "3/e")
            for n in range(60)
        )
        for number in (0, 30, 59):
            findings = ruleset.inspect(f"图N{number}{'abc' * 60}! N7 N8").findings
            assert [(f.rule, f.start) for f in findings] == [(f"e{number}", 1)]

    def test_a_gate_that_gives_no_answer_lets_every_expression_run(self) -> None:
        # What RE2 answers when a set runs out of memory: nothing, not even the sentinel.
        gate = re2.Set.SearchSet()
        gate.Add("never")
        gate.Compile()
        assert candidates(gate, "a text", 3) == [0, 1, 2]

    def test_a_long_text_is_held_for_expressions_with_many_states(self) -> None:
        many = [f"{first}[a-y]{{300}}z{first}" for first in "abcdefghij"]
        ruleset = service.compile_ruleset(
            ExpressionRule(text[0], "custom", text, Disposition.HOLD, "3/e") for text in many
        )
        chosen = random.Random(3)
        noise = "".join(chosen.choices("abcdefghij", k=19_000))
        text = f"{noise}c{'k' * 300}zc"
        inspection = ruleset.inspect(text)
        assert {f.category for f in inspection.findings} == {"overflow"}
        assert (inspection.disposition, inspection.uses) == (Disposition.HOLD, ("3/e",))

    @pytest.mark.parametrize(
        "text",
        [
            "a[ab]{900}b",
            "[ab]{100}a[ab]{100}b",
            "(?:ab?){300}c",
            "[a-z]{1,400}b",
            "(?:[ab]{20}){20}",
        ],
    )
    def test_a_wide_expression_holds_a_text_that_is_too_long_for_it(self, text: str) -> None:
        ruleset = service.compile_ruleset([expression(text)])
        long = "".join(random.Random(7).choices("abc", k=20_000))
        assert ruleset.inspect(long).disposition is Disposition.HOLD
        assert ruleset.inspect("d" * 20_000).disposition is Disposition.DELIVER
        assert ruleset.inspect("ba" * 200).disposition <= Disposition.WARN

    def test_a_wide_expression_reads_a_long_text_where_it_may_match(self) -> None:
        ruleset = service.compile_ruleset([expression(r"(?:兼职|刷单).{0,10}(?:日结|秒结)")])
        talk = "这家酒店的早餐不错，房间也很干净，兼职的服务员很热情。" * 700
        assert ruleset.inspect(f"{talk}{talk[:13]}日结").findings == ()
        findings = ruleset.inspect(f"{talk}刷单有秒结，{talk[:900]}兼职日结").findings
        assert [(f.start - len(talk), f.word) for f in findings] == [
            (0, "刷单有秒结"),
            (906, "兼职日结"),
        ]

    @pytest.mark.parametrize(
        "text",
        [r"(?:ab|abc+d?)x?", "^[0-9]{2,4}", r"\b[a-z]{2,9}\b", "(?m)^.{0,30}书$", "好.{0,10}书|书店?", "酒店.+?好", "的[^，]{2,8}，", "[一二三]{1,4}[天年]", "(?m)[a-d]+$", "(?:年|[a-d]{1,3})$", "[一二三]{1,2}(?:$|[^天])"],
    )  # fmt: skip
    def test_reading_in_parts_finds_what_reading_the_whole_finds(self, text: str) -> None:
        chosen = random.Random(text)
        long = "".join(
            chosen.choices([*"abcdx 12345\n，的一二三天年", "酒店", "很好", "好书", "书店"], k=900)
        )
        rule = ExpressionIndex([(0, expression(text))])._rules[0]
        encoded = long.encode()
        parts = _expressions._parts(rule, encoded, _expressions._Budget())
        assert parts is not None
        found = [match.span() for match in _expressions._matches(rule.compiled, encoded, parts)]
        assert found == [match.span() for match in rule.compiled.finditer(encoded)]

    def test_many_expressions_that_all_match_end_with_a_hold(self) -> None:
        ruleset = service.compile_ruleset(
            ExpressionRule(f"e{n}", "custom", f"[0-9]{{{n + 1}}}", Disposition.WARN, "3/e")
            for n in range(150)
        )
        inspection = ruleset.inspect("1" * 20_000)
        assert inspection.disposition is Disposition.HOLD
        assert ruleset.inspect("图号 123").disposition is Disposition.WARN

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a{3}", "a+"), ("a{0,3}?b{2,}", "a*?b+"), (r"\{3}", r"\{3}"), ("[^{}]{3}", "[^{}]+"), (r"\x{4e00}{3}", r"\x{4e00}+"), (r"\p{Han}{2}", r"\p{Han}+"),
            (r"\Qa{3}\Eb{2}", r"\Qa{3}\Eb+"), ("[]{]{2}", "[]{]+"), ("[[:alpha:]{]{2}", "[[:alpha:]{]+"), ("(?:.{1,3}){2,4}", "(?:.+)+"), ("a{,3}", "a{,3}"),
            ("a" + 12 * "[ab]" + "c", "a" + 12 * "[ab]" + "c"), ("^a" + 13 * "[ab]" + "c$", "^(?:a|[ab]|c)+$"), (20 * "[ab]?" + "|x", "(?:[ab])*|x"),
            (13 * "(?:a|[)])", 13 * "(?:a|[)])"), (f"(?:x|{13 * '[ab]'})?z", "(?:x|(?:[ab])+)?z"), (13 * "(?:a|b)" + r"\bz", r"(?:(?:a|b))+\bz"), ("(?i)" + 7 * r"\d\w", r"(?i)(?:\d|\w)+"), ("机密" * 20, "机密" * 20),
        ],
    )  # fmt: skip
    def test_an_expression_is_relaxed(self, text: str, expected: str) -> None:
        assert relaxed(text) == expected

    @given(st.lists(st.sampled_from(["a", "b", "[ab]", ".", "(?:ab|b)", "a{2}", "b{1,3}", "[ab]{0,2}", "(?:a{2}b){2}", "a{2,}?", "|", 7 * "[ab]?", 7 * "(?:a|b)*?", 9 * "a?."]), min_size=1, max_size=5).map("".join),
           st.text("ab", max_size=30))  # fmt: skip
    @settings(max_examples=300, deadline=None)
    def test_what_an_expression_matches_its_relaxed_form_matches(
        self, text: str, subject: str
    ) -> None:
        if re2.search(text, subject) is not None:
            assert re2.search(relaxed(text), subject) is not None

    @pytest.mark.parametrize(
        "row",
        [13 * "[ab]", 60 * "[ab]", 150 * "[ab]?", 30 * "(?:a|b)", 40 * "(?:aa|ab|b)", 40 * "[ab]*a", 30 * "[ab][abx]", 60 * "(a|b)?",
         f"(?:{60 * '[ab]'})", 30 * "(?:(?:a|b)(?:a|b))", 30 * "(?:(?:a|(b|a))(?:a|b))", f"(?:b|(?:a|{60 * '[ab]'}))"],
    )  # fmt: skip
    def test_a_row_of_choices_is_looked_for_in_few_states_and_its_work_is_counted(
        self, row: str
    ) -> None:
        whole, gate = (re2.compile(each).programsize for each in (f"a{row}c", relaxed(f"a{row}c")))
        assert gate <= 20
        assert whole - gate >= 10
        ruleset = service.compile_ruleset([expression(f"a{row}c")])
        long = "".join(random.Random(7).choices("ab", k=19_999)) + "c"
        assert (ruleset.inspect(long).disposition is Disposition.HOLD) == (whole - gate > 24)

    def test_an_expression_that_stops_other_engines_stays_fast(self) -> None:
        ruleset = service.compile_ruleset([expression(r"(?:[0-9]+,?)+元$")])
        started = time.perf_counter()
        ruleset.inspect("1" * 20_000)
        assert time.perf_counter() - started < 1


class TestBoundedWork:
    """Four times the text, about four times the work: nothing in a text makes it grow faster."""

    @pytest.mark.parametrize(
        "piece",
        ["傻逼", "傻~逼", "机密.", "casino", "c.a.s.i.n.o.", "4.", "1", "138 0013 8000 ",
         "1.1.0.1.0.1.1.9.9.0.0.3.0.7.", "😀", "\u200b", "博彩", "1 3 8 0 0 ", "零一二", "1接2", "1 3.8-0_", "@", "a@b.c", "a.", "com.", "省市区", "北京路1号",
         "sk-aB3", "token=a1", "绝密", "机密★", "联系人王", "李的体检", "合同金额一百", "京a1234", "4 ", "http://", "%41", "%e4%bd", "张三 13800138000\n",
         "-----BEGIN PRIVATE KEY-----", "1😀", "1\u200b", "6\ufe0f\u20e3", "oli ", "a123456(", "护照e12345678", "a点", "a at "],
    )  # fmt: skip
    def test_twenty_thousand_characters(self, piece: str) -> None:
        small, large = (piece * (size // len(piece)) for size in (5_000, 20_000))

        def work(text: str) -> int:
            return calls_of(lambda: RULESET.inspect(text))

        assert work(large) < 6 * work(small) + 200


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("来群里加微\u200b信聊", "加微\u200b信"),
        ("来群里加微\u00ad信，加微信", "加微\u00ad信"),
        ("來群裡加微信聊", "加微信"),
        ("ＶＸ号ＡＢ－１２", "ＡＢ－１２"),
        ("来群里加&#24494;信聊", "加&#24494;信"),
    ],
)
def test_an_expression_is_not_fooled_by_how_its_text_is_written(text: str, hidden: str) -> None:
    ruleset = service.compile_ruleset([expression("加微信|ab-12", Disposition.MASK)])
    inspection = ruleset.inspect(text)
    first = inspection.findings[0]
    assert text[first.start : first.end] == hidden
    assert inspection.masked is not None and hidden not in inspection.masked
