"""The floor: the least that a durable messenger must do for a message, in one process.

WebSocket in, typed decode, membership, dictionary scan (5,000 terms), group commit with a hash
chain and an RFC 6962 frontier, receipt after the flush, fan-out coalesced per commit. No login, no
policy, no idempotency, no history: what the product costs more than this is the price of its rules.

It speaks the socket of `docs/protocol.md`: `hello`, `send` and `ping`; `?u=N` says who it is.
Usage: python -m bench.floor --port PORT --seats N (--sqlite FILE | --postgres VARIABLE)
"""

import argparse
import asyncio
import hashlib
import os
import random
import signal
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs, urlsplit

import ahocorasick_rs
import msgspec
import picows
import uvloop
from typing_extensions import override

from bench.floor_store import PostgresStore, Row, SqliteStore, Store

GROUP: Final = "floor"
BATCH: Final = 512
TERMS: Final = 5_000
_LONG_FRAME, _LONGER_FRAME = 126, 65_536


class Hello(msgspec.Struct, tag="hello"):
    """First frame of a client."""

    cursor: int | None


class Body(msgspec.Struct):
    """The long form of a message's body."""

    text: str


class Send(msgspec.Struct, tag="send"):
    """A message to be stored and delivered."""

    cmid: str
    group: str
    body: str | Body


class Ping(msgspec.Struct, tag="ping"):
    """Answered at once."""

    n: int


class Welcome(msgspec.Struct, tag="welcome"):
    """Answers `hello`."""

    position: int
    mode: str
    head: dict[str, int]


class Receipt(msgspec.Struct, tag="receipt"):
    """Answers `send`, after the flush."""

    cmid: str
    state: str
    position: int
    clause: None = None
    note: None = None


class Person(msgspec.Struct):
    """Who sent a message."""

    id: str
    name: str


class Message(msgspec.Struct):
    """A message as members see it; the fields and their order are the protocol's."""

    position: int
    number: int
    sender: Person
    at: int
    text: str
    mentions: tuple[str, ...] = ()
    quote: None = None
    state: str = "delivered"
    spans: tuple[int, ...] = ()
    clause: None = None
    note: None = None


class Item(msgspec.Struct):
    """One fact."""

    position: int
    at: int
    kind: str
    group: str
    actor: Person
    message: Message


class Facts(msgspec.Struct, tag="facts"):
    """All that one commit brings."""

    position: int
    items: list[Item]


class Pong(msgspec.Struct, tag="pong"):
    """Answers `ping`."""

    n: int


class Refusal(msgspec.Struct, tag="error"):
    """Says why a frame was refused."""

    code: str
    message: str
    data: dict[str, str]


_decode: Final = msgspec.json.Decoder(Hello | Send | Ping).decode
_encode: Final = msgspec.json.Encoder().encode
_sha256: Final = hashlib.sha256


def frame(payload: bytes) -> bytes:
    """Wrap `payload` in one unmasked text frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < _LONG_FRAME:
        return bytes((0x81, size)) + payload
    if size < _LONGER_FRAME:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def dictionary() -> ahocorasick_rs.AhoCorasick:
    """A matcher of 5,000 random terms of three to five Chinese characters, always the same."""
    chance = random.Random(1)
    characters = [chr(code) for code in range(0x5E00, 0x9000)]
    return ahocorasick_rs.AhoCorasick(
        ["".join(chance.choices(characters, k=chance.randint(3, 5))) for _ in range(TERMS)]
    )


class Floor:
    """Order, ledger and fan-out. Everything that arrives during a commit is the next batch."""

    def __init__(self, store: Store, seats: int) -> None:
        """Serve one group whose members are the persons 0 to `seats` - 1."""
        self.store = store
        self.members = {GROUP: frozenset(range(seats))}
        self.people = [Person(f"p{number}", f"成员{number}") for number in range(seats)]
        self.online: dict[str, set[Connection]] = {GROUP: set()}
        self.scan: Callable[[str], object] = dictionary().find_matches_as_indexes
        self.size = 0
        self._numbers: dict[str, int] = {GROUP: 0}
        self._chain = bytes(32)
        self._frontier: list[bytes] = []
        self._waiting: list[tuple[Connection, Send, str]] = []
        self._busy = False

    def submit(self, connection: "Connection", send: Send, text: str) -> None:
        """Queue a checked message; the first one starts a commit at the end of this loop tick."""
        self._waiting.append((connection, send, text))
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _append(self, leaf: bytes) -> None:
        node, size = leaf, self.size
        while size & 1:
            node = _sha256(b"\1" + self._frontier.pop() + node).digest()
            size >>= 1
        self._frontier.append(node)
        self.size += 1

    def _flush(self) -> None:
        batch = self._waiting[:BATCH]
        del self._waiting[:BATCH]
        now = time.time_ns() // 1_000_000
        rows: list[Row] = []
        for connection, send, text in batch:
            number = self._numbers[send.group] = self._numbers[send.group] + 1
            body = text.encode()
            head = f"{self.size}|{number}|{connection.person}|{now}|{send.group}|{send.cmid}|"
            leaf = _sha256(b"\0" + head.encode() + body).digest()
            self._chain = _sha256(self._chain + leaf).digest()
            rows.append(
                Row(
                    self.size,
                    send.group,
                    number,
                    connection.person,
                    now,
                    send.cmid,
                    body,
                    self._chain,
                )
            )
            self._append(leaf)
        self.store.commit(rows, lambda: self._deliver(batch, rows))

    def _deliver(self, batch: "list[tuple[Connection, Send, str]]", rows: list[Row]) -> None:
        items: dict[str, list[Item]] = {}
        for (connection, send, text), row in zip(batch, rows, strict=True):
            connection.write(frame(_encode(Receipt(send.cmid, "delivered", row.position))))
            sender = self.people[row.sender]
            message = Message(row.position, row.number, sender, row.at, text)
            items.setdefault(row.group, []).append(
                Item(row.position, row.at, "messaging.sent", row.group, sender, message)
            )
        for group, news in items.items():
            payload = frame(_encode(Facts(news[-1].position, news)))
            for member in self.online[group]:
                member.write(payload)
        if self._waiting:
            self._flush()
        else:
            self._busy = False


class Connection(picows.WSListener):
    """One socket of one person."""

    def __init__(self, floor: Floor, person: int) -> None:
        """Nothing is delivered before `hello`."""
        self.floor = floor
        self.person = person

    @override
    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        """Keep the plain transport: frames are made once for all members."""
        self.write: Callable[[bytes], None] = transport.underlying_transport.write

    @override
    def on_ws_disconnected(self, _transport: picows.WSTransport) -> None:
        """Leave all groups."""
        for connections in self.floor.online.values():
            connections.discard(self)

    @override
    def on_ws_frame(self, transport: picows.WSTransport, received: picows.WSFrame) -> None:
        """Answer one frame; what is not the protocol closes the socket."""
        if received.msg_type == picows.WSMsgType.CLOSE:
            transport.send_close(picows.WSCloseCode.OK)
            transport.disconnect()
            return
        if received.msg_type != picows.WSMsgType.TEXT:
            return
        try:
            said = _decode(received.get_payload_as_memoryview())
        except msgspec.DecodeError as error:
            transport.send_close(picows.WSCloseCode.PROTOCOL_ERROR, str(error).encode())
            transport.disconnect()
            return
        if isinstance(said, Send):
            self._send(said)
        elif isinstance(said, Hello):
            self.write(
                frame(_encode(Welcome(self.floor.size - 1, "snapshot", {"size": self.floor.size})))
            )
            for group, members in self.floor.members.items():
                if self.person in members:
                    self.floor.online[group].add(self)
        else:
            self.write(frame(_encode(Pong(said.n))))

    def _send(self, send: Send) -> None:
        text = send.body if isinstance(send.body, str) else send.body.text
        if self.person not in self.floor.members.get(send.group, ()):
            refusal = Refusal("groups.not_found", "no such group", {"cmid": send.cmid})
        elif self.floor.scan(text):
            refusal = Refusal("messaging.blocked", "a term of the dictionary", {"cmid": send.cmid})
        else:
            self.floor.submit(self, send, text)
            return
        self.write(frame(_encode(refusal)))


async def serve(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    store: Store
    if options.sqlite:
        store = SqliteStore(options.sqlite, loop)
    else:
        store = await PostgresStore.open(os.environ[options.postgres], loop)
    floor = Floor(store, options.seats)

    def admit(request: picows.WSUpgradeRequest) -> Connection | None:
        person = parse_qs(urlsplit(request.path.decode()).query).get("u", [""])[0]
        known = person.isdecimal() and int(person) < options.seats
        return Connection(floor, int(person)) if known else None

    server = await picows.ws_create_server(
        admit, "127.0.0.1", options.port, backlog=4096, read_buffer_init_size=4096
    )
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    server.close()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="The floor of the benchmark.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seats", type=int, required=True, help="members of the one group")
    store = parser.add_mutually_exclusive_group(required=True)
    store.add_argument("--sqlite", help="file of the database, to be created")
    store.add_argument("--postgres", metavar="VARIABLE", help="environment variable with the DSN")
    uvloop.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
