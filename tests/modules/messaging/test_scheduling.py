"""Messages that wait for their time: once, in time, under the rights and the rules of that moment."""

from typing import Any

import pytest
from sqlalchemy import text

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, MINUTE
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import GroupId, PersonId
from guiju.ledger.keystore import KeyAlteredError
from guiju.modules.groups import governing, roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.identity import service as identity
from guiju.modules.messaging import _unsent_store, scheduling
from guiju.modules.messaging.composing import Body
from guiju.modules.messaging.scheduling import Schedule
from guiju.modules.messaging.types import BadMessageError, CmidReusedError, MessageState, Send
from guiju.modules.messaging.unsent_types import (
    BadScheduleError,
    Scheduled,
    ScheduledNotFoundError,
    TooManyScheduledError,
    Waiting,
)
from tests.support.office import Office
from tests.support.roster import admit
from tests.support.uploading import door_of

WORDS = "明早八点集合"
SALE = "九成新自行车转让，300元面交"
HOUR = 60 * MINUTE


class Desk:
    """The schedule of a world without a server, and what people's screens were told."""

    def __init__(self, office: Office) -> None:
        self.office, self.world = office, office.world
        self.told: list[tuple[PersonId, dict[str, Any]]] = []
        runtime = office.world.runtime
        self.schedule = Schedule(
            door_of(office.world),
            runtime.notes,
            runtime.inspector,
            runtime.clock,
            lambda person, frame: self.told.append((person, frame)),
        )

    def add(
        self, actor: Actor, group: GroupId, words: str = WORDS, cmid: str = "s1", **extra: Any
    ) -> Scheduled:
        at = extra.pop("at", self.world.clock.now() + HOUR)
        return self.schedule.add(actor, group, cmid, Body(words, **extra), at)

    def later(self, milliseconds: int = HOUR) -> None:
        self.world.clock.advance(milliseconds)
        self.schedule.run_due()

    def sent(self) -> list[str]:
        """What was recorded, delivered or stopped."""
        return [
            fact.text
            for fact in self.world.facts("messaging.sent", "messaging.held", "messaging.blocked")
        ]

    def list(self, actor: Actor) -> list[tuple[Waiting, str | None, str]]:
        return [(row.state, row.code, body.text) for row, body in self.schedule.all_of(actor)]

    def refused(self, error: type[GuijuError], actor: Actor, group: GroupId, **extra: Any) -> None:
        before = self.schedule.all_of(actor)
        with pytest.raises(error) as caught:
            self.add(actor, group, **extra)
        assert type(caught.value) is error
        assert self.schedule.all_of(actor) == before


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


class TestInTime:
    def test_it_is_sent_when_its_time_has_come_and_not_before(self, desk: Desk) -> None:
        office, group = desk.office, desk.office.group()
        before = desk.world.read(lambda tx: tx.position)
        made = desk.add(office.member, group, mentions=(str(office.owner.person),))
        assert desk.world.read(lambda tx: tx.position) == before, "waiting is no fact"
        desk.later(HOUR - 1)
        assert desk.sent() == [] and desk.list(office.member) == [(Waiting.WAITING, None, WORDS)]
        desk.later(1)
        (entry,) = desk.world.entries("messaging.sent")
        assert (entry.actor, entry.group) == (office.member.person, group)
        assert (entry.at, entry.fact.cmid) == (made.due_at, "s1")
        assert entry.fact.text == WORDS and entry.fact.mentions == (office.owner.person,)
        assert desk.list(office.member) == []
        assert [(who, frame["state"]) for who, frame in desk.told] == [
            (office.member.person, "waiting"),
            (office.member.person, "sent"),
        ]

    def test_it_waits_sealed_and_only_its_author_sees_it(self, desk: Desk) -> None:
        group = desk.office.group()
        desk.add(desk.office.member, group)
        rows = desk.world.read(lambda tx: tx.all(text("SELECT sealed FROM messaging_scheduled")))
        assert WORDS.encode() not in bytes(rows[0].sealed)
        assert desk.list(desk.office.owner) == []
        for act in (desk.schedule.cancel, lambda a, c: desk.schedule.send_now(a, c, None)):
            with pytest.raises(ScheduledNotFoundError):
                act(desk.office.owner, "s1")
        assert len(desk.list(desk.office.member)) == 1

    def test_the_rules_of_that_moment_hold(self, desk: Desk) -> None:
        office, group = desk.office, desk.office.group()
        desk.add(office.member, group, "这是核心配方", "s1")
        desk.add(office.member, group, "去赌博网站玩", "s2")
        desk.later()
        assert len(desk.world.entries("messaging.held")) == 1
        assert len(desk.world.entries("messaging.blocked")) == 1
        assert desk.list(office.member) == [], "what became of it stands in the group"

    def test_changed_cancelled_and_sent_at_once(self, desk: Desk) -> None:
        office, group = desk.office, desk.office.group()
        desk.add(office.member, group, "一", "s1")
        desk.add(office.member, group, "二", "s2")
        desk.add(office.member, group, "三", "s3")
        desk.add(office.member, group, "一改", "s1", at=desk.world.clock.now() + 2 * HOUR)
        desk.schedule.cancel(office.member, "s2")
        assert desk.schedule.send_now(office.member, "s3", None).state is MessageState.DELIVERED
        assert desk.sent() == ["三"]
        desk.later()
        assert desk.sent() == ["三"]
        desk.later()
        assert desk.sent() == ["三", "一改"]
        with pytest.raises(ScheduledNotFoundError):
            desk.schedule.cancel(office.member, "s2")
        assert [frame["state"] for _, frame in desk.told[4:]] == ["cancelled", "sent", "sent"]

    def test_sending_it_at_once_again_gives_the_same_receipt(self, desk: Desk) -> None:
        office, group = desk.office, desk.office.group()
        desk.add(office.member, group, "一", "s1")
        first = desk.schedule.send_now(office.member, "s1", None)
        told = len(desk.told)
        assert desk.schedule.send_now(office.member, "s1", None) == first
        desk.add(office.member, group, "这是核心配方", "s2")
        desk.later()
        held = desk.schedule.send_now(office.member, "s2", None)
        (entry,) = desk.world.entries("messaging.held")
        assert (held.state, held.position) == (MessageState.HELD, entry.position)
        assert held.clause is not None
        assert desk.sent() == ["一", "这是核心配方"] and len(desk.told) == told + 2
        with pytest.raises(ScheduledNotFoundError):
            desk.schedule.send_now(office.owner, "s1", None)

    def test_the_timer_may_send_it_first(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        office, group = desk.office, desk.office.group()
        desk.add(office.member, group, "一", "s1")
        prepared = desk.schedule._prepared

        def late(found: Scheduled, body: Body) -> Send:
            monkeypatch.undo()
            desk.later()
            return prepared(found, body)

        monkeypatch.setattr(desk.schedule, "_prepared", late)
        done = desk.schedule.send_now(office.member, "s1", None)
        (entry,) = desk.world.entries("messaging.sent")
        assert (done.state, done.position) == (MessageState.DELIVERED, entry.position)


class TestOnce:
    def test_a_row_that_outlived_its_message_sends_nothing(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As after a crash between the sending and the removal of what waited, were they not one transaction."""
        group = desk.office.group()
        desk.add(desk.office.member, group)
        with monkeypatch.context() as patch:
            patch.setattr(_unsent_store, "remove_scheduled", lambda *args: None)
            desk.later()
        assert desk.sent() == [WORDS] and len(desk.list(desk.office.member)) == 1
        desk.later()
        assert desk.sent() == [WORDS] and desk.list(desk.office.member) == []

    def test_what_breaks_in_between_undoes_both(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        group = desk.office.group()
        desk.add(desk.office.member, group)

        def fail(*_: object) -> None:
            raise RuntimeError("the process ends here")

        with monkeypatch.context() as patch:
            patch.setattr(_unsent_store, "remove_scheduled", fail)
            desk.later()
        assert desk.sent() == [], "neither sent nor forgotten"
        assert desk.list(desk.office.member) == [(Waiting.WAITING, None, WORDS)]
        desk.later(MINUTE)
        assert desk.sent() == [WORDS] and desk.list(desk.office.member) == []

    def test_two_servers_that_both_find_it_due_send_it_once(self, desk: Desk) -> None:
        group = desk.office.group()
        made = desk.add(desk.office.member, group)
        desk.world.clock.advance(HOUR)
        inspector = desk.world.runtime.inspector
        send = desk.schedule._prepared(made, Body(WORDS))
        done = [
            desk.world.write(lambda tx: scheduling.send_due(tx, inspector, made, send))
            for _ in range(2)
        ]
        assert done[0] is not None and done[1] is None and desk.sent() == [WORDS]

    def test_one_that_was_changed_since_it_was_read_is_left_alone(self, desk: Desk) -> None:
        group = desk.office.group()
        made = desk.add(desk.office.member, group)
        desk.world.clock.advance(HOUR - 2 * MINUTE)
        desk.add(desk.office.member, group, "改")
        desk.world.clock.advance(2 * MINUTE)
        inspector = desk.world.runtime.inspector
        send = desk.schedule._prepared(made, Body(WORDS))
        assert desk.world.write(lambda tx: scheduling.send_due(tx, inspector, made, send)) is None
        assert desk.sent() == []


class TestFailing:
    def test_who_has_left_sends_nothing_and_may_read_why(self, desk: Desk) -> None:
        office, group = desk.office, desk.office.group()
        desk.add(office.member, group)
        desk.world.write(
            lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
        )
        before = desk.world.read(lambda tx: tx.position)
        desk.later()
        assert desk.world.read(lambda tx: tx.position) == before
        assert desk.list(office.member) == [(Waiting.FAILED, "groups.not_found", WORDS)]
        assert desk.told[-1][1]["code"] == "groups.not_found"
        desk.later()
        assert len(desk.told) == 2, "it is not tried again"
        with pytest.raises(GroupNotFoundError):
            desk.schedule.send_now(office.member, "s1", None)
        desk.schedule.cancel(office.member, "s1")
        assert desk.list(office.member) == []

    def test_one_that_cannot_be_read_holds_up_no_other(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office, group, read = desk.office, desk.office.group(), Schedule._body
        for number in ("s1", "s2"):
            desk.add(office.member, group, f"第{number}条", cmid=number)

        def broken(self: Schedule, found: Scheduled) -> Body | None:
            if found.cmid == "s1":
                raise KeyAlteredError("altered")
            return read(self, found)

        monkeypatch.setattr(Schedule, "_body", broken)
        desk.later()
        assert desk.sent() == ["第s2条"]
        monkeypatch.undo()
        desk.later(2 * MINUTE)
        assert desk.sent() == ["第s2条", "第s1条"]

    def test_one_that_is_changed_while_it_is_sent_by_hand_stays(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office, group, prepare = desk.office, desk.office.group(), Schedule._prepared
        desk.add(office.member, group)
        later = desk.world.clock.now() + 2 * HOUR

        def change(self: Schedule, found: Scheduled, body: Body) -> Send:
            desk.world.write(lambda tx: _unsent_store.postpone(tx, found.person, "s1", later))
            return prepare(self, found, body)

        monkeypatch.setattr(Schedule, "_prepared", change)
        with pytest.raises(ScheduledNotFoundError):
            desk.schedule.send_now(office.member, "s1", None)
        assert desk.sent() == [] and [one[0] for one in desk.list(office.member)] == [
            Waiting.WAITING
        ]

    def test_a_closed_group_and_a_closed_account(self, desk: Desk) -> None:
        office, group = desk.office, desk.office.group()
        desk.add(office.member, group)
        desk.add(office.administrator, group)
        desk.world.write(lambda tx: governing.close(tx, office.owner, group, reason="x"))
        account = desk.world.read(
            lambda tx: identity.find_account_of(tx, office.administrator.person_id)
        )
        assert account is not None
        admin = desk.world.person("系统", "security_admin")
        desk.world.write(lambda tx: identity.close(tx, admin, account.id, reason="离职"))
        desk.later()
        assert desk.sent() == []
        assert desk.list(office.member) == [(Waiting.FAILED, "groups.is_closed", WORDS)]
        rows = desk.world.read(lambda tx: tx.all(text("SELECT person FROM messaging_scheduled")))
        assert [row.person for row in rows] == [office.member.person], "it went with the account"

    def test_a_warning_that_nobody_answers_fails_with_its_clause(self, desk: Desk) -> None:
        office, group = desk.office, desk.office.group()
        desk.add(office.member, group, SALE)
        desk.later()
        ((row, _),) = desk.schedule.all_of(office.member)
        assert row.code == "messaging.confirm_needed"
        assert row.clause is not None and row.clause["id"] == "5.10"
        warned = desk.schedule.send_now(office.member, "s1", None)
        assert warned.state is MessageState.WARNED and warned.warned is not None
        assert len(desk.list(office.member)) == 1 and desk.sent() == []
        done = desk.schedule.send_now(office.member, "s1", warned.warned.confirm)
        assert done.state is MessageState.DELIVERED and desk.list(office.member) == []

    def test_the_flood_limit_makes_it_wait_a_little(self, desk: Desk) -> None:
        office, group = desk.office, desk.office.group()
        desk.add(office.member, group)
        desk.world.clock.advance(HOUR)
        for number in range(20):
            desk.world.send(office.member, group, f"第{number}条")
        desk.schedule.run_due()
        assert len(desk.sent()) == 20 and len(desk.list(office.member)) == 1
        desk.later(11_000)
        assert len(desk.sent()) == 21 and desk.list(office.member) == []

    def test_so_does_a_limit_for_all_groups_together(self, desk: Desk) -> None:
        office, group = desk.office, desk.office.group()
        pace = "messages: 10, seconds: 300, per: contact, action: warn"
        strict = "messages: 3, seconds: 60, action: refuse"
        desk.world.adopt(lambda text: text.replace(pace, strict))
        desk.add(office.member, group)
        desk.world.clock.advance(HOUR)
        for number in range(3):
            desk.world.send(office.member, group, f"第{number}条")
        desk.schedule.run_due()
        assert desk.list(office.member) == [(Waiting.WAITING, None, WORDS)]
        desk.later(61_000)
        assert desk.sent()[3:] == [WORDS] and desk.list(office.member) == []

    def test_one_that_does_not_open_any_more_says_so(self, desk: Desk) -> None:
        office, group = desk.office, desk.office.group()
        desk.add(office.member, group)
        with desk.world.runtime.database.write() as connection:
            connection.execute(text("UPDATE messaging_scheduled SET cmid = 's9'"))
        desk.later()
        assert desk.list(office.member) == [(Waiting.FAILED, "messaging.scheduled_lost", "")]
        with pytest.raises(ScheduledNotFoundError):
            desk.schedule.send_now(office.member, "s9", None)


class TestKept:
    """What failed stays for its author to read and to use, and goes by itself."""

    def failed(self, desk: Desk, late: int = 0) -> tuple[GroupId, int]:
        """A message of the member's that did not go, `late` ms after its time; when it goes from the list."""
        office, group = desk.office, desk.office.group()
        desk.add(office.member, group)
        desk.world.write(
            lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
        )
        desk.later(HOUR + late)
        ((found, _),) = desk.schedule.all_of(office.member)
        assert found.state is Waiting.FAILED and found.kept_until is not None
        return group, found.kept_until

    @pytest.mark.parametrize("late", [0, 40 * DAY])
    def test_it_goes_by_itself_after_thirty_days_and_screens_are_told(
        self, desk: Desk, late: int
    ) -> None:
        member = desk.office.member
        group, until = self.failed(desk, late)
        assert until == desk.world.clock.now() + 30 * DAY, "a standstill takes nothing away unseen"
        before = desk.world.read(lambda tx: tx.position)
        desk.later(30 * DAY - 1)
        assert desk.list(member) == [(Waiting.FAILED, "groups.not_found", WORDS)]
        told = len(desk.told)
        desk.later(1)
        assert desk.list(member) == []
        ((who, frame),) = desk.told[told:]
        assert who == member.person_id
        assert (frame["cmid"], frame["group"], frame["state"]) == ("s1", group, "cancelled")
        assert desk.world.read(lambda tx: tx.position) == before, "it is no fact"
        desk.later()
        assert len(desk.told) == told + 1

    def test_one_that_waits_again_or_was_used_since_stays(self, desk: Desk) -> None:
        office, world = desk.office, desk.world
        group, until = self.failed(desk)
        world.write(admit(office.owner, group, office.member))
        old = world.read(lambda tx: scheduling.list_scheduled(tx, office.member))
        desk.add(office.member, group, at=until + DAY)
        assert world.write(lambda tx: scheduling.let_go(tx, old)) == []
        desk.later(until - world.clock.now())
        assert desk.list(office.member) == [(Waiting.WAITING, None, WORDS)]
        ((found, _),) = desk.schedule.all_of(office.member)
        assert found.kept_until is None
        desk.later(DAY)
        assert desk.sent() == [WORDS]


class TestWhatMayWait:
    def test_times_texts_and_places(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        office, group = desk.office, desk.office.group()
        now = desk.world.clock.now()
        for at in (now, now + MINUTE - 1, now + 60 * DAY + 1):
            desk.refused(BadScheduleError, office.member, group, at=at)
        desk.refused(BadMessageError, office.member, group, words=" ")
        desk.refused(BadMessageError, office.member, group, cmid="不行")
        desk.refused(GroupNotFoundError, office.outsider, group)
        desk.world.send(office.member, group, "发过", cmid="c")
        desk.refused(CmidReusedError, office.member, group, cmid="c")
        monkeypatch.setattr(scheduling, "MOST", 1)
        desk.add(office.member, group, at=now + MINUTE)
        desk.refused(TooManyScheduledError, office.member, group, cmid="s2")
        desk.add(office.member, group, "改", at=now + 60 * DAY)
        desk.add(office.owner, group)
