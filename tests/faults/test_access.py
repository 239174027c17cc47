"""Who may do what: every row of `access.csv` against the real server, by HTTP and by socket.

The table is written by hand from what the rules mean; nothing of it comes from the code that it tests.
"""

import json
import secrets
import time
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Route
from websockets.exceptions import ConnectionClosed

from guiju.edge import status_of
from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery
from guiju.kernel.errors import all_errors
from guiju.kernel.ids import GroupId
from guiju.modules.directory import importing
from guiju.modules.identity.types import USABLE
from guiju.modules.messaging import service as messaging
from guiju.socket import FRAMES
from tests.support.cast import PLACES, ROLES, Cast
from tests.support.inside import Inside, served_world, session_for
from tests.support.matrix import CELLS, CORRECTS, EXPECTED, OPERATIONS, ROWS, Row, cells, match
from tests.support.postgres import fresh_database
from tests.support.requests import ENDING, FAR, Things
from tests.support.sending import with_editing
from tests.support.world import World

WORDS = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    422: "invalid",
}


class TestTable:
    def test_it_is_well_formed(self) -> None:
        assert len(EXPECTED) == len(ROWS), "a row stands there twice"
        for row in ROWS:
            assert row["role"] in (*ROLES, "*") and row["relation"] in (
                "outsider",
                *PLACES,
                "invited",
                "own",
                "other",
                "deputy",
                "*",
            ), row
            assert row["expected"] in ("ok", *WORDS.values()), row

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_anonymous_outsiders_and_whoever_may_are_named(self, operation: str) -> None:
        assert (operation, "anonymous", "*") in EXPECTED
        everybody = EXPECTED[operation, "employee", "outsider"]
        for cell in cells(operation):
            found = match(cell)
            as_employee = EXPECTED.get((operation, "employee", cell.relation), everybody)
            if EXPECTED[found] == "ok" and as_employee != "ok" and cell.relation != "own":
                assert found[1] == cell.role, f"{cell} may by a general row"

    def test_every_row_is_tried(self) -> None:
        assert {match(cell) for cell in CELLS} == set(EXPECTED)


# ---- the server ---------------------------------------------------------------------------------------------------


class Stage:
    """The server with its people, and one session for each of them."""

    def __init__(self, inside: Inside, world: World) -> None:
        self.inside, self.world = inside, world
        world.adopt(with_editing)
        self.cast = Cast(world)
        self.things = Things(self.cast)
        self._tokens: dict[str, str] = {}
        barred = [self.cast.people["suspended", place] for place in ("outsider", "member")]
        for actor in barred:
            self.token(actor)
        self.cast.bar()

    def token(self, actor: Actor | None, *, new: bool = False) -> str | None:
        if actor is None:
            return None
        if actor.name not in self._tokens or new:
            if new and self.cast.account_of(actor).state not in USABLE:
                return self._tokens[actor.name]
            self._tokens[actor.name] = session_for(self.world, actor)
        return self._tokens[actor.name]

    def position(self) -> int:
        return self.world.read(lambda tx: tx.position)

    def check_unchanged(self, before: int) -> None:
        """A refusal leaves nothing but the record of the attempt."""
        left = self.world.read(lambda tx: tx.entries(EntryQuery(after=before)))
        assert {entry.kind for entry in left} <= {"policy.refused"}, left


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with served_world(None) as (world, inside):
        made = Stage(inside, world)
        yield made
        made.things.close()


@pytest.fixture(scope="module")
def stage_on_postgresql(postgres_server: str) -> Iterator[Stage]:
    with (
        fresh_database(postgres_server, f"guiju_{secrets.token_hex(6)}") as url,
        served_world(url) as (world, inside),
    ):
        made = Stage(inside, world)
        yield made
        made.things.close()


OPEN: dict[str, str] = {
    "GET /healthz": "whether the process lives, for whoever watches it",
    "GET /readyz": "whether it is ready, for whoever watches it",
    "GET /api/openapi.json": "the description of the operations, the same for everybody",
    "POST /cgi-bin/webhook/send": "who asks brings the key of a bot (tests/modules/bots/test_incoming.py)",
    "POST /cgi-bin/webhook/upload_media": "the same",
    "GET /{path:path}": "the files of the client, the same for everybody",
}
"""Routes that know no person, each with the reason why the table has no row for it."""


def operations_of(routes: Iterable[Any], prefix: str = "") -> tuple[set[str], set[str]]:
    """The operations that an application really answers, hidden ones too; and what is not one operation."""
    found: set[str] = set()
    other: set[str] = set()
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            inner, beside = operations_of(included.routes, prefix + route.include_context.prefix)
            found |= inner
            other |= beside
        elif isinstance(route, Route):
            found |= {
                f"{method} {prefix}{route.path}"
                for method in (route.methods or ())
                if method != "HEAD"
            }
        else:
            other.add(f"{type(route).__name__} {getattr(route, 'path', '')}")
    return found, other


def test_a_hidden_route_does_not_escape() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_api_route("/hidden", lambda: None, methods=["POST"], include_in_schema=False)
    app.mount("/below", FastAPI())
    inside = APIRouter(prefix="/inside")
    inside.add_api_route("/hidden", lambda: None, methods=["PUT"], include_in_schema=False)
    app.include_router(inside)
    assert operations_of(app.routes) == (
        {"POST /hidden", "PUT /inside/hidden"},
        {"Mount /below"},
    )


def test_every_operation_is_in_the_table(stage: Stage) -> None:
    http, other = operations_of(stage.inside.server.http.routes)
    assert other == set(), "nothing else has operations"
    assert set(OPEN) <= http
    http -= set(OPEN)
    frames = msgspec.inspect.type_info(FRAMES)
    assert isinstance(frames, msgspec.inspect.UnionType)
    socket = {
        f"SOCKET {kind.tag}"
        for kind in frames.types
        if isinstance(kind, msgspec.inspect.StructType)
    }
    assert len(socket) == 5
    assert http | socket | {CORRECTS} == set(OPERATIONS)


def _name(cell: Row) -> str:
    return f"{cell.operation}-{cell.role}-{cell.relation}".replace("/", ".")


@pytest.mark.parametrize("cell", CELLS, ids=_name)
def test_cell(stage: Stage, cell: Row) -> None:
    _try(stage, cell)


SUCCESSES = {cell.operation: cell for cell in CELLS if EXPECTED[match(cell)] == "ok"}


@pytest.mark.parametrize("cell", SUCCESSES.values(), ids=_name)
def test_success_on_postgresql(stage_on_postgresql: Stage, cell: Row) -> None:
    """One success of each operation; who may is decided in the same way on both databases."""
    _try(stage_on_postgresql, cell)


def _try(stage: Stage, cell: Row) -> None:
    expected = EXPECTED[match(cell)]
    actor = stage.things.actor(cell)
    ids = stage.things.ids(cell, actor, fresh=expected == "ok")
    if cell.operation.startswith("SOCKET "):
        _try_socket(stage, cell, actor, ids, expected)
    else:
        _try_http(stage, cell, actor, ids, expected)


# ---- HTTP ---------------------------------------------------------------------------------------------------------


def _try_http(
    stage: Stage, cell: Row, actor: Actor | None, ids: dict[str, Any], expected: str
) -> None:
    token = stage.token(actor, new=cell.operation in ENDING or "password" in cell.operation)
    body = stage.things.body(cell, actor, ids)
    if "/ledger/proof/" in cell.operation or cell.operation == "GET /api/ledger/head":
        _wait_until_signed(stage, ids["position"])
    before = stage.position()
    method, _, template = cell.operation.partition(" ")
    parameters = (
        {"box": "todo"}
        if template in ("/api/approvals", "/api/notices", "/api/answers", "/api/questions")
        else None
    )
    raw = stage.things.raw(cell)
    answer = stage.inside.request(
        method, template.format(**ids), token, body, params=parameters, **raw
    )
    if cell.operation in ENDING or "password" in cell.operation:
        stage.token(actor, new=True)
    if expected == "ok":
        assert answer.status_code in (200, 204), answer.text
        if method == "GET" and answer.headers["Content-Type"] == "application/json":
            _check_position(template, answer, before)
        if (
            template == "/api/people/import"
        ):  # what it only started must not be taken for the next cell's
            assert actor is not None
            _wait_for_import(stage, actor, answer.json()["started"])
        _drain(stage)
        return
    assert WORDS.get(answer.status_code) == expected, answer.text
    refusal = answer.json()
    assert set(refusal) == {"code", "message", "data"}
    assert {status_of_code(refusal["code"])} == {answer.status_code}
    stage.check_unchanged(before)
    if expected == "not_found":
        absent = _absent(ids)
        if body is not None and "group" in body:
            body = body | {"group": absent.get("group")}
        other = stage.inside.request(
            method, template.format(**absent), token, body, params=parameters, **raw
        )
        assert (other.status_code, _blind(other.text, absent)) == (
            answer.status_code,
            _blind(answer.text, ids),
        )
        stage.check_unchanged(before)


ITSELF = {
    "/api/groups/{group}/messages/{position}",
    "/api/reviews/{position}",
    "/api/alerts/{position}",
    "/api/decisions/{position}",
    "/api/ledger/proof/{position}",
}
"""What answers with the fact at a position, whose own position that is."""


DOCUMENTS = {"/api/ledger/head", "/api/ledger/key"}
"""What the stand-alone verifier reads, which accepts no field that it does not know."""


def _check_position(template: str, answer: Any, before: int) -> None:
    """Whatever is read says which state of the ledger it shows."""
    reflected = int(answer.headers["Guiju-Position"])
    assert before <= reflected, "it shows at least what was there before"
    if template in DOCUMENTS:
        assert "position" not in answer.json()
        return
    assert template in ITSELF or answer.json()["position"] == reflected


def status_of_code(code: str) -> int:
    (kind,) = [kind for kind in all_errors() if kind.code == code]
    return status_of(kind("x"))


def _absent(ids: dict[str, Any]) -> dict[str, Any]:
    """Ids of the same form that nothing has."""
    return {
        name: value + FAR
        if isinstance(value, int)
        else value[:4] + value[4:][::-1]
        if name != "clause_id"
        else value
        for name, value in ids.items()
    }


def _blind(text: str, ids: dict[str, Any]) -> str:
    # The longest first: a position may stand by chance in the letters of an id.
    for value in sorted(map(str, ids.values()), key=len, reverse=True):
        if value == "0":  # no id, but the number of a part
            continue
        text = text.replace(value, "ID")
    return text


def _drain(stage: Stage) -> None:
    """Let jobs that a success has started end, so that they do not stand in the trace of the next refusal."""
    while stage.world.runtime.run_due():
        pass


def _wait_until_signed(stage: Stage, position: int) -> None:
    deadline = time.monotonic() + 10
    signer = stage.world.runtime.signer
    while signer.signed <= position:
        assert time.monotonic() < deadline and signer.alarm is None, signer.alarm
        time.sleep(0.02)


def _wait_for_import(stage: Stage, actor: Actor, started: str) -> None:
    deadline = time.monotonic() + 10
    while not stage.world.read(lambda tx: importing.show_import(tx, actor, started)).done:
        assert time.monotonic() < deadline, "the import did not end"
        time.sleep(0.02)


# ---- the socket ---------------------------------------------------------------------------------------------------


def _try_socket(
    stage: Stage, cell: Row, actor: Actor | None, ids: dict[str, Any], expected: str
) -> None:
    before = stage.position()
    answer = _say(stage, cell, actor, ids)
    if expected == "ok":
        assert answer == "ok"
        return
    word = answer if isinstance(answer, str) else WORDS[status_of_code(answer["code"])]
    assert word == expected, answer
    stage.check_unchanged(before)
    if expected == "not_found":
        absent = _absent(ids)
        other = _say(stage, cell, actor, absent)
        assert _blind(json.dumps(other), absent) == _blind(json.dumps(answer), ids)


def _say(stage: Stage, cell: Row, actor: Actor | None, ids: dict[str, Any]) -> dict[str, Any] | str:
    """`ok`, `unauthenticated`, or the error frame."""
    with stage.inside.socket(stage.token(actor)) as socket:
        try:
            socket.send(json.dumps({"type": "hello", "cursor": None}))
            assert json.loads(socket.recv(5))["type"] == "welcome"
        except ConnectionClosed as closed:
            assert closed.rcvd is not None and closed.rcvd.code == 4401
            return "unauthenticated"
        cmid = "access"
        match cell.operation:
            case "SOCKET send" | "SOCKET send corrects":
                body: dict[str, Any] = {"text": "大家好"}
                if cell.operation == CORRECTS:
                    cmid, body = f"access.{ids['position']}", body | {"corrects": ids["position"]}
                said = {"type": "send", "cmid": cmid, "group": ids["group"], "body": body}
                socket.send(json.dumps(said))
            case "SOCKET read":
                mark = {"type": "read", "group": ids["group"], "position": ids["position"]}
                socket.send(json.dumps(mark))
                return _read_answer(stage, socket, actor, ids)
            case "SOCKET ping":
                socket.send(json.dumps({"type": "ping", "n": 7}))
            case "SOCKET visible":
                for each in ({"type": "visible", "on": False}, {"type": "ping", "n": 7}):
                    socket.send(json.dumps(each))
            case _:
                return "ok"
        while (frame := json.loads(socket.recv(5)))["type"] not in ("receipt", "pong", "error"):
            pass
        if frame["type"] == "error":
            assert frame["data"].pop("cmid", cmid) == cmid
            found: dict[str, Any] = frame
            return found
        return "ok"


def _read_answer(
    stage: Stage, socket: Any, actor: Actor | None, ids: dict[str, Any]
) -> dict[str, Any] | str:
    """A mark is not answered when it is kept: it stands in the table."""
    assert actor is not None
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            frame: dict[str, Any] = json.loads(socket.recv(0.05))
        except TimeoutError:
            marks = stage.world.read(lambda tx: messaging.read_positions(tx, actor.person_id))
            if marks.get(GroupId(ids["group"])) == ids["position"]:
                return "ok"
        else:
            if frame["type"] == "error":
                return frame
    raise AssertionError("the mark was neither kept nor refused")
