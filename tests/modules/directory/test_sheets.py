"""Lists of people as workbooks: what people fill in is read as they see it, and what is wrong stands beside its row."""

import base64
import io
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
import python_calamine as calamine
import xlsxwriter

from guiju.modules.directory import _csv, sheets
from tests.support.inside import served_world, session_for
from tests.support.postgres import fresh_database
from tests.support.world import World

Ask = Callable[..., httpx2.Response]
HEADER = [*_csv.COLUMNS]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[World, Any]]:
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(fresh_database(server, f"guiju_{secrets.token_hex(6)}"))
        yield stack.enter_context(served_world(url))


@pytest.fixture
def hr(served: tuple[World, Any]) -> Ask:
    """Asks as somebody of the personnel office."""
    return _asking(served, "hr")


def _asking(served: tuple[World, Any], *roles: str) -> Ask:
    world, inside = served
    token = session_for(world, world.person("人事", *roles))

    def ask(method: str, path: str, body: dict[str, Any] | None = None) -> httpx2.Response:
        answer: httpx2.Response = inside.request(method, f"/api/people/{path}", token, body)
        return answer

    return ask


def tried(ask: Ask, text: str) -> Any:
    return ask("POST", "import", {"csv": text, "dry_run": True}).json()


def workbook(*tables: Sequence[Sequence[object]], hide_first: bool = False) -> str:
    """A workbook of these sheets in base64."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
        for number, table in enumerate(tables):
            sheet = book.add_worksheet()
            if number == 1 and hide_first:
                sheet.activate()
            for at, row in enumerate(table):
                sheet.write_row(at, 0, row)
        if hide_first:
            book.worksheets()[0].hide()
    return base64.b64encode(out.getvalue()).decode()


def cells(content: bytes) -> list[list[Any]]:
    return (
        calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        .get_sheet_by_index(0)
        .to_python()
    )


def reading(ask: Ask, content: str) -> str:
    answer = ask("POST", "import/reading", {"content": content})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["csv"])


def test_a_workbook_is_tried_and_corrected_and_tried_again(hr: Ask) -> None:
    template = hr("GET", "template.xlsx")
    assert template.headers["content-type"] == sheets.MEDIA_TYPE
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(template.content))
    assert book.get_sheet_by_index(0).to_python() == [HEADER]
    assert ["澄远装备"] in book.get_sheet_by_index(1).to_python()
    filled = workbook(
        [
            HEADER,
            [1001, "王小明", "澄远装备/生产部", "班长", 13800138000, ""],
            [],
            ["CY2", "=李四", "澄远装备", "", "", "nobody"],
        ]
    )
    text = reading(hr, filled)
    found = tried(hr, text)
    assert [(one["line"], one["column"]) for one in found["errors"]] == [(4, "姓名"), (4, "邮箱")]
    notes = [{"line": one["line"], "text": f"{one['column']}不对"} for one in found["errors"]]
    back = hr("POST", "import/notes", {"csv": text, "notes": notes}).json()
    table = cells(base64.b64decode(back["content"]))
    assert table[0] == [*HEADER, "问题"]
    assert table[1][:2] == ["1001", "王小明"] and table[1][-1] == ""
    assert table[3] == ["CY2", "=李四", "澄远装备", "", "", "nobody", "姓名不对；邮箱不对"]
    table[3][1], table[3][5] = "李四", ""
    corrected = reading(hr, workbook(table))
    done = tried(hr, corrected)
    assert (done["new"], done["errors"]) == (2, [])


def test_the_first_sheet_that_is_shown_counts(hr: Ask) -> None:
    text = reading(hr, workbook([["旧"]], [HEADER, ["CY1", "甲", "x"]], hide_first=True))
    assert text.splitlines()[1].startswith("CY1,甲,x")


def test_what_is_no_workbook_is_refused(hr: Ask) -> None:
    for content in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + bytes(5000), "工号,姓名".encode()):
        answer = hr("POST", "import/reading", {"content": base64.b64encode(content).decode()})
        assert (answer.status_code, answer.json()["code"]) == (422, "directory.sheet_unreadable")
    answer = hr("POST", "import/reading", {"content": "§"})
    assert answer.json()["data"]["reason"] == "base64"
    answer = hr("POST", "import/notes", {"csv": 'a,"b', "notes": []})
    assert answer.json()["data"]["reason"] == "csv"


def test_more_rows_than_may_come_are_not_read(hr: Ask) -> None:
    rows = [[f"N{n}", "甲", "x"] for n in range(_csv.MAXIMUM_ROWS + 50)]
    text = reading(hr, workbook([HEADER, *rows]))
    found = tried(hr, text)
    assert found["errors"][-1]["code"] == "directory.csv_too_many_rows"


def test_only_who_brings_lists_in_may(served: tuple[World, Any]) -> None:
    world, member = served[0], _asking(served)
    before = world.read(lambda tx: tx.position)
    for method, path, body in (
        ("GET", "template.xlsx", None),
        ("POST", "import/reading", {"content": ""}),
        ("POST", "import/notes", {"csv": "", "notes": []}),
    ):
        assert member(method, path, body).status_code == 403
    left = {entry.kind for entry in world.entries() if entry.position > before}
    assert left <= {"policy.refused"}


@pytest.mark.parametrize(
    "text",
    ["," * 20_000 + "\n" * 3, "姓名\n" + "\n" * (_csv.MAXIMUM_ROWS + 2)],
    ids=["columns", "rows"],
)
def test_a_list_that_no_import_takes_is_not_written_down(hr: Ask, text: str) -> None:
    answer = hr("POST", "import/notes", {"csv": text, "notes": []})
    assert (answer.status_code, answer.json()["code"]) == (422, "directory.sheet_unreadable")
