"""When the disk or the database fails around a commit: nothing is acknowledged that is not stored, and a restart works."""

import asyncio
import os
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench.postgres import Cluster, prepare, started
from bench.servers import Session
from tests.support.aftermath import problems_after
from tests.support.kills import make_load, make_place, served
from tests.support.load import Load
from tests.support.server import Place, Serving

SEED = 20261123
UNKNOWN_OUTCOME = 70
_SOON = 20.0
# How many answers show that a load is on before something is broken.
_UNDER_LOAD = 20


def full_disk(place: Place, serving: Serving, spare: int) -> None:
    """Let no file of the server grow further than `spare` bytes beyond today's write-ahead log."""
    log = place.folder / "data" / "guiju.db-wal"
    limit = log.stat().st_size + spare
    resource.prlimit(serving.process.pid, resource.RLIMIT_FSIZE, (limit, limit))


async def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that must happen soon."""
    deadline = time.monotonic() + _SOON
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen within {_SOON:.0f} s"
        await asyncio.sleep(0.02)


async def run_into_a_full_disk(place: Place, load: Load, rounds: int) -> list[int]:
    """The exit status of each server whose disk filled up under load."""
    rng, statuses = random.Random(SEED), []
    async with load.running():
        load.sending.set()
        for _ in range(rounds):
            async with served(place, load) as serving:
                await asyncio.sleep(0.2)
                full_disk(place, serving, rng.randrange(200_000))
                statuses.append(await asyncio.to_thread(serving.wait, _SOON))
        async with served(place, load):
            await load.finish()
    return statuses


def test_a_full_disk_ends_the_server_and_loses_nothing(tmp_path: Path) -> None:
    place, accounts = make_place(tmp_path, None)
    with place.serving():
        load = make_load(place, accounts, SEED)
    statuses = asyncio.run(run_into_a_full_disk(place, load, 3))
    assert statuses == [UNKNOWN_OUTCOME] * 3
    assert problems_after(place, load) == []
    assert load.acknowledged > 40


class Postgres:
    """A cluster of its own, to be broken."""

    def __init__(self, folder: Path) -> None:
        self._place = prepare(folder)
        self._running = ExitStack()
        self._cluster: Cluster | None = None
        self.start()

    @property
    def cluster(self) -> Cluster:
        assert self._cluster is not None, "it was started"
        return self._cluster

    def start(self) -> None:
        self._cluster = self._running.enter_context(started(self._place))

    def crash(self) -> None:
        """An immediate shutdown, as `pg_ctl stop -m immediate` does it: no transaction ends, recovery at the next start."""
        os.kill(self.cluster.process, signal.SIGQUIT)
        self._running.close()

    def stop(self) -> None:
        self._running.close()

    def end_connections(self) -> int:
        """End every connection to `guiju`; how many."""
        with psycopg.connect(self.cluster.dsn("postgres"), autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'guiju'"
            ).fetchall()
        return len(ended)


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    # Not below pytest's folders: PostgreSQL runs as a user of its own, which must get to its files.
    folder = Path(tempfile.mkdtemp(prefix="guiju-broken-"))
    folder.chmod(0o755)
    made = Postgres(folder / "postgresql")
    try:
        made.cluster.create("guiju")
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


async def break_under_load(
    place: Place, load: Load, rounds: int, breaking: Callable[[], object]
) -> list[int]:
    """Break the database under load again and again; the exit statuses of servers that ended by it."""
    rng, statuses = random.Random(SEED), []

    async def answered(serving: Serving, more: int) -> bool:
        """Whether the server goes on acknowledging; else it has ended, which shows a moment after its last answer."""
        process: subprocess.Popen[bytes] = serving.process
        wanted = load.acknowledged + more
        await until(
            lambda: process.poll() is not None or load.acknowledged >= wanted,
            "answers or an end",
        )
        return process.poll() is None

    async with load.running():
        load.sending.set()
        for _ in range(rounds):
            async with served(place, load) as serving:
                for _ in range(3):
                    if not await answered(serving, _UNDER_LOAD):
                        break
                    await asyncio.sleep(rng.uniform(0.0, 0.2))
                    await asyncio.to_thread(breaking)
                    if not await answered(serving, 1):
                        break
                status = serving.process.poll()
                if status is not None:
                    statuses.append(status)
        async with served(place, load):
            await load.finish()
    return statuses


def prepare_load(postgres: Postgres, folder: Path) -> tuple[Place, Load]:
    place, accounts = make_place(folder, postgres.cluster.dsn("guiju"))
    with place.serving():
        return place, make_load(place, accounts, SEED)


def test_connections_that_are_ended_lose_nothing(tmp_path: Path, postgres: Postgres) -> None:
    place, load = prepare_load(postgres, tmp_path)
    statuses = asyncio.run(break_under_load(place, load, 2, postgres.end_connections))
    assert statuses == [], "a database that was away does not end the server"
    assert problems_after(place, load) == []
    assert load.acknowledged > 40


def test_a_crash_of_the_database_loses_nothing(tmp_path: Path, postgres: Postgres) -> None:
    place, load = prepare_load(postgres, tmp_path)

    def crash_and_start() -> None:
        postgres.crash()
        postgres.start()

    statuses = asyncio.run(break_under_load(place, load, 2, crash_and_start))
    assert statuses == [], "a database that was away does not end the server"
    assert problems_after(place, load) == []
    assert load.acknowledged > 40


def say(session: Session, group: str, cmid: str) -> tuple[int, Any]:
    answer = session.ask("POST", f"/api/groups/{group}/messages", {"cmid": cmid, "body": "收到"})
    return answer.status, answer.said


def test_a_database_that_is_away_is_said_to_be_away(tmp_path: Path, postgres: Postgres) -> None:
    place, accounts = make_place(tmp_path, postgres.cluster.dsn("guiju"))
    with place.serving() as serving:
        session = place.sign_in(accounts[5]["account"], accounts[5]["password"])
        (group,) = session.active_groups()
        assert say(session, group, "before")[0] == 200
        postgres.crash()
        for method, path, body in (
            ("GET", "/api/me", None),
            ("GET", "/readyz", None),
            ("POST", f"/api/groups/{group}/messages", {"cmid": "during", "body": "收到"}),
            ("POST", "/api/session", accounts[6]),
        ):
            answer = session.ask(method, path, body)
            assert (answer.status, answer.said["code"]) == (503, "kernel.database_unavailable"), (
                method,
                path,
            )
        postgres.start()
        deadline = time.monotonic() + _SOON
        while (answered := say(session, group, "during"))[0] != 200:
            assert answered[0] == 503 and time.monotonic() < deadline, answered
            time.sleep(0.1)
        assert say(session, group, "during") == answered, "sent once, however often it was tried"
        assert serving.process.poll() is None, "a database that is away does not end the server"
    assert problems_after(place, Load([], group, 0)) == []
