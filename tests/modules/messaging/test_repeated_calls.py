"""A call that is repeated reaches whom it calls wherever they are, also in their quiet time, until they have confirmed."""

from collections.abc import Iterator

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import MINUTE
from guiju.kernel.ids import PersonId
from guiju.modules.groups import direct
from guiju.modules.messaging import devices, personal, quieting, recalling, urging
from guiju.modules.messaging.device_types import Told
from guiju.modules.messaging.quiet_types import OwnQuiet
from tests.support import apart, roster, sending
from tests.support.office import Office
from tests.support.telling import Telling, telling

USE = "      - use: messaging.flood\n"
CALLS = "      - use: messaging.urgent\n        with: {repeats: 3, every_minutes: 5}\n"
Pushes = list[tuple[str, str]]


@pytest.fixture
def told(office: Office) -> Iterator[Telling]:
    office.world.adopt(lambda text: text.replace(USE, CALLS + USE, 1))
    with telling(office.world) as made:
        made.browser("member", office.member)
        made.browser("administrator", office.administrator)
        yield made


def urge(office: Office, told: Telling, *mentions: PersonId) -> int:
    """A call that was pushed as a message already."""
    group = office.group()
    done = sending.urge(office.world, office.owner, group, "锅炉房**漏水**", "u", mentions=mentions)
    told.pushed()
    return int(done.receipt.position)


def repeat(office: Office, told: Telling) -> Pushes:
    office.world.later(5 * MINUTE)
    return told.kinds()


def confirm(office: Office, who: Actor, position: int) -> None:
    group = office.world.entries("messaging.urged")[-1].group
    assert group is not None
    office.world.write(lambda tx: urging.confirm(tx, who, group, position, needless=False))


def test_it_goes_on_until_it_is_confirmed_through_mutes_and_quiet(
    office: Office, told: Telling
) -> None:
    world, member = office.world, office.member
    position = urge(office, told)
    group = world.entries("messaging.urged")[-1].group
    assert group is not None
    now = (world.clock.now() // MINUTE + 480) % (24 * 60)
    quiet = OwnQuiet(now, (now + 60) % (24 * 60), rest=False)
    world.write(lambda tx: quieting.set_own(tx, member, quiet))
    world.write(
        lambda tx: personal.set_settings(tx, member, group, is_pinned=None, is_muted=True, is_marked=None)
    )  # fmt: skip
    world.write(lambda tx: devices.choose(tx, member, Told.TEXT))
    world.later(5 * MINUTE)
    (_, other), (name, said) = told.pushed()
    assert name == "member" and (said["work"], said["text"]) == ("urgent", "锅炉房漏水")
    assert said["sender"] == "张群主" and said["path"] == f"/chat/{group}"
    assert other["text"] == "" and other["told"] == "sender"
    confirm(office, office.administrator, position)
    assert repeat(office, told) == [("member", "urgent")]
    confirm(office, member, position)
    assert repeat(office, told) == []


def test_it_calls_nobody_else_nor_who_wants_none_looks_or_has_gone(
    office: Office, told: Telling
) -> None:
    world, member = office.world, office.member
    urge(office, told, member.person_id)
    assert repeat(office, told) == [("member", "urgent")]
    told.watching.add(member.person_id)
    assert repeat(office, told) == []
    told.watching.clear()
    world.write(lambda tx: devices.choose(tx, member, Told.OFF))
    assert repeat(office, told) == []


@pytest.mark.parametrize("what", ["recalled", "left"])
def test_what_was_recalled_or_left_before_the_push_goes_calls_nobody(
    office: Office, told: Telling, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("guiju.modules.messaging.pushing.WAITS", (MINUTE, MINUTE))
    world, member = office.world, office.member
    position = urge(office, told, member.person_id)
    group = world.entries("messaging.urged")[-1].group
    assert group is not None
    told.service.statuses = [503]
    assert repeat(office, told) == [("member", "urgent")]
    if what == "recalled":
        world.write(lambda tx: recalling.recall(tx, office.owner, group, position, reason="错"))
    else:
        world.write(roster.remove(office.owner, group, member))
    world.clock.advance(MINUTE)
    assert told.kinds() == []


def test_a_barrier_ends_a_call_between_two(office: Office, told: Telling) -> None:
    world = office.world
    group = world.write(lambda tx: direct.open_direct(tx, office.owner, office.member.person_id))
    sending.urge(world, office.owner, group, "急", "d")
    told.pushed()
    assert repeat(office, told) == [("member", "urgent")]
    world.clock.advance(5 * MINUTE)
    world.runtime.run_due()
    admin = world.person("高安全", "security_admin")
    sides = apart.people(office.owner), apart.people(office.member)
    apart.set_barrier(world, admin, apart.barrier_input(*sides))
    assert told.kinds() == []


def test_an_open_page_is_told_of_the_repetition(office: Office, told: Telling) -> None:
    told.page(office.member, "member")
    urge(office, told)
    assert told.framed() == [], "the first call is a message, of which pages hear by itself"
    world = office.world
    world.later(5 * MINUTE)
    assert [(name, frame["work"]) for name, frame in told.framed()] == [("member", "urgent")]
