"""Fixtures that every part of the suite shares. Both databases are real servers or files, never doubles."""

import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.postgres import Cluster, cluster
from tests.support.checks import check_ledger
from tests.support.postgres import fresh_database
from tests.support.world import World

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of test data that is not part of the project; absent data fails in CI and is loud elsewhere."""
    folder = Path(os.environ.get("GUIJU_CORPUS") or ROOT / ".." / "shared" / "data").resolve()
    if not folder.is_dir():
        message = f"LEFT OUT: tests that read {folder}, which does not exist (GUIJU_CORPUS names it)"
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
    folder = Path(tempfile.gettempdir()) / f"guiju-pg-{secrets.token_hex(6)}"
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


@pytest.fixture
def world(database_url: str | None) -> Iterator[World]:
    """An organisation; after the test its ledger must verify and equal its replay."""
    folder = Path(tempfile.mkdtemp(prefix="guiju-test-"))
    made = World(database_url, folder)
    try:
        yield made
        check_ledger(made)
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)
