"""The two databases behind one door."""

import psycopg
import pysqlite3
import pytest
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError

from guiju.kernel.db import Database
from guiju.kernel.statements import Hot, Lookup
from tests.support.world import World

TABLE = Table(
    "test_thing",
    MetaData(),
    Column("id", String(10), primary_key=True),
    Column("n", Integer),
    Column("word", String(40)),
)
NAMES = ("id", "n", "word")
INSERT = Hot(insert(TABLE).values({name: bindparam(name) for name in NAMES}), NAMES)
BY_ID = Lookup(TABLE, "id", ("id", "word"))
ROWS = [("a", 1, "甲"), ("b", 2, None), ("c'; DROP TABLE x", 3, '"')]


def rows_after(connection: Connection, n: int) -> list[tuple[str, int]]:
    found = select(TABLE.c.id, TABLE.c.n).where(TABLE.c.n > n).order_by(TABLE.c.n)
    return [(row.id, row.n) for row in connection.execute(found)]


@pytest.fixture
def database(world: World) -> Database:
    """The world's database with one table more."""
    database = world.runtime.database
    with database.write() as connection:
        TABLE.create(connection)
        INSERT.many(connection, [(id_[:10], n, word) for id_, n, word in ROWS])
    return database


def test_hot_statements_write_positional_rows(database: Database) -> None:
    with database.read() as connection:
        assert rows_after(connection, 1) == [("b", 2), ("c'; DROP T", 3)]
        assert connection.execute(select(TABLE.c.word).where(TABLE.c.id == "a")).scalar() == "甲"
    with database.write() as connection:
        INSERT.many(connection, [])
        assert rows_after(connection, 99) == []


def test_a_hot_statement_knows_the_order_of_its_values(database: Database) -> None:
    wrong = Hot(
        insert(TABLE).values({name: bindparam(name) for name in NAMES}), ("n", "id", "word")
    )
    with database.write() as connection, pytest.raises(AssertionError, match="parameters are"):
        wrong.many(connection, [(1, "x", "y")])


def test_a_lookup_takes_many_values_in_one_parameter(database: Database) -> None:
    with database.read() as connection:
        assert BY_ID.fetch(connection, []) == []
        assert sorted(BY_ID.fetch(connection, ["a", "b", "b", "nothing"])) == [
            ("a", "甲"),
            ("b", None),
        ]
        assert BY_ID.fetch(connection, ["c'; DROP T"]) == [("c'; DROP T", '"')]
        assert len(BY_ID.fetch(connection, [f"x{n}" for n in range(5000)] + ["a"])) == 1


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises((pysqlite3.Error, psycopg.Error)), database.read() as connection:
        INSERT.many(connection, [("z", 1, None)])
    with pytest.raises(DBAPIError), database.read() as connection:
        connection.execute(insert(TABLE).values(id="z"))


def test_a_reader_sees_one_snapshot(database: Database) -> None:
    with database.read() as reader:
        before = rows_after(reader, 0)
        with database.write() as writer:
            INSERT.many(writer, [("new", 9, None)])
        assert rows_after(reader, 0) == before
    with database.read() as reader:
        assert len(rows_after(reader, 0)) == len(before) + 1


def test_an_error_rolls_the_writer_back(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as connection:
        INSERT.many(connection, [("new", 9, None)])
        raise RuntimeError("undo")
    with database.read() as connection:
        assert len(rows_after(connection, 0)) == 3


def test_commits_are_durable_and_sqlite_forgets_what_is_deleted(world: World) -> None:
    if not world.runtime.database.is_sqlite:
        with world.runtime.database.write() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        return
    with world.runtime.database.write() as connection:
        for pragma, wanted in (
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("secure_delete", 1),
            ("foreign_keys", 1),
        ):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == wanted
