"""How facts are laid out in leaves."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from guiju.kernel import facts
from guiju.kernel.facts import Content, Sealed, fact, schema_for, schema_of
from guiju.kernel.ids import GroupId
from guiju.kernel.immutable import immutable


@pytest.fixture
def kinds() -> Iterator[None]:
    """Kinds declared in a test vanish after it."""
    registries: tuple[dict[Any, Any], ...] = facts._BY_KIND, facts._BY_CLASS
    kept = [dict(registry) for registry in registries]
    yield
    for registry, before in zip(registries, kept, strict=True):
        registry.clear()
        registry.update(before)


@pytest.mark.usefixtures("kinds")
def test_fields_go_to_their_places_and_come_back() -> None:
    @fact("test.happened", Content.REGISTER)
    class Happened:
        group: GroupId
        refs: tuple[int, ...]
        count: int
        name: Sealed[str]
        note: Sealed[str | None] = None

    schema = schema_for("test.happened")
    assert schema is schema_of(Happened(GroupId("g"), (), 1, "x")) and schema.cls is Happened
    assert (schema.clear, schema.sealed) == (("count",), ("name", "note"))
    made = Happened(GroupId("grp_1"), (3, 4), 5, "张三", "私下")
    group, refs, clear, sealed = schema.split(made)
    assert (group, refs, clear, sealed) == (
        "grp_1",
        (3, 4),
        {"count": 5},
        {"name": "张三", "note": "私下"},
    )
    assert schema.join("grp_1", [3, 4], clear, sealed) == made
    # What does not fit the class is refused, not half read.
    for wrong in ({"count": "five"}, {}):
        with pytest.raises(msgspec.ValidationError):
            schema.join("grp_1", [], wrong, sealed)


@immutable
class Sample:
    count: int
    tags: tuple[str, ...] = ()


def test_what_every_message_makes_is_equal_by_its_fields_and_kept_by_its_type() -> None:
    made = Sample(5, tags=("甲",))
    assert made == Sample(5, ("甲",)) and hash(made) == hash(Sample(5, ("甲",)))
    assert made != replace(made, count=6)
    assert not hasattr(made, "__dict__")
    # Were this allowed, the type checker would find the comment idle and fail.
    made.count = 6  # type: ignore[misc]


@pytest.mark.usefixtures("kinds")
def test_a_fact_without_group_or_references() -> None:
    @fact("test.plain", Content.PERSON)
    class Plain:
        person: str

    schema = schema_for("test.plain")
    assert schema.split(Plain("per_1")) == (None, (), {"person": "per_1"}, {})
    assert schema.join(None, [], {"person": "per_1"}, None) == Plain("per_1")


@pytest.mark.usefixtures("kinds")
def test_a_kind_is_declared_once() -> None:
    def declare() -> None:
        @fact("test.twice", Content.REGISTER)
        class Twice:
            x: int

    declare()
    with pytest.raises(AssertionError, match="two facts"):
        declare()


def test_what_is_no_fact_has_no_schema() -> None:
    with pytest.raises(KeyError):
        schema_of("text")
    with pytest.raises(KeyError):
        schema_for("test.unknown")
