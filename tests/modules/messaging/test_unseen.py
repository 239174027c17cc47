"""A held message leaves no trace for members: no fact, count, place in the list, history or proof."""

import json
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.live import items_for
from guiju.ledger_routes import Sight, sight_of
from guiju.modules.messaging import _shape, review, service
from guiju.modules.messaging.types import BadQuoteError
from guiju.modules.policy import service as policy
from guiju.runtime import ROUTERS
from tests.support.office import Office

SECRET = "这是核心配方"


def shown(office: Office, actor: Actor, group: Any, since: int) -> dict[str, Any]:
    """Everything that a member can ask for or gets by itself."""
    world = office.world

    def take(tx: ReadTx) -> dict[str, Any]:
        view = world.runtime.new_view(tx)
        entries = tx.entries(EntryQuery(after=since, limit=1000))
        roles, places = policy.roles_of(tx, actor), service.present_groups(tx, actor)
        page = service.timeline(tx, actor, group, before=None, limit=200)
        rows = service.list_conversations(tx, actor)
        return {
            "facts": items_for(ROUTERS, view, entries, actor.person_id, roles, places),
            "history": _shape.items(view, page.items),
            "conversations": [_shape.conversation(view, row) for row in rows],
            "sights": [str(sight_of(tx, actor, each)) for each in entries],
        }

    found: dict[str, Any] = json.loads(json.dumps(world.read(take)))
    return found


@pytest.mark.parametrize("outcome", ["waiting", "escalated", "refused"])
def test_members_see_nothing_of_it(office: Office, outcome: str) -> None:
    world, group = office.world, office.group()
    world.send(office.owner, group, "大家好")
    since = world.read(lambda tx: tx.position)
    members = [office.owner, office.administrator]
    before = [shown(office, actor, group, since) for actor in members]
    held = world.send(office.member, group, SECRET, mentions=(office.owner.person_id,)).position
    if outcome == "escalated":
        world.write(
            lambda tx: review.escalate(tx, office.reviewer, held, proposal=None, reason="拿不准")
        )
    if outcome == "refused":
        world.write(lambda tx: review.refuse(tx, office.reviewer, held, reason="涉密"))
    for actor, earlier in zip(members, before, strict=True):
        now = shown(office, actor, group, since)
        assert set(now.pop("sights")) == {str(Sight.NOTHING)}
        earlier.pop("sights")
        assert now == earlier
        assert now["facts"] == [] and SECRET not in json.dumps(now, ensure_ascii=False)
        with pytest.raises(BadQuoteError):
            world.send(actor, group, "引用", quote=held)
    (conversation,) = shown(office, office.owner, group, since)["conversations"]
    assert conversation["unread"] == 0 and conversation["mentioned"] is False
    assert conversation["last"]["message"]["text"] == "大家好"


def test_the_sender_sees_that_it_waits(office: Office) -> None:
    world, group = office.world, office.group()
    since = world.read(lambda tx: tx.position)
    held = world.send(office.member, group, SECRET).position
    mine = shown(office, office.member, group, since)
    assert [each["kind"] for each in mine["facts"]] == ["messaging.held"]
    assert mine["history"][-1]["message"]["state"] == "held"
    assert mine["sights"] == [str(Sight.BODY)]
    assert mine["conversations"][0]["last"] is None, "what waits is not the newest message"
    entry = world.read(lambda tx: tx.entry(held))
    assert entry is not None
    assert world.read(lambda tx: sight_of(tx, office.reviewer, entry)) is Sight.NOTHING


def test_the_comparison_sees_a_message_that_was_let_pass(office: Office) -> None:
    world, group = office.world, office.group()
    since = world.read(lambda tx: tx.position)
    before = shown(office, office.owner, group, since)
    held = world.send(office.member, group, SECRET).position
    world.write(lambda tx: review.release(tx, office.reviewer, held, masked=False, reason=""))
    now = shown(office, office.owner, group, since)
    assert SECRET in json.dumps(now, ensure_ascii=False) and now != before
    assert now["conversations"][0]["unread"] == 1
