"""From application to filing number."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.jobs import job, parked
from guiju.kernel.lane import Command, WriteTx
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Verdict
from guiju.modules.directory.types import PersonNotFoundError
from guiju.modules.groups import applying
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import (
    AdministratorCountError,
    Application,
    ApplicationClosed,
    ApplicationNotFoundError,
    ApplicationState,
    BadApplicationError,
    GroupKind,
    GroupNotFoundError,
    GroupRegistered,
    NameRefusedError,
    NotCertifiedError,
)
from guiju.modules.policy.types import GroupRole, MemberState, NotAllowedError
from tests.support.office import Office

_numbers = count(100)


def applying_for(office: Office, **changes: Any) -> Callable[[WriteTx], Application]:
    usual = office.world.application(office.owner, [office.administrator])
    stated = replace(usual, **({"name": f"澄远事项{next(_numbers)}工作群"} | changes))
    return lambda tx: applying.apply_for(tx, office.owner, stated=stated)


def apply_for(office: Office, **changes: Any) -> Application:
    return office.world.write(applying_for(office, **changes))


def application(office: Office, made: Application) -> Application:
    return office.world.read(lambda tx: groups.get_application(tx, office.owner, made.id))


def test_an_application_becomes_a_group_by_two_approvals(office: Office) -> None:
    world = office.world
    made = apply_for(office, members=(office.member.person_id,), rules="一、守纪律")
    assert (made.state, made.group, made.filing_number) == (ApplicationState.WAITING, None, None)
    assert world.facts("groups.registered") == []
    assert [each.id for each in world.todo(office.head)] == [made.request]
    world.approve(made.request)
    done = application(office, made)
    assert done.state is ApplicationState.APPROVED and done.group is not None
    assert done.filing_number == "澄群备〔2026〕0001 号"
    (entry,) = world.entries("groups.registered")
    fact = entry.fact
    assert isinstance(fact, GroupRegistered)
    assert (entry.group, entry.number, fact.serial, fact.year) == (done.group, 1, 1, 2026)
    assert entry.actor == office.registrar.name, "the last verdict brought it about"
    assert set(entry.uses) == {
        "4.1/groups.registration", "4.3/groups.registration", "4.2/groups.register", "3.1/groups.classes",
        "5.1/groups.owner", "5.2/groups.administrators", "3.2/groups.name_pattern",
    }  # fmt: skip
    group = world.find_group(done.group)
    assert (group.name, group.owner, group.rules_version) == (
        made.stated.name,
        office.owner.person_id,
        1,
    )
    assert [(office.place(done.group, who).role, office.state(done.group, who)) for who in
            (office.owner, office.administrator, office.member)] == [
        (GroupRole.OWNER, MemberState.ACTIVE),
        (GroupRole.ADMINISTRATOR, MemberState.MUST_SIGN),
        (GroupRole.MEMBER, MemberState.MUST_SIGN),
    ]  # fmt: skip
    assert office.place(done.group, office.member).visible_from == entry.position
    assert world.read(lambda tx: groups.rules_text(tx, group)) == ("一、守纪律", entry.at)


def test_an_application_is_recorded_once_with_its_words_sealed(office: Office) -> None:
    made = apply_for(office, purpose="机密用途")
    (entry,) = office.world.entries("groups.applied")
    assert (entry.fact.application, entry.fact.request, entry.group) == (
        made.id,
        made.request,
        None,
    )
    assert entry.fact.purpose == "机密用途"
    opened = office.world.entries("approvals.opened")
    assert [each.uses for each in opened] == [
        ("4.1/groups.registration", "4.3/groups.registration")
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("小群", "groups.name_pattern"),
        ("群", "groups.name_length"),
        ("", "groups.name_length"),
        ("澄" * 61, "groups.name_length"),
    ],
)
def test_a_name_that_does_not_fit_is_refused(office: Office, name: str, code: str) -> None:
    error = office.refused(NameRefusedError, applying_for(office, name=name))
    problems: Any = error.data["problems"]
    assert code in [problem["code"] for problem in problems]


def test_a_name_is_taken_while_it_waits_and_while_its_group_lives(office: Office) -> None:
    world = office.world
    made = apply_for(office, name="澄远设备维修工作群")

    def problems() -> list[str]:
        found = world.read(
            lambda tx: applying.check_name(
                tx, office.member, name="澄远设备维修工作群", kind=GroupKind.INTERNAL
            )
        )
        return [problem.code for problem in found]

    assert problems() == ["groups.name_taken"]
    office.refused(NameRefusedError, applying_for(office, name="澄远设备维修工作群"))
    world.write(
        lambda tx: approvals.decide(
            tx, office.head, made.request, verdict=Verdict.REFUSE, opinion="重复"
        )
    )
    assert problems() == []
    again = apply_for(office, name="澄远设备维修工作群")
    world.approve(again.request)
    assert problems() == ["groups.name_taken"]


def test_a_name_that_looks_like_another_is_taken_too(office: Office) -> None:
    world = office.world
    made = apply_for(office, name="澄远IT维修工作群")

    def problems(name: str) -> list[str]:
        found = world.read(
            lambda tx: applying.check_name(tx, office.member, name=name, kind=GroupKind.INTERNAL)
        )
        return [problem.code for problem in found]

    for approved in (False, True):
        if approved:
            world.approve(made.request)
        for name in ("澄远IT维修工作群", "澄远ＩＴ维修工作群", "澄远it维修工作群"):
            assert "groups.name_taken" in problems(name), name
        for hidden in ("\u200b", "\u202e", "\u2060", "\ufe0f", "\u00ad"):
            seen = problems(f"澄远IT{hidden}维修工作群")
            assert {"groups.name_taken", "groups.name_invisible"} <= set(seen), ascii(hidden)
    assert problems("澄远IT检修工作群") == []
    refused = office.refused(NameRefusedError, applying_for(office, name="澄远新\u200b维修工作群"))
    shown: Any = refused.data["problems"]
    assert "U+200B" in shown[0]["message"]


WRONG_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"group_class": "club"}, "class"),
    ({"level": "cosmic"}, "level"),
    ({"end_date": "2026-13-01"}, "end_date"),
    ({"end_date": "soon"}, "end_date"),
    ({"end_date": "2026-11-23"}, "end_date"),
    ({"end_date": "9999-12-31"}, "end_date"),
    ({"end_date": "2036-11-24"}, "end_date"),
    ({"tool": "微信"}, "tool"),
    ({"kind": GroupKind.EXTERNAL_TOOL, "tool": "Telegram"}, "tool"),
    ({"kind": GroupKind.EXTERNAL_TOOL, "tool": None}, "tool"),
]


def test_fields_that_cannot_be_used_are_refused(office: Office) -> None:
    for changes, field in WRONG_FIELDS:
        error = office.refused(BadApplicationError, applying_for(office, **changes))
        assert error.data["field"] == field, changes
    owner_too = (office.owner.person_id,)
    assert office.refused(BadApplicationError, applying_for(office, administrators=owner_too)).data[
        "field"
    ] == ("administrators")


def test_an_end_date_is_ahead_where_the_organisation_is(office: Office) -> None:
    office.world.clock.advance(16 * HOUR)  # 01:00 on the 24th in Beijing, still the 23rd in UTC
    office.refused(BadApplicationError, applying_for(office, end_date="2026-11-24"))
    apply_for(office, end_date="2026-11-25")


def test_the_latest_end_date_is_one_that_the_calendar_reaches(office: Office) -> None:
    made = apply_for(office, end_date="2036-11-23")
    office.world.approve(made.request)
    office.world.later(60_000)
    assert office.world.read(parked) == 0
    waiting = office.world.read(
        lambda tx: tx.all(select(job.c.attempts).where(job.c.kind == "groups.end"))
    )
    assert [row.attempts for row in waiting] == [0], "the job ran and looks again later"


def test_people_must_exist_and_be_certified(office: Office) -> None:
    fresh = office.world.person("新来的", certified=False)
    for changes in (
        {"members": (fresh.person_id,)},
        {"owner": fresh.person_id},
        {"administrators": (fresh.person_id,)},
    ):
        error = office.refused(NotCertifiedError, applying_for(office, **changes))
        assert isinstance(error.data["clause"], dict) and error.data["clause"]["id"] == "5.7"
    office.refused(PersonNotFoundError, applying_for(office, members=(PersonId("per_nobody"),)))
    stated = office.world.application(office.owner, [office.administrator])
    office.refused(NotAllowedError, lambda tx: applying.apply_for(tx, fresh, stated=stated))


def test_the_number_of_administrators_is_bounded_and_attempts_are_recorded(office: Office) -> None:
    three = tuple(each.person_id for each in (office.administrator, office.member, office.outsider))
    for people in ((), three):
        office.attempted(
            AdministratorCountError,
            "5.2/groups.administrators",
            applying_for(office, administrators=people),
        )
    # One person named three times is one person.
    apply_for(office, administrators=(office.member.person_id,) * 3)


@pytest.mark.parametrize("state", [ApplicationState.REFUSED, ApplicationState.WITHDRAWN])
def test_an_application_that_ends_without_approval(office: Office, state: ApplicationState) -> None:
    world, made = office.world, apply_for(office)
    if state is ApplicationState.REFUSED:
        world.write(
            lambda tx: approvals.decide(
                tx, office.head, made.request, verdict=Verdict.REFUSE, opinion="不必"
            )
        )
    else:
        world.write(lambda tx: approvals.withdraw(tx, office.owner, made.request))
    assert application(office, made).state is state
    assert world.facts("groups.application_closed") == [ApplicationClosed(made.id, state)]
    assert world.facts("groups.registered") == []


def test_applications_are_seen_by_applicant_and_approvers_only(office: Office) -> None:
    world, made = office.world, apply_for(office)
    for actor in (office.owner, office.head, office.registrar):
        assert (
            world.read(lambda tx, actor=actor: groups.get_application(tx, actor, made.id)).id  # type: ignore[misc]  # bound at once
            == made.id
        )
    for actor in (office.member, office.administrator, office.outsider):
        with pytest.raises(ApplicationNotFoundError):
            world.read(lambda tx, actor=actor: groups.get_application(tx, actor, made.id))  # type: ignore[misc]  # bound at once
    with pytest.raises(ApplicationNotFoundError):
        world.read(lambda tx: groups.get_application(tx, office.owner, "app_nothere"))
    assert [
        each.id for each in world.read(lambda tx: groups.list_applications(tx, office.owner))
    ] == [made.id]
    assert world.read(lambda tx: groups.list_applications(tx, office.head)) == []


def test_filing_numbers_are_gapless_when_approvals_meet(office: Office) -> None:
    world = office.world
    made = [apply_for(office) for _ in range(3)]
    for each in made:
        world.write(lambda tx, each=each: approvals.decide(  # type: ignore[misc]  # bound at once
            tx, office.head, each.request, verdict=Verdict.APPROVE, opinion=""))  # fmt: skip
    # The registrar's verdicts wait in the lane together and meet in one commit; the middle one fails.
    answers: list[Future[Any]] = [Future() for _ in made]
    opinions = [(Verdict.APPROVE, ""), (Verdict.REFUSE, ""), (Verdict.APPROVE, "")]
    world.runtime.lane.submit(
        [
            Command(
                None,
                lambda tx, each=each, said=said: approvals.decide(
                    tx, office.registrar, each.request, verdict=said[0], opinion=said[1]
                ),
                answer.set_result,
            )
            for each, said, answer in zip(made, opinions, answers, strict=True)
        ]
    )
    assert [isinstance(answer.result(30), Exception) for answer in answers] == [False, True, False]
    world.approve(made[1].request)
    numbers = {application(office, each).filing_number for each in made}
    assert numbers == {f"澄群备〔2026〕{n:04d} 号" for n in (1, 2, 3)}
    assert [fact.serial for fact in world.facts("groups.registered")] == [1, 2, 3]


def test_numbers_begin_again_with_the_year_of_the_organisation(office: Office) -> None:
    world = office.world
    first = apply_for(office)
    second = apply_for(office)
    world.approve(first.request)
    world.clock.advance(38 * DAY + 16 * HOUR)  # 2027-01-01 01:00 in Beijing, still 2026 in UTC
    world.approve(second.request)
    assert application(office, first).filing_number == "澄群备〔2026〕0001 号"
    assert application(office, second).filing_number == "澄群备〔2027〕0001 号"


def test_a_group_on_another_tool_has_a_roster_only(office: Office) -> None:
    world = office.world
    group = office.group(kind=GroupKind.EXTERNAL_TOOL, tool="微信", name="老车间群", rules="守规矩")
    found = world.find_group(group)
    assert (found.kind, found.tool, found.name) == (GroupKind.EXTERNAL_TOOL, "微信", "老车间群")
    (entry,) = world.entries("groups.registered")
    assert "2.2/groups.external_tools" in entry.uses and "3.2/groups.name_pattern" not in entry.uses
    assert office.state(group, office.member) is MemberState.ACTIVE, (
        "nothing is signed where nothing is said"
    )


def test_the_register_is_for_those_who_keep_or_oversee_it(office: Office) -> None:
    world = office.world
    group = office.group()
    auditor = world.person("审计员", "audit_admin")
    branch_head = world.person("分厂长")
    world.add_unit("分厂", head=branch_head.person_id)

    def listed(actor: Any, **filters: Any) -> list[GroupId]:
        asked = {
            "state": None,
            "group_class": None,
            "query": None,
            "after": 0,
            "limit": 50,
        } | filters
        return [
            each.id
            for each in world.read(lambda tx: groups.list_register(tx, actor, **asked)).items
        ]

    assert listed(office.registrar) == [group] == listed(auditor) == listed(office.head)
    assert listed(branch_head) == [], "not their unit"
    with pytest.raises(NotAllowedError):
        listed(office.member)
    assert listed(office.registrar, state="closed") == [] and listed(
        office.registrar, state="active"
    ) == [group]
    assert (
        listed(office.registrar, group_class="workshop") == [group]
        and listed(office.registrar, group_class="x") == []
    )
    assert (
        listed(office.registrar, query="0001") == [group]
        and listed(office.registrar, query="%") == []
    )
    assert listed(office.registrar, after=1) == []


def test_outsiders_find_nothing(office: Office) -> None:
    group = office.group()
    for verb in (groups.get_group, groups.list_members):
        office.refused(GroupNotFoundError, lambda tx, verb=verb: verb(tx, office.outsider, group))  # type: ignore[misc]  # bound at once
        office.refused(
            GroupNotFoundError,
            lambda tx, verb=verb: verb(tx, office.outsider, GroupId("grp_x")),  # type: ignore[misc]  # bound at once
        )
