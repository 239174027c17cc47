"""Recalling: for whom, how long, and that nothing of the text is left for anybody to read."""

from functools import partial
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.lane import WriteTx
from guiju.ledger_routes import Sight, sight_of
from guiju.modules.groups import governing, roster
from guiju.modules.groups.types import GroupClosedError, GroupNotFoundError
from guiju.modules.inspection.types import TextRefusedError
from guiju.modules.messaging import (
    _review_shape,
    changes,
    overseeing,
    pinning,
    reacting,
    reads,
    recalling,
    review,
    review_queue,
    service,
)
from guiju.modules.messaging.change_types import (
    AlreadyRecalledError,
    MessageEdited,
    MessageNotFoundError,
    MessageRecalled,
    Reaction,
    RecallLateError,
)
from guiju.modules.messaging.types import BadQuoteError, ReasonNeededError
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office
from tests.support.screens import everything, shown
from tests.support.sending import refused, with_editing

TEXT = "明早八点总装车间集合"


def test_the_author_takes_a_message_back_in_time(office: Office) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, TEXT, mentions=(office.owner.person_id,)).position
    world.clock.advance(2 * MINUTE)
    done = world.write(lambda tx: recalling.recall(tx, office.member, group, sent))
    assert done.text == TEXT and done.reedit_until == world.clock.now() + 5 * MINUTE
    entry = world.entries()[done.position]
    assert isinstance(entry.fact, MessageRecalled) and entry.fact.refs == (sent,)
    assert entry.uses == ("6.10/messaging.recall",)
    found = shown(world, group, sent, office.owner)
    assert found["text"] == "" and found["mentions"] == [] and found["quote"] is None
    assert found["recalled"]["by"]["id"] == office.member.person
    rows = world.read(lambda tx: service.list_conversations(tx, office.owner))
    assert rows[0].unread == 0 and not rows[0].mentioned
    office.refused(
        AlreadyRecalledError, lambda tx: recalling.recall(tx, office.member, group, sent)
    )


def test_late_it_is_for_those_who_run_the_group(office: Office) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, TEXT).position
    world.clock.advance(2 * MINUTE + 1)
    late = office.refused(
        RecallLateError, lambda tx: recalling.recall(tx, office.member, group, sent, reason="x")
    )
    clause = late.data["clause"]
    assert isinstance(clause, dict) and clause["id"] == "6.10"
    office.refused(ReasonNeededError, lambda tx: recalling.recall(tx, office.owner, group, sent))
    office.refused(
        TextRefusedError,
        lambda tx: recalling.recall(tx, office.owner, group, sent, reason="去赌博网站玩"),
    )
    done = world.write(
        lambda tx: recalling.recall(tx, office.administrator, group, sent, reason="跑题")
    )
    assert done.text is None and done.reedit_until is None
    assert world.entries()[done.position].uses == ("5.14/messaging.taking_down",)
    assert shown(world, group, sent, office.member)["recalled"]["reason"] == "跑题"


def test_others_members_and_strangers_cannot(office: Office) -> None:
    """MSG-27: the right is the owner's, the administrators' and the auditor's, and of nobody else [delete-right]."""
    world, group = office.world, office.group()
    theirs = world.send(office.owner, group, TEXT).position
    held = world.send(office.member, group, "这是核心配方").position
    office.refused(
        NotAllowedError,
        lambda tx: recalling.recall(tx, office.member, group, theirs, reason="x"),
    )
    for shown_at in (held, world.entries("groups.registered")[0].position, 10**9):
        office.refused(
            MessageNotFoundError,
            lambda tx, at=shown_at: recalling.recall(tx, office.member, group, at, reason="x"),  # type: ignore[misc]  # bound at once
        )
    for stranger in (office.outsider, office.reviewer, office.registrar):
        office.refused(
            GroupNotFoundError,
            lambda tx, who=stranger: recalling.recall(tx, who, group, theirs, reason="x"),  # type: ignore[misc]  # bound at once
        )
    # One who came later sees nothing of what was said before, and takes nothing of it down.
    world.write(lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id]))
    office.refused(
        MessageNotFoundError,
        lambda tx: recalling.recall(tx, office.outsider, group, theirs, reason="x"),
    )


def test_the_auditor_takes_down_what_they_do_not_read(office: Office) -> None:
    world, group = office.world, office.group()
    auditor = world.person("审计员", "audit_admin")
    sent = world.send(office.member, group, TEXT).position
    office.refused(ReasonNeededError, lambda tx: recalling.recall(tx, auditor, group, sent))
    done = world.write(lambda tx: recalling.recall(tx, auditor, group, sent, reason="举报属实"))
    assert done.text is None and TEXT not in everything(world, auditor, group)


def test_pages_beside_the_group_say_who_may_take_a_message_down(office: Office) -> None:
    """What is offered there is what the verb allows, for each of them."""
    world, group = office.world, office.group()
    auditor = world.person("审计员", "audit_admin")
    # One of those who read it and run nothing, and one who came later.
    world.write(lambda tx: roster.admit(tx, office.owner, group, [office.reviewer.person_id]))
    sent = world.send(office.member, group, TEXT).position
    world.write(lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id]))
    everybody = [auditor, office.owner, office.administrator, office.member, office.reviewer]
    everybody += [office.outsider, office.registrar]

    def offered(actor: Actor) -> Any:
        def take(tx: ReadTx) -> Any:
            changed = changes.get_changed(tx, group, sent)
            return recalling.standing(world.runtime.new_view(tx), actor, changed)

        return world.read(take)

    for actor in everybody:
        may = actor in everybody[:3]
        assert offered(actor) == {"recalled": None, "by_author": False, "takes_down": may}
    world.write(lambda tx: recalling.recall(tx, auditor, group, sent, reason="举报属实"))
    for actor in everybody:
        found = offered(actor)
        assert (found["recalled"]["reason"], found["takes_down"]) == ("举报属实", False)
    other = world.send(office.member, group, TEXT).position
    world.write(lambda tx: governing.close(tx, office.owner, group, reason="x"))
    sent = other
    assert not any(offered(actor)["takes_down"] for actor in everybody)


def test_in_a_closed_group_nothing_changes(office: Office) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, TEXT).position
    auditor = world.person("审计员", "audit_admin")
    world.write(lambda tx: governing.close(tx, office.owner, group, reason="x"))
    for actor in (office.member, office.owner, auditor):
        office.refused(
            GroupClosedError,
            lambda tx, who=actor: recalling.recall(tx, who, group, sent, reason="x"),  # type: ignore[misc]  # bound at once
        )
    office.refused(
        GroupClosedError,
        lambda tx: reacting.react(tx, office.member, group, sent, Reaction.OK, on=True),
    )
    office.refused(GroupClosedError, lambda tx: pinning.pin(tx, office.owner, group, sent, on=True))


@pytest.mark.parametrize("way", ["sent", "released", "edited"])
def test_the_text_is_nowhere(office: Office, way: str) -> None:
    """Not in a page, a quote, a thread, a pin, a list, versions, what is told again, or a proof; nor for reviewers."""
    world = office.world
    world.adopt(with_editing)
    group = office.group()
    text = "这是核心配方" if way == "released" else TEXT
    at = world.send(office.member, group, text).position
    if way == "released":
        world.write(lambda tx: review.release(tx, office.reviewer, at, masked=False, reason=""))
        at = world.entries("messaging.released")[0].position
    if way == "edited":
        world.edit(office.member, group, at, f"{TEXT}，带工具")
    world.send(office.owner, group, "看这条", quote=at)
    world.send(office.owner, group, "回这条", thread=at)
    world.write(lambda tx: pinning.pin(tx, office.owner, group, at, on=True))
    world.write(lambda tx: reacting.react(tx, office.owner, group, at, Reaction.OK, on=True))
    assert text in everything(world, office.owner, group)
    world.write(lambda tx: recalling.recall(tx, office.member, group, at))
    (entry,) = (each for each in world.entries() if each.position == at)
    for actor in (office.owner, office.administrator):
        assert text not in everything(world, actor, group)
        assert world.read(lambda tx, who=actor: sight_of(tx, who, entry)) is Sight.LEAF  # type: ignore[misc]  # bound at once
    assert world.read(lambda tx: sight_of(tx, office.member, entry)) is Sight.BODY
    assert world.read(lambda tx: changes.list_pins(tx, office.owner, group)) == []
    assert world.read(lambda tx: changes.versions(tx, office.owner, group, at)) == []
    # A reviewer who looks at what was said around another message sees that something was recalled.
    held = world.send(office.owner, group, "又是核心配方").position
    world.write(lambda tx: overseeing.read_review(tx, office.reviewer, held))
    opened = world.read(
        lambda tx: str(
            _review_shape.opened(
                world.runtime.new_view(tx),
                office.reviewer,
                review_queue.open_review(tx, office.reviewer, held),
            )["before"]
        )
    )
    assert text not in opened and "'recalled': {" in opened
    # Nothing refers to it any more, and nothing can be added to it.
    refused(office, BadQuoteError, office.owner, group, quote=at)
    office.refused(
        AlreadyRecalledError,
        lambda tx: reacting.react(tx, office.owner, group, at, Reaction.GOOD, on=True),
    )
    office.refused(
        AlreadyRecalledError, lambda tx: pinning.pin(tx, office.owner, group, at, on=True)
    )
    with pytest.raises(AlreadyRecalledError):
        world.edit(office.member, group, at, "新的")
    office.refused(AlreadyRecalledError, lambda tx: reads.remind(tx, office.member, group, at))


def test_of_two_at_once_one_wins(office: Office) -> None:
    """The row settles it, whatever both had seen before."""
    world = office.world
    world.adopt(with_editing)
    group = office.group()
    sent = world.send(office.member, group, TEXT).position
    permit = world.read(lambda tx: policy.require(tx, office.member, "messaging.recall", group))
    world.write(lambda tx: recalling.recall(tx, office.member, group, sent))
    late: list[Any] = [
        MessageRecalled(group, (sent,), None),
        MessageEdited(group, (sent,), "0" * 64, (), (), "好", None),
    ]
    for fact in late:
        office.refused(AlreadyRecalledError, partial(WriteTx.record, permit=permit, fact=fact))
