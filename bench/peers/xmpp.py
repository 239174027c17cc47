"""The load of `bench.load` for XMPP: one room with an archive; a sender's own reflected message is its receipt.

Raw sockets, no XML parser: bodies carry their own marks, which servers pass on unchanged.
Usage: python -m bench.peers.xmpp < plan.json
"""

import asyncio
import gc
import re
import sys
import time
from array import array
from functools import partial
from typing import Final, cast

import msgspec
import uvloop
from typing_extensions import override

from bench.client import LoadError, Receipt, Target
from bench.load import Plan, Run, text

DOMAIN: Final = "localhost"
_ROOMS: Final = f"conf.{DOMAIN}"
_SECONDS: Final = 30.0
_SETTLE: Final = 1.0
_END: Final = b"</message>"
_MARK: Final = re.compile(rb"<body>N=(\d+);")
_STREAM: Final = (
    f"<?xml version='1.0'?><stream:stream to='{DOMAIN}' xmlns='jabber:client'"
    " xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
)


class Seat(asyncio.Protocol):
    """One member; `arrivals` as those of `bench.client.Seat`, with the load's own numbers as positions."""

    def __init__(self, number: int, run: "XmppRun") -> None:
        """Nothing is said yet."""
        self.number = number
        self.arrivals: list[tuple[float, array[int]]] = []
        self.own: set[int] = set()
        self._run = run
        self._rest = b""
        self._wanted: tuple[bytes, asyncio.Future[bytes]] | None = None
        self._live = False
        self._closing = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self._closing:
            self._run.failed(
                f"the server closed connection {self.number}: {exc or 'end of stream'}"
            )

    def close(self) -> None:
        """Drop the connection; the run is over."""
        self._closing = True
        self._transport.abort()

    def write(self, said: str) -> None:
        """Send a piece of the stream."""
        self._transport.write(said.encode())

    @override
    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._rest += data
        if not self._live:
            if self._wanted and self._wanted[0] in self._rest:
                self._wanted[1].set_result(self._rest)
                self._wanted = None
            return
        whole = self._rest.rfind(_END)
        if whole < 0:
            return
        done, self._rest = self._rest[: whole + len(_END)], self._rest[whole + len(_END) :]
        numbers = array("q", [int(found) for found in _MARK.findall(done)])
        self.arrivals.append((now, numbers))
        for number in self.own.intersection(numbers):
            self.own.discard(number)
            self._run.acknowledged(self, number, now)

    async def ask(self, said: str, answer: bytes) -> None:
        """Send and wait until `answer` is in what came; raises `LoadError`."""
        self._rest = b""
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._wanted = (answer, future)
        self.write(said)
        try:
            await asyncio.wait_for(future, _SECONDS)
        except TimeoutError:
            raise LoadError(f"no {answer!r} after {said[:60]!r}: {self._rest[:300]!r}") from None

    async def join(self, room: str) -> None:
        """Sign in without an account and enter the room; the first who enters makes it."""
        await self.ask(_STREAM, b"</stream:features>")
        await self.ask(
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>", b"<success"
        )
        await self.ask(_STREAM, b"</stream:features>")
        bind = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
        await self.ask(f"<iq type='set' id='b'>{bind}</iq>", b"</jid>")
        await self.ask(
            f"<presence to='{room}/n{self.number}'><x xmlns='http://jabber.org/protocol/muc'>"
            "<history maxstanzas='0'/></x></presence>",
            b"<subject",
        )
        if self.number == 0:
            form = "<x xmlns='jabber:x:data' type='submit'/>"
            query = f"<query xmlns='http://jabber.org/protocol/muc#owner'>{form}</query>"
            await self.ask(f"<iq type='set' id='made' to='{room}'>{query}</iq>", b"made")

    def begin(self) -> None:
        """From now on only messages count."""
        self._live, self._rest = True, b""


class XmppRun(Run):
    """The run of `bench.load` with its window, pace, drain and figures, over XMPP."""

    def __init__(self, plan: Plan) -> None:
        """A room of its own for every run."""
        super().__init__(plan)
        self._room = f"r{time.time_ns()}@{_ROOMS}"
        self._next = 0

    @override
    async def _connect(self, targets: list[Target]) -> list[Seat]:  # type: ignore[override]  # the same verbs
        loop = asyncio.get_running_loop()
        seats = []
        for number, target in enumerate(targets):
            seat = Seat(number, self)
            await loop.create_connection(partial(_same, seat), target.host, target.port)
            await seat.join(self._room)
            seats.append(seat)
        # What the later members' arrival tells the earlier ones must be over.
        await self._sleep(_SETTLE + len(seats) / 200)
        for seat in seats:
            seat.begin()
        return seats

    @override
    def send(self, seat: Seat, began: float) -> None:  # type: ignore[override]  # the same verbs
        number, self._next = self._next, self._next + 1
        self._outstanding[str(number)] = began
        seat.own.add(number)
        seat.write(
            f"<message to='{self._room}' type='groupchat' id='m{number}'>"
            f"<body>N={number};{text(number)}</body></message>"
        )

    def acknowledged(self, seat: Seat, number: int, at: float) -> None:
        """A sender has its own message back."""
        self.received(seat, Receipt(str(number), "delivered", number), at)  # type: ignore[arg-type]  # the same verbs

    @override
    def order(self, positions: list[int]) -> list[int]:
        # The room, not the load, says the order; that all see the same one is not asked of a peer.
        return sorted(positions)


def _same(seat: Seat) -> Seat:
    return seat


async def perform(plan: Plan) -> bytes:
    """Connect, run, close; raises `LoadError`."""
    run = XmppRun(plan)
    try:
        return msgspec.json.encode(await run.measure())
    finally:
        for seat in run.seats:
            seat.close()
        if not run.over.cancel():
            run.over.exception()


def main() -> int:
    """Read the plan, print the result; 1 when the run failed."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    gc.disable()
    try:
        result = uvloop.run(perform(plan))
    except (LoadError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(result.decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
