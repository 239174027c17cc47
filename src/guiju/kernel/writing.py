"""The lane's transaction as verbs see it, and what the ledger must offer to it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Executable
from typing_extensions import override

from guiju.kernel.db import EntryReader, ReadTx, is_lost
from guiju.kernel.facts import Recorded, schema_of
from guiju.kernel.jobs import cancel_job, schedule_job
from guiju.kernel.permit import Permit
from guiju.kernel.statements import Ahead, Hot, Inserts, Lookup, hold, release, run_raw

_T = TypeVar("_T")


class UnsureError(Exception):
    """A transaction on trust came to where it matters what the tables say; its commands run again in one that asks."""


class Recorder(EntryReader, Protocol):
    """The ledger as the lane sees it. All calls happen in the lane's thread, inside its transaction."""

    def begin(self, connection: Connection, now: int, ahead: Ahead | None = None) -> bool:
        """Lock the head and ask for `ahead`; False when another node has appended since the last time."""

    def begin_on_trust(self, connection: Connection, now: int) -> bool:
        """Begin a transaction that fails if another node has appended; False, and nothing is begun, where that cannot be."""

    def time(self) -> int:
        """The time of this transaction: never before the last entry's."""

    def record_many(self, pairs: Sequence[tuple[Permit, Any]]) -> list[Recorded]: ...

    def mark(self) -> object: ...

    def rollback_to(self, mark: object) -> None: ...

    def flush(self, connection: Connection) -> list[Recorded]:
        """Write the entries recorded since `begin`."""

    def undo(self) -> None:
        """Take back what `flush` did in memory: its transaction was rolled back."""

    def is_stored(self, connection: Connection) -> bool | None:
        """Whether the ledger has what was flushed last; None where nothing was. Ask before the next `begin`."""

    def abort(self) -> None:
        """Forget everything held in memory; the transaction was rolled back."""


Apply = Callable[["WriteTx", Sequence[Recorded]], None]
Guard = Callable[["WriteTx", Permit, Any], tuple[Permit, Any]]
"""What a fact with inspected texts passes before it is recorded: gives what to record, or raises a refusal."""


def unchanged(tx: "WriteTx", permit: Permit, fact: Any) -> tuple[Permit, Any]:
    return permit, fact


class Cache(dict[tuple[str, ...], Any]):
    """What the lane remembers. Keys that begin alike are found together: to look through all of them for every change of
    a large organisation cost more than the change.
    """

    def __init__(self) -> None:
        super().__init__()
        self._alike: dict[tuple[str, ...], set[tuple[str, ...]]] = {}

    def remember(self, key: tuple[str, ...], value: Any) -> None:
        self[key] = value
        self._alike.setdefault(key[:2], set()).add(key)

    def forget(self, *start: str) -> None:
        """Drop all keys that start with these parts."""
        if len(start) == 1:
            heads = [head for head in self._alike if head[:1] == start]
        else:
            heads = [start[:2]] if start[:2] in self._alike else []
        for head in heads:
            alike = self._alike[head]
            for known in [key for key in alike if key[: len(start)] == start]:
                alike.discard(known)
                del self[known]
            if not alike:
                del self._alike[head]

    @override
    def clear(self) -> None:
        super().clear()
        self._alike.clear()


class WriteTx(ReadTx):
    """The lane's transaction as a verb sees it: it can record facts, and it has no commit."""

    def __init__(
        self,
        connection: Connection,
        now: int,
        recorder: Recorder,
        appliers: dict[str, Apply],
        cache: Cache,
        kept: dict[Any, Any] | None = None,
        *,
        guard: Guard = unchanged,
        ahead: Ahead | None = None,
        is_on_trust: bool = False,
    ) -> None:
        super().__init__(connection, now, recorder)
        self._ahead = ahead
        self.is_on_trust = is_on_trust
        """Nobody has looked whether the lookup that was to be made ahead finds anything; the commit fails if it does."""
        self._holds = False
        self._undoing: list[Callable[[], None]] = []
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
        if not pairs:
            return []
        if any(schema_of(fact).inspected for _, fact in pairs):
            pairs = [self._guard(self, permit, fact) for permit, fact in pairs]
        entries = self._recorder.record_many(pairs)
        for module, run in groupby(entries, key=lambda entry: entry.kind.partition(".")[0]):
            self._appliers[module](self, list(run))
        return entries

    def run(self, statement: Executable) -> int:
        """Run one statement; returns the number of rows that it changed."""
        return self.connection.execute(statement).rowcount

    @property
    @override
    def connection(self) -> Connection:
        if self._holds:
            release(self._connection)
            hold(self._connection)
        return self._connection

    def many(self, statement: Hot | Inserts, rows: Sequence[Sequence[Any]]) -> None:
        statement.many(self._connection, rows)

    def lookup(self, lookup: Lookup, values: Sequence[str]) -> list[tuple[Any, ...]]:
        """What a lookup finds, which may have been asked for when the transaction began."""
        ahead = self._ahead
        if ahead is not None and ahead.lookup is lookup and ahead.values == values:
            self._ahead = None  # what is written from now on may change the answer
            if self.is_on_trust:
                return []
            if ahead.found is not None:
                return ahead.found
        return lookup.fetch(self.connection, values)

    def be_sure(self) -> None:
        """Call this before answering by anything but a row that stands in the way of a second one. Raises UnsureError."""
        if self.is_on_trust:
            raise UnsureError

    def when_undone(self, act: Callable[[], None]) -> None:
        """Have something done if what was done so far is rolled back: for what `kept` counts."""
        self._undoing.append(act)

    def undo(self, done: int = 0) -> None:
        """Do what was asked for that case, but for the first `done`."""
        while len(self._undoing) > done:
            self._undoing.pop()()

    def hold_writes(self) -> None:
        """Have the hot statements sent with the commit, or before the next one that is not."""
        hold(self._connection)
        self._holds = True

    @property
    def flushing(self) -> Connection:
        """The connection for what ends the transaction: what is held stays so."""
        return self._connection

    @property
    def holds(self) -> bool:
        return self._holds

    @property
    def is_lost(self) -> bool:
        """Whether the transaction ended by itself, with its connection."""
        return is_lost(self._connection)

    @override
    def cached(self, key: tuple[str, ...], load: Callable[[], _T]) -> _T:
        """A value of the lane's cache. Whatever changes what was loaded MUST `forget` the key."""
        found: _T | None = self._cache.get(key)
        if found is None:
            found = load()
            # What does not exist is not remembered: anybody can ask for any number of such things.
            if found is not None:
                self._cache.remember(key, found)
        return found

    def kept(self, key: tuple[str, ...], make: Callable[[], _T]) -> _T:
        """What this process counts beside the tables; neither a rollback nor a change of the tables undoes it by itself."""
        found: _T | None = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
        return found

    def forget(self, *key: str) -> None:
        """Drop a key, and with it all keys that start with its parts."""
        self._cache.forget(*key)

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
        mark, done = self._recorder.mark(), len(self._undoing)
        self._depth += 1
        name = f"s{self._depth}"
        run_raw(self.connection, f"SAVEPOINT {name}")
        try:
            yield
            run_raw(self.connection, f"RELEASE SAVEPOINT {name}")
        except BaseException:
            self._recorder.rollback_to(mark)
            self._cache.clear()
            self.undo(done)
            run_raw(self._connection, f"ROLLBACK TO SAVEPOINT {name}")
            run_raw(self._connection, f"RELEASE SAVEPOINT {name}")
            raise
        finally:
            self._depth -= 1
