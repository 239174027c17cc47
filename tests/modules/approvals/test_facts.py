"""Facts come back from what a leaf and its body hold, and without a body that was shredded."""

import json
from typing import Any

import msgspec
import pytest

from guiju.kernel.facts import schema_of
from guiju.kernel.ids import PersonId
from guiju.ledger.entry import MAX_LEAF
from guiju.modules.approvals.types import (
    MAXIMUM_SEATS,
    MAXIMUM_STEPS,
    OnTimeout,
    OpenedStep,
    RequestClosed,
    RequestId,
    RequestOpened,
    RequestState,
    SeatDecided,
    StepEscalated,
    StepMode,
    StepReminded,
    StepStarted,
    StepState,
    StepWords,
    Verdict,
)

REQUEST = RequestId("req_" + "0" * 23)
PERSON = PersonId("per_" + "0" * 23)
ENVELOPE = 900
"""What a leaf holds beside its metadata: hashes, ids, origin, and a few uses."""


def opened(*sizes: int) -> RequestOpened:
    steps = [
        OpenedStep(
            mode=StepMode.ALL,
            approvers=[PERSON] * size,
            deadline_hours=2000,
            remind_hours=1999,
            on_timeout=OnTimeout.ESCALATE,
        )
        for size in sizes
    ]
    words = [StepWords({"zh": "节点", "en": "Step"}, {"zh": "审批人"}) for _ in sizes]
    heads = tuple(min(size, 10) for size in sizes)
    return RequestOpened(REQUEST, "test.thing", "thi_1", PERSON, "4.1", steps, heads, "题", words)


FACTS = [
    opened(1, 2),
    StepStarted(REQUEST, 0, 5, None, (3,)),
    SeatDecided(REQUEST, 0, PERSON, Verdict.REFUSE, StepState.REFUSED, (3,), "理由"),
    RequestClosed(REQUEST, RequestState.EXPIRED, (3,)),
    StepReminded(REQUEST, 0, (3,)),
    StepEscalated(REQUEST, 0, [PERSON], (3,)),
]


def stored(value: dict[str, Any]) -> dict[str, Any]:
    """As JSON brings it back."""
    back: dict[str, Any] = json.loads(msgspec.json.encode(value))
    return back


class TestFacts:
    @pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
    def test_they_come_back(self, fact: object) -> None:
        schema = schema_of(fact)
        group, refs, clear, sealed = schema.split(fact)
        assert group is None
        assert schema.join(None, list(refs), stored(clear), stored(sealed)) == fact

    def test_what_was_recorded_before_names_no_heads(self) -> None:
        schema, fact = schema_of(opened(2)), opened(2)
        _, refs, clear, sealed = schema.split(fact)
        del clear["heads"]
        assert schema.join(None, list(refs), stored(clear), stored(sealed)).heads == ()

    def test_without_their_words(self) -> None:
        fact = opened(1)
        schema = schema_of(fact)
        bare = schema.join(None, [], stored(schema.split(fact)[2]), None)
        assert (bare.title, bare.words, bare.steps) == ("", None, fact.steps)

    def test_no_free_text_stands_in_the_clear(self) -> None:
        for fact in FACTS:
            assert msgspec.json.encode(schema_of(fact).split(fact)[2]).isascii()

    def test_the_largest_flow_fits_into_a_leaf(self) -> None:
        fact = opened(MAXIMUM_SEATS - MAXIMUM_STEPS + 1, *([1] * (MAXIMUM_STEPS - 1)))
        clear = msgspec.json.encode(schema_of(fact).split(fact)[2])
        assert len(clear) + ENVELOPE <= MAX_LEAF
