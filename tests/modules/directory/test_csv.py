"""Reading a list of people: what passes, and every way to be refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.modules.directory import _csv
from guiju.modules.directory.types import ImportRow, RowCode

HEADER = "工号,姓名,部门,岗位,手机,邮箱\r\n"
GOOD = "CY1,王小明,总部/生产部/一车间,班长,13800138000,wang@example.com\r\n"


def refusals(text: str) -> list[tuple[int, str, RowCode]]:
    return [(error.line, error.column, error.code) for error in _csv.parse(text)[1]]


class TestGoodFiles:
    ROW = ImportRow(
        2, "CY1", "王小明", ("总部", "生产部", "一车间"), "班长", "13800138000", "wang@example.com"
    )

    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    def test_with_and_without_the_mark_of_a_spreadsheet(self, mark: str) -> None:
        assert _csv.parse(mark + HEADER + GOOD) == ([self.ROW], [])

    def test_the_template_is_a_good_heading(self) -> None:
        assert _csv.parse(_csv.TEMPLATE + GOOD) == ([self.ROW], [])

    def test_columns_in_any_order_and_voluntary_ones_absent(self) -> None:
        rows, errors = _csv.parse("姓名,部门,工号\n 李雷 , 总部 ／ 质检部 ,CY2\n\n , , \n")
        assert errors == []
        assert rows == [ImportRow(2, "CY2", "李雷", ("总部", "质检部"), "", "", "")]

    def test_lines_are_those_of_the_file_even_after_a_quoted_line_break(self) -> None:
        text = HEADER + 'CY1,"王\r\n小明",总部,,,\r\nCY2,李雷,总部,,12,\r\n'
        assert refusals(text) == [(2, "姓名", RowCode.CHARACTER), (4, "手机", RowCode.BAD_PHONE)]

    def test_a_number_with_its_country_is_no_formula(self) -> None:
        """[csv]: what begins like a formula is refused on the way in, and this does not."""
        rows, errors = _csv.parse(HEADER + "CY1,王小明,总部,,+86 138 0013 8000,\n")
        assert errors == []
        assert rows[0].phone == "+86 138 0013 8000"


class TestRefusals:
    @pytest.mark.parametrize(
        ("row", "column", "code"),
        [
            (",王小明,总部,,,", "工号", RowCode.EMPTY),
            ("CY1,,总部,,,", "姓名", RowCode.EMPTY),
            ("CY1,王小明,,,,", "部门", RowCode.EMPTY),
            ("CY 1,王小明,总部,,,", "工号", RowCode.BAD_STAFF_NO),
            ("工1,王小明,总部,,,", "工号", RowCode.BAD_STAFF_NO),
            ("CY1," + "王" * 61 + ",总部,,,", "姓名", RowCode.TOO_LONG),
            ("CY1,王小明,总部//一车间,,,", "部门", RowCode.BAD_UNIT),
            ("CY1,王小明," + "/".join("总" * 11) + ",,,", "部门", RowCode.BAD_UNIT),
            ("CY1,王小明,总部/=1,,,", "部门", RowCode.FORMULA),
            ("CY1,=HYPERLINK(1),总部,,,", "姓名", RowCode.FORMULA),
            ("CY1,＝1,总部,,,", "姓名", RowCode.FORMULA),
            ("CY1,王小明,总部,@SUM(A1),,", "岗位", RowCode.FORMULA),
            ("-1,王小明,总部,,,", "工号", RowCode.FORMULA),
            ("CY1,王小明,总部,,+1+cmd|' /C calc'!A0,", "手机", RowCode.FORMULA),
            ("CY1,王小明,总部,,+1+A1,", "手机", RowCode.FORMULA),
            ("CY1,王小明,总部,,abc,", "手机", RowCode.BAD_PHONE),
            ("CY1,王小明,总部,,,wang", "邮箱", RowCode.BAD_EMAIL),
            ("CY1,王\0小明,总部,,,", "姓名", RowCode.CHARACTER),
            ("CY1,王小明,总部", "", RowCode.CELLS),
            ('CY1,"王"小明,总部,,,', "", RowCode.NOT_CSV),
        ],
    )
    def test_of_a_cell_with_line_and_column(self, row: str, column: str, code: RowCode) -> None:
        assert refusals(HEADER + row + "\n") == [(2, column, code)]

    def test_every_cell_of_every_row_is_reported(self) -> None:
        text = HEADER + "C 1,,总部,,,\n" + GOOD + "CY2,李雷,总部,,x,y\n"
        assert refusals(text) == [
            (2, "工号", RowCode.BAD_STAFF_NO),
            (2, "姓名", RowCode.EMPTY),
            (4, "手机", RowCode.BAD_PHONE),
            (4, "邮箱", RowCode.BAD_EMAIL),
        ]

    def test_the_same_number_twice_whatever_its_case(self) -> None:
        text = HEADER + GOOD + "cy1,李雷,总部,,,\n"
        assert refusals(text) == [(3, "工号", RowCode.DUPLICATE)]

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            (
                "",
                [
                    (1, "工号", RowCode.COLUMN_MISSING),
                    (1, "姓名", RowCode.COLUMN_MISSING),
                    (1, "部门", RowCode.COLUMN_MISSING),
                ],
            ),
            ("工号,姓名,部门\n", [(1, "", RowCode.NO_ROWS)]),
            ("工号,姓名,部门,工资\nCY1,王,总部,1\n", [(1, "工资", RowCode.COLUMN_UNKNOWN)]),
            ("工号,姓名,部门,姓名\nCY1,王,总部,王\n", [(1, "姓名", RowCode.COLUMN_TWICE)]),
        ],
    )
    def test_of_a_heading(self, text: str, wanted: list[tuple[int, str, RowCode]]) -> None:
        assert refusals(text) == wanted

    def test_five_thousand_rows_and_no_more(self) -> None:
        rows = "".join(f"CY{n},王,总部,,,\n" for n in range(5000))
        assert refusals(HEADER + rows) == []
        assert refusals(HEADER + rows + "CY5000,王,总部,,,\n") == [
            (5002, "", RowCode.TOO_MANY_ROWS)
        ]

    @given(st.text(max_size=300))
    def test_any_text_gives_rows_or_errors(self, text: str) -> None:
        for whole in (text, HEADER + text):
            rows, errors = _csv.parse(whole)
            assert rows or errors
            assert all(
                1 <= error.line <= whole.count("\n") + whole.count("\r") + 2 for error in errors
            )
