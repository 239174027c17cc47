"""A message that is only a text is shaped by a short way; what it shows must not differ from the long one."""

from dataclasses import fields, replace

import pytest

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.live import View
from guiju.modules.messaging import _shape
from guiju.modules.messaging.burn_types import Burn
from guiju.modules.messaging.change_types import Changed
from guiju.modules.messaging.types import MessageSent

WRITER = PersonId("p-1")
PLAIN = MessageSent(GroupId("g-1"), (), "r-1", (), (), "c-1", "三点开会", None)
# What is not shown, or shows nothing by itself.
UNSHOWN = {"group", "ruleset", "cmid", "text", "basis", "notes", "forwarded", "audience", "hidden"}
OTHERWISE = {
    "refs": (1,), "mentions": (WRITER,), "spans": ((0, 1),), "original": "原文", "imported": True, "thread": 1,
    "files": ("f",), "forward": "f", "template": "t", "silent": True, "urgent": True, "burn": Burn(10, 1), "corrects": 1,
}  # fmt: skip


def entry_of(fact: MessageSent, uses: tuple[str, ...] = ()) -> Recorded:
    return Recorded(7, 1_700_000_000_000, "messaging.sent", WRITER, fact.group, 3, uses, "1", fact)


def view() -> View:
    """A view that can open no snapshot: what only the fact tells needs none."""
    return View({WRITER: "王小明"}, None, None, None)  # type: ignore[arg-type]  # nothing of it is asked


def test_both_ways_show_the_same() -> None:
    entry = entry_of(PLAIN)
    assert _shape.is_plain(entry)
    short = _shape.message(view(), entry)
    assert short == _shape.message(view(), entry, None, Changed())
    short["text"] = "改过"
    assert _shape.message(view(), entry)["text"] == PLAIN.text


@pytest.mark.parametrize("name", OTHERWISE)
def test_whatever_shows_takes_the_long_way(name: str) -> None:
    assert not _shape.is_plain(entry_of(replace(PLAIN, **{name: OTHERWISE[name]})))  # type: ignore[arg-type]


def test_what_a_clause_decided_takes_the_long_way() -> None:
    assert not _shape.is_plain(entry_of(PLAIN, ("2.1/1",)))


def test_every_field_of_a_message_was_thought_of() -> None:
    assert {field.name for field in fields(MessageSent)} == UNSHOWN | OTHERWISE.keys()
