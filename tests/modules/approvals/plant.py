"""A small plant with heads at three levels, and one kind of request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from guiju.kernel.actor import Actor, system
from guiju.kernel.facts import Recorded, all_kinds
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Box, Kind, Request, RequestNotFoundError, Verdict
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.identity import service as identity
from guiju.modules.policy.types import Flow, FlowStep
from guiju.setup import open_account
from tests.support.world import NO_PASSWORD, World

SETUP = system("set-up")
USES = ("4.1/groups.registration",)
KIND = "test.thing"


def step(
    *approvers: dict[str, Any],
    mode: str = "any",
    hours: int | None = 8,
    remind: int | None = 2,
    on_timeout: str = "remind",
) -> FlowStep:
    """A step of a flow; hours are working hours."""
    return FlowStep({"zh": "节点", "en": "Step"}, mode, approvers, hours, remind, on_timeout)


@dataclass
class Plant:
    """总部 (head zhao) over 生产部 (head wang) over 一车间 (head chen, where li works).

    qian and sun are registrars, zhou audits, wu has no part in anything.
    """

    world: World
    people: dict[str, Actor] = field(default_factory=dict)
    units: dict[str, UnitId] = field(default_factory=dict)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    callback: Callable[[WriteTx], None] = lambda tx: None

    def __getattr__(self, name: str) -> Actor:
        return self.people[name]

    def build(self) -> None:
        self.world.write(self._units_and_people)
        approvals.register_kind(
            Kind(KIND, self._tell, self._tell, lambda tx, subject: {"id": subject})
        )

    def _tell(self, tx: WriteTx, actor: Actor, request: Request) -> None:
        self.callback(tx)
        self.told.append((request.subject, request.state.value, actor.name))

    def _units_and_people(self, tx: WriteTx) -> None:
        parent: UnitId | None = None
        for unit in ("总部", "生产部", "一车间"):
            self.units[unit] = parent = directory.add_unit(tx, SETUP, name=unit, parent=parent).id
        for name, unit in (
            ("li", "一车间"), ("chen", "一车间"), ("wang", "生产部"), ("zhao", "总部"),
            ("qian", "总部"), ("sun", "总部"), ("zhou", "总部"), ("wu", "总部"),
        ):  # fmt: skip
            self.hire(tx, name, self.units[unit])
        for unit, head in (("总部", "zhao"), ("生产部", "wang"), ("一车间", "chen")):
            directory.set_unit_head(tx, SETUP, self.units[unit], self.id(head))
        for name, role in (("qian", "registrar"), ("sun", "registrar"), ("zhou", "audit_admin")):
            directory.grant_role(tx, SETUP, self.id(name), role)

    def hire(self, tx: WriteTx, name: str, unit: UnitId, *, certified: bool = True) -> None:
        """Add a person; with `certified` their account goes all the way."""
        person = directory.add_person(
            tx, SETUP, name=name, staff_no=f"S-{name}", unit=unit, post=f"post of {name}"
        ).id
        self.people[name] = Actor(person=person)
        if certified:
            open_account(tx, SETUP, person, password_hash=NO_PASSWORD, proof="card")

    def suspend(self, name: str) -> None:
        def bar(tx: WriteTx) -> None:
            account = identity.find_account_of(tx, self.id(name))
            assert account is not None
            identity.suspend(tx, SETUP, account.id, reason="left")

        self.world.write(bar)

    def id(self, name: str) -> PersonId:
        return self.people[name].person_id

    def names(self, request: Request) -> list[list[str]]:
        """Who sits in each step, in the order of the alphabet."""
        by_id = {actor.person: name for name, actor in self.people.items()}
        return [sorted(by_id[seat.person] for seat in known.seats) for known in request.steps]

    def open(self, *steps: FlowStep, by: str = "li", subject: str = "thi_1") -> Request:
        return self.world.write(
            lambda tx: approvals.open_request(
                tx, self.people[by], kind=KIND, subject=subject, title="二号线技改工作群",
                flow=Flow(KIND, {"zh": "流程", "en": "Flow"}, None, steps), uses=USES,
            )
        )  # fmt: skip

    def decide(
        self, request: Request, by: str, verdict: Verdict = Verdict.APPROVE, opinion: str = ""
    ) -> Request:
        return self.world.write(
            lambda tx: approvals.decide(
                tx, self.people[by], request.id, verdict=verdict, opinion=opinion
            )
        )

    def get(self, request: Request) -> Request:
        return self.world.read(lambda tx: approvals.get_request(tx, SETUP, request.id))

    def box(self, name: str, box: Box) -> list[Request]:
        return self.world.read(lambda tx: approvals.list_requests(tx, self.people[name], box))

    def count_todo(self, name: str) -> int:
        return self.world.read(lambda tx: approvals.count_todo(tx, self.id(name)))

    def sees(self, actor: Actor, request: Request) -> bool:
        """Whether a request is found by `actor`; both ways of asking must agree."""
        may = self.world.read(lambda tx: approvals.may_read(tx, actor, request.id))
        try:
            self.world.read(lambda tx: approvals.get_request(tx, actor, request.id))
        except RequestNotFoundError:
            assert not may
            return False
        assert may
        return True

    def run_until(self, moment: int | None) -> int:
        """Let the clock go to `moment` and run what is due; the number of jobs."""
        assert moment is not None
        self.world.clock.set(moment)
        return self.world.runtime.run_due()

    def recorded(self) -> list[Recorded]:
        """What this module has recorded, in order."""
        kinds = tuple(kind for kind in all_kinds() if kind.startswith("approvals."))
        return self.world.entries(*kinds)
