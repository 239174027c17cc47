"""Whatever is changed past the ledger is noticed and named: every column of every table, on both databases."""

import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Table, select
from sqlalchemy.exc import SQLAlchemyError

from guiju.kernel.db import governed_tables
from guiju.ledger import tables
from guiju.ledger.findings import Verification
from guiju.ledger.keystore import wrapped_key
from guiju.ledger.signer import Signer
from guiju.verification import CannotVerifyError, verify_organisation
from tests.support.checks import verify_stored
from tests.support.tamper import (
    STORED,
    Row,
    fill_tiles,
    open_town,
    put_rows,
    rebuilt_anew,
    rewrite_leaf,
    rows_of,
    settle,
    undone,
)
from tests.support.world import World

BY_NAME = {table.name: table for table in STORED}
# All columns are the key: what a head and their deputy, or those reminded of one message, have in common gives the same
# rows when it is swapped.
INTERCHANGEABLE = {"directory_role", "followup_told", "messaging_reminded"}
SMALL = [table.name for table in STORED if table is not tables.tile]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest) -> Iterator[World]:
    """One world for the whole module, in which every table has rows."""
    with open_town(request) as world:
        yield world


# ---- rows ----------------------------------------------------------------------------------------------------------


def altered(value: Any, rng: random.Random) -> Any:
    """Another value of the same type: one bit, one character or one number away."""
    if isinstance(value, bytes):
        at = rng.randrange(len(value))
        return value[:at] + bytes([value[at] ^ 1 << rng.randrange(8)]) + value[at + 1 :]
    if isinstance(value, int):
        return value + rng.choice((1, -1, 1_000_003))
    at = rng.randrange(len(value)) if value else 0
    return value[:at] + rng.choice([c for c in "qxz7" if value[at : at + 1] != c]) + value[at + 1 :]


def something(column: Column[Any]) -> Any:
    """A value for a column that is empty."""
    return {int: 1, str: "q", bytes: b"q"}[column.type.python_type]


def key_of(table: Table, row: Row) -> Any:
    key = [row[column.name] for column in table.primary_key]
    return key[0] if len(key) == 1 else key


def is_named(table: Table, verdict: Verification, *concerned: Row) -> bool:
    """Whether the verdict names one of the rows that were touched, or the entry that they belong to."""
    places = [check.first_bad for check in verdict.checks if check.first_bad is not None]
    keys = [key_of(table, row) for row in concerned]
    if table is tables.entry:
        first = places[0]
        if "entry" in first:
            last = first.get("until", first["entry"])
            return any(first["entry"] <= key <= last for key in keys)
    return any(place.get("table") == table.name and place.get("row") in keys for place in places)


def expect(world: World, table: Table, rows: list[Row], *concerned: Row) -> str:
    """Store `rows` in place of what is there: the database refuses them, or the verification names them."""
    kept = rows_of(world, table)
    with undone(world, table):
        try:
            put_rows(world, table, rows)
        except SQLAlchemyError:
            return "refused"
        if rows_of(world, table) == kept:  # SQLite numbers a head row without an id itself
            return "refused"
        verdict = verify_stored(world, replay=table not in tables.TABLES)
        assert not verdict.ok, f"{table.name}: an alteration was not noticed"
        assert is_named(table, verdict, *concerned), (table.name, verdict.first_bad, concerned)
        return "noticed"


def pick(table: Table, rows: list[Row], rng: random.Random) -> int:
    """Which row to touch. The newest published head is the signer's to publish again, so its absence is no loss."""
    return rng.randrange(len(rows) - 1 if table is tables.checkpoint else len(rows))


def _tried(world: World, table: Table) -> list[Column[Any]]:
    """All columns; on PostgreSQL a few, since the same code compares what both databases give."""
    return [*table.columns][:: 1 if world.runtime.database.is_sqlite else 3]


def test_a_rebuild_takes_nothing_from_the_tables_that_it_judges(town: World) -> None:
    """So that one is enough for all alterations of those tables."""
    stored = {table: rows_of(town, table) for table in governed_tables()}
    with undone(town, *stored):
        for table in stored:
            put_rows(town, table, [])
        with rebuilt_anew(town) as made:
            for table, rows in stored.items():
                found = made.execute(select(table).order_by(*table.primary_key))
                assert [dict(row._mapping) for row in found] == rows, table.name


@pytest.mark.parametrize("name", SMALL)
class TestRows:
    def test_a_value_that_was_altered(self, town: World, name: str) -> None:
        table, rng = BY_NAME[name], random.Random(name)
        for column in _tried(town, table):
            rows = rows_of(town, table)
            filled = [index for index, row in enumerate(rows) if row[column.name] is not None]
            index = rng.choice(filled) if filled else rng.randrange(len(rows))
            before = dict(rows[index])
            value = before[column.name]
            rows[index][column.name] = (
                altered(value, rng) if value is not None else something(column)
            )
            expect(town, table, rows, before, rows[index])

    def test_a_value_that_was_emptied(self, town: World, name: str) -> None:
        table, rng = BY_NAME[name], random.Random(name)
        for column in _tried(town, table):
            rows = rows_of(town, table)
            filled = [index for index, row in enumerate(rows) if row[column.name] is not None]
            if not filled:
                continue
            index = rng.choice(filled)
            before = dict(rows[index])
            rows[index][column.name] = None
            done = expect(town, table, rows, before, rows[index])
            assert (done == "refused") == (not column.nullable), f"{name}.{column.name} is {done}"

    def test_a_row_that_was_deleted(self, town: World, name: str) -> None:
        table, rng = BY_NAME[name], random.Random(name)
        rows = rows_of(town, table)
        at = pick(table, rows, rng)
        gone = rows.pop(at)
        # A head that is missing is noticed at the one that came after it.
        follower = rows[at : at + 1] if table is tables.checkpoint else []
        assert expect(town, table, rows, gone, *follower) == "noticed"

    def test_a_row_that_was_inserted(self, town: World, name: str) -> None:
        table, rng = BY_NAME[name], random.Random(name)
        rows = rows_of(town, table)
        end = {"position": len(rows)} if table is tables.entry else {}
        added = dict(rng.choice(rows))
        for column in table.columns:
            unique = column.primary_key or any(
                column.name in index.columns for index in table.indexes if index.unique
            )
            if unique or column.unique:
                value = added[column.name]
                added[column.name] = (
                    value + 1_000_003 if isinstance(value, int) else altered(value or "q", rng)
                )
        added |= end
        assert (
            expect(
                town,
                table,
                [*rows, added],
                added,
                {**added, **({"id": 1} if table is tables.head else {})},
            )
            == "noticed"
        )

    def test_two_rows_that_were_swapped(self, town: World, name: str) -> None:
        table, rng = BY_NAME[name], random.Random(name)
        rows = rows_of(town, table)
        free = [column.name for column in table.columns if not column.primary_key]
        free = free or [column.name for column in table.primary_key][-1:]
        pairs = [
            (a, b)
            for a in range(len(rows))
            for b in range(a)
            if any(rows[a][column] != rows[b][column] for column in free)
            and not any({**rows[a], **{c: rows[b][c] for c in free}} == row for row in rows)
        ]
        if not pairs:
            assert len(rows) < 2 or table.name in INTERCHANGEABLE, f"{name} has no two rows to swap"
            return
        first, second = rng.choice(pairs)
        before = dict(rows[first]), dict(rows[second])
        for column in free:
            rows[first][column], rows[second][column] = rows[second][column], rows[first][column]
        assert expect(town, table, rows, *before, rows[first], rows[second]) == "noticed"


def test_every_governed_table_and_every_ledger_table_is_looked_at() -> None:
    assert {*tables.TABLES, *governed_tables(), wrapped_key} == set(STORED)


def test_the_newest_published_head_is_published_again(town: World) -> None:
    with undone(town, tables.checkpoint):
        rows = rows_of(town, tables.checkpoint)
        put_rows(town, tables.checkpoint, rows[:-1])
        assert verify_stored(town).ok
        runtime = town.runtime
        Signer(runtime.database, town.settings.keys, town.clock).sign_now(runtime.lane)
        assert rows_of(town, tables.checkpoint) == rows


class TestTiles:
    def test_tiles_that_were_altered(self, world: World) -> None:
        fill_tiles(world)
        table, rng = tables.tile, random.Random(7)
        rows = rows_of(world, table)
        assert len(rows) >= 2
        for column, value in (
            ("level", 1),
            ("number", 5),
            ("hashes", altered(rows[0]["hashes"], rng)),
        ):
            changed = [{**rows[0], column: value}, *rows[1:]]
            expect(world, table, changed, rows[0], changed[0])
        expect(world, table, rows[1:], rows[0])
        expect(world, table, [*rows, {**rows[0], "number": 2}], {**rows[0], "number": 2})
        swapped = [
            {**rows[0], "hashes": rows[1]["hashes"]},
            {**rows[1], "hashes": rows[0]["hashes"]},
        ]
        expect(world, table, [*swapped, *rows[2:]], *rows)

    def test_a_leaf_below_a_tile_is_named_exactly(self, world: World) -> None:
        fill_tiles(world)

        def edit(leaf: dict[str, Any]) -> None:
            name = next(name for name, value in leaf["m"].items() if isinstance(value, str))
            leaf["m"][name] = leaf["m"][name][:-1] + "!"

        for position in (0, 255, 300):
            with undone(world, tables.entry):
                rewrite_leaf(world, position, edit)
                assert verify_stored(world).first_bad == {"entry": position}


# ---- files ---------------------------------------------------------------------------------------------------------


class TestFiles:
    @pytest.mark.parametrize("name", ["signer.json", "signer.key", "root.key"])
    def test_a_byte_of_a_file_of_the_keys_folder(self, town: World, name: str) -> None:
        path = town.settings.keys / name
        content, rng = path.read_bytes(), random.Random(name)
        for at in rng.sample(range(len(content)), min(16, len(content))):
            with undone(town, wrapped_key):
                path.write_bytes(
                    content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]
                )
                verdict = verify_organisation(town.settings, replay=False)
                assert not verdict.ok, f"{name} at {at}"
                expected = {"signer.json": 6, "signer.key": 6, "root.key": 4}[name]
                assert next(check.step for check in verdict.checks if not check.ok) == expected

    @pytest.mark.parametrize("name", ["signer.json", "signer.key"])
    def test_a_file_of_the_signer_that_is_missing(self, town: World, name: str) -> None:
        with undone(town, wrapped_key):
            (town.settings.keys / name).unlink()
            assert [
                check.step
                for check in verify_organisation(town.settings, replay=True).checks
                if not check.ok
            ] == [6]

    @pytest.mark.parametrize("content", [None, b"", b"k" * 31])
    def test_without_a_root_nothing_can_be_judged(self, town: World, content: bytes | None) -> None:
        path = town.settings.keys / "root.key"
        with undone(town, wrapped_key):
            path.unlink() if content is None else path.write_bytes(content)
            with pytest.raises(CannotVerifyError):
                verify_organisation(town.settings, replay=True)


class TestPages:
    """Single bits of SQLite's files: found, or without any effect on what is stored."""

    FLIPS = 100

    @pytest.fixture
    def quiet(self) -> Iterator[World]:
        """A world that nobody writes to any more, with everything in its main files."""
        folder = Path(tempfile.mkdtemp(prefix="guiju-test-"))
        world = World(None, folder)
        settle(world)
        world.close()
        yield world
        shutil.rmtree(folder, ignore_errors=True)

    def test_bits_of_pages_that_hold_ledger_rows(self, quiet: World) -> None:
        file = quiet.settings.data / "guiju.db"
        content = file.read_bytes()
        leaves = [row["leaf"] for row in _rows(quiet, tables.entry)]
        pages = sorted(
            {content.index(leaf[:60]) // 4096 for leaf in leaves if leaf[:60] in content}
        )
        assert len(pages) >= 5, "the entries lie in the main file"
        rng = random.Random(20261122)
        offsets = [rng.choice(pages) * 4096 + rng.randrange(4096) for _ in range(self.FLIPS)]
        assert self._flip(quiet, file, offsets) > self.FLIPS // 2

    def test_bits_of_the_key_store(self, quiet: World) -> None:
        file = quiet.settings.keys / "keys.db"
        rng = random.Random(20261123)
        size = len(file.read_bytes())
        # Most of this small file is empty.
        assert self._flip(quiet, file, [rng.randrange(size) for _ in range(self.FLIPS // 2)]) > 0

    def _flip(self, world: World, file: Path, offsets: list[int]) -> int:
        content, rng, dump = file.read_bytes(), random.Random(1), _dump(world)
        noticed = 0
        for at in offsets:
            file.write_bytes(
                content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]
            )
            for rest in ("-wal", "-shm"):
                file.with_name(file.name + rest).unlink(missing_ok=True)
            try:
                verdict = verify_organisation(world.settings, replay=True)
            except CannotVerifyError:
                noticed += 1
                continue
            if verdict.ok:
                assert _dump(world) == dump, (
                    f"a bit at {at} changed what is stored, and nobody noticed"
                )
            else:
                assert verdict.first_bad, "it is named"
                noticed += 1
        file.write_bytes(content)
        return noticed


def _rows(world: World, table: Table) -> list[Row]:
    world.runtime.database.close()
    return rows_of(world, table)


def _dump(world: World) -> list[Any]:
    """Everything that is stored."""
    world.runtime.keys.close()
    return [_rows(world, table) for table in STORED]
