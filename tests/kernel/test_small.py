"""Texts, ids, actors, permits, pages, errors and clocks."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from guiju.kernel.actor import Actor, system
from guiju.kernel.clock import ManualClock, SystemClock, utc
from guiju.kernel.errors import GuijuError, NotFoundError, all_errors
from guiju.kernel.ids import PersonId, new_id
from guiju.kernel.page import BadLimitError, check_limit
from guiju.kernel.permit import Permit
from guiju.kernel.text import (
    FileName,
    Id,
    Line,
    OptionalProse,
    Prose,
    Search,
    check_line,
    check_text,
    name_key,
)

BAD = ["a\x00b", "a\x1bb", "a\x7fb", "a\ud800", "\udc00", "a\rb"]


@pytest.mark.parametrize("value", BAD)
def test_control_characters_and_lone_surrogates_are_refused_everywhere(value: str) -> None:
    with pytest.raises(ValueError, match="holds a"):
        check_text(value)
    for kind in (Line, Prose, OptionalProse):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(value)


def test_lines_and_prose() -> None:
    assert TypeAdapter(Line).validate_python("  你好 😀 ") == "你好 😀"
    assert TypeAdapter(Prose).validate_python(" 一\n二\t三 ") == "一\n二\t三"
    assert TypeAdapter(OptionalProse).validate_python("  ") == ""
    for kind, value in (
        (Line, "一\n二"),
        (Line, " "),
        (Line, "x" * 201),
        (Prose, ""),
        (Prose, "x" * 10_001),
    ):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(value)
    with pytest.raises(ValueError, match="one line"):
        check_line("a\tb")


# What is default-ignorable beside the format characters (Unicode 15, DerivedCoreProperties).
IGNORABLE = (
    0x034F,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    0x180B,
    0x180F,
    0x3164,
    0xFE00,
    0xFE0F,
    0xFFA0,
    0xE0100,
    0xE01EF,
)


def test_no_line_holds_what_nobody_sees() -> None:
    everything = map(chr, range(sys.maxunicode + 1))
    unseen = {char for char in everything if unicodedata.category(char) in ("Cf", "Zl", "Zp")}
    for char in unseen | {chr(point) for point in IGNORABLE}:
        with pytest.raises(ValueError, match="invisible"):
            check_line(f"a{char}b")
        assert TypeAdapter(FileName).validate_python(f"a{char}.txt") == "a.txt", ascii(char)
        assert name_key(f"a{char}b") == "ab", ascii(char)
        if unicodedata.category(char) == "Cf":
            assert check_text(char) == char, "messages and other prose may hold it"
            assert TypeAdapter(Search).validate_python(f"a{char}b") == f"a{char}b"
    for name in ("澄远1号工作群", "Ünïté 7", "群 😀", "한글", "नमस्ते", "A–B（甲）"):
        assert TypeAdapter(Line).validate_python(name) == name
    for name in ("❤\ufe0f 工作群", "出差✈\ufe0f"):  # what keyboards make of a symbol
        assert TypeAdapter(Line).validate_python(name) == name
        assert name_key(name) == name_key(name.replace("\ufe0f", ""))
    for name in ("\ufe0f群", "❤\ufe0f\ufe0f", "群\ufe0f", "❤\u200d"):
        with pytest.raises(ValidationError):
            TypeAdapter(Line).validate_python(name)
    with pytest.raises(ValidationError):
        TypeAdapter(FileName).validate_python("\u200b\u202e")


@pytest.mark.parametrize(
    "name",
    [
        "می\u200cخواهم",  # Persian: the letters before and after would join
        "نرم\u200cافزار",
        "क्\u200dष",  # Devanagari: a half form, and a virama that shows
        "क्\u200cष",
        "ශ්\u200dරී ලංකා",  # Sinhala
        "ബാങ്ക്\u200c",  # Malayalam
        "👩\u200d🔧 维修",
        "👩🏽\u200d⚕\ufe0f",
        "❤\ufe0f\u200d🔥",
        "👨\u200d👩\u200d👧",
    ],
)
def test_a_joiner_stands_where_a_script_needs_it(name: str) -> None:
    assert TypeAdapter(Line).validate_python(name) == name
    assert name_key(name) == name_key(re.sub("[\u200c\u200d]", "", name)), "it makes no other name"


@pytest.mark.parametrize(
    "name",
    [
        "王\u200d海涛",
        "王\u200c海涛",
        "a\u200cb",
        "Ivan\u200dov",
        "\u200cمی",
        "می\u200c",
        "می\u200d",
        "می\u200c\u200cخواهم",
        "ا\u200cب",  # an alef joins nothing that follows
        "कष\u200d",
        "क्\u200d\u200dष",
        "群👩\u200d",
        "👩\u200d群",
        "👩\u200d\u200d🔧",
        "©\u200d®",
        "①\u200d②",
        "\U000e0fff\u200d",
        "\u0378\u200d",
        "ऀ" * 300 + "\u200d",
    ],
)
def test_a_joiner_that_nobody_sees_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="invisible"):
        check_line(name)


def test_names_that_look_the_same_have_one_key() -> None:
    assert len({name_key(n) for n in ("ＡＢ 群", "ab  群", "AB\u3000群", " Ab\u200b 群")}) == 1
    assert name_key("甲群") != name_key("乙群")


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"])))
def test_every_other_text_passes_unchanged(value: str) -> None:
    assert check_text(value) == value


@pytest.mark.parametrize("value", ["", "a b", "../x", "a/b", "x" * 65, "群", "a\n"])
def test_ids_from_outside(value: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Id).validate_python(value)


def test_new_ids_sort_by_time_and_never_repeat() -> None:
    early, late = new_id("per", 1_795_398_000_000), new_id("per", 1_795_398_000_001)
    assert early < late and early.startswith("per_") and len(early) == 27
    TypeAdapter(Id).validate_python(early)
    assert len({new_id("per", 5) for _ in range(10_000)}) == 10_000


def test_an_actor_is_a_person_or_the_system() -> None:
    person = Actor(PersonId("per_1"))
    assert (person.name, person.person_id, system("x").name) == ("per_1", "per_1", "system:x")
    for wrong in ({}, {"person": "per_1", "system": "x"}):
        with pytest.raises(AssertionError):
            Actor(**wrong)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(AssertionError):
        _ = system("x").person_id


def test_permits_add_uses_without_doubles_and_never_change() -> None:
    permit = Permit(system("x"), "a.b", None)
    more = permit.under("1/a.b", "2/a.b").under("1/a.b")
    assert (permit.uses, more.uses) == ((), ("1/a.b", "2/a.b"))
    with pytest.raises(AttributeError):
        permit.uses = ()  # type: ignore[misc]  # frozen on purpose


def test_limits_of_pages() -> None:
    assert [check_limit(limit) for limit in (1, 50, 200)] == [1, 50, 200]
    for limit in (0, -1, 201):
        with pytest.raises(BadLimitError):
            check_limit(limit)


def test_clocks() -> None:
    clock = ManualClock(5)
    clock.advance(5)
    clock.set(10)
    with pytest.raises(AssertionError):
        clock.set(9)
    assert clock.now() == 10
    assert SystemClock().now() > 1_700_000_000_000
    assert utc(0).isoformat() == "1970-01-01T00:00:00+00:00"


def test_errors_carry_a_message_and_safe_data() -> None:
    error = NotFoundError("gone", thing="x")
    assert (str(error), error.message, error.data) == ("gone", "gone", {"thing": "x"})
    codes = [cls.code for cls in all_errors()]
    assert len(codes) == len(set(codes)) == len(set(all_errors()))
    assert all(issubclass(cls, GuijuError) for cls in all_errors())
