"""The write lane: the one way in which anything changes.

What is waiting becomes one transaction: lock the ledger's head, run the commands in order, append their facts, commit
once, then answer all (group commit, without a linger timer). An answer MUST NOT leave before the commit has returned.
Where a statement before it failed, nothing was committed, and the commands run again one by one. A transaction that
cannot begin, or loses its connection while its commands still run, changes nothing: they are told so, and the lane goes on.
So it does when the server of PostgreSQL is lost during the commit: whether that came about is read from the ledger when
the server is back. Any other commit that fails ends the process: its outcome is unknown, and a retry with the same key
settles it.
"""

import logging
import os
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby
from time import monotonic, sleep
from typing import Any, NoReturn, TypeVar

from guiju.kernel.batch import (
    Answer,
    Batch,
    Command,
    answer_all,
    answer_inline,
    answer_with,
    nobody,
)
from guiju.kernel.clock import Clock
from guiju.kernel.db import Database, DatabaseUnavailableError, OutcomeUnknownError
from guiju.kernel.errors import ForbiddenError, GuijuError
from guiju.kernel.facts import Recorded
from guiju.kernel.pipeline import UndoneError
from guiju.kernel.processor import Work
from guiju.kernel.statements import Ahead, committing, run_raw
from guiju.kernel.writer import Writer
from guiju.kernel.writing import Apply, Cache, Guard, Recorder, WriteTx, unchanged

_T = TypeVar("_T")
_log = logging.getLogger("guiju.lane")
BATCH = 512
WARY = 64
"""So many batches ask first after one was trusted in vain."""
SETTLING_SECONDS = 10.0
"""How long a commit that was lost is asked about before its senders are told that nobody knows."""
__all__ = [
    "BATCH", "Answer", "Apply", "Batch", "Command", "Guard", "Lane", "ListVerb", "Recorder", "Verb", "WriteTx", "answer_inline",
]  # fmt: skip

Verb = Callable[[WriteTx], Any]
ListVerb = Callable[[WriteTx, Sequence[Any]], Sequence[Any]]
AheadOf = Callable[[Sequence[Any]], Ahead]
"""The lookup that a list verb will begin with. For each command such a verb MUST record a fact or `be_sure`: on SQLite
nothing else tells that another process has appended since."""


class _CommitFailedError(Exception):
    """A commit that failed; the cause says why. `entries` are what it was to append; None where it was not asked for yet."""

    def __init__(self, entries: list[Recorded] | None) -> None:
        super().__init__()
        self.entries = entries


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
    foresee: Callable[[Batch], None] = nobody
    """Hears what is about to be committed, to make ready what must not leave before `deliver` hears of it too."""
    meanwhile: Callable[[Batch], None] = nobody
    """The same, when a server has got it all and the lane has nothing to do but wait; in the lane's thread."""
    guard: Guard = unchanged
    aheads: Mapping[str, AheadOf] = field(default_factory=dict)
    fatal: Callable[[int], Any] = os._exit
    _queue: "queue.SimpleQueue[list[Command] | None]" = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _cache: Cache = field(default_factory=Cache)
    _kept: dict[Any, Any] = field(default_factory=dict)
    _writer: Writer = field(init=False)
    _tx: WriteTx | None = None
    _wary: int = 0
    work: Work = field(default_factory=Work)

    def __post_init__(self) -> None:
        self._writer = self.database.writer()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="write-lane", daemon=True)
        self._thread.start()

    @property
    def thread(self) -> int:
        """The system's number of the thread that writes. Start it before."""
        assert self._thread is not None and self._thread.native_id is not None
        return self._thread.native_id

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
        self._tx = None
        try:
            tx = self._run_all(commands)
            entries = self._flush(tx, commands)
        except Exception as error:  # noqa: BLE001  # what is no outage is raised again
            self._writer.close()
            self._recover(commands, error)
            return
        self.work = Work(self.work.batches + 1, self.work.commands + len(commands))
        self.deliver(Batch(commands, entries))

    def _recover(self, commands: list[Command], error: Exception) -> None:
        """Tell the senders of a batch that was not stored, or may not have been; raises what is no outage."""
        failed = error if isinstance(error, _CommitFailedError) else None
        cause = error.__cause__ if isinstance(error, (_CommitFailedError, UndoneError)) else error
        if not self._is_outage(cause, in_commit=failed is not None):
            self._end(cause or error)
        _log.error("the database cannot be reached", exc_info=cause)
        if failed is None or failed.entries is None:
            self._refuse(commands)
            return
        try:
            self._settle(commands, failed.entries)
        except Exception as worse:  # noqa: BLE001  # nobody knows what was stored, whatever it is
            self._end(worse)

    def _is_outage(self, error: BaseException | None, *, in_commit: bool) -> bool:
        """Whether the lane may go on after this. Not where a disk failed a commit on SQLite: what is read back afterwards
        may be what never reached it.
        """
        if in_commit and self.database.is_sqlite:
            return False
        return isinstance(error, (DatabaseUnavailableError, *self.database.outages))

    def _end(self, error: BaseException) -> NoReturn:
        """Going on could acknowledge what is not stored; and a lane whose thread has ended without the process would leave
        everybody waiting for ever.
        """
        _log.critical("the write lane stops: %s", type(error).__name__, exc_info=error)
        self.fatal(70)
        raise error

    def _flush(self, tx: WriteTx, commands: list[Command]) -> list[Recorded]:
        try:
            return self._store(tx, commands)
        except UndoneError as error:
            if not tx.holds:
                raise
            if tx.is_on_trust:
                return self._flush(self._run_surely(tx, commands), commands)
            # One of the commands may have caused it, and nothing was committed: each runs again, alone.
            _log.error("a batch is run again one by one", exc_info=error)
            tx = self._run_alone(tx, commands)
        return self._store(tx, commands)

    def _store(self, tx: WriteTx, commands: list[Command]) -> list[Recorded]:
        """Write what was recorded and commit. Raises UndoneError or _CommitFailedError."""
        batch: Batch | None = None

        def meanwhile() -> None:
            assert batch is not None, "nothing is sent before"
            self.meanwhile(batch)

        try:
            with committing(tx.flushing, meanwhile):
                batch = Batch(commands, self.recorder.flush(tx.flushing))
                self.foresee(batch)
        except UndoneError:
            raise
        except Exception as error:
            raise _CommitFailedError(batch.entries if batch is not None else None) from error
        return batch.entries

    def _settle(self, commands: list[Command], entries: list[Recorded]) -> None:
        """Answer a batch whose commit was lost, by what the ledger says as soon as it can be read."""
        until, pause = monotonic() + SETTLING_SECONDS, 0.05
        while (stored := self._is_stored()) is None and entries and monotonic() < until:
            sleep(pause)
            pause = min(1.0, pause * 2)
        if stored is False:
            self._refuse(commands)
            return
        if not stored:
            answer_with(
                commands,
                OutcomeUnknownError,
                "Nobody knows whether this was stored; look before doing it again.",
            )
        self._forget_all()
        self.deliver(Batch(commands, entries if stored else []))

    def _is_stored(self) -> bool | None:
        """Whether what was flushed last is in the ledger; None as long as that cannot be said."""
        try:
            connection = self._writer.open()
            return self.recorder.is_stored(connection) if self._writer.fence() else None
        except self.database.outages:
            self._writer.close()
            self.database.reconnect()
            return None

    def _forget_all(self) -> None:
        """What is held in memory may be stale."""
        self.recorder.abort()
        self._cache.clear()

    def _begin(self, ahead: Ahead | None = None, *, may_trust: bool = False) -> WriteTx:
        connection, now = self._writer.open(), self.clock.now()
        is_on_trust = may_trust and self.recorder.begin_on_trust(connection, now)
        if not is_on_trust and not self.recorder.begin(connection, now, ahead):
            self._cache.clear()
        self._tx = WriteTx(
            connection,
            self.recorder.time(),
            self.recorder,
            self.appliers,
            self._cache,
            self._kept,
            guard=self.guard,
            ahead=ahead,
            is_on_trust=is_on_trust,
        )
        return self._tx

    def _run_all(self, commands: list[Command]) -> WriteTx:
        """Run the commands in an open transaction, which nobody has committed yet."""
        kind = commands[0].kind
        if kind is not None and all(command.kind == kind for command in commands):
            self._wary = max(0, self._wary - 1)
            return self._run_together(kind, commands, may_trust=not self._wary)
        tx = self._begin()
        for each, run in groupby(commands, key=lambda command: command.kind):
            if each is None:
                self._run_verbs(tx, list(run))
            else:
                self._run_list(tx, each, list(run))
        return tx

    def _run_together(self, kind: str, commands: list[Command], *, may_trust: bool) -> WriteTx:
        """Run commands of one list verb; the transaction is their savepoint, which spares round trips."""
        looks = self.aheads.get(kind)
        ahead = looks([each.payload for each in commands]) if looks is not None else None
        tx = self._begin(ahead, may_trust=may_trust and ahead is not None)
        tx.hold_writes()
        try:
            results = self._call_list(tx, kind, commands)
        except Exception as error:  # noqa: BLE001  # they run again, each alone
            _check_connection(tx, error)
            if tx.is_on_trust:
                return self._run_surely(tx, commands)
            return self._run_alone(tx, commands)
        answer_all(commands, results)
        return tx

    def _run_surely(self, failed: WriteTx, commands: list[Command]) -> WriteTx:
        """Undo a transaction that was begun on trust and run its commands in one that asks first.

        Another node has appended, something was sent before, or something is refused: any of these may go on for a
        while, so that the next batches ask first too.
        """
        self._roll_back(failed)
        self._wary = WARY
        kind = commands[0].kind
        assert kind is not None, "verbs are not run on trust"
        return self._run_together(kind, commands, may_trust=False)

    def _roll_back(self, failed: WriteTx) -> None:
        run_raw(failed.flushing, "ROLLBACK")
        failed.undo()
        self.recorder.undo()
        self._cache.clear()

    def _run_alone(self, failed: WriteTx, commands: list[Command]) -> WriteTx:
        """Undo a transaction and run its commands in another one, each in its own savepoint."""
        self._roll_back(failed)
        tx = self._begin()
        for command in commands:
            assert command.kind is not None, "verbs have their savepoint from the beginning"
            self._run_list(tx, command.kind, [command])
        return tx

    def _refuse(self, commands: list[Command]) -> None:
        """Nothing was committed, so everybody can be told."""
        if self._tx is not None:
            self._tx.undo()
        self._forget_all()
        self.database.reconnect()
        answer_with(
            commands, DatabaseUnavailableError, "The database cannot be reached; try again."
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
        answer_all(commands, results)

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


def _check_connection(tx: WriteTx, error: Exception) -> None:
    """Raises DatabaseUnavailableError when the transaction ended with its connection: running on would be in vain."""
    if tx.is_lost:
        raise DatabaseUnavailableError("The connection to the database was lost.") from error
