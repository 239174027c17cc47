"""A sheet is read without a tree exactly as it is read with one."""

from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.modules.inspection.extraction._cells import Book, cells, styles
from guiju.modules.inspection.extraction._quick_cells import quick_cells, quick_sheet
from guiju.modules.inspection.extraction._xml import parse
from tests.support import office_files

STYLES = f"""<styleSheet xmlns="{office_files.S}">
<numFmts><numFmt numFmtId="164" formatCode="000000"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>
<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="22"/></cellXfs></styleSheet>"""
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8)


def book() -> Book:
    return Book(["甲", "乙", "", "a<b"], styles(parse(STYLES.encode()))[0])


@st.composite
def cell(draw: st.DrawFn, column: str, row: int) -> str:
    place = f'r="{column}{row}"'
    style = draw(st.sampled_from(["", ' s="0"', ' s="1"', ' s="2"', ' s="3"', ' s="9"']))
    match draw(st.integers(0, 5)):
        case 0:
            return f'<c {place}{style} t="s"><v>{draw(st.integers(0, 6))}</v></c>'
        case 1:
            return f'<c {place}{style} t="inlineStr"><is><t>{escape(draw(WORDS))}</t></is></c>'
        case 2:
            number = draw(
                st.sampled_from(["1", "12.5", "6.22E+18", "-3", "1E-5", "45292", "1e400"])
            )
            return f"<c {place}{style}><v>{number}</v></c>"
        case 3:
            return f'<c {place}{style} t="str"><f>A1&amp;"x"</f><v>{escape(draw(WORDS))}</v></c>'
        case 4:
            return f'<c {place}{style} t="str"><f>LEN("密")</f><v>y</v></c>'
        case _:
            return f"<c {place}{style}/>"


@st.composite
def rows(draw: st.DrawFn) -> str:
    made = []
    for number in range(1, draw(st.integers(1, 6))):
        attributes = draw(
            st.sampled_from(["", ' hidden="1"', ' spans="1:3" hidden="true"', ' ht="3"'])
        )
        inner = "".join(draw(cell(column, number)) for column in "ABC"[: draw(st.integers(0, 3))])
        made.append(f'<row r="{number}"{attributes}>{inner}</row>')
    return draw(st.sampled_from(["", "\n", '<row r="90"/>'])).join(made)


@given(rows(), st.sampled_from([[], [(2, 2)], [(1, 3)]]))
def test_both_ways_give_the_same(made: str, spans: list[tuple[int, int]]) -> None:
    content = office_files.sheet(made).encode()
    quick = quick_sheet(content)
    assert quick is not None
    found = quick_cells(quick.rows, book(), spans)
    data = parse(content).find(f"{{{office_files.S}}}sheetData")
    assert data is not None
    if found is not None:
        assert found == cells(data, book(), spans)


@pytest.mark.parametrize(
    "made",
    [
        '<row r="1"><c r="A1"><v>1</v></c>x</row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>x</t></r></is></c></row>',
        '<row r="1"><c t="str" r="A1"><v>x</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>a&amp;b</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><c r="B1"/>',
    ],
)
def test_what_is_written_in_another_way_is_left_to_the_tree(made: str) -> None:
    quick = quick_sheet(office_files.sheet(made).encode())
    assert quick is not None and quick_cells(quick.rows, book(), []) is None


@pytest.mark.parametrize(
    "content",
    [
        office_files.sheet("<!-- <row> -->"),
        office_files.sheet("").replace("<worksheet", "<x:worksheet", 1),
        office_files.sheet("").replace("UTF-8", "GBK"),
        office_files.sheet("", after="<x><sheetData/></x>"),
    ],
)
def test_a_sheet_with_anything_unusual_is_left_to_the_tree(content: str) -> None:
    assert quick_sheet(content.encode()) is None
