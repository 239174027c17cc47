"""A workshop with a head, and people who issue notices to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.notices import acknowledging, issuing, service
from guiju.modules.notices.recipients import Resolved
from guiju.modules.notices.types import (
    Answered,
    Audience,
    Figures,
    Notice,
    NoticeId,
    Question,
    Recipient,
    Wording,
)
from guiju.setup import SYSTEM
from tests.support.world import World

QUESTIONS = (
    Question("什么时候放假？", ("十月一日", "十月二日"), (0,)),
    Question("谁要值班？", ("甲班", "乙班", "丙班"), (0, 2)),
)
RIGHT = ((0,), (2, 0))
WORDING = Wording("国庆放假安排", "十月一日起放假三天。")
WITH_QUIZ = Wording("国庆放假安排", "十月一日起放假三天。", QUESTIONS)


@dataclass
class Board:
    """`li`, `wang` and `zhao` work in the workshop that `chen` heads; `sun` works in the office."""

    world: World
    workshop: UnitId = field(init=False)
    office: UnitId = field(init=False)
    people: dict[str, Actor] = field(init=False)

    def __post_init__(self) -> None:
        self.workshop, self.office = self.world.add_unit("总装车间"), self.world.add_unit("综合办")
        workers = {
            name: self.world.person(f"职工{name}", unit=self.workshop, post="装配工")
            for name in ("li", "wang", "zhao")
        }
        self.people = workers | {
            "chen": self.world.person("陈主任", unit=self.workshop, post="车间主任"),
            "sun": self.world.person("孙文", unit=self.office),
            "hr": self.world.person("人事唐", "hr", unit=self.office),
            "clerk": self.world.person("备案方", "registrar"),
            "auditor": self.world.person("审计欧", "audit_admin", unit=self.office),
        }
        head = self.people["chen"].person_id
        self.world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, self.workshop, head))

    def __getitem__(self, name: str) -> Actor:
        return self.people[name]

    def preview(self, by: str = "hr", hours: int = 8, **audience: Any) -> Resolved:
        wanted = Audience(**audience)
        return self.world.read(
            lambda tx: issuing.preview(tx, self[by], audience=wanted, hours=hours)
        ).people

    def publish(
        self, wording: Wording = WORDING, by: str = "hr", hours: int = 8, **audience: Any
    ) -> NoticeId:
        """A notice to the workshop, or to another audience."""
        wanted = Audience(**(audience or {"units": (self.workshop,)}))
        count = self.preview(by, hours, **(audience or {"units": (self.workshop,)})).count
        return self.world.write(
            lambda tx: issuing.publish(
                tx, self[by], wording=wording, audience=wanted, hours=hours, people=count
            )
        )

    def acknowledge(
        self, who: str, notice: NoticeId, answers: Sequence[Sequence[int]] = (), version: int = 0
    ) -> Answered:
        return self.world.write(self.acknowledging(who, notice, answers, version))

    def acknowledging(
        self, who: str, notice: NoticeId, answers: Sequence[Sequence[int]] = (), version: int = 0
    ) -> Callable[[WriteTx], Answered]:
        def verb(tx: WriteTx) -> Answered:
            read = version or service.get(tx, notice).version
            return acknowledging.acknowledge(tx, self[who], notice, version=read, answers=answers)

        return verb

    def revise(
        self,
        notice: NoticeId,
        wording: Wording,
        *,
        by: str = "hr",
        editorial: bool = False,
        reason: str = "",
        hours: int = 8,
    ) -> Notice:
        return self.world.write(
            lambda tx: issuing.revise(
                tx, self[by], notice, wording=wording, editorial=editorial, reason=reason, hours=hours
            )
        )  # fmt: skip

    def get(self, notice: NoticeId) -> Notice:
        return self.world.read(lambda tx: service.get(tx, notice))

    def figures(self, notice: NoticeId) -> Figures:
        return self.world.read(
            lambda tx: service.figures(tx, [service.get(tx, notice)], None)[notice]
        )

    def roster(self, who: str, notice: NoticeId) -> list[Recipient]:
        return self.world.read(lambda tx: service.roster(tx, self[who], notice))[1]

    def todo(self, who: str) -> int:
        person = self[who].person_id
        return self.world.read(lambda tx: service.count_todo(tx, [person])).get(person, 0)
