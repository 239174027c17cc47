"""A held message leaves no trace for members: no fact, count, place in the list, history or proof."""

import json
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.ids import GroupId
from guiju.kernel.live import items_for
from guiju.ledger_routes import Sight, sight_of
from guiju.modules.groups import _shape as groups_shape
from guiju.modules.groups import roster
from guiju.modules.groups import service as groups
from guiju.modules.messaging import _shape, reads, review, service
from guiju.modules.messaging.types import BadQuoteError
from guiju.modules.policy import service as policy
from guiju.runtime import ROUTERS
from tests.support.office import Office
from tests.support.roster import decide_leaving, leave, publish, sign
from tests.support.sending import with_editing

SECRET = "这是核心配方"


def told_again(office: Office, actor: Actor, since: int) -> list[dict[str, Any]]:
    """The facts that somebody gets who was away since then."""
    world = office.world

    def take(tx: ReadTx) -> list[dict[str, Any]]:
        view = world.runtime.new_view(tx)
        entries = tx.entries(EntryQuery(after=since, limit=1000))
        roles, places = policy.roles_of(tx, actor), service.present_groups(tx, actor)
        return items_for(ROUTERS, view, entries, actor.person_id, roles, places)

    found: list[dict[str, Any]] = json.loads(json.dumps(world.read(take)))
    return found


def shown(office: Office, actor: Actor, group: Any, since: int) -> dict[str, Any]:
    """Everything that a member can ask for or gets by itself."""
    world = office.world

    def take(tx: ReadTx) -> dict[str, Any]:
        view = world.runtime.new_view(tx)
        entries = tx.entries(EntryQuery(after=since, limit=1000))
        page = service.timeline(tx, actor, group, before=None, limit=200)
        rows = service.list_conversations(tx, actor)
        return {
            "history": _shape.items(view, page.items),
            "conversations": [_shape.conversation(view, row) for row in rows],
            "sights": [str(sight_of(tx, actor, each)) for each in entries],
        }

    found: dict[str, Any] = json.loads(json.dumps(world.read(take)))
    return found | {"facts": told_again(office, actor, since)}


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


def test_who_was_removed_is_told_nothing_again_of_what_they_quoted_or_were_reminded_of(
    office: Office,
) -> None:
    world, group = office.world, office.group()
    world.adopt(with_editing)
    since = world.read(lambda tx: tx.position)
    said = world.send(office.owner, group, "原来的话").position
    held = world.send(office.member, group, SECRET, quote=said).position
    world.write(lambda tx: reads.remind(tx, office.owner, group, said))
    told = told_again(office, office.member, since)
    assert [each["position"] for each in told] == [said, held, held + 1]
    member = office.member.person_id
    world.write(lambda tx: roster.remove(tx, office.owner, group, member, reason="调岗"))
    world.edit(office.owner, group, said, "后来的话")
    told = told_again(office, office.member, since)
    assert [each["kind"] for each in told] == ["groups.member_changed"]
    assert "后来的话" not in json.dumps(told, ensure_ascii=False)


# ---- a wish to leave ----------------------------------------------------------------------------------------------


def states(office: Office, actor: Actor, group: GroupId) -> list[tuple[str, str | None]]:
    """The state and the reason that `actor` reads of the member."""

    def take(tx: ReadTx) -> list[tuple[str, str | None]]:
        rows = groups_shape.roster(tx, actor, group, groups.list_members(tx, actor, group))
        mine = office.member.person_id
        found = (row for row in rows["members"] if row["person"]["id"] == mine)
        return [(str(row["state"]), row["reason"]) for row in found]

    return office.world.read(take)


def test_others_see_nothing_of_a_wish_to_leave_that_is_refused(office: Office) -> None:
    world, group = office.world, office.group()
    since = world.read(lambda tx: tx.position)
    before = shown(office, office.administrator, group, since)
    world.write(leave(office.member, group))
    asked = [("leaving_requested", "调岗")]
    assert states(office, office.owner, group) == states(office, office.member, group) == asked
    assert states(office, office.administrator, group) == [("active", None)]
    world.write(
        lambda tx: roster.decide_leaving(
            tx, office.owner, group, office.member.person_id, approves=False, reason="人手不足"
        )
    )
    sights = {"sights": [str(Sight.NOTHING)] * 2}
    assert shown(office, office.administrator, group, since) == before | sights
    told = told_again(office, office.owner, since)
    assert [each["kind"] for each in told] == ["groups.roster_changed"] * 2
    mine = shown(office, office.member, group, since)
    assert [(each["state"], each["stays"], each["reason"]) for each in mine["facts"]] == [
        ("leaving_requested", False, None),
        ("active", True, "人手不足"),
    ]
    bare = {"card": None, "members": None}
    assert mine["history"][-2:] == [each | bare for each in mine["facts"]]
    assert mine["sights"] == [str(Sight.BODY)] * 2
    owners = shown(office, office.owner, group, since)["sights"]
    assert owners == [str(Sight.LEAF), str(Sight.BODY)], "a reason is its writer's"


def test_others_hear_of_a_refusal_only_that_there_is_one_member_less(office: Office) -> None:
    """Rules came out meanwhile, so that whoever stays has to sign."""
    world, group = office.world, office.group(rules="一")
    world.write(leave(office.member, group))
    publish(office, group, "二")
    world.write(sign(office.administrator, group, 2))
    since = world.read(lambda tx: tx.position)
    world.write(decide_leaving(office.owner, group, office.member, False))
    (told,) = told_again(office, office.administrator, since)
    assert (told["kind"], told["actor"]) == ("groups.roster_changed", None)
    count = world.read(lambda tx: groups.count_present(tx, [group]))[group]
    assert told["cards"][0]["members"] == count


def test_everybody_hears_that_somebody_has_left(office: Office) -> None:
    world, group = office.world, office.group()
    world.write(leave(office.member, group))
    since = world.read(lambda tx: tx.position)
    world.write(decide_leaving(office.owner, group, office.member, True))
    (told,) = told_again(office, office.administrator, since)
    assert (told["kind"], told["state"]) == ("groups.member_changed", "left")
