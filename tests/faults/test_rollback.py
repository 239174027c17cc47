"""Whole histories exchanged: cut off, rewritten with every key, or put back from a copy."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from guiju.kernel.db import governed_tables
from guiju.ledger import tables
from guiju.ledger.signer import Signer
from guiju.runtime import open_runtime
from guiju.verification import verify_organisation
from tests.support.checks import verify_stored
from tests.support.tamper import (
    failing,
    put_rows,
    rewrite_head,
    rewrite_leaf,
    rows_of,
    settle,
    undone,
)
from tests.support.world import World

MESSAGE = next(table for table in governed_tables() if table.name == "messaging_message")


@pytest.fixture
def town(world: World) -> World:
    """A world in which every table has rows."""
    settle(world)
    return world


def newest_note(world: World) -> str:
    return str(rows_of(world, tables.checkpoint)[-1]["note"])


def cut(world: World, count: int) -> None:
    """Take the last entries away and make everything in the database fit: rows beside, tiles and head."""
    rows = rows_of(world, tables.entry)
    kept, gone = rows[:-count], rows[-count:]
    first = gone[0]["position"]
    put_rows(world, tables.entry, kept)
    put_rows(
        world, tables.use, [row for row in rows_of(world, tables.use) if row["position"] < first]
    )
    numbers = Counter(row["grp"] for row in kept if row["grp"] is not None)
    put_rows(world, tables.group_number, [{"grp": g, "number": n} for g, n in numbers.items()])
    put_rows(
        world,
        tables.checkpoint,
        [r for r in rows_of(world, tables.checkpoint) if r["size"] <= first],
    )
    rewrite_head(world)


class TestCutAndRolledBack:
    def test_a_tail_that_was_cut_off_is_seen_by_the_signer_and_by_a_kept_head(
        self, town: World
    ) -> None:
        note = newest_note(town)
        with undone(town):
            cut(town, 1)
            put_rows(town, MESSAGE, rows_of(town, MESSAGE)[:-1])
            assert failing(town) == {6: {"file": "signer.json"}}
            (town.settings.keys / "signer.json").unlink()
            put_rows(town, tables.checkpoint, [])
            verdict = verify_stored(town)
            assert (verdict.ok, verdict.anchored) == (True, False), (
                "without a witness nobody can tell"
            )
            assert failing(town, note) == {7: {"head": 0}}

    def test_every_step_of_a_rewritten_history_with_all_keys_fits_but_the_kept_head(
        self, town: World
    ) -> None:
        note = newest_note(town)
        with undone(town):
            rewrite_leaf(
                town,
                len(rows_of(town, tables.entry)) - 1,
                lambda leaf: leaf.update(t=leaf["t"] + 5),
            )
            rewrite_head(town)
            (town.settings.keys / "signer.json").unlink()
            put_rows(town, tables.checkpoint, [])
            Signer(town.runtime.database, town.settings.keys, town.clock).sign_now(
                town.runtime.lane
            )
            town.runtime.log.abort()
            assert verify_stored(town, replay=False).ok
            assert failing(town, note) == {7: {"head": 0}}
        town.runtime.log.abort()

    def test_a_copy_from_earlier(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="guiju-test-"))
        try:
            world = World(None, folder / "live")
            settle(world)
            world.close()
            shutil.copytree(folder / "live", folder / "backup")
            again = World.__new__(World)
            again.__dict__.update(world.__dict__)
            again.runtime = open_runtime(world.settings, world.clock)
            again.person("新来")
            again.runtime.signer.sign_now(again.runtime.lane)
            note = newest_note(again)
            again.close()
            self._restore(folder, "guiju.db")
            verdict = verify_organisation(world.settings, replay=True)
            assert verdict.first_bad == {"file": "signer.json"}
            self._restore(folder, "guiju.db", "keys")
            verdict = verify_organisation(world.settings, replay=True)
            assert (verdict.ok, verdict.anchored) == (True, False), "both were put back together"
            verdict = verify_organisation(world.settings, replay=True, heads=[note])
            assert verdict.first_bad == {"head": 0}
        finally:
            shutil.rmtree(folder)

    @staticmethod
    def _restore(folder: Path, *names: str) -> None:
        for name in names:
            live, kept = folder / "live" / name, folder / "backup" / name
            for rest in ("-wal", "-shm"):
                live.with_name(name + rest).unlink(missing_ok=True)
            shutil.rmtree(live) if live.is_dir() else live.unlink()
            shutil.copytree(kept, live) if kept.is_dir() else shutil.copy(kept, live)
