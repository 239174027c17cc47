"""`docs/protocol.md` names the operations that there are, and the items and frames that the client knows."""

import re
from pathlib import Path

from tests.support.matrix import OPERATIONS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
TYPES = (ROOT / "web" / "src" / "api" / "types.ts").read_text(encoding="utf-8")


def operations_in(page: str) -> set[str]:
    """The operations at the beginning of rows and lines, whatever their parameters are called."""
    found: set[str] = set()
    for cell in re.findall(r"^(?:\| )?(`[A-Z]+(?: /|` / `).*?`) (?:\||→|`{)", page, re.MULTILINE):
        methods = re.findall(r"`([A-Z]+)\b", cell)
        path, *others = re.findall(r"(/[^`? ]+)[^`]*`", cell)
        paths = [path, *(path.rpartition("/")[0] + other for other in others)]
        found |= {f"{method} {blind(each)}" for method in methods for each in paths}
    return found


def blind(path: str) -> str:
    return re.sub(r"{[^}]*}", "{}", path)


def items_in(page: str) -> set[str]:
    """The kinds in the table of items."""
    table = page.partition("### Items")[2].partition("\n\n*message*")[0]
    rows = re.findall(r"^\| (`\w+\.\w+`.*?) \| ", table, re.MULTILINE)
    return {kind for row in rows for kind in re.findall(r"`(\w+\.\w+)`", row)}


def items_of_client(types: str) -> set[str]:
    return set(re.findall(r"(?:Group|Base)?Item(?:Base)?<\"(\w+\.\w+)\">", types))


def test_the_tables_of_operations_are_the_operations() -> None:
    http = {blind(each) for each in OPERATIONS if not each.startswith("SOCKET ")}
    assert len(http) > 80
    named = {each for each in operations_in(PAGE) if "/api/" in each}
    assert named == http


def test_a_row_too_few_or_too_many_is_seen() -> None:
    page = "| `GET /api/a/{id}?x=` | y |\n| `POST /api/a/{id}/b` / `/c` | z |\n| `PUT` / `DELETE /api/d` | → |"
    assert operations_in(page) == {
        "GET /api/a/{}",
        "POST /api/a/{}/b",
        "POST /api/a/{}/c",
        "PUT /api/d",
        "DELETE /api/d",
    }


def test_the_table_of_items_is_what_the_client_knows() -> None:
    assert len(items_in(PAGE)) > 15
    assert items_in(PAGE) == items_of_client(TYPES)


def test_the_frames_of_the_client_are_those_of_the_page() -> None:
    union = TYPES.partition("export type ServerFrame =")[2]
    known = set(re.findall(r"type: \"(\w+)\"", union))
    section = PAGE.partition("| `welcome` |")
    frames = set(
        re.findall(r"^\| `(\w+)` \|", "".join(section[1:]).partition("\n\n")[0], re.MULTILINE)
    )
    assert known == frames
