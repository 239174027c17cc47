"""Deputies: who may name them, for how long, and that they end by the calendar."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals._live import of_deputies
from guiju.modules.directory import deputising
from guiju.modules.directory.types import BadDeputyDaysError, BadDeputyError, PersonNotFoundError
from guiju.modules.followup import asking, service
from guiju.modules.followup.types import Box
from guiju.modules.identity import service as identity
from guiju.modules.policy.types import NotAllowedError
from guiju.setup import SYSTEM
from tests.support.office import Office


def day(office: Office, days: int = 0) -> str:
    return (office.world.read(deputising.today) + timedelta(days=days)).isoformat()


def named(
    office: Office, actor: Actor, person: Actor, deputy: Actor, *, first: int = 0, last: int = 6
) -> Callable[[WriteTx], Any]:
    since, until = day(office, first), day(office, last)
    return lambda tx: deputising.name_deputy(
        tx, actor, person.person_id, deputy.person_id, since, until
    )


def standing(office: Office, person: Actor) -> list[str]:
    found = office.world.read(lambda tx: deputising.deputies(tx, [person.person_id]))
    return list(found.values())


class TestDeputies:
    def test_stands_from_day_to_day_and_ends_by_itself(self, office: Office) -> None:
        head, deputy, world = office.head, office.member, office.world
        world.write(named(office, head, head, deputy, first=1, last=2))
        assert standing(office, head) == []
        assert world.read(lambda tx: deputising.arrangement(tx, head.person_id)) is not None
        world.later(DAY)
        assert standing(office, head) == [deputy.person_id]
        found = world.read(lambda tx: deputising.stands_in_for(tx, deputy.person_id))
        assert found == [head.person_id]
        world.later(2 * DAY)
        assert standing(office, head) == []
        assert world.read(lambda tx: deputising.arrangements_of(tx, deputy.person_id)) == []

    def test_named_anew_ended_and_by_hr(self, office: Office) -> None:
        head, world = office.head, office.world
        hr = world.person("钱人事", "hr")
        world.write(named(office, head, head, office.member))
        world.write(named(office, hr, head, office.owner, last=89))
        assert standing(office, head) == [office.owner.person_id]
        named_by = [(e.actor, e.fact.deputy) for e in world.entries("directory.deputy_named")]
        assert named_by == [(head.name, office.member.person), (hr.name, office.owner.person)]
        world.write(lambda tx: deputising.end_deputy(tx, hr, head.person_id))
        world.write(lambda tx: deputising.end_deputy(tx, head, head.person_id))
        assert standing(office, head) == []
        assert len(world.entries("directory.deputy_ended")) == 1

    def test_whose_account_is_suspended_stands_in_no_more(self, office: Office) -> None:
        world, deputy = office.world, office.member
        world.write(named(office, office.head, office.head, deputy))
        account = world.read(lambda tx: identity.find_account_of(tx, deputy.person_id))
        assert account is not None
        world.write(lambda tx: identity.suspend(tx, SYSTEM, account.id, reason="x"))
        assert standing(office, office.head) == []

    def test_refusals_leave_no_trace(self, office: Office) -> None:
        head, member = office.head, office.member
        nobody = Actor(person=type(head.person_id)("per_none"))
        fresh = office.world.person("新人", certified=False)
        for error, verb in (
            (BadDeputyError, named(office, head, head, head)),
            (BadDeputyError, named(office, head, head, fresh)),
            (PersonNotFoundError, named(office, head, head, nobody)),
            (NotAllowedError, named(office, member, head, office.owner)),
            (BadDeputyDaysError, named(office, head, head, member, first=-1)),
            (BadDeputyDaysError, named(office, head, head, member, first=3, last=2)),
            (BadDeputyDaysError, named(office, head, head, member, last=90)),
            (BadDeputyDaysError, named(office, head, head, member, first=366, last=367)),
        ):
            office.refused(error, verb)
        office.refused(
            BadDeputyDaysError,
            lambda tx: deputising.name_deputy(
                tx, head, head.person_id, member.person_id, "20261201", "2026-12-02"
            ),
        )


@pytest.mark.parametrize("stands", [True, False])
def test_the_deputy_of_a_head_is_told_of_late_answers_while_it_stands(
    office: Office, *, stands: bool
) -> None:
    world, deputy = office.world, office.outsider
    group = office.group()
    if stands:
        world.write(named(office, office.head, office.head, deputy))
    message = int(world.send(office.owner, group, "请回复").position)
    people = [office.member.person_id]
    world.write(lambda tx: asking.ask(tx, office.owner, group, message, people=people, hours=1))
    world.later(2 * HOUR)

    def late(who: Actor) -> list[int]:
        found = world.read(lambda tx: service.list_box(tx, who, Box.LATE))
        return [request.message for request, _ in found]

    told = [entry.fact.to for entry in world.entries("followup.escalated")]
    assert set(told) == {office.head.person_id, *([deputy.person_id] if stands else [])}
    assert late(office.head) == [message]
    assert late(deputy) == ([message] if stands else [])
    world.later(8 * DAY)
    assert late(deputy) == [] and late(office.head) == [message]


def test_a_deputy_is_not_told_of_themselves(office: Office) -> None:
    world, group = office.world, office.group()
    world.write(named(office, office.head, office.head, office.member))
    message = int(world.send(office.owner, group, "请回复").position)
    people = [office.member.person_id]
    world.write(lambda tx: asking.ask(tx, office.owner, group, message, people=people, hours=1))
    world.later(2 * HOUR)
    assert [e.fact.to for e in world.entries("followup.escalated")] == [office.head.person_id]
    assert world.read(lambda tx: service.count_late(tx, office.member.person_id)) == 0


class TestTurns:
    """What a deputy begins and ends by date is told when the day turns, and once."""

    def turns(self, office: Office) -> list[tuple[str, bool]]:
        told = office.world.entries("directory.deputy_turned")
        assert all(entry.fact.person == office.head.person for entry in told)
        return [(entry.fact.deputy, entry.fact.stands) for entry in told]

    def test_the_first_day_and_the_day_after_the_last(self, office: Office) -> None:
        head, deputy, world = office.head, office.member, office.world
        world.write(named(office, head, head, deputy, first=1, last=2))
        begun, ended = (deputy.name, True), (deputy.name, False)
        for _ in range(24 * 4):
            world.later(HOUR)
            assert (self.turns(office) == [begun]) == (standing(office, head) != [])
        assert self.turns(office) == [begun, ended]
        assert world.entries("directory.deputy_turned")[1].actor == "system:directory"

    def test_what_stands_at_once_is_told_only_when_it_ends(self, office: Office) -> None:
        office.world.write(named(office, office.head, office.head, office.member, last=0))
        office.world.later(DAY)
        office.world.later(DAY)
        assert self.turns(office) == [(office.member.name, False)]

    def test_what_was_ended_or_replaced_turns_no_more(self, office: Office) -> None:
        head, world = office.head, office.world
        world.write(named(office, head, head, office.member, first=1, last=2))
        world.write(named(office, head, head, office.owner, first=2, last=3))
        world.later(DAY)
        assert self.turns(office) == []
        world.later(DAY)
        assert self.turns(office) == [(office.owner.name, True)]
        world.write(lambda tx: deputising.end_deputy(tx, head, head.person_id))
        world.later(9 * DAY)
        assert len(self.turns(office)) == 1

    def test_a_server_that_was_away_tells_what_holds_now(self, office: Office) -> None:
        office.world.write(named(office, office.head, office.head, office.member, first=1, last=2))
        office.world.later(9 * DAY)
        assert self.turns(office) == [(office.member.name, False)]

    def test_who_was_named_before_there_were_timers_is_told_of_what_is_ahead(
        self, office: Office
    ) -> None:
        """The upgrade sets a timer that knows nothing yet."""
        head, world = office.head, office.world
        world.write(named(office, head, head, office.member, last=1))
        for _ in range(2):
            world.write(lambda tx: tx.schedule(deputising.TIMER, head.name, tx.now))
            world.later(0)
            assert self.turns(office) == []
        world.later(2 * DAY)
        assert self.turns(office) == [(office.member.name, False)]
        world.write(lambda tx: tx.schedule(deputising.TIMER, head.name, tx.now))
        world.later(DAY)
        assert len(self.turns(office)) == 1

    def test_both_hear_of_it(self, office: Office) -> None:
        head, deputy, world = office.head, office.member, office.world
        world.write(named(office, head, head, deputy, first=1, last=1))
        world.later(DAY)
        world.later(DAY)
        view = world.runtime.new_view(None)
        for entry, stands in zip(
            world.entries("directory.deputy_turned"), (True, False), strict=True
        ):
            told = of_deputies(view, entry)
            assert {next(iter(each.people)) for each in told} == {head.person, deputy.person}
            for each in told:
                assert each.item["kind"] == "directory.deputy_changed"
                shown = each.item["deputy"]
                assert (shown["id"] if shown else None) == (deputy.person if stands else None)
