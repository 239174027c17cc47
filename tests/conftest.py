"""Fixtures that every part of the suite shares. Both databases are real servers or files, never doubles."""

import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.postgres import Cluster, cluster
from tests.support.checks import check_ledger
from tests.support.postgres import fresh_database
from tests.support.world import World

# A file system in memory where there is one: what a test flushes need not outlive the machine.
FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of test data that is not part of the project; absent data fails in CI and is loud elsewhere."""
    folder = Path(os.environ.get("GUIJU_CORPUS") or ROOT / ".." / "shared" / "data").resolve()
    if not folder.is_dir():
        message = (
            f"LEFT OUT: tests that read {folder}, which does not exist (GUIJU_CORPUS names it)"
        )
        if os.environ.get("CI"):
            pytest.fail(message)
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server: GUIJU_TEST_POSTGRES, or one that this session starts."""
    given = os.environ.get("GUIJU_TEST_POSTGRES")
    if given:
        yield given
        return
    folder = Path(FAST or tempfile.gettempdir()) / f"guiju-pg-{secrets.token_hex(6)}"
    try:
        with cluster(folder) as started:
            assert isinstance(started, Cluster)
            yield started.dsn("postgres")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """None for SQLite in the world's own folder, or the URL of an empty PostgreSQL database."""
    if request.param == "sqlite":
        yield None
        return
    server = request.getfixturevalue("postgres_server")
    with fresh_database(server, f"guiju_{secrets.token_hex(6)}") as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    """The folder of a new organisation on SQLite; worlds begin as copies of it."""
    folder = Path(tempfile.mkdtemp(prefix="guiju-template-", dir=FAST))
    World(None, folder).close()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[tuple[str, Path]]:
    """The name of a database that holds a new organisation, and the folder of its keys."""
    name = f"guiju_template_{secrets.token_hex(6)}"
    folder = Path(tempfile.mkdtemp(prefix="guiju-template-", dir=FAST))
    with fresh_database(postgres_server, name) as url:
        World(url, folder).close()
        yield name, folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """An organisation; after the test its ledger must verify and equal its replay."""
    folder = Path(tempfile.mkdtemp(prefix="guiju-test-", dir=FAST)) / "data"
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder.parent, ignore_errors=True)
        url = None
        if request.param == "sqlite":
            shutil.copytree(request.getfixturevalue("sqlite_template"), folder)
        else:
            server = request.getfixturevalue("postgres_server")
            template, keys = request.getfixturevalue("postgres_template")
            shutil.copytree(keys, folder)
            name = f"guiju_{secrets.token_hex(6)}"
            url = stack.enter_context(fresh_database(server, name, template))
        made = World(url, folder, copied=True)
        stack.callback(made.close)
        yield made
        check_ledger(made)
