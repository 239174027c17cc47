"""Reports of outages: made by anybody, settled by those who keep the service, told to who made them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from guiju import me
from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR, MINUTE
from guiju.kernel.errors import GuijuError
from guiju.kernel.live import View
from guiju.modules.inspection.types import TextRefusedError
from guiju.modules.outages import _live, _shape
from guiju.modules.outages import service as outages
from guiju.modules.outages.types import (
    AnswerNeededError,
    BadTimeError,
    Outage,
    Report,
    ReportedTooOftenError,
    ReportHandledError,
    ReportNotFoundError,
)
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office
from tests.support.world import MONDAY


class Desk:
    """An office, somebody of IT, and reports of its people."""

    def __init__(self, office: Office) -> None:
        self.office, self.world = office, office.world
        self.it = self.world.person("徐维护", "it")

    def report(self, actor: Actor | None = None, **said: Any) -> Report:
        return self.world.write(self.reporting(actor, **said))

    def reporting(self, actor: Actor | None = None, **said: Any) -> Callable[[Any], Report]:
        now = self.world.clock.now()
        stated = {"since": now - HOUR, "until": now, "words": "发不出去", **said}
        outage = stated.pop("outage", Outage.SEND)
        return lambda tx: outages.report(tx, actor or self.office.member, outage, **stated)

    def handle(self, *reports: Report, answer: str = "线路已恢复") -> list[Report]:
        at = [one.position for one in reports]
        return self.world.write(lambda tx: outages.handle(tx, self.it, at, answer=answer))

    def me(self, actor: Actor) -> dict[str, Any]:
        return self.world.read(lambda tx: me.describe(tx, actor))


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


class TestReport:
    def test_it_waits_for_those_who_keep_the_service(self, desk: Desk) -> None:
        made = desk.report()
        assert (made.outage, made.unit, made.until) == (Outage.SEND, desk.world.unit, MONDAY)
        (entry,) = desk.world.entries("outages.reported")
        assert entry.uses == ("6.32/outages.reports",)
        found = desk.world.read(lambda tx: outages.list_reports(tx, desk.it, only_open=True))
        assert found == [made]
        assert desk.me(desk.it)["todo"]["outages"] == 1
        assert desk.me(desk.office.member)["todo"]["outages"] == 0, "it is no work of theirs"

    def test_one_that_goes_on_has_no_end_and_a_fast_clock_is_put_right(self, desk: Desk) -> None:
        made = desk.report(since=MONDAY + MINUTE, until=None)
        assert (made.since, made.until) == (MONDAY, None)

    @pytest.mark.parametrize(
        ("since", "until"),
        [
            (MONDAY - 8 * DAY, MONDAY),
            (MONDAY, MONDAY - 1),
            (MONDAY, MONDAY + HOUR),
            (MONDAY + DAY, None),
        ],
    )
    def test_senseless_times_are_refused(self, desk: Desk, since: int, until: int | None) -> None:
        desk.office.refused(BadTimeError, desk.reporting(since=since, until=until))

    def test_words_are_inspected(self, desk: Desk) -> None:
        desk.office.refused(TextRefusedError, desk.reporting(words="去赌博网站玩"))

    def test_ten_a_day_are_enough(self, desk: Desk) -> None:
        for _ in range(10):
            desk.report()
        found = desk.office.refused(ReportedTooOftenError, desk.reporting())
        assert found.data["retry_after"] == DAY // 1000
        desk.report(desk.office.owner)
        desk.world.later(DAY)
        desk.report()

    def test_who_is_not_certified_reports_nothing(self, desk: Desk) -> None:
        new = desk.world.person("未认证", certified=False)
        desk.office.refused(NotAllowedError, desk.reporting(new))


class TestHandle:
    def test_one_answer_settles_several_and_each_is_told(self, desk: Desk) -> None:
        first, second = desk.report(), desk.report(desk.office.owner)
        other = desk.report(desk.office.administrator)
        settled = desk.handle(first, second)
        assert {one.position for one in settled} == {first.position, second.position}
        (told,) = desk.me(desk.office.member)["outages"]
        assert told["id"] == first.position
        assert told["handled"]["answer"] == "线路已恢复"
        assert told["handled"]["by"]["name"] == "徐维护"
        assert desk.me(desk.office.administrator)["outages"] == []
        left = desk.world.read(lambda tx: outages.list_reports(tx, desk.it, only_open=True))
        assert left == [other]
        own = desk.world.read(lambda tx: outages.list_own(tx, desk.office.member))
        assert own == [one for one in settled if one.position == first.position]
        desk.world.later(15 * DAY)
        assert desk.me(desk.office.member)["outages"] == [], "it is no news any more"

    def test_what_others_have_settled_is_left_as_it_is(self, desk: Desk) -> None:
        first, second = desk.report(), desk.report(desk.office.owner)
        desk.handle(first, answer="第一次")
        assert [one.position for one in desk.handle(first, second, answer="第二次")] == [
            second.position
        ]
        shown = desk.world.read(lambda tx: _shape.reports(tx, outages.find(tx, [first.position])))
        assert shown[0]["handled"]["answer"] == "第一次"
        at = [first.position, second.position]
        desk.office.refused(
            ReportHandledError, lambda tx: outages.handle(tx, desk.it, at, answer="第三次")
        )

    def test_refusals(self, desk: Desk) -> None:
        made = desk.report()
        refusals: tuple[tuple[Actor, list[int], str, type[GuijuError]], ...] = (
            (desk.office.member, [made.position], "x", NotAllowedError),
            (desk.office.head, [made.position], "x", NotAllowedError),
            (desk.it, [made.position], "  ", AnswerNeededError),
            (desk.it, [made.position, made.position - 1], "x", ReportNotFoundError),
            (desk.it, [], "x", ReportNotFoundError),
            (desk.it, [made.position], "去赌博网站玩", TextRefusedError),
        )
        for actor, at, answer, error in refusals:
            settling = partial(outages.handle, actor=actor, positions=at, answer=answer)
            desk.office.refused(error, settling)


class TestReading:
    def test_hours_and_units_are_counted(self, desk: Desk) -> None:
        far = desk.world.add_unit("远处")
        other = desk.world.person("吴远方", unit=far)
        hour = MONDAY - MONDAY % HOUR - 2 * HOUR
        for since in (hour, hour + 59 * MINUTE):
            desk.report(since=since, until=since)
        desk.report(other, since=hour + HOUR)
        found = desk.world.read(lambda tx: outages.figures(tx, desk.it))
        assert found.hours == ((hour, 2), (hour + HOUR, 1))
        assert found.units == ((desk.world.unit, 2), (far, 1))
        shown = desk.world.read(lambda tx: _shape.figures(tx, outages.figures(tx, desk.it)))
        assert shown["units"][1] == {"unit": {"id": far, "name": "远处"}, "reports": 1}

    def test_nobody_else_reads_them(self, desk: Desk) -> None:
        with pytest.raises(NotAllowedError):
            desk.world.read(lambda tx: outages.figures(tx, desk.office.head))
        with pytest.raises(NotAllowedError):
            desk.world.read(lambda tx: outages.list_reports(tx, desk.office.head, only_open=False))

    def test_who_reported_and_who_keeps_the_service_hear_that_it_moved(self, desk: Desk) -> None:
        desk.handle(desk.report())
        for entry in desk.world.entries("outages.reported", "outages.handled"):
            with desk.world.runtime.reading() as tx:
                view: View = desk.world.runtime.new_view(tx)
                (told,) = _live.deliveries(view, entry)
            assert told.reaches(desk.office.member.person_id, frozenset(), present=False)
            assert told.reaches(desk.it.person_id, frozenset({"it"}), present=False)
            assert not told.reaches(desk.office.owner.person_id, frozenset({"hr"}), present=False)
            assert "words" not in str(told.item) and told.item["actor"] is None
