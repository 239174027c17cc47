"""Who cannot answer tells their groups beforehand: who sees it, how it ends, and what it means for what they are asked."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR, MINUTE
from guiju.kernel.live import View
from guiju.modules.followup import _live, absences, asking, service
from guiju.modules.followup._routes import routes
from guiju.modules.followup.absence_types import (
    MOST_AN_HOUR,
    AbsentTooOftenError,
    BadAbsenceError,
)
from guiju.modules.followup.types import Answer, Box, ReasonNeededError
from guiju.modules.groups import blocking, direct, governing, roster
from guiju.modules.inspection.types import TextRefusedError
from tests.modules.directory.test_routes import DirectGate
from tests.modules.followup.test_answers import answer, ask, part
from tests.modules.followup.test_recalled_answers import recall
from tests.support import apart
from tests.support.office import Office
from tests.support.world import MONDAY, World

USE = "6.30/followup.absences"


def say(office: Office, actor: Actor, hours: float, reason: str = "手术中") -> None:
    until = office.world.clock.now() + int(hours * HOUR)
    office.world.write(lambda tx: absences.set_absence(tx, actor, until=until, reason=reason))


def end(office: Office, actor: Actor) -> None:
    office.world.write(lambda tx: absences.end_absence(tx, actor))


def seen(office: Office, actor: Actor) -> list[str]:
    found = office.world.read(lambda tx: absences.list_absences(tx, actor))
    return [one.person for one in found]


class TestSay:
    def test_members_of_ones_groups_see_it_until_its_time_is_over(self, office: Office) -> None:
        office.group()
        say(office, office.member, 2)
        me = office.member.person_id
        for each in (office.owner, office.administrator, office.member):
            assert seen(office, each) == [me]
        assert seen(office, office.outsider) == []
        (entry,) = office.world.entries("followup.absence_set")
        assert entry.uses == (USE,) and entry.actor == me and entry.fact.reason == "手术中"
        assert (entry.fact.until, entry.group) == (entry.at + 2 * HOUR, None)
        office.world.later(2 * HOUR)
        assert seen(office, office.owner) == [] == seen(office, office.member)

    def test_it_may_end_early_and_ending_twice_is_nothing(self, office: Office) -> None:
        office.group()
        say(office, office.member, 2)
        office.world.later(MINUTE)
        end(office, office.member)
        end(office, office.member)
        assert seen(office, office.owner) == []
        assert len(office.world.entries("followup.absence_ended")) == 1

    def test_the_last_word_stands_and_the_same_is_not_told_twice(self, office: Office) -> None:
        office.group()
        say(office, office.member, 2)
        say(office, office.member, 2)
        assert len(office.world.entries("followup.absence_set")) == 1
        say(office, office.member, 3, "路上")
        (found,) = office.world.read(lambda tx: absences.list_absences(tx, office.owner))
        assert found.until == MONDAY + 3 * HOUR
        said = office.world.read(lambda tx: absences.reasons(tx, [found]))
        assert said == {office.member.person_id: "路上"}

    @pytest.mark.parametrize("hours", [0, -1, 30 * 24 + 1])
    def test_it_names_a_time_ahead_that_is_not_too_far(self, office: Office, hours: int) -> None:
        until = office.world.clock.now() + hours * HOUR
        raised = office.refused(
            BadAbsenceError,
            lambda tx: absences.set_absence(tx, office.member, until=until, reason=""),
        )
        assert raised.data["most"] == 30
        assert isinstance(raised.data["clause"], dict) and raised.data["clause"]["id"] == "6.30"

    def test_a_clause_may_want_a_reason(self, office: Office) -> None:
        office.world.adopt(lambda text: text.replace("{most_days: 30}", "{needs_reason: true}", 1))
        until = office.world.clock.now() + HOUR
        office.refused(
            ReasonNeededError,
            lambda tx: absences.set_absence(tx, office.member, until=until, reason=""),
        )
        say(office, office.member, 1)

    def test_the_reason_is_inspected(self, office: Office) -> None:
        until = office.world.clock.now() + HOUR
        office.refused(
            TextRefusedError,
            lambda tx: absences.set_absence(tx, office.member, until=until, reason="去赌博网站玩"),
        )

    def test_nobody_tells_their_groups_without_end(self, office: Office) -> None:
        for n in range(MOST_AN_HOUR):
            say(office, office.member, 1 + n)
        until = office.world.clock.now() + 50 * HOUR
        raised = office.refused(
            AbsentTooOftenError,
            lambda tx: absences.set_absence(tx, office.member, until=until, reason=""),
        )
        assert raised.data["retry_after"] == 3600
        office.world.later(HOUR)
        say(office, office.member, 50)

    def test_what_was_refused_is_not_counted(self, office: Office) -> None:
        until = office.world.clock.now() + HOUR
        for _ in range(MOST_AN_HOUR):
            office.refused(
                TextRefusedError,
                lambda tx: absences.set_absence(
                    tx, office.member, until=until, reason="去赌博网站玩"
                ),
            )
        say(office, office.member, 1)

    def test_times_at_hand_follow_the_calendar(self, office: Office) -> None:
        found = office.world.read(lambda tx: absences.choices(tx, office.member))
        hour = (found.off_work or 0) - MONDAY, (found.next_work or 0) - MONDAY
        assert hour == (7 * HOUR + 50 * MINUTE, 22 * HOUR + 50 * MINUTE), "07:50 to 16:50"
        office.world.later(10 * HOUR)
        later = office.world.read(lambda tx: absences.choices(tx, office.member))
        assert later.off_work is None


class TestWhoSees:
    def test_whoever_comes_sees_it_and_whoever_leaves_does_not(self, office: Office) -> None:
        world, group = office.world, office.group()
        say(office, office.member, 5)
        came = [office.outsider.person_id]
        world.write(lambda tx: roster.admit(tx, office.owner, group, came))
        assert seen(office, office.outsider) == [office.member.person_id]
        world.write(
            lambda tx: roster.remove(tx, office.owner, group, office.outsider.person_id, reason="x")
        )
        assert seen(office, office.outsider) == []

    def test_alone_with_one_a_block_or_a_barrier_hides_it(self, office: Office) -> None:
        world, one, other = office.world, office.member, office.outsider
        alone = world.write(lambda tx: direct.open_direct(tx, other, one.person_id))
        world.send(other, alone, "在吗")
        say(office, one, 5)
        say(office, other, 5)
        assert len(seen(office, one)) == len(seen(office, other)) == 2
        world.write(lambda tx: blocking.block(tx, one, other.person_id))
        assert (len(seen(office, one)), len(seen(office, other))) == (2, 1)
        world.write(lambda tx: blocking.unblock(tx, one, other.person_id))
        security = world.person("何安全", "security_admin")
        wanted = apart.barrier_input(apart.people(one), apart.people(other), both=False)
        apart.set_barrier(world, security, wanted)
        assert (len(seen(office, one)), len(seen(office, other))) == (1, 2), "it bars one way"

    def test_whoever_opens_a_conversation_learns_nothing_before_the_other_knows_of_it(
        self, office: Office
    ) -> None:
        world, one, other = office.world, office.member, office.outsider
        alone = world.write(lambda tx: direct.open_direct(tx, other, one.person_id))
        say(office, one, 5)
        say(office, other, 5)
        assert seen(office, other) == [other.person_id], "nothing stands there that the other sees"
        assert len(seen(office, one)) == 2, "who opened it knows of it"
        who = [each.person_id for each in (one, other)]
        assert world.read(lambda tx: absences.who_sees(tx, one.person_id, who)) == set()
        world.send(other, alone, "在吗")
        assert len(seen(office, other)) == 2
        assert world.read(lambda tx: absences.who_sees(tx, one.person_id, who)) == {other.person_id}

    def test_a_closed_group_is_no_company(self, office: Office) -> None:
        world, group = office.world, office.group()
        say(office, office.member, 5)
        assert seen(office, office.administrator)
        world.write(lambda tx: governing.close(tx, office.owner, group, reason="x"))
        assert seen(office, office.administrator) == []

    def test_what_was_said_a_moment_ago_holds_where_the_clock_stands_before_it(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        say(office, office.member, 5)
        monkeypatch.setattr(office.world.clock, "now", lambda: MONDAY - 5)
        say(office, office.member, 6)
        found = office.world.read(lambda tx: absences.find(tx, office.member.person_id))
        assert found is not None and found.until == MONDAY - 5 + 6 * HOUR

    def test_the_item_goes_to_those_who_see_it(self, office: Office) -> None:
        office.group()
        say(office, office.member, 2)
        (entry,) = office.world.entries("followup.absence_set")

        def deliver(view: View) -> tuple[dict[str, object], frozenset[str]]:
            people = (office.owner, office.member, office.outsider)
            view.connected = [each.person_id for each in people]
            (found,) = _live.deliveries(view, entry)
            return found.item, found.people

        item, people = office.world.read(lambda tx: deliver(office.world.runtime.new_view(tx)))
        assert people == {office.owner.person_id, office.member.person_id}
        assert item["absence"] == {"until": entry.fact.until, "reason": "手术中"}
        end(office, office.member)
        item, _ = office.world.read(lambda tx: deliver(office.world.runtime.new_view(tx)))
        assert item["absence"] is None, "what holds now, for who was away"


class TestWhatIsAsked:
    """The clause gives 24 hours of the clock, and reminds two hours before."""

    def test_a_reminder_waits_for_the_end(self, office: Office) -> None:
        world, group = office.world, office.group()
        ask(office, group, office.member, office.administrator)
        world.later(21 * HOUR)
        say(office, office.member, 2)
        world.later(HOUR)
        assert [e.fact.people for e in world.entries("followup.reminded")] == [
            (office.administrator.person_id,)
        ]
        world.later(HOUR)
        assert world.entries("followup.reminded")[1].fact.people == (office.member.person_id,)

    def test_a_reminder_comes_at_once_when_it_ends_early(self, office: Office) -> None:
        world, group = office.world, office.group()
        ask(office, group, office.member)
        world.later(21 * HOUR)
        say(office, office.member, 10)
        world.later(HOUR + MINUTE)
        assert not world.entries("followup.reminded")
        end(office, office.member)
        world.later(MINUTE)
        assert len(world.entries("followup.reminded")) == 1

    def test_the_deadline_stands_and_what_is_late_says_that_it_was_told(
        self, office: Office
    ) -> None:
        world, group = office.world, office.group()
        message = ask(office, group, office.member, office.administrator)
        say(office, office.member, 30)
        world.later(24 * HOUR)
        (late,) = world.entries("followup.late")
        assert set(late.fact.people) == {office.member.person_id, office.administrator.person_id}
        assert late.fact.told == (office.member.person_id,)
        assert part(office, message, office.member).told
        assert not part(office, message, office.administrator).told
        assert not world.entries("followup.reminded") or office.member.person_id not in (
            world.entries("followup.reminded")[0].fact.people
        )
        found = world.read(lambda tx: service.list_box(tx, office.head, Box.LATE))
        assert {p.person: p.told for _, (p,) in found} == {
            office.member.person_id: True,
            office.administrator.person_id: False,
        }
        _, figures, _ = world.read(lambda tx: service.list_group(tx, office.owner, group))
        assert figures is not None and (figures.waiting, figures.told) == (2, 1)

    def test_what_is_told_after_the_deadline_or_was_over_before_it_counts_for_nothing(
        self, office: Office
    ) -> None:
        world, group = office.world, office.group()
        message = ask(office, group, office.member, office.administrator)
        say(office, office.member, 23)
        say(office, office.administrator, 40)
        end(office, office.administrator)
        world.later(24 * HOUR + MINUTE)
        say(office, office.administrator, 40)
        (late,) = world.entries("followup.late")
        assert late.fact.told == ()
        assert not part(office, message, office.administrator).told

    def test_a_new_deadline_is_looked_at_anew(self, office: Office) -> None:
        world, group = office.world, office.group()
        say(office, office.member, 3)
        message = int(world.send(office.owner, group, "请回复").position)
        people = [office.member.person_id]
        world.write(lambda tx: asking.ask(tx, office.owner, group, message, people=people, hours=1))
        world.later(DAY)
        assert world.entries("followup.late")[0].fact.told == (office.member.person_id,)

    def test_who_is_late_again_without_a_word_was_not_excused_for_ever(
        self, office: Office
    ) -> None:
        world, group = office.world, office.group()
        message = ask(office, group, office.member)
        say(office, office.member, 30)
        world.later(24 * HOUR)
        assert part(office, message, office.member).told
        until = world.clock.now() + 10 * HOUR
        answer(office, group, message, office.member, Answer.DELAYED, "数据未到", until)
        world.later(11 * HOUR)
        assert world.entries("followup.late")[1].fact.told == ()
        assert not part(office, message, office.member).told

    def test_a_deadline_is_judged_by_what_had_been_said_when_it_came(self, office: Office) -> None:
        """Whatever is said afterwards: an answer is recalled when its deadline is long past."""
        world, group = office.world, office.group()
        message = ask(office, group, office.member)
        say(office, office.member, 30)
        reply = world.send(office.member, group, "收到", quote=message)
        world.later(25 * HOUR)
        say(office, office.member, 40)
        recall(office, group, int(reply.position or 0), office.owner)
        world.later(MINUTE)
        (late,) = world.entries("followup.late")
        assert late.fact.told == (office.member.person_id,)


class TestOverHttp:
    def test_said_seen_and_ended(self, world: World, office: Office) -> None:
        office.group()
        member, owner, outsider = (
            as_person(world, each) for each in (office.member, office.owner, office.outsider)
        )
        offered = member.get("/api/me/absence").json()
        assert offered["absence"] is None and offered["most_days"] == 30
        assert offered["clause"]["id"] == "6.30" and offered["off_work"] > MONDAY
        said = {"until": MONDAY + HOUR, "reason": " 飞行中 "}
        assert member.put("/api/me/absence", json=said).status_code == 204
        absence = {"until": MONDAY + HOUR, "reason": "飞行中"}
        shown = owner.get("/api/absences").json()["absences"]
        person = {"id": office.member.person_id, "name": "赵成员"}
        assert shown == [{"person": person, "absence": absence}]
        assert outsider.get("/api/absences").json()["absences"] == []
        assert member.get("/api/me/absence").json()["absence"] == absence
        assert member.delete("/api/me/absence").status_code == 204
        assert owner.get("/api/absences").json()["absences"] == []

    @pytest.mark.parametrize("reason", ["长" * 61, "两\n行", "看不\u200b见"])
    def test_a_reason_is_one_short_line(self, world: World, office: Office, reason: str) -> None:
        said = {"until": MONDAY + HOUR, "reason": reason}
        assert as_person(world, office.member).put("/api/me/absence", json=said).status_code == 422


def as_person(world: World, actor: Actor) -> TestClient:
    async def authenticate(connection: HTTPConnection) -> Actor:
        return actor

    app = FastAPI()
    app.include_router(routes)
    app.state.authenticate = authenticate
    app.state.gate = DirectGate(world)
    app.state.new_view = world.runtime.new_view
    return TestClient(app)
