"""The load of `bench.load` for Synapse: one room, senders who each wait for the answer to their `PUT`; nobody receives.

That nobody syncs is a favour to it: its work for every receiver is larger than for the message.
Usage: python -m bench.peers.matrix < plan.json
"""

import asyncio
import contextlib
import gc
import json
import os
import sys
import time
from typing import Any, Final
from urllib.parse import quote

import msgspec
import uvloop
from typing_extensions import override

from bench.client import LoadError, Receipt, Target
from bench.load import Plan, Run, text

_API: Final = "/_matrix/client/v3"
_SECONDS: Final = 60.0
_AT_ONCE: Final = 4


class Seat:
    """One signed-in user on one connection that stays open. It receives nothing, so that `arrivals` stays empty."""

    def __init__(self, target: Target) -> None:
        """Nothing is connected yet."""
        self.arrivals: list[tuple[float, Any]] = []
        self._target = target
        self._token = ""

    async def register(self, name: str) -> None:
        """Make an account and sign in; raises `LoadError`."""
        self._reader, self._writer = await asyncio.open_connection(
            self._target.host, self._target.port
        )
        credentials = {"username": name, "password": "bench-only-2026", "auth": {"type": "m.login.dummy"}}  # fmt: skip
        said = await self.ask("POST", "/register", credentials)
        self._token = said["access_token"]

    async def ask(self, method: str, path: str, body: object) -> Any:
        """The answer to one request; raises `LoadError` when it is no success."""
        content = json.dumps(body).encode()
        signed = f"Authorization: Bearer {self._token}\r\n" if self._token else ""
        head = (
            f"{method} {_API}{path} HTTP/1.1\r\nHost: {self._target.host}\r\n{signed}"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        self._writer.write(head.encode() + content)
        return await asyncio.wait_for(self._answer(), _SECONDS)

    async def _answer(self) -> Any:
        head = await self._reader.readuntil(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in head.lower():
            said = b""
            while size := int(await self._reader.readline(), 16):
                said += (await self._reader.readexactly(size + 2))[:-2]
            await self._reader.readline()
        else:
            length = head.lower().partition(b"content-length:")[2].split()[0]
            said = await self._reader.readexactly(int(length))
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise LoadError(f"Synapse answered {head[:15]!r}: {said[:300]!r}")
        return json.loads(said)

    def close(self) -> None:
        """Drop the connection; the run is over."""
        if hasattr(self, "_writer"):
            self._writer.close()


class MatrixRun(Run):
    """The run of `bench.load` with its window and figures, over Matrix's HTTP interface."""

    def __init__(self, plan: Plan) -> None:
        """A room of its own for every run."""
        super().__init__(plan)
        self._tag = f"{os.getpid():x}{time.time_ns():x}"
        self._room = ""
        self._next = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @override
    async def _connect(self, targets: list[Target]) -> list[Seat]:  # type: ignore[override]  # the same verbs
        seats = [Seat(target) for target in targets]
        turn = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int, seat: Seat) -> None:
            async with turn:
                await seat.register(f"b{self._tag}n{number}")

        await asyncio.gather(*(one(number, seat) for number, seat in enumerate(seats)))
        if seats:
            made = await seats[0].ask("POST", "/createRoom", {"preset": "public_chat"})
            self._room = quote(made["room_id"])
        for seat in seats[1:]:
            await seat.ask("POST", f"/join/{self._room}", {})
        return seats

    @override
    def send(self, seat: Seat, began: float) -> None:  # type: ignore[override]  # the same verbs
        number, self._next = self._next, self._next + 1
        self._outstanding[str(number)] = began
        task = asyncio.get_running_loop().create_task(self._put(seat, number))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _put(self, seat: Seat, number: int) -> None:
        path = f"/rooms/{self._room}/send/m.room.message/{self._tag}-{number}"
        try:
            await seat.ask("PUT", path, {"msgtype": "m.text", "body": text(number)})
        except (LoadError, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            self.failed(f"message {number}: {error!r}")
            return
        self.received(seat, Receipt(str(number), "delivered", number), time.perf_counter())  # type: ignore[arg-type]  # the same verbs

    @override
    async def _drain(self) -> None:
        deadline = time.perf_counter() + _SECONDS
        while self._outstanding and time.perf_counter() < deadline:
            await self._sleep(0.05)
        if self._outstanding:
            raise LoadError(f"{len(self._outstanding)} messages were never answered")


async def perform(plan: Plan) -> bytes:
    """Connect, run, close; raises `LoadError`."""
    if plan.rate or not plan.senders:
        raise LoadError("only a closed loop is made for Synapse")
    run = MatrixRun(plan)
    try:
        return msgspec.json.encode(await run.measure())
    finally:
        for seat in run.seats:
            seat.close()
        with contextlib.suppress(LoadError):
            if not run.over.cancel():
                run.over.exception()


def main() -> int:
    """Read the plan, print the result; 1 when the run failed."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    gc.disable()
    try:
        result = uvloop.run(perform(plan))
    except (LoadError, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        print(repr(error), file=sys.stderr)
        return 1
    print(result.decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
