"""The lane and the readers as the event loop sees them: awaitable, answers first, then the feed.

One batch is in flight at a time: what arrives while it commits and while its answers leave is the next one. Handing each
command over at once made many small commits, each with a write for every member: measured at a third of the rate.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any, Protocol, TypeVar

from guiju.kernel.clock import Clock
from guiju.kernel.db import Database, DatabaseUnavailableError, EntryQuery, EntryReader, ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import Batch, Command, Lane, WriteTx

T = TypeVar("T")
_log = logging.getLogger("guiju.gate")
MOST_MISSED = 2000
PREPARING_SECONDS = 0.01
"""How long the loop may prepare one batch; whatever else is on the loop waits for it."""
WORTH_FORESEEING = 4
"""For fewer entries, waking the loop once more costs what it spares."""
Subscriber = Callable[[Sequence[Recorded]], None]


class Door(Protocol):
    """The lane and the readers, for a thread that may wait."""

    def write_now(self, verb: Callable[[WriteTx], T]) -> T: ...

    def outcome_now(self, verb: Callable[[WriteTx], T]) -> T | BaseException: ...

    def read_now(self, verb: Callable[[ReadTx], T]) -> T: ...


def _is_foreseeable(batch: Batch) -> bool:
    """Whether it is of list verbs: what others did may tell of anything, and is made when it is there."""
    return all(command.kind is not None for command in batch.commands)


class Gate:
    """Submit commands and read snapshots from the event loop."""

    def __init__(self, lane: Lane, database: Database, reader: EntryReader, clock: Clock) -> None:
        self._lane = lane
        self._database = database
        self._reader = reader
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._subscribers: list[Subscriber] = []
        self._waiting: list[Command] = []
        self._preparing: dict[Command, Callable[[Any], Any]] = {}
        self._rendering: dict[Command, Callable[[Any], Any]] = {}
        self._rendered: dict[Command, tuple[Any, Any]] = {}
        self._foreseers: list[Subscriber] = []
        self._last: Command | None = None
        self._published = -1
        # SQLite and psycopg release the lock while they work, but decoding does not: few threads are enough.
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="read")

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Deliver answers on `loop` from now on."""
        self._loop = loop
        self._published = self.read_now(lambda tx: tx.position)
        self._lane.deliver = self._deliver_soon
        self._lane.foresee = self._foresee_soon
        self._lane.meanwhile = self._foresee_few

    def subscribe(self, subscriber: Subscriber) -> None:
        """Have every commit's entries, in order, after its commands were answered."""
        self._subscribers.append(subscriber)

    def subscribe_ahead(self, foreseer: Subscriber) -> None:
        """Have the entries of a batch also before its commit, to make ready what it will bring; it may never come about."""
        self._foreseers.append(foreseer)

    def _foresee_soon(self, batch: Batch) -> None:
        if len(batch.entries) >= WORTH_FORESEEING and _is_foreseeable(batch):
            self.on_loop(lambda: self._foresee(batch))

    def _foresee_few(self, batch: Batch) -> None:
        """In the lane's thread, which waits: of a batch for which the loop is not woken."""
        if len(batch.entries) < WORTH_FORESEEING and _is_foreseeable(batch):
            self._foresee(batch)

    def _foresee(self, batch: Batch) -> None:
        """While the disk works: nothing of this leaves before the commit.

        From any thread: what is made ready is used only for the very results and entries of which it was made.
        """
        try:
            for command in batch.commands:
                render = self._rendering.get(command)
                if render is not None:
                    result = command.result  # once: the lane may be running it again
                    self._rendered[command] = result, render(result)
            for foreseer in self._foreseers:
                foreseer(batch.entries)
        except Exception:  # noqa: BLE001  # what is not ready is made when it is delivered
            _log.exception("a batch could not be made ready")

    def _deliver_soon(self, batch: Batch) -> None:
        assert self._loop is not None, "attach comes before the first command"
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, batch)

    def _deliver(self, batch: Batch) -> None:
        try:
            for command in batch.commands:
                self._answer(command)
            if batch.entries:
                self._close_gap(batch.entries[0].position)
                self._publish(batch.entries)
        finally:
            # Whatever broke, the next batch must not wait for this one for ever.
            if self._last in batch.commands:
                self._last = None
                self._soon()

    def _answer(self, command: Command) -> None:
        """Answer with the result, as it is rendered. A command may have run twice, with different results."""
        render, ready = self._rendering.pop(command, None), self._rendered.pop(command, None)
        said = command.result
        try:
            if ready is not None and ready[0] is said:
                said = ready[1]
            elif render is not None:
                said = render(said)
            command.answer(said)
        except Exception:  # noqa: BLE001  # the others wait for theirs
            _log.exception("an answer failed: %s", command.kind)

    def _publish(self, entries: Sequence[Recorded]) -> None:
        fresh = [entry for entry in entries if entry.position > self._published]
        if fresh:
            self._published = fresh[-1].position
            for subscriber in self._subscribers:
                try:
                    subscriber(fresh)
                except Exception:  # noqa: BLE001  # the others must still hear of it
                    _log.exception("a subscriber failed at position %d", fresh[0].position)

    def _close_gap(self, first: int) -> None:
        """Publish everything before `first` that other processes have appended."""
        while self._published + 1 < first and (missed := self._missed(first)):
            self._publish(missed)

    def _missed(self, before: int | None) -> list[Recorded]:
        """What other processes have appended since the last publication."""
        query = EntryQuery(after=self._published, before=before, limit=MOST_MISSED)
        return self.read_now(lambda tx: tx.entries(query))

    async def follow(self, interval: float = 1.0) -> None:
        """Publish what other processes append (another node, an import), for as long as the server runs."""
        while True:
            await asyncio.sleep(interval)
            try:
                await self._catch_up()
            except DatabaseUnavailableError:
                continue
            except Exception:  # noqa: BLE001  # following must not end while the server runs
                _log.exception("following other processes failed")

    async def _catch_up(self) -> None:
        position = await self.read(lambda tx: tx.position)
        while position > self._published and self._last is None:
            before = self._published
            self._publish(self._missed(None))
            if self._published == before:
                break

    def _soon(self) -> None:
        if self._waiting and self._last is None:
            assert self._loop is not None, "attach comes before the first command"
            self._last = self._waiting[-1]
            # At the end of this turn of the loop, so that everything read in it joins the batch.
            self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        """Make what waits ready and give it to the lane; what takes too long stays for the next batch."""
        until = perf_counter() + PREPARING_SECONDS
        ready: list[Command] = []
        taken = 0
        for command in self._waiting:
            taken += 1
            if self._make_ready(command):
                ready.append(command)
            if perf_counter() > until:
                break
        del self._waiting[:taken]
        self._last = ready[-1] if ready else None
        if ready:
            self._lane.submit(ready)
        else:
            self._soon()

    def _make_ready(self, command: Command) -> bool:
        """Prepare a command; False when that has answered it."""
        prepare = self._preparing.pop(command, None)
        if prepare is None:
            return True
        try:
            command.payload = prepare(command.payload)
        except Exception as error:  # noqa: BLE001  # the others of the batch go on
            if not isinstance(error, GuijuError):
                _log.error("a command could not be prepared: %s", command.kind, exc_info=error)
            command.result = error
            self._answer(command)
            return False
        return True

    def on_loop(self, act: Callable[[], None]) -> None:
        """Have something done on the loop, from any thread; nothing when the server has stopped."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act)

    def submit(
        self,
        kind: str | None,
        payload: Any,
        answer: Callable[[Any], None],
        prepare: Callable[[Any], Any] | None = None,
        render: Callable[[Any], Any] | None = None,
    ) -> None:
        """Have a command run; `answer` gets its result (or exception) on the loop, after the flush.

        `prepare` makes the payload ready just before its batch is handed over, when the lane does not need the
        interpreter: two threads that both want it only take it from one another. `render` makes of the result what is
        answered, if it can while the commit is under way.
        """
        command = Command(kind, payload, answer)
        if prepare is not None:
            self._preparing[command] = prepare
        if render is not None:
            self._rendering[command] = render
        self._waiting.append(command)
        self._soon()

    async def call(
        self, kind: str | None, payload: Any, prepare: Callable[[Any], Any] | None = None
    ) -> Any:
        """Run one command; raises what it raised, or what `prepare` raises."""
        assert self._loop is not None, "attach comes before the first command"
        future: asyncio.Future[Any] = self._loop.create_future()

        def answer(result: Any) -> None:
            if future.done():  # the caller went away; what was committed stays
                return
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

        self.submit(kind, payload, answer, prepare)
        return await future

    async def write(self, verb: Callable[[WriteTx], T]) -> T:
        """Run one verb in the write lane."""
        result: T = await self.call(None, verb)
        return result

    async def read(self, verb: Callable[[ReadTx], T]) -> T:
        """Run a reading verb on one snapshot, off the loop."""
        assert self._loop is not None, "attach comes before the first read"
        return await self._loop.run_in_executor(self._threads, self.read_now, verb)

    def read_now(self, verb: Callable[[ReadTx], T]) -> T:
        """Run a reading verb on one snapshot, in this thread. Raises DatabaseUnavailableError."""
        try:
            with self._database.read() as connection:
                return verb(ReadTx(connection, self._clock.now(), self._reader))
        except self._database.outages as error:
            _log.error("the database cannot be read", exc_info=error)
            raise DatabaseUnavailableError(
                "The database cannot be reached; try again.", retry_after=1
            ) from error

    def write_now(self, verb: Callable[[WriteTx], T]) -> T:
        """Run one verb in the write lane and wait for its commit, in a thread that may wait."""
        return self._lane.write(verb)

    def outcome_now(self, verb: Callable[[WriteTx], T]) -> T | BaseException:
        """Like `write_now`, but what the verb raised is returned."""
        outcome: T | BaseException = self._lane.outcome(None, verb)
        return outcome

    def close(self) -> None:
        self._threads.shutdown(wait=True)
