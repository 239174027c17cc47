"""What the composer is told of a group: who may mention everybody and send urgent messages, and by which clause."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.ids import GroupId
from guiju.modules.groups import direct
from guiju.modules.policy.types import BadPackError
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


def test_how_many_read_it_is_said_where_a_clause_asks_for_it(office: Office, ask: Ask) -> None:
    office.world.adopt(lambda text: text)
    group = office.group()
    told = ask(office.member, group)["audience"]
    assert told.pop("clause")["id"] == "6.37"
    assert told == {"members": 10, "turns": 8, "minutes": 30, "direct": True}
    alone = office.world.write(
        lambda tx: direct.open_direct(tx, office.member, office.outsider.person_id)
    )
    assert ask(office.member, alone)["audience"] is None
    rule, narrow = "with: {members: 10, turns: 8, minutes: 30}", "with: {classes: [company]}"
    office.world.adopt(
        lambda text: text.replace(rule, narrow).replace(
            "allowed: true, group", "allowed: false, group"
        )
    )
    assert ask(office.member, group)["audience"] is None
    company = office.group(group_class="company", name="澄远公司级工作群")
    told = ask(office.member, company)["audience"]
    assert (told["members"], told["turns"], told["minutes"], told["direct"]) == (50, 8, 30, False)
    office.world.adopt(lambda text: text, "plain-office")
    assert ask(office.member, group)["audience"] is None


@pytest.mark.parametrize("wrong", ["members: 0", "turns: 3", "turns: 101", "minutes: 0"])
def test_what_says_nothing_sensible_refuses_the_pack(office: Office, wrong: str) -> None:
    rule = "with: {members: 10, turns: 8, minutes: 30}"
    with pytest.raises(BadPackError):
        office.world.adopt(lambda text: text.replace(rule, f"with: {{{wrong}}}"))
