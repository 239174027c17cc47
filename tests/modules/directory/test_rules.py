"""The pure decisions of directory: units, roles, and what an import would do."""

from typing import ClassVar

import pytest

from guiju.kernel.ids import PersonId
from guiju.modules.directory import _rules
from guiju.modules.directory.types import (
    ADMINISTRATOR_LINES,
    BadUnitNameError,
    ImportRow,
    LinesExcludeError,
    OwnRoleError,
    Person,
    Role,
    RowCode,
    RowError,
    TooDeepError,
    Unit,
    UnitId,
    UnknownRoleError,
)

A, B, C, D = (UnitId(name) for name in "abcd")
LI, WANG, ZHAO = (PersonId(name) for name in ("li", "wang", "zhao"))
UNITS = {
    A: Unit(A, "总部", None, LI),
    B: Unit(B, "生产部", A, WANG),
    C: Unit(C, "一车间", B, None),
    D: Unit(D, "质检部", A, LI),
}


class TestUnits:
    def test_heads_above_are_each_named_once_without_the_person(self) -> None:
        assert _rules.heads_above(UNITS, C, ZHAO) == [WANG, LI]
        assert _rules.heads_above(UNITS, B, WANG) == [LI]
        assert _rules.heads_above(UNITS, D, ZHAO) == [LI]
        assert _rules.heads_above(UNITS, A, LI) == []
        assert _rules.heads_above(UNITS, None, ZHAO) == []

    def test_a_unit_takes_what_is_below_it_along(self) -> None:
        assert _rules.with_descendants(UNITS, B) == {B, C}
        assert _rules.with_descendants(UNITS, A) == set(UNITS)

    def test_paths_run_from_the_root(self) -> None:
        assert _rules.unit_paths(UNITS)[C] == ("总部", "生产部", "一车间")

    def test_ten_levels_and_no_more(self) -> None:
        ids = [UnitId(str(n)) for n in range(10)]
        chain = {
            unit: Unit(unit, unit, ids[n - 1] if n else None, None) for n, unit in enumerate(ids)
        }
        _rules.check_depth(chain, ids[8])
        with pytest.raises(TooDeepError):
            _rules.check_depth(chain, ids[9])

    @pytest.mark.parametrize("name", ["", "a/b", "a／b", "x" * 61])
    def test_bad_names(self, name: str) -> None:
        with pytest.raises(BadUnitNameError):
            _rules.check_unit_name(name)


class TestRoles:
    @pytest.mark.parametrize("role", list(Role))
    @pytest.mark.parametrize("held", list(Role))
    def test_only_the_three_lines_exclude_each_other(self, role: Role, held: Role) -> None:
        if role in ADMINISTRATOR_LINES and held in ADMINISTRATOR_LINES and role is not held:
            with pytest.raises(LinesExcludeError):
                _rules.check_grant(role, {held}, to_self=False)
        else:
            _rules.check_grant(role, {held}, to_self=False)

    @pytest.mark.parametrize("role", list(Role))
    def test_nobody_gives_a_role_to_themselves(self, role: Role) -> None:
        with pytest.raises(OwnRoleError):
            _rules.check_grant(role, set(), to_self=True)

    @pytest.mark.parametrize("role", ["head", "", "HR", "owner"])
    def test_unknown_ones_are_refused(self, role: str) -> None:
        with pytest.raises(UnknownRoleError):
            _rules.check_role(role)


class TestPlan:
    KNOWN: ClassVar = {"cy1": Person(LI, "李雷", "CY1", B, "班长", "138", "")}
    PATHS = _rules.unit_paths(UNITS)

    @pytest.mark.parametrize(
        ("row", "counts"),
        [
            (ImportRow(2, "CY1", "李雷", ("总部", "生产部"), "班长", "", ""), (0, 0, 1)),
            (ImportRow(2, "cy1", "李雷", ("总部", "生产部"), "", "138", ""), (0, 0, 1)),
            (ImportRow(2, "CY1", "李雷", ("总部", "质检部"), "班长", "", ""), (0, 1, 0)),
            (ImportRow(2, "CY1", "李磊", ("总部", "生产部"), "班长", "", ""), (0, 1, 0)),
            (ImportRow(2, "CY1", "李雷", ("总部", "生产部"), "班长", "139", ""), (0, 1, 0)),
            (ImportRow(2, "CY2", "李雷", ("总部", "生产部"), "班长", "", ""), (1, 0, 0)),
        ],
    )
    def test_counts(self, row: ImportRow, counts: tuple[int, int, int]) -> None:
        plan = _rules.plan_import(
            [row], [], known=self.KNOWN, paths=self.PATHS, taken=(), importer=None
        )
        assert (plan.new, plan.moved, plan.unchanged) == counts
        assert plan.errors == ()
        assert plan.changes == ((row,) if counts[2] == 0 else ())

    def test_ones_own_record_and_a_taken_login_are_errors(self) -> None:
        own = ImportRow(3, "CY1", "李磊", ("总部",), "", "", "")
        taken = ImportRow(2, "admin", "王", ("总部",), "", "", "")
        earlier = RowError(4, "手机", RowCode.BAD_PHONE, "x")
        plan = _rules.plan_import(
            [own, taken],
            [earlier],
            known=self.KNOWN,
            paths=self.PATHS,
            taken={"admin"},
            importer=LI,
        )
        assert [(error.line, error.code) for error in plan.errors] == [
            (2, RowCode.LOGIN_TAKEN),
            (3, RowCode.OWN_RECORD),
            (4, RowCode.BAD_PHONE),
        ]
