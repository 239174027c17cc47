"""Hot statements on PostgreSQL: prepared once, with binary values, many of them in one round trip.

A cursor's way of doing the same cost as much CPU as everything else that the write lane does for a message, and a round
trip for each statement. What is *held* here is sent with the next trip, at the latest with the COMMIT.
"""

import select
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final, NamedTuple, TypeVar

import psycopg
from psycopg.pq import ConnStatus, ExecStatus, PipelineStatus, TransactionStatus
from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, String
from sqlalchemy.types import TypeEngine

from guiju.kernel.db import without_values

_T = TypeVar("_T")
_LONG: Final = struct.Struct(">q")
_SHORT: Final = struct.Struct(">i")
_ARRAY_HEAD: Final = struct.Struct(">iiIii")
_NULL: Final = b"\xff\xff\xff\xff"
_BINARY: Final = 1
_FRESH_SECONDS: Final = 1.0


class UndoneError(Exception):
    """A statement before the COMMIT failed, so that nothing was committed; it is the cause of this error."""


class Form(NamedTuple):
    """How the values of one type travel: the type's name and number, and its binary form both ways."""

    name: str
    oid: int
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


_FORMS: Final[tuple[tuple[type[TypeEngine[Any]], Form], ...]] = (
    (BigInteger, Form("int8", 20, _LONG.pack, lambda data: _LONG.unpack(data)[0])),
    (Integer, Form("int4", 23, _SHORT.pack, lambda data: _SHORT.unpack(data)[0])),
    (LargeBinary, Form("bytea", 17, bytes, bytes)),
    (String, Form("text", 25, str.encode, bytes.decode)),
)


def form_of(kind: TypeEngine[Any]) -> Form:
    """The form of a column's type: whole numbers, bytes or text."""
    return next(form for known, form in _FORMS if isinstance(kind, known))


def row_of(forms: Sequence[Form], row: Sequence[Any]) -> list[bytes | None]:
    """The values of a row in binary form."""
    return [
        None if value is None else form.encode(value)
        for form, value in zip(forms, row, strict=True)
    ]


def array_of(form: Form, values: Sequence[Any]) -> bytes:
    """One array of values in binary form."""
    encode, size = form.encode, _SHORT.pack
    parts = [_ARRAY_HEAD.pack(1, None in values, form.oid, len(values), 1)]
    for value in values:
        if value is None:
            parts.append(_NULL)
        else:
            data = encode(value)
            parts += (size(len(data)), data)
    return b"".join(parts)


class Call(NamedTuple):
    """A statement with `$1`, `$2` … and its values; `forms` are those of the columns that it answers with."""

    sql: str
    values: Sequence[bytes | None] = ()
    forms: tuple[Form, ...] = ()


_COMMIT: Final = Call("COMMIT")


def _nothing() -> None:
    """Just wait."""


class Pipeline:
    """The hot statements of one connection; for one thread at a time."""

    def __init__(self, driver: "psycopg.Connection[Any]") -> None:
        self._driver = driver
        self._pgconn = driver.pgconn
        # A pool takes back the names of what was prepared here when it takes back the connection.
        self._prepares = driver.autocommit
        self._names: dict[str, bytes] = {}
        self._count = 0
        self._held: list[Call] = []
        self._holds = False
        self._opening: list[Call] = []
        self._is_claimed = False
        self._answered = 0.0
        self._refused: BaseException | None = None
        self._poll = select.poll()

    def run(self, calls: Sequence[Call]) -> None:
        """Run statements that are not read from: now, or with the next trip while they are held."""
        if self._holds:
            self._held += calls
        else:
            self.ask(calls)

    def is_fresh(self) -> bool:
        """Whether the connection answered just now, and has not been told of its end since."""
        if monotonic() - self._answered > _FRESH_SECONDS:
            return False
        self._poll.register(self._pgconn.socket, select.POLLIN)
        return not self._poll.poll(0)

    @property
    def is_idle(self) -> bool:
        """Whether no transaction has begun on the server."""
        return self._pgconn.transaction_status == TransactionStatus.IDLE

    def hold(self) -> None:
        """Hold what is run from now on, until `release` or the COMMIT."""
        self._holds = True

    def release(self) -> None:
        """Send what is held, and hold nothing more. Raises the driver's errors."""
        self._holds = False
        if self._held or self._opening:
            self.ask([])

    def forget(self) -> None:
        """Drop what is held and hold nothing more: its transaction, or its part of one, was rolled back."""
        self._held, self._opening = [], []
        self._holds = self._is_claimed = False

    def begin_later(self, opening: Sequence[Call]) -> None:
        """Hold a whole transaction. It begins with `opening` unless it is sent in one trip, with a `claim` in place of that."""
        self._opening = [*opening]
        self._holds = True

    def claim(self, call: Call) -> bool:
        """Run this before everything that is held, in place of how the transaction was to begin; False if it has begun.

        Nothing says BEGIN or COMMIT then: what is sent in one trip is a transaction (PostgreSQL: "Pipelining").
        """
        if not self._opening:
            return False
        self._opening = []
        self._held.insert(0, call)
        self._is_claimed = True
        return True

    @contextmanager
    def committing(self, meanwhile: Callable[[], None]) -> Iterator[None]:
        """Commit what was held and what is run inside, in one trip; `meanwhile` is done while the server works.

        Raises UndoneError, or the driver's errors when it is not known whether the COMMIT came about.
        """
        self._holds = True
        try:
            yield
        finally:
            held, is_one_trip = [*self._opening, *self._held], self._is_claimed
            self.forget()
        try:
            _, tags = self._trip(held if is_one_trip else [*held, _COMMIT], meanwhile)
        except psycopg.Error as error:
            if error is self._refused and (is_one_trip or not self.is_idle):
                raise UndoneError("nothing was committed") from error
            raise
        # A transaction that has failed is rolled back by COMMIT, without an error.
        if not is_one_trip and tags[-1] != b"COMMIT":
            raise psycopg.OperationalError(f"COMMIT was answered by {tags[-1]!r}")

    def ask(self, calls: Sequence[Call]) -> list[list[tuple[Any, ...]]]:
        """Run statements in order, after what is held; the rows of each. Raises the driver's error of the first that fails."""
        assert not self._is_claimed, "what goes in one trip is not read from before"
        held, self._held, self._opening = [*self._opening, *self._held], [], []
        begins = not self._driver.autocommit and (
            self._pgconn.transaction_status == TransactionStatus.IDLE
        )
        before = [Call("BEGIN"), *held] if begins else held
        rows, _ = self._trip([*before, *calls])
        return rows[len(before) :]

    def _trip(
        self, calls: list[Call], meanwhile: Callable[[], None] = _nothing
    ) -> tuple[list[list[tuple[Any, ...]]], list[bytes]]:
        """(rows, command tag) of each call."""
        pgconn = self._pgconn
        pgconn.enter_pipeline_mode()
        try:
            made = self._send(calls)
            pgconn.pipeline_sync()
            self._flush()
            meanwhile()
            received = self._receive(calls, made)
            self._answered = monotonic()
            return received
        finally:
            if pgconn.status == ConnStatus.OK and pgconn.pipeline_status != PipelineStatus.OFF:
                pgconn.exit_pipeline_mode()

    def _send(self, calls: list[Call]) -> dict[int, bytes]:
        """Send the calls; the names of those that are prepared before they run, by their place."""
        pgconn = self._pgconn
        made: dict[int, bytes] = {}
        for at, call in enumerate(calls):
            formats = [_BINARY] * len(call.values)
            if not self._prepares:
                pgconn.send_query_params(call.sql.encode(), call.values, None, formats, _BINARY)
                continue
            name = self._names.get(call.sql)
            if name is None:
                name = made[at] = b"guiju_%d" % self._count
                self._count += 1
                pgconn.send_prepare(name, call.sql.encode())
            pgconn.send_query_prepared(name, call.values, formats, _BINARY)
        return made

    def _receive(
        self, calls: list[Call], made: dict[int, bytes]
    ) -> tuple[list[list[tuple[Any, ...]]], list[bytes]]:
        rows: list[list[tuple[Any, ...]]] = []
        tags: list[bytes] = []
        failed: Any = None
        for at, call in enumerate(calls):
            if at in made:
                prepared = self._result()
                self._result()
                if prepared.status == ExecStatus.COMMAND_OK:
                    self._names[call.sql] = made[at]
                elif failed is None:
                    failed = prepared
            result = self._result()
            self._result()
            if result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
                rows.append(_rows(result, call.forms))
                tags.append(result.command_status or b"")
            elif failed is None:
                failed = result
        synced = self._result()
        if synced.status != ExecStatus.PIPELINE_SYNC:
            # What fails only at the end of a transaction that nothing commits by name.
            failed = failed if failed is not None else synced
            self._result()
            self._result()
        if failed is not None:
            self._refused = without_values(psycopg.errors.error_from_result(failed))
            raise self._refused
        return rows, tags

    def _flush(self) -> None:
        pgconn = self._pgconn
        while pgconn.flush():
            if self._wait(select.POLLIN | select.POLLOUT) & select.POLLIN:
                pgconn.consume_input()

    def _result(self) -> Any:
        """The next result, or None after those of a statement. Raises OperationalError when the connection is lost."""
        pgconn = self._pgconn
        while pgconn.is_busy():
            self._wait(select.POLLIN)
            pgconn.consume_input()
        result = pgconn.get_result()
        if pgconn.status != ConnStatus.OK:
            if result is not None and result.status == ExecStatus.FATAL_ERROR:
                raise without_values(psycopg.errors.error_from_result(result))
            raise psycopg.OperationalError(pgconn.get_error_message())
        return result

    def _wait(self, events: int) -> int:
        self._poll.register(self._pgconn.socket, events)
        ((_, happened),) = self._poll.poll()
        return happened


def _rows(result: Any, forms: Sequence[Form]) -> list[tuple[Any, ...]]:
    read = result.get_value
    found = []
    for row in range(result.ntuples):
        values = [read(row, column) for column in range(len(forms))]
        found.append(
            tuple(
                None if value is None else form.decode(value)
                for form, value in zip(forms, values, strict=True)
            )
        )
    return found


def pipeline_of(connection: Connection) -> Pipeline:
    """The pipeline of a connection, which lasts as long as the driver's connection."""
    return kept_with(connection, Pipeline)


def kept_with(connection: Connection, make: Callable[[Any], _T]) -> _T:
    """What `make` makes of the driver's connection, once as long as that lasts.

    The toolkit's own place for it is found by five properties; a statement of the lane asks once or twice.
    """
    near = vars(connection)
    found: _T | None = near.get("guiju")
    if found is None:
        kept: dict[Any, Any] = connection.connection.info
        found = kept.get("guiju")
        if found is None:
            driver: Any = connection.connection.dbapi_connection
            found = kept["guiju"] = make(driver)
        near["guiju"] = found
    return found
