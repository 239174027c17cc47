"""Hot statements of the lane: what travels together, what is held until the commit, and what happens when that fails."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Any

import psycopg
import pysqlite3
import pytest
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, select

from guiju.kernel.db import Database
from guiju.kernel.lane import WARY, Command, Lane, WriteTx
from guiju.kernel.statements import Ahead, Inserts, Lookup, Upsert
from tests.support.world import World

THING = Table(
    "test_hot",
    MetaData(),
    Column("id", String(20), primary_key=True),
    Column("small", Integer),
    Column("large", BigInteger),
    Column("data", LargeBinary),
)
NAMES = ("id", "small", "large", "data")
INSERT = Inserts(THING, NAMES)
UPSERT = Upsert(THING, "id", ("id", "small"))
BY_ID = Lookup(THING, "id", NAMES)
KIND = "test.put"
ROWS: list[tuple[str, int | None, int | None, bytes | None]] = [
    ("甲", 1, 2**53, b"\0\xff"),
    ("b'\"{},\\", -(2**31), -(2**63), b""),
    ("NULL", None, None, None),
]


@pytest.fixture
def lane(world: World) -> Iterator[Lane]:
    """The world's lane with a list verb that puts things into a table more."""
    with world.runtime.database.write() as connection:
        THING.create(connection)
    lane = world.runtime.lane
    lane.list_verbs[KIND] = put
    yield lane
    del lane.list_verbs[KIND]
    lane.aheads = {}


def put(tx: WriteTx, names: Sequence[str]) -> list[int]:
    """Put each name; how many things there are after each."""
    made = []
    for name in names:
        tx.many(INSERT, [(name, None, None, None)])
        made.append(len(tx.all(select(THING.c.id))))
    return made


def put_blindly(tx: WriteTx, names: Sequence[str]) -> Sequence[str]:
    for name in names:
        tx.many(INSERT, [(name, None, None, None)])
    return names


def stored(database: Database) -> list[str]:
    with database.read() as connection:
        return sorted(connection.execute(select(THING.c.id)).scalars())


def together(lane: Lane, *payloads: Any) -> list[Any]:
    """The results of commands of the list verb that wait together."""
    answers: list[Future[Any]] = [Future() for _ in payloads]
    commands = zip(payloads, answers, strict=True)
    lane.submit([Command(KIND, payload, answer.set_result) for payload, answer in commands])
    return [answer.result(30) for answer in answers]


@pytest.mark.parametrize("count", [1, 3])
def test_values_come_back_as_they_went(world: World, lane: Lane, count: int) -> None:
    def verb(tx: WriteTx) -> list[tuple[Any, ...]]:
        tx.many(INSERT, ROWS[:count])
        return BY_ID.fetch(tx.connection, [row[0] for row in ROWS])

    assert sorted(world.write(verb)) == sorted(ROWS[:count])
    ids = [row[0] for row in ROWS]
    assert len(world.write(lambda tx: BY_ID.fetch(tx.connection, [*ids, *ids]))) == count
    assert world.write(lambda tx: BY_ID.fetch(tx.connection, [])) == []
    assert world.write(lambda tx: BY_ID.fetch(tx.connection, ["nothing"])) == []


def test_an_upsert_overwrites(world: World, lane: Lane) -> None:
    def verb(tx: WriteTx) -> Any:
        UPSERT.many(tx.connection, [("x", 1), ("y", 2), ("x", 3)])
        return tx.all(select(THING.c.id, THING.c.small).order_by(THING.c.id))

    assert [tuple(row) for row in world.write(verb)] == [("x", 3), ("y", 2)]


def test_what_is_held_is_seen_by_whoever_reads(world: World, lane: Lane) -> None:
    assert together(lane, "a", "b", "c") == [1, 2, 3]
    assert stored(world.runtime.database) == ["a", "b", "c"]


def test_what_is_held_is_committed(world: World, lane: Lane) -> None:
    lane.list_verbs[KIND] = put_blindly
    assert together(lane, "a", "b") == ["a", "b"]
    assert stored(world.runtime.database) == ["a", "b"]


def test_what_fails_only_at_the_commit_fails_alone(
    world: World, lane: Lane, caplog: pytest.LogCaptureFixture
) -> None:
    lane.list_verbs[KIND] = put_blindly
    lane.fatal = lambda code: pytest.fail(f"the process ends with {code}")
    assert together(lane, "twice") == ["twice"]
    with caplog.at_level(logging.CRITICAL):
        first, second, third = together(lane, "a", "twice", "b")
    assert (first, third) == ("a", "b")
    assert isinstance(second, Exception) and "test_hot" in str(second)
    assert stored(world.runtime.database) == ["a", "b", "twice"]
    assert together(lane, "c") == ["c"], "the lane goes on"


def test_a_savepoint_undoes_what_is_held_in_it(world: World, lane: Lane) -> None:
    def partly(tx: WriteTx, names: Sequence[str]) -> Sequence[str]:
        put_blindly(tx, ["before"])
        with pytest.raises((ZeroDivisionError, pysqlite3.IntegrityError)), tx.savepoint():
            put_blindly(tx, ["inside", "before"])  # the second would fail, if it were sent
            raise ZeroDivisionError
        put_blindly(tx, ["after"])
        return names

    lane.list_verbs[KIND] = partly
    assert together(lane, "x") == ["x"]
    assert stored(world.runtime.database) == ["after", "before"]


def test_what_was_held_goes_with_a_rollback(world: World, lane: Lane) -> None:
    def fail(tx: WriteTx, names: Sequence[str]) -> Sequence[int]:
        put_blindly(tx, names)
        if "bad" in names:
            raise RuntimeError("a bug in one of them")
        return put(tx, [f"{name}'" for name in names])

    lane.list_verbs[KIND] = fail
    first, second, third = together(lane, "a", "bad", "b")
    assert (first, type(second), third) == (2, RuntimeError, 4), "each sees what was put before"
    assert stored(world.runtime.database) == ["a", "a'", "b", "b'"]


def test_what_is_begun_on_trust_asks_after_a_disappointment(
    world: World, lane: Lane, caplog: pytest.LogCaptureFixture
) -> None:
    """What the lookup would have found is refused by the index, and the same commands run again, knowing it."""
    trusts: list[bool] = []
    counted: list[str] = []

    def put_once(tx: WriteTx, names: Sequence[str]) -> Sequence[str]:
        trusts.append(tx.is_on_trust)
        known = {row[0] for row in tx.lookup(BY_ID, list(names))}
        counted.extend(names)
        tx.when_undone(lambda: counted.__delitem__(slice(-len(names), None)))
        if "refused" in names:
            tx.be_sure()
        put_blindly(tx, [name for name in names if name not in known])
        return [f"{name} again" if name in known else name for name in names]

    lane.aheads = {KIND: lambda names: Ahead(BY_ID, list(names))}
    lane.list_verbs[KIND] = put_once
    lane.fatal = lambda code: pytest.fail(f"the process ends with {code}")
    together(lane, "a")
    trusts.clear()
    assert together(lane, "b", "a", "c") == ["b", "a again", "c"]
    assert together(lane, "d") == ["d"]
    assert trusts == [True, False, False]
    lane._wary = 0
    assert together(lane, "refused") == ["refused"]
    assert trusts[-2:] == [True, False], "and where it matters, it is asked at once"
    assert counted == ["a", "b", "a", "c", "d", "refused"], "nothing is counted twice"
    assert not caplog.records
    assert stored(world.runtime.database) == ["a", "b", "c", "d", "refused"]


def test_a_lookup_asked_ahead_is_answered_once(world: World, lane: Lane) -> None:
    lane._wary = WARY
    answers: list[list[Any]] = []

    def look(tx: WriteTx, names: Sequence[str]) -> Sequence[str]:
        wanted = list(names)
        for _ in range(2):
            answers.append([row[0] for row in tx.lookup(BY_ID, wanted)])
            put_blindly(tx, [f"{name}+" for name in names] if not answers[1:] else [])
        answers.append([row[0] for row in tx.lookup(BY_ID, [f"{name}+" for name in names])])
        return names

    together(lane, "a")
    lane.aheads = {KIND: lambda names: Ahead(BY_ID, list(names))}
    lane.list_verbs[KIND] = look
    together(lane, "a")
    assert answers == [["a"], ["a"], ["a+"]]


def test_prepared_statements_outlive_a_refused_verb(world: World, lane: Lane) -> None:
    lane.list_verbs[KIND] = put_blindly
    together(lane, "a")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            world.write(lambda tx: 1 // 0)
        together(lane, f"b{_}")
    assert stored(world.runtime.database) == ["a", "b0", "b1"]


def test_a_lost_connection_is_told_and_another_is_opened(world: World, lane: Lane) -> None:
    database = world.runtime.database
    if database.is_sqlite:
        return
    lane.list_verbs[KIND] = put_blindly
    together(lane, "a")

    def end_it(tx: WriteTx, names: Sequence[str]) -> Sequence[str]:
        backend = tx.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        address = database.url.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))
        tx.all(select(THING.c.id))
        return names

    lane.list_verbs[KIND] = end_it
    (answer,) = together(lane, "b")
    assert answer.code == "kernel.database_unavailable"
    lane.list_verbs[KIND] = put_blindly
    assert together(lane, "c") == ["c"]
    assert stored(database) == ["a", "c"]
