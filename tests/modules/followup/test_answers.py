"""Messages that ask for an answer: who answers, who is late, and who is told. The pack's 6.30 counts hours of the clock."""

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.ids import GroupId
from guiju.modules.directory import service as directory
from guiju.modules.followup import _shape, answering, asking, service
from guiju.modules.followup.types import (
    AlreadyAnsweredError,
    AlreadyAskedError,
    Answer,
    AskedTooOftenError,
    BadPeopleError,
    BadUntilError,
    Box,
    DeadlineTooLongError,
    NotAskedError,
    NotAuthorError,
    Part,
    ReasonNeededError,
    RequestNotFoundError,
)
from guiju.modules.groups import blocking, direct, governing, roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.inspection.types import TextRefusedError
from guiju.modules.messaging import recalling
from guiju.modules.messaging.change_types import ALL, AlreadyRecalledError, MessageNotFoundError
from guiju.setup import SYSTEM
from tests.support import apart
from tests.support.office import Office
from tests.support.sending import with_editing

USE = "6.30/followup.answers"


def ask(
    office: Office, group: GroupId, *people: Actor, text: str = "请回复", hours: int | None = None
) -> int:
    """A message of the owner that asks these people."""
    message = int(office.world.send(office.owner, group, text).position)
    named = [each.person_id for each in people]
    office.world.write(
        lambda tx: asking.ask(tx, office.owner, group, message, people=named, hours=hours)
    )
    return message


def answer(  # noqa: PLR0917  # as the sentence says it
    office: Office, group: GroupId, message: int, who: Actor, what: Answer, reason: str = "",
    until: int | None = None,
) -> None:  # fmt: skip
    office.world.write(
        lambda tx: answering.answer(tx, who, group, message, what, reason=reason, until=until)
    )


def part(office: Office, message: int, who: Actor) -> Part:
    found = office.world.read(lambda tx: service.parts_of(tx, message))
    return next(each for each in found if each.person == who.person_id)


def todo(office: Office, who: Actor, box: Box = Box.TODO) -> list[int]:
    found = office.world.read(lambda tx: service.list_box(tx, who, box))
    return [request.message for request, _ in found]


class TestAsk:
    def test_whom_an_edit_mentions_instead_is_asked(self, office: Office) -> None:
        world, group = office.world, office.group()
        world.adopt(with_editing)
        before, after = office.member.person_id, office.administrator.person_id
        at = world.send(office.owner, group, "请回复", mentions=[before]).position
        world.edit(office.owner, group, at, "请回复一下", mentions=[after])
        world.write(lambda tx: asking.ask(tx, office.owner, group, at, people=None, hours=1))
        assert [each.person for each in world.read(lambda tx: service.parts_of(tx, at))] == [after]

    def test_the_named_have_it_to_do_and_the_clause_acted(self, office: Office) -> None:
        group = office.group()
        message = ask(office, group, office.member)
        assert todo(office, office.member) == todo(office, office.owner, Box.ASKED) == [message]
        assert todo(office, office.administrator) == []
        (entry,) = office.world.entries("followup.asked")
        assert entry.uses == (USE,) and entry.fact.due_at == entry.at + 24 * HOUR
        assert entry.fact.remind_at == entry.at + 22 * HOUR

    def test_mentioned_people_and_everybody(self, office: Office) -> None:
        group, world = office.group(), office.world
        others = {office.administrator.person_id, office.member.person_id}
        for mentions, wanted in (
            ([office.member.person_id], {office.member.person_id}),
            ([ALL], others),
        ):
            sent = world.send(office.owner, group, "请看", mentions=mentions, members=True)
            world.write(
                lambda tx, at=sent.position: asking.ask(  # type: ignore[misc]  # bound at once
                    tx, office.owner, group, at, people=None, hours=2
                )
            )
            found = world.read(lambda tx, at=sent.position: service.parts_of(tx, at))  # type: ignore[misc]  # bound at once
            assert {each.person for each in found} == wanted

    def test_refusals_leave_no_trace(self, office: Office) -> None:
        group, me = office.group(), office.owner
        asked = ask(office, group, office.member)
        message = int(office.world.send(me, group, "另一条").position)
        member, outsider = office.member.person_id, office.outsider.person_id
        for error, who, at, people, hours in (
            (AlreadyAskedError, me, asked, [member], None),
            (NotAuthorError, office.member, message, [me.person_id], None),
            (GroupNotFoundError, office.outsider, message, [member], None),
            (MessageNotFoundError, me, 1, [member], None),
            (BadPeopleError, me, message, [outsider], None),
            (BadPeopleError, me, message, [me.person_id], None),
            (BadPeopleError, me, message, [], None),
            (BadPeopleError, me, message, None, None),
            (DeadlineTooLongError, me, message, [member], 121),
        ):
            office.refused(
                error,
                lambda tx, who=who, at=at, people=people, hours=hours: asking.ask(  # type: ignore[misc]  # bound at once
                    tx, who, group, at, people=people, hours=hours
                ),
            )

    def test_so_often_a_day(self, office: Office) -> None:
        office.world.adopt(lambda text: text.replace("per_day: 20}", "per_day: 1}"))
        group = office.group()
        ask(office, group, office.member)
        with pytest.raises(AskedTooOftenError) as caught:
            ask(office, group, office.member)
        clause = caught.value.data["clause"]
        assert isinstance(clause, dict) and clause["id"] == "6.30"
        office.world.later(DAY)
        ask(office, group, office.member)


class TestAnswers:
    def test_a_quote_and_a_reply_in_the_thread_answer(self, office: Office) -> None:
        group, world = office.group(), office.world
        message = ask(office, group, office.member, office.administrator)
        world.send(office.member, group, "无关的话")
        assert part(office, message, office.member).answer is Answer.OPEN
        world.send(office.member, group, "好的", quote=message)
        world.send(office.administrator, group, "可以", thread=message)
        for who in (office.member, office.administrator):
            assert part(office, message, who).answer is Answer.REPLIED
            assert todo(office, who) == []
        assert todo(office, office.owner, Box.ASKED) == []
        assert not world.entries("followup.answered"), "the replies themselves say it"

    def test_understood_declined_and_delayed(self, office: Office) -> None:
        group, world = office.group(), office.world
        message = ask(office, group, office.member, office.administrator)
        answer(office, group, message, office.member, Answer.UNDERSTOOD)
        until = world.clock.now() + 3 * DAY
        answer(office, group, message, office.administrator, Answer.DELAYED, "数据未到", until)
        delayed = part(office, message, office.administrator)
        assert delayed.due_at == until and delayed.remind_at == until - 2 * HOUR
        said = world.read(lambda tx: service.reasons(tx, service.parts_of(tx, message)))
        assert list(said.values()) == ["数据未到"]
        world.later(2 * DAY)
        assert not world.entries("followup.late")
        answer(office, group, message, office.administrator, Answer.DECLINED, "不归我管")
        assert part(office, message, office.administrator).answer is Answer.DECLINED

    def test_refusals(self, office: Office) -> None:
        group, now = office.group(), office.world.clock.now()
        plain = int(office.world.send(office.owner, group, "平常的话").position)
        message = ask(office, group, office.member)
        answered = ask(office, group, office.member)
        answer(office, group, answered, office.member, Answer.UNDERSTOOD)
        me = office.member
        for error, who, at, what, reason, until in (
            (RequestNotFoundError, me, plain, Answer.UNDERSTOOD, "", None),
            (NotAskedError, office.administrator, message, Answer.UNDERSTOOD, "", None),
            (GroupNotFoundError, office.outsider, message, Answer.UNDERSTOOD, "", None),
            (AlreadyAnsweredError, me, answered, Answer.UNDERSTOOD, "", None),
            (ReasonNeededError, me, message, Answer.DECLINED, "", None),
            (BadUntilError, me, message, Answer.DELAYED, "忙", None),
            (BadUntilError, me, message, Answer.DELAYED, "忙", now),
            (BadUntilError, me, message, Answer.DELAYED, "忙", now + 31 * DAY),
            (BadUntilError, me, message, Answer.UNDERSTOOD, "", now + DAY),
            (TextRefusedError, me, message, Answer.DECLINED, "去赌博网站玩", None),
        ):
            office.refused(
                error,
                lambda tx, who=who, at=at, what=what, reason=reason, until=until: answering.answer(  # type: ignore[misc]  # bound at once
                    tx, who, group, at, what, reason=reason, until=until
                ),
            )


class TestTime:
    def test_reminded_then_late_then_one_head_after_the_other(self, office: Office) -> None:
        world = office.world
        above = world.person("总经理")
        lower = world.add_unit("车间", head=office.head.person_id)
        world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, world.unit, above.person_id))
        worker = world.person("工人", unit=lower)
        group = world.group(office.owner, [office.administrator], [worker])
        message = ask(office, group, worker)
        world.later(22 * HOUR)
        (reminded,) = world.entries("followup.reminded")
        assert reminded.fact.people == (worker.person_id,)
        assert todo(office, office.head, Box.LATE) == []
        world.later(2 * HOUR)
        assert part(office, message, worker).late
        assert todo(office, office.head, Box.LATE) == [message]
        assert todo(office, above, Box.LATE) == []
        world.later(8 * HOUR)
        told = [(e.fact.to, e.fact.level) for e in world.entries("followup.escalated")]
        assert told == [(office.head.person_id, 1), (above.person_id, 2)]
        assert all(e.uses == (USE,) for e in world.entries("followup.late", "followup.escalated"))
        world.later(10 * DAY)
        assert len(world.entries("followup.escalated")) == 2
        world.send(worker, group, "迟到的答复", quote=message)
        assert todo(office, office.head, Box.LATE) == todo(office, above, Box.LATE) == []
        figures = world.read(lambda tx: service.list_group(tx, office.owner, group))[1]
        assert figures is not None and (figures.in_time, figures.late, figures.waiting) == (0, 1, 0)
        assert world.read(lambda tx: service.list_group(tx, worker, group))[1:] == (None, None)
        each = world.read(lambda tx: service.list_group(tx, office.owner, group))[2]
        assert each == {worker.person_id: figures}
        run = world.read(lambda tx: service.list_group(tx, office.administrator, group))
        assert run[1:] == (figures, None), "of each member only the owner"

    def test_a_head_outside_reads_nothing_that_was_said(self, office: Office) -> None:
        group, world = office.group(), office.world
        message = ask(office, group, office.member, text="机密的配方")
        world.later(DAY)
        late = world.read(lambda tx: service.list_box(tx, office.head, Box.LATE))
        shown = world.read(lambda tx: _shape.overdue(world.runtime.new_view(tx), late))
        known = {"message", "group", "asker", "person", "due_at", "told"}
        assert [set(one) for one in shown] == [known]
        assert shown[0]["message"] == message and "配方" not in str(shown)
        with pytest.raises(GroupNotFoundError):
            world.read(lambda tx: service.list_group(tx, office.head, group))

    def test_working_hours_rest_at_night(self, office: Office) -> None:
        office.world.adopt(lambda text: text.replace("basis: clock", "basis: working"))
        ask(office, office.group(), office.member, hours=16)
        (entry,) = office.world.entries("followup.asked")
        assert entry.fact.due_at >= entry.at + DAY


class TestEnding:
    def test_withdrawn_recalled_closed_and_left(self, office: Office) -> None:
        group, world = office.group(), office.world
        first, second, third = (ask(office, group, office.member) for _ in range(3))
        office.refused(NotAuthorError, lambda tx: asking.withdraw(tx, office.member, group, first))
        world.write(lambda tx: asking.withdraw(tx, office.owner, group, first))
        office.refused(
            AlreadyAnsweredError, lambda tx: asking.withdraw(tx, office.owner, group, first)
        )
        assert [entry.fact.refs for entry in world.entries("followup.withdrawn")] == [(first,)]
        assert todo(office, office.member) == [second, third]
        world.write(lambda tx: recalling.recall(tx, office.owner, group, second, reason="x"))
        office.refused(
            AlreadyRecalledError, lambda tx: asking.withdraw(tx, office.owner, group, second)
        )
        assert todo(office, office.member) == [third]
        fourth = ask(office, group, office.administrator)
        world.write(
            lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
        )
        assert todo(office, office.member) == [] and todo(office, office.administrator) == [fourth]
        world.write(lambda tx: governing.close(tx, office.owner, group, reason="x"))
        assert todo(office, office.administrator) == []
        world.later(30 * DAY)
        assert not world.entries("followup.late", "followup.reminded")


class TestWhoKnows:
    def test_who_left_learns_no_answer_that_comes_later(self, office: Office) -> None:
        group, world = office.group(), office.world
        message = int(world.send(office.member, group, "请回复").position)
        people = [office.owner.person_id, office.administrator.person_id]
        world.write(
            lambda tx: asking.ask(tx, office.member, group, message, people=people, hours=None)
        )
        assert todo(office, office.member, Box.ASKED) == [message]
        world.write(
            lambda tx: roster.remove(
                tx, office.owner, group, office.member.person_id, reason="调岗"
            )
        )
        assert todo(office, office.member, Box.ASKED) == []
        assert todo(office, office.owner) == [], "nobody waits for it any more"

    @pytest.mark.parametrize("is_barred", [False, True])
    def test_between_two_no_head_is_told_and_whom_a_barrier_silences_is_not_late(
        self, office: Office, *, is_barred: bool
    ) -> None:
        world, one, other = office.world, office.member, office.outsider
        group = world.write(lambda tx: direct.open_direct(tx, one, other.person_id))
        message = int(world.send(one, group, "请回复").position)
        world.write(
            lambda tx: asking.ask(tx, one, group, message, people=[other.person_id], hours=1)
        )
        if is_barred:
            admin = world.person("孙安", "security_admin")
            apart.set_barrier(world, admin, apart.barrier_input(apart.people(one), apart.people(other), both=True))  # fmt: skip
        world.later(10 * DAY)
        assert len(world.entries("followup.late")) == (0 if is_barred else 1)
        assert world.entries("followup.escalated") == []

    @pytest.mark.parametrize(("blocker", "late"), [("asked", 1), ("asker", 0), ("both", 0)])
    def test_ones_own_block_lets_nobody_off_an_answer(
        self, office: Office, blocker: str, late: int
    ) -> None:
        """It can be taken back; that of the one who asks can not, and keeps silent like a barrier."""
        world, one, other = office.world, office.member, office.outsider
        group = world.write(lambda tx: direct.open_direct(tx, one, other.person_id))
        message = int(world.send(one, group, "请回复").position)
        world.write(
            lambda tx: asking.ask(tx, one, group, message, people=[other.person_id], hours=1)
        )
        if blocker != "asker":
            world.write(lambda tx: blocking.block(tx, other, one.person_id))
        if blocker != "asked":
            world.write(lambda tx: blocking.block(tx, one, other.person_id))
        named = [other.person_id]
        told = world.read(lambda tx: service.still_asked(tx, message, named))
        assert told == (named if late else []), "who is reminded"
        world.later(10 * DAY)
        assert len(world.entries("followup.late")) == late

    def test_who_heads_them_no_more_sees_their_late_answers_no_more(self, office: Office) -> None:
        group, world = office.group(), office.world
        message = ask(office, group, office.member, hours=1)
        world.later(10 * DAY)
        assert todo(office, office.head, Box.LATE) == [message]
        new = world.person("新主任")
        world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, world.unit, new.person_id))
        assert todo(office, office.head, Box.LATE) == []
