"""Urgent messages: they call, repeat and stop by themselves, cost a budget, and say why."""

from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR, MINUTE
from guiju.kernel.errors import GuijuError
from guiju.kernel.facts import schema_of
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.groups import direct, governing, roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.inspection.types import TextRefusedError
from guiju.modules.messaging import recalling, urging
from guiju.modules.messaging._quiet_controls import CONTROLS
from guiju.modules.messaging.change_types import ALL
from guiju.modules.messaging.types import CmidReusedError, MessageState, ReasonNeededError
from guiju.modules.messaging.urgent_types import (
    UrgentBudgetError,
    UrgentNotFoundError,
    UrgentNotSentError,
    UrgentOffError,
    UrgentPeopleError,
    UrgentRules,
)
from guiju.modules.messaging.urging import Sent
from guiju.modules.policy.types import NotAllowedError
from tests.support import apart, sending
from tests.support.office import Office
from tests.support.world import MONDAY

USE = "      - use: messaging.flood\n"
WORDS, WHY = "锅炉房漏水，马上去关总阀", "设备有危险"
KINDS = (
    "messaging.urged",
    "messaging.urge_repeated",
    "messaging.urge_confirmed",
    "messaging.urge_stopped",
)


def allow(office: Office, **rules: Any) -> None:
    """Adopt urgent messages, and quiet hours in which nothing else is sent; go to Monday evening."""
    stated = {
        "roles": "[owner, member]",
        "per_week": 2,
        "most_people": 3,
        "repeats": 2,
        "every_minutes": 5,
    }
    inner = ", ".join(f"{key}: {value}" for key, value in (stated | rules).items())
    written = f"      - use: messaging.urgent\n        with: {{{inner}}}\n"
    quiet = "      - use: messaging.quiet_hours\n        with: {then: refuse}\n"
    office.world.adopt(lambda text: text.replace(USE, written + quiet + USE, 1))
    office.world.clock.set(MONDAY + 11 * HOUR)


def urge(
    office: Office, actor: Actor, group: GroupId, text: str = WORDS, *, cmid: str = "u1", why: str = WHY,
    mentions: tuple[PersonId, ...] = (),
) -> Sent:  # fmt: skip
    return sending.urge(office.world, actor, group, text, cmid, why=why, mentions=mentions)


def refused(office: Office, error: type[GuijuError], *args: Any, **extra: Any) -> GuijuError:
    """It must raise `error` and leave neither a message nor a call."""
    before = office.world.read(lambda tx: tx.position)
    with pytest.raises(error) as caught:
        urge(office, *args, **extra)
    assert type(caught.value) is error
    assert office.world.read(lambda tx: tx.position) == before
    return caught.value


def waiting(office: Office, actor: Actor) -> list[int]:
    found = office.world.read(lambda tx: urging.open_calls(tx, actor))
    return [each.position for each, _ in found]


class TestCalling:
    def test_it_breaks_through_quiet_hours_and_calls_whom_it_mentions(self, office: Office) -> None:
        group = office.group()
        allow(office)
        done = urge(office, office.member, group, mentions=(office.owner.person_id,))
        assert (done.receipt.state, done.called) == (MessageState.DELIVERED, 1)
        sent, called = (
            office.world.entries("messaging.sent")[-1],
            office.world.entries("messaging.urged")[-1],
        )
        assert not sent.fact.silent and sent.uses == ()
        assert called.fact.refs == (sent.position,) and called.fact.reason == WHY
        assert called.fact.people == (office.owner.person,)
        assert called.uses[0].endswith("/messaging.urgent")
        assert waiting(office, office.owner) == [sent.position]
        assert waiting(office, office.administrator) == [] == waiting(office, office.member)

    def test_without_mentions_and_with_all_it_calls_everybody(self, office: Office) -> None:
        group = office.group()
        allow(office)
        assert urge(office, office.member, group).called == 2
        assert urge(office, office.owner, group, cmid="u2", mentions=(ALL,)).called == 2

    def test_again_it_is_the_same_call(self, office: Office) -> None:
        group = office.group()
        allow(office, per_week=1)
        first = urge(office, office.member, group)
        assert urge(office, office.member, group) == first
        assert len(office.world.entries("messaging.urged")) == 1
        refused(office, CmidReusedError, office.member, group, "别的话")

    def test_the_reason_is_needed_sealed_and_inspected(self, office: Office) -> None:
        group = office.group()
        allow(office)
        refused(office, ReasonNeededError, office.member, group, why="  ")
        refused(office, TextRefusedError, office.member, group, why="去赌博网站玩")
        urge(office, office.member, group)
        (called,) = office.world.entries("messaging.urged")
        assert WHY not in str(schema_of(called.fact).split(called.fact).clear)

    def test_what_a_rule_stops_calls_nobody(self, office: Office) -> None:
        group = office.group()
        allow(office)
        for number, text in enumerate(("这是核心配方", "去赌博网站玩")):
            sent = urge(office, office.member, group, text, cmid=f"s{number}")
            with pytest.raises(UrgentNotSentError) as caught:
                urging.check_sent(sent)
            assert isinstance(caught.value.data["clause"], dict) and sent.called == 0
        assert waiting(office, office.owner) == []
        stopped = office.world.entries("messaging.held", "messaging.blocked")
        assert [entry.kind for entry in stopped] == ["messaging.held", "messaging.blocked"], (
            "what was tried is on record"
        )


class TestItsPrice:
    def test_a_week_has_so_many_and_the_next_has_them_again(self, office: Office) -> None:
        group = office.group()
        allow(office)
        for cmid in ("u1", "u2"):
            urge(office, office.member, group, cmid=cmid)
        said = refused(office, UrgentBudgetError, office.member, group, cmid="u3")
        clause, wait = said.data["clause"], said.data["retry_after"]
        assert isinstance(clause, dict) and isinstance(wait, int)
        assert (
            office.world.clock.now() + wait * 1000 == MONDAY + 7 * DAY - 9 * HOUR - 40 * MINUTE
        ), "Monday, 00:00"
        urge(office, office.owner, group, cmid="o1")
        office.world.clock.advance(wait * 1000)
        urge(office, office.member, group, cmid="u3")

    def test_whoever_has_no_such_part_and_no_clause_does_not_call(self, office: Office) -> None:
        group = office.group()
        refused(office, UrgentOffError, office.member, group)
        allow(office)
        said = refused(office, UrgentOffError, office.administrator, group)
        assert isinstance(said.data["clause"], dict)
        refused(office, GroupNotFoundError, office.outsider, group)

    def test_it_calls_not_too_many_and_not_nobody(self, office: Office) -> None:
        group = office.group()
        allow(office, most_people=1)
        said = refused(office, UrgentPeopleError, office.member, group)
        assert (said.data["people"], said.data["most"]) == (2, 1)
        refused(
            office, UrgentPeopleError, office.member, group, mentions=(office.member.person_id,)
        )

    @pytest.mark.parametrize(
        ("field", "value"),
        [("roles", ()), ("roles", ("guest",)), ("per_week", 0), ("per_week", 21), ("most_people", 51),
         ("repeats", 11), ("every_minutes", 0), ("every_minutes", 121)],
    )  # fmt: skip
    def test_no_clause_may_ask_for_calls_without_end(self, field: str, value: Any) -> None:
        check = next(each.check for each in CONTROLS if each.name == "messaging.urgent")
        with pytest.raises(ValueError, match=field):
            check(UrgentRules(**{field: value}))


class TestItsEnd:
    def test_it_is_repeated_so_often_and_stops(self, office: Office) -> None:
        world, group = office.world, office.group()
        allow(office)
        position = urge(office, office.member, group).receipt.position
        world.write(lambda tx: urging.confirm(tx, office.owner, group, position, needless=False))
        for _ in range(9):
            world.later(5 * MINUTE)
        repeated = world.entries("messaging.urge_repeated")
        assert [each.fact.round for each in repeated] == [2, 3]
        assert {each.fact.people for each in repeated} == {(office.administrator.person,)}
        assert [b.at - a.at for a, b in pairwise(repeated)] == [5 * MINUTE]
        (stopped,) = world.facts("messaging.urge_stopped")
        assert (stopped.confirmed, stopped.called) == (1, 2)
        assert waiting(office, office.administrator) == []

    def test_it_stops_with_its_group(self, office: Office) -> None:
        world, group = office.world, office.group()
        allow(office)
        urge(office, office.member, group)
        world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
        world.later(5 * MINUTE)
        assert world.entries("messaging.urge_repeated") == []
        (stopped,) = world.facts("messaging.urge_stopped")
        assert (stopped.confirmed, stopped.called) == (0, 2)

    def test_it_stops_at_a_barrier(self, office: Office) -> None:
        world, one, other = office.world, office.member, office.owner
        group = world.write(lambda tx: direct.open_direct(tx, one, other.person_id))
        allow(office)
        urge(office, one, group)
        admin = world.person("高安全", "security_admin")
        apart.set_barrier(world, admin, apart.barrier_input(apart.people(one), apart.people(other)))
        world.later(5 * MINUTE)
        assert world.entries("messaging.urge_repeated") == []
        assert len(world.facts("messaging.urge_stopped")) == 1

    def test_it_stops_when_all_have_confirmed(self, office: Office) -> None:
        world, group = office.world, office.group()
        allow(office)
        position = urge(office, office.member, group).receipt.position
        for who in (office.owner, office.administrator, office.owner):
            world.write(
                partial(
                    urging.confirm,
                    actor=who,
                    group=group,
                    position=position,
                    needless=who is office.owner,
                )
            )
        assert len(world.entries("messaging.urge_confirmed")) == 2, (
            "confirmed twice is confirmed once"
        )
        (stopped,) = world.facts("messaging.urge_stopped")
        assert (stopped.confirmed, stopped.called) == (2, 2)
        world.later(HOUR)
        assert world.entries("messaging.urge_repeated") == []
        auditor = world.person("审计员", "audit_admin")
        found = world.read(lambda tx: urging.figures(tx, auditor, 30))
        assert found == {"calls": 1, "called": 2, "confirmed": 2, "needless": 1}
        office.refused(NotAllowedError, lambda tx: urging.figures(tx, office.member, 30))

    def test_it_stops_with_its_message_and_with_who_leaves(self, office: Office) -> None:
        world, group = office.world, office.group()
        allow(office)
        first = urge(office, office.member, group).receipt.position
        second = urge(office, office.owner, group, cmid="u2", mentions=(office.member.person_id,))
        world.write(lambda tx: recalling.recall(tx, office.member, group, first))
        assert waiting(office, office.administrator) == []
        world.write(
            lambda tx: roster.remove(
                tx, office.owner, group, office.member.person_id, reason="调离"
            )
        )
        world.later(5 * MINUTE)
        stopped = world.facts("messaging.urge_stopped")
        assert {each.refs[0] for each in stopped} == {first, second.receipt.position}
        assert waiting(office, office.member) == []

    def test_who_has_confirmed_is_for_its_author_and_who_runs_the_group(
        self, office: Office
    ) -> None:
        world, group = office.world, office.group()
        allow(office)
        position = urge(
            office, office.owner, group, mentions=(office.member.person_id,)
        ).receipt.position
        for who in (office.owner, office.administrator):
            found = world.read(lambda tx, who=who: urging.look(tx, who, group, position))  # type: ignore[misc]  # bound at once
            assert found.waiting == (office.member.person,)
        for act in (
            lambda tx: urging.look(tx, office.owner, group, position + 1),
            lambda tx: urging.confirm(tx, office.administrator, group, position, needless=False),
            lambda tx: urging.confirm(tx, office.member, group, position + 1, needless=False),
        ):
            office.refused(UrgentNotFoundError, act)
        office.refused(NotAllowedError, lambda tx: urging.look(tx, office.member, group, position))
        for act in (
            lambda tx: urging.look(tx, office.outsider, group, position),
            lambda tx: urging.confirm(tx, office.outsider, group, position, needless=False),
        ):
            office.refused(GroupNotFoundError, act)
