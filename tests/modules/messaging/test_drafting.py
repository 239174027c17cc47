"""Drafts: one's own on all screens, the last written one counts, sealed at rest, gone with the place."""

import pytest
from sqlalchemy import text

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.modules.groups import roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.identity import service as identity
from guiju.modules.messaging import _unsent_store
from guiju.modules.messaging.change_types import MessageNotFoundError
from guiju.modules.messaging.drafting import Drafts
from guiju.modules.messaging.unsent_types import Named, Written
from tests.support.office import Office
from tests.support.uploading import door_of
from tests.support.world import MONDAY

WORDS = "绝无仅有的草稿"


@pytest.fixture
def drafts(office: Office) -> Drafts:
    runtime = office.world.runtime
    return Drafts(door_of(office.world), runtime.notes, runtime.clock)


def texts(drafts: Drafts, actor: Actor) -> dict[GroupId, str]:
    return {draft.group: written.text for draft, written in drafts.all_of(actor) if written.text}


def by_thread(drafts: Drafts, actor: Actor) -> dict[int | None, Written]:
    return {written.thread: written for _, written in drafts.all_of(actor)}


def rows(office: Office) -> list[bytes]:
    found = office.world.read(lambda tx: tx.all(text("SELECT sealed FROM messaging_draft")))
    return [bytes(row.sealed) for row in found]


def test_it_is_ones_own_whole_and_no_fact(office: Office, drafts: Drafts) -> None:
    group = office.group()
    said = office.world.send(office.owner, group, "大家好").position
    before = office.world.read(lambda tx: tx.position)
    written = Written(WORDS, said, said, (Named(office.owner.person_id, "陈晓雯"),))
    assert drafts.keep(office.member, group, written, MONDAY) == MONDAY
    ((row, found),) = drafts.all_of(office.member)
    assert (row.group, row.at, found) == (group, MONDAY, written)
    assert drafts.all_of(office.owner) == []
    assert office.world.read(lambda tx: tx.position) == before


def test_one_of_an_earlier_version_mentions_nobody(office: Office, drafts: Drafts) -> None:
    group, who = office.group(), office.member
    drafts.keep(who, group, Written(WORDS), MONDAY)
    plain = b'{"text":"%s","quote":null,"thread":null}' % WORDS.encode()
    sealed = office.world.runtime.notes.seal(who.person_id, f"draft/{group}", plain, MONDAY)
    with office.world.runtime.database.write() as connection:
        connection.execute(text("UPDATE messaging_draft SET sealed = :sealed"), {"sealed": sealed})
    ((_, found),) = drafts.all_of(who)
    assert found == Written(WORDS)


def test_what_was_written_last_counts_whatever_arrives_last(office: Office, drafts: Drafts) -> None:
    group, who = office.group(), office.member
    office.world.clock.advance(10_000)
    now = office.world.clock.now()
    assert drafts.keep(who, group, Written("新"), now - 1000) == now - 1000
    assert drafts.keep(who, group, Written("旧"), now - 2000) is None
    assert texts(drafts, who) == {group: "新"}
    assert drafts.keep(who, group, Written("  "), now) == now
    assert texts(drafts, who) == {}
    ((row, given_up),) = drafts.all_of(who)
    assert (row.at, given_up) == (now, Written("")), "so that other screens give it up too"
    assert drafts.keep(who, group, Written("旧"), now - 1) is None, "given up it stays"
    assert texts(drafts, who) == {}


def test_a_clock_that_is_ahead_does_not_win_for_ever(office: Office, drafts: Drafts) -> None:
    group, now = office.group(), office.world.clock.now()
    assert drafts.keep(office.member, group, Written("快"), now + 10**9) == now
    office.world.clock.advance(1)
    assert drafts.keep(office.member, group, Written("后"), now + 1) == now + 1
    assert texts(drafts, office.member) == {group: "后"}


def test_it_is_sealed_and_opens_only_as_ones_own_in_its_group(
    office: Office, drafts: Drafts
) -> None:
    group, other = office.group(), office.group(name="澄远乙班工作群")
    drafts.keep(office.member, group, Written(WORDS), MONDAY)
    (sealed,) = rows(office)
    assert WORDS.encode() not in sealed
    for column, value in (("grp", other), ("person", office.owner.person)):
        with office.world.runtime.database.write() as connection:
            connection.execute(
                text(f"UPDATE messaging_draft SET {column} = :value"), {"value": value}
            )
        assert drafts.all_of(office.member) == drafts.all_of(office.owner) == []


def test_outsiders_keep_none(office: Office, drafts: Drafts) -> None:
    group = office.group()
    for who in (office.outsider, office.registrar):
        with pytest.raises(GroupNotFoundError):
            drafts.keep(who, group, Written(WORDS), MONDAY)
    with pytest.raises(GroupNotFoundError):
        drafts.keep(office.member, GroupId("grp_none"), Written(WORDS), MONDAY)
    assert rows(office) == []


def test_it_goes_with_the_place_in_the_group(office: Office, drafts: Drafts) -> None:
    group, other = office.group(), office.group(name="澄远乙班工作群")
    for each in (group, other):
        drafts.keep(office.member, each, Written(WORDS), MONDAY)
    drafts.keep(office.owner, group, Written(WORDS), MONDAY)
    office.world.write(
        lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
    )
    assert texts(drafts, office.member) == {other: WORDS}
    assert len(rows(office)) == 2, "and not only out of sight"


def test_all_go_with_the_account(office: Office, drafts: Drafts) -> None:
    group = office.group()
    drafts.keep(office.member, group, Written(WORDS), MONDAY)
    drafts.keep(office.owner, group, Written(WORDS), MONDAY)
    admin = office.world.person("系统", "security_admin")
    account = office.world.read(lambda tx: identity.find_account_of(tx, office.member.person_id))
    assert account is not None
    office.world.write(lambda tx: identity.close(tx, admin, account.id, reason="离职"))
    assert len(rows(office)) == 1


def test_a_thread_has_a_draft_beside_that_of_its_group(office: Office, drafts: Drafts) -> None:
    group, who = office.group(), office.member
    first, second = (office.world.send(office.owner, group, text).position for text in ("一", "二"))
    now = office.world.clock.now()
    wanted = [Written("群里"), Written("其一", None, first), Written("其二", first, second)]
    for written in wanted:
        assert drafts.keep(who, group, written, now) == now
    assert by_thread(drafts, who) == {each.thread: each for each in wanted}
    office.world.clock.advance(1)
    drafts.keep(who, group, Written("", None, first), now + 1)
    given_up = Written("", None, first)
    assert by_thread(drafts, who) == {None: wanted[0], first: given_up, second: wanted[2]}
    assert drafts.keep(who, group, Written("旧", None, first), now) is None
    office.world.write(lambda tx: roster.remove(tx, office.owner, group, who.person_id, reason="x"))
    assert rows(office) == []


def test_a_draft_of_a_thread_opens_nowhere_else(office: Office, drafts: Drafts) -> None:
    group = office.group()
    said = office.world.send(office.owner, group, "一").position
    drafts.keep(office.member, group, Written(WORDS, None, said), MONDAY)
    with office.world.runtime.database.write() as connection:
        connection.execute(text("UPDATE messaging_draft SET thread = 0"))
    assert drafts.all_of(office.member) == []


def test_only_of_messages_that_one_sees(office: Office, drafts: Drafts) -> None:
    group, other = (
        office.group(),
        office.world.group(office.outsider, [office.owner], [], name="澄远丙班工作群"),
    )
    elsewhere = office.world.send(office.outsider, other, "别处").position
    before = office.world.send(office.owner, group, "从前").position
    office.world.write(
        lambda tx: roster.admit(tx, office.owner, group, [office.registrar.person_id])
    )
    late = office.registrar
    for who, thread in ((office.member, elsewhere), (office.member, 10**6), (late, before)):
        with pytest.raises(MessageNotFoundError):
            drafts.keep(who, group, Written(WORDS, None, thread), MONDAY)
    assert rows(office) == []


def test_of_threads_only_the_newest_are_kept(
    office: Office, drafts: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_unsent_store, "MOST_OF_THREADS", 2)
    group, who = office.group(), office.member
    drafts.keep(who, group, Written("群里"), office.world.clock.now())
    for number in range(4):
        office.world.clock.advance(1)
        said = office.world.send(office.owner, group, str(number)).position
        drafts.keep(who, group, Written(str(number), None, said), office.world.clock.now())
    kept = sorted(written.text for _, written in drafts.all_of(who))
    assert kept == ["2", "3", "群里"]
