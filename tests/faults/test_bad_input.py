"""What does not fit: a clear refusal with a stable code each time, never a broken server, and nothing is lost."""

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest

from guiju.edge import status_of
from guiju.kernel.clock import DAY
from guiju.kernel.errors import all_errors
from guiju.kernel.http import BODY_LIMIT, LARGE_BODIES
from tests.support.cast import Cast
from tests.support.desk import ROWS, Desk
from tests.support.inside import served_world
from tests.support.postgres import fresh_database
from tests.support.requests import Things
from tests.support.sending import with_editing

CODES = {kind.code: kind for kind in all_errors()}
UNSAFE = [operation for operation in ROWS if not operation.startswith("GET ")]
WITH_PATH = [operation for operation in ROWS if "{" in operation]
# A part of a file is bytes and no JSON; tests/modules/messaging/test_files.py sends wrong ones.
BODIED = [one for one in UNSAFE if not one.startswith(("DELETE ", "PUT /api/uploads/"))]
SECRETS = {"password", "old", "new", "code", "token"}
HUGE = 10**40

BAD_TEXTS = {
    "surrogate": r'"a\ud800"',
    "second half": r'"a\udc00"',
    "NUL": r'"a\u0000b"',
    "bell": r'"a\u0007b"',
}
BAD_VALUES = {
    "nan": "NaN", "infinity": "Infinity", "minus infinity": "-Infinity", "huge": str(HUGE), "float": "1e400",
    "object": '{"a":1}', "deep": "[" * 500 + "]" * 500, "true": "true", "digits": "9" * 5000,
}  # fmt: skip
BROKEN = {
    "nothing": b"", "brace": b"{", "null": b"null", "list": b"[]", "text": b'"x"', "number": b"1", "nan": b"NaN",
    "latin": b'{"reason":"\xff"}', "utf-16": '{"reason":"x"}'.encode("utf-16"), "trailing": b"{} {}",
    "single quotes": b"{'reason':'x'}", "deep": b'{"reason":' * 50_000, "brackets": b"[" * 100_000,
    "digits": b'{"reason":' + b"9" * 100_000 + b"}", "NUL": b"\x00",
}  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(fresh_database(server, f"guiju_{secrets.token_hex(6)}"))
        world, inside = stack.enter_context(served_world(url))
        world.adopt(with_editing)
        things = Things(Cast(world))
        stack.callback(things.close)
        yield Desk(inside, things)


def refused(answer: httpx2.Response, *codes: str) -> str:
    """The code of a refusal, which must be one of ours, in the one shape, with its own status."""
    assert answer.status_code < 500, answer.text[:300]
    assert answer.status_code >= 400, f"it was taken: {answer.text[:300]}"
    body = answer.json()
    assert set(body) == {"code", "message", "data"} and body["code"] in CODES, body
    assert status_of(CODES[body["code"]]("x")) == answer.status_code
    assert not codes or body["code"] in codes, body
    return str(body["code"])


def fields(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each leaf of a body."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, child in inner:
        yield (*path, key)
        yield from fields(child, (*path, key))


def replaced(body: Any, path: tuple[Any, ...], raw: str) -> bytes:
    """The body with raw JSON in one place."""
    mark = "\ue000place\ue000"
    copy = json.loads(json.dumps(body))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = mark
    return json.dumps(copy).replace(json.dumps(mark), raw).encode()


# ---- bodies ---------------------------------------------------------------------------------------------------------


TAKEN = (
    ("muted", "true"),
    ("rest", "true"),
    ("needless", "true"),
    ("both", "true"),
    ("groups", "true"),
)
# Of these every field may be left out, as of a PATCH, which may change nothing.
MAY_BE_EMPTY = {
    "POST /api/groups/{group}/messages/{position}/recall",
    "POST /api/groups/{group}/messages/{position}/flag",
    "POST /api/groups/{group}/messages/{position}/confirmation",
}
# And of these the body: its path says everything.
MAY_BE_ABSENT = {
    "POST /api/groups/{group}/messages/{position}/answers/withdrawal",
    "PUT /api/saved/{kind}/{position}",
    "PUT /api/blocks/{person_id}",
    "POST /api/people/{person_id}/deputy/end",
    "POST /api/questions/{question}/closing",
    "POST /api/groups/{group}/messages/{position}/reminder",
    "POST /api/groups/{group}/messages/{position}/opening",
    "PUT /api/groups/{group}/messages/{position}/pin",
    "POST /api/groups/{group}/messages/{position}/flag/dismissal",
    "PUT /api/groups/{group}/messages/{position}/reactions/{reaction}",
}


@pytest.mark.parametrize("operation", BODIED)
def test_bodies_that_are_not_the_one_that_is_wanted(desk: Desk, operation: str) -> None:
    _, _, _, body = desk.prepared(operation)
    before = desk.position()
    for name, content in BROKEN.items():
        if content and not (name == "null" and operation in MAY_BE_ABSENT):
            answer = desk.call(operation, content)
            assert answer.status_code == 422, f"{name}: {answer.text[:300]}"
            refused(answer, "http.bad_request")
    if body:
        assert refused(desk.call(operation, None), "http.bad_request")
    if body and not operation.startswith("PATCH ") and operation not in MAY_BE_EMPTY:
        assert refused(desk.call(operation, b"{}"), "http.bad_request")
    extra = json.dumps((body or {}) | {"unknown": 1}).encode()
    assert refused(desk.call(operation, extra), "http.bad_request")
    desk.check_unchanged(before)


@pytest.mark.parametrize("operation", BODIED)
def test_values_that_do_not_fit(desk: Desk, operation: str) -> None:
    _, _, _, body = desk.prepared(operation)
    before = desk.position()
    for path in fields(body or {}):
        if path[-1] == "dry_run" or path[0] in SECRETS:
            continue
        for name, raw in BAD_VALUES.items():
            if (path[-1], name) in (("body", "object"), *TAKEN):
                continue
            refused(desk.call(operation, replaced(body, path, raw)))
    desk.check_unchanged(before)


@pytest.mark.parametrize("operation", BODIED)
def test_texts_that_no_database_and_reader_agree_on(desk: Desk, operation: str) -> None:
    _, _, _, body = desk.prepared(operation)
    before = desk.position()
    for path in fields(body or {}):
        inner: Any = body
        for key in path:
            inner = inner[key]
        if not isinstance(inner, str):
            continue
        for name, raw in BAD_TEXTS.items():
            answer = desk.call(operation, replaced(body, path, raw))
            if path[-1] == "csv":  # refused row by row, or given back with what is wrong
                told = answer.json()
                assert (
                    answer.status_code == 422
                    or "content" in told
                    or (told["errors"] and not told["started"])
                ), name
            elif path[-1] in SECRETS:
                assert answer.status_code < 500, answer.text
            else:
                refused(answer)
    if not set(body or {}) & SECRETS:
        desk.check_unchanged(before)


def test_of_a_key_that_stands_twice_the_last_counts(desk: Desk) -> None:
    operation = "POST /api/groups/{group}/messages"
    answer = desk.call(operation, b'{"cmid":"x","cmid":"twice","body":"a","body":"b"}')
    assert answer.json()["cmid"] == "twice"
    found = desk.world.read(lambda tx: tx.entry(answer.json()["position"]))
    assert found is not None and found.fact.text == "b"


@pytest.mark.parametrize("operation", BODIED)
def test_a_body_beyond_the_limit(desk: Desk, operation: str) -> None:
    limit = LARGE_BODIES.get(operation.partition(" ")[2], BODY_LIMIT)
    content = b'{"reason":"' + b"x" * limit + b'"}'
    assert refused(desk.call(operation, content), "http.too_large")


def test_a_body_beyond_the_limit_without_a_length(desk: Desk) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 65536

    operation = "POST /api/groups/{group}/messages"
    _, actor, ids, _ = desk.prepared(operation)
    path = operation.partition(" ")[2].format(**ids)
    headers = {"Content-Type": "application/json"}
    answer = desk.inside.request("POST", path, desk.token(actor), content=chunks(), headers=headers)
    assert refused(answer, "http.too_large")
    desk.check_alive()


# ---- headers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", BODIED)
def test_bodies_of_another_kind(desk: Desk, operation: str) -> None:
    kinds = (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "",
    )
    for kind in kinds:
        assert refused(
            desk.call(operation, b"{}", headers={"Content-Type": kind}), "http.not_json"
        ), kind


@pytest.mark.parametrize("operation", UNSAFE)
def test_requests_from_elsewhere(desk: Desk, operation: str) -> None:
    """[csrf]: every route that a cookie opens."""
    desk.prepared(operation)
    before, here = desk.position(), desk.inside.origin
    for origin in (
        "https://evil.example",
        "null",
        "",
        f"{here}.evil.example",
        here.replace("http:", "https:"),
        here.upper(),
    ):
        assert refused(
            desk.call(operation, None, headers={"Origin": origin}), "http.wrong_origin"
        ), origin
    desk.check_unchanged(before)


def test_another_site_has_nobody_open_what_goes_on_record(desk: Desk) -> None:
    """[csrf]: what is read and recorded."""
    before = desk.position()
    path = "/api/reviews/1/files/f"
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert refused(desk.inside.request("GET", path, headers=elsewhere), "http.wrong_origin")
    assert desk.inside.request("GET", "/healthz", headers=elsewhere).status_code == 200
    desk.check_unchanged(before)


def test_a_request_that_names_no_origin(desk: Desk) -> None:
    url = desk.inside.http.base_url.join("/api/session")
    with httpx2.Client() as client:
        assert refused(client.delete(url), "http.wrong_origin")


@pytest.mark.parametrize("operation", ROWS)
@pytest.mark.parametrize("token", ["x", "x" * 5000, "%00", '"', "a=b"])
def test_cookies_that_are_no_session(desk: Desk, operation: str, token: str) -> None:
    _, _, ids, body = desk.prepared(operation)
    method, _, template = operation.partition(" ")
    if operation in (
        "POST /api/session",
        "POST /api/account/activation",
        "POST /api/setup",
        "GET /api/setup",
    ):
        return  # these ask for no session
    answer = desk.inside.request(method, template.format(**ids), token, body)
    assert refused(answer, "http.session_required")


# ---- paths and parameters -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", WITH_PATH)
@pytest.mark.parametrize(
    "given",
    [
        "nobody",
        "-1",
        "9007199254740992",
        str(HUGE),
        "%00",
        "a%00b",
        "%ED%A0%80",
        "%FF",
        "x" * 3000,
        "1e3",
        "🙂",
        "%2e%2e",
    ],
)
def test_ids_that_nothing_has(desk: Desk, operation: str, given: str) -> None:
    _, actor, ids, body = desk.prepared(operation)
    before = desk.position()
    method, _, template = operation.partition(" ")
    path = template.format(**dict.fromkeys(ids, given))
    answer = desk.inside.request(method, path, desk.token(actor), body)
    refused(answer)
    assert answer.status_code in (403, 404, 422), answer.text
    desk.check_unchanged(before)


PARAMETERS = {
    "GET /api/accounts": {"limit": ["0", "201", "-1", "x", "1.5", str(HUGE)], "state": ["x"], "q": ["x" * 101], "after": ["x", "\0"]},
    "GET /api/people": {"limit": ["0", "201", "x"], "q": ["x" * 101], "unit": ["x", "\0"], "after": ["nobody", ""]},
    "GET /api/register": {"limit": ["0", "201"], "after": ["-1", "x", str(HUGE)], "state": ["x"], "q": ["\0", "x" * 201], "class": ["\0"]},
    "GET /api/clauses/{clause_id}": {"limit": ["0", "201"], "after": ["-1", "x", str(HUGE)]},
    "GET /api/groups/{group}/messages": {"limit": ["0", "201", "x"], "before": ["-1", "x", str(HUGE), "NaN"]},
    "GET /api/approvals": {"box": ["x", ""]},
    "GET /api/reviews": {"box": ["x"]},
    "GET /api/ledger/head": {"since": ["-1", "x", str(HUGE)]},
}  # fmt: skip


@pytest.mark.parametrize("operation", PARAMETERS)
def test_parameters_out_of_range(desk: Desk, operation: str) -> None:
    for name, values in PARAMETERS[operation].items():
        for value in values:
            refused(desk.call(operation, None, params={name: value}))


@pytest.mark.parametrize("operation", ["GET /api/accounts", "GET /api/people", "GET /api/register"])
@pytest.mark.parametrize(
    "words", ["%00", "%ED%A0%80", "%FF", "%25", "_", "'", '"', "\\", "%F0%9F%99%82"]
)
def test_searches_for_strange_words(desk: Desk, operation: str, words: str) -> None:
    path = f"{operation.partition(' ')[2]}?q={words}"
    answer = desk.call(operation, None, path=path)
    if answer.status_code != 200:
        refused(answer)


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/", "/api/nothing", "/api/groups", "/api/%00", "/api/me/x", "/api/../etc/passwd"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "TRACE"])
def test_paths_that_do_not_exist(desk: Desk, method: str, path: str) -> None:
    answer = desk.inside.request(method, path)
    if (method, path) != (
        "GET",
        "/api/../etc/passwd",
    ):  # which the browser's client takes for /etc/passwd
        assert refused(answer, "http.not_found")


# ---- files in bodies ------------------------------------------------------------------------------------------------

BOMB = "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
    f"{c}: &{c} [{','.join(['*' + p] * 8)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        "{", "\t", "- a", "a: b", "pack: [", "pack: x\nclauses: 1", "!!python/object/apply:os.system ['true']", BOMB, "[" * 100_000,
        "pack: &a [*a]", "pack: x\npack: y", "? {a: b}\n: c", "%YAML 9.9\n---\n", "pack: \x85", "x" * 1_000_001, "", "---\n---\n",
        "pack: 2026-99-99", "pack: 0x" + "f" * 5000,
    ],
)  # fmt: skip
def test_broken_packs(desk: Desk, text: str) -> None:
    before = desk.position()
    body = {"yaml": text, "dry_run": False}
    answer = desk.call("POST /api/policy/packs", json.dumps(body).encode())
    code = refused(answer, "policy.bad_pack", "http.bad_request")
    if code == "policy.bad_pack":
        problems = answer.json()["data"]["problems"]
        assert problems and all(problem["line"] >= 1 and problem["reason"] for problem in problems)
    desk.check_unchanged(before)


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "工号", "a,b,c\n1,2,3", '工号,姓名,部门\n"A1,王,澄远装备', "工号,姓名,部门\nA1,王", "工号,姓名,部门\n=1+1,王,澄远装备",
        "工号,姓名,部门\nA1," + "王" * 100 + ",澄远装备", "工号,姓名,部门\nA1,王\0,澄远装备", "工号,姓名,部门\n" + "A1,王,澄远装备\n" * 5002,
        "工号,姓名,部门,部门\nA1,王,x,y", '工号,姓名,部门\nA1,"王"x,澄远装备', "工号,姓名,部门\nA1,王," + "甲/" * 40,
        '工号,姓名,部门\nA1,"' + "王" * 200_000 + '",澄远装备', "工号,姓名,部门\rA1,王,",
    ],
)  # fmt: skip
def test_broken_lists_of_people(desk: Desk, text: str) -> None:
    before = desk.position()
    answer = desk.call(
        "POST /api/people/import", json.dumps({"csv": text, "dry_run": False}).encode()
    )
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["errors"] and not told["started"]
    assert all(
        error["line"] >= 1 and error["code"].startswith("directory.csv_")
        for error in told["errors"]
    )
    desk.check_unchanged(before)


# ---- the end --------------------------------------------------------------------------------------------------------


def test_sessions_that_have_expired_and_then_all_goes_on(desk: Desk) -> None:
    """The last of these tests: a month passes."""
    token = desk.token(desk.things.cast.people["employee", "owner"])
    desk.world.clock.advance(400 * DAY)
    assert refused(desk.inside.request("GET", "/api/me", token), "http.session_required")
    desk.forget_sessions()
    desk.check_alive()
