"""People who send without a pause, keep what is not acknowledged, and send it again after every interruption.

What they were told and shown is kept, so that it can be compared with the ledger afterwards.
"""

import asyncio
import contextlib
import json
import logging
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from bench.servers import Session
from guiju.modules.messaging.types import MessageBlocked, MessageHeld, MessageSent
from tests.support.repeating import Worker

WINDOW = 6
_PAUSE = 0.004
_CATCH_UP_SECONDS = 30.0
_RETRY = "kernel.database_unavailable"
# Every state that a message can be given by the gate under the shipped pack.
_TEXTS = (
    "{n} 号件已入库",
    "{n} 号件，证件号 11010119900307889X",
    "标底清单之{n}",
    "去赌博网站玩 {n}",
    "{n} 收到",
)
# The library reports every refused handshake; refusing is what a killed server does.
logging.getLogger("websockets").setLevel(logging.CRITICAL)

Fact = MessageSent | MessageHeld | MessageBlocked


def written(fact: Fact) -> str:
    """What the sender wrote, whatever became of it."""
    original = fact.original if isinstance(fact, MessageSent) else None
    return original if original is not None else fact.text


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt, or a message as it was shown."""

    position: int
    state: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a member saw it."""

    number: int
    sender: str
    text: str


@dataclass(eq=False)
class Sender:
    """One account at one screen. `problems` is what a client must never see."""

    session: Session
    group: str
    rng: random.Random
    waiting: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, Told] = field(default_factory=dict)
    shown: dict[int, Shown] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    cursor: int | None = None
    first: int | None = None
    repeated: int = 0

    async def run(self, up: asyncio.Event, sending: asyncio.Event) -> None:
        """Connect whenever the server is `up`, and send new messages as long as `sending` is set."""
        url = self.session.origin.replace("http", "ws", 1) + "/ws"
        headers = {"Cookie": self.session.cookie}
        while True:
            await up.wait()
            # Whatever ends the connection: it is made again, and nothing is lost by that.
            with contextlib.suppress(OSError, WebSocketException, EOFError):
                async with connect(
                    url,
                    origin=Origin(self.session.origin),
                    additional_headers=headers,
                    compression=None,
                    proxy=None,
                    max_size=None,
                    open_timeout=5,
                    close_timeout=1,
                ) as socket:
                    await self._talk(socket, sending)
            await asyncio.sleep(0.02)

    async def _talk(self, socket: ClientConnection, sending: asyncio.Event) -> None:
        await socket.send(json.dumps({"type": "hello", "cursor": self.cursor}))
        welcome = json.loads(await socket.recv())
        if welcome["type"] != "welcome":
            self.problems.append(f"no welcome: {welcome}")
            return
        if self.cursor is None:
            self.cursor = self.first = welcome["position"]
        elif welcome["mode"] != "resume":
            self.problems.append(f"the cursor {self.cursor} was not resumed: {welcome}")
        for cmid, text in list(self.waiting.items()):
            self.repeated += 1
            await self._send(socket, cmid, text)
        typing = asyncio.create_task(self._type(socket, sending))
        try:
            async for frame in socket:
                await self._heard(socket, json.loads(frame))
        finally:
            typing.cancel()
            await asyncio.gather(typing, return_exceptions=True)

    async def _type(self, socket: ClientConnection, sending: asyncio.Event) -> None:
        while True:
            await sending.wait()
            if len(self.waiting) < WINDOW:
                number = len(self.sent)
                cmid = f"{self.session.account}-{number}"
                template = _TEXTS[self.rng.choices(range(len(_TEXTS)), (20, 2, 1, 1, 20))[0]]
                text = template.format(n=cmid)
                self.sent[cmid] = self.waiting[cmid] = text
                await self._send(socket, cmid, text)
            await asyncio.sleep(_PAUSE)

    async def _send(self, socket: ClientConnection, cmid: str, text: str) -> None:
        frame = {"type": "send", "cmid": cmid, "group": self.group, "body": {"text": text}}
        await socket.send(json.dumps(frame))

    async def _heard(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "receipt":
                self._acknowledged(frame["cmid"], Told(frame["position"], frame["state"]))
            case "facts":
                for item in frame["items"]:
                    self._see(item)
                self.cursor = frame["position"]
            case "error" if frame["code"] == _RETRY:
                await asyncio.sleep(0.1)
                cmid = frame["data"]["cmid"]
                await self._send(socket, cmid, self.waiting[cmid])
            case _:
                self.problems.append(f"unexpected: {frame}")

    def _acknowledged(self, cmid: str, told: Told) -> None:
        if self.receipts.setdefault(cmid, told) != told:
            self.problems.append(f"{cmid} was {self.receipts[cmid]} and then {told}")
        self.waiting.pop(cmid, None)

    def _see(self, item: dict[str, Any]) -> None:
        if item["kind"] != "messaging.sent" or item["group"] != self.group:
            return
        message = item["message"]
        shown = Shown(message["number"], message["sender"]["id"], message["text"])
        if self.shown.setdefault(item["position"], shown) != shown:
            self.problems.append(
                f"{item['position']} was {self.shown[item['position']]}, then {shown}"
            )


class Load:
    """Several senders, and workers who do other things, told when there is a server and when to send."""

    def __init__(
        self, sessions: Sequence[Session], group: str, seed: int, workers: Sequence[Worker] = ()
    ) -> None:
        self.senders = [
            Sender(session, group, random.Random(seed + at)) for at, session in enumerate(sessions)
        ]
        self.workers = workers
        self._everybody: list[Sender | Worker] = [*self.senders, *workers]
        self.up, self.sending = asyncio.Event(), asyncio.Event()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run them all until the end of the block; what breaks one of them is raised."""
        self._tasks = [
            asyncio.create_task(one.run(self.up, self.sending)) for one in self._everybody
        ]
        try:
            yield
            self._check_all_run()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _check_all_run(self) -> None:
        ended = [task.exception() for task in self._tasks if task.done()]
        assert not ended, f"some ended by themselves: {ended}"

    @property
    def outstanding(self) -> int:
        """How many messages are not acknowledged."""
        return sum(len(sender.waiting) for sender in self.senders)

    @property
    def acknowledged(self) -> int:
        """How many messages are."""
        return sum(len(sender.receipts) for sender in self.senders)

    @property
    def problems(self) -> list[str]:
        """What a client must never see, of all of them."""
        return [problem for one in self._everybody for problem in one.problems]

    def serve(self) -> None:
        """A server is ready."""
        for worker in self.workers:
            worker.restarted()
        self.up.set()

    async def under_way(self, seconds: float) -> None:
        """Wait until something is not acknowledged, `seconds` at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.outstanding == 0:
                    await asyncio.sleep(0)

    async def finish(self) -> None:
        """Do nothing new, and wait until everything is acknowledged and has been shown; then the workers look."""
        self.sending.clear()
        try:
            async with asyncio.timeout(_CATCH_UP_SECONDS):
                while self._is_busy() or not self._shown_to_all():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(
                f"not caught up with {self._last_shown()}: {self._state()}"
            ) from None
        self._check_all_run()
        for worker in self.workers:
            await worker.finish()

    def _is_busy(self) -> bool:
        return self.outstanding > 0 or any(worker.is_busy for worker in self.workers)

    def _state(self) -> list[dict[str, Any]]:
        """How far each sender has come, for whoever looks for the reason."""
        return [
            {
                "account": sender.session.account,
                "waiting": sorted(sender.waiting),
                "cursor": sender.cursor,
                "problems": sender.problems[:5],
            }
            for sender in self.senders
        ] + [
            {"busy": worker.name, "problems": worker.problems[:5]}
            for worker in self.workers
            if worker.is_busy
        ]

    def _last_shown(self) -> int:
        return max(
            (
                told.position
                for sender in self.senders
                for told in sender.receipts.values()
                if told.state in SHOWN
            ),
            default=-1,
        )

    def _shown_to_all(self) -> bool:
        last = self._last_shown()
        return all(sender.cursor is not None and sender.cursor >= last for sender in self.senders)


SHOWN = frozenset({"delivered", "masked"})
