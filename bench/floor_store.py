"""Durable stores of the floor: one commit for a batch of messages, on SQLite or PostgreSQL.

A store answers a batch only after the flush (`synchronous=FULL`, `synchronous_commit=on`). A commit
that fails ends the process: what was stored is then unknown, and nothing may be acknowledged.
"""

import asyncio
import os
import queue
import threading
import traceback
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, Protocol

import apsw
import asyncpg

_SQLITE_DDL: Final = (
    "DROP TABLE IF EXISTS message",
    """CREATE TABLE message (position INTEGER PRIMARY KEY, grp TEXT NOT NULL,
    number INTEGER NOT NULL, sender INTEGER NOT NULL, at INTEGER NOT NULL, cmid TEXT NOT NULL,
    body BLOB NOT NULL, chain BLOB NOT NULL)""",
    "CREATE UNIQUE INDEX message_number ON message (grp, number)",
    "CREATE UNIQUE INDEX message_cmid ON message (sender, cmid)",
)
_POSTGRES_DDL: Final = (
    "DROP TABLE IF EXISTS message",
    """CREATE TABLE message (position BIGINT PRIMARY KEY, grp TEXT NOT NULL,
    number BIGINT NOT NULL, sender INT NOT NULL, at BIGINT NOT NULL, cmid TEXT NOT NULL,
    body BYTEA NOT NULL, chain BYTEA NOT NULL)""",
    "CREATE UNIQUE INDEX ON message (grp, number)",
    "CREATE UNIQUE INDEX ON message (sender, cmid)",
)
_POSTGRES_TYPES: Final = ("bigint", "text", "bigint", "int", "bigint", "text", "bytea", "bytea")
_COLUMNS: Final = 8
_WIDEST_INSERT: Final = 64


class Row(NamedTuple):
    """One stored message. `at` is in milliseconds since 1970 UTC; `chain` is a SHA-256 digest."""

    position: int
    group: str
    number: int
    sender: int
    at: int
    cmid: str
    body: bytes
    chain: bytes


class Store(Protocol):
    """Commits one batch at a time; the caller MUST NOT hand over the next before `done` ran."""

    def commit(self, rows: Sequence[Row], done: Callable[[], None]) -> None:
        """Make the rows durable, then call `done` on the event loop."""


def _die() -> None:
    traceback.print_exc()
    os._exit(1)


class SqliteStore:
    """SQLite in WAL mode with `synchronous=FULL`, written by one thread."""

    def __init__(self, path: str, loop: asyncio.AbstractEventLoop) -> None:
        """Open the database file at `path` and create the table anew."""
        self._loop = loop
        self._connection = apsw.Connection(path)
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "PRAGMA wal_autocheckpoint=4000",
            *_SQLITE_DDL,
        ):
            self._connection.execute(statement)
        self._queue: queue.SimpleQueue[tuple[Sequence[Row], Callable[[], None]]] = (
            queue.SimpleQueue()
        )
        threading.Thread(target=self._write_forever, daemon=True).start()

    def commit(self, rows: Sequence[Row], done: Callable[[], None]) -> None:
        """See `Store.commit`."""
        self._queue.put((rows, done))

    def _write_forever(self) -> None:
        try:
            while True:
                rows, done = self._queue.get()
                self._write(rows)
                self._loop.call_soon_threadsafe(done)
        except (apsw.Error, RuntimeError):
            _die()

    def _write(self, rows: Sequence[Row]) -> None:
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        start = 0
        while start < len(rows):
            # Powers of two keep the distinct statements few, so that all stay in the cache.
            width = min(_WIDEST_INSERT, 1 << ((len(rows) - start).bit_length() - 1))
            chunk = rows[start : start + width]
            start += width
            places = ",".join(["(" + ",".join("?" * _COLUMNS) + ")"] * width)
            execute(
                f"INSERT INTO message VALUES {places}", [value for row in chunk for value in row]
            )
        execute("COMMIT")


class PostgresStore:
    """PostgreSQL through one connection; a batch is one `unnest` insert."""

    def __init__(self, loop: asyncio.AbstractEventLoop, one: Any, many: Any) -> None:
        """Use `open`, which prepares the statements: `one` row, or `many` as arrays."""
        self._loop = loop
        self._one = one
        self._many = many
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, dsn: str, loop: asyncio.AbstractEventLoop) -> "PostgresStore":
        """Connect and create the table anew; raises what asyncpg raises."""
        connection = await asyncpg.connect(dsn)
        for statement in _POSTGRES_DDL:
            await connection.execute(statement)
        places = ",".join(f"${number}" for number in range(1, _COLUMNS + 1))
        arrays = ",".join(f"${number}::{kind}[]" for number, kind in enumerate(_POSTGRES_TYPES, 1))
        return cls(
            loop,
            await connection.prepare(f"INSERT INTO message VALUES ({places})"),
            await connection.prepare(f"INSERT INTO message SELECT * FROM unnest({arrays})"),
        )

    def commit(self, rows: Sequence[Row], done: Callable[[], None]) -> None:
        """See `Store.commit`."""
        self._task = self._loop.create_task(self._write(rows, done))

    async def _write(self, rows: Sequence[Row], done: Callable[[], None]) -> None:
        try:
            if len(rows) == 1:
                await self._one.fetch(*rows[0])
            else:
                await self._many.fetch(*zip(*rows, strict=True))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            _die()
        done()
