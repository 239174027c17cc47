"""Quiet hours: told before, silent, waiting or refused by the clause, and one's own."""

from dataclasses import replace
from typing import Any

import pytest

from guiju.kernel.actor import system
from guiju.kernel.clock import DAY, HOUR, MINUTE
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging import quieting, review, service
from guiju.modules.messaging.composing import Body
from guiju.modules.messaging.quiet_types import OwnQuiet, QuietHours, QuietHoursError
from guiju.modules.messaging.scheduling import Schedule
from guiju.modules.messaging.types import MessageState
from guiju.modules.policy.types import Calendar, NotAllowedError
from tests.support.office import Office
from tests.support.screens import shown
from tests.support.sending import prepared, refused, send_together
from tests.support.uploading import door_of
from tests.support.world import MONDAY

NINE = MONDAY - 40 * MINUTE
"""09:00 on that Monday."""
USE = "      - use: messaging.flood\n"
WORDS = "明天的会改到十点"


def quiet(office: Office, then: str, hours: str = "") -> None:
    """Adopt quiet hours under the clause on flooding, and go to Monday evening."""
    written = (
        f'      - use: messaging.quiet_hours\n        with: {{then: {then}, hours: "{hours}"}}\n'
    )
    office.world.adopt(lambda text: text.replace(USE, written + USE, 1))
    office.world.clock.set(NINE + 11 * HOUR)


TUESDAY = NINE + DAY - 30 * MINUTE
"""When the organisation's Tuesday begins: 08:30."""


class TestOfAGroup:
    def test_in_working_time_nothing_is_silent(self, office: Office) -> None:
        group = office.group()
        quiet(office, "silent")
        office.world.clock.set(NINE + DAY)
        sent = office.world.send(office.member, group, WORDS).position
        assert shown(office.world, group, sent, office.owner)["silent"] is False
        assert office.world.entries()[sent].uses == ()

    def test_a_silent_message_names_its_clause_and_arrives(self, office: Office) -> None:
        group = office.group()
        quiet(office, "silent")
        done = office.world.send(office.member, group, WORDS)
        assert done.state is MessageState.DELIVERED and done.clause is not None
        (use,) = office.world.entries()[done.position].uses
        assert use.endswith("/messaging.quiet_hours") and use.startswith(str(done.clause["id"]))
        item = shown(office.world, group, done.position, office.owner)
        assert item["silent"] is True and item["text"] == WORDS
        again = office.world.send(office.member, group, WORDS, done.cmid)
        assert again == done
        (row,) = office.world.read(lambda tx: service.list_conversations(tx, office.owner))
        assert row.unread == 1, "silent is not unseen"

    @pytest.mark.parametrize("then", ["queue", "refuse"])
    def test_what_has_to_wait_leaves_no_trace_and_is_told_until_when(
        self, office: Office, then: str
    ) -> None:
        group = office.group()
        quiet(office, then)
        said = refused(office, QuietHoursError, office.member, group)
        clause = said.data["clause"]
        assert isinstance(clause, dict) and clause["id"]
        assert said.data["then"] == then and said.data["until"] == TUESDAY

    def test_only_that_message_of_a_batch_waits(self, office: Office) -> None:
        group = office.group()
        quiet(office, "queue")
        imported = replace(prepared(office, office.member, group, "旧的", "i1"), origin="import")
        urgent = replace(prepared(office, office.member, group, "急", "u1"), origin="urgent")
        plain = prepared(office, office.member, group, "不急", "p1")
        answers = send_together(office, [imported, plain, urgent])
        assert isinstance(answers[1], QuietHoursError)
        assert [answers[0].state, answers[2].state] == [MessageState.DELIVERED] * 2
        assert [fact.silent for fact in office.world.facts("messaging.sent")] == [False, False]

    def test_a_scheduled_message_goes_when_the_quiet_ends(self, office: Office) -> None:
        world, group = office.world, office.group()
        quiet(office, "queue")
        told: list[Any] = []
        runtime = world.runtime
        schedule = Schedule(
            door_of(world), runtime.notes, runtime.inspector, runtime.clock,
            lambda person, frame: told.append(frame),
        )  # fmt: skip
        schedule.add(office.member, group, "s1", Body(WORDS), world.clock.now() + HOUR)
        world.clock.advance(2 * HOUR)
        schedule.run_due()
        assert world.entries("messaging.sent") == []
        assert [row.due_at for row, _ in schedule.all_of(office.member)] == [TUESDAY]
        world.clock.set(TUESDAY)
        schedule.run_due()
        (entry,) = world.entries("messaging.sent")
        assert entry.at == TUESDAY and not entry.fact.silent

    def test_what_a_reviewer_lets_pass_in_the_evening_calls_nobody(self, office: Office) -> None:
        world, group = office.world, office.group()
        held = world.send(office.member, group, "这是核心配方").position
        waits = world.send(office.member, group, "这也是核心配方").position
        quiet(office, "queue")

        def release(tx: WriteTx, position: int = held) -> None:
            review.release(tx, office.reviewer, position, masked=False, reason="可以")

        world.write(release)
        (entry,) = world.entries("messaging.released")
        assert shown(world, group, entry.position, office.owner)["silent"] is True
        assert entry.uses[0] == "6.3/messaging.review"
        assert entry.uses[-1].endswith("/messaging.quiet_hours")
        world.clock.set(TUESDAY)
        world.write(lambda tx: release(tx, waits))
        (entry,) = world.entries("messaging.released")[1:]
        assert shown(world, group, entry.position, office.owner)["silent"] is False

    def test_hours_of_the_day_go_past_midnight(self, office: Office) -> None:
        group = office.group()
        quiet(office, "silent", "22:00-07:00")
        for hour, silent in ((11, False), (12, False), (13, True), (21, True), (22, False)):
            office.world.clock.set(NINE + hour * HOUR)  # which begins at 09:00
            sent = office.world.send(office.member, group, WORDS).position
            assert shown(office.world, group, sent, office.owner)["silent"] is silent, hour

    def test_other_classes_are_not_quiet(self, office: Office) -> None:
        group = office.group()
        written = (
            "      - use: messaging.quiet_hours\n        with: {then: refuse, classes: [company]}\n"
        )
        office.world.adopt(lambda text: text.replace(USE, written + USE, 1))
        office.world.clock.set(NINE + 11 * HOUR)
        assert office.world.send(office.member, group, WORDS).state is MessageState.DELIVERED


@pytest.mark.parametrize(
    ("params", "word"),
    [
        (QuietHours(hours="7-8"), "hours"),
        (QuietHours(hours="24:00-07:00"), "hours"),
        (QuietHours(hours="07:00-07:00"), "hours"),
        (QuietHours(then="never"), "then"),
    ],
)
def test_parameters_that_say_nothing_are_refused(params: QuietHours, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        quieting.check(params)


def test_when_quiet_changes() -> None:
    calendar, minute = Calendar(), NINE // MINUTE
    assert quieting._quiet(minute, calendar, "") == (False, NINE + 3 * HOUR)
    assert quieting._quiet(minute + 181, calendar, "") == (True, NINE + 4 * HOUR)
    friday = minute + 4 * 24 * 60 + 9 * 60
    assert quieting._quiet(friday, calendar, "") == (True, NINE + 7 * DAY - 30 * MINUTE)
    assert quieting._quiet(minute, calendar, "22:00-07:00") == (False, NINE + 13 * HOUR)
    assert quieting._quiet(minute + 14 * 60, calendar, "22:00-07:00") == (True, NINE + 22 * HOUR)


class TestOnesOwn:
    def test_it_is_kept_and_taken_back(self, office: Office) -> None:
        world, member = office.world, office.member
        wanted = OwnQuiet(22 * 60, 7 * 60, rest=False)
        world.write(lambda tx: quieting.set_own(tx, member, wanted))
        assert world.read(lambda tx: quieting.own(tx, member)) == wanted
        assert world.read(lambda tx: quieting.own(tx, office.owner)) is None
        assert not world.read(lambda tx: quieting.is_resting(tx, member.person_id))
        world.clock.set(NINE + 14 * HOUR)
        until = world.read(lambda tx: quieting.rests_until(tx, member.person_id))
        assert until == NINE + 22 * HOUR
        world.write(lambda tx: quieting.set_own(tx, member, None))
        assert not world.read(lambda tx: quieting.is_resting(tx, member.person_id))

    def test_it_may_follow_the_calendar(self, office: Office) -> None:
        world, person = office.world, office.member.person_id
        world.write(lambda tx: quieting.set_own(tx, office.member, OwnQuiet(0, 0, rest=True)))
        assert not world.read(lambda tx: quieting.is_resting(tx, person))
        world.clock.set(NINE + 11 * HOUR)
        assert world.read(lambda tx: quieting.rests_until(tx, person)) == TUESDAY

    def test_it_is_for_people_only(self, office: Office) -> None:
        office.refused(
            NotAllowedError,
            lambda tx: quieting.set_own(tx, system("review"), OwnQuiet(1, 2, rest=False)),
        )
