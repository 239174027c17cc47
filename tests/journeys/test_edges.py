"""What the server refuses before anything else is looked at: origins, forms, sizes, frames, paths."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from guiju.kernel.actor import Actor
from guiju.socket import NOT_THE_PROTOCOL
from tests.support.inside import Inside, served_world, session_for
from tests.support.world import World


class Visit:
    """One person, signed in, in a group of three."""

    def __init__(self, world: World, inside: Inside) -> None:
        self.inside = inside
        people = [world.person(name) for name in ("张群主", "李管理", "赵成员")]
        world.person("王登记", "registrar")
        self.group = world.group(people[0], [people[1]], people[2:])
        self.actor: Actor = people[2]
        self.token = session_for(world, self.actor)

    def code(self, method: str, path: str, body: object = None, **extra: Any) -> tuple[int, str]:
        """(status, code) of a refusal, which has the one shape of all refusals."""
        answer = self.inside.request(method, path, self.token, body, **extra)
        found = answer.json()
        assert set(found) == {"code", "message", "data"}, found
        return answer.status_code, found["code"]


@pytest.fixture(scope="module")
def visit() -> Iterator[Visit]:
    with served_world(None) as (world, inside):
        yield Visit(world, inside)


def test_an_unsafe_request_names_this_origin(visit: Visit) -> None:
    path = f"/api/groups/{visit.group}/read"
    for origin in ("http://evil.example", "null", visit.inside.origin + ".evil", ""):
        assert visit.code("POST", path, {"position": 1}, headers={"Origin": origin}) == (
            403,
            "http.wrong_origin",
        )


def test_a_page_under_another_name_of_this_machine_goes_home(visit: Visit) -> None:
    """[host] On http://localhost the browser would send another Origin with everything that changes something."""
    elsewhere = {"Host": f"localhost:{visit.inside.origin.rpartition(':')[2]}"}
    answer = visit.inside.request("GET", "/desk?a=%2F", headers=elsewhere)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{visit.inside.origin}/desk?a=%2F"
    for path, host in (
        ("/healthz", elsewhere["Host"]),
        ("/desk", "guiju.example"),
        ("/desk", "[half"),
        ("/desk", "["),
        ("/desk", "a]b"),
        ("/desk", "localhost:x"),
    ):
        assert visit.inside.request("GET", path, headers={"Host": host}).status_code == 200


def test_a_body_is_json(visit: Visit) -> None:
    path = f"/api/groups/{visit.group}/read"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        headers = {"Content-Type": kind}
        assert visit.code("POST", path, content=b'{"position":1}', headers=headers) == (
            415,
            "http.not_json",
        )


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'"x"', b'{"position": "1"}', b'{"position": 1.5}', b'{"position": true}', b'{"position": NaN}',
     b'{"position": {"$gt": 0}}', b'{"position": 1, "person": "per_x"}', b'{"position": -1}', b'{"position": 9007199254740992}',
     b"\xff\xfe", b"[" * 100_000],
    ids=lambda content: repr(content[:30]),
)  # fmt: skip
def test_a_body_that_does_not_fit_is_refused(visit: Visit, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    path = f"/api/groups/{visit.group}/read"
    assert visit.code("POST", path, content=content, headers=headers) == (422, "http.bad_request")


def test_the_type_of_a_body_may_have_capitals(visit: Visit) -> None:
    path = f"/api/groups/{visit.group}/read"
    for kind in ("APPLICATION/JSON", "Application/Json; charset=UTF-8"):
        answer = visit.inside.request(
            "POST", path, visit.token, content=b'{"position":1}', headers={"Content-Type": kind}
        )
        assert answer.status_code == 204, answer.text


def test_head_is_answered_like_get_without_a_body(visit: Visit) -> None:
    for path, token in (("/", None), ("/healthz", None), ("/api/me", visit.token)):
        asked = visit.inside.request("HEAD", path, token)
        got = visit.inside.request("GET", path, token)
        assert (asked.status_code, asked.content) == (200, b"")
        for name in ("Content-Type", "Content-Length", "Content-Security-Policy"):
            assert asked.headers[name] == got.headers[name], path
    assert visit.inside.request("HEAD", "/api/me").status_code == 401
    assert visit.inside.request("HEAD", "/api/nothing").status_code == 404


def test_a_body_is_bounded(visit: Visit) -> None:
    path = f"/api/groups/{visit.group}/messages"
    big = {"cmid": "x", "body": "x" * (2 * 1024 * 1024)}
    assert visit.code("POST", path, big) == (413, "http.too_large")

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 65536

    # Also when the request does not say how long it is.
    headers = {"Content-Type": "application/json"}
    assert visit.code("POST", path, content=pieces(), headers=headers) == (413, "http.too_large")


def test_a_large_body_is_read_only_for_somebody_who_is_signed_in(visit: Visit) -> None:
    headers = {"Content-Type": "application/json"}
    for token in (None, "no-such-session"):
        small = visit.inside.request("POST", "/api/dictionaries", token, {"title": ""})
        assert (small.status_code, small.json()["code"]) == (401, "http.session_required")
    large = {"headers": headers, "content": b"[" * (15 * 1024 * 1024)}
    answer = visit.inside.request("POST", "/api/dictionaries", None, **large)
    assert (answer.status_code, answer.json()["code"]) == (401, "http.session_required")
    # Who may not bring dictionaries learns it before anybody reads what the body says.
    assert visit.code("POST", "/api/dictionaries", **large) == (403, "policy.not_allowed")


def test_an_unknown_path_is_answered_in_the_same_shape(visit: Visit) -> None:
    assert visit.code("GET", "/api/nothing") == (404, "http.not_found")
    assert visit.code("DELETE", "/api/clauses") == (404, "http.not_found")


def test_checking_a_text_is_limited(visit: Visit) -> None:
    path = f"/api/groups/{visit.group}/check"
    answers = [
        visit.inside.request("POST", path, visit.token, {"text": "大家好"}) for _ in range(200)
    ]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and {answer.json()["code"] for answer in refused} == {
        "messaging.check_too_often"
    }
    assert refused[0].json()["data"] == {"retry_after": 1}


@pytest.mark.parametrize(
    "frame",
    ["", "x", "[]", "{}", '{"type":"nothing"}', '{"type":"send"}', '{"type":"ping","n":"x"}', '{"type":"send","cmid":1}',
     '{"type":"read","group":"g","position":1.5}'],
)  # fmt: skip
def test_a_frame_that_is_not_of_the_protocol_is_told(visit: Visit, frame: str) -> None:
    with visit.inside.socket(visit.token) as socket:
        socket.send(json.dumps({"type": "hello", "cursor": None}))
        assert json.loads(socket.recv(20))["type"] == "welcome"
        socket.send(frame)
        told = json.loads(socket.recv(20))
        assert (told["type"], told["code"]) == ("error", "socket.bad_frame")
        # One wrong frame costs nobody the connection.
        socket.send('{"type":"ping","n":7}')
        assert json.loads(socket.recv(20)) == {"type": "pong", "n": 7}


@pytest.mark.parametrize("first", ["", "x", '{"type":"ping"}', '{"type":"hello","cursor":"x"}'])
def test_who_does_not_begin_with_hello_is_cut(visit: Visit, first: str) -> None:
    with visit.inside.socket(visit.token) as socket:
        socket.send(first)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                socket.recv(20)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == NOT_THE_PROTOCOL
