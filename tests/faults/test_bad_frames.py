"""What does not fit the socket's protocol: a close code or an error frame, and the connection stays usable where it can.

[frame-*]
"""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

import guiju.socket
from guiju.kernel.actor import Actor
from guiju.kernel.errors import all_errors
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.serving import LARGEST_FRAME
from guiju.socket import MOST_PENDING
from tests.support.cast import Cast
from tests.support.inside import Inside, served_world, session_for

CODES = {kind.code for kind in all_errors()}
SECONDS = 10


class Line:
    """A member's line to the server."""

    def __init__(self, inside: Inside, cast: Cast, group: GroupId) -> None:
        self.inside, self.cast, self.group = inside, cast, group
        self.member = cast.people["employee", "member"]
        self._count = 0

    @contextmanager
    def open(self, actor: Actor | None = None, *, hello: bool = True) -> Iterator[ClientConnection]:
        with self.inside.socket(session_for(self.cast.world, actor or self.member)) as socket:
            if hello:
                socket.send('{"type":"hello","cursor":null}')
                assert json.loads(socket.recv(SECONDS))["type"] == "welcome"
            yield socket

    def check_usable(self, socket: ClientConnection) -> None:
        """A message still goes through, and stands where its receipt says."""
        self._count += 1
        cmid, text = f"after{self._count}", f"还在{self._count}"
        self.cast.world.clock.advance(1000)  # the flood limit is another matter
        socket.send(json.dumps({"type": "send", "cmid": cmid, "group": self.group, "body": text}))
        receipt = next_of(socket, "receipt")
        assert (receipt["cmid"], receipt["state"]) == (cmid, "delivered")
        entry = self.cast.world.read(lambda tx: tx.entry(receipt["position"]))
        assert entry is not None and entry.fact.text == text

    def position(self) -> int:
        return self.cast.world.read(lambda tx: tx.position)


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with served_world(None) as (world, inside):
        cast = Cast(world)
        yield Line(inside, cast, cast.group())


def next_of(socket: ClientConnection, *types: str) -> dict[str, Any]:
    """The next frame of one of these types; facts, and who has read them, are passed over."""
    while True:
        frame: dict[str, Any] = json.loads(socket.recv(SECONDS))
        if frame["type"] in types:
            return frame
        assert frame["type"] in ("facts", "seen"), frame


def closed(socket: ClientConnection) -> int:
    """The code with which the server closes."""
    with pytest.raises(ConnectionClosed) as caught:
        while True:
            socket.recv(SECONDS)
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code


def send_all(socket: ClientConnection, frames: Sequence[str]) -> None:
    for frame in frames:
        socket.send(frame)


# ---- before hello ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1"])
def test_another_origin(line: Line, origin: str) -> None:
    token = session_for(line.cast.world, line.member)
    with line.inside.socket(token, origin=origin) as socket:
        assert closed(socket) == 4403


@pytest.mark.parametrize("token", [None, "x", "x" * 3000, "%00"])
def test_no_session(line: Line, token: str | None) -> None:
    with line.inside.socket(token) as socket:
        assert closed(socket) == 4401


FIRST = [
    '{"type":"ping","n":1}', '{"type":"send","cmid":"a","group":"g","body":"x"}', '{"type":"read","group":"g","position":1}',
    "", "{", "null", "[]", '"hello"', "{}", '{"type":"HELLO"}', '{"type":["hello"]}', '{"cursor":1}', "NaN", "[" * 60_000,
]  # fmt: skip
CURSORS = [
    "-2",
    str(2**53),
    str(-(2**63)),
    str(10**40),
    '"1"',
    "1.5",
    "true",
    "[1]",
    "{}",
    "NaN",
    "1e400",
    "-0.5",
]


@pytest.mark.parametrize(
    "frame", [*FIRST, *(f'{{"type":"hello","cursor":{cursor}}}' for cursor in CURSORS)]
)
def test_a_first_frame_that_is_no_hello(line: Line, frame: str) -> None:
    with line.open(hello=False) as socket:
        socket.send(frame)
        assert closed(socket) == 4400


def test_a_binary_hello(line: Line) -> None:
    with line.open(hello=False) as socket:
        socket.send(b'{"type":"hello","cursor":null}')
        assert closed(socket) == 4400


def test_no_hello_at_all(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guiju.socket, "HELLO_SECONDS", 0.2)
    with line.open(hello=False) as socket:
        assert closed(socket) == 4400


@pytest.mark.parametrize(("ahead", "mode"), [(0, "resume"), (1, "snapshot"), (10_000, "snapshot")])
def test_a_cursor_ahead_of_the_ledger_begins_anew(line: Line, ahead: int, mode: str) -> None:
    with line.open(hello=False) as socket:
        socket.send(json.dumps({"type": "hello", "cursor": line.position() + ahead}))
        assert next_of(socket, "welcome")["mode"] == mode
        line.check_usable(socket)


# ---- after hello ----------------------------------------------------------------------------------------------------

LATER = [
    "", "{", "null", "[]", "1", '"x"', "{}", "NaN", '{"type":"unknown"}', '{"type":7}', '{"type":null}', "\x00", "[" * 60_000,
    '{"a":' * 9_000, '{"type":"hello","cursor":null}', '{"type":"hello"}', '{"type":"send"}', '{"type":"read"}',
    '{"type":"send","cmid":1,"group":"g","body":"x"}', '{"type":"send","cmid":"a","group":null,"body":"x"}',
    '{"type":"send","cmid":"a","group":"g","body":1}',
    '{"type":"send","cmid":"a","group":"g","body":{"text":"x","unknown":1}}',
    '{"type":"send","cmid":"a","group":"g","body":{"text":"x","mentions":"y"}}',
    '{"type":"send","cmid":"a","group":"g","body":{"text":"x","quote":"1"}}',
    '{"type":"send","cmid":"a","group":"g","body":{"text":"x","quote":NaN}}',
    '{"type":"send","cmid":"a","group":"g","body":"\\ud800"}', '{"type":"send","cmid":"a","group":"g","body":"\\udc00x"}',
    '{"type":"read","group":"g","position":"1"}', '{"type":"read","group":"g","position":1.5}',
    '{"type":"read","group":"g","position":true}', '{"type":"ping","n":"1"}', '{"type":"ping","n":NaN}',
]  # fmt: skip


@pytest.mark.parametrize("frame", LATER)
def test_a_frame_that_is_not_of_the_protocol(line: Line, frame: str) -> None:
    with line.open() as socket:
        before = line.position()
        socket.send(frame)
        assert next_of(socket, "error")["code"] == "socket.bad_frame"
        assert line.position() == before
        line.check_usable(socket)


def test_a_binary_frame(line: Line) -> None:
    with line.open() as socket:
        socket.send(b'{"type":"ping","n":1}')
        assert next_of(socket, "error")["code"] == "socket.bad_frame"
        line.check_usable(socket)


@pytest.mark.parametrize("field", [b"cmid", b"group", b"body"])
def test_a_text_that_is_no_utf8(line: Line, field: bytes) -> None:
    frame = b'{"type":"send","cmid":"a","group":"g","body":"x"}'
    start = frame.index(field) + len(field) + 3
    with line.open() as socket:
        socket.send(frame[:start] + b"\xff" + frame[start:], text=True)
        assert next_of(socket, "error")["code"] == "socket.bad_frame"
        line.check_usable(socket)


BODIES: list[tuple[dict[str, Any], str]] = [
    ({"body": ""}, "messaging.bad_message"),
    ({"body": " \n\t"}, "messaging.bad_message"),
    ({"body": "a\x00b"}, "messaging.bad_message"),
    ({"body": "a\x07b"}, "messaging.bad_message"),
    ({"body": "字" * 10_001}, "messaging.bad_message"),
    ({"cmid": ""}, "messaging.bad_message"),
    ({"cmid": "x" * 65}, "messaging.bad_message"),
    ({"cmid": "a b"}, "messaging.bad_message"),
    ({"cmid": "a\x00"}, "messaging.bad_message"),
    ({"cmid": "a\n"}, "messaging.bad_message"),
    ({"body": {"text": "x", "quote": -1}}, "messaging.bad_message"),
    ({"body": {"text": "x", "quote": 2**53}}, "messaging.bad_message"),
    ({"body": {"text": "x", "quote": 10**40}}, "messaging.bad_message"),
    ({"body": {"text": "x", "quote": 10**9}}, "messaging.bad_quote"),
    ({"body": {"text": "x", "quote": 0}}, "messaging.bad_quote"),
    ({"body": {"text": "x", "mentions": ["nobody"]}}, "messaging.bad_mention"),
    ({"body": {"text": "x", "mentions": ["\x00"]}}, "messaging.bad_message"),
    ({"body": {"text": "x", "mentions": ["x"] * 51}}, "messaging.bad_message"),
    ({"group": ""}, "groups.not_found"),
    ({"group": "grp_nothing"}, "groups.not_found"),
    ({"group": "a\x00b"}, "groups.not_found"),
    ({"group": "x" * 10_000}, "groups.not_found"),
    ({"group": "\U0001f642"}, "groups.not_found"),
]


@pytest.mark.parametrize(("changes", "code"), BODIES)
def test_a_message_that_cannot_be_sent(line: Line, changes: dict[str, Any], code: str) -> None:
    frame = {"type": "send", "cmid": "bad", "group": line.group, "body": "x"} | changes
    with line.open() as socket:
        before = line.position()
        socket.send(json.dumps(frame))
        answer = next_of(socket, "error")
        assert answer["code"] == code and code in CODES
        assert answer["data"]["cmid"] == frame["cmid"][:64]
        assert line.position() == before
        line.check_usable(socket)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"position": -1}, "messaging.bad_message"),
        ({"position": 2**53}, "messaging.bad_message"),
        ({"position": 10**40}, "messaging.bad_message"),
        ({"group": "grp_nothing"}, "groups.not_found"),
        ({"group": "a\x00b"}, "groups.not_found"),
        ({"group": ""}, "groups.not_found"),
    ],
)
def test_a_mark_that_cannot_be_kept(line: Line, changes: dict[str, Any], code: str) -> None:
    with line.open() as socket:
        socket.send(json.dumps({"type": "read", "group": line.group, "position": 1} | changes))
        assert next_of(socket, "error")["code"] == code
        line.check_usable(socket)


def test_a_ping_with_a_large_number_comes_back(line: Line) -> None:
    with line.open() as socket:
        socket.send('{"type":"ping","n":9223372036854775807}')
        assert next_of(socket, "pong")["n"] == 2**63 - 1


def test_unknown_fields_are_left_for_later_versions(line: Line) -> None:
    with line.open() as socket:
        socket.send('{"type":"ping","n":1,"n":2,"later":[1,2]}')
        assert next_of(socket, "pong")["n"] == 2


@pytest.mark.parametrize("hello", [True, False])
@pytest.mark.parametrize("size", [LARGEST_FRAME + 1, 4 * LARGEST_FRAME])
def test_a_frame_beyond_the_limit(line: Line, hello: bool, size: int) -> None:
    with (
        line.open(line.cast.people["employee", "owner"]) as other,
        line.open(hello=hello) as socket,
    ):
        with suppress(ConnectionClosed):
            socket.send("x" * size)
        assert closed(socket) == 1009
        line.check_usable(other)


def test_a_message_beyond_the_limit_in_fragments(line: Line) -> None:
    with line.open() as socket:
        with suppress(ConnectionClosed):  # which may come before the last of them has left
            socket.send(["x" * 20_000] * 4)
        assert closed(socket) == 1009


def test_the_largest_frame_is_taken(line: Line) -> None:
    frame = '{"type":"ping","n":1,"x":"' + "x" * (LARGEST_FRAME - 28) + '"}'
    assert len(frame) == LARGEST_FRAME
    with line.open() as socket:
        socket.send(frame)
        assert next_of(socket, "pong")["n"] == 1


def test_a_path_that_is_no_socket(line: Line) -> None:
    with (
        pytest.raises(InvalidStatus) as caught,
        connect(f"ws://127.0.0.1:{line.inside.port}/api/me", proxy=None),
    ):
        pass
    assert caught.value.response.status_code == 403


# ---- too much of what is right --------------------------------------------------------------------------------------


def test_what_is_not_there_yet_was_read_by_nobody(line: Line) -> None:
    with line.open() as socket, line.open() as other:
        line.check_usable(socket)
        newest, ahead = line.position(), 2**53 - 1
        socket.send(json.dumps({"type": "read", "group": line.group, "position": ahead}))
        assert next_of(other, "read")["position"] == newest
        assert next_of(other, "seen")["reads"][line.member.person] <= newest


def test_marks_that_wait_keep_their_sender_from_sending_more(line: Line) -> None:
    """While the lane is busy no more comes in than was on its way: one read of the transport, 256 KiB."""
    mark = json.dumps({"type": "read", "group": line.group, "position": 1})
    gate, sent, busy, free = line.inside.server.gate, 30_000, threading.Event(), threading.Event()

    def hold_up(tx: WriteTx) -> None:
        busy.set()
        assert free.wait(2 * SECONDS)

    with line.open() as socket, ThreadPoolExecutor(2) as threads:
        held = threads.submit(line.cast.world.write, hold_up)
        assert busy.wait(SECONDS)
        flood = threads.submit(send_all, socket, [mark] * sent)
        try:
            # What one read brought may all be on its way to the lane, with nothing left that waits.
            until = time.monotonic() + SECONDS
            while gate._last is None:
                assert time.monotonic() < until
                time.sleep(0.01)
            time.sleep(0.3)
            assert len(gate._waiting) <= MOST_PENDING + 2**18 // len(mark)
        finally:
            free.set()
        held.result(SECONDS)
        flood.result(SECONDS)
        line.check_usable(socket)


def test_more_sockets_than_anybody_has(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guiju.socket, "MOST_SOCKETS", 2)
    with line.open() as first, line.open(), line.open(hello=False) as third:
        with suppress(ConnectionClosed):
            third.send('{"type":"hello","cursor":null}')
        assert closed(third) == 4429
        line.check_usable(first)
        with line.open(line.cast.people["employee", "owner"]) as other:
            line.check_usable(other)
