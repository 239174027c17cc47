"""Both databases behind one door. Engine-specific SQL lives only here.

SQLite (`pysqlite3`, which carries its own fixed SQLite): WAL, `synchronous=FULL`, one writer. PostgreSQL: psycopg 3.
"""

import functools
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pysqlite3
from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    MetaData,
    String,
    Table,
    create_engine,
    create_mock_engine,
    event,
    text,
)
from sqlalchemy.engine import ExceptionContext, Row
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import NullPool, QueuePool
from sqlalchemy.schema import ExecutableDDLElement

from guiju.kernel.errors import NotReadyError
from guiju.kernel.facts import Recorded
from guiju.kernel.writer import Writer

_SLICE = 2000
MINIMUM_SQLITE = (3, 51, 3)  # versions from 3.7.0 to 3.51.2 have the WAL-reset corruption bug

metadata = MetaData()
_governed: dict[str, Table] = {}


class DatabaseUnavailableError(NotReadyError):
    """The database cannot be reached, and nothing was changed; the same request may be made again."""

    code = "kernel.database_unavailable"


class OutcomeUnknownError(DatabaseUnavailableError):
    """The database was lost while this was being stored, so that nobody knows yet whether it was."""

    code = "kernel.outcome_unknown"


def governed(table: Table) -> Table:
    """Declare a table that a replay of the ledger rebuilds; only its owner's `apply` writes it."""
    _governed[table.name] = table
    return table


def governed_tables() -> list[Table]:
    return [_governed[name] for name in sorted(_governed)]


@dataclass(frozen=True, slots=True)
class Database:
    """An open database: an engine for reading and one for the single writer."""

    url: str
    readers: Engine
    writers: Engine

    @property
    def is_sqlite(self) -> bool:
        return self.writers.dialect.name == "sqlite"

    @property
    def outages(self) -> tuple[type[Exception], ...]:
        """What is raised when the database cannot be reached or cannot work, by the driver or through the toolkit."""
        return (
            OperationalError,
            PoolTimeoutError,
            self.writers.dialect.loaded_dbapi.OperationalError,
        )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot, read only."""
        with self.readers.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes; commits at the end, rolls back on an error."""
        with self.writers.connect() as connection, connection.begin():
            yield connection

    def writer(self) -> Writer:
        """A connection for one transaction after another."""
        return Writer(self.writers)

    def reconnect(self) -> None:
        """Give up the writer's pooled connection; the next transaction opens another."""
        self.writers.dispose()

    def close(self) -> None:
        self.readers.dispose()
        self.writers.dispose()


def open_database(url: str, *, schema: str | None = None) -> Database:
    """Open `sqlite:///path` or `postgresql://…`. With `schema` (PostgreSQL) all tables live in that schema."""
    if url.startswith("sqlite:"):
        return _open_sqlite(url)
    url = "postgresql+psycopg://" + url.split("://", 1)[1]
    options = f"-c synchronous_commit=on -c lock_timeout=5000 -c TimeZone=UTC -c search_path={schema or 'public'}"
    # Who waits for a server that cannot be reached any more is told so, and does not wait for the network's own patience.
    patient = {"connect_timeout": 5, "tcp_user_timeout": 20_000, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}  # fmt: skip
    shared: dict[str, Any] = {
        "pool_pre_ping": True,
        "connect_args": {"options": options, **patient},
    }
    readers = _engine(url, pool_size=8, max_overflow=8, **shared)
    # The lane looks up by key only. Tables that grow faster than their statistics made the planner read all of one for
    # every batch: measured at 5 ms. Without its estimates, compiling a plan at run time would never pay.
    lane = {
        "options": f"{options} -c enable_seqscan=off -c jit=off",
        # Of each writer its own: by it the connections are known that it has dropped.
        "application_name": f"guiju-{secrets.token_hex(8)}",
        **patient,
    }
    writers = _engine(url, pool_size=1, max_overflow=1, connect_args=lane)

    @event.listens_for(readers, "begin")
    def _snapshot(connection: Connection) -> None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    return Database(url, readers, writers)


def _engine(url: str, **how: Any) -> Engine:
    """An engine whose errors, and so the log, never quote the values of a statement: they are people's words and keys."""
    engine = create_engine(url, hide_parameters=True, **how)
    event.listen(engine, "handle_error", _on_error)
    return engine


def _on_error(context: ExceptionContext) -> None:
    said = context.original_exception
    told = context.sqlalchemy_exception
    before = str(said)
    without_values(said)
    if told is not None and before:
        told.args = tuple(str(part).replace(before, str(said)) for part in told.args)


def without_values(error: BaseException) -> BaseException:
    """The driver's error, reduced to its first sentence: the rest of what PostgreSQL says quotes the failing row."""
    diagnosis = getattr(error, "diag", None)
    if diagnosis is not None and diagnosis.message_primary:
        error.args = (diagnosis.message_primary,)
    return error


def _open_sqlite(url: str) -> Database:
    version = tuple(int(part) for part in pysqlite3.sqlite_version.split("."))
    assert version >= MINIMUM_SQLITE, (
        f"SQLite {pysqlite3.sqlite_version} is not safe; 3.51.3 is needed"
    )
    shared: dict[str, Any] = {
        "module": pysqlite3,
        "connect_args": {"check_same_thread": False, "timeout": 10},
    }
    readers = _engine(url, poolclass=QueuePool, pool_size=8, max_overflow=8, **shared)
    writers = _engine(url, poolclass=QueuePool, pool_size=1, max_overflow=1, **shared)
    for engine, begin in ((readers, "BEGIN"), (writers, "BEGIN IMMEDIATE")):
        event.listen(
            engine, "connect", functools.partial(_sqlite_pragmas, reading=engine is readers)
        )
        event.listen(engine, "begin", functools.partial(_sqlite_begin, statement=begin))
    return Database(url, readers, writers)


def _sqlite_pragmas(dbapi: Any, _record: object, *, reading: bool) -> None:
    dbapi.isolation_level = None  # SQLAlchemy's events send BEGIN themselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "mmap_size=0",
        "journal_size_limit=67108864",
        "wal_autocheckpoint=4000",
        "cache_size=-16384",
        f"query_only={'ON' if reading else 'OFF'}",
    ):
        dbapi.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection, *, statement: str) -> None:
    if not connection.get_execution_options().get("own_transactions"):
        connection.exec_driver_sql(statement)


@contextmanager
def scratch() -> Iterator[Connection]:
    """A private SQLite database that vanishes at the end; it goes to disk only when it grows."""
    with _scratch_engine().connect() as connection, connection.begin():
        yield connection


@functools.cache
def _scratch_engine() -> Engine:
    """One engine for all, because it remembers compiled statements; every connection is a database of its own."""

    def connect() -> Any:
        dbapi = pysqlite3.connect("", isolation_level=None)
        dbapi.execute("PRAGMA journal_mode=OFF")
        dbapi.execute("PRAGMA synchronous=OFF")
        return dbapi

    engine = _engine("sqlite://", module=pysqlite3, creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", functools.partial(_sqlite_begin, statement="BEGIN"))
    return engine


def make_governed_tables(empty: Connection) -> None:
    """Make the governed tables in a `scratch` database."""
    for statement in _making(tuple(governed_tables())):
        empty.exec_driver_sql(statement)


@functools.lru_cache(maxsize=1)
def _making(tables: tuple[Table, ...]) -> tuple[str, ...]:
    """Kept, because to compile it costs more than to run it."""
    statements: list[str] = []
    dialect = _scratch_engine().dialect

    def keep(made: ExecutableDDLElement, *_: Any, **__: Any) -> None:
        statements.append(str(made.compile(dialect=dialect)))

    recorder = create_mock_engine("sqlite://", keep)
    metadata.create_all(recorder, tables=tables, checkfirst=False)
    return tuple(statements)


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """Which entries of the ledger to read. `before` and `after` are positions and exclusive.

    Entries of `own_kinds` match too when `actor` made them; those of a kind in `other_than` never match.
    """

    group: str | None = None
    kinds: tuple[str, ...] = ()
    other_than: tuple[str, ...] = ()
    positions: tuple[int, ...] | None = None
    before: int | None = None
    after: int | None = None
    use: str | None = None
    own_kinds: tuple[str, ...] = ()
    actor: str | None = None
    limit: int = 50
    newest_first: bool = False


class EntryReader(Protocol):
    """The ledger as readers see it."""

    def entries(self, tx: "ReadTx", query: EntryQuery) -> list[Recorded]:
        """The matching entries with opened bodies."""

    def count(self, tx: "ReadTx", query: EntryQuery) -> int:
        """How many entries match, at most `query.limit`."""

    def position(self, tx: "ReadTx") -> int:
        """The position of the last entry; -1 in an empty ledger."""

    def numbers(self, tx: "ReadTx", groups: Collection[str]) -> Mapping[str, int]:
        """How many entries each of these groups has; one without any is left out."""


class ReadTx:
    """One snapshot of the database and the ledger. Reading verbs take this."""

    def __init__(self, connection: Connection, now: int, reader: EntryReader) -> None:
        self._connection = connection
        self.now = now
        self.reader = reader
        self._loaded: dict[tuple[str, ...], Any] = {}

    @property
    def connection(self) -> Connection:
        return self._connection

    @property
    def position(self) -> int:
        """The ledger position that this snapshot reflects."""
        return self.reader.position(self)

    def entries(self, query: EntryQuery) -> list[Recorded]:
        return self.reader.entries(self, query)

    def entry(self, position: int) -> Recorded | None:
        found = self.reader.entries(self, EntryQuery(positions=(position,)))
        return found[0] if found else None

    def all(self, statement: Executable) -> Sequence[Row[Any]]:
        return self.connection.execute(statement).all()

    def first(self, statement: Executable) -> Row[Any] | None:
        return self.connection.execute(statement).first()

    def scalar(self, statement: Executable) -> Any:
        return self.connection.execute(statement).scalar()

    def scalars(self, statement: Executable) -> list[Any]:
        return list(self.connection.execute(statement).scalars())

    def cached(self, key: tuple[str, ...], load: Any) -> Any:
        """`load()`, once in a snapshot; the write lane's transaction remembers it between commands."""
        if key not in self._loaded:
            self._loaded[key] = load()
        return self._loaded[key]


def is_lost(connection: Connection) -> bool:
    """Whether the transaction ended by itself, so that what it did is undone: the server ended the connection, or
    SQLite rolled back (a full disk, an error of input or output).
    """
    if connection.invalidated:
        return True
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        return driver is None or not driver.in_transaction
    return driver is None or bool(driver.closed)


def database_bytes(database: Database) -> Path | None:
    """The file of an SQLite database; None for a server."""
    return Path(database.writers.url.database or "") if database.is_sqlite else None


def rows_by_key(
    connection: Connection, table: Table, limit: int | None = None
) -> Iterator[tuple[Any, ...]]:
    """The rows as the driver gives them, by primary key, with text in the order of its bytes on both databases."""
    quote = connection.dialect.identifier_preparer.quote
    plain = connection.dialect.name == "sqlite"
    order = [
        quote(column.name)
        + ("" if plain or not isinstance(column.type, String) else ' COLLATE "C"')
        for column in table.primary_key
    ]
    columns = ", ".join(quote(column.name) for column in table.columns)
    statement = f"SELECT {columns} FROM {quote(table.name)} ORDER BY {', '.join(order)}"
    if limit is not None:
        return map(tuple, connection.exec_driver_sql(f"{statement} LIMIT {limit:d}"))
    if not plain:  # a cursor on the server takes four round trips, and few tables need one
        found = connection.exec_driver_sql(f"{statement} LIMIT {_SLICE:d}").all()
        if len(found) < _SLICE:
            return map(tuple, found)
    options = {"yield_per": _SLICE}
    return map(tuple, connection.exec_driver_sql(statement, execution_options=options))


def damaged_table(connection: Connection, table: Table) -> str | None:
    """What SQLite finds wrong in the pages of a table and its indexes; None when nothing is, and on PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return None
    found = connection.exec_driver_sql(f"PRAGMA integrity_check('{table.name}')").scalar()
    return None if found == "ok" else str(found).splitlines()[0]


def only_where(condition: str) -> dict[str, Any]:
    """Arguments for an Index over only those rows that meet `condition`."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
