"""Reactions and pins: who may, how often, and what is left when the message goes."""

import pytest

from guiju.ledger_routes import Sight, sight_of
from guiju.modules.groups import roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.messaging import changes, pinning, reacting
from guiju.modules.messaging.change_types import (
    MessageNotFoundError,
    MessagePinned,
    MessageReacted,
    Reaction,
    TooManyPinsError,
)
from guiju.modules.messaging.types import FloodError
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office
from tests.support.screens import everything, shown


def test_reactions_stand_in_order_of_first_use_and_once_each(office: Office) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, "大家好").position

    def react(actor: object, reaction: Reaction, *, on: bool = True) -> None:
        world.write(lambda tx: reacting.react(tx, actor, group, sent, reaction, on=on))  # type: ignore[arg-type]  # an actor

    react(office.owner, Reaction.OK)
    react(office.member, Reaction.FLOWER)
    react(office.member, Reaction.OK)
    position = world.read(lambda tx: tx.position)
    react(office.member, Reaction.OK)
    react(office.administrator, Reaction.OK, on=False)
    assert world.read(lambda tx: tx.position) == position, "what is so already is left alone"
    found = shown(world, group, sent, office.owner)["reactions"]
    assert [(each["reaction"], each["count"]) for each in found] == [("ok", 2), ("flower", 1)]
    assert [each["id"] for each in found[0]["people"]] == [
        office.owner.person,
        office.member.person,
    ]
    react(office.owner, Reaction.OK, on=False)
    found = shown(world, group, sent, office.owner)["reactions"]
    assert [(each["reaction"], each["count"]) for each in found] == [("flower", 1), ("ok", 1)]
    assert [fact.on for fact in world.facts("messaging.reacted")] == [True, True, True, False]
    assert isinstance(world.entries()[-1].fact, MessageReacted)


def test_reactions_are_no_flood(office: Office) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, "大家好").position
    with pytest.raises(FloodError) as caught:
        for n in range(21):
            world.write(
                lambda tx, on=n % 2 == 0: reacting.react(
                    tx, office.owner, group, sent, Reaction.OK, on=on
                )  # type: ignore[misc]  # bound at once
            )
    assert len(world.entries("messaging.reacted")) == 20 and caught.value.data["clause"]
    world.send(office.owner, group, "还能说话")


def test_those_who_run_the_group_pin(office: Office) -> None:
    world, group = office.world, office.group()
    sent = [world.send(office.member, group, f"第{n}条").position for n in range(11)]
    office.refused(
        NotAllowedError, lambda tx: pinning.pin(tx, office.member, group, sent[0], on=True)
    )
    for at in sent[:10]:
        world.write(lambda tx, at=at: pinning.pin(tx, office.owner, group, at, on=True))  # type: ignore[misc]  # bound at once
    full = office.refused(
        TooManyPinsError,
        lambda tx: pinning.pin(tx, office.administrator, group, sent[10], on=True),
    )
    clause = full.data["clause"]
    assert isinstance(clause, dict) and clause["id"] == "5.4"
    world.write(lambda tx: pinning.pin(tx, office.administrator, group, sent[0], on=False))
    world.write(lambda tx: pinning.pin(tx, office.administrator, group, sent[10], on=True))
    assert isinstance(world.entries()[-1].fact, MessagePinned)
    pinned = world.read(lambda tx: changes.list_pins(tx, office.member, group))
    assert [each.position for each in pinned] == [sent[10], *sent[9:0:-1]]
    assert shown(world, group, sent[10], office.member)["pinned"]
    assert not shown(world, group, sent[0], office.member)["pinned"]


def test_who_cannot_see_the_message_finds_nothing(office: Office) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, "大家好").position
    world.write(lambda tx: pinning.pin(tx, office.owner, group, sent, on=True))

    def react(tx: object) -> None:
        reacting.react(tx, office.outsider, group, sent, Reaction.OK, on=True)  # type: ignore[arg-type]  # the lane's

    office.refused(GroupNotFoundError, react)
    world.write(lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id]))
    office.refused(MessageNotFoundError, react)
    office.refused(
        MessageNotFoundError, lambda tx: changes.get_message(tx, office.outsider, group, sent)
    )
    office.refused(
        MessageNotFoundError, lambda tx: changes.versions(tx, office.outsider, group, sent)
    )
    assert world.read(lambda tx: changes.list_pins(tx, office.outsider, group)) == []
    # Nor do they hear of its changes, live or by a proof.
    world.write(lambda tx: reacting.react(tx, office.owner, group, sent, Reaction.FLOWER, on=True))
    change = world.entries()[-1]
    assert "messaging.reacted" in everything(world, office.member, group)
    assert "messaging.reacted" not in everything(world, office.outsider, group)
    assert world.read(lambda tx: sight_of(tx, office.outsider, change)) is Sight.NOTHING
    assert world.read(lambda tx: sight_of(tx, office.member, change)) is Sight.BODY
    world.write(
        lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
    )
    office.refused(
        GroupNotFoundError,
        lambda tx: reacting.react(tx, office.member, group, sent, Reaction.OK, on=True),
    )
