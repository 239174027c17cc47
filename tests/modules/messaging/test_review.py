"""Held messages and the people who decide on them."""

from collections.abc import Callable
from typing import Any

import pytest

from guiju.kernel.actor import Actor, system
from guiju.kernel.clock import HOUR
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import governing
from guiju.modules.groups.types import GroupClosedError
from guiju.modules.messaging import _review_shape, overseeing, review, review_queue
from guiju.modules.messaging.types import (
    AlreadyDecidedError,
    MessageRefused,
    MessageReleased,
    MessageState,
    OwnMessageError,
    ReasonNeededError,
    ReviewLate,
    ReviewNotFoundError,
)
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office

SECRET = "这是核心配方"


def release(actor: Actor, position: int, masked: bool = False) -> Callable[[WriteTx], Any]:
    return lambda tx: review.release(tx, actor, position, masked=masked, reason="可以发")


def refuse(actor: Actor, position: int, reason: str = "涉密") -> Callable[[WriteTx], Any]:
    return lambda tx: review.refuse(tx, actor, position, reason=reason)


def waiting(office: Office, actor: Actor) -> list[int]:
    return [
        each.row.position
        for each in office.world.read(
            lambda tx: review_queue.list_reviews(tx, actor, decided=False)
        )
    ]


def test_the_queue_is_oldest_first_without_ones_own(office: Office) -> None:
    world = office.world
    group = world.group(office.owner, [office.administrator], [office.reviewer])
    first = world.send(office.owner, group, SECRET).position
    second = world.send(office.administrator, group, SECRET).position
    own = world.send(office.reviewer, group, SECRET).position
    other = world.person("周审核", "reviewer")
    assert waiting(office, office.reviewer) == [first, second]
    assert waiting(office, other) == [first, second, own]
    assert world.read(lambda tx: review_queue.count_waiting(tx, office.reviewer)) == 2
    assert world.read(lambda tx: review_queue.count_waiting(tx, office.owner)) == 0
    for actor in (office.owner, office.head, office.registrar):
        with pytest.raises(NotAllowedError):
            waiting(office, actor)
        with pytest.raises(ReviewNotFoundError):
            world.read(lambda tx, actor=actor: review_queue.get_review(tx, actor, first))  # type: ignore[misc]  # bound at once


def test_only_held_messages_are_reviewed(office: Office) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, "大家好").position
    blocked = world.send(office.member, group, "去赌博网站玩").position
    for position in (sent, blocked, 0, 10**9):
        office.refused(ReviewNotFoundError, release(office.reviewer, position))
        office.refused(ReviewNotFoundError, refuse(office.reviewer, position))


def test_a_release_is_recorded_under_its_clauses(office: Office) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET, mentions=(office.owner.person_id,))
    done = world.write(release(office.reviewer, held.position))
    (entry,) = world.entries("messaging.released")
    assert isinstance(entry.fact, MessageReleased)
    assert (entry.fact.refs, entry.fact.sender, entry.fact.text) == (
        (held.position,),
        office.member.person_id,
        SECRET,
    )
    assert (entry.fact.mentions, entry.fact.reason) == ((office.owner.person_id,), "可以发")
    assert (entry.actor, set(entry.uses)) == (
        office.reviewer.name,
        {"6.3/messaging.review", "6.7/messaging.review"},
    )
    assert (done.row.state, done.row.shown, done.row.decision) == (
        MessageState.RELEASED, entry.position, entry.position
    )  # fmt: skip
    assert waiting(office, office.reviewer) == []
    (listed,) = world.read(lambda tx: review_queue.list_reviews(tx, office.reviewer, decided=True))
    assert listed.decision == entry and listed.sender == office.member.person_id


def test_a_release_keeps_the_quote(office: Office) -> None:
    world, group = office.world, office.group()
    first = world.send(office.owner, group, "大家好").position
    held = world.send(office.member, group, SECRET, quote=first)
    world.write(release(office.reviewer, held.position, masked=True))
    (entry,) = world.entries("messaging.released")
    assert (entry.fact.quote, entry.fact.spans) == (first, ((2, 6),))


def test_what_was_left_out_of_a_long_list_of_findings_is_hidden_too(office: Office) -> None:
    world, group = office.world, office.group()
    text = "核心配方，" * 250
    held = world.send(office.member, group, text)
    world.write(release(office.reviewer, held.position, masked=True))
    (entry,) = world.entries("messaging.released")
    assert "核心" not in entry.fact.text and len(entry.fact.text) == len(text)


def test_the_reviewer_sees_what_is_quoted_and_completed(office: Office) -> None:
    world, group = office.world, office.group()
    quoted = world.send(office.owner, group, "大家好").position
    first = world.send(office.member, group, "这是核心").position
    held = world.send(office.member, group, "配方", quote=quoted)
    assert held.state is MessageState.HELD

    def shape(tx: Any) -> Any:
        found = review_queue.open_review(tx, office.reviewer, held.position)
        return _review_shape.opened(world.runtime.new_view(tx), office.reviewer, found)

    world.write(lambda tx: overseeing.read_review(tx, office.reviewer, held.position))
    shown = world.read(shape)
    assert shown["quote"]["text"] == "大家好"
    assert [each["position"] for each in shown["earlier"]] == [first]


def test_a_refusal_needs_a_reason(office: Office) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET)
    office.refused(ReasonNeededError, refuse(office.reviewer, held.position, ""))
    done = world.write(refuse(office.reviewer, held.position))
    (entry,) = world.entries("messaging.refused")
    assert entry.fact == MessageRefused(
        group, (held.position,), office.member.person_id, "6.7", "涉密"
    )
    assert done.row.state is MessageState.REFUSED and done.row.shown is None


def test_nobody_reviews_their_own_message(office: Office) -> None:
    world = office.world
    group = world.group(office.owner, [office.administrator], [office.reviewer])
    own = world.send(office.reviewer, group, SECRET).position
    office.refused(OwnMessageError, release(office.reviewer, own))
    office.refused(OwnMessageError, refuse(office.reviewer, own))


@pytest.mark.parametrize("first", [release, refuse])
def test_the_slower_of_two_reviewers_is_told(office: Office, first: Any) -> None:
    world, group = office.world, office.group()
    other = world.person("周审核", "reviewer")
    held = world.send(office.member, group, SECRET)
    world.write(first(office.reviewer, held.position))
    office.refused(AlreadyDecidedError, release(other, held.position))
    office.refused(AlreadyDecidedError, refuse(other, held.position))
    office.refused(AlreadyDecidedError, first(office.reviewer, held.position))


def test_others_do_not_decide(office: Office) -> None:
    group = office.group()
    held = office.world.send(office.member, group, SECRET)
    for actor in (office.owner, office.member, office.registrar, office.outsider):
        office.refused(ReviewNotFoundError, release(actor, held.position))
        office.refused(ReviewNotFoundError, refuse(actor, held.position))


def test_nothing_new_appears_in_a_closed_group(office: Office) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET)
    world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
    office.refused(GroupClosedError, release(office.reviewer, held.position))
    world.write(refuse(office.reviewer, held.position, "群已关闭"))
    assert waiting(office, office.reviewer) == []


def test_the_reviewer_sees_what_was_said_before(office: Office) -> None:
    world, group = office.world, office.group()
    for n in range(7):
        world.send(office.owner, group, f"第{n}条")
    held = world.send(office.member, group, SECRET)
    world.send(office.owner, group, "之后的")
    found = world.read(lambda tx: review_queue.get_review(tx, office.reviewer, held.position))
    before = world.read(lambda tx: review_queue.messages_before(tx, found))
    assert [entry.fact.text for entry in before] == [f"第{n}条" for n in range(2, 7)]
    assert found.fact.text == SECRET and [finding[4] for finding in found.fact.findings] == [
        "核心配方"
    ]


def test_a_late_review_is_put_on_record_once(office: Office) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET)
    world.later(2 * HOUR - 1)
    assert world.entries("messaging.review_late") == []
    world.later(1)
    (entry,) = world.entries("messaging.review_late")
    assert entry.fact == ReviewLate(group, (held.position,)) and entry.actor == "system:review"
    assert set(entry.uses) == {"6.3/messaging.review", "6.7/messaging.review"}
    world.later(100 * HOUR)
    assert len(world.entries("messaging.review_late")) == 1
    world.write(release(office.reviewer, held.position))
    assert world.entries("messaging.released")


@pytest.mark.parametrize("decide", [release, refuse])
def test_what_was_decided_is_never_late(office: Office, decide: Any) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET)
    world.write(decide(office.reviewer, held.position))
    world.later(100 * HOUR)
    # Even if the timer had been on its way already.
    world.write(lambda tx: review.record_late(tx, system("review"), held.position))
    world.write(lambda tx: review.record_late(tx, system("review"), 10**9))
    assert world.entries("messaging.review_late") == []


def test_the_deadline_is_the_packs_and_rests_at_night(office: Office) -> None:
    world, group = office.world, office.group()
    world.adopt(
        lambda text: text.replace("deadline: {working_hours: 2}", "deadline: {working_hours: 9}")
    )
    world.send(office.member, group, SECRET)
    (entry,) = world.entries("messaging.held")
    # A day has eight working hours, so nine of them end one working hour later on the next day.
    assert entry.fact.due_at == entry.at + 25 * HOUR
