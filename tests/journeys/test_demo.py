"""The demonstration holds what its guide promises, on both databases, and its ledger verifies."""

import asyncio
import secrets
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from guiju import demo
from guiju.demo import _data, _talk
from guiju.demo._stage import Calendar
from guiju.demo.guide import NotTheDemoError
from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR, SystemClock, utc
from guiju.kernel.db import EntryQuery
from guiju.kernel.facts import Recorded
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Box
from guiju.modules.directory import service as directory
from guiju.modules.followup import service as followup
from guiju.modules.followup.types import Box as AnswerBox
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, GroupKind, GroupState
from guiju.modules.identity import service as identity
from guiju.modules.identity.types import AccountState
from guiju.modules.messaging import changes, review_queue, scheduling, service
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import MemberState
from guiju.runtime import Runtime, open_runtime
from guiju.settings import Settings, read_settings
from guiju.setup import SYSTEM, AlreadySetUpError, initialise
from guiju.verification import verify_organisation
from tests.support.postgres import fresh_database

FEW = {
    "groups.topics_set": 3, "groups.publishers_set": 2, "groups.direct_opened": 4, "groups.barrier_set": 2,
    "groups.barrier_lifted": 1, "messaging.template_saved": 2, "messaging.moved": 1, "messaging.flagged": 1,
    "messaging.frozen": 1, "messaging.urged": 1, "messaging.urge_stopped": 1, "followup.asked": 3,
}  # fmt: skip
LOADED = 32
"""How many members the largest group needs for the load of the benchmark."""


@dataclass(frozen=True)
class Demo:
    """A demonstration that was built, opened as a server would."""

    settings: Settings
    runtime: Runtime
    now: int

    def actor(self, login: str) -> Actor:
        account = self.runtime.read(lambda tx: identity.find_account(tx, login))
        assert account is not None, login
        return Actor(account.person)

    def entries(self, *kinds: str) -> list[Recorded]:
        return self.runtime.read(lambda tx: tx.entries(EntryQuery(kinds=kinds, limit=10_000)))

    def groups(self) -> dict[str, Group]:
        rows = {row.name: row.key for row in _data.groups().groups}
        page = self.runtime.read(
            lambda tx: groups.list_register(
                tx, SYSTEM, state=None, group_class=None, query=None, after=0, limit=50
            )
        )
        return {rows[group.name]: group for group in page.items}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def built(request: pytest.FixtureRequest) -> Iterator[Demo]:
    folder = Path(tempfile.mkdtemp(prefix="guiju-demo-"))
    try:
        if request.param == "sqlite":
            yield from _build(folder, "")
        else:
            server = request.getfixturevalue("postgres_server")
            with fresh_database(server, f"guiju_{secrets.token_hex(6)}") as url:
                yield from _build(folder, url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _build(folder: Path, database: str) -> Iterator[Demo]:
    settings = read_settings({"GUIJU_DATA": str(folder), "GUIJU_DATABASE": database})
    initialise(
        settings
    )  # as the command line does, by today's clock, before the story begins earlier
    open_runtime(settings).close()
    now, began = SystemClock().now(), time.perf_counter()
    demo.build(settings, now)
    took = time.perf_counter() - began
    runtime = open_runtime(settings)
    try:
        print(
            f"\nthe demonstration was built in {took:.1f} s ({'PostgreSQL' if database else 'SQLite'})"
        )
        yield Demo(settings, runtime, now)
    finally:
        runtime.close()


def test_the_ledger_verifies_with_replay_and_every_entry_is_signed(built: Demo) -> None:
    verdict = verify_organisation(built.settings, replay=True)
    assert verdict.ok, verdict
    assert (
        verdict.size
        == built.runtime.signer.signed
        == built.runtime.read(lambda tx: tx.position) + 1
    )


def test_messages_were_answered_pinned_and_recalled(built: Demo) -> None:
    group, owner = built.groups()["assembly1"].id, built.actor("zhaotiejun")
    (pinned,) = built.runtime.read(lambda tx: changes.list_pins(tx, owner, group))
    now = built.runtime.read(lambda tx: changes.load(tx, [pinned]))[pinned.position]
    assert [len(people) for _, people in now.reactions] == [2, 1, 1]
    recalled = built.entries("messaging.recalled")
    assert [bool(entry.fact.reason) for entry in recalled] == [False, True]
    replies = [entry.fact.thread for entry in built.entries("messaging.sent") if entry.fact.thread]
    assert len(replies) == 4 and len(set(replies)) == 1


def test_sixty_people_in_three_levels_and_a_name_that_says_what_this_is(built: Demo) -> None:
    assert "演示" in built.runtime.read(directory.organisation_name)
    assert built.runtime.read(demo.is_demo)
    units = built.runtime.read(lambda tx: directory.list_units(tx, SYSTEM))
    assert sum(people for _, people in units) == 60
    depths = {
        len(built.runtime.read(partial(directory.unit_ancestors, unit_id=unit.id)))
        for unit, _ in units
    }
    assert depths == {1, 2, 3}
    assert all(unit.head is not None for unit, _ in units)
    names = {person.name for person, _ in _data.organisation().people()}
    assert "阿卜杜热合曼·买买提依明" in names
    assert "安全环保与职业健康监督管理委员会办公室" in {unit.name for unit, _ in units}


def test_accounts_stand_as_promised_and_the_password_is_right(built: Demo) -> None:
    found = built.runtime.read(lambda tx: identity.list_accounts(tx, SYSTEM, limit=200)).items
    assert Counter(account.state for account in found) == {
        AccountState.CERTIFIED: 56, AccountState.REQUESTED: 1, AccountState.REGISTERED: 1,
        AccountState.ACTIVATED: 1, AccountState.SUSPENDED: 1,
    }  # fmt: skip
    passwords = identity.Passwords()
    for login in ("zhouxiaoyu", "youliqun", "shike"):
        credential = built.runtime.read(partial(identity.find_credential, login=login))
        assert credential is not None
        assert asyncio.run(passwords.verify(credential.hash, _data.guide().password))
        account = built.runtime.read(partial(identity.find_account, login=login))
        assert account is not None
        chosen = _data.guide().password
        built.runtime.read(partial(identity.check_new_password, account=account, password=chosen))
    passwords.close()


def test_every_listed_account_is_there_and_the_picks_come_first(built: Demo) -> None:
    listed = demo.accounts(built.settings)
    assert len(listed) == 56
    assert [each["account"] for each in listed[:12]] == [
        pick.account for pick in _data.guide().picks
    ]
    assert all(each["try"] for each in listed[:12])
    held: set[str] = set()
    for each in listed:
        assert each["password"] and each["name"] and each["role"] and each["unit"]
        actor = built.actor(each["account"])
        assert built.runtime.read(partial(policy.may, actor=actor, operation="groups.apply"))
        held |= built.runtime.read(partial(policy.roles_of, actor=actor))
    assert held == {
        "hr",
        "it",
        "registrar",
        "reviewer",
        "system_admin",
        "security_admin",
        "audit_admin",
        "head",
    }


def test_eight_groups_of_all_classes(built: Demo) -> None:
    found = built.groups()
    assert len(found) == 8
    assert {group.group_class for group in found.values()} == {
        "company",
        "comprehensive",
        "department",
        "workshop",
    }
    assert len({group.level for group in found.values()}) == 3
    assert [key for key, group in found.items() if group.kind is GroupKind.EXTERNAL_TOOL] == [
        "machining"
    ]
    assert [key for key, group in found.items() if group.state is GroupState.CLOSED] == [
        "relocation"
    ]
    assert [key for key, group in found.items() if group.end_date is not None] == ["assembly2"]
    assert len(built.entries("groups.end_reminded")) == 1
    states = {key: _states(built, group) for key, group in found.items()}
    assert states["safety"][MemberState.ACTIVE] >= LOADED
    assert states["safety"][MemberState.MUST_SIGN] == 2
    assert states["dispatch"][MemberState.UNDER_REVIEW] == 1
    assert states["assembly1"][MemberState.LEAVING_REQUESTED] == 1
    assert states["assembly1"][MemberState.MUST_SIGN] == 1


def _states(built: Demo, group: Group) -> Counter[MemberState]:
    return Counter(
        member.state for member in built.runtime.read(lambda tx: groups.members(tx, group.id))
    )


def test_a_week_of_talk_with_every_state_of_a_message(built: Demo) -> None:
    counts = Counter(entry.kind for entry in built.entries())
    assert 350 <= counts["messaging.sent"] <= 500
    assert counts["messaging.blocked"] == 2
    held = [
        line
        for row in _data.groups().groups
        for scene in _data.talk(row.key)
        for line in scene.held
    ]
    decided = [
        d.verdict
        for row in _data.groups().groups
        for scene in _data.talk(row.key)
        for d in scene.decisions
    ]
    assert len(held) == 2 and Counter(decided) == {"release": 2, "mask": 1, "refuse": 2}
    assert counts["messaging.held"] == len(held) + len(decided)
    assert (counts["messaging.released"], counts["messaging.refused"]) == (3, 2)
    assert counts["messaging.review_late"] == 1
    sent = built.entries("messaging.sent")
    masked = [entry.fact for entry in sent if entry.fact.original is not None]
    assert len(masked) == 1 and "********" in masked[0].text
    assert sum(bool(entry.fact.mentions) for entry in sent) >= 15
    assert sum(bool(entry.fact.refs) for entry in sent) >= 10
    assert not any(entry.fact.imported for entry in sent)
    assert built.now - 8 * DAY < sent[0].at and sent[-1].at <= built.now
    days = {utc(entry.at).date() for entry in sent}
    assert len(days) >= 6


def test_exactly_one_application_waits_and_its_head_can_sign_in(built: Demo) -> None:
    waiting: Counter[str] = Counter()
    for each in demo.accounts(built.settings):
        actor = built.actor(each["account"])
        found = built.runtime.read(partial(approvals.list_requests, actor=actor, box=Box.TODO))
        waiting[each["account"]] += len(found)
    assert +waiting == {"yezhiqiu": 1}


def test_two_held_messages_wait_for_both_reviewers(built: Demo) -> None:
    for login in ("linjingwen", "pengyue"):
        actor = built.actor(login)
        found = built.runtime.read(partial(review_queue.list_reviews, actor=actor, decided=False))
        assert len(found) == 2
        assert all(each.fact.due_at > built.now for each in found)


def test_a_third_administrator_was_refused_and_is_evidence(built: Demo) -> None:
    refused = built.entries("policy.refused")
    assert [entry.uses for entry in refused] == [("5.2/groups.administrators",)]
    assert refused[0].actor == built.actor("zhaotiejun").name


def test_each_newer_feature_has_a_few_rows(built: Demo) -> None:
    """What only the real verbs leave behind, so that every screen has something to show."""
    counts = Counter(entry.kind for entry in built.entries())
    assert {kind: counts[kind] for kind in FEW} == FEW
    assert sum(entry.fact.template is not None for entry in built.entries("messaging.sent")) == 2
    found = {
        box: built.runtime.read(partial(followup.list_box, actor=built.actor(login), box=box))
        for login, box in (("zhouxiaoyu", AnswerBox.TODO), ("zhaotiejun", AnswerBox.LATE))
    }
    assert [len(parts) for _, parts in found[AnswerBox.TODO]] == [1]
    assert [part.person for _, (part,) in found[AnswerBox.LATE]] == [built.actor("machao").person]
    waiting = built.runtime.read(
        lambda tx: scheduling.list_scheduled(tx, built.actor("zhaotiejun"))
    )
    assert [each.due_at > built.now for each in waiting] == [True]


def test_unread_counts_look_alive(built: Demo) -> None:
    unread: list[int] = []
    mentioned = 0
    for each in demo.accounts(built.settings):
        actor = built.actor(each["account"])
        found = built.runtime.read(partial(service.list_conversations, actor=actor))
        unread += [row.unread for row in found]
        mentioned += sum(row.mentioned for row in found)
    assert sum(count == 0 for count in unread) >= 40
    assert sum(1 <= count <= 20 for count in unread) >= 40
    assert mentioned >= 3
    employee = built.actor(_data.guide().picks[0].account)
    mine = built.runtime.read(lambda tx: service.list_conversations(tx, employee))
    assert any(row.unread and row.mentioned for row in mine)


def test_it_is_made_only_in_an_empty_place(built: Demo) -> None:
    with pytest.raises(AlreadySetUpError):
        demo.build(built.settings)


def test_another_organisation_has_no_demonstration_accounts(tmp_path: Path) -> None:
    settings = read_settings({"GUIJU_DATA": str(tmp_path / "none")})
    with pytest.raises(NotTheDemoError):
        demo.accounts(settings)
    assert not (tmp_path / "none").exists()
    initialise(settings)
    with pytest.raises(NotTheDemoError):
        demo.accounts(settings)


def test_the_welcome_names_the_address_and_people_who_exist() -> None:
    text = demo.welcome("http://127.0.0.1:8123")
    assert "http://127.0.0.1:8123" in text and _data.guide().password in text
    people = {person.login for person, _ in _data.organisation().people()}
    assert all(pick.account in people for pick in _data.guide().picks)


@pytest.mark.parametrize("offset", range(7))
def test_the_story_is_in_order_on_every_day_of_the_week(offset: int) -> None:
    """Whatever today is: nothing lies ahead, scenes do not run past the end, groups exist before they talk."""
    calendar = Calendar(1_795_398_000_000 + offset * DAY - 8 * HOUR)
    for row in _data.groups().groups:
        registered = calendar.moment(row.decided[-1])
        assert calendar.moment(row.applied) < registered
        for scene in _data.talk(row.key):
            begins = calendar.moment(scene)
            lasts = sum(line.wait for line in list(_talk.lines_of(scene))[1:])
            assert registered + HOUR < begins
            assert begins + lasts <= calendar.now, (row.key, scene)
    events = [(event.do, calendar.moment(event)) for event in _data.events()]
    assert all(at <= calendar.now for _, at in events)
