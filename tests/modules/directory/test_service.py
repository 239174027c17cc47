"""Units, people, roles and imports, on both databases."""

from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from guiju.kernel.actor import Actor, system
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.page import BadLimitError
from guiju.modules.directory import importing
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import (
    BadStaffNumberError,
    ImportErrorsError,
    ImportNotFoundError,
    LastHolderError,
    LinesExcludeError,
    OrganisationNamed,
    OwnRecordError,
    OwnRoleError,
    PersonAdded,
    PersonChanged,
    PersonNotFoundError,
    RoleGranted,
    RoleRevoked,
    RowCode,
    StaffNumberTakenError,
    Unit,
    UnitAdded,
    UnitExistsError,
    UnitHeadSet,
    UnitId,
    UnitNotFoundError,
)
from guiju.modules.identity import service as identity
from guiju.modules.identity.types import AccountState
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import AttemptRefused, NotAllowedError
from tests.support.world import World

T = TypeVar("T")
SYSTEM = system("test")
PACK = """
pack: directory-test
version: 1
title: {zh: 测试, en: Test}
classes: [{id: all, title: {zh: 全部, en: All}}]
levels: [{id: public, rank: 1, title: {zh: 公开, en: Public}}]
clauses:
  - id: "3.3"
    title: {zh: 实名, en: Real names}
    text: {zh: 实名, en: Real names}
    controls: [{use: directory.real_name, instead: {zh: 请找人事, en: Ask HR}}]
"""
SILENT = PACK[: PACK.index("    controls:")]
HEADER = "工号,姓名,部门,岗位,手机,邮箱\n"


@dataclass(frozen=True)
class Staff:
    """People and units, made by the system."""

    world: World

    def unit(self, name: str, parent: Unit | None = None, head: Actor | None = None) -> Unit:
        above = parent.id if parent is not None else None
        who = head.person if head is not None else None
        return self.world.write(
            lambda tx: directory.add_unit(tx, SYSTEM, name=name, parent=above, head=who)
        )

    def person(self, staff_no: str, *roles: str, unit: Unit | None = None, post: str = "") -> Actor:
        """A certified person."""

        def make(tx: WriteTx) -> PersonId:
            where = unit.id if unit is not None else None
            person = directory.add_person(
                tx, SYSTEM, name=f"人{staff_no}", staff_no=staff_no, unit=where, post=post
            )
            account = identity.find_account_of(tx, person.id)
            assert account is not None
            done = identity.register_account(tx, SYSTEM, account.id)
            identity.activate(tx, login=staff_no, code=done.code, password_hash="x")
            identity.certify(tx, SYSTEM, account.id, proof="身份证原件")
            for role in roles:
                directory.grant_role(tx, SYSTEM, person.id, role)
            return person.id

        return Actor(person=self.world.write(make))

    def bar(self, actor: Actor) -> None:
        account = self.world.read(lambda tx: identity.find_account_of(tx, actor.person_id))
        assert account is not None
        self.world.write(lambda tx: identity.suspend(tx, SYSTEM, account.id, reason="x"))

    def adopt(self, pack: str = PACK) -> None:
        self.world.write(lambda tx: policy.adopt(tx, SYSTEM, text=pack, dictionaries={}))

    def of(self, kind: type[T]) -> list[T]:
        return [fact for fact in self.world.facts() if isinstance(fact, kind)]

    def bring_in(self, actor: Actor, text: str) -> tuple[int, int, int]:
        """Check and apply an import; the counts of its plan."""
        plan = self.world.read(lambda tx: importing.check_import(tx, actor, text=text))
        self.world.write(lambda tx: importing.start_import(tx, actor, plan))
        self.world.later(1_000)
        return plan.new, plan.moved, plan.unchanged


@pytest.fixture
def staff(world: World) -> Staff:
    return Staff(world)


class TestUnits:
    def test_they_are_added_once_and_named(self, staff: Staff, world: World) -> None:
        hr = staff.person("HR1", "hr")
        root = world.write(lambda tx: directory.add_unit(tx, hr, name="总部"))
        child = world.write(
            lambda tx: directory.add_unit(tx, hr, name="生产部", parent=root.id, head=hr.person)
        )
        with pytest.raises(UnitExistsError):
            staff.unit("生产部", root)
        with pytest.raises(UnitExistsError):
            staff.unit("总部")
        with pytest.raises(UnitNotFoundError):
            world.write(lambda tx: directory.add_unit(tx, hr, name="x", parent=UnitId("uni_x")))
        with pytest.raises(PersonNotFoundError):
            world.write(lambda tx: directory.set_unit_head(tx, hr, root.id, PersonId("per_x")))
        assert staff.of(UnitAdded)[1:] == [
            UnitAdded(root.id, None, None, "总部"),
            UnitAdded(child.id, root.id, hr.person, "生产部"),
        ]
        assert world.read(lambda tx: directory.list_units(tx, hr))[1:] == [(root, 0), (child, 0)]
        assert world.read(lambda tx: directory.unit_ancestors(tx, child.id)) == [child.id, root.id]

    def test_a_head_is_set_and_taken_away(self, staff: Staff, world: World) -> None:
        head, root = staff.person("1"), staff.unit("总部")
        child = staff.unit("生产部", root)
        for who in (head.person, head.person, None):
            world.write(lambda tx, w=who: directory.set_unit_head(tx, SYSTEM, root.id, w))  # type: ignore[misc]  # bound at once
            heads = {root.id, child.id} if who is not None else set()
            assert world.read(lambda tx: directory.headed_units(tx, head.person_id)) == heads
        assert staff.of(UnitHeadSet) == [
            UnitHeadSet(root.id, head.person),
            UnitHeadSet(root.id, None),
        ]

    def test_the_organisation_has_its_last_name(self, staff: Staff, world: World) -> None:
        for name in ("澄远二厂", "澄远装备"):
            world.write(lambda tx, n=name: directory.name_organisation(tx, SYSTEM, name=n))  # type: ignore[misc]  # bound at once
        assert world.read(directory.organisation_name) == "澄远装备"
        assert staff.of(OrganisationNamed)[-1] == OrganisationNamed("澄远装备")

    def test_only_hr_changes_them(self, staff: Staff, world: World) -> None:
        other = staff.person("1", "registrar")
        with pytest.raises(NotAllowedError):
            world.write(lambda tx: directory.add_unit(tx, other, name="总部"))


class TestPeople:
    def test_one_is_added_with_an_account(self, staff: Staff, world: World) -> None:
        staff.adopt()
        hr, unit = staff.person("HR1", "hr"), staff.unit("总部")
        person = world.write(
            lambda tx: directory.add_person(
                tx,
                hr,
                name="王小明",
                staff_no="CY1",
                unit=unit.id,
                post="班长",
                phone="138",
                email="a@b.c",
            )
        )
        assert staff.of(PersonAdded)[-1] == PersonAdded(
            person.id, unit.id, "王小明", "CY1", "班长", "138", "a@b.c"
        )
        account = world.read(lambda tx: identity.find_account_of(tx, person.id))
        assert account is not None
        assert (account.login, account.state) == ("CY1", AccountState.REQUESTED)
        assert world.read(lambda tx: directory.person_mark(tx, person.id)) == {
            "id": person.id,
            "name": "王小明",
            "staff_no": "CY1",
            "unit": {"id": unit.id, "name": "总部"},
        }
        use = world.read(lambda tx: policy.uses(tx, "directory.real_name"))[0]
        assert world.read(lambda tx: policy.evidence_of(tx, use)).count == 2

    def test_a_staff_number_is_good_for_one(self, staff: Staff, world: World) -> None:
        staff.person("CY1")
        count = len(world.facts())
        with pytest.raises(StaffNumberTakenError):
            world.write(
                lambda tx: directory.add_person(tx, SYSTEM, name="x", staff_no="cy1", unit=None)
            )
        with pytest.raises(BadStaffNumberError):
            world.write(
                lambda tx: directory.add_person(tx, SYSTEM, name="x", staff_no="a b", unit=None)
            )
        assert len(world.facts()) == count

    def test_hr_changes_a_record_and_only_what_differs(self, staff: Staff, world: World) -> None:
        hr, one, two = staff.person("HR1", "hr"), staff.unit("一车间"), staff.unit("二车间")
        person = staff.person("CY1", unit=one, post="工人")
        for _ in range(2):
            world.write(
                lambda tx: directory.change_person(
                    tx, hr, person.person_id, name="人CY1", unit=two.id, post="班长"
                )
            )
        changed = world.read(lambda tx: directory.get_person(tx, person.person_id))
        assert (changed.unit, changed.post) == (two.id, "班长")
        assert staff.of(PersonChanged) == [PersonChanged(person.person_id, two.id, None, "班长")]
        mark = world.write(lambda tx: directory.person_mark(tx, person.person_id))
        assert mark["unit"] == {"id": two.id, "name": "二车间"}

    def test_nobody_edits_their_own_and_the_attempt_is_recorded(
        self, staff: Staff, world: World
    ) -> None:
        hr, other = staff.person("HR1", "hr"), staff.person("CY1")
        staff.adopt(SILENT)
        with pytest.raises(OwnRecordError) as refused:
            world.write(lambda tx: directory.change_person(tx, hr, hr.person_id, name="别名"))
        assert "clause" not in refused.value.data
        staff.adopt()
        for who in (hr, other):
            with pytest.raises(OwnRecordError) as refused:
                world.write(
                    lambda tx, w=who: directory.change_person(tx, w, w.person_id, name="别名")  # type: ignore[misc]  # bound at once
                )
            clause = refused.value.data["clause"]
            assert isinstance(clause, dict) and clause["id"] == "3.3"
        refusal = AttemptRefused("directory.edit", "directory.own_record", None)
        assert staff.of(AttemptRefused) == [refusal, refusal]
        assert staff.of(PersonChanged) == []

    def test_others_do_not_edit_at_all(self, staff: Staff, world: World) -> None:
        other, person = staff.person("1", "security_admin"), staff.person("2")
        with pytest.raises(NotAllowedError):
            world.write(lambda tx: directory.change_person(tx, other, person.person_id, name="x"))
        with pytest.raises(NotAllowedError):
            world.write(
                lambda tx: directory.add_person(tx, other, name="x", staff_no="3", unit=None)
            )

    def test_they_are_found_by_words_and_unit(self, staff: Staff, world: World) -> None:
        root = staff.unit("总部")
        shop = staff.unit("一车间", root)
        me = staff.person("CY1", unit=root)
        staff.person("CY2", unit=shop), staff.person("ZZ_3")

        def numbers(**wanted: Any) -> list[str]:
            page = world.read(lambda tx: directory.find_people(tx, me, **wanted))
            assert page.total is not None and page.total >= len(page.items)
            return [person.staff_no for person in page.items]

        assert numbers() == ["CY1", "CY2", "ZZ_3"]
        assert numbers(words="cy") == ["CY1", "CY2"]
        assert numbers(words="人ZZ") == ["ZZ_3"]
        assert numbers(words="_") == ["ZZ_3"]
        assert numbers(words="%") == []
        assert numbers(unit=root.id) == ["CY1", "CY2"]
        assert numbers(unit=shop.id) == ["CY2"]
        assert numbers(limit=1) == ["CY1"]
        assert numbers(limit=2, after=me.person) == ["CY2", "ZZ_3"]
        with pytest.raises(BadLimitError):
            numbers(limit=0)

    def test_one_who_is_not_certified_reads_nothing(self, staff: Staff, world: World) -> None:
        person = staff.person("CY1")
        staff.bar(person)
        with pytest.raises(NotAllowedError):
            world.read(lambda tx: directory.find_people(tx, person))


class TestHeads:
    def test_walk_up_past_oneself_and_past_whoever_is_barred(
        self, staff: Staff, world: World
    ) -> None:
        chief, manager = staff.person("1"), staff.person("2")
        root = staff.unit("总部", head=chief)
        shop = staff.unit("车间", staff.unit("生产部", root, manager))
        worker = staff.person("3", unit=shop)
        world.write(lambda tx: directory.change_person(tx, SYSTEM, manager.person_id, unit=shop.id))

        def above(who: Actor, n: int) -> PersonId | None:
            return world.read(lambda tx: directory.level_above(tx, who.person_id, n))

        assert [above(worker, n) for n in (1, 2, 3)] == [manager.person, chief.person, None]
        assert world.read(lambda tx: directory.head_of_unit(tx, manager.person_id)) == chief.person
        assert world.read(lambda tx: directory.head_of_unit(tx, chief.person_id)) is None
        staff.bar(manager)
        assert [above(worker, n) for n in (1, 2)] == [chief.person, None]

    def test_posts_and_roles_name_those_who_can_act(self, staff: Staff, world: World) -> None:
        one, two = (
            staff.person("1", "registrar", post="科长"),
            staff.person("2", "registrar", post="科长"),
        )
        assert world.read(lambda tx: directory.people_in_post(tx, "科长")) == [
            one.person,
            two.person,
        ]
        staff.bar(two)
        assert world.read(lambda tx: directory.people_in_post(tx, "科长")) == [one.person]
        assert world.read(lambda tx: directory.people_with_role(tx, "registrar")) == [one.person]


class TestRoles:
    def test_security_grants_and_revokes_once(self, staff: Staff, world: World) -> None:
        security, person = staff.person("1", "security_admin"), staff.person("2").person_id
        start = len(world.facts())
        for _ in range(2):
            world.write(lambda tx: directory.grant_role(tx, security, person, "hr"))
        assert world.write(lambda tx: directory.roles(tx, person)) == {"hr"}
        assert world.write(lambda tx: policy.may(tx, Actor(person=person), "directory.edit"))
        for _ in range(2):
            world.write(lambda tx: directory.revoke_role(tx, security, person, "hr"))
        assert not world.write(lambda tx: policy.may(tx, Actor(person=person), "directory.edit"))
        assert world.facts()[start:] == [RoleGranted(person, "hr"), RoleRevoked(person, "hr")]

    def test_nobody_holds_two_administrator_lines(self, staff: Staff, world: World) -> None:
        security, audit = staff.person("1", "security_admin"), staff.person("2", "audit_admin")
        with pytest.raises(LinesExcludeError):
            world.write(
                lambda tx: directory.grant_role(tx, security, audit.person_id, "system_admin")
            )
        with pytest.raises(OwnRoleError):
            world.write(
                lambda tx: directory.grant_role(tx, security, security.person_id, "audit_admin")
            )
        with pytest.raises(LastHolderError):
            world.write(lambda tx: directory.set_roles(tx, security, audit.person_id, ["hr"]))
        staff.person("3", "audit_admin")
        world.write(
            lambda tx: directory.set_roles(tx, security, audit.person_id, ["system_admin", "hr"])
        )
        assert world.read(lambda tx: directory.roles(tx, audit.person_id)) == {"system_admin", "hr"}

    def test_nobody_else_grants(self, staff: Staff, world: World) -> None:
        person = staff.person("2").person_id
        for role in ("hr", "it", "system_admin", "audit_admin"):
            who = staff.person(role, role)
            with pytest.raises(NotAllowedError):
                world.write(lambda tx, w=who: directory.grant_role(tx, w, person, "hr"))  # type: ignore[misc]  # bound at once


class TestImport:
    def test_it_adds_moves_and_is_idempotent(self, staff: Staff, world: World) -> None:
        hr = staff.person("HR1", "hr")
        text = HEADER + "CY1,王小明,总部/生产部/一车间,班长,13800138000,\nCY2,李雷,总部/质检部,,,\n"
        assert staff.bring_in(hr, text) == (2, 0, 0)
        count = len(world.facts())
        assert staff.bring_in(hr, text) == (0, 0, 2)
        assert len(world.facts()) == count
        assert staff.bring_in(hr, text.replace("CY2,李雷,总部/质检部", "CY2,李雷,总部/生产部")) == (
            0,
            1,
            1,
        )
        names = [unit.name for unit, _ in world.read(lambda tx: directory.list_units(tx, hr))]
        assert names[1:] == ["总部", "生产部", "一车间", "质检部"]
        found = world.read(lambda tx: directory.find_people(tx, hr, words="CY")).items
        assert [(p.staff_no, p.name, p.post, p.phone) for p in found] == [
            ("CY1", "王小明", "班长", "13800138000"),
            ("CY2", "李雷", "", ""),
        ]
        last = world.read(lambda tx: directory.unit_ancestors(tx, found[1].unit or UnitId("")))
        assert len(last) == 2

    def test_a_check_writes_nothing_and_one_bad_row_stops_all(
        self, staff: Staff, world: World
    ) -> None:
        hr = staff.person("HR1", "hr")
        count = len(world.facts())
        text = HEADER + "CY1,王小明,总部,,,\nCY2,=1,总部,,,\nHR1,别名,总部,,,\n"
        plan = world.read(lambda tx: importing.check_import(tx, hr, text=text))
        assert [(error.line, error.column, error.code) for error in plan.errors] == [
            (3, "姓名", RowCode.FORMULA),
            (4, "", RowCode.OWN_RECORD),
        ]
        with pytest.raises(ImportErrorsError):
            world.write(lambda tx: importing.start_import(tx, hr, plan))
        world.later(0)
        assert len(world.facts()) == count

    def test_slices_name_the_importer_and_can_be_resumed(self, staff: Staff, world: World) -> None:
        hr = staff.person("HR1", "hr")
        text = HEADER + "".join(f"CY{n:03},人{n},总部/{n % 3}组,,,\n" for n in range(120))
        plan = world.read(lambda tx: importing.check_import(tx, hr, text=text))
        world.write(lambda tx: importing.start_import(tx, hr, plan))
        world.runtime.run_due()
        assert len(staff.of(PersonAdded)) - 1 == importing.STEP
        world.later(1_000)
        added = staff.of(PersonAdded)[1:]
        assert sorted(fact.staff_no for fact in added) == [f"CY{n:03}" for n in range(120)]
        entries = world.entries("directory.person_added")[1:]
        assert {entry.actor for entry in entries} == {hr.person}
        count = len(world.facts())
        world.write(lambda tx: importing.apply_slice(tx, hr, "imp_x", 0))
        assert len(world.facts()) == count

    def test_rights_and_rows_are_looked_at_again(self, staff: Staff, world: World) -> None:
        hr = staff.person("HR1", "hr")
        text = HEADER + "CY1,王小明,总部,,,\nCY2,李雷,总部,,,\n"
        plan = world.read(lambda tx: importing.check_import(tx, hr, text=text))
        started = world.write(lambda tx: importing.start_import(tx, hr, plan))
        assert started is not None
        begun = world.read(lambda tx: importing.show_import(tx, hr, started))
        assert (begun.rows, begun.applied, begun.refused, begun.done) == (2, 0, (), False)
        world.write(
            lambda tx: directory.add_person(
                tx, SYSTEM, name="x", staff_no="A9", unit=None, login="cy1"
            )
        )
        world.later(1_000)
        assert [fact.staff_no for fact in staff.of(PersonAdded)] == ["HR1", "A9", "CY2"]
        ended = world.read(lambda tx: importing.show_import(tx, hr, started))
        assert (ended.applied, ended.done) == (1, True)
        assert ended.refused == ((2, "identity.login_taken"),)
        with pytest.raises(ImportNotFoundError):
            world.read(lambda tx: importing.show_import(tx, hr, "imp_x"))
        plan = world.read(
            lambda tx: importing.check_import(tx, hr, text=HEADER + "CY3,王,总部,,,\n")
        )
        dropped = world.write(lambda tx: importing.start_import(tx, hr, plan))
        assert dropped is not None
        staff.bar(hr)
        world.later(1_000)
        assert len(staff.of(PersonAdded)) == 3
        other = staff.person("HR2", "hr")
        progress = world.read(lambda tx: importing.show_import(tx, other, dropped))
        assert progress.done and progress.refused == ((2, "policy.not_allowed"),)
        with pytest.raises(NotAllowedError):
            world.read(lambda tx: importing.show_import(tx, staff.person("E1"), dropped))

    def test_only_hr_imports(self, staff: Staff, world: World) -> None:
        other = staff.person("1", "it")
        with pytest.raises(NotAllowedError):
            world.read(lambda tx: importing.check_import(tx, other, text=HEADER))
