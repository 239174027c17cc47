"""Statements for the hot path: compiled once and run on the driver's cursor, with positional rows.

Engine-specific SQL lives here and in `db`, and nowhere else.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import BigInteger, Connection, Executable, Integer, LargeBinary, String, Table
from sqlalchemy.dialects.postgresql import psycopg as pg_dialect
from sqlalchemy.dialects.sqlite import pysqlite as sqlite_dialect
from sqlalchemy.engine import Dialect

_HOT_DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite_dialect.dialect(paramstyle="qmark"),
    "postgresql": pg_dialect.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]  # untyped upstream
}


class Hot:
    """A Core statement compiled once for each dialect and run on the driver's cursor, with positional rows.

    `names` gives the order of the values in a row. Values MUST be str, int, bytes or None.
    """

    def __init__(self, statement: Executable, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = tuple(names)
        self._compiled: dict[str, str] = {}

    def _sql(self, dialect: str) -> str:
        if dialect not in self._compiled:
            compiled = self._statement.compile(dialect=_HOT_DIALECTS[dialect])  # type: ignore[attr-defined]  # every Executable used here compiles
            order = tuple(compiled.positiontup or ())
            assert order == self._names, f"parameters are {order}, expected {self._names}"
            self._compiled[dialect] = str(compiled)
        return self._compiled[dialect]

    def many(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Run once for each row."""
        if not rows:
            return
        cursor = _cursor(connection)
        try:
            cursor.executemany(self._sql(connection.dialect.name), rows)
        finally:
            cursor.close()


_ARRAYS = {BigInteger: "int8[]", Integer: "int4[]", LargeBinary: "bytea[]", String: "text[]"}


class Inserts:
    """Insert many rows of `table` at once, given as sequences in the order of `names`.

    On PostgreSQL the rows go as one array for each column: one statement and one round trip whatever their number. On
    SQLite they go up to 64 in a statement, because its driver gives the interpreter lock away once for every row else;
    powers of two keep the different statements few enough for the driver to remember them.
    """

    def __init__(self, table: Table, names: Sequence[str]) -> None:
        into = f"INSERT INTO {table.name} ({', '.join(names)})"
        types = [
            next(sql for kind, sql in _ARRAYS.items() if isinstance(table.c[name].type, kind))
            for name in names
        ]
        row = f"({', '.join('?' * len(names))})"
        self._rows = {
            width: f"{into} VALUES {', '.join([row] * width)}" for width in (1, 2, 4, 8, 16, 32, 64)
        }
        # In the binary format: the driver escapes a text array item by item, with a regular expression each.
        self._arrays = f"{into} SELECT * FROM unnest({', '.join(f'%b::{each}' for each in types)})"

    def many(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Insert the rows; values are str, int, bytes or None."""
        if not rows:
            return
        cursor = _cursor(connection)
        try:
            if connection.dialect.name != "sqlite":
                cursor.execute(self._arrays, [list(column) for column in zip(*rows, strict=True)])
                return
            start = 0
            while start < len(rows):
                width = min(64, 1 << ((len(rows) - start).bit_length() - 1))
                chunk = rows[start : start + width]
                cursor.execute(self._rows[width], [value for row in chunk for value in row])
                start += width
        finally:
            cursor.close()


class Upsert:
    """Insert rows of `table`, or overwrite them where `key` exists; the same words on both databases."""

    def __init__(self, table: Table, key: str, names: Sequence[str]) -> None:
        changed = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
        self._sql = {
            dialect: f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))}) "
            f"ON CONFLICT ({key}) DO UPDATE SET {changed}"
            for dialect, mark in (("sqlite", "?"), ("postgresql", "%s"))
        }

    def many(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Run once for each row."""
        if not rows:
            return
        cursor = _cursor(connection)
        try:
            cursor.executemany(self._sql[connection.dialect.name], rows)
        finally:
            cursor.close()


class Lookup:
    """Rows of `table` whose `column` is one of many values, in one statement with one parameter."""

    def __init__(self, table: Table, column: str, names: Sequence[str]) -> None:
        selected = f"SELECT {', '.join(names)} FROM {table.name} WHERE {column}"
        self._sql = {
            "sqlite": f"{selected} IN (SELECT value FROM json_each(?))",
            "postgresql": f"{selected} = ANY(%b)",
        }

    def fetch(self, connection: Connection, values: Sequence[str]) -> list[tuple[Any, ...]]:
        dialect = connection.dialect.name
        cursor = _cursor(connection)
        try:
            parameter = json.dumps(list(values)) if dialect == "sqlite" else list(values)
            cursor.execute(self._sql[dialect], (parameter,))
            return list(cursor.fetchall())
        finally:
            cursor.close()


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


def begin_with(connection: Connection, query: str) -> tuple[Any, ...]:
    """Begin a transaction that writes, with a query without parameters; its first row, locked."""
    cursor = _cursor(connection)
    try:
        if connection.dialect.name == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(query)
        else:
            cursor.execute(f"BEGIN; {query} FOR UPDATE")
            cursor.nextset()
        row: tuple[Any, ...] = cursor.fetchone()
        return row
    finally:
        cursor.close()


@contextmanager
def committing(connection: Connection) -> Iterator[None]:
    """Run the hot statements inside, then commit; none of them may be read from. Raises the driver's errors.

    PostgreSQL gets all of it at once, for one round trip instead of six. SQLite has none.
    """
    if connection.dialect.name == "sqlite":
        yield
        run_raw(connection, "COMMIT")
        return
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor() as cursor:
        with driver.pipeline():
            yield
            cursor.execute("COMMIT")
        # A transaction that has failed is rolled back by COMMIT, without an error.
        if cursor.statusmessage != "COMMIT":
            raise psycopg.OperationalError(f"COMMIT was answered by {cursor.statusmessage}")


def run_raw(connection: Connection, statement: str) -> None:
    """Run a statement without parameters on the driver's cursor, where the toolkit's way costs more than the work."""
    cursor = _cursor(connection)
    try:
        cursor.execute(statement)
    finally:
        cursor.close()
