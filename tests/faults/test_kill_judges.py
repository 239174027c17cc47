"""What a kill may have done to questions, calls and texts that burn is found by whoever judges it, and so is what is refused."""

import random
from dataclasses import replace
from typing import Any, cast

import pytest

from bench.servers import Session
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.followup.question_types import (  # fmt: skip
    Outcome,
    QuestionAnswered,
    QuestionKind,
    QuestionRaised,
)
from guiju.modules.messaging.burn_types import BurnOpened
from guiju.modules.messaging.urgent_types import MessageUrged, UrgeConfirmed, UrgeStopped
from tests.support.kill_duties import PER_DAY, Answering, Questioning
from tests.support.kill_ending import Burning, Urging
from tests.support.repeating import Book, Seat, Worker

GROUP = GroupId("g")
MESSAGE, QUESTION = 3, 5


def seat(person: str) -> Seat:
    """Whoever judges needs no session."""
    return Seat(cast("Session", None), person, "main", GROUP)


def entry(position: int, kind: str, actor: str, fact: Any) -> Recorded:
    return Recorded(position, 0, kind, actor, GROUP, 1, (), None, fact)


def questioning() -> tuple[Worker, list[Recorded]]:
    me = Questioning(seat("me"), random.Random(1), other=seat("other"), head=seat("head"), unit="u")
    me.done = [("raised", QUESTION), ("answered", QUESTION)]
    raised = QuestionRaised(GROUP, (MESSAGE,), QuestionKind.QUESTION, "u", None, (), 9, None)
    answered = QuestionAnswered(GROUP, (MESSAGE, QUESTION), Outcome.CONFIRMED)
    return me, [
        entry(QUESTION, "followup.question_raised", "other", raised),
        entry(6, "followup.question_answered", "head", answered),
    ]


def urging() -> tuple[Worker, list[Recorded]]:
    me = Urging(seat("me"), random.Random(1), other=seat("other"), callers=[seat("caller")])
    me.called = me.confirmed = [MESSAGE]
    called = MessageUrged(GROUP, (MESSAGE,), 3, 5, (PersonId("other"),), "x")
    return me, [
        entry(4, "messaging.urged", "caller", called),
        entry(5, "messaging.urge_confirmed", "other", UrgeConfirmed(GROUP, (MESSAGE,), False)),
        entry(6, "messaging.urge_stopped", "other", UrgeStopped(GROUP, (MESSAGE,), 1, 1)),
    ]


def burning() -> tuple[Worker, list[Recorded]]:
    me = Burning(seat("me"), random.Random(1), other=seat("other"))
    me.opened, me.burnt = {MESSAGE: 0}, [MESSAGE]
    return me, [entry(4, "messaging.burn_opened", "other", BurnOpened(GROUP, (MESSAGE,)))]


@pytest.mark.parametrize("case", [questioning, urging, burning])
def test_each_is_recorded_once(case: Any) -> None:
    worker, entries = case()
    assert worker.judge(Book(entries, lambda _: None)) == []
    for at, each in enumerate(entries):
        wrong = [
            entries[:at] + entries[at + 1 :],
            [*entries, replace(each, position=9)],
            [*entries[:at], replace(each, actor="somebody"), *entries[at + 1 :]],
        ]
        for changed in wrong:
            assert len(worker.judge(Book(changed, lambda _: None))) == 1, changed


def test_who_is_refused_before_the_limit_was_counted_twice() -> None:
    worker = Answering(seat("me"), random.Random(1), other=seat("other"))
    worker.limited = 1
    found = worker.judge(Book([], lambda _: None))
    assert found == ["answer: refused by the limit of the day after 0"]
    worker.asked = list(range(PER_DAY))
    asked = worker.judge(Book([], lambda _: None))
    assert asked == [f"answer: 0 ask, {PER_DAY} were acknowledged"]


def test_a_text_that_was_opened_at_another_time_is_found() -> None:
    worker, (opened,) = burning()
    assert len(worker.judge(Book([replace(opened, at=1)], lambda _: None))) == 1
