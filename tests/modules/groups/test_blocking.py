"""Blocking: nobody writes directly to who does not want it, and only these two learn of it."""

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.modules.directory import deputising
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import PersonNotFoundError
from guiju.modules.groups import blocking, direct
from guiju.modules.groups._direct_controls import CONTROLS
from guiju.modules.groups.direct_types import (
    BarredError,
    BlockedError,
    BlockingError,
    BlockNotAllowedError,
    BlockRules,
    DirectWithSelfError,
    NotBlockableError,
    TooManyBlockedError,
)
from guiju.modules.messaging import review
from guiju.modules.messaging import service as messaging
from guiju.modules.messaging.composing import Body
from guiju.modules.messaging.review_types import UndeliverableError, Verdict
from guiju.modules.messaging.unsent_types import Waiting
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError
from guiju.setup import SYSTEM
from tests.support.direct_paths import PATHS, Apart, schedule_of
from tests.support.office import Office
from tests.support.sending import with_editing
from tests.support.world import MONDAY, World

NEVER = "with: {allowed: true, never: [head, hr, security_admin]}"


@pytest.fixture
def apart(office: Office) -> Apart:
    return Apart(office)


def block(world: World, who: Actor, whom: Actor) -> None:
    world.write(lambda tx: blocking.block(tx, who, whom.person_id))


def unblock(world: World, who: Actor, whom: Actor) -> None:
    world.write(lambda tx: blocking.unblock(tx, who, whom.person_id))


def listed(world: World, who: Actor) -> list[str]:
    return [each.person for each in world.read(lambda tx: blocking.list_blocks(tx, who))]


@pytest.mark.parametrize("path", [path for path in PATHS if path != "release"])
def test_it_stands_on_every_path(apart: Apart, path: str) -> None:
    world = apart.world
    world.adopt(with_editing)
    world.send(apart.one, apart.group, "这是核心配方")
    block(world, apart.other, apart.one)
    before = world.read(lambda tx: tx.position)
    with pytest.raises(BlockedError):
        PATHS[path](apart)
    left = (
        world.entries()[before + 1 :] if path != "forward" else world.entries("messaging.forwarded")
    )
    assert [each for each in left if each.group == apart.group] == []
    page = world.read(
        lambda tx: messaging.timeline(tx, apart.one, apart.group, before=None, limit=10)
    )
    assert page.items, "what was said before is still read"
    unblock(world, apart.other, apart.one)
    PATHS[path](apart)


@pytest.mark.parametrize("is_own", [False, True])
def test_a_reviewer_is_not_told_who_blocks_whom(apart: Apart, *, is_own: bool) -> None:
    """What they let pass cannot be delivered: no more is said, and they may still refuse it."""
    world, reviewer = apart.world, apart.office.reviewer
    apart.world.group(apart.office.owner, [apart.office.administrator], [apart.one, apart.other])
    held = world.send(apart.one, apart.group, "这是核心配方").position
    block(world, *((apart.one, apart.other) if is_own else (apart.other, apart.one)))
    for masked in (False, True):
        refused = apart.office.refused(
            UndeliverableError,
            lambda tx, m=masked: review.release(tx, reviewer, held, masked=m, reason=""),  # type: ignore[misc]  # bound at once
        )
        assert refused.code == "messaging.undeliverable" and refused.data == {"position": held}
        assert refused.__cause__ is None and refused.__suppress_context__
    done = world.write(lambda tx: review.refuse(tx, reviewer, held, reason="发不出去了"))
    assert done.queue.verdict is Verdict.REFUSED
    again = world.person("再审", "reviewer")
    apart.office.refused(
        UndeliverableError,
        lambda tx: review.overturn(tx, again, held, masked=False, reason="可以发"),
    )


def test_what_waits_for_its_time_is_not_sent(apart: Apart) -> None:
    schedule = schedule_of(apart)
    schedule.add(apart.one, apart.group, "later", Body("回头说"), MONDAY + DAY)
    block(apart.world, apart.other, apart.one)
    apart.world.clock.advance(DAY)
    schedule.run_due()
    ((row, _),) = schedule.all_of(apart.one)
    assert (row.state, row.code) == (Waiting.FAILED, "groups.blocked")


def test_the_refusal_is_calm_and_says_where_to_talk(apart: Apart) -> None:
    shared = apart.world.group(
        apart.office.owner, [apart.office.administrator], [apart.one, apart.other]
    )
    block(apart.world, apart.other, apart.one)
    with pytest.raises(BlockedError) as caught:
        apart.world.send(apart.one, apart.group, "在吗")
    clause = caught.value.data["clause"]
    assert isinstance(clause, dict) and clause["id"] == "6.38" and clause["instead"]
    groups = caught.value.data["groups"]
    assert isinstance(groups, list) and [each["id"] for each in groups] == [shared]  # type: ignore[index, call-overload]  # a group of both
    apart.world.send(apart.one, shared, "群里照常说")


def test_what_the_rules_say_of_who_learns_of_it_is_true(office: Office) -> None:
    """Who is blocked is told by the refusal, so no text says that the one who blocks knows alone."""
    (use,) = office.world.read(lambda tx: policy.uses(tx, blocking.CONTROL))
    (control,) = [each for each in CONTROLS if each.name == blocking.CONTROL]
    for said in (use.clause.text, control.about):
        assert "对方发消息时会知道，别人都不知道" in said["zh"], said
        assert "the other learns it when they write, and nobody else does" in said["en"], said


def test_who_blocks_takes_it_back_before_writing(apart: Apart) -> None:
    block(apart.world, apart.other, apart.one)
    with pytest.raises(BlockingError):
        apart.world.send(apart.other, apart.group, "你好")
    block(apart.world, apart.other, apart.one)
    assert listed(apart.world, apart.other) == [apart.one.person_id], "again is harmless"
    unblock(apart.world, apart.other, apart.one)
    unblock(apart.world, apart.other, apart.one)
    apart.world.send(apart.other, apart.group, "你好")
    apart.world.send(apart.one, apart.group, "你好")


def test_no_new_conversation_is_opened_either_way(office: Office) -> None:
    one, other = office.member, office.outsider
    block(office.world, other, one)
    office.refused(BlockedError, lambda tx: direct.open_direct(tx, one, other.person_id))
    office.refused(BlockingError, lambda tx: direct.open_direct(tx, other, one.person_id))
    office.world.write(lambda tx: direct.open_direct(tx, one, office.owner.person_id))


def test_it_is_known_to_who_blocks_alone_and_leaves_no_entry(apart: Apart) -> None:
    before = apart.world.read(lambda tx: tx.position)
    block(apart.world, apart.other, apart.one)
    assert apart.world.read(lambda tx: tx.position) == before
    assert listed(apart.world, apart.other) == [apart.one.person_id]
    for reader in (apart.one, apart.admin, apart.office.registrar):
        assert listed(apart.world, reader) == []
    uncertified = apart.world.person("新来的", certified=False)
    apart.office.refused(NotAllowedError, lambda tx: blocking.list_blocks(tx, uncertified))


def test_a_barrier_is_named_before_a_block(apart: Apart) -> None:
    block(apart.world, apart.other, apart.one)
    apart.part()
    with pytest.raises(BarredError):
        apart.world.send(apart.one, apart.group, "在吗")


class TestWhoCannotBeBlocked:
    def test_heads_and_the_offices_that_people_depend_on(self, office: Office) -> None:
        personnel = office.world.person("人事", "hr")
        officer = office.world.person("孙安", "security_admin")
        for spared in (office.head, personnel, officer):
            refused = office.refused(
                NotBlockableError,
                lambda tx, p=spared: blocking.block(tx, office.member, p.person_id),  # type: ignore[misc]  # bound at once
            )
            clause = refused.data["clause"]
            assert isinstance(clause, dict) and clause["id"] == "6.38"
        for other in (office.owner, office.reviewer, office.registrar):
            block(office.world, office.member, other)

    def test_who_stands_in_for_a_head(self, office: Office) -> None:
        world, deputy = office.world, office.outsider
        world.write(
            lambda tx: deputising.name_deputy(
                tx, office.head, office.head.person_id, deputy.person_id, "2026-11-23", "2026-11-30"
            )
        )
        office.refused(
            NotBlockableError, lambda tx: blocking.block(tx, office.member, deputy.person_id)
        )

    def test_a_block_rests_while_its_object_is_one_of_them(self, apart: Apart) -> None:
        world = apart.world
        block(world, apart.other, apart.one)
        head = apart.office.head.person_id
        world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, world.unit, apart.one.person_id))
        world.send(apart.one, apart.group, "今天交接")
        world.send(apart.other, apart.group, "好")
        world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, world.unit, head))
        with pytest.raises(BlockedError):
            world.send(apart.one, apart.group, "在吗")

    def test_whom_a_clause_names(self, office: Office) -> None:
        office.world.adopt(
            lambda text: text.replace(NEVER, "with: {allowed: true, never: [reviewer]}")
        )
        block(office.world, office.member, office.head)
        office.refused(
            NotBlockableError,
            lambda tx: blocking.block(tx, office.member, office.reviewer.person_id),
        )

    def test_oneself_and_nobody(self, office: Office) -> None:
        me = office.member
        office.refused(DirectWithSelfError, lambda tx: blocking.block(tx, me, me.person_id))
        nobody = type(me.person_id)("per_00000000000000000000000")
        office.refused(PersonNotFoundError, lambda tx: blocking.block(tx, me, nobody))


class TestRules:
    def test_a_clause_can_forbid_and_then_none_stands(self, apart: Apart) -> None:
        world = apart.world
        block(world, apart.other, apart.one)
        world.adopt(lambda text: text.replace(NEVER, "with: {allowed: false}"))
        refused = apart.office.refused(
            BlockNotAllowedError,
            lambda tx: blocking.block(tx, apart.one, apart.other.person_id),
        )
        assert refused.data["clause"] is not None
        world.send(apart.one, apart.group, "在吗")
        unblock(world, apart.other, apart.one)

    def test_without_a_clause_the_defaults_hold(self, apart: Apart) -> None:
        world = apart.world
        world.adopt(
            lambda text: text.replace(
                f"      - use: groups.blocking\n        {NEVER}\n",
                "      - use: groups.classes\n        with: {}\n",
            )
        )
        block(world, apart.other, apart.one)
        with pytest.raises(BlockedError) as caught:
            world.send(apart.one, apart.group, "在吗")
        assert caught.value.data["clause"] is None
        apart.office.refused(
            NotBlockableError,
            lambda tx: blocking.block(tx, apart.one, apart.office.head.person_id),
        )

    def test_roles_that_there_are_not_refuse_the_pack(self) -> None:
        with pytest.raises(ValueError, match="nobody"):
            blocking.check_blocks(BlockRules(never=("nobody",)))


def test_the_list_has_an_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "MOST_BLOCKED", 1)
    block(office.world, office.member, office.outsider)
    refused = office.refused(
        TooManyBlockedError,
        lambda tx: blocking.block(tx, office.member, office.owner.person_id),
    )
    assert refused.data["most"] == 1
    block(office.world, office.member, office.outsider)
    assert listed(office.world, office.member) == [office.outsider.person_id], "again is harmless"
