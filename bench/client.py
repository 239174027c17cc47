"""A cheap WebSocket client: one connection of the load, made to cost less than the server.

Frames as in RFC 6455. The mask key is zero, which the standard's format allows and which saves the
XOR; nothing but the load's own servers on the loopback ever receives it.
"""

import asyncio
import base64
import hashlib
import json
import os
import time
from array import array
from typing import Final, Protocol, cast

import msgspec
from typing_extensions import override

_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_LENGTH_16, _LENGTH_64 = 126, 127


class LoadError(Exception):
    """The server did not do what the load asked of it; the text says what."""


class Target(msgspec.Struct, frozen=True):
    """Where one seat connects. `path` may carry a query; `cookie` may be empty."""

    host: str
    port: int
    path: str
    origin: str
    cookie: str


class Item(msgspec.Struct, gc=False):
    """The part of an item that the load looks at."""

    position: int
    kind: str


class Welcome(msgspec.Struct, tag="welcome", gc=False):
    """Answers `hello`."""

    position: int


class Receipt(msgspec.Struct, tag="receipt", gc=False):
    """Answers `send`."""

    cmid: str
    state: str
    position: int
    clause: msgspec.Raw = msgspec.Raw(b"null")


class Facts(msgspec.Struct, tag="facts", gc=False):
    """News of one commit."""

    items: list[Item]


class Refusal(msgspec.Struct, tag="error", gc=False):
    """The server refused a frame."""

    code: str
    message: str = ""


class Read(msgspec.Struct, tag="read", gc=False):
    """Read on another device; not looked at."""


class Pong(msgspec.Struct, tag="pong", gc=False):
    """Answers `ping`; not looked at."""


_decode: Final = msgspec.json.Decoder(Welcome | Receipt | Facts | Refusal | Read | Pong).decode

# What one commit brings is mostly the same bytes for every member, and decoding it once for each
# would cost the load more than the server. By length of the frame: the senders' own are longer.
_decoded: Final[dict[int, tuple[bytes, "array[int]"]]] = {}


class Watcher(Protocol):
    """Who is told what the connections receive."""

    def received(self, seat: "Seat", receipt: Receipt, at: float) -> None:
        """A send was answered. `at` is `time.perf_counter()` in seconds."""

    def failed(self, reason: str) -> None:
        """The run cannot go on."""


def masked(opcode: int, payload: bytes) -> bytes:
    """One final frame of a client, with the mask key zero."""
    size = len(payload)
    head = bytes((0x80 | opcode,))
    if size < _LENGTH_16:
        head += bytes((0x80 | size,))
    elif size < 1 << 16:
        head += bytes((0x80 | _LENGTH_16,)) + size.to_bytes(2, "big")
    else:
        head += bytes((0x80 | _LENGTH_64,)) + size.to_bytes(8, "big")
    return head + bytes(4) + payload


class Seat(asyncio.Protocol):
    """One connection: shakes hands, says hello, then notes in `arrivals` what arrives and when.

    Each entry is one frame of facts: `time.perf_counter()` in seconds, and its messages' positions.
    """

    def __init__(self, target: Target, watcher: Watcher, resume: int | None = None) -> None:
        """`resume`: the cursor of the connection before. `ready` is set when the server has welcomed the connection."""
        self.ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.arrivals: list[tuple[float, array[int]]] = []
        self._target = target
        self._watcher = watcher
        self._resume = resume
        self._key = base64.b64encode(os.urandom(16))
        self._open = False
        self._closing = False
        self._rest = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)
        target = self._target
        lines = [
            f"GET {target.path} HTTP/1.1",
            f"Host: {target.host}:{target.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {self._key.decode()}",
            "Sec-WebSocket-Version: 13",
            f"Origin: {target.origin}",
        ]
        if target.cookie:
            lines.append(f"Cookie: {target.cookie}")
        self._transport.write("\r\n".join([*lines, "", ""]).encode())

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """A connection that the load did not close is a failure."""
        if not self._closing:
            self._fail(f"the server closed the connection: {exc or 'end of stream'}")

    def close(self) -> None:
        """Close without the farewell; the run is over."""
        self._closing = True
        self._transport.close()

    def cut(self) -> None:
        """Drop the connection as a dead network does, with whatever is under way."""
        self._closing = True
        self._transport.abort()

    @property
    def cursor(self) -> int:
        """The last position that it received, or began with; -1 before any."""
        seen = (news[-1] for _, news in reversed(self.arrivals) if news)
        began = self.ready.result() if self.ready.done() and self._resume is None else self._resume
        return next(seen, -1 if began is None else began)

    def send(self, payload: bytes) -> None:
        """Write one frame made by `masked`."""
        self._transport.write(payload)

    @override
    def data_received(self, data: bytes) -> None:
        """Take what arrived: first the answer to the upgrade, then frames."""
        if self._closing:
            return
        now = time.perf_counter()
        known = _decoded.get(len(data))
        if known and known[0] == data and not self._rest:
            self.arrivals.append((now, known[1]))
            return
        data = self._rest + data if self._rest else data
        if not self._open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return
            self._check_upgrade(head)
            if self._closing:
                return
            self._open = True
            hello = json.dumps({"type": "hello", "cursor": self._resume}).encode()
            self._transport.write(masked(_TEXT, hello))
        self._rest = data[self._frames(data, now) :]

    def _check_upgrade(self, head: bytes) -> None:
        status, *lines = head.split(b"\r\n")
        pairs = (line.partition(b":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        accept = base64.b64encode(hashlib.sha1(self._key + _MAGIC, usedforsecurity=False).digest())
        if b" 101 " not in status + b" ":
            self._fail(f"no upgrade of {self._target.path}: {status.decode(errors='replace')}")
        elif headers.get(b"sec-websocket-accept") != accept:
            self._fail("the upgrade was answered with a wrong Sec-WebSocket-Accept")

    def _frames(self, data: bytes, now: float) -> int:
        start, end = 0, len(data)
        while end - start >= 2:
            first, size = data[start], data[start + 1]
            body = start + 2
            if size >= _LENGTH_16:
                width = 2 if size == _LENGTH_16 else 8
                body += width
                if end < body:
                    break
                size = int.from_bytes(data[body - width : body], "big")
            if end - body < size:
                break
            stop = body + size
            if first == 0x80 | _TEXT:
                self._said(data[start:stop], body - start, now)
            else:
                self._control(first, data[body:stop])
            start = stop
        return start

    def _control(self, first: int, payload: bytes) -> None:
        if first == 0x80 | _PING:
            self._transport.write(masked(_PONG, payload))
        elif first == 0x80 | _CLOSE:
            code = int.from_bytes(payload[:2], "big")
            self._fail(f"the server closed with {code} {payload[2:].decode(errors='replace')}")
        else:
            self._fail(f"unexpected frame, first byte {first:#x}")

    def _said(self, frame: bytes, head: int, now: float) -> None:
        known = _decoded.get(len(frame))
        if known and known[0] == frame:
            self.arrivals.append((now, known[1]))
            return
        try:
            said = _decode(memoryview(frame)[head:])
        except msgspec.DecodeError as error:
            self._fail(f"not the protocol: {error}: {frame[head : head + 200]!r}")
            return
        if isinstance(said, Facts):
            sent = [item.position for item in said.items if item.kind == "messaging.sent"]
            positions = array("q", sent)
            _decoded[len(frame)] = (frame, positions)
            self.arrivals.append((now, positions))
        elif isinstance(said, Receipt):
            self._watcher.received(self, said, now)
        elif isinstance(said, Welcome):
            if not self.ready.done():
                self.ready.set_result(said.position)
        elif isinstance(said, Refusal):
            self._fail(f"refused: {said.code} {said.message}")

    def _fail(self, reason: str) -> None:
        self._closing = True
        if not self.ready.done():
            self.ready.set_exception(LoadError(reason))
        self._watcher.failed(reason)
        self._transport.close()


async def connect(
    targets: list[Target],
    watcher: Watcher,
    seconds: float,
    cursors: list[int] | None = None,
) -> list[Seat]:
    """Open all connections, 64 at a time, each welcomed within `seconds`; raises `LoadError`."""
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(64)

    async def one(target: Target, cursor: int | None) -> Seat:
        async with gate:
            _, seat = await asyncio.wait_for(
                loop.create_connection(
                    lambda: Seat(target, watcher, cursor), target.host, target.port
                ),
                seconds,
            )
            await asyncio.wait_for(seat.ready, seconds)
            return seat

    places: list[int | None] = [*cursors] if cursors else [None] * len(targets)
    try:
        return await asyncio.gather(*map(one, targets, places))
    except (TimeoutError, OSError) as error:
        raise LoadError(f"cannot connect: {str(error) or 'no welcome in time'}") from error
