"""The signer without its memory: it signs nothing, and the memory is made anew only from what verifies."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from guiju import cli_verify
from guiju.kernel.clock import ManualClock
from guiju.ledger import tables
from guiju.ledger.signer import PUBLISH, Signer, read_state
from guiju.restoring import CannotRestoreError, restore_signer
from guiju.verification import verify_organisation
from tests.support.checks import check_ledger, verify_stored
from tests.support.tamper import change, put_rows, rows_of, undone
from tests.support.world import World


def grow(world: World) -> None:
    """Let the ledger grow twice, and be signed each time."""
    for name in ("甲", "乙"):
        world.person(name)
        world.runtime.signer.sign_now(world.runtime.lane)


@pytest.fixture
def town(world: World) -> Iterator[World]:
    """A world with two published heads; the signer in its runtime is a new one afterwards."""
    grow(world)
    yield world
    world.runtime.signer = Signer(world.runtime.database, world.settings.keys, world.clock)


def state_file(world: World) -> Path:
    return world.settings.keys / "signer.json"


def signer_of(world: World) -> Signer:
    """A signer as a start makes it."""
    return Signer(world.runtime.database, world.settings.keys, world.clock)


class TestTheAlarm:
    def test_nothing_is_signed_without_the_state_of_published_heads(self, town: World) -> None:
        heads = rows_of(town, tables.checkpoint)
        state_file(town).rename(state_file(town).with_suffix(".aside"))
        town.person("新来")
        signer = signer_of(town)
        signer.sign_now(town.runtime.lane)
        assert signer.alarm is not None and "signer.json is missing" in signer.alarm
        assert rows_of(town, tables.checkpoint) == heads and not state_file(town).exists()
        signer.sign_now(town.runtime.lane)
        assert not state_file(town).exists(), "the alarm stays"
        state_file(town).with_suffix(".aside").rename(state_file(town))

    def test_nothing_is_signed_with_an_older_state(self, town: World) -> None:
        earlier = state_file(town).read_bytes()
        town.person("新来")
        town.runtime.signer.sign_now(town.runtime.lane)
        newest, heads = state_file(town).read_bytes(), rows_of(town, tables.checkpoint)
        state_file(town).write_bytes(earlier)
        town.person("又来")
        signer = signer_of(town)
        signer.sign_now(town.runtime.lane)
        assert signer.alarm is not None and "remembers" in signer.alarm
        assert rows_of(town, tables.checkpoint) == heads
        state_file(town).write_bytes(newest)

    def test_a_head_that_is_published_stays_as_it_is(self, town: World) -> None:
        heads, state = rows_of(town, tables.checkpoint), read_state(town.settings.keys)
        assert state is not None
        town.runtime.lane.call(PUBLISH, replace(state, note="another", at=state.at + 1))
        assert rows_of(town, tables.checkpoint) == heads
        with undone(town, tables.checkpoint):
            put_rows(town, tables.checkpoint, heads[:-1])
            signer_of(town).sign_now(town.runtime.lane)
            assert rows_of(town, tables.checkpoint) == heads, "signed just before a crash"

    def test_a_first_head_needs_no_state(self, world: World) -> None:
        if rows_of(world, tables.checkpoint):
            put_rows(world, tables.checkpoint, [])
            state_file(world).unlink()
        signer = signer_of(world)
        signer.sign_now(world.runtime.lane)
        assert signer.alarm is None and len(rows_of(world, tables.checkpoint)) == 1
        world.runtime.signer = signer


class TestTheRestore:
    def test_it_goes_on_where_the_published_heads_end(self, town: World) -> None:
        before = state_file(town).read_bytes()
        state_file(town).unlink()
        town.person("新来")  # recorded, and not signed yet
        said: list[str] = []
        note = rows_of(town, tables.checkpoint)[-1]["note"]
        kept = town.folder / "kept.note"
        kept.write_text(note, encoding="utf-8")
        code = cli_verify.restore_signer(
            town.settings, heads=[kept], write=lambda line: said.append(str(line))
        )
        assert code == 0 and "signer.json was written" in said[-1]
        assert state_file(town).read_bytes() == before
        signer = signer_of(town)
        signer.sign_now(town.runtime.lane)
        assert signer.alarm is None and verify_stored(town).ok
        town.runtime.signer = signer

    def test_without_a_witness_it_says_what_would_not_be_missed(self, town: World) -> None:
        state_file(town).write_bytes(b"{}")  # unreadable is as good as missing
        said: list[str] = []
        code = cli_verify.restore_signer(
            town.settings, heads=[], write=lambda line: said.append(str(line))
        )
        assert code == 3 and "would not be missed" in said[-1]
        assert read_state(town.settings.keys) is not None

    def test_a_state_that_is_older_is_replaced(self, town: World) -> None:
        earlier = state_file(town).read_bytes()
        town.person("新来")
        town.runtime.signer.sign_now(town.runtime.lane)
        newest = state_file(town).read_bytes()
        state_file(town).write_bytes(earlier)
        assert restore_signer(town.settings).verdict.ok
        assert state_file(town).read_bytes() == newest

    def test_what_does_not_verify_gets_no_state(self, town: World) -> None:
        kept = state_file(town).read_bytes()
        rows = rows_of(town, tables.checkpoint)
        with undone(town, tables.checkpoint):
            state_file(town).unlink()
            change(town, tables.checkpoint, {"size": rows[0]["size"]}, at=rows[0]["at"] + 1)
            assert not restore_signer(town.settings).verdict.ok
            change(town, tables.checkpoint, {"size": rows[0]["size"]}, note=rows[-1]["note"])
            assert not restore_signer(town.settings).verdict.ok
            assert not state_file(town).exists()
        state_file(town).write_bytes(kept)

    def test_a_state_that_knows_as_much_or_more_stays(self, town: World) -> None:
        with pytest.raises(CannotRestoreError, match="nothing is to be done"):
            restore_signer(town.settings)
        kept = state_file(town).read_bytes()
        with undone(town, tables.checkpoint):
            put_rows(town, tables.checkpoint, rows_of(town, tables.checkpoint)[:-1])
            with pytest.raises(CannotRestoreError, match="older copy"):
                restore_signer(town.settings)
        assert state_file(town).read_bytes() == kept

    def test_nothing_published_is_nothing_to_restore(self, town: World) -> None:
        kept = state_file(town).read_bytes()
        with undone(town, tables.checkpoint):
            state_file(town).unlink()
            put_rows(town, tables.checkpoint, [])
            with pytest.raises(CannotRestoreError, match="no head is published"):
                restore_signer(town.settings)
        state_file(town).write_bytes(kept)


def test_a_backup_is_put_back_as_the_documents_say(tmp_path: Path) -> None:
    """The database, the keys, root.key and signer.key; no signer.json. The older copy is told by the newer file."""
    world = World(None, tmp_path / "live")
    grow(world)
    world.close()
    shutil.copytree(tmp_path / "live", tmp_path / "backup")
    (tmp_path / "backup" / "keys" / "signer.json").unlink()
    later = World(None, tmp_path / "live", copied=True, people=500)
    later.clock = ManualClock(world.clock.now())
    later.person("新来")
    later.runtime.signer.sign_now(later.runtime.lane)
    newest = rows_of(later, tables.checkpoint)[-1]["note"]
    later.close()
    for name in ("guiju.db", "guiju.db-wal", "guiju.db-shm"):
        (tmp_path / "live" / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup" / "guiju.db", tmp_path / "live" / "guiju.db")
    assert verify_organisation(world.settings, replay=False).first_bad == {"file": "signer.json"}
    with pytest.raises(CannotRestoreError, match="older copy"):
        restore_signer(world.settings)
    state = json.loads((tmp_path / "live" / "keys" / "signer.json").read_bytes())
    assert state["note"] == newest, "nothing was changed"
    shutil.rmtree(tmp_path / "live")
    shutil.copytree(tmp_path / "backup", tmp_path / "live")
    assert restore_signer(world.settings, heads=[newest]).verdict.first_bad == {"head": 0}
    assert restore_signer(world.settings).verdict.ok
    again = World(None, tmp_path / "live", copied=True, people=700)
    again.person("又来")
    check_ledger(again)
    again.close()
