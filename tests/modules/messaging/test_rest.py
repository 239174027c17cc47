"""What the composer is told of a group: who may mention everybody and send urgent messages, and by which clause."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.ids import GroupId
from tests.support.inside import served, session_for
from tests.support.office import Office

Ask = Callable[[Actor, GroupId], dict[str, Any]]
FLOOD = "      - use: messaging.flood\n"
URGENT = "      - use: messaging.urgent\n        with: {roles: [owner], per_week: 2}\n"


def _with(rules: str, text: str) -> str:
    return text.replace(FLOOD, rules + FLOOD, 1)


@pytest.fixture
def ask(office: Office) -> Iterator[Ask]:
    with served(office.world) as inside:

        def rest(actor: Actor, group: GroupId) -> dict[str, Any]:
            token = session_for(office.world, actor)
            answer = inside.request("GET", f"/api/groups/{group}/rest", token)
            assert answer.status_code == 200
            found: dict[str, Any] = answer.json()
            return found

        yield rest


def test_who_may_mention_everybody_and_how_often_today(office: Office, ask: Ask) -> None:
    office.world.adopt(lambda text: text)
    group = office.group()
    told = ask(office.owner, group)["all"]
    assert told.pop("clause")["id"] == "6.6"
    assert told == {"may": True, "people": 2, "left": 3, "roles": ["owner", "administrator"]}
    assert ask(office.member, group)["all"]["may"] is False
    office.world.send(office.owner, group, "请看", mentions=("all",), members=3)
    # Once for the group, whoever did it.
    assert [ask(who, group)["all"]["left"] for who in (office.owner, office.member)] == [2, 2]
    office.world.clock.advance(DAY)
    assert ask(office.owner, group)["all"]["left"] == 3


def test_whom_a_clause_lets_send_urgent_messages(office: Office, ask: Ask) -> None:
    office.world.adopt(lambda text: text.replace(URGENT, ""))
    group = office.group()
    for rules, roles in ((URGENT, ["owner"]), (URGENT.replace("[owner]", "[owner, member]"), ["owner", "member"])):  # fmt: skip
        office.world.adopt(partial(_with, rules))
        for who in (office.owner, office.member, office.administrator):
            told = ask(who, group)
            assert told["urgent_for"]["roles"] == roles and told["urgent_for"]["clause"]["id"]
            assert (told["urgent"] is not None) == (office.place(group, who).role in roles)
