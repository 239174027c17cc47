"""Packs are refused with a line and a reason for every problem, quickly whatever they hold."""

import time
from typing import Any

import pytest

from guiju.modules.policy import service as policy
from guiju.modules.policy.types import BadPackError, Pack
from guiju.runtime import load_pack, shipped_packs, wire

GOOD = """\
pack: small
version: 3
title: {zh: 小制度, en: Small}
prefix: 澄远
levels:
  - {id: internal, rank: 2, title: {zh: 内部, en: Internal}}
classes:
  - {id: team, title: {zh: 部门群, en: Team}, history: all}
clauses:
  - id: "1.1"
    chapter: {zh: 一, en: One}
    title: {zh: 管理员, en: Administrators}
    text: {zh: 一至二人, en: One or two}
    rows: [GRP-11]
    controls:
      - use: groups.administrators
        with: {min: 1, max: 2}
        instead: {zh: 换一人, en: Swap}
  - id: "1.2"
    title: {zh: 内容, en: Content}
    text: {zh: 不赌, en: No gambling}
    controls:
      - use: messaging.content
        with: {dictionaries: [gambling], disposition: block}
      - use: messaging.review
        with: {deadline: {working_hours: 2}}
flows:
  group.registration:
    title: {zh: 建群, en: Group}
    clause: "1.1"
    steps:
      - name: {zh: 负责人, en: Head}
        approvers: [{head_of_unit: applicant}]
        deadline: {working_hours: 8}
calendar:
  start: "08:30"
  end: "17:30"
  lunch: ["12:00", "13:00"]
  holidays: [2026-10-01]
dictionaries: [gambling]
"""
DICTIONARIES = {
    "gambling": "id: gambling\ncategory: gambling\ntitle: {zh: 赌博, en: Gambling}\nterms: [百家乐]\n"
}


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


def read(text: str) -> Pack:
    return policy.read_pack(text, DICTIONARIES)


def problems(text: str) -> list[dict[str, Any]]:
    with pytest.raises(BadPackError) as caught:
        read(text)
    found: Any = caught.value.data["problems"]
    assert found and all(set(each) == {"line", "path", "reason"} for each in found)
    return list(found)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_pack_is_read_into_its_parts() -> None:
    pack = read(GOOD)
    assert (pack.id, pack.number, pack.prefix) == ("small", 3, "澄远")
    assert [use.id for use in pack.uses] == [
        "1.1/groups.administrators", "1.2/messaging.content", "1.2/messaging.review"
    ]  # fmt: skip
    assert (pack.uses[0].params.min, pack.uses[0].params.max) == (1, 2)
    assert pack.uses[0].mark()["instead"] == {"zh": "换一人", "en": "Swap"}
    assert pack.uses[1].mark()["instead"] is None
    assert pack.classes[0].history == "all" and pack.levels[0].rank == 2
    assert pack.flows["group.registration"].steps[0].deadline_hours == 8
    assert (pack.calendar.start, pack.calendar.lunch, pack.calendar.holidays) == (
        510, (720, 780), frozenset({"2026-10-01"})
    )  # fmt: skip
    assert pack.dictionaries["gambling"].terms == ("百家乐",)
    clause = pack.clause("1.2")
    assert clause is not None and clause.rows == () and pack.clause("9") is None


def test_the_version_is_the_hash_of_text_and_dictionaries() -> None:
    version = read(GOOD).version
    assert version == read(GOOD).version and len(version) == 64
    assert read(GOOD + "# a remark\n").version != version
    other = {"gambling": DICTIONARIES["gambling"].replace("百家乐", "老虎机")}
    assert policy.read_pack(GOOD, other).version != version


CASES = [
    # (what, replace, by, path, part of the reason, part of the line that is named)
    ("no id", "pack: small", "pack: ''", "pack", "must be a text", "pack:"),
    ("bad id", "pack: small", "pack: Small Pack", "pack", "a-z", "pack:"),
    ("title without zh", "{zh: 小制度, en: Small}", "{en: Small}", "title", "`zh`", "title:"),
    ("title of numbers", "{zh: 小制度, en: Small}", "{zh: 1}", "title", "`zh`", "title:"),
    ("rank", "rank: 2", "rank: high", "levels[0].rank", "number", "- {id: internal"),
    ("rank yes", "rank: 2", "rank: yes", "levels[0].rank", "number", "- {id: internal"),
    ("level id", "{id: internal", "{id: In-Haus", "levels[0].id", "a-z", "- {id: In-Haus"),
    ("history", "history: all", "history: some", "classes[0].history", "`none` or `all`", "- {id: team"),
    ("rows", "rows: [GRP-11]", "rows: GRP-11", "clauses[0].rows", "list", "rows:"),
    ("duplicate clause", 'id: "1.2"', 'id: "1.1"', "clauses[1].id", "of its own", '- id: "1.1"\n    title: {zh: 内容'),
    ("clause id", 'id: "1.2"', 'id: "第二条"', "clauses[1].id", "of its own", '- id: "第二条"'),
    ("clause id with slash", 'id: "1.2"', 'id: "1/2"', "clauses[1].id", "of its own", '- id: "1/2"'),
    ("clause text", "text: {zh: 不赌, en: No gambling}", "text: 不赌", "clauses[1].text", "`zh`", "text: 不赌"),
    ("unknown control", "use: groups.administrators", "use: groups.magic", "clauses[0].controls[0].use",
     "unknown control `groups.magic`", "- use: groups.magic"),
    ("no control", "use: groups.administrators", "used: x", "clauses[0].controls[0]", "unknown control", "- used: x"),
    ("bad value", "max: 2}", "max: two}", "clauses[0].controls[0].with", "int", "with: {min: 1"),
    ("bad bounds", "min: 1, max: 2", "min: 3, max: 2", "clauses[0].controls[0].with", "0 to 50", "with: {min: 3"),
    ("misspelt parameter", "max: 2}", "maximum: 3}", "clauses[0].controls[0].with", "unknown parameter: `maximum`",
     "with: {min: 1"),
    ("misspelt inside", "{working_hours: 2}", "{working_hours: 2, hours: 3}", "clauses[1].controls[1].with",
     "unknown parameter: `hours`", "with: {deadline"),
    ("parameter missing", "with: {deadline: {working_hours: 2}}", "with: {}", "clauses[1].controls[1].with",
     "deadline", "with: {}"),
    ("deadline", "{working_hours: 2}", "{working_hours: 0}", "clauses[1].controls[1].with", "1 to 2000", "with: {deadline"),
    ("disposition", "disposition: block", "disposition: mask", "clauses[1].controls[0].with", "`disposition` is `alert`",
     "with: {dictionaries"),
    ("unknown dictionary in a control", "dictionaries: [gambling], d", "dictionaries: [poetry], d", "clauses",
     "unknown dictionary `poetry`", "clauses:"),
    ("dictionary not there", "\ndictionaries: [gambling]", "\ndictionaries: [gambling, poetry]", "dictionaries",
     "no dictionary `poetry`", "\ndictionaries:"),
    ("flow without steps", "    steps:\n", "    stages:\n", "flows.group.registration", "`steps`", "group.registration:"),
    ("flow clause", 'clause: "1.1"', 'clause: "7.7"', "flows.group.registration.clause", "no clause 7.7", 'clause: "7.7"'),
    ("approver", "{head_of_unit: applicant}", "{friend_of: boss}", "flows.group.registration.steps[0].approvers[0]",
     "an approver is one of", "approvers:"),
    ("approver level", "{head_of_unit: applicant}", "{level_above: many}",
     "flows.group.registration.steps[0].approvers[0]", "an approver is one of", "approvers:"),
    ("no approvers", "[{head_of_unit: applicant}]", "[]", "flows.group.registration.steps[0].approvers", "needs",
     "approvers:"),
    ("hours", "{working_hours: 8}", "{working_hours: 0}", "flows.group.registration.steps[0].deadline", "1 to 2000",
     "deadline: {working_hours: 0}"),
    ("mode", "name: {zh: 负责人, en: Head}", "name: {zh: 负责人}\n        mode: most",
     "flows.group.registration.steps[0].mode", "`mode` is one of", "mode: most"),
    ("on timeout", "name: {zh: 负责人, en: Head}", "name: {zh: 负责人}\n        on_timeout: explode",
     "flows.group.registration.steps[0].on_timeout", "`on_timeout` is one of", "on_timeout: explode"),
    ("time of day", '"08:30"', '"25:00"', "calendar.start", "no time of day", "start:"),
    ("day ends early", '"17:30"', '"07:30"', "calendar.end", "ends before", "end:"),
    ("holiday", "[2026-10-01]", "[someday]", "calendar.holidays", "someday", "holidays:"),
    ("no workdays", 'start: "08:30"', 'workdays: []\n  start: "08:30"', "calendar.workdays", "1 (Monday) to 7", "workdays: []"),
    ("lunch all day", '["12:00", "13:00"]', '["08:00", "18:00"]', "calendar.lunch", "lunch", "lunch:"),
    ("lunch turned round", '["12:00", "13:00"]', '["13:00", "12:00"]', "calendar.lunch", "before it begins", "lunch:"),
    ("lunch of three", '["12:00", "13:00"]', '["12:00", "13:00", "14:00"]', "calendar.lunch", "two times", "lunch:"),
    ("infinite workdays", 'start: "08:30"', 'workdays: [.inf]\n  start: "08:30"', "calendar.workdays[0]", "too large",
     "workdays: [.inf]"),
    ("time without quotes", '"17:30"', "17:30", "calendar.end", "in quotes", "end:"),
    ("utc offset", 'start: "08:30"', 'utc_offset: "+25:00"\n  start: "08:30"', "calendar.utc_offset", "+08:00",
     "utc_offset:"),
    ("utc offset in minutes", 'start: "08:30"', 'utc_offset: 480\n  start: "08:30"', "calendar.utc_offset", "+08:00",
     "utc_offset:"),
    ("key of the calendar", "  holidays:", "  holydays:", "calendar.holydays", "did you mean `holidays`?", "holydays:"),
    ("key of the pack", "\nflows:", "\nflow:", "flow", "did you mean `flows`?", "flow:"),
    ("key of a class", "history: all", "histroy: all", "classes[0].histroy", "did you mean `history`?", "- {id: team"),
    ("key of a level", "{id: internal, rank: 2", "{id: internal, colour: red, rank: 2", "levels[0].colour",
     "unknown key `colour`", "- {id: internal"),
    ("key of a clause", "rows: [GRP-11]", "rowz: [GRP-11]", "clauses[0].rowz", "did you mean `rows`?", "rowz:"),
    ("key of a control", "instead: {zh: 换一人, en: Swap}", "insted: {zh: 换一人}", "clauses[0].controls[0].insted",
     "did you mean `instead`?", "insted:"),
    ("key of a text", "{zh: 换一人, en: Swap}", "{zh: 换一人, ne: Swap}", "clauses[0].controls[0].instead.ne",
     "did you mean `en`?", "instead:"),
    ("key of a flow", '    clause: "1.1"', '    clauze: "1.1"', "flows.group.registration.clauze",
     "did you mean `clause`?", "clauze:"),
    ("key of a step", "deadline: {working_hours: 8}", "deadlin: {working_hours: 8}",
     "flows.group.registration.steps[0].deadlin", "did you mean `deadline`?", "deadlin:"),
    ("key of a deadline", "{working_hours: 8}", "{working_hours: 8, minutes: 3}",
     "flows.group.registration.steps[0].deadline.minutes", "unknown key `minutes`", "deadline: {working_hours: 8"),
    ("kind of flow", "group.registration:", "group.registrations:", "flows.group.registrations",
     "did you mean `group.registration`?", "group.registrations:"),
    ("role", "{head_of_unit: applicant}", "{role: registrer}", "flows.group.registration.steps[0].approvers[0]",
     "unknown role `registrer`; did you mean `registrar`?", "approvers:"),
    ("kind of approver", "{head_of_unit: applicant}", "{rol: registrar}",
     "flows.group.registration.steps[0].approvers[0]", "did you mean `role`?", "approvers:"),
    ("control", "use: messaging.content", "use: messaging.contents", "clauses[1].controls[0].use",
     "did you mean `messaging.content`?", "- use: messaging.contents"),
    ("clause id as a number", 'id: "1.2"', "id: 1.2", "clauses[1].id", "in quotes", "- id: 1.2"),
    ("version", "version: 3", "version: three", "version", "must be a number", "version:"),
    ("prefix", "prefix: 澄远", "prefix: 7", "prefix", "must be a text", "prefix:"),
    ("with is no mapping", "with: {min: 1, max: 2}", "with: no", "clauses[0].controls[0].with", "object", "with: no"),
    ("a list that is none", "\ndictionaries: [gambling]", "\ndictionaries: gambling", "dictionaries", "list of names",
     "\ndictionaries:"),
    ("no clauses", GOOD[GOOD.index("clauses:") : GOOD.index("flows:")], "clauses: []\n", "clauses", "list", "clauses:"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "path", "reason", "part"),
    [case[1:] for case in CASES],
    ids=[c[0] for c in CASES],
)
def test_a_problem_has_its_line_and_reason(
    old: str, new: str, path: str, reason: str, part: str
) -> None:
    assert GOOD.count(old) >= 1
    text = GOOD.replace(old, new, 1)
    found = problems(text)
    named = [each for each in found if each["path"] == path and reason in each["reason"]]
    assert len(named) == 1, found
    assert named[0]["line"] == line_of(text, part) + part.startswith("\n")


def test_every_problem_is_told_at_once() -> None:
    text = (
        GOOD.replace("rank: 2", "rank: high")
        .replace("max: 2}", "max: two}")
        .replace("history: all", "history: x")
    )
    assert len(problems(text)) == 3


@pytest.mark.parametrize(
    ("number", "is_good"),
    [
        ("{year}-{serial:04d}", True),
        ("澄〔{year}〕{serial} 号", True),
        ("{serial}", False),  # the second year would use the numbers of the first again
        ("{year}", False),
        ("fixed", False),
        ("{year}-{serial}-{secret}", False),
        ("{year}-{serial.__class__}", False),
        ("{year}-{serial:999999999d}", False),
        ("{year}-{serial:04d}" + "x" * 80, False),
        ("{year}-{serial", False),
    ],
)
def test_the_form_of_filing_numbers(number: str, is_good: bool) -> None:
    text = GOOD.replace(
        "      - use: groups.administrators\n        with: {min: 1, max: 2}\n",
        f"      - use: groups.register\n        with: {{number: '{number}'}}\n",
    )
    if is_good:
        read(text)
    else:
        assert "`number` holds" in problems(text)[0]["reason"]


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12)
)
HOSTILE = {
    "aliases that grow": (BOMB, "aliases", 2),
    "an alias of itself": ("a: &a [*a]", "aliases", 1),
    "open brackets": ("a: 1\nb: " + "[" * 300_000, "nested too deeply", 2),
    "open dashes": ("- " * 400_000, "nested too deeply", 1),
    "open mappings": ("{a: " * 200_000, "nested too deeply", 1),
    "a little too deep": ("a: " + "[" * 20 + "]" * 20, "nested too deeply", 1),
    "too large": ("pack: " + "x" * 1_000_000, "larger than 1000000 bytes", 1),
    "a bracket that stays open": ("a: 1\nb: 2\nc: [1, 2\n", "expected", 4),
    "a tab": ("a:\n\t- b", "token", 2),
    "a key twice": ("a: 1\nb: {c: 1, c: 2}", "stands here twice", 2),
    "an object": ("a: !!python/object/apply:os.system [x]", "tags", 1),
    "a tag of a time": ("a: 1\nx: !!timestamp abc", "tags", 2),
    "a tag of a truth": ("a: 1\nx: !!bool abc", "tags", 2),
    "a bare tag": ("a: 1\nx: ! abc", "tags", 2),
    "a number without an end": ("a: 1\nx: [.inf]", "too large", 2),
    "a number that is none": ("a: 1\nx: .nan", "too large", 2),
    "a number of many digits": ("a: 1\nx: 0x" + "f" * 5000, "too large", 2),
    "a time of no place": ("a: 1\nx: 2026-01-01 00:00:00+99:00", "strictly between", 2),
    "a number as key": ("a: 1\n1: b", "key", 2),
    "a list as key": ("? [a]\n: b", "key", 1),
    "a lone surrogate": ("a: \ud800", "surrogates", 1),
    "no date": ("a: 2026-99-99", "month", 1),
    "nothing": ("", "mapping", 1),
    "a list": ("- a", "mapping", 1),
    "a word": ("hello", "mapping", 1),
}


@pytest.mark.parametrize(("text", "reason", "line"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_pack_is_refused_quickly(text: str, reason: str, line: int) -> None:
    began = time.perf_counter()
    found = problems(text)
    assert time.perf_counter() - began < 2
    assert len(found) == 1 and reason in found[0]["reason"] and found[0]["line"] == line


def test_a_broken_dictionary_is_a_problem_too() -> None:
    for broken in ("terms: [", "terms: no", "- x", BOMB):
        with pytest.raises(BadPackError):
            policy.read_pack(GOOD, {"gambling": broken})


@pytest.mark.parametrize("pack_id", ["party-run-plant", "plain-office"])
def test_the_shipped_packs_are_valid(pack_id: str) -> None:
    pack = policy.read_pack(*load_pack(pack_id))
    assert pack.id == pack_id and pack.clauses and pack.uses
    used = {use.clause.id for use in pack.uses}
    clauses = {clause.id for clause in pack.clauses}
    assert used <= clauses
    if pack_id == "party-run-plant":
        assert used != clauses, "some clause is still honest about not acting"
    for clause in pack.clauses:
        assert clause.title.get("en") and clause.text.get("en"), clause.id
        assert clause.rows or clause.id in used, f"{clause.id} answers nothing and does nothing"
    for use in pack.uses:
        assert use.instead is None or set(use.instead) == {"zh", "en"}, use.id


def test_these_are_all_shipped_packs() -> None:
    assert shipped_packs() == ["party-run-plant", "plain-office"]


def test_the_offset_from_utc_is_honoured() -> None:
    assert read(GOOD).calendar.utc_offset == 480
    for said, minutes in (("+08:00", 480), ("-03:30", -210), ("+00:00", 0)):
        text = GOOD.replace("calendar:\n", f'calendar:\n  utc_offset: "{said}"\n')
        assert read(text).calendar.utc_offset == minutes
