"""Barriers: previewed with names, set as previewed, and standing on every way from one person to another."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from guiju.kernel.actor import Actor, system
from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.live import Connection, Hub, items_for
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import PersonNotFoundError, UnitNotFoundError
from guiju.modules.groups import (
    _barrier_rules,
    _direct_store,
    applying,
    barriers,
    direct,
    roster,
)
from guiju.modules.groups.direct_types import (
    BadBarrierError,
    BarredError,
    BarrierChangedError,
    BarrierEndedError,
    BarrierLifted,
    BarrierNotFoundError,
    BarrierSet,
    DirectRules,
    DirectTooOftenError,
    MembersBarredError,
    NoBarrierClauseError,
    Side,
    TooManyBarriersError,
)
from guiju.modules.messaging import service as messaging
from guiju.modules.messaging.composing import Body
from guiju.modules.messaging.unsent_types import Waiting
from guiju.modules.policy.types import NotAllowedError
from guiju.runtime import PRESENCE, ROUTERS
from tests.support.apart import barrier_input, people, set_barrier
from tests.support.audience import Json, Screen
from tests.support.direct_paths import PATHS, Apart, schedule_of
from tests.support.office import Office
from tests.support.sending import with_editing
from tests.support.world import MONDAY, World


@pytest.fixture
def apart(office: Office) -> Apart:
    return Apart(office)


class TestSetBarrier:
    def test_the_preview_names_who_and_what_it_meets(self, apart: Apart) -> None:
        shared = apart.world.group(
            apart.office.owner, [apart.office.administrator], [apart.one, apart.other]
        )
        wanted = barrier_input(people(apart.one), people(apart.other))
        reach, met = apart.world.read(lambda tx: barriers.preview(tx, apart.admin, wanted))
        assert (reach.first, reach.second, reach.pairs) == (
            (apart.one.person_id,),
            (apart.other.person_id,),
            1,
        )
        assert [pair.group for pair in met.directs] == [apart.group] and met.groups == (shared,)

    def test_it_is_recorded_with_its_reach_and_reason(self, apart: Apart) -> None:
        barrier = apart.part(both=True)
        (entry,) = apart.world.entries("groups.barrier_set")
        assert isinstance(entry.fact, BarrierSet) and entry.fact.barrier == barrier
        assert (entry.fact.first_count, entry.fact.second_count, entry.fact.reason) == (
            1,
            1,
            "采购评标",
        )
        assert entry.uses == ("6.29/groups.barriers",)

    def test_a_changed_directory_is_previewed_again(self, apart: Apart) -> None:
        unit = apart.world.add_unit("采购部")
        apart.world.person("甲", unit=unit)
        wanted = barrier_input(Side(units=(unit,)), people(apart.other))
        reach, _ = apart.world.read(lambda tx: barriers.preview(tx, apart.admin, wanted))
        apart.world.person("乙", unit=unit)
        apart.office.refused(
            BarrierChangedError,
            lambda tx: barriers.set_barrier(tx, apart.admin, wanted, digest=reach.digest),
        )
        assert set_barrier(apart.world, apart.admin, wanted).first.units == (unit,)

    @pytest.mark.parametrize(
        ("first", "changes", "error"),
        [
            (Side(), {}, BadBarrierError),
            (Side(posts=("没有的岗位",)), {}, BadBarrierError),
            (Side(units=("uni_00000000000000000000000",)), {}, UnitNotFoundError),
            (Side(people=("per_00000000000000000000000",)), {}, PersonNotFoundError),  # type: ignore[arg-type]  # as it comes from outside
            (None, {"ends_at": MONDAY - 1}, BadBarrierError),
            (None, {"starts_at": MONDAY + DAY, "ends_at": MONDAY + DAY}, BadBarrierError),
            (None, {"groups": True}, BadBarrierError),
        ],
    )
    def test_what_cannot_be_set_is_refused(
        self, apart: Apart, first: Side | None, changes: dict[str, Any], error: type[Any]
    ) -> None:
        wanted = barrier_input(first or people(apart.one), people(apart.other), **changes)
        apart.office.refused(
            error, lambda tx: barriers.set_barrier(tx, apart.admin, wanted, digest="")
        )

    def test_only_its_line_sets_and_lifts(self, apart: Apart) -> None:
        barrier, audit = apart.part(), apart.world.person("审计", "audit_admin")
        wanted = barrier_input(people(apart.one), people(apart.other))
        for actor in (apart.one, apart.office.registrar, audit):
            apart.office.refused(
                NotAllowedError,
                lambda tx, a=actor: barriers.set_barrier(tx, a, wanted, digest=""),  # type: ignore[misc]  # bound at once
            )
        apart.office.refused(
            NotAllowedError, lambda tx: barriers.lift_barrier(tx, audit, barrier, reason="x")
        )
        apart.office.refused(
            BarrierNotFoundError,
            lambda tx: barriers.lift_barrier(tx, apart.one, barrier, reason="x"),
        )
        assert len(apart.world.read(lambda tx: barriers.list_barriers(tx, audit))) == 1

    def test_without_a_clause_none_is_set_and_those_that_stand_go_on(self, apart: Apart) -> None:
        apart.part()
        apart.world.adopt(
            lambda text: text.replace("- use: groups.barriers", "- use: groups.classes")
        )
        wanted = barrier_input(people(apart.one), people(apart.other))
        apart.office.refused(
            NoBarrierClauseError,
            lambda tx: barriers.set_barrier(tx, apart.admin, wanted, digest=""),
        )
        with pytest.raises(BarredError):
            apart.world.send(apart.one, apart.group, "在吗")


class TestItsTime:
    def test_it_stands_from_its_beginning_until_its_end(self, apart: Apart) -> None:
        apart.part(starts_at=MONDAY + DAY, ends_at=MONDAY + 2 * DAY)
        apart.world.send(apart.one, apart.group, "还没到")
        apart.world.later(DAY)
        with pytest.raises(BarredError) as refused:
            apart.world.send(apart.one, apart.group, "在吗")
        assert refused.value.data["until"] == MONDAY + 2 * DAY
        clause = refused.value.data["clause"]
        assert isinstance(clause, dict) and clause["id"] == "6.29"
        apart.world.later(DAY)
        apart.world.send(apart.one, apart.group, "过了")

    def test_who_lifts_it_ends_it_once(self, apart: Apart) -> None:
        barrier = apart.part(ends_at=MONDAY + DAY)
        lift = lambda tx: barriers.lift_barrier(tx, apart.admin, barrier, reason="评标结束")  # noqa: E731  # tried twice
        apart.world.write(lift)
        (entry,) = apart.world.entries("groups.barrier_lifted")
        assert isinstance(entry.fact, BarrierLifted) and entry.fact.reason == "评标结束"
        apart.world.send(apart.one, apart.group, "在吗")
        apart.office.refused(BarrierEndedError, lift)
        over = apart.part(ends_at=MONDAY + DAY)
        apart.world.later(DAY)
        apart.office.refused(
            BarrierEndedError, lambda tx: barriers.lift_barrier(tx, apart.admin, over, reason="x")
        )


class TestItsSides:
    def test_one_way_leaves_the_other_open(self, apart: Apart) -> None:
        apart.part()
        apart.world.send(apart.other, apart.group, "我可以写")
        with pytest.raises(BarredError):
            apart.world.send(apart.one, apart.group, "我不可以")
        apart.part(both=True)
        with pytest.raises(BarredError):
            apart.world.send(apart.other, apart.group, "现在都不可以")

    @pytest.mark.parametrize("side", ["unit below", "post", "person"])
    def test_a_side_is_units_with_those_below_posts_or_people(
        self, office: Office, side: str
    ) -> None:
        world, admin = office.world, office.world.person("孙安", "security_admin")
        above = world.add_unit("采购部")
        buyer = world.person("采购员甲", unit=world.add_unit("采购一组", above), post="采购员")
        named = {
            "unit below": Side(units=(above,)),
            "post": Side(posts=("采购员",)),
            "person": people(buyer),
        }
        set_barrier(world, admin, barrier_input(named[side], people(office.member)))
        refused = office.refused(
            BarredError, lambda tx: direct.open_direct(tx, buyer, office.member.person_id)
        )
        assert refused.data["groups"] == [] and refused.data["until"] is None
        world.write(lambda tx: direct.open_direct(tx, office.outsider, office.member.person_id))

    def test_what_a_pack_says_is_checked(self) -> None:
        with pytest.raises(ValueError, match="group_class"):
            _barrier_rules.check_direct(DirectRules(True))

    def test_pairs_are_counted_once(self) -> None:
        wanted = barrier_input(Side(), Side())
        assert _barrier_rules.reach_of(wanted, ["a", "b"], ["a", "b"]).pairs == 1  # type: ignore[list-item]  # ids
        assert _barrier_rules.reach_of(wanted, ["a", "b"], ["c"]).pairs == 2  # type: ignore[list-item]  # ids
        with pytest.raises(BadBarrierError):
            _barrier_rules.reach_of(wanted, ["a"], ["a"])  # type: ignore[list-item]  # ids


@pytest.mark.parametrize("path", PATHS)
def test_it_stands_on_every_path(apart: Apart, path: str) -> None:
    world = apart.world
    world.adopt(with_editing)
    world.send(apart.one, apart.group, "这是核心配方")
    apart.part()
    before = world.read(lambda tx: tx.position)
    with pytest.raises(BarredError):
        PATHS[path](apart)
    left = (
        world.entries()[before + 1 :] if path != "forward" else world.entries("messaging.forwarded")
    )
    assert [each for each in left if each.group == apart.group] == []
    page = world.read(
        lambda tx: messaging.timeline(tx, apart.one, apart.group, before=None, limit=10)
    )
    assert page.items, "what was said before is still read"


def test_without_a_barrier_every_path_is_open(apart: Apart) -> None:
    apart.world.adopt(with_editing)
    apart.world.send(apart.one, apart.group, "这是核心配方")
    for path in PATHS.values():
        path(apart)


def test_what_waits_for_its_time_is_not_sent_across_it(apart: Apart) -> None:
    schedule = schedule_of(apart)
    schedule.add(apart.one, apart.group, "later", Body("回头说"), MONDAY + DAY)
    apart.part()
    apart.world.clock.advance(DAY)
    schedule.run_due()
    ((row, _),) = schedule.all_of(apart.one)
    assert (row.state, row.code) == (Waiting.FAILED, "groups.barred")


class TestGroups:
    def test_two_kept_apart_do_not_newly_come_into_one_group(self, apart: Apart) -> None:
        office, world = apart.office, apart.world
        apart.part(both=True, groups=True)
        stated = world.application(
            office.owner,
            [office.administrator],
            members=(apart.one.person_id, apart.other.person_id),
        )
        refused = office.refused(
            MembersBarredError, lambda tx: applying.apply_for(tx, office.owner, stated=stated)
        )
        named = refused.data["people"]
        assert isinstance(named, list) and len(named) == 2
        group = office.group()  # with one of the two
        office.refused(
            MembersBarredError,
            lambda tx: roster.admit(tx, office.owner, group, [apart.other.person_id]),
        )

    def test_without_the_option_groups_stay_open(self, apart: Apart) -> None:
        apart.part(both=True)
        group = apart.office.group()
        apart.world.write(
            lambda tx: roster.admit(tx, apart.office.owner, group, [apart.other.person_id])
        )


def test_many_new_conversations_wait_and_known_ones_stay_open(apart: Apart) -> None:
    world, who = apart.world, apart.office.owner
    others = [world.person(f"同事{n}") for n in range(direct.MOST_OPENED + 1)]
    for other in others[:-1]:
        world.write(lambda tx, other=other: direct.open_direct(tx, who, other.person_id))  # type: ignore[misc]  # bound at once
    with pytest.raises(DirectTooOftenError):
        world.write(lambda tx: direct.open_direct(tx, who, others[-1].person_id))
    world.write(lambda tx: direct.open_direct(tx, who, others[0].person_id))
    world.clock.advance(HOUR + 1)
    world.write(lambda tx: direct.open_direct(tx, who, others[-1].person_id))


def test_what_keeps_people_apart_is_asked_once_for_all(apart: Apart) -> None:
    world = apart.world
    crowd = [world.person(f"同事{n}") for n in range(20)]
    group = world.group(apart.office.owner, [apart.office.administrator], [*crowd, apart.other])
    apart.part(both=True, groups=True)
    asked: list[str] = []

    def count(tx: ReadTx) -> None:
        real = tx.first

        def first(statement: Any) -> Any:
            asked.append(str(statement))
            return real(statement)

        tx.first = first  # type: ignore[method-assign]
        barriers.check_together(tx, [crowd[0].person_id], group)
        assert len(asked) < 10, "not once for each member"
        with pytest.raises(MembersBarredError) as caught:
            barriers.check_together(tx, [apart.one.person_id], group)
        people = caught.value.data["people"]
        assert isinstance(people, list) and len(people) == 2

    world.read(count)


def test_who_is_unknown_is_not_found_where_people_are_kept_apart(apart: Apart) -> None:
    apart.part(both=True, groups=True)
    group = apart.office.group()
    unknown: Any = "per_00000000000000000000000"
    apart.office.refused(
        PersonNotFoundError, lambda tx: roster.admit(tx, apart.office.owner, group, [unknown])
    )


def test_what_stands_comes_first_and_what_ended_is_not_loaded(
    apart: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(barriers, "MOST_ENDED", 2)
    oldest, later = apart.part(), apart.part(starts_at=MONDAY + 9 * DAY)
    ended = [apart.part(ends_at=MONDAY + DAY) for _ in range(3)]
    apart.world.later(DAY)
    lifted = apart.part()
    apart.world.write(lambda tx: barriers.lift_barrier(tx, apart.admin, lifted, reason="x"))
    found = apart.world.read(lambda tx: barriers.list_barriers(tx, apart.admin))
    assert [barrier.id for barrier in found] == [later, oldest, lifted, ended[2]]
    loaded = apart.world.read(_direct_store.unlifted)
    assert [barrier.id for barrier in loaded] == [oldest, later]


def test_no_more_stand_than_can_be_shown(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(barriers, "MOST_STANDING", 2)
    apart.part(ends_at=MONDAY + DAY)
    apart.part()
    refused = apart.office.refused(TooManyBarriersError, lambda tx: _set(tx, apart))
    assert refused.data["most"] == 2
    apart.world.later(DAY)
    apart.part()


def _set(tx: WriteTx, a: Apart) -> None:
    wanted = barrier_input(people(a.one), people(a.other))
    reach, _ = barriers.preview(tx, a.admin, wanted)
    barriers.set_barrier(tx, a.admin, wanted, digest=reach.digest)


def _unit_of(who: Actor, tx: ReadTx) -> str:
    unit = directory.get_person(tx, who.person_id).unit
    assert unit is not None, "the test gave them one"
    return unit


def _again(world: World, who: Actor, position: int, tx: ReadTx) -> list[Json]:
    """What a client gets of one entry that was away when it came."""
    entries = tx.entries(EntryQuery(positions=(position,), limit=1))
    view = world.runtime.new_view(tx)
    return items_for(ROUTERS, view, entries, who.person_id, frozenset(), {})


class TestNews:
    """Whom a barrier keeps from writing hear on their screens that it was set or lifted, and nothing more of it."""

    def items(self, apart: Apart, *who: Actor) -> Callable[[], dict[str, list[Json]]]:
        """What comes on the screens of these people, by name, since the last time."""
        world, screens = apart.world, {each.name: Screen() for each in who}
        hub = Hub(ROUTERS, PRESENCE, world.runtime.new_view)
        at = world.read(lambda tx: tx.position)
        for each in who:
            connection = Connection(each.person_id, frozenset(), each.name, at, screens[each.name], lambda code: None)  # fmt: skip
            hub.add(connection, [])

        def since() -> dict[str, list[Json]]:
            nonlocal at
            after = at
            entries = world.read(lambda tx: tx.entries(EntryQuery(after=after, limit=100)))
            hub.publish(entries)
            at = entries[-1].position
            found = {name: list(screen.items) for name, screen in screens.items() if screen.items}
            for screen in screens.values():
                screen.items.clear()
            return found

        return since

    def lift(self, apart: Apart, barrier: str) -> None:
        apart.world.write(
            lambda tx: barriers.lift_barrier(tx, apart.admin, barrier, reason="评标结束")
        )

    @pytest.mark.parametrize("both", [False, True])
    def test_those_who_may_not_write_are_told_and_nobody_else(
        self, apart: Apart, both: bool
    ) -> None:
        office = apart.office
        since = self.items(apart, apart.one, apart.other, apart.admin, office.owner)
        told = {apart.one.name, *([apart.other.name] if both else [])}
        barrier = apart.part(both=both)
        came = since()
        assert came.keys() == told
        ((item,),) = (came[apart.one.name],)
        position = apart.world.entries("groups.barrier_set")[-1].position
        assert item.pop("at") == apart.world.clock.now()
        assert item == {"position": position, "kind": "groups.barriers_changed", "group": None, "number": None, "actor": None}  # fmt: skip
        self.lift(apart, barrier)
        assert since().keys() == told

    def test_units_and_posts_are_asked_of_those_who_are_connected_only(self, apart: Apart) -> None:
        world = apart.world
        top = world.add_unit("采购中心")
        below = world.add_unit("采购一科", parent=top)
        clerk, buyer = world.person("一科职员", unit=below), world.person("评标员", post="评标")
        many = [world.person(f"不在线{n}", unit=below) for n in range(5)]
        since = self.items(apart, clerk, buyer, apart.one)
        wanted = barrier_input(Side(units=(top,)), Side(posts=("评标",)), both=True)
        barrier = set_barrier(world, apart.admin, wanted).id
        assert since().keys() == {clerk.name, buyer.name}
        at, among = world.clock.now(), [many[0].person_id, clerk.person_id, apart.one.person_id]
        kept = world.read(lambda tx: barriers.kept_from_writing(tx, barrier, at, among))
        assert kept == {many[0].person_id, clerk.person_id}
        self.lift(apart, barrier)
        assert since().keys() == {clerk.name, buyer.name}

    def test_however_many_are_connected_one_query_finds_them(self, apart: Apart) -> None:
        world = apart.world
        top = world.add_unit("采购中心")
        clerk = world.person("一科职员", unit=world.add_unit("采购一科", parent=top))
        many = [PersonId(f"per_away{n}") for n in range(2000)]
        wanted = barrier_input(Side(units=(top,)), Side(posts=("评标",)), both=True)
        buyer = world.person("评标员", post="评标")
        barrier = set_barrier(world, apart.admin, wanted).id

        def count(tx: ReadTx) -> int:
            asked = list[str]()
            execute = tx.connection.execute

            def noted(statement: Any) -> Any:
                asked.append(str(statement))
                return execute(statement)

            tx._connection = SimpleNamespace(execute=noted)  # type: ignore[assignment]  # counts
            for among in ([*many, clerk.person_id, buyer.person_id], [clerk.person_id]):
                kept = barriers.kept_from_writing(tx, barrier, None, among)
                assert kept == {clerk.person_id, buyer.person_id}.intersection(among)
            return sum("directory_person" in statement for statement in asked)

        assert world.read(count) == 2, "once for each of the two times"

    def test_one_that_does_not_stand_yet_or_no_more_is_not_told_of(self, apart: Apart) -> None:
        now = apart.world.clock.now()
        since = self.items(apart, apart.one, apart.other)
        ahead = apart.part(both=True, starts_at=now + DAY)
        assert since() == {}
        self.lift(apart, ahead)
        assert since() == {}
        barrier = apart.part(both=True, starts_at=now - DAY, ends_at=now + DAY)
        assert len(since()) == 2
        apart.world.clock.advance(HOUR)
        self.lift(apart, barrier)
        assert len(since()) == 2

    @pytest.mark.parametrize("unit", [False, True])
    def test_when_it_begins_and_ends_by_the_clock_they_are_told(
        self, apart: Apart, *, unit: bool
    ) -> None:
        world, now = apart.world, apart.world.clock.now()
        clerk = world.person("职员", unit=world.add_unit("采购中心")) if unit else apart.one
        since = self.items(apart, clerk, apart.other, apart.admin)
        first = Side(units=(world.read(partial(_unit_of, clerk)),)) if unit else people(clerk)
        wanted = barrier_input(
            first, people(apart.other), starts_at=now + DAY, ends_at=now + 2 * DAY
        )
        set_barrier(world, apart.admin, wanted)
        assert since() == {}
        for stands in (True, False):
            world.later(DAY)
            entry = world.entries("groups.barrier_turned")[-1]
            assert entry.fact.stands is stands and entry.uses == ("6.29/groups.barriers",)
            came = since()
            assert came.keys() == {clerk.name}
            (item,) = came[clerk.name]
            assert (item["kind"], item["position"]) == ("groups.barriers_changed", entry.position)
            assert item["actor"] is None and "barrier" not in item
            again = world.read(partial(_again, world, clerk, entry.position))
            assert again == [item]
            refused = world.read(
                lambda tx: direct.refusal(tx, clerk.person_id, apart.other.person_id)
            )
            assert isinstance(refused, BarredError) is stands
        world.later(DAY)
        assert len(world.entries("groups.barrier_turned")) == 2

    def test_one_that_is_lifted_before_never_turns(self, apart: Apart) -> None:
        world, now = apart.world, apart.world.clock.now()
        ahead = apart.part(starts_at=now + DAY, ends_at=now + 2 * DAY)
        self.lift(apart, ahead)
        standing = apart.part(ends_at=now + DAY)
        world.later(3 * DAY)
        (ended,) = world.facts("groups.barrier_turned")
        assert (ended.barrier, ended.stands) == (standing, False)
        for barrier in (ahead, standing):
            world.write(lambda tx, b=barrier: barriers.turn(tx, system("groups"), b, stood=False))  # type: ignore[misc]  # bound at once
        assert len(world.facts("groups.barrier_turned")) == 1

    def test_who_was_away_gets_it_by_the_cursor(self, apart: Apart) -> None:
        before = apart.world.read(lambda tx: tx.position)
        self.lift(apart, apart.part())

        def resumed(tx: ReadTx, person: PersonId) -> list[str]:
            entries = tx.entries(EntryQuery(after=before, limit=100))
            view = apart.world.runtime.new_view(tx)
            found = items_for(ROUTERS, view, entries, person, frozenset(), {})
            return [item["kind"] for item in found]

        one, other = apart.one.person_id, apart.other.person_id
        assert apart.world.read(lambda tx: resumed(tx, one)) == ["groups.barriers_changed"] * 2
        assert apart.world.read(lambda tx: resumed(tx, other)) == []
