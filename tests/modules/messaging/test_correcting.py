"""Corrections: who may correct what, what the old message says from then on, and that nothing else of it changes."""

from typing import Any

from guiju.kernel.clock import DAY
from guiju.kernel.live import items_for
from guiju.modules.followup import _question_shape, questioning, questions
from guiju.modules.followup.question_types import Outcome, Question, QuestionState
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.messaging import recalling, review, topics
from guiju.modules.messaging.burn_types import BurningError
from guiju.modules.messaging.correct_types import (
    AlreadyCorrectedError,
    BadCorrectionError,
    CorrectLateError,
    NotOwnMessageError,
)
from guiju.modules.messaging.topic_types import MovedAsideError, ThreadFrozenError
from guiju.modules.messaging.types import CmidReusedError, MessageState
from guiju.modules.policy import service as policy
from guiju.runtime import ROUTERS
from tests.support.asking import raise_question
from tests.support.checks import check_ledger
from tests.support.office import Office
from tests.support.screens import shown
from tests.support.sending import prepared, refused, send_together, with_editing

USE = "6.10/messaging.corrections"


def test_the_old_message_leads_to_the_newest_correction(office: Office) -> None:
    world, group = office.world, office.group()
    wrong = world.send(office.member, group, "八点开工").position
    quoting = world.send(office.owner, group, "好的", quote=wrong).position
    world.clock.advance(400 * DAY)
    first = world.send(office.member, group, "九点开工", corrects=wrong)
    entry = world.entries()[-1]
    assert first.state is MessageState.DELIVERED and entry.uses == (USE,)
    assert (entry.fact.corrects, entry.fact.text) == (wrong, "九点开工")
    (use,) = world.read(lambda tx: policy.uses(tx, "messaging.corrections"))
    assert world.read(lambda tx: policy.evidence_of(tx, use)).count == 1
    second = world.send(office.member, group, "十点开工", corrects=first.position).position
    seen = [shown(world, group, at, office.owner) for at in (wrong, first.position, second)]
    assert [each["corrected"] for each in seen] == [second, second, None]
    assert [each["corrects"] for each in seen] == [None, wrong, first.position]
    assert seen[0]["text"] == "八点开工", "it keeps what it said"
    assert shown(world, group, quoting, office.member)["quote"]["corrected"] == second
    again = world.send(office.member, group, "九点开工", entry.fact.cmid, corrects=wrong)
    assert again == first, "the same cmid gives the first receipt"
    (other,) = send_together(
        office, [prepared(office, office.member, group, "九点开工", entry.fact.cmid)]
    )
    assert isinstance(other, CmidReusedError)
    late = refused(office, AlreadyCorrectedError, office.member, group, corrects=wrong)
    assert late.data["position"] == second


def test_a_recall_is_not_in_the_way(office: Office) -> None:
    world, group = office.world, office.group()
    wrong = world.send(office.member, group, "八点开工").position
    world.write(lambda tx: recalling.recall(tx, office.member, group, wrong))
    right = world.send(office.member, group, "九点开工", corrects=wrong).position
    found = shown(world, group, wrong, office.owner)
    assert (found["text"], found["corrected"]) == ("", right), "that there is one stays on record"


def test_what_is_recalled_corrects_nothing_any_more(office: Office) -> None:
    world, group = office.world, office.group()
    wrong = world.send(office.member, group, "八点开工").position
    quoting = world.send(office.owner, group, "好的", quote=wrong).position

    def recall(at: int) -> dict[str, Any]:
        world.write(lambda tx: recalling.recall(tx, office.member, group, at))
        item = items_for(ROUTERS, world.runtime.new_view(), world.entries("messaging.recalled")[-1:], office.owner.person_id, frozenset(), {group: 0})[0]  # fmt: skip
        return {key: item[key] for key in ("message", "corrects", "corrected")}

    def corrected(*places: int) -> list[int | None]:
        found = [shown(world, group, at, office.owner)["corrected"] for at in places]
        quote = shown(world, group, quoting, office.owner)["quote"]["corrected"]
        assert quote == found[0], "a quote says the same"
        return found

    one = world.send(office.member, group, "九点开工", corrects=wrong).position
    two = world.send(office.member, group, "十点开工", corrects=one).position
    three = world.send(office.member, group, "十一点开工", corrects=two).position
    assert corrected(wrong, one, two, three) == [three, three, three, None]
    assert recall(three) == {"message": three, "corrects": two, "corrected": two}
    assert corrected(wrong, one, two, three) == [two, two, None, None]
    assert recall(one) == {"message": one, "corrects": wrong, "corrected": two}
    assert corrected(wrong, one, two) == [two, None, None]
    refused(office, BadCorrectionError, office.member, group, corrects=three)
    refused(office, BadCorrectionError, office.member, group, corrects=one)
    refused(office, AlreadyCorrectedError, office.member, group, corrects=wrong)
    assert recall(two) == {"message": two, "corrects": wrong, "corrected": None}
    assert corrected(wrong, one, two) == [None, None, None]
    again = world.send(office.member, group, "十二点开工", corrects=wrong).position
    assert corrected(wrong, one, two, three) == [again, None, None, None]
    assert recall(wrong) == {"message": wrong, "corrects": None, "corrected": again}
    assert shown(world, group, wrong, office.owner)["corrected"] == again
    check_ledger(world)


def test_errors_wait_again_when_their_correction_is_recalled(office: Office) -> None:
    world, group = office.world, office.group()
    wrong = world.send(office.member, group, "八点开工").position
    early = raise_question(world, office.owner, group, wrong, None)
    first = world.send(office.member, group, "九点开工", corrects=wrong).position
    late = raise_question(world, office.owner, group, wrong, None)
    second = world.send(office.member, group, "十点开工", corrects=first).position
    world.write(lambda tx: recalling.recall(tx, office.member, group, second))

    def state(question: int) -> tuple[QuestionState, int | None]:
        found = world.read(lambda tx: questions.find(tx, question))
        return found.state, found.answer

    assert state(early) == (QuestionState.CLOSED, first) and state(late) == (
        QuestionState.OPEN,
        None,
    )
    world.later(2 * DAY)
    assert [e.fact.refs[1] for e in world.entries("followup.question_late")] == [late]
    third = world.send(office.member, group, "十一点开工", corrects=first).position
    assert state(late) == (QuestionState.CLOSED, third)
    check_ledger(world)


def test_an_error_is_as_late_as_without_the_correction_that_is_recalled(office: Office) -> None:
    world, group = office.world, office.group()
    wrong = world.send(office.member, group, "八点开工").position
    error = raise_question(world, office.owner, group, wrong, None)
    first = world.send(office.member, group, "九点开工", corrects=wrong).position
    second = world.send(office.member, group, "十点开工", corrects=first).position

    def find() -> Question:
        return world.read(lambda tx: questions.find(tx, error))

    def recall(at: int) -> None:
        world.write(lambda tx: recalling.recall(tx, office.owner, group, at, reason="x"))

    recall(first)
    assert (find().state, find().answer, find().late) == (QuestionState.CLOSED, second, False)
    world.later(20 * DAY)
    assert world.entries("followup.question_late") == []
    recall(second)
    assert find().state is QuestionState.OPEN
    world.later(0)
    assert len(world.entries("followup.question_late")) == 1
    third = world.send(office.member, group, "十一点开工", corrects=wrong).position
    recall(third)
    world.later(10 * DAY)
    assert len(world.entries("followup.question_late")) == 1
    assert len(world.entries("followup.question_escalated")) == 1
    check_ledger(world)


def test_who_may_correct_what(office: Office) -> None:
    world, group = office.world, office.group()
    world.adopt(with_editing)
    wrong = world.send(office.member, group, "八点开工").position
    reply = world.send(office.member, group, "收到", thread=wrong).position
    burns = world.send(office.member, group, "口令", burn=30).position
    blocked = world.send(office.member, group, "去赌博网站玩").position
    for other in (office.owner, office.administrator):
        refused(office, NotOwnMessageError, other, group, corrects=wrong)
    refused(office, GroupNotFoundError, office.outsider, group, corrects=wrong)
    for nothing in (blocked, 10**9):
        refused(office, BadCorrectionError, office.member, group, corrects=nothing)
    refused(office, BadCorrectionError, office.member, group, corrects=reply)
    refused(office, BadCorrectionError, office.member, group, corrects=wrong, thread=wrong)
    refused(office, BadCorrectionError, office.member, group, corrects=wrong, burn=30)
    refused(office, BurningError, office.member, group, corrects=burns)
    world.send(office.member, group, "没收到", corrects=reply, thread=wrong)
    world.write(lambda tx: topics.freeze(tx, office.owner, group, wrong, on=True, reason="x"))
    refused(office, ThreadFrozenError, office.member, group, corrects=wrong)
    aside = world.send(office.member, group, "卖房").position
    world.write(lambda tx: topics.move(tx, office.owner, group, aside, on=True, reason="x"))
    refused(office, MovedAsideError, office.member, group, corrects=aside)


def test_the_rules_may_bound_it_and_the_gate_inspects_it(office: Office) -> None:
    world, group = office.world, office.group()
    wrong = world.send(office.member, group, "八点开工").position
    held = world.send(office.member, group, "这是核心配方", corrects=wrong)
    blocked = world.send(office.member, group, "去赌博网站玩", corrects=wrong)
    assert (held.state, blocked.state) == (MessageState.HELD, MessageState.BLOCKED)
    assert shown(world, group, wrong, office.member)["corrected"] is None
    right = world.send(office.member, group, "九点开工", corrects=wrong).position
    world.write(
        lambda tx: review.release(tx, office.reviewer, held.position, masked=False, reason="")
    )
    released = world.entries("messaging.released")[-1]
    assert released.fact.corrects == right, "it comes after the one that passed meanwhile"
    seen = [shown(world, group, at, office.owner)["corrected"] for at in (wrong, right)]
    assert seen == [released.position] * 2
    old = world.send(office.member, group, "七点开工").position
    world.adopt(
        lambda text: text.replace(
            "use: messaging.corrections\n        with: {}",
            "use: messaging.corrections\n        with: {days: 2}",
        )
    )
    world.clock.advance(2 * DAY + 1)
    late = refused(office, CorrectLateError, office.member, group, corrects=old)
    assert late.data["days"] == 2 and "6.10" in str(late.data["clause"])
    world.adopt(lambda text: text.replace("use: messaging.corrections", "use: messaging.pins"))
    assert world.send(office.member, group, "六点开工", corrects=old).clause is None


def test_a_correction_closes_the_errors_that_were_reported(office: Office) -> None:
    world, group = office.world, office.group()
    wrong = world.send(office.member, group, "八点开工").position
    reported = raise_question(world, office.owner, group, wrong, None)
    asked = raise_question(world, office.owner, group, wrong, world.unit)
    right = world.send(office.member, group, "九点开工", corrects=wrong).position

    def state(question: int) -> QuestionState:
        return world.read(lambda tx: questions.find(tx, question)).state

    assert (state(reported), state(asked)) == (QuestionState.CLOSED, QuestionState.OPEN)

    def answer(tx: Any) -> Any:
        found = questions.find(tx, reported)
        return _question_shape.inside(world.runtime.new_view(tx), [found])[0]["answer"]

    said = world.read(answer)
    assert (said["outcome"], said["correction"], said["text"]) == ("corrected", right, "")
    assert said["by"]["id"] == office.member.person
    old = raise_question(world, office.owner, group, wrong, None)
    world.write(lambda tx: questioning.answer(tx, office.member, old, Outcome.CONFIRMED, text=""))
    world.send(office.member, group, "十点开工", corrects=right)
    assert state(old) is QuestionState.CLOSED, "of whatever stands before it in the line"
