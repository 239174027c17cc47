"""Statements for the hot path: their words are made once and run on the driver, with positional rows.

Engine-specific SQL lives here, in `pipeline` and in `db`, and nowhere else.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import pysqlite3
from sqlalchemy import Connection, Executable, Table, bindparam, update
from sqlalchemy.dialects.postgresql import psycopg as pg_dialect
from sqlalchemy.dialects.sqlite import pysqlite as sqlite_dialect
from sqlalchemy.engine import Dialect

from guiju.kernel.pipeline import (
    Call,
    Form,
    UndoneError,
    array_of,
    form_of,
    kept_with,
    pipeline_of,
    row_of,
)

_BEGIN = Call("BEGIN")
_HOT_DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite_dialect.dialect(paramstyle="qmark"),
    "postgresql": pg_dialect.dialect(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]  # untyped upstream
}


class Hot:
    """A Core statement compiled once for each dialect and run on the driver, with positional rows.

    `names` gives the order of the values in a row. Values MUST be str, int, bytes or None.
    """

    def __init__(self, statement: Executable, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = tuple(names)
        self._compiled: dict[str, tuple[str, tuple[Form, ...]]] = {}

    def _sql(self, dialect: str) -> tuple[str, tuple[Form, ...]]:
        if dialect not in self._compiled:
            compiled = self._statement.compile(dialect=_HOT_DIALECTS[dialect])  # type: ignore[attr-defined]  # every Executable used here compiles
            order = tuple(compiled.positiontup or ())
            assert order == self._names, f"parameters are {order}, expected {self._names}"
            forms = tuple(form_of(compiled.binds[name].type) for name in order)
            self._compiled[dialect] = str(compiled), forms
        return self._compiled[dialect]

    def many(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Run once for each row."""
        if not rows:
            return
        dialect = connection.dialect.name
        sql, forms = self._sql(dialect)
        if dialect == "sqlite":
            _cursor(connection).executemany(sql, rows)
        else:
            pipeline_of(connection).run([Call(sql, row_of(forms, row)) for row in rows])


class Inserts:
    """Insert many rows of `table` at once, given as sequences in the order of `names`.

    On PostgreSQL several rows go as one array for each column, one statement whatever their number. On SQLite they go up
    to 64 in a statement, because its driver gives the interpreter lock away once for every row else; powers of two keep
    the different statements few enough for the driver to remember them.
    """

    def __init__(self, table: Table, names: Sequence[str]) -> None:
        into = f"INSERT INTO {table.name} ({', '.join(names)})"
        row = f"({', '.join('?' * len(names))})"
        self._rows = {
            width: f"{into} VALUES {', '.join([row] * width)}" for width in (1, 2, 4, 8, 16, 32, 64)
        }
        self._forms = [form_of(table.c[name].type) for name in names]
        # One row as it is: to unfold eight arrays costs the server more than to insert what is in them.
        self._one = f"{into} VALUES ({_places(len(names))})"
        arrays = ", ".join(f"${at}::{form.name}[]" for at, form in enumerate(self._forms, 1))
        self._arrays = f"{into} SELECT * FROM unnest({arrays})"

    def many(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Insert the rows; values are str, int, bytes or None."""
        if not rows:
            return
        if connection.dialect.name != "sqlite":
            pipeline_of(connection).run([self._call(rows)])
            return
        cursor = _cursor(connection)
        start = 0
        while start < len(rows):
            width = min(64, 1 << ((len(rows) - start).bit_length() - 1))
            chunk = rows[start : start + width]
            cursor.execute(self._rows[width], [value for row in chunk for value in row])
            start += width

    def _call(self, rows: Sequence[Sequence[Any]]) -> Call:
        if len(rows) == 1:
            return Call(self._one, row_of(self._forms, rows[0]))
        columns = zip(self._forms, zip(*rows, strict=True), strict=True)
        return Call(self._arrays, [array_of(form, column) for form, column in columns])


class Upsert:
    """Insert rows of `table`, or overwrite them where `key` exists; the same words on both databases."""

    def __init__(self, table: Table, key: str, names: Sequence[str]) -> None:
        changed = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
        self._forms = [form_of(table.c[name].type) for name in names]
        self._sql = {
            dialect: f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places}) "
            f"ON CONFLICT ({key}) DO UPDATE SET {changed}"
            for dialect, places in (
                ("sqlite", ", ".join("?" * len(names))),
                ("postgresql", _places(len(names))),
            )
        }

    def many(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Run once for each row."""
        if not rows:
            return
        dialect = connection.dialect.name
        sql = self._sql[dialect]
        if dialect == "sqlite":
            _cursor(connection).executemany(sql, rows)
        else:
            pipeline_of(connection).run([Call(sql, row_of(self._forms, row)) for row in rows])


class Lookup:
    """Rows of `table` whose `column` is one of many values, in one statement with one parameter."""

    def __init__(self, table: Table, column: str, names: Sequence[str]) -> None:
        selected = f"SELECT {', '.join(names)} FROM {table.name} WHERE {column}"
        self._form = form_of(table.c[column].type)
        self._found = tuple(form_of(table.c[name].type) for name in names)
        self._sqlite = f"{selected} IN (SELECT value FROM json_each(?))"
        self._sqlite_one = f"{selected} = ?"
        self._postgresql = f"{selected} = ANY($1::{self._form.name}[])"

    def fetch(self, connection: Connection, values: Sequence[str]) -> list[tuple[Any, ...]]:
        if connection.dialect.name == "sqlite":
            if len(values) == 1:
                return list(_cursor(connection).execute(self._sqlite_one, values).fetchall())
            parameter = msgspec.json.encode(values).decode()
            return list(_cursor(connection).execute(self._sqlite, (parameter,)).fetchall())
        return pipeline_of(connection).ask([self.call(values)])[0]

    def call(self, values: Sequence[str]) -> Call:
        """The same as one call of a pipeline."""
        return Call(self._postgresql, [array_of(self._form, values)], self._found)


class Ahead:
    """A lookup that a transaction will begin with: on PostgreSQL it travels with what locks the head.

    What is found here and written nevertheless MUST be refused by an index: a transaction that begins on trust takes it
    that nothing is found.
    """

    def __init__(self, lookup: Lookup, values: Sequence[str]) -> None:
        self.lookup = lookup
        self.values = values
        self.found: list[tuple[Any, ...]] | None = None


def _places(count: int) -> str:
    return ", ".join(f"${at}" for at in range(1, count + 1))


def _cursor(connection: Connection) -> Any:
    """The connection's cursor for hot statements, one for all of them: each is read to its end before the next."""
    return kept_with(connection, _new_cursor)


def _new_cursor(driver: Any) -> Any:
    return driver.cursor()


def begin_with(connection: Connection, table: Table, name: str, ahead: Ahead | None = None) -> Any:
    """Begin a transaction that writes, with a column of the only row of `table`, locked; asks for `ahead` on the way."""
    query = f"SELECT {name} FROM {table.name} WHERE id = 1"
    if connection.dialect.name == "sqlite":
        cursor = _cursor(connection)
        cursor.execute("BEGIN IMMEDIATE")
        ((value,),) = cursor.execute(query).fetchall()
        return value
    calls = [_BEGIN, Call(f"{query} FOR UPDATE", (), (form_of(table.c[name].type),))]
    if ahead is not None:
        calls.append(ahead.lookup.call(ahead.values))
    found = pipeline_of(connection).ask(calls)
    if ahead is not None:
        ahead.found = found[2]
    ((value,),) = found[1]
    return value


class Claim:
    """The only row of `table`, overwritten by a transaction that takes it that its `name` has a value, and fails otherwise."""

    def __init__(self, table: Table, name: str, names: Sequence[str]) -> None:
        self._hot = Hot(update(table).values({each: bindparam(each) for each in names}), names)
        self._forms = [form_of(table.c[each].type) for each in (*names, name)]
        locked = f"SELECT 1 FROM {table.name} WHERE id = 1 AND {name} = $1 FOR UPDATE"
        self._locks = f"SELECT 1 / count(*) FROM ({locked}) AS locked"
        values = ", ".join(f"{each} = ${at}" for at, each in enumerate(names, 1))
        where = f"id = 1 AND {name} = ${len(names) + 1}"
        moved = f"UPDATE {table.name} SET {values} WHERE {where} RETURNING 1"
        self._moves = f"WITH moved AS ({moved}) SELECT 1 / count(*) FROM moved"

    def begin(self, connection: Connection, value: int) -> bool:
        """Begin a transaction that writes without asking.

        PostgreSQL locks the row, and looks at it, before all else that the transaction sends. On SQLite whoever changed it
        has taken a place that is written to before the commit. False, and nothing is begun, where the connection may be
        lost: that should be known before anything is to be committed.
        """
        if connection.dialect.name == "sqlite":
            _cursor(connection).execute("BEGIN IMMEDIATE")
            return True
        pipeline = pipeline_of(connection)
        if not pipeline.is_fresh():
            return False
        locks = Call(self._locks, [self._forms[-1].encode(value)])
        pipeline.begin_later((_BEGIN, locks))
        return True

    def write(self, connection: Connection, before: int, row: Sequence[Any]) -> None:
        """Write `row`; `before` is what `begin` was told. Where the transaction goes in one trip, this locks as well."""
        if connection.dialect.name != "sqlite":
            moves = Call(self._moves, row_of(self._forms, (*row, before)))
            if pipeline_of(connection).claim(moves):
                return
        self._hot.many(connection, [row])


@contextmanager
def committing(connection: Connection, meanwhile: Callable[[], None]) -> Iterator[None]:
    """Run the hot statements inside, then commit; none of them may be read from.

    PostgreSQL gets all of it at once, with what was held, and `meanwhile` is done while it works; SQLite works in this very
    thread. Raises the driver's errors, or UndoneError where it is known that nothing was committed.
    """
    if connection.dialect.name == "sqlite":
        try:
            yield
        except pysqlite3.IntegrityError as error:
            raise UndoneError from error
        run_raw(connection, "COMMIT")
        return
    with pipeline_of(connection).committing(meanwhile):
        yield


def hold(connection: Connection) -> None:
    """Have the hot statements that follow sent with the COMMIT, or when `release` says so. SQLite has no round trips."""
    if connection.dialect.name != "sqlite":
        pipeline_of(connection).hold()


def release(connection: Connection) -> None:
    """Run what is held; the next statement may read what it wrote."""
    if connection.dialect.name != "sqlite":
        pipeline_of(connection).release()


def run_raw(connection: Connection, statement: str) -> None:
    """Run a statement without parameters on the driver, where the toolkit's way costs more than the work."""
    if connection.dialect.name == "sqlite":
        _cursor(connection).execute(statement)
        return
    pipeline = pipeline_of(connection)
    # The driver would drop everything that is prepared when it sees a rollback.
    if statement.startswith("ROLLBACK"):
        pipeline.forget()
        if pipeline.is_idle:  # it went in one trip, or was never sent
            return
    pipeline.ask([Call(statement)])
