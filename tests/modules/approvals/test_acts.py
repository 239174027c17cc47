"""Any people doing anything in any order, with timers in between, against what must always hold."""

import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guiju.kernel.clock import HOUR
from guiju.kernel.errors import GuijuError
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Box, Request, RequestState, StepState, Verdict
from guiju.modules.policy.types import FlowStep
from tests.modules.approvals.plant import Plant, step

_numbers = itertools.count()

RULES = (
    {"head_of_unit": "applicant"},
    {"role": "registrar"},
    {"level_above": 2},
    {"post": "post of wu"},
)
steps = st.builds(
    lambda rules, mode, hours, on_timeout: step(
        *rules, mode=mode, hours=hours, remind=1, on_timeout=on_timeout
    ),
    st.lists(st.sampled_from(RULES), min_size=1, max_size=2),
    st.sampled_from(["any", "all"]),
    st.sampled_from([None, 1, 4]),
    st.sampled_from(["remind", "escalate", "expire"]),
)
people = st.sampled_from(["li", "chen", "wang", "zhao", "qian", "sun", "zhou", "wu"])
acts = st.one_of(
    st.tuples(st.just("approve"), people),
    st.tuples(st.just("approve"), people),
    st.tuples(st.just("refuse"), people),
    st.tuples(st.just("withdraw"), people),
    st.tuples(st.just("remind"), people),
    st.tuples(st.just("hours"), st.integers(1, 30)),
)


class TestAnyOrder:
    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        by=st.sampled_from(["li", "chen", "qian", "zhao"]),
        flow=st.lists(steps, min_size=1, max_size=3),
        sequence=st.lists(acts, max_size=12),
    )
    def test_what_must_always_hold(
        self, plant: Plant, by: str, flow: list[FlowStep], sequence: list[tuple[str, str | int]]
    ) -> None:
        subject = f"thi_{next(_numbers)}"
        request = plant.open(*flow, by=by, subject=subject)
        for what, detail in sequence:
            before = plant.get(request)
            try:
                self.perform(plant, request, what, detail)
            except GuijuError:
                assert plant.get(request) == before
            self.check(plant, before, plant.get(request))

    def perform(self, plant: Plant, request: Request, what: str, detail: str | int) -> None:
        if isinstance(detail, int):
            plant.run_until(plant.world.clock.now() + detail * HOUR)
        elif what == "withdraw":
            plant.world.write(lambda tx: approvals.withdraw(tx, plant.people[detail], request.id))
        elif what == "remind":
            plant.world.write(lambda tx: approvals.remind(tx, plant.people[detail], request.id))
        else:
            plant.decide(request, detail, Verdict(what), "理由")

    def check(self, plant: Plant, before: Request, after: Request) -> None:
        if before.state is not RequestState.WAITING:
            assert after == before, "an ended request never changes"
        assert all(known.seat_of(after.applicant) is None for known in after.steps)
        told = [state for subject, state, _ in plant.told if subject == after.subject]
        assert told == ([] if after.state is RequestState.WAITING else [after.state.value])
        waiting = [known.index for known in after.steps if known.state is StepState.WAITING]
        assert waiting == ([after.step] if after.state is RequestState.WAITING else [])
        assert all(known.state is StepState.PASSED for known in after.steps[: after.step])
        if after.state is RequestState.WAITING:
            asked = [seat.person for seat in after.current.seats if after.waits_for(seat.person)]
            assert asked, "somebody can always go on"
            for name in plant.people:
                is_listed = after.id in {found.id for found in plant.box(name, Box.TODO)}
                assert is_listed == (plant.id(name) in asked)
