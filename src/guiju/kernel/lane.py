"""The write lane: the one way in which anything changes.

What is waiting becomes one transaction: lock the ledger's head, run the commands in order, append their facts, commit
once, then answer all (group commit, without a linger timer). An answer MUST NOT leave before the commit has returned.
A commit that fails ends the process: its outcome is unknown, and a retry with the same key settles it. A transaction that
cannot begin, or loses its connection while its commands still run, changes nothing: they are told so, and the lane goes on.
"""

import logging
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Executable
from typing_extensions import override

from guiju.kernel.clock import Clock
from guiju.kernel.db import (
    Database,
    DatabaseUnavailableError,
    EntryReader,
    ReadTx,
    Writer,
    is_lost,
)
from guiju.kernel.errors import ForbiddenError, GuijuError
from guiju.kernel.facts import Recorded, schema_of
from guiju.kernel.jobs import cancel_job, schedule_job
from guiju.kernel.permit import Permit
from guiju.kernel.statements import Hot, Inserts, committing, run_raw

_T = TypeVar("_T")
_log = logging.getLogger("guiju.lane")
BATCH = 512


class Recorder(EntryReader, Protocol):
    """The ledger as the lane sees it. All calls happen in the lane's thread, inside its transaction."""

    def begin(self, connection: Connection, now: int) -> bool:
        """Lock the head; False when another node has appended since the last time."""

    def time(self) -> int:
        """The time of this transaction: never before the last entry's."""

    def record_many(self, pairs: Sequence[tuple[Permit, Any]]) -> list[Recorded]: ...

    def mark(self) -> object: ...

    def rollback_to(self, mark: object) -> None: ...

    def flush(self, connection: Connection) -> list[Recorded]:
        """Write the entries recorded since `begin`."""

    def abort(self) -> None:
        """Forget everything held in memory; the transaction was rolled back."""


Apply = Callable[["WriteTx", Sequence[Recorded]], None]
Guard = Callable[["WriteTx", Permit, Any], tuple[Permit, Any]]
"""What a fact with inspected texts passes before it is recorded: gives what to record, or raises a refusal."""


def _unchanged(tx: "WriteTx", permit: Permit, fact: Any) -> tuple[Permit, Any]:
    return permit, fact


class WriteTx(ReadTx):
    """The lane's transaction as a verb sees it: it can record facts, and it has no commit."""

    def __init__(
        self,
        connection: Connection,
        now: int,
        recorder: Recorder,
        appliers: dict[str, Apply],
        cache: dict[Any, Any],
        kept: dict[Any, Any] | None = None,
        *,
        guard: Guard = _unchanged,
    ) -> None:
        super().__init__(connection, now, recorder)
        self._recorder = recorder
        self._appliers = appliers
        self._cache = cache
        self._kept: dict[Any, Any] = kept if kept is not None else {}
        self._guard = guard
        self._depth = 0

    def record(self, permit: Permit, fact: Any) -> Recorded:
        """Append a fact and let its owner apply it to the tables. Raises what its texts are refused with."""
        return self.record_many([(permit, fact)])[0]

    def record_many(self, pairs: Sequence[tuple[Permit, Any]]) -> list[Recorded]:
        """Append several facts, in order, like `record`."""
        if any(schema_of(fact).inspected for _, fact in pairs):
            pairs = [self._guard(self, permit, fact) for permit, fact in pairs]
        entries = self._recorder.record_many(pairs)
        for module, run in groupby(entries, key=lambda entry: entry.kind.partition(".")[0]):
            self._appliers[module](self, list(run))
        return entries

    def run(self, statement: Executable) -> int:
        """Run one statement; returns the number of rows that it changed."""
        return self.connection.execute(statement).rowcount

    def many(self, statement: Hot | Inserts, rows: Sequence[Sequence[Any]]) -> None:
        statement.many(self.connection, rows)

    @override
    def cached(self, key: tuple[str, ...], load: Callable[[], _T]) -> _T:
        """A value of the lane's cache. Whatever changes what was loaded MUST `forget` the key."""
        if key not in self._cache:
            loaded = load()
            if (
                loaded is None
            ):  # what does not exist is not remembered: anybody can ask for any number of such things
                return loaded
            self._cache[key] = loaded
        return self._cache[key]  # type: ignore[no-any-return]  # the cache holds what load returned

    def kept(self, key: tuple[str, ...], make: Callable[[], _T]) -> _T:
        """What this process counts beside the tables; neither a rollback nor a change of the tables undoes it."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]  # type: ignore[no-any-return]  # it holds what make returned

    def forget(self, *key: str) -> None:
        """Drop a key, and with it all keys that start with its parts."""
        for known in [k for k in self._cache if k[: len(key)] == key]:
            del self._cache[known]

    def forget_all(self) -> None:
        self._cache.clear()

    def schedule(self, kind: str, key: str, due_at: int, **payload: str | int | None) -> None:
        """Have the job `kind` run at `due_at` (ms); the same kind and key replaces an earlier one."""
        schedule_job(self, kind, key, due_at, payload)

    def cancel(self, kind: str, key: str) -> None:
        cancel_job(self, kind, key)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo everything inside on an error: tables, facts and the cache."""
        mark = self._recorder.mark()
        self._depth += 1
        name = f"s{self._depth}"
        run_raw(self.connection, f"SAVEPOINT {name}")
        try:
            yield
            run_raw(self.connection, f"RELEASE SAVEPOINT {name}")
        except BaseException:
            self._recorder.rollback_to(mark)
            self._cache.clear()
            run_raw(self.connection, f"ROLLBACK TO SAVEPOINT {name}")
            run_raw(self.connection, f"RELEASE SAVEPOINT {name}")
            raise
        finally:
            self._depth -= 1


Verb = Callable[[WriteTx], Any]
ListVerb = Callable[[WriteTx, Sequence[Any]], Sequence[Any]]
Answer = Callable[[Any], None]


@dataclass(slots=True, eq=False)
class Command:
    """One thing to do. `kind` is None for a verb (`payload` is a callable); else the name of a list verb."""

    kind: str | None
    payload: Any
    answer: Answer
    result: Any = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one commit did: the commands with their results, and the entries that it appended."""

    commands: list[Command]
    entries: list[Recorded]


def answer_inline(batch: Batch) -> None:
    """Answer in the lane's own thread: for tests, the demo and the command line."""
    for command in batch.commands:
        command.answer(command.result)


@dataclass
class Lane:
    """The single writer. Start it once; `submit` from any thread."""

    database: Database
    recorder: Recorder
    clock: Clock
    appliers: dict[str, Apply]
    list_verbs: dict[str, ListVerb]
    on_attempt: Callable[[WriteTx, ForbiddenError], None]
    deliver: Callable[[Batch], None] = answer_inline
    guard: Guard = _unchanged
    fatal: Callable[[int], Any] = os._exit
    _queue: "queue.SimpleQueue[list[Command] | None]" = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _cache: dict[Any, Any] = field(default_factory=dict)
    _kept: dict[Any, Any] = field(default_factory=dict)
    _writer: Writer = field(init=False)

    def __post_init__(self) -> None:
        self._writer = self.database.writer()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="write-lane", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting, then end."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
        self._writer.close()

    def submit(self, commands: list[Command]) -> None:
        """Have these commands run, in this order, in one commit or in consecutive ones."""
        self._queue.put(commands)

    def write(self, verb: Callable[[WriteTx], _T]) -> _T:
        """Run one verb and wait for its commit; raises what the verb raised."""
        return self.call(None, verb)  # type: ignore[no-any-return]  # a verb's result is its own

    def call(self, kind: str | None, payload: Any) -> Any:
        """Run one command and wait for its commit; raises what it raised."""
        result = self.outcome(kind, payload)
        if isinstance(result, BaseException):
            raise result
        return result

    def outcome(self, kind: str | None, payload: Any) -> Any:
        """Run one command and wait for its commit; what it raised is returned."""
        future: Future[Any] = Future()
        self.submit([Command(kind, payload, future.set_result)])
        return future.result()

    def _run(self) -> None:
        while (batch := self._take()) is not None:
            if batch:
                self._commit(batch)

    def _take(self) -> list[Command] | None:
        """Everything that is waiting, at most BATCH; None at the end."""
        first = self._queue.get()
        if first is None:
            return None
        batch = list(first)
        while len(batch) < BATCH:
            try:
                commands = self._queue.get_nowait()
            except queue.Empty:
                break
            if commands is None:
                self._queue.put(None)
                break
            batch.extend(commands)
        return batch

    def _commit(self, commands: list[Command]) -> None:
        """One transaction for all of `commands`."""
        flushing = False
        try:
            connection = self._run_all(commands)
            flushing = True
            with committing(connection):
                entries = self.recorder.flush(connection)
        except Exception as error:
            self._writer.close()
            if not flushing and isinstance(
                error, (DatabaseUnavailableError, *self.database.outages)
            ):
                self._refuse(commands, error)
                return
            # The flush failed or its outcome is unknown; going on could acknowledge what is not stored. Whatever it
            # was: a lane whose thread has ended without the process would leave everybody waiting for ever.
            _log.critical("the write lane stops: %s", type(error).__name__, exc_info=error)
            self.fatal(70)
            raise
        self.deliver(Batch(commands, entries))

    def _begin(self) -> WriteTx:
        connection = self._writer.open()
        if not self.recorder.begin(connection, self.clock.now()):
            self._cache.clear()
        return WriteTx(
            connection,
            self.recorder.time(),
            self.recorder,
            self.appliers,
            self._cache,
            self._kept,
            guard=self.guard,
        )

    def _run_all(self, commands: list[Command]) -> Connection:
        """Run the commands in an open transaction, which nobody has committed yet."""
        tx = self._begin()
        runs = [(kind, list(run)) for kind, run in groupby(commands, key=lambda each: each.kind)]
        if len(runs) == 1 and runs[0][0] is not None:
            # The transaction is its savepoint, which spares two round trips.
            try:
                results = self._call_list(tx, runs[0][0], commands)
            except Exception as error:  # noqa: BLE001  # each of them runs again, alone
                _check_connection(tx, error)
                run_raw(tx.connection, "ROLLBACK")
                self._cache.clear()
                tx = self._begin()
                runs = [(command.kind, [command]) for command in commands]
            else:
                _answer_all(commands, results)
                return tx.connection
        for kind, together in runs:
            if kind is None:
                self._run_verbs(tx, together)
            else:
                self._run_list(tx, kind, together)
        return tx.connection

    def _refuse(self, commands: list[Command], error: Exception) -> None:
        """Nothing can have been committed, so everybody can be told; what is held in memory may be stale."""
        _log.error("the database cannot be reached", exc_info=error)
        self.recorder.abort()
        self._cache.clear()
        self.database.reconnect()
        for command in commands:
            command.result = DatabaseUnavailableError(
                "The database cannot be reached; try again.", retry_after=1
            )
        self.deliver(Batch(commands, []))

    def _run_verbs(self, tx: WriteTx, commands: list[Command]) -> None:
        for command in commands:
            self._run_one(tx, command, command.payload)

    def _run_list(self, tx: WriteTx, kind: str, commands: list[Command]) -> None:
        try:
            with tx.savepoint():
                results = self._call_list(tx, kind, commands)
        except Exception as error:  # noqa: BLE001  # one bad command must not fail the others: each runs again alone
            _check_connection(tx, error)
            if len(commands) == 1:
                self._failed(commands[0], error)
                return
            for command in commands:
                self._run_list(tx, kind, [command])
            return
        _answer_all(commands, results)

    def _call_list(self, tx: WriteTx, kind: str, commands: list[Command]) -> Sequence[Any]:
        return self.list_verbs[kind](tx, [command.payload for command in commands])

    def _run_one(self, tx: WriteTx, command: Command, verb: Verb) -> None:
        try:
            with tx.savepoint():
                command.result = verb(tx)
        except ForbiddenError as refusal:
            command.result = refusal
            if refusal.attempt is not None:
                self.on_attempt(tx, refusal)
        except GuijuError as refusal:
            command.result = refusal
        except Exception as error:  # noqa: BLE001  # a bug in one verb must not stop the lane for everybody
            _check_connection(tx, error)
            self._failed(command, error)

    def _failed(self, command: Command, error: Exception) -> None:
        if not isinstance(error, GuijuError):
            _log.error("a command failed: %s", command.kind or command.payload, exc_info=error)
        command.result = error.with_traceback(None)  # which would keep the whole batch in memory


def _answer_all(commands: list[Command], results: Sequence[Any]) -> None:
    for command, result in zip(commands, results, strict=True):
        command.result = result


def _check_connection(tx: WriteTx, error: Exception) -> None:
    """Raises DatabaseUnavailableError when the transaction ended with its connection: running on would be in vain."""
    if is_lost(tx.connection):
        raise DatabaseUnavailableError("The connection to the database was lost.") from error
