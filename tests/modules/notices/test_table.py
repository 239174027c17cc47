"""What a spreadsheet makes of the list of who has acknowledged: [csv], no cell begins a formula."""

import pytest

from guiju.modules.notices import table


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠"))
@pytest.mark.parametrize("before", ["", " ", "\u3000"])
def test_no_cell_begins_a_formula(sign: str, before: str) -> None:
    cell = f"{before}{sign}HYPERLINK(1)"
    assert table._plain(cell) == f"'{cell}"


def test_other_cells_are_as_they_were() -> None:
    for cell in ("", "王小明", "CY-1=2", "2026-11-30 10:00", "欧阳=明"):
        assert table._plain(cell) == cell
