"""Who may not do what others in the group may is told which clause says so, and what they can do instead."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from guiju.modules.messaging import pinning, recalling, topics
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office

Verb = Callable[..., Any]
VERBS: dict[str, tuple[Verb, str]] = {
    "pin": (lambda tx, who, group, at: pinning.pin(tx, who, group, at, on=True), "5.4"),
    "unpin": (lambda tx, who, group, at: pinning.pin(tx, who, group, at, on=False), "5.4"),
    "move": (lambda tx, who, group, at: topics.move(tx, who, group, at, on=True, reason="x"), "5.10"),
    "dismiss": (topics.dismiss_flags, "5.10"),
    "freeze": (lambda tx, who, group, at: topics.freeze(tx, who, group, at, on=True, reason="x"), "5.13"),
    "recall": (lambda tx, who, group, at: recalling.recall(tx, who, group, at, reason="x"), "5.14"),
}  # fmt: skip


@pytest.mark.parametrize("name", VERBS)
def test_a_member_who_may_not_is_told_the_clause_and_what_is_allowed(
    office: Office, name: str
) -> None:
    verb, clause = VERBS[name]
    group = office.group()
    at = office.world.send(office.owner, group, "大家好").position
    refused = office.refused(NotAllowedError, lambda tx: verb(tx, office.member, group, at))
    named: Any = refused.data["clause"]
    assert named["id"] == clause
    assert "群主" in named["instead"]["zh"] and "owner" in named["instead"]["en"]
    office.world.write(lambda tx: verb(tx, office.owner, group, at))


def test_an_administrator_whom_the_clause_leaves_out_is_told_it_too(office: Office) -> None:
    roles = "with: {roles: [owner, administrator]"
    office.world.adopt(lambda text: text.replace(roles, roles.replace(", administrator", "")))
    group = office.group()
    at = office.world.send(office.member, group, "大家好").position
    for name in ("move", "freeze"):
        verb, clause = VERBS[name]
        act = partial(verb, who=office.administrator, group=group, at=at)
        refused = office.refused(NotAllowedError, act)
        named: Any = refused.data["clause"]
        assert named["id"] == clause


def test_without_a_clause_a_refusal_names_none(office: Office) -> None:
    pins = "with: {most: 10}"
    office.world.adopt(lambda text: text.replace(pins, "with: {most: 10, classes: [department]}"))
    group = office.group()
    at = office.world.send(office.owner, group, "大家好").position
    verb, _ = VERBS["pin"]
    refused = office.refused(NotAllowedError, lambda tx: verb(tx, office.member, group, at))
    assert refused.data["clause"] is None
