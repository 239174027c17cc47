"""A head's deputy decides in the head's seat, while they stand in and for nobody's own ends."""

from collections.abc import Callable

import pytest

from guiju.kernel.clock import DAY
from guiju.kernel.errors import GuijuError
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.modules.approvals import _rules
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals._live import deliveries
from guiju.modules.approvals.types import (
    AlreadyDecidedError,
    Box,
    NotYourTurnError,
    OnTimeout,
    OwnRequestError,
    Request,
    RequestId,
    RequestNotFoundError,
    RequestState,
    Seat,
    SeatDecided,
    SeatOrigin,
    Step,
    StepMode,
    StepState,
    Verdict,
)
from guiju.modules.directory import deputising
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import BadDeputyError
from tests.modules.approvals.plant import SETUP, Plant, step
from tests.support.deputies import stand_in

HEAD = {"head_of_unit": "applicant"}
ABOVE = {"level_above": 2}
REGISTRARS = {"role": "registrar"}
REFUSE = Verdict.REFUSE


def deputise(plant: Plant, person: str, deputy: str, *, days: int = 7) -> None:
    stand_in(plant.world, plant.id(person), plant.id(deputy), days=days)


def refused(plant: Plant, error: type[GuijuError], act: Callable[[], object]) -> None:
    """The act is refused and leaves no trace."""
    before = plant.recorded()
    with pytest.raises(error):
        act()
    assert plant.recorded() == before


class TestDecide:
    def test_the_deputy_decides_in_the_seat_of_the_head(self, plant: Plant) -> None:
        request = plant.open(step(HEAD), step(REGISTRARS))
        refused(plant, RequestNotFoundError, lambda: plant.decide(request, "wu"))
        deputise(plant, "chen", "wu")
        assert [found.id for found in plant.box("wu", Box.TODO)] == [request.id]
        assert (plant.count_todo("wu"), plant.count_todo("chen")) == (1, 1)
        decided = plant.decide(request, "wu", opinion="同意")
        [seat] = decided.steps[0].seats
        assert (seat.person, seat.deputy) == (plant.id("chen"), plant.id("wu"))
        assert (seat.verdict, decided.step) == (Verdict.APPROVE, 1)
        [entry] = [each for each in plant.recorded() if isinstance(each.fact, SeatDecided)]
        assert (entry.actor, entry.fact.seat) == (plant.id("wu"), plant.id("chen"))
        assert (plant.count_todo("wu"), plant.count_todo("chen")) == (0, 0)
        for name in ("wu", "chen"):
            assert [found.id for found in plant.box(name, Box.DONE)] == [request.id]
        refused(plant, AlreadyDecidedError, lambda: plant.decide(request, "chen"))
        refused(plant, AlreadyDecidedError, lambda: plant.decide(request, "wu"))
        deputise(plant, "chen", "zhou")  # who decided still reads it
        assert plant.sees(plant.wu, request)

    def test_the_head_may_be_first(self, plant: Plant) -> None:
        request = plant.open(step(HEAD), step(REGISTRARS))
        deputise(plant, "chen", "wu")
        [seat] = plant.decide(request, "chen").steps[0].seats
        assert seat.deputy is None
        assert plant.box("wu", Box.TODO) == [] and not plant.sees(plant.wu, request)
        refused(plant, RequestNotFoundError, lambda: plant.decide(request, "wu"))

    def test_only_from_the_first_day_to_the_last(self, plant: Plant) -> None:
        request = plant.open(step(HEAD, hours=None))
        deputise(plant, "chen", "wu", days=1)
        assert plant.sees(plant.wu, request)
        plant.world.later(DAY)
        assert plant.count_todo("wu") == 0 and plant.box("wu", Box.TODO) == []
        refused(plant, RequestNotFoundError, lambda: plant.decide(request, "wu"))
        deputise(plant, "chen", "wu")
        plant.world.write(lambda tx: deputising.end_deputy(tx, SETUP, plant.id("chen")))
        refused(plant, RequestNotFoundError, lambda: plant.decide(request, "wu"))
        assert plant.decide(request, "chen").state is RequestState.APPROVED

    def test_what_a_role_or_a_name_brings_has_no_deputy(self, plant: Plant) -> None:
        by_role = plant.open(step(REGISTRARS))
        by_name = plant.open(step({"person": plant.id("qian")}), subject="thi_2")
        deputise(plant, "qian", "wu")
        assert plant.box("wu", Box.TODO) == []
        refused(plant, RequestNotFoundError, lambda: plant.decide(by_role, "wu"))
        refused(plant, RequestNotFoundError, lambda: plant.decide(by_name, "wu"))

    def test_who_is_asked_when_the_deadline_has_passed_has_one(self, plant: Plant) -> None:
        request = plant.open(step(HEAD, on_timeout="escalate", remind=None))
        deputise(plant, "wang", "wu")
        assert plant.count_todo("wu") == 0
        plant.run_until(request.current.due_at)
        assert plant.count_todo("wu") == 1
        decided = plant.decide(request, "wu", REFUSE, "不必")
        assert decided.state is RequestState.REFUSED
        assert [seat.deputy for seat in decided.current.seats] == [None, plant.id("wu")]

    def test_a_step_with_nobody_left_goes_to_a_head(self, plant: Plant) -> None:
        request = plant.open(step({"person": plant.id("li")}))
        deputise(plant, "chen", "wu")
        assert plant.decide(request, "wu").state is RequestState.APPROVED


class TestOwnRequests:
    def test_the_applicant_as_deputy(self, plant: Plant) -> None:
        request = plant.open(step(HEAD))
        deputise(plant, "chen", "li")
        assert plant.count_todo("li") == 0 and plant.box("li", Box.TODO) == []
        refused(plant, OwnRequestError, lambda: plant.decide(request, "li"))

    def test_the_deputy_of_the_applicant(self, plant: Plant) -> None:
        request = plant.open(step(HEAD), by="chen")
        assert plant.names(request) == [["wang"]]
        deputise(plant, "chen", "wu")
        refused(plant, RequestNotFoundError, lambda: plant.decide(request, "wu"))
        deputise(plant, "wang", "wu")
        assert plant.count_todo("wu") == 0 and not plant.sees(plant.wu, request)
        refused(plant, RequestNotFoundError, lambda: plant.decide(request, "wu"))
        deputise(plant, "chen", "zhou")  # the auditor, who reads it
        deputise(plant, "wang", "zhou")
        refused(plant, OwnRequestError, lambda: plant.decide(request, "zhou"))
        plant.world.write(lambda tx: deputising.end_deputy(tx, SETUP, plant.id("chen")))
        assert plant.decide(request, "zhou").state is RequestState.APPROVED

    def test_nobody_makes_themselves_a_deputy(self, plant: Plant) -> None:
        plant.world.write(lambda tx: directory.grant_role(tx, SETUP, plant.id("wu"), "hr"))
        day = plant.world.read(deputising.today).isoformat()

        def name(deputy: str) -> None:
            plant.world.write(
                lambda tx: deputising.name_deputy(
                    tx, plant.wu, plant.id("chen"), plant.id(deputy), day, day
                )
            )

        refused(plant, BadDeputyError, lambda: name("wu"))
        name("zhou")


class TestOneVoiceInAStep:
    def test_who_sits_in_the_step_decides_in_that_seat_alone(self, plant: Plant) -> None:
        request = plant.open(step(HEAD, ABOVE, mode="all"))
        deputise(plant, "chen", "wang")
        assert plant.count_todo("wang") == 1
        decided = plant.decide(request, "wang")
        assert [seat.verdict for seat in decided.current.seats] == [None, Verdict.APPROVE]
        assert plant.count_todo("wang") == 0
        refused(plant, AlreadyDecidedError, lambda: plant.decide(request, "wang"))

    def test_who_stands_in_for_two_heads_speaks_once(self, plant: Plant) -> None:
        request = plant.open(step(HEAD, ABOVE, mode="all"))
        for head in ("chen", "wang"):
            deputise(plant, head, "wu")
        assert plant.count_todo("wu") == 1 and len(plant.box("wu", Box.TODO)) == 1
        waiting = plant.decide(request, "wu")
        assert [seat.deputy for seat in waiting.current.seats] == [plant.id("wu"), None]
        assert plant.count_todo("wu") == 0
        refused(plant, AlreadyDecidedError, lambda: plant.decide(request, "wu"))
        assert plant.decide(request, "wang").state is RequestState.APPROVED

    def test_one_box_holds_both_kinds_by_deadline(self, plant: Plant) -> None:
        deputise(plant, "chen", "wang")
        plant.open(step(HEAD, hours=16), subject="soon")
        plant.open(step(HEAD, hours=None), by="chen", subject="slow")
        plant.open(step(HEAD, hours=2, remind=None), subject="urgent")
        listed = [found.subject for found in plant.box("wang", Box.TODO)]
        assert listed == ["urgent", "soon", "slow"] and plant.count_todo("wang") == 3


class TestShown:
    def test_on_whose_behalf(self, plant: Plant) -> None:
        request = plant.open(step(HEAD))
        deputise(plant, "chen", "wu")

        def shown(to: str) -> dict[str, object]:
            found: dict[str, object] = plant.world.read(
                lambda tx: approvals.to_json(
                    tx, plant.people[to], approvals.get_request(tx, plant.people[to], request.id)
                )
            )
            return found

        before = shown("wu")
        assert before["mine"] is True and before["deputy_of"]["name"] == "chen"  # type: ignore[index]  # a mark
        why = before["steps"][0]["why"]  # type: ignore[index]  # a list of steps
        assert why["zh"] == "你正代理chen，chen是申请人所在部门“一车间”的负责人"
        assert shown("chen")["deputy_of"] is None
        plant.decide(request, "wu")
        for reader in ("wu", "chen", "li"):
            [approver] = shown(reader)["steps"][0]["approvers"]  # type: ignore[index]  # a list of steps
            names = approver["person"]["name"], approver["deputy"]["name"]
            assert names == ("chen", "wu")
            assert shown(reader)["deputy_of"] is None and shown(reader)["mine"] is False

    def test_news_reaches_the_deputy_of_the_step_alone(self, plant: Plant) -> None:
        deputise(plant, "chen", "wu")
        deputise(plant, "qian", "zhou")
        request = plant.open(step(HEAD), step(REGISTRARS))
        plant.decide(request, "wu")

        def told(entry: Recorded) -> dict[str, int]:
            def ask(tx: object) -> dict[str, int]:
                view = plant.world.runtime.new_view(tx)  # type: ignore[arg-type]  # the world's transaction
                by_id = {actor.person: name for name, actor in plant.people.items()}
                return {
                    by_id[person]: delivery.item["todo"]
                    for delivery in deliveries(view, entry)
                    for person in delivery.people or ()
                }

            return plant.world.read(ask)

        for entry in plant.recorded():
            assert told(entry) == {"li": 0, "chen": 0, "wu": 0, "qian": 1, "sun": 1}
        other = plant.open(step(HEAD), subject="thi_2")
        assert told(plant.recorded()[-1])["wu"] == 1 and other.step == 0


class TestRule:
    """`seats_for` is all of who may decide: every part of it, on its own."""

    LI, CHEN, WANG, WU = (PersonId(f"per_{name}") for name in ("li", "chen", "wang", "wu"))

    def request(self, *seats: Seat, mode: StepMode = StepMode.ALL) -> Request:
        waiting = Step(
            0,
            {},
            {},
            mode,
            StepState.WAITING,
            None,
            None,
            OnTimeout.REMIND,
            None,
            None,
            None,
            seats,
        )
        return Request(
            RequestId("req_1"), "test.thing", "thi_1", "题", self.LI, RequestState.WAITING, 0, None, 0,
            None, (), 0, (waiting,),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("origin", "person", "stands_in_for", "may"),
        [
            (SeatOrigin.HEAD, WU, {CHEN}, True),
            (SeatOrigin.ESCALATED, WU, {CHEN}, True),
            (SeatOrigin.FLOW, WU, {CHEN}, False),
            (SeatOrigin.HEAD, WU, {WANG}, False),
            (SeatOrigin.HEAD, WU, set(), False),
            (SeatOrigin.HEAD, WU, {CHEN, LI}, False),
            (SeatOrigin.HEAD, LI, {CHEN}, False),
            (SeatOrigin.HEAD, CHEN, {LI}, True),
            (SeatOrigin.HEAD, None, {CHEN}, False),
        ],
    )
    def test_who_may(
        self, origin: SeatOrigin, person: PersonId | None, stands_in_for: set[PersonId], may: bool
    ) -> None:
        asked = self.request(Seat(self.CHEN, origin))
        seats = _rules.seats_for(asked, asked.current, person, stands_in_for)
        assert seats == (list(asked.current.seats) if may else [])
        seat = _rules.open_seat(asked, person, stands_in_for)
        assert seat == (asked.current.seats[0] if may else None)

    def test_a_verdict_given_for_another_is_the_last_in_a_step(self) -> None:
        spoken = Seat(self.CHEN, SeatOrigin.HEAD, Verdict.APPROVE, 1, 1, self.WU)
        asked = self.request(spoken, Seat(self.WANG, SeatOrigin.HEAD))
        assert _rules.open_seat(asked, self.WU, {self.WANG}) is None
        assert _rules.open_seat(asked, self.WANG, set()) == asked.current.seats[1]
        with pytest.raises(AlreadyDecidedError):
            _rules.decide(asked, self.WU, Verdict.APPROVE, "", {self.WANG})
        with pytest.raises(NotYourTurnError):
            _rules.decide(asked, PersonId("per_none"), Verdict.APPROVE, "", {self.WU})
