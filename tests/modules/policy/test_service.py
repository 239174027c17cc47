"""Adoption, permits, scopes, attempts and evidence."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from guiju.kernel.actor import Actor, system
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Scope
from guiju.modules.groups import governing, roster
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import AdministratorCountError, AdministratorsSet, Group
from guiju.modules.identity import service as identity
from guiju.modules.inspection.service import compile_ruleset
from guiju.modules.inspection.types import Disposition, ExpressionRule
from guiju.modules.policy import _pack, _shape
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import (
    AttemptRefused,
    BadPackError,
    ClauseNotFoundError,
    NotAllowedError,
    Pack,
    PackAdopted,
)
from guiju.relations import PeopleAndGroups
from guiju.runtime import load_pack
from guiju.setup import SYSTEM
from tests.support.inside import served_world, session_for
from tests.support.office import Office

ADMINISTRATORS = "5.2/groups.administrators"


def more_administrators(text: str) -> str:
    assert text.count("with: {min: 1, max: 2}") == 1
    return text.replace("with: {min: 1, max: 2}", "with: {min: 1, max: 3}")


def test_adoption_is_a_fact_with_the_whole_text(office: Office) -> None:
    world, admin = office.world, office.world.person("周安全", "security_admin")
    text, dictionaries = load_pack("plain-office")
    pack = world.write(lambda tx: policy.adopt(tx, admin, text=text, dictionaries=dictionaries))
    (_, entry) = world.entries("policy.adopted")
    assert isinstance(entry.fact, PackAdopted)
    assert (entry.fact.pack, entry.fact.version, entry.actor) == (
        "plain-office",
        pack.version,
        admin.name,
    )
    assert text.splitlines()[0] in entry.fact.bundle
    assert world.read(policy.version) == pack.version
    assert world.read(lambda tx: policy.pack_text(tx, office.member)) == (pack, text, ())
    assert world.read(policy.adoption) == (entry.at, admin.name)
    # The fact itself was recorded under the rules before it; what follows is under the new ones.
    assert entry.policy != pack.version
    world.person("吴新人")
    assert world.entries()[-1].policy == pack.version
    # The same pack again changes nothing and is not recorded.
    position = world.read(lambda tx: tx.position)
    world.write(lambda tx: policy.adopt(tx, admin, text=text, dictionaries=dictionaries))
    assert world.read(lambda tx: tx.position) == position


def test_only_security_administrators_adopt_and_a_bad_pack_changes_nothing(office: Office) -> None:
    world, before = office.world, office.world.read(policy.version)
    text, dictionaries = load_pack("plain-office")
    office.refused(
        NotAllowedError,
        lambda tx: policy.adopt(tx, office.head, text=text, dictionaries=dictionaries),
    )
    broken = text.replace("groups.owner", "groups.king")
    error = office.refused(
        BadPackError, lambda tx: policy.adopt(tx, SYSTEM, text=broken, dictionaries=dictionaries)
    )
    assert isinstance(error.data["problems"], list) and "groups.king" in str(error.data["problems"])
    assert world.read(policy.version) == before


def test_a_number_of_the_pack_changed_and_behaviour_follows(office: Office) -> None:
    world, group = office.world, office.group()
    spare = world.person("冯副手")
    world.write(lambda tx: roster.admit(tx, office.owner, group, [spare.person_id]))
    three = [office.administrator.person_id, office.member.person_id, spare.person_id]

    def appoint(tx: WriteTx) -> Group:
        return governing.set_administrators(tx, office.owner, group, three)

    error = office.attempted(AdministratorCountError, ADMINISTRATORS, appoint)
    assert (error.data["max"], error.data["given"]) == (2, 3)
    world.adopt(more_administrators)
    world.write(appoint)
    (entry,) = world.entries("groups.administrators_set")
    assert isinstance(entry.fact, AdministratorsSet) and entry.uses == (ADMINISTRATORS,)
    assert entry.policy == world.read(policy.version)


def test_uses_follow_the_pack_in_force(office: Office) -> None:
    world = office.world

    def ids(tx: ReadTx) -> tuple[str, ...]:
        return policy.use_ids(tx, "messaging.content")

    assert world.read(ids) == tuple(f"6.{n}/messaging.content" for n in (3, 7, 9, 10, 11))
    assert world.read(lambda tx: policy.use_ids(tx, "groups.end_date")) == ("5.12/groups.end_date",)
    world.adopt(lambda text: text, "plain-office")
    assert world.read(ids) == ("3.1/messaging.content",)
    assert world.read(lambda tx: policy.first_use(tx, "groups.rules")) is None
    with pytest.raises(AssertionError):
        world.read(lambda tx: policy.uses(tx, "groups.magic"))


def test_require_asks_for_certification_role_and_place(office: Office) -> None:
    world, group = office.world, office.group()
    stranger = world.person("郑未认证", "reviewer", certified=False)

    def may(actor: Actor, operation: str, group: GroupId | None = None) -> bool:
        return world.read(lambda tx: policy.may(tx, actor, operation, group))

    assert may(office.reviewer, "messaging.review") and not may(office.member, "messaging.review")
    assert not may(stranger, "messaging.review") and not may(stranger, "policy.read")
    assert may(office.member, "messaging.send", group) and not may(
        office.outsider, "messaging.send", group
    )
    assert not may(office.member, "messaging.send"), "without a group there is no place"
    assert not may(office.member, "messaging.send", GroupId("grp_nothere"))
    assert may(system("x"), "directory.name") and not may(system("x"), "messaging.send", group)
    assert not may(Actor(PersonId("per_nobody")), "policy.read")
    with pytest.raises(NotAllowedError) as caught:
        world.read(lambda tx: policy.require(tx, office.outsider, "groups.rules", group))
    assert caught.value.data == {"operation": "groups.rules"}
    permit = world.read(lambda tx: policy.require(tx, office.owner, "groups.rules", group))
    assert (permit.actor, permit.operation, permit.uses) == (office.owner, "groups.rules", ())
    assert permit.policy == world.read(policy.version)
    assert permit.under("1/a.b", "1/a.b").under("2/a.b").uses == ("1/a.b", "2/a.b")


def test_rights_end_with_the_account(office: Office) -> None:
    world, admin = office.world, office.world.person("周安全", "security_admin")

    def suspend(tx: WriteTx) -> None:
        account = identity.find_account_of(tx, office.reviewer.person_id)
        assert account is not None
        identity.suspend(tx, admin, account.id, reason="离职")

    assert world.read(lambda tx: policy.may(tx, office.reviewer, "messaging.review"))
    world.write(suspend)
    assert not world.read(lambda tx: policy.may(tx, office.reviewer, "messaging.review"))
    assert world.read(lambda tx: policy.scope(tx, office.reviewer, "directory.read")) == Scope()
    assert world.read(lambda tx: policy.capabilities(tx, office.reviewer)) == []


def test_scopes(office: Office) -> None:
    world, group = office.world, office.group()
    branch = world.add_unit("二车间", head=office.member.person_id)

    def scope(actor: Actor, operation: str) -> Scope:
        return world.read(lambda tx: policy.scope(tx, actor, operation))

    assert scope(office.registrar, "groups.register.read") == Scope(everything=True)
    assert scope(office.outsider, "groups.register.read") == Scope()
    assert scope(office.head, "groups.register.read").units == {world.unit, branch}
    assert scope(office.member, "groups.register.read").units == {branch}
    assert scope(office.member, "groups.read").groups == {group}
    assert scope(office.outsider, "directory.read") == Scope(everything=True)
    assert scope(system("x"), "groups.read") == Scope(everything=True)
    assert scope(system("x"), "messaging.send") == Scope()
    mine = scope(office.member, "groups.read")
    assert (
        mine.covers(group)
        and not mine.covers(GroupId("grp_other"))
        and Scope(everything=True).covers(group)
    )
    relations = PeopleAndGroups()
    assert world.read(lambda tx: relations.roles(tx, office.head.person_id)) == {"head"}
    assert world.read(lambda tx: relations.roles(tx, office.outsider.person_id)) == set()


def test_evidence_is_counted_from_leaves(office: Office) -> None:
    world, group = office.world, office.group()
    clause = world.read(lambda tx: policy.get_clause(tx, "5.2"))

    def count() -> int:
        (use,) = world.read(lambda tx: policy.uses(tx, "groups.administrators"))
        evidence = world.read(lambda tx: policy.evidence_of(tx, use))
        if evidence.last_position is not None:
            assert world.entries()[evidence.last_position].at == evidence.last_at
        return evidence.count

    assert count() == 1, "the registration"
    nobody: list[PersonId] = []
    office.attempted(
        AdministratorCountError,
        ADMINISTRATORS,
        lambda tx: governing.set_administrators(tx, office.owner, group, nobody),
    )
    assert count() == 2, "an attempt is evidence that the control acts"
    listed = world.read(lambda tx: policy.list_evidence(tx, clause, before=None, limit=50))
    assert [entry.kind for entry in listed] == ["policy.refused", "groups.registered"]
    older = world.read(
        lambda tx: policy.list_evidence(tx, clause, before=listed[0].position, limit=50)
    )
    assert older == listed[1:]
    assert (
        world.read(lambda tx: policy.list_evidence(tx, clause, before=None, limit=1)) == listed[:1]
    )
    with pytest.raises(ClauseNotFoundError):
        world.read(lambda tx: policy.get_clause(tx, "99.9"))


def test_an_attempt_says_who_what_and_where_but_nothing_else_stays(office: Office) -> None:
    world, group = office.world, office.group()
    rows = world.read(lambda tx: groups.members(tx, group))
    office.attempted(
        AdministratorCountError,
        ADMINISTRATORS,
        lambda tx: governing.set_administrators(tx, office.owner, group, []),
    )
    entry = world.entries("policy.refused")[-1]
    assert entry.fact == AttemptRefused("groups.appoint", "groups.administrator_count", group)
    assert (entry.actor, entry.group) == (office.owner.name, group)
    assert world.read(lambda tx: groups.members(tx, group)) == rows


def test_a_refusal_without_an_attempt_is_not_recorded(office: Office) -> None:
    group = office.group()
    error = office.refused(
        NotAllowedError, lambda tx: governing.set_administrators(tx, office.member, group, [])
    )
    assert error.attempt is None


def test_what_an_earlier_version_took_stays_in_force(office: Office) -> None:
    world, admin = office.world, office.world.person("周安全", "security_admin")
    text, dictionaries = load_pack("plain-office")
    old = text.replace("\ndictionaries:", "\ndictionariez: []\ndictionaries:").replace(
        "with: {min: 1, max: ", "with: {maximum: 3, min: 1, max: "
    )
    assert old.count("dictionariez") == old.count("maximum") == 1
    with pytest.raises(BadPackError):
        world.write(lambda tx: policy.adopt(tx, admin, text=old, dictionaries=dictionaries))
    bundled = _pack.bundle(old, dictionaries)
    fact = PackAdopted("plain-office", _pack.version_of(bundled), bundled)
    world.write(lambda tx: tx.record(policy.require(tx, admin, "policy.adopt"), fact))
    assert world.read(policy.version) == fact.version
    assert world.read(lambda tx: policy.uses(tx, "groups.administrators"))[0].params.max == 3
    better = world.write(lambda tx: policy.adopt(tx, admin, text=text, dictionaries=dictionaries))
    assert world.read(policy.version) == better.version


def test_expressions_that_an_earlier_version_took_stay_or_are_switched_off(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    world, admin = office.world, office.world.person("周安全", "security_admin")
    text, dictionaries = load_pack("plain-office")
    asked = """
      - use: messaging.patterns
        with:
          disposition: hold
          when: "audience.external && group.class.matches('(')"
          patterns:
            - {id: whole, regex: '[0-9]{6}号'}
            - {id: bytes, regex: '合同\\C{3}号'}
            - {id: edge, regex: '\\b'}
"""
    old = text.replace("\n    controls:\n", f"\n    controls:{asked}", 1)
    with pytest.raises(BadPackError) as caught:
        world.write(lambda tx: policy.adopt(tx, admin, text=old, dictionaries=dictionaries))
    assert "regular expression" in str(caught.value.data["problems"])
    with pytest.raises(BadPackError) as caught:
        policy.read_pack(old.replace("matches('(')", "matches('.')"), dictionaries)
    assert "`bytes`" in str(caught.value.data["problems"])
    bundled = _pack.bundle(old, dictionaries)
    fact = PackAdopted("plain-office", _pack.version_of(bundled), bundled)
    world.write(lambda tx: tx.record(policy.require(tx, admin, "policy.adopt"), fact))
    policy._parsed.cache_clear()
    (use,) = world.read(lambda tx: policy.uses(tx, "messaging.patterns"))
    told = [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]
    assert any("bytes" in line and "reads characters" in line for line in told)
    assert any("edge" in line and "switched off" in line for line in told)
    assert policy.control(use.control).left_out(use.params) == ["edge"]
    told_of = []
    for person in (admin, world.person("黄小琴")):
        book = world.read(
            lambda tx, actor=person: _shape.rule_book(world.runtime.new_view(tx), actor)  # type: ignore[misc]  # bound at once
        )
        controls = [control for clause in book["clauses"] for control in clause["controls"]]
        told_of.append([name for control in controls for name in control["left_out"]])
    assert told_of == [["edge"], []], "only who oversees learns of it"
    rules = [
        ExpressionRule(each.id, each.category, each.regex, Disposition.HOLD, use.id)
        for each in use.params.patterns
    ]
    found = compile_ruleset(rules).inspect("第123456号，合同甲号")
    assert [(each.rule, each.word) for each in found.findings] == [
        ("whole", "123456号"),
        ("bytes", "合同甲号"),
    ]


def test_the_lane_reads_no_pack_that_was_read_before(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of expressions take longer to read than messages may wait."""
    world = office.world
    text, dictionaries = load_pack("party-run-plant")
    changed = f"{text}# another version\n"
    read = policy.read_pack(changed, dictionaries)
    calls: list[str] = []
    parse = _pack.parse

    def counted(bundled: str, known: Any, **more: Any) -> Pack:
        calls.append(bundled)
        return parse(bundled, known, **more)

    monkeypatch.setattr(_pack, "parse", counted)
    world.write(lambda tx: policy.adopt(tx, SYSTEM, text=changed, dictionaries=dictionaries))
    assert world.read(policy.get_pack).version == read.version
    assert calls == []


def test_the_server_answers_while_a_pack_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with served_world(None) as (world, inside):
        token = session_for(world, world.person("周安全", "security_admin"))
        text, _ = load_pack("party-run-plant")
        read_pack, begun, ended = policy.read_pack, threading.Event(), threading.Event()

        def slow(text: str, dictionaries: Any) -> Pack:
            begun.set()
            assert ended.wait(20), "nobody else was answered"
            return read_pack(text, dictionaries)

        monkeypatch.setattr(policy, "read_pack", slow)
        body = {"yaml": text, "dry_run": True}
        with ThreadPoolExecutor(1) as beside:
            asked = beside.submit(inside.request, "POST", "/api/policy/packs", token, body)
            assert begun.wait(20)
            with httpx2.Client(base_url=inside.http.base_url, timeout=15) as other:
                assert other.get("/healthz").status_code == 200
            ended.set()
            assert asked.result().status_code == 200
