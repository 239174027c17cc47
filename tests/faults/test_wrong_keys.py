"""A keys folder that is not the database's: refused with one line before anything is made or written."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import delete, select

from guiju.kernel.claim import DataClaim, claim
from guiju.kernel.db import open_database
from guiju.kernel.lane import WriteTx
from guiju.ledger import tables
from guiju.ledger.binding import KeysRefusedError
from guiju.ledger.keystore import wrapped_key
from guiju.ledger.log import create_head
from guiju.migrations import schema
from guiju.modules.policy import service as policy
from guiju.runtime import load_pack, open_runtime
from guiju.settings import Settings, read_settings
from guiju.setup import SYSTEM, initialise
from tests.support.checks import check_ledger
from tests.support.server import Place
from tests.support.tamper import put_rows, rows_of
from tests.support.world import World

FILES = ("root.key", "keys.db", "signer.key")


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[World]:
    """Another organisation, whose keys are not ours."""
    made = World(None, tmp_path / "stranger")
    made.runtime.signer.sign_now(made.runtime.lane)
    yield made
    made.close()


def names(folder: Path) -> set[str]:
    """What is in a folder; the files that SQLite keeps while it is open come and go."""
    if not folder.is_dir():
        return set()
    return {path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))}


def refused(settings: Settings, reason: str) -> None:
    """Neither way in opens it, and the folder is as it was."""
    before = names(settings.keys)
    for enter in (initialise, open_runtime):
        with pytest.raises(KeysRefusedError, match=reason) as caught:
            enter(settings)
        assert "\n" not in str(caught.value)
    assert names(settings.keys) == before


class TestAFolderThatIsNotTheOne:
    def test_an_empty_folder(self, world: World, tmp_path: Path) -> None:
        refused(replace(world.settings, keys=tmp_path / "typo"), "missing")
        assert not (tmp_path / "typo").exists()
        check_ledger(world)

    def test_the_folder_of_another_organisation(self, world: World, stranger: World) -> None:
        refused(replace(world.settings, keys=stranger.settings.keys), "another organisation")

    def test_a_folder_from_which_one_file_is_gone(self, world: World, tmp_path: Path) -> None:
        for name in FILES:
            partial = tmp_path / name
            shutil.copytree(world.settings.keys, partial)
            if (partial / name).exists():  # the rows are in the database on PostgreSQL
                (partial / name).unlink()
                refused(replace(world.settings, keys=partial), name)

    def test_a_file_of_another_organisation_among_ours(
        self, world: World, stranger: World, tmp_path: Path
    ) -> None:
        for name in ("root.key", "signer.key"):
            mixed = tmp_path / name
            shutil.copytree(world.settings.keys, mixed)
            shutil.copy(stranger.settings.keys / name, mixed)
            refused(replace(world.settings, keys=mixed), "another organisation")

    def test_a_file_that_is_no_key(self, world: World, tmp_path: Path) -> None:
        for name in ("root.key", "signer.key"):
            broken = tmp_path / name
            shutil.copytree(world.settings.keys, broken)
            (broken / name).write_bytes(b"short")
            refused(replace(world.settings, keys=broken), "is not a")

    def test_a_store_without_the_keys_of_what_is_sealed(self, world: World) -> None:
        kept = rows_of(world, wrapped_key)
        put_rows(world, wrapped_key, [])
        refused(world.settings, "open none of the last")
        put_rows(world, wrapped_key, kept)
        open_runtime(world.settings, world.clock).close()

    def test_a_new_database_with_the_keys_of_an_old_one(
        self, stranger: World, database_url: str | None, tmp_path: Path
    ) -> None:
        environment = {"GUIJU_DATA": str(tmp_path / "new"), "GUIJU_DATABASE": database_url or ""}
        settings = replace(read_settings(environment), keys=stranger.settings.keys)
        with pytest.raises(KeysRefusedError, match=r"signer\.json"):
            initialise(settings)
        database = open_database(settings.database)
        assert schema.current(database) is None, "not even the schema was made"
        database.close()


class TestTheEmptyLedger:
    @pytest.fixture
    def settings(self, database_url: str | None, tmp_path: Path) -> Settings:
        return read_settings(
            {"GUIJU_DATA": str(tmp_path / "data"), "GUIJU_DATABASE": database_url or ""}
        )

    def test_it_is_bound_to_the_keys_that_it_was_begun_with(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        initialise(settings)
        refused(replace(settings, keys=tmp_path / "other"), "missing")
        initialise(settings)
        open_runtime(settings).close()

    def test_keys_that_a_crash_left_behind_are_taken(self, settings: Settings) -> None:
        settings.keys.mkdir(parents=True)
        (settings.keys / "root.key").write_bytes(b"r" * 32)
        initialise(settings)
        open_runtime(settings).close()
        assert (settings.keys / "root.key").read_bytes() == b"r" * 32

    def test_wrapped_keys_without_their_root_are_not_given_another(
        self, settings: Settings
    ) -> None:
        initialise(settings)
        runtime = open_runtime(settings)
        runtime.keys.make("r:2026-11", 0)
        with runtime.database.write() as connection:
            connection.execute(delete(tables.head))
        runtime.close()
        (settings.keys / "root.key").rename(settings.keys / "aside")
        refused(settings, r"root\.key is missing beside keys")
        (settings.keys / "root.key").write_bytes(b"x" * 32)
        refused(settings, "does not open")
        (settings.keys / "aside").rename(settings.keys / "root.key")
        initialise(settings)

    def test_a_ledger_from_before_origins_named_keys_is_told_by_its_head_and_its_texts(
        self, settings: Settings, stranger: World, tmp_path: Path
    ) -> None:
        settings.data.mkdir(parents=True, exist_ok=True)
        database = open_database(settings.database)
        schema.upgrade(database)
        with database.write() as connection:
            create_head(connection, "guiju/0123456789abcdef")
        database.close()
        runtime = open_runtime(settings)  # it gets its keys now
        text, dictionaries = load_pack("party-run-plant")

        def begin(tx: WriteTx) -> None:
            policy.adopt(tx, SYSTEM, text=text, dictionaries=dictionaries)

        runtime.write(begin)
        runtime.signer.sign_now(runtime.lane)
        runtime.close()
        theirs = stranger.settings.keys
        refused(replace(settings, keys=theirs), "has not signed the newest head")
        mixed = tmp_path / "mixed"
        shutil.copytree(theirs, mixed)
        shutil.copy(settings.keys / "signer.key", mixed)
        refused(replace(settings, keys=mixed), "open none of the last")
        open_runtime(settings).close()


class TestOneServer:
    def test_a_database_is_claimed_whatever_the_keys_folder(
        self, world: World, tmp_path: Path
    ) -> None:
        copy = tmp_path / "copy"
        shutil.copytree(world.settings.keys, copy)
        second = open_database(world.settings.database)
        first = claim(world.settings.keys, world.runtime.database)
        assert first is not None
        with first:
            assert claim(copy, second) is None and claim(world.settings.keys, second) is None
            assert first.data.keep()
        taken = claim(copy, second)
        assert taken is not None, "given up"
        with taken:
            pass
        second.close()

    @pytest.mark.parametrize("world", ["postgresql"], indirect=True)  # a file's cannot be lost
    def test_a_lost_session_is_replaced_unless_another_has_claimed(self, world: World) -> None:
        first, second = DataClaim(world.runtime.database), DataClaim(world.runtime.database)
        assert first.take() and not second.take()

        def cut() -> None:
            session = first._session
            assert session is not None
            with psycopg.connect(first._url, autocommit=True) as other:
                pid = session.info.backend_pid
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

        cut()
        assert first.keep() and not second.take(), "taken again"
        cut()
        assert second.take() and not first.keep()
        first.close()
        second.close()

    def test_the_commands_say_one_line_and_end(
        self, database_url: str | None, tmp_path: Path
    ) -> None:
        place = Place(tmp_path, database_url)
        place.guiju("init", "--demo")

        def ends(keys: Path, *words: str) -> tuple[int, list[str]]:
            done = subprocess.run(
                [Path(sys.executable).with_name("guiju"), *words],
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, **place.environment, "GUIJU_KEYS": str(keys)},
                timeout=60,
            )
            return done.returncode, done.stderr.splitlines()

        for words in (("serve",), ("init", "--empty"), ("serve", "--demo")):
            code, lines = ends(tmp_path / "typo", *words)
            assert (code, len(lines)) == (4, 1) and "is not the keys folder" in lines[0], lines
            assert not (tmp_path / "typo").exists()
        shutil.copytree(tmp_path / "keys", tmp_path / "copy")
        with place.serving():
            code, lines = ends(tmp_path / "copy", "serve")
            assert code == 2 and "another server runs" in lines[-1], lines
            assert ends(tmp_path / "keys", "restore-signer")[0] == 2


def test_the_ledger_is_the_one_that_was_begun(world: World) -> None:
    """The origin of every new organisation is bound, so that the checks above are not about old ones only."""
    origin = world.read(lambda tx: tx.scalar(select(tables.head.c.origin)))
    assert len(origin) == len("guiju/") + 32
