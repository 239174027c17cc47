"""`guiju inspect FILE…`: one line a file, with the hits of each part and what would happen to it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from guiju.cli_inspect import MAY_NOT_PASS, MAY_PASS, NOT_OPENED, inspect_files
from guiju.modules.inspection.cases import inspect_cases
from guiju.modules.inspection.extraction.types import FILE_NAME, Gap, Part, Problem, Reading
from guiju.modules.inspection.files import Budget, inspect_reading
from guiju.modules.inspection.service import compile_ruleset
from guiju.modules.inspection.types import (
    Disposition,
    ExpressionRule,
    Finding,
    Inspection,
    PatternRule,
    TermRule,
)
from tests.support import office_files

RULES = compile_ruleset(
    [
        TermRule("words", "abuse", ("混账东西",), Disposition.WARN, "1/a"),
        TermRule("secret", "secret", ("绝密资料",), Disposition.HOLD, "1/a"),
        PatternRule("bank_card", Disposition.MASK, "1/b"),
    ]
)


def reading(*parts: tuple[str, str], gaps: tuple[Gap, ...] = ()) -> Reading:
    made = (Part(FILE_NAME, "a.txt"), *(Part(name, text) for name, text in parts))
    return Reading("text", False, made, gaps, ())


def inspected(text: str, *gaps: Gap) -> Disposition:
    return inspect_reading(reading(("text", text), gaps=gaps), RULES.inspect).disposition


def run(*files: Path, documents: tuple[Path, ...] = ()) -> tuple[int, list[dict[str, Any]]]:
    lines: list[str] = []
    code = inspect_files(files, documents, write=lambda line: lines.append(str(line)))
    return code, [json.loads(line) for line in lines]


# ---- parts ------------------------------------------------------------------------------------------------------


def test_the_strictest_part_decides() -> None:
    assert inspected("没什么") is Disposition.DELIVER
    assert inspected("混账东西") is Disposition.WARN
    found = inspect_reading(reading(("a", "混账东西"), ("b", "绝密资料")), RULES.inspect)
    assert found.disposition is Disposition.HOLD
    assert [len(part.findings) for part in found.parts] == [0, 1, 1]


def test_what_masks_a_message_holds_a_file() -> None:
    assert inspected("卡号 4111 1111 1111 1111") is Disposition.HOLD


def test_what_was_not_read_is_held() -> None:
    assert inspected("没什么", Gap(Problem.BROKEN, "header")) is Disposition.HOLD


def test_a_problem_may_be_tolerated_and_nothing_else_with_it() -> None:
    gaps = (Gap(Problem.IMAGES_NOT_READ, "picture"),)
    tolerated = frozenset({Problem.IMAGES_NOT_READ})
    clean = inspect_reading(reading(gaps=gaps), RULES.inspect, tolerated=tolerated)
    assert clean.disposition is Disposition.DELIVER
    both = inspect_reading(
        reading(gaps=(*gaps, Gap(Problem.BROKEN))), RULES.inspect, tolerated=tolerated
    )
    assert both.disposition is Disposition.HOLD


@pytest.mark.parametrize("place", [0, 6985, 6998, 7500, 7996, 7999, 8000, 14_998, 20_000])
def test_long_texts_are_inspected_without_a_seam(place: int) -> None:
    text = "平" * place + "绝密资料" + "平" * 9000
    found = inspect_reading(reading(("text", text)), RULES.inspect)
    (finding,) = found.parts[1].findings
    assert text[finding.start : finding.end] == "绝密资料"
    assert found.disposition is Disposition.HOLD


def test_what_only_alerts_is_told_apart() -> None:
    rules = compile_ruleset([PatternRule("contract_amount", Disposition.ALERT, "1/c")])
    text = "平" * 7500 + "合同金额300万元"
    found = inspect_reading(reading(("text", text)), rules.inspect)
    (alert,) = found.parts[1].alerts
    assert "300" in text[alert.start : alert.end] and found.parts[1].findings == ()
    assert found.disposition is Disposition.DELIVER
    assert found.to_json("a.txt")["disposition"] == "alert"


def test_many_hits_are_counted_once_each() -> None:
    text = "绝密资料，" * 3000
    found = inspect_reading(reading(("text", text)), RULES.inspect)
    places = [(finding.start, finding.end) for finding in found.parts[1].findings]
    assert len(places) == len(set(places)) > 200
    assert found.disposition is Disposition.HOLD


# ---- the command ------------------------------------------------------------------------------------------------


def test_a_line_a_file(tmp_path: Path) -> None:
    good, bad = tmp_path / "好.txt", tmp_path / "a.jpg"
    good.write_text("明天上午开会", encoding="utf-8")
    bad.write_bytes(office_files.docx_with_corners()[0][:700])
    code, lines = run(good, bad)
    assert code == MAY_NOT_PASS
    assert lines[0] == {
        "file": "好.txt",
        "type": "text",
        "disguised": False,
        "verdict": "read",
        "reasons": [],
        "marks": [],
        "parts": [
            {"name": "file name", "length": 5, "flags": [], "hits": []},
            {"name": "text", "length": 6, "flags": [], "hits": []},
        ],
        "disposition": "deliver",
    }
    assert lines[1]["disguised"] is True
    assert lines[1]["verdict"] == "cannot_be_read"
    assert lines[1]["reasons"] == [{"code": "broken", "where": ""}]
    assert lines[1]["disposition"] == "hold"
    assert run(good)[0] == MAY_PASS


def test_a_file_says_alert_like_a_case(tmp_path: Path) -> None:
    path, cases = tmp_path / "a.txt", tmp_path / "cases.jsonl"
    path.write_text("合同金额300万", encoding="utf-8")
    cases.write_text('{"id": "1", "text": "合同金额300万"}\n', encoding="utf-8")
    (case,) = inspect_cases(None, cases)
    code, (line,) = run(path)
    assert (code, line["disposition"]) == (MAY_PASS, "alert") == (MAY_PASS, case["disposition"])
    assert line["parts"][1]["hits"] == case["hits"] != []


def test_a_marking_in_a_header_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    header = f'<w:hdr xmlns:w="{office_files.W}">{office_files.paragraph(office_files.run("绝密★启用前"))}</w:hdr>'
    path.write_bytes(office_files.docx("", word__header1_xml=header))
    code, (line,) = run(path)
    hits = {part["name"]: part["hits"] for part in line["parts"]}
    assert (code, line["disposition"]) == (MAY_NOT_PASS, "hold")
    assert hits["header 1"][0]["start"] == 0


def test_an_excerpt_of_a_registered_document_is_found(tmp_path: Path) -> None:
    registered, sent = tmp_path / "方案.docx", tmp_path / "sent.txt"
    words = "本年度搬迁方案尚未公布请各部门负责人注意时间安排并提前准备材料"
    registered.write_bytes(office_files.docx(office_files.paragraph(office_files.run(words))))
    sent.write_text("转一段：" + words[2:28], encoding="utf-8")
    code, (line,) = run(sent, documents=(registered,))
    assert code == MAY_NOT_PASS
    (hit,) = line["parts"][1]["hits"]
    assert (hit["kind"], hit["document"]) == ("fingerprint", "方案.docx")
    assert 4 <= hit["start"] < hit["end"] <= 30


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    good = tmp_path / "a.txt"
    good.write_text("x", encoding="utf-8")
    code, lines = run(tmp_path / "none", good)
    assert code == NOT_OPENED and lines[0]["error"] and lines[1]["verdict"] == "read"
    assert run(good, documents=(tmp_path / "none",))[0] == NOT_OPENED


def test_a_name_that_claims_another_format_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_text("明天上午开会", encoding="utf-8")
    code, (line,) = run(path)
    assert (code, line["disguised"], line["verdict"]) == (MAY_NOT_PASS, True, "read")
    assert line["disposition"] == "hold"


# ---- what is not read to its end --------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [0, 7000, 20_000])
def test_too_much_in_any_piece_holds_the_file(before: int) -> None:
    """A hit on the whole of a later piece stands at its beginning, which the piece before counts."""
    rules = compile_ruleset(
        [TermRule("words", "abuse", ("混账东西",), Disposition.DELIVER, "1/a"),
         ExpressionRule("price", "custom", "[0-9]+元", Disposition.DELIVER, "1/b"),
         PatternRule("person_name", Disposition.DELIVER, "1/c")]
    )  # fmt: skip
    names = "".join(f"姓名：王{chr(0x4E00 + at)}，" for at in range(1200))
    for much in ("混账东西，" * 1800, "5元" * 9000, names):
        found = inspect_reading(reading(("text", "平" * before + much)), rules.inspect)
        assert found.disposition is Disposition.HOLD, much[:9]
        assert "overflow" in {finding.category for finding in found.parts[1].findings}


def test_a_risk_score_of_any_piece_counts() -> None:
    def scored(text: str) -> Inspection:
        risk = Finding(0, len(text), "risk", "risk score", "0.99")
        return Inspection(
            "", (risk,) if "险" in text else (), Disposition(4 * ("险" in text)), (), None
        )

    found = inspect_reading(reading(("text", "平" * 12_000 + "险")), scored)
    assert found.disposition is Disposition.HOLD and found.parts[1].findings[0].start == 7000


def test_a_warning_beside_a_mask_does_not_let_a_file_through() -> None:
    assert inspected("混账东西，卡号 4111 1111 1111 1111") is Disposition.HOLD


def test_the_time_of_a_file_is_bounded_and_the_rest_is_a_gap() -> None:
    parts = reading(("a", "平" * 9000), ("b", "绝密资料"))
    found = inspect_reading(parts, RULES.inspect, budget=Budget(0))
    assert found.disposition is Disposition.HOLD
    assert found.to_json("a")["reasons"] == [{"code": "time", "where": FILE_NAME}]
    whole = inspect_reading(parts, RULES.inspect)
    assert whole.not_inspected == () and len(whole.parts[2].findings) == 1


def test_the_interpreter_is_given_up_between_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    inspect_reading(reading(("text", "平" * 30_000)), RULES.inspect)
    assert sum(pause > 0 for pause in pauses) == 4
