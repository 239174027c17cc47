"""Who decides what, without a database."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.kernel.clock import HOUR
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import PersonId
from guiju.modules.approvals import _rules
from guiju.modules.approvals.types import (
    MAXIMUM_SEATS,
    MAXIMUM_STEPS,
    AlreadyDecidedError,
    FlowTooLargeError,
    NotApplicantError,
    NotYourTurnError,
    OnTimeout,
    OpenedStep,
    OpinionNeededError,
    OwnRequestError,
    RemindedRecentlyError,
    Request,
    RequestId,
    RequestState,
    Seat,
    SeatOrigin,
    Step,
    StepMode,
    StepState,
    Verdict,
)

LI, WANG, ZHAO, QIAN = (PersonId(f"per_{name}") for name in ("li", "wang", "zhao", "qian"))
APPROVE, REFUSE = Verdict.APPROVE, Verdict.REFUSE


def step(index: int, mode: StepMode, *people: PersonId) -> Step:
    return Step(
        index,
        {"zh": "节点"},
        {"zh": "审批人"},
        mode,
        StepState.WAITING if index == 0 else StepState.TO_COME,
        8,
        2,
        OnTimeout.REMIND,
        None,
        None,
        None,
        tuple(Seat(person, SeatOrigin.FLOW) for person in people),
    )


def request(*steps: Step) -> Request:
    return Request(
        RequestId("req_1"),
        "test.thing",
        "thi_1",
        "题",
        LI,
        RequestState.WAITING,
        0,
        None,
        0,
        None,
        (),
        0,
        steps,
    )


def opened(*sizes: int) -> list[OpenedStep]:
    return [
        OpenedStep(
            mode=StepMode.ANY,
            approvers=[PersonId(f"per_{n}") for n in range(size)],
            deadline_hours=None,
            remind_hours=None,
            on_timeout=OnTimeout.REMIND,
        )
        for size in sizes
    ]


class TestDecide:
    def test_any_of_passes_with_the_first_approval(self) -> None:
        assert _rules.decide(request(step(0, StepMode.ANY, WANG, ZHAO)), ZHAO, APPROVE, "") == (
            ZHAO,
            StepState.PASSED,
        )

    @pytest.mark.parametrize("mode", list(StepMode))
    def test_one_refusal_refuses_at_once(self, mode: StepMode) -> None:
        assert _rules.decide(request(step(0, mode, WANG, ZHAO)), ZHAO, REFUSE, "理由") == (
            ZHAO,
            StepState.REFUSED,
        )

    def test_all_of_waits_for_the_last(self) -> None:
        asked = request(step(0, StepMode.ALL, WANG, ZHAO))
        assert _rules.decide(asked, ZHAO, APPROVE, "") == (ZHAO, StepState.WAITING)
        first = replace(asked.current.seats[0], verdict=APPROVE)
        one_left = replace(
            asked, steps=(replace(asked.current, seats=(first, asked.current.seats[1])),)
        )
        assert _rules.decide(one_left, ZHAO, APPROVE, "") == (ZHAO, StepState.PASSED)

    def test_a_step_to_come_is_not_your_turn(self) -> None:
        asked = request(step(0, StepMode.ANY, WANG), step(1, StepMode.ANY, ZHAO))
        with pytest.raises(NotYourTurnError):
            _rules.decide(asked, ZHAO, APPROVE, "")
        with pytest.raises(NotYourTurnError):
            _rules.decide(asked, QIAN, APPROVE, "")

    def test_an_earlier_step_was_decided_by_another(self) -> None:
        asked = replace(
            request(step(0, StepMode.ANY, WANG, QIAN), step(1, StepMode.ANY, ZHAO)), step=1
        )
        with pytest.raises(AlreadyDecidedError):
            _rules.decide(asked, QIAN, APPROVE, "")

    def test_a_seat_gives_one_verdict(self) -> None:
        asked = request(step(0, StepMode.ALL, WANG, ZHAO))
        first = replace(asked.current.seats[0], verdict=APPROVE)
        once = replace(
            asked, steps=(replace(asked.current, seats=(first, asked.current.seats[1])),)
        )
        with pytest.raises(AlreadyDecidedError):
            _rules.decide(once, WANG, REFUSE, "改主意")

    @pytest.mark.parametrize(
        "state", [state for state in RequestState if state is not RequestState.WAITING]
    )
    def test_an_ended_request_takes_no_verdict(self, state: RequestState) -> None:
        with pytest.raises(AlreadyDecidedError) as refused:
            _rules.decide(
                replace(request(step(0, StepMode.ANY, WANG)), state=state), WANG, APPROVE, ""
            )
        assert refused.value.data["state"] == state.value

    @pytest.mark.parametrize("opinion", ["", "  \n\t", "\u3000"])
    def test_a_refusal_needs_an_opinion(self, opinion: str) -> None:
        with pytest.raises(OpinionNeededError):
            _rules.decide(request(step(0, StepMode.ANY, WANG)), WANG, REFUSE, opinion)

    def test_nobody_decides_their_own(self) -> None:
        with pytest.raises(OwnRequestError):
            _rules.decide(request(step(0, StepMode.ANY, LI, WANG)), LI, APPROVE, "")


class TestSize:
    def test_the_limits_themselves_fit(self) -> None:
        _rules.check_size(opened(MAXIMUM_SEATS))
        _rules.check_size(opened(*([1] * MAXIMUM_STEPS)))

    @pytest.mark.parametrize("sizes", [(), (1,) * (MAXIMUM_STEPS + 1), (MAXIMUM_SEATS, 1)])
    def test_what_a_leaf_cannot_hold_is_refused(self, sizes: tuple[int, ...]) -> None:
        with pytest.raises(FlowTooLargeError):
            _rules.check_size(opened(*sizes))


class TestApplicant:
    def test_only_the_applicant(self) -> None:
        asked = request(step(0, StepMode.ANY, WANG))
        _rules.check_applicant(asked, LI)
        for other in (WANG, QIAN, None):
            with pytest.raises(NotApplicantError):
                _rules.check_applicant(asked, other)

    def test_a_reminder_an_hour(self) -> None:
        asked = request(step(0, StepMode.ANY, WANG)).current
        _rules.check_reminder(asked, 0)
        reminded = replace(asked, reminded_at=1_000)
        _rules.check_reminder(reminded, 1_000 + HOUR)
        with pytest.raises(RemindedRecentlyError) as refused:
            _rules.check_reminder(reminded, 1_000 + HOUR - 1)
        assert refused.value.data["retry_after"] == 1


PEOPLE = [LI, WANG, ZHAO, QIAN]
step_shapes = st.tuples(
    st.sampled_from(list(StepMode)),
    st.lists(st.sampled_from([WANG, ZHAO, QIAN]), min_size=1, unique=True),
)
acts = st.tuples(
    st.sampled_from(PEOPLE), st.sampled_from(list(Verdict)), st.sampled_from(["", "理由"])
)


class TestChain:
    @given(st.lists(step_shapes, min_size=1, max_size=4), st.lists(acts, max_size=30))
    def test_any_order_of_acts_keeps_the_rules(
        self,
        shapes: list[tuple[StepMode, list[PersonId]]],
        sequence: list[tuple[PersonId, Verdict, str]],
    ) -> None:
        """Folded as the service does: one end, no own verdict, no step passed over."""
        asked = request(
            *(step(index, mode, *people) for index, (mode, people) in enumerate(shapes))
        )
        for person, verdict, opinion in sequence:
            waited_for = asked.waits_for(person)
            try:
                seat, outcome = _rules.decide(asked, person, verdict, opinion)
            except GuijuError as refused:
                assert not waited_for or isinstance(refused, OpinionNeededError)
                continue
            assert waited_for and person == seat != LI
            seats = tuple(
                replace(s, verdict=verdict) if s.person == person else s
                for s in asked.current.seats
            )
            steps = list(asked.steps)
            steps[asked.step] = replace(asked.current, seats=seats, state=outcome)
            asked = replace(asked, steps=tuple(steps))
            if outcome is StepState.REFUSED:
                asked = replace(asked, state=RequestState.REFUSED)
            elif outcome is StepState.PASSED and asked.step + 1 == len(steps):
                asked = replace(asked, state=RequestState.APPROVED)
            elif outcome is StepState.PASSED:
                asked = replace(asked, step=asked.step + 1)
        verdicts = [[seat.verdict for seat in known.seats if seat.verdict] for known in asked.steps]
        if asked.state is RequestState.APPROVED:
            assert all(given_ and set(given_) == {APPROVE} for given_ in verdicts)
            for known, given_ in zip(asked.steps, verdicts, strict=True):
                assert len(given_) == (len(known.seats) if known.mode is StepMode.ALL else 1)
        if asked.state is RequestState.REFUSED:
            assert sum(REFUSE in given_ for given_ in verdicts) == 1
        if asked.state is RequestState.WAITING:
            assert any(asked.waits_for(person) for person in PEOPLE), "somebody can always go on"
