"""Step 8 of `verify.py`: build the governed tables again from the facts alone, and compare every row and column.

The facts run through the same `apply` functions that wrote the live tables, so what differs was changed past the ledger.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

import msgspec
import pysqlite3
from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.exc import SQLAlchemyError

from guiju.kernel.db import (
    EntryQuery,
    ReadTx,
    governed_tables,
    make_governed_tables,
    rows_by_key,
    scratch,
)
from guiju.kernel.errors import GuijuError
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import Apply, WriteTx
from guiju.kernel.permit import Permit
from guiju.kernel.statements import Ahead
from guiju.kernel.writing import Cache
from guiju.ledger import tables
from guiju.ledger.errors import LedgerError
from guiju.ledger.findings import Findings
from guiju.ledger.log import Log

SLICE: Final = 2000
_REFUSALS: Final = (
    AssertionError,
    AttributeError,
    GuijuError,
    LedgerError,
    LookupError,
    SQLAlchemyError,
    TypeError,
    ValueError,
    msgspec.MsgspecError,
    pysqlite3.Error,
)
"""What a fact that nobody recorded in this order can raise when it is read or applied."""

Row = tuple[Any, ...]


def replay(
    connection: Connection, log: Log, appliers: Mapping[str, Apply], findings: Findings
) -> None:
    """8. Compare the governed tables of `connection` with a replay of its ledger. Entries must have been verified."""
    with rebuilt(connection, log, appliers, findings) as expected:
        if expected is None:
            return
        count = 0
        for table in governed_tables():
            with findings.reading(8, table=table.name):
                count += _compare(table, connection, expected, findings)
    findings.done(
        8, f"{count} rows of {len(governed_tables())} tables are what the facts make of them"
    )


@contextmanager
def rebuilt(
    connection: Connection, log: Log, appliers: Mapping[str, Apply], findings: Findings
) -> Iterator[Connection | None]:
    """The governed tables as the facts make them; None when a fact cannot be applied. Of `connection` it reads entries alone."""
    with scratch() as empty:
        make_governed_tables(empty)
        fits = False
        with findings.reading(8, table=tables.entry.name):
            fits = _rebuild(connection, empty, log, appliers, findings)
        yield empty if fits else None


def refill(
    connection: Connection, log: Log, appliers: Mapping[str, Apply], names: frozenset[str]
) -> None:
    """Fill governed tables that a migration has just made, from all facts that were recorded before it.

    Raises LedgerError when a fact cannot be applied.
    """
    wanted = [table for table in governed_tables() if table.name in names]
    if not wanted:
        return
    findings = Findings()
    with scratch() as empty:
        make_governed_tables(empty)
        if not _rebuild(connection, empty, log, appliers, findings):
            raise LedgerError("the new tables cannot be filled: run `guiju verify --replay`")
        for table in wanted:
            columns = [column.name for column in table.columns]
            rows = rows_by_key(empty, table)
            while chunk := list(islice(rows, SLICE)):
                values = [dict(zip(columns, row, strict=True)) for row in chunk]
                connection.execute(insert(table), values)


class _Reading:
    """The ledger as `apply` may see it in a replay: what is recorded can be read, and nothing can be recorded."""

    def __init__(self, live: ReadTx, log: Log) -> None:
        self._live = live
        self._log = log

    def entries(self, _tx: ReadTx, query: EntryQuery) -> list[Recorded]:
        return self._log.entries(self._live, query)

    def count(self, _tx: ReadTx, query: EntryQuery) -> int:
        return self._log.count(self._live, query)

    def position(self, _tx: ReadTx) -> int:
        return self._log.position(self._live)

    def numbers(self, _tx: ReadTx, groups: Collection[str]) -> Mapping[str, int]:
        return self._log.numbers(self._live, groups)

    def begin(self, connection: Connection, now: int, ahead: Ahead | None = None) -> bool:
        raise AssertionError("a replay has no transactions of its own")

    def begin_on_trust(self, connection: Connection, now: int) -> bool:
        raise AssertionError("a replay has no transactions of its own")

    def time(self) -> int:
        raise AssertionError("a replay has no time but that of the entries")

    def record_many(self, pairs: Sequence[tuple[Permit, Any]]) -> list[Recorded]:
        raise AssertionError("applying a fact records no other")

    def mark(self) -> object:
        raise AssertionError("applying a fact needs no savepoint")

    def rollback_to(self, mark: object) -> None:
        raise AssertionError("applying a fact needs no savepoint")

    def flush(self, connection: Connection) -> list[Recorded]:
        raise AssertionError("a replay records nothing")

    def undo(self) -> None:
        raise AssertionError("a replay records nothing")

    def is_stored(self, connection: Connection) -> bool | None:
        raise AssertionError("a replay records nothing")

    def abort(self) -> None:
        raise AssertionError("a replay records nothing")


def _rebuild(
    connection: Connection,
    empty: Connection,
    log: Log,
    appliers: Mapping[str, Apply],
    findings: Findings,
) -> bool:
    """Apply every fact, in order and each by itself, so that one that does not fit is named. False: one did not."""
    reading = _Reading(ReadTx(connection, 0, log), log)
    # The time is never looked at: whatever stands in a governed table comes from an entry.
    tx = WriteTx(empty, 0, reading, dict(appliers), Cache())
    entry, last = tables.entry.c, -1
    while True:
        after = select(entry.position, entry.leaf, entry.sealed).where(entry.position > last)
        rows = connection.execute(after.order_by(entry.position).limit(SLICE)).all()
        for row in rows:
            try:
                recorded = log.recorded(row.leaf, row.sealed)
                appliers[recorded.kind.partition(".")[0]](tx, [recorded])
            except _REFUSALS as error:
                detail = f"entry {row.position} cannot be applied: {type(error).__name__} {error}"
                findings.bad(8, detail.strip(), entry=row.position)
                return False
        if len(rows) < SLICE:
            return True
        last = rows[-1].position


def _compare(table: Table, live: Connection, rebuilt: Connection, findings: Findings) -> int:
    """Walk both tables in the order of their primary keys; how many rows the live one has."""
    count = 0
    expected = rows_by_key(rebuilt, table)
    wanted = next(expected, None)
    for row in rows_by_key(live, table):
        count += 1
        if row == wanted and [*map(type, row)] == [*map(type, wanted)]:
            wanted = next(expected, None)
            continue
        while wanted is not None and _order(table, wanted) < _order(table, row):
            findings.bad(8, "a row is missing", table=table.name, row=_key(table, wanted))
            wanted = next(expected, None)
        if wanted is None or _order(table, wanted) != _order(table, row):
            findings.bad(8, "no fact made this row", table=table.name, row=_key(table, row))
            continue
        for column, value, stated in zip(table.columns, row, wanted, strict=True):
            if value != stated or type(value) is not type(stated):
                findings.bad(8, "a value is not what the facts say",
                             table=table.name, row=_key(table, row), column=column.name)  # fmt: skip
        wanted = next(expected, None)
    while wanted is not None:
        findings.bad(8, "a row is missing", table=table.name, row=_key(table, wanted))
        wanted = next(expected, None)
    return count


def _order(table: Table, row: Row) -> tuple[tuple[int, Any], ...]:
    """The primary key as SQLite sorts it: nothing, numbers, text, bytes."""
    return tuple((_rank(value), value) for value in _parts(table, row))


def _rank(value: object) -> int:
    if value is None:
        return 0
    return 1 if isinstance(value, int | float) else 2 if isinstance(value, str) else 3


def _key(table: Table, row: Row) -> Any:
    parts = _parts(table, row)
    return parts[0] if len(parts) == 1 else list(parts)


def _parts(table: Table, row: Row) -> Sequence[Any]:
    return [row[index] for index, column in enumerate(table.columns) if column.primary_key]
