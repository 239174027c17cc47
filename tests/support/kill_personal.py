"""What people keep for themselves while the server is killed: no fact tells of it, so it is asked for after each start."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import ClassVar

from typing_extensions import override
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from guiju.kernel.ids import PersonId
from guiju.modules.messaging import _unsent_store
from tests.support.repeating import ActError, Book, Worker, stored_otherwise

_HOUR = 3_600_000
_SOON = 80_000  # a minute is the least, and a start may come between
_EVERY, _MOST = 25, 5
_EARLIER, _MARKS = 20, 8
_HEARD_SECONDS = 30.0


@dataclass(eq=False)
class Drafting(Worker):
    """A draft that is written again and again: the last one counts."""

    name: ClassVar[str] = "draft"

    last: str = ""
    pending: str = ""

    @override
    async def act(self) -> None:
        self.pending = f"草稿 {self.acts} " + "字" * self.rng.randrange(200)
        at = time.time_ns() // 1_000_000
        path = f"/api/groups/{self.seat.beside}/draft"
        await self.ask("PUT", path, {"text": self.pending, "at": at})
        self.last = self.pending
        self.acknowledged += 1

    @override
    async def look(self) -> None:
        drafts = (await self.ask("GET", "/api/drafts")).said["drafts"]
        text = "".join(each["text"] for each in drafts if each["group"] == self.seat.beside)
        if text not in {self.last, self.pending}:
            self.wrong(f"the draft is {text[:20]}, {self.last[:20]} was acknowledged")


async def read_up_to(worker: Worker) -> int:
    """How far a worker has read beside the load, as the server says. Raises ActError."""
    said = (await worker.ask("GET", "/api/conversations")).said["conversations"]
    (mark,) = [each["read"] for each in said if each["group"]["id"] == worker.seat.beside]
    return int(mark)


@dataclass(eq=False)
class Reading(Worker):
    """A read mark that moves on."""

    name: ClassVar[str] = "read"

    last: int = -1
    pending: int = -1

    @override
    async def begin(self) -> None:
        await self.send("从这里读起")
        self.last = self.pending = await read_up_to(self)
        await super().begin()

    @override
    async def act(self) -> None:
        self.pending = self.last + 1
        path = f"/api/groups/{self.seat.beside}/read"
        await self.ask("POST", path, {"position": self.pending})
        self.last = self.pending
        self.acknowledged += 1

    @override
    async def look(self) -> None:
        mark = await read_up_to(self)
        if self.pending >= 0 and mark not in {self.last, self.pending}:
            self.wrong(f"it is read up to {mark}, {self.last} was acknowledged")
        await super().look()


@dataclass(eq=False)
class Marking(Worker):
    """Read marks over a socket, in any order; they are acknowledged by what another screen of the same person hears."""

    name: ClassVar[str] = "socket-read"

    last: int = -1
    pending: int = -1

    @override
    async def begin(self) -> None:
        self.last = self.pending = await read_up_to(self)
        await super().begin()

    @override
    async def act(self) -> None:
        first = max(0, self.last - _EARLIER)
        self.pending = await self.send(f"读到这里 {self.acts}")
        between = range(first, self.pending)
        waiting = [self.pending, *self.rng.sample(between, min(_MARKS, len(between)))]
        self.rng.shuffle(waiting)
        while waiting:
            await self.ready()
            try:
                async with (
                    asyncio.timeout(_HEARD_SECONDS),
                    self._screen() as one,
                    self._screen() as other,
                ):
                    await self._mark(one, other, waiting)
            except TimeoutError:
                self.wrong(f"no screen heard of {waiting}")
                raise ActError from None
            except (OSError, WebSocketException, EOFError):
                self.interrupted += 1
                await asyncio.sleep(0.02)
        self.acknowledged += 1

    def _screen(self) -> connect:
        session = self.seat.session
        return connect(
            session.origin.replace("http", "ws", 1) + "/ws", origin=Origin(session.origin),
            additional_headers={"Cookie": session.cookie}, compression=None, proxy=None, max_size=None,
        )  # fmt: skip

    async def _mark(
        self, one: ClientConnection, other: ClientConnection, waiting: list[int]
    ) -> None:
        """Have each place marked by one screen, and heard of by the other."""
        for screen in (other, one):
            await screen.send(json.dumps({"type": "hello", "cursor": None}))
            await screen.recv()
        for position in waiting:
            mark = {"type": "read", "group": self.seat.beside, "position": position}
            await one.send(json.dumps(mark))
        while waiting:
            frame = json.loads(await other.recv())
            if frame["type"] == "read" and frame["group"] == self.seat.beside:
                self.last = max(self.last, frame["position"])
                if frame["position"] in waiting:
                    waiting.remove(frame["position"])

    @override
    async def look(self) -> None:
        mark = await read_up_to(self)
        if not self.last <= mark <= self.pending:
            self.wrong(f"it is read up to {mark}, {self.last} was acknowledged")
        await super().look()


@dataclass(eq=False)
class Scheduling(Worker):
    """Messages that wait for their time: put there, changed, given up, sent at once; and some whose time comes."""

    name: ClassVar[str] = "scheduled"

    waiting: dict[str, tuple[str, int]] = field(default_factory=dict)
    due: dict[str, str] = field(default_factory=dict)
    pending: tuple[str, tuple[str, int] | None] | None = None

    @override
    async def act(self) -> None:
        if self.acts % _EVERY == 0:
            await self._schedule_soon(f"due-{self.acts}")
        elif len(self.waiting) < _MOST:
            await self._schedule(f"later-{self.acts}")
        else:
            cmid = self.rng.choice(sorted(self.waiting))
            await self.rng.choice((self._schedule, self._cancel, self._send_now))(cmid)
        self.pending = None
        self.acknowledged += 1

    async def _schedule_soon(self, cmid: str) -> None:
        text = self.due[cmid] = f"到时再说 {self.acts}"
        body = {"cmid": cmid, "body": {"text": text}, "at": _now() + _SOON}
        await self.ask("POST", f"/api/groups/{self.seat.beside}/scheduled", body)

    async def _schedule(self, cmid: str) -> None:
        text, at = f"过会儿说 {self.acts}", _now() + _HOUR + self.acts
        self.pending = (cmid, (text, at))
        body = {"cmid": cmid, "body": {"text": text}, "at": at}
        await self.ask("POST", f"/api/groups/{self.seat.beside}/scheduled", body)
        self.waiting[cmid] = (text, at)

    async def _cancel(self, cmid: str) -> None:
        self.pending = (cmid, None)
        done_before = ["messaging.scheduled_not_found"]
        await self.ask("DELETE", f"/api/scheduled/{cmid}", allowed=done_before)
        del self.waiting[cmid]

    async def _send_now(self, cmid: str) -> None:
        self.pending = (cmid, None)
        text = self.waiting[cmid][0]
        done = await self.ask("POST", f"/api/scheduled/{cmid}/sending", {})
        self.answers[cmid] = done.said
        # Gone from the list, it must be stored: its cmid is taken, and gives the receipt of what is there.
        self.texts[cmid] = text
        del self.waiting[cmid]
        place = f"/api/groups/{self.seat.beside}"
        again = {"cmid": cmid, "body": {"text": "再来一次"}, "at": _now() + _HOUR}
        await self.ask("POST", f"{place}/scheduled", again, refused="messaging.cmid_reused")
        body = {"cmid": cmid, "body": {"text": text}}
        await self.once(cmid, f"{place}/messages", body)

    @override
    async def look(self) -> None:
        found = (await self.ask("GET", "/api/scheduled")).said["scheduled"]
        shown = {each["cmid"]: (each["text"], each["at"]) for each in found}
        failed = [each["cmid"] for each in found if each["state"] != "waiting"]
        allowed = [self.waiting]
        if self.pending is not None:
            cmid, value = self.pending
            rest = {each: kept for each, kept in self.waiting.items() if each != cmid}
            allowed.append(rest | ({cmid: value} if value is not None else {}))
        later = {cmid: value for cmid, value in shown.items() if cmid not in self.due}
        if later not in allowed or failed:
            self.wrong(f"{later} wait, {self.waiting} were acknowledged; {failed} failed")
        await super().look()

    @override
    def judge(self, book: Book) -> list[str]:
        rows = book.read(lambda tx: _unsent_store.scheduled(tx, PersonId(self.seat.person)))
        left = {row.cmid for row in rows}
        found = [f"{cmid} waits, and is no more" for cmid in left & self.texts.keys()]
        if left - self.due.keys() != self.waiting.keys():
            found.append(f"scheduled: {left} wait, {sorted(self.waiting)} were acknowledged")
        come = {cmid: text for cmid, text in self.due.items() if cmid not in left}
        return found + stored_otherwise(book, self.seat.person, self.texts | come, self.answers)


def _now() -> int:
    return time.time_ns() // 1_000_000
