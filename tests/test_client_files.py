"""The files of the client: sent as they were compressed, kept for ever or asked for again, and nothing from elsewhere."""

from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from guiju.client import Client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "index.html": "page", "index.html.br": "PAGE-BR", "index.html.gz": "PAGE-GZ",
        "sw.js": "worker", "assets/a-1.js": "script", "assets/a-1.js.gz": "SCRIPT-GZ",
        "guiju.webmanifest": "{}",
    }  # fmt: skip
    (tmp_path / "assets").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path.parent / "secret").write_text("outside")
    return tmp_path


def ask(folder: Path, path: str, **headers: str) -> Any:
    raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return Client(folder).answer(path, Request({"type": "http", "method": "GET", "headers": raw}))


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("gzip, deflate, br", "br", b"PAGE-BR"),
        ("gzip", "gzip", b"PAGE-GZ"),
        ("br;q=0, gzip;q=0.5", "gzip", b"PAGE-GZ"),
        ("br; q=none", None, b"page"),
        ("", None, b"page"),
    ],
)
def test_each_browser_gets_what_it_takes(
    folder: Path, accepted: str, encoding: str | None, body: bytes
) -> None:
    answer = ask(folder, "", accept_encoding=accepted)
    assert answer.body == body and answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"


def test_what_bears_a_hash_is_kept_and_the_rest_is_asked_for_again(folder: Path) -> None:
    script, page = ask(folder, "assets/a-1.js", accept_encoding="br, gzip"), ask(folder, "desk")
    assert script.body == b"SCRIPT-GZ" and "immutable" in script.headers["cache-control"]
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert page.body == b"page" and page.headers["cache-control"] == "no-cache"
    again = ask(folder, "desk", if_none_match=page.headers["etag"])
    assert (again.status_code, again.body) == (304, b"")
    assert ask(folder, "sw.js").headers["cache-control"] == "no-cache"
    assert ask(folder, "guiju.webmanifest").headers["content-type"].startswith("application/manifest+json")  # fmt: skip


@pytest.mark.parametrize("path", ["assets/none.js", "assets/../index.html", "assets/a-1.js.gz"])
def test_an_asset_that_is_not_there_is_not_found(folder: Path, path: str) -> None:
    assert ask(folder, path) is None


def test_no_path_leads_outside(folder: Path) -> None:
    """[path-*]: of the client's own files."""
    assert ask(folder, "../secret").body == b"page"


def test_the_messages_of_a_chat_set_out_with_its_page(folder: Path) -> None:
    assert ask(folder, "chat/grp_1").headers["link"].startswith("</api/groups/grp_1/messages?limit=60>")  # fmt: skip
    for path in ("chat", "chat/a>b", "chat/grp_1/x", "desk"):
        assert "link" not in ask(folder, path).headers
