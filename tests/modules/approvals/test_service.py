"""The verbs on real databases; after each test the world verifies the ledger and the replay."""

from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR
from guiju.kernel.errors import ConflictError
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import (
    MAXIMUM_SEATS,
    AlreadyDecidedError,
    Box,
    FlowTooLargeError,
    NobodyCanDecideError,
    NotApplicantError,
    NotYourTurnError,
    OpinionNeededError,
    OwnRequestError,
    RemindedRecentlyError,
    Request,
    RequestClosed,
    RequestNotFoundError,
    RequestOpened,
    RequestState,
    SeatDecided,
    SeatOrigin,
    StepEscalated,
    StepReminded,
    StepStarted,
    StepState,
    Verdict,
)
from guiju.modules.directory import service as directory
from guiju.modules.policy.types import NotAllowedError
from tests.modules.approvals.plant import SETUP, USES, Plant, step
from tests.support.world import MONDAY

HEAD = {"head_of_unit": "applicant"}
REGISTRARS = {"role": "registrar"}
REFUSE = Verdict.REFUSE


class TestOpenRequest:
    def test_the_rules_of_a_flow_become_seats(self, plant: Plant) -> None:
        request = plant.open(
            step(HEAD),
            step({"level_above": 2}),
            step({"post": "post of wu"}, {"person": plant.id("zhao")}),
            step(REGISTRARS, mode="all"),
        )
        assert plant.names(request) == [["chen"], ["wang"], ["wu", "zhao"], ["qian", "sun"]]
        to_come = [StepState.TO_COME] * 3
        assert [known.state for known in request.steps] == [StepState.WAITING, *to_come]
        assert request.steps[0].why["zh"] == "申请人所在部门“一车间”的负责人"
        assert request.steps[1].why["zh"] == "申请人的上级部门“生产部”的负责人"
        assert request.steps[2].why["zh"] == "岗位“post of wu”的任职人员或制度指定的审批人"
        assert request.steps[3].why["zh"] == "备案人员"

    def test_it_is_recorded_once_and_names_the_controls(self, plant: Plant) -> None:
        request = plant.open(step(HEAD))
        entries = plant.recorded()
        assert [type(entry.fact) for entry in entries] == [RequestOpened, StepStarted]
        assert {entry.uses for entry in entries} == {USES}
        assert entries[0].fact.steps[0]["approvers"] == [plant.id("chen")]
        assert entries[0].position == request.position
        assert entries[1].fact.refs == (request.position,)

    def test_the_deadline_is_in_working_time(self, plant: Plant) -> None:
        # Monday 09:00, eight hours with an hour of lunch: Tuesday 09:00. Two before that: 16:00.
        first = plant.open(step(HEAD)).current
        assert (first.due_at, first.remind_at) == (MONDAY + 24 * HOUR, MONDAY + 7 * HOUR)
        assert plant.open(step(HEAD, hours=None)).current.due_at is None
        assert plant.open(step(HEAD, hours=8, remind=8)).current.remind_at is None

    def test_a_head_asks_the_head_above(self, plant: Plant) -> None:
        assert plant.names(plant.open(step(HEAD), by="chen")) == [["wang"]]

    def test_the_applicant_takes_no_seat(self, plant: Plant) -> None:
        assert plant.names(plant.open(step(REGISTRARS), by="qian")) == [["sun"]]

    def test_an_empty_step_goes_up_one_level(self, plant: Plant) -> None:
        request = plant.open(step({"person": plant.id("li")}))
        assert plant.names(request) == [["chen"]]
        assert request.current.why["zh"].endswith("（本节点原定人员不能审批）")

    def test_with_nobody_above_it_goes_to_the_register_office(self, plant: Plant) -> None:
        assert plant.names(plant.open(step(HEAD), by="zhao")) == [["qian", "sun"]]

    def test_who_cannot_use_their_account_is_passed_over(self, plant: Plant) -> None:
        plant.suspend("chen")
        assert plant.names(plant.open(step(HEAD))) == [["wang"]]

        def hire(tx: WriteTx) -> None:
            plant.hire(tx, "new", plant.units["一车间"], certified=False)
            directory.set_unit_head(tx, SETUP, plant.units["一车间"], plant.id("new"))

        plant.world.write(hire)
        assert plant.names(plant.open(step(HEAD), subject="thi_2")) == [["wang"]]

    def test_when_nobody_can_decide_nothing_is_opened(self, plant: Plant) -> None:
        for name in ("qian", "sun"):
            plant.suspend(name)
        with pytest.raises(NobodyCanDecideError):
            plant.open(step(HEAD), by="zhao")
        assert plant.recorded() == []

    def test_a_crowd_is_refused(self, plant: Plant) -> None:
        def crowd(tx: WriteTx) -> None:
            for number in range(MAXIMUM_SEATS - 1):
                plant.hire(tx, f"r{number}", plant.units["总部"])
                directory.grant_role(tx, SETUP, plant.id(f"r{number}"), "registrar")

        plant.world.write(crowd)
        with pytest.raises(FlowTooLargeError):
            plant.open(step(REGISTRARS))
        largest = plant.open(step(REGISTRARS), by="qian")
        assert len(largest.current.seats) == MAXIMUM_SEATS

    def test_who_is_not_certified_cannot_ask(self, plant: Plant) -> None:
        plant.suspend("li")
        with pytest.raises(NotAllowedError):
            plant.open(step(HEAD))


class TestDecide:
    def test_the_last_step_approves_and_the_kind_is_told(self, plant: Plant) -> None:
        request = plant.open(step(HEAD), step(REGISTRARS))
        halfway = plant.decide(request, "chen", opinion="  同意，抓紧 ")
        assert (halfway.state, halfway.step, plant.told) == (RequestState.WAITING, 1, [])
        assert halfway.current.due_at is not None
        ended = plant.decide(request, "sun")
        assert ended.state is RequestState.APPROVED
        assert ended.closed_at == plant.world.clock.now()
        assert [known.state for known in ended.steps] == [StepState.PASSED] * 2
        assert plant.told == [("thi_1", "approved", plant.id("sun"))]
        facts = [entry.fact for entry in plant.recorded()]
        assert [type(fact) for fact in facts[2:]] == [
            SeatDecided, StepStarted, SeatDecided, RequestClosed,
        ]  # fmt: skip
        assert (facts[2].seat, facts[2].opinion) == (plant.id("chen"), "同意，抓紧")
        assert {entry.uses for entry in plant.recorded()} == {USES}

    def test_all_of_waits_for_everybody(self, plant: Plant) -> None:
        request = plant.open(step(REGISTRARS, mode="all"))
        assert plant.decide(request, "qian").state is RequestState.WAITING
        with pytest.raises(AlreadyDecidedError):
            plant.decide(request, "qian")
        assert plant.decide(request, "sun").state is RequestState.APPROVED

    def test_one_refusal_ends_all_of_at_once(self, plant: Plant) -> None:
        request = plant.open(step(REGISTRARS, mode="all"), step(HEAD))
        ended = plant.decide(request, "qian", REFUSE, "用途不清")
        assert ended.state is RequestState.REFUSED
        assert [known.state for known in ended.steps] == [StepState.REFUSED, StepState.SKIPPED]
        assert plant.told == [("thi_1", "refused", plant.id("qian"))]
        with pytest.raises(AlreadyDecidedError):
            plant.decide(request, "sun")

    def test_any_of_takes_the_first(self, plant: Plant) -> None:
        request = plant.open(step(REGISTRARS), step(HEAD))
        plant.decide(request, "sun")
        with pytest.raises(AlreadyDecidedError):
            plant.decide(request, "qian")

    def test_refusals_leave_no_trace(self, plant: Plant) -> None:
        request = plant.open(step(HEAD), step(REGISTRARS))
        before = plant.recorded()
        for by, verdict, error in (
            ("li", Verdict.APPROVE, OwnRequestError),
            ("qian", Verdict.APPROVE, NotYourTurnError),
            ("zhou", Verdict.APPROVE, NotYourTurnError),
            ("wu", Verdict.APPROVE, RequestNotFoundError),
            ("wang", Verdict.APPROVE, RequestNotFoundError),
            ("chen", REFUSE, OpinionNeededError),
        ):
            with pytest.raises(error):
                plant.decide(request, by, verdict, " ")
        assert plant.recorded() == before
        assert plant.get(request) == request

    def test_a_suspended_approver_decides_nothing(self, plant: Plant) -> None:
        request = plant.open(step(HEAD))
        plant.suspend("chen")
        with pytest.raises(NotAllowedError):
            plant.decide(request, "chen")

    def test_the_system_decides_nothing(self, plant: Plant) -> None:
        request = plant.open(step(HEAD))
        with pytest.raises(NotAllowedError):
            plant.world.write(
                lambda tx: approvals.decide(
                    tx, SETUP, request.id, verdict=Verdict.APPROVE, opinion=""
                )
            )

    def test_what_the_kind_refuses_undoes_the_verdict(self, plant: Plant) -> None:
        class TakenError(ConflictError):
            """The name was taken meanwhile."""

        def refuse(tx: WriteTx) -> None:
            raise TakenError("The name is taken.")

        request = plant.open(step(HEAD))
        before = plant.recorded()
        plant.callback = refuse
        with pytest.raises(TakenError):
            plant.decide(request, "chen")
        assert plant.recorded() == before
        assert plant.get(request).waits_for(plant.id("chen"))

    def test_the_same_person_is_asked_in_each_step(self, plant: Plant) -> None:
        request = plant.open(step(HEAD), step({"person": plant.id("chen")}))
        assert plant.decide(request, "chen").waits_for(plant.id("chen"))
        assert plant.decide(request, "chen").state is RequestState.APPROVED


class TestWithdraw:
    def test_the_applicant_while_it_waits(self, plant: Plant) -> None:
        request = plant.open(step(HEAD), step(REGISTRARS))
        plant.decide(request, "chen")
        ended = plant.world.write(lambda tx: approvals.withdraw(tx, plant.li, request.id))
        assert ended.state is RequestState.WITHDRAWN
        assert [known.state for known in ended.steps] == [StepState.PASSED, StepState.SKIPPED]
        assert plant.told == [("thi_1", "withdrawn", plant.id("li"))]
        for again in (
            lambda tx: approvals.withdraw(tx, plant.li, request.id),
            lambda tx: approvals.remind(tx, plant.li, request.id),
        ):
            with pytest.raises(AlreadyDecidedError):
                plant.world.write(again)
        assert plant.run_until(plant.world.clock.now() + 1000 * HOUR) == 0

    def test_nobody_else(self, plant: Plant) -> None:
        request = plant.open(step(HEAD))
        with pytest.raises(NotApplicantError):
            plant.world.write(lambda tx: approvals.withdraw(tx, plant.chen, request.id))
        with pytest.raises(RequestNotFoundError):
            plant.world.write(lambda tx: approvals.withdraw(tx, plant.wu, request.id))


class TestRemind:
    def test_once_an_hour(self, plant: Plant) -> None:
        request = plant.open(step(HEAD, hours=None))
        reminded = plant.world.write(lambda tx: approvals.remind(tx, plant.li, request.id))
        assert reminded.current.reminded_at == plant.world.clock.now()
        plant.world.clock.advance(HOUR - 1)
        with pytest.raises(RemindedRecentlyError) as refused:
            plant.world.write(lambda tx: approvals.remind(tx, plant.li, request.id))
        assert refused.value.data["retry_after"] == 1
        plant.world.clock.advance(1)
        plant.world.write(lambda tx: approvals.remind(tx, plant.li, request.id))
        reminders = [e for e in plant.recorded() if isinstance(e.fact, StepReminded)]
        assert [entry.actor for entry in reminders] == [plant.id("li")] * 2

    def test_only_the_applicant(self, plant: Plant) -> None:
        request = plant.open(step(HEAD))
        with pytest.raises(NotApplicantError):
            plant.world.write(lambda tx: approvals.remind(tx, plant.chen, request.id))


class TestDeadlines:
    def reminders(self, plant: Plant) -> list[tuple[str | None, int]]:
        return [(e.actor, e.at) for e in plant.recorded() if isinstance(e.fact, StepReminded)]

    def test_reminders_before_and_at_the_deadline(self, plant: Plant) -> None:
        first = plant.open(step(HEAD)).current
        assert plant.run_until(first.remind_at) == 1
        assert plant.run_until(first.due_at) == 1
        timer = "system:approvals"
        assert self.reminders(plant) == [(timer, first.remind_at), (timer, first.due_at)]
        assert plant.run_until(plant.world.clock.now() + 1000 * HOUR) == 0

    def test_a_step_that_has_passed_rings_no_more(self, plant: Plant) -> None:
        request = plant.open(step(HEAD, hours=8), step(REGISTRARS, hours=None))
        plant.decide(request, "chen")
        assert plant.run_until(plant.world.clock.now() + 1000 * HOUR) == 0

    def test_each_step_has_its_own_deadline(self, plant: Plant) -> None:
        request = plant.open(step(HEAD, hours=8), step(REGISTRARS, hours=16, on_timeout="expire"))
        plant.run_until(request.current.remind_at)
        second = plant.decide(request, "chen").current
        assert second.due_at is not None and request.current.due_at is not None
        assert second.due_at > request.current.due_at
        plant.run_until(second.due_at - 1)
        assert plant.get(request).state is RequestState.WAITING
        plant.run_until(second.due_at)
        assert plant.get(request).state is RequestState.EXPIRED
        assert plant.told == [("thi_1", "expired", "system:approvals")]

    @pytest.mark.parametrize("is_late", [False, True])
    def test_escalation_asks_one_level_above(self, plant: Plant, is_late: bool) -> None:
        request = plant.open(step(HEAD, on_timeout="escalate"), step(REGISTRARS))
        # Both timers run late and together after a night without the server.
        if not is_late:
            plant.run_until(request.current.remind_at)
        plant.run_until(request.current.due_at)
        raised = plant.get(request)
        assert plant.names(raised)[0] == ["chen", "wang"]
        assert raised.current.seats[1].origin is SeatOrigin.ESCALATED
        assert plant.decide(request, "wang").step == 1

    def test_escalation_with_nobody_above_reminds(self, plant: Plant) -> None:
        request = plant.open(step({"person": plant.id("zhao")}, on_timeout="escalate", remind=None))
        plant.run_until(request.current.due_at)
        assert plant.names(plant.get(request)) == [["zhao"]]
        assert len(self.reminders(plant)) == 1

    def test_escalation_never_asks_the_applicant(self, plant: Plant) -> None:
        request = plant.open(
            step({"person": plant.id("li")}, on_timeout="escalate", remind=None), by="chen"
        )
        plant.run_until(request.current.due_at)
        assert plant.names(plant.get(request)) == [["li"]]

    def test_in_all_of_the_added_person_must_agree_too(self, plant: Plant) -> None:
        request = plant.open(step(HEAD, mode="all", on_timeout="escalate", remind=None))
        plant.run_until(request.current.due_at)
        assert plant.decide(request, "chen").state is RequestState.WAITING
        assert plant.decide(request, "wang").state is RequestState.APPROVED

    @pytest.mark.parametrize("on_timeout", ["remind", "escalate", "expire"])
    def test_the_timers_are_harmless_twice(self, plant: Plant, on_timeout: str) -> None:
        request = plant.open(step(HEAD, on_timeout=on_timeout))
        due_at = request.current.due_at
        assert due_at is not None
        plant.world.clock.set(due_at)

        def ring(tx: WriteTx) -> None:
            approvals.remind_in_time(tx, SETUP, request.id, 0)
            approvals.time_out(tx, SETUP, request.id, 0)

        plant.world.write(ring)
        once = plant.recorded()
        plant.world.write(ring)
        assert plant.recorded() == once
        assert any(
            isinstance(entry.fact, StepReminded | StepEscalated | RequestClosed) for entry in once
        )


class TestInbox:
    def boxes(self, plant: Plant, name: str) -> dict[str, list[str]]:
        return {box.value: [found.subject for found in plant.box(name, box)] for box in Box}

    def test_the_three_boxes(self, plant: Plant) -> None:
        slow = plant.open(step(HEAD, hours=None), subject="slow")
        plant.open(step(HEAD, hours=16), step(REGISTRARS), subject="soon")
        urgent = plant.open(step(HEAD, hours=2, remind=None), step(REGISTRARS), subject="urgent")
        assert self.boxes(plant, "chen") == {
            "todo": ["urgent", "soon", "slow"], "mine": [], "done": [],
        }  # fmt: skip
        assert self.boxes(plant, "li") == {
            "todo": [], "mine": ["urgent", "soon", "slow"], "done": [],
        }  # fmt: skip
        assert self.boxes(plant, "qian")["todo"] == []
        plant.decide(urgent, "chen")
        plant.decide(slow, "chen", REFUSE, "不必")
        assert self.boxes(plant, "chen") == {
            "todo": ["soon"], "mine": [], "done": ["slow", "urgent"],
        }  # fmt: skip
        assert self.boxes(plant, "qian")["todo"] == ["urgent"]
        plant.decide(urgent, "sun")
        assert self.boxes(plant, "qian") == {"todo": [], "mine": [], "done": []}

    def test_the_count_is_that_of_the_box(self, plant: Plant) -> None:
        request = plant.open(step(HEAD), step(REGISTRARS, mode="all"))
        plant.open(step(HEAD))
        plant.decide(request, "chen")
        plant.decide(request, "qian")
        for name, count in (("chen", 1), ("qian", 0), ("sun", 1), ("li", 0)):
            assert len(self.boxes(plant, name)["todo"]) == count
            assert plant.count_todo(name) == count

    def test_who_sees_a_request(self, plant: Plant) -> None:
        request = plant.open(step(HEAD), step({"person": plant.id("zhao")}))
        for name in ("li", "chen", "zhao", "qian", "zhou"):
            assert plant.sees(plant.people[name], request)
        for actor in (plant.wu, plant.wang, Actor(person=PersonId("per_stranger"))):
            assert not plant.sees(actor, request)


class TestJson:
    def shown(self, plant: Plant, request: Request, to: str) -> dict[str, Any]:
        json: dict[str, Any] = plant.world.read(
            lambda tx: approvals.to_json(tx, plant.people[to], request)
        )
        return json

    def test_the_shape_of_the_protocol(self, plant: Plant) -> None:
        request = plant.open(step(HEAD), step(REGISTRARS))
        plant.decide(request, "chen", opinion="同意")
        request = plant.get(request)
        json = self.shown(plant, request, "qian")
        assert list(json) == [
            "id", "kind", "title", "subject", "state", "applicant", "opened_at", "closed_at",
            "steps", "clause", "mine", "deputy_of",
        ]  # fmt: skip
        assert json["subject"] == {"id": "thi_1"}
        assert json["applicant"]["name"] == "li"
        assert (json["state"], json["closed_at"], json["mine"]) == ("waiting", None, True)
        first, second = json["steps"]
        assert list(first) == [
            "name", "mode", "state", "due_at", "reminded_at", "why", "approvers",
        ]  # fmt: skip
        [approver] = first["approvers"]
        assert approver["person"]["name"] == "chen"
        assert (approver["verdict"], approver["opinion"]) == ("approve", "同意")
        assert approver["at"] == plant.world.clock.now()
        assert [(a["verdict"], a["opinion"]) for a in second["approvers"]] == [(None, None)] * 2

    def test_the_reason_is_said_to_those_asked(self, plant: Plant) -> None:
        request = plant.open(step(HEAD, on_timeout="escalate", remind=None))
        plant.run_until(request.current.due_at)
        request = plant.get(request)
        reasons = {
            name: self.shown(plant, request, name)["steps"][0]["why"]["zh"]
            for name in ("li", "chen", "wang")
        }
        assert reasons == {
            "li": "申请人所在部门“一车间”的负责人",
            "chen": "你是申请人所在部门“一车间”的负责人",
            "wang": "本节点已超时，升级到你",
        }

    def test_a_list_equals_its_parts(self, plant: Plant) -> None:
        requests = [plant.open(step(HEAD), subject=f"thi_{number}") for number in range(3)]
        for number, request in enumerate(requests):
            plant.decide(request, "chen", opinion=f"意见 {number}")
        ended = [plant.get(request) for request in requests]
        listed = plant.world.read(lambda tx: approvals.to_json_list(tx, plant.li, ended))
        assert listed == [self.shown(plant, request, "li") for request in ended]
        opinions = [json["steps"][0]["approvers"][0]["opinion"] for json in listed]
        assert opinions == ["意见 0", "意见 1", "意见 2"]
