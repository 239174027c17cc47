"""Fixtures that every part of the suite shares. Both databases are real servers or files, never doubles."""

import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import pytest

from bench.postgres import Cluster, cluster
from tests.support import engines, hashing
from tests.support.checks import check_ledger
from tests.support.corpus import left_out
from tests.support.folders import FAST
from tests.support.office import PEOPLE, Office, open_office
from tests.support.postgres import AUTH, fresh_database
from tests.support.world import World
from tools import compile_engine

ROOT = Path(__file__).parents[1]
_LONGEST = "test_instep.py"
# One test in so many; which ones depends on their names alone.
_CHECKED_ON_SQLITE, _CHECKED_ON_POSTGRESQL = 3, 6


def pytest_configure() -> None:
    """Python would take the compiled engine, whatever its sources say by now."""
    if not compile_engine.is_current():
        pytest.exit(
            "The compiled engine is not that of its sources: make .venv/engine", returncode=4
        )


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """What a password costs is tested where it is the question: tests/modules/identity/test_passwords.py."""
    hashing.make_cheap()


@pytest.fixture(scope="session", autouse=True)
def shared_compilations() -> None:
    """A statement is compiled once, however many worlds come and go."""
    engines.share_compiled()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of test data that is not part of the project; absent data fails in CI and is loud elsewhere."""
    folder = Path(os.environ.get("GUIJU_CORPUS") or ROOT / ".." / "shared" / "data").resolve()
    if not folder.is_dir():
        left_out(folder)
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
        with cluster(folder, auth=AUTH) as started:
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


@dataclass(frozen=True, slots=True)
class Template:
    """What worlds begin as copies of: a folder, on PostgreSQL a database too, and who is in it."""

    folder: Path
    database: str | None
    office: Office | None


class Templates:
    """Templates with an office and without, on SQLite or on the PostgreSQL `server`; made when first asked for."""

    def __init__(self, server: str | None) -> None:
        self._server = server
        self._made: dict[bool, Template] = {}
        self._stack = ExitStack()

    def get(self, *, with_office: bool) -> Template:
        if with_office not in self._made:
            self._made[with_office] = self._make(with_office=with_office)
        return self._made[with_office]

    def _make(self, *, with_office: bool) -> Template:
        folder = Path(tempfile.mkdtemp(prefix="guiju-template-", dir=FAST))
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        name = url = None
        if self._server is not None:
            name = f"guiju_template_{secrets.token_hex(6)}"
            url = self._stack.enter_context(fresh_database(self._server, name))
        made = World(url, folder)
        office = open_office(made) if with_office else None
        made.close()
        return Template(folder, name, office)

    def close(self) -> None:
        self._stack.close()


@pytest.fixture(scope="session")
def sqlite_templates() -> Iterator[Templates]:
    """The templates of this session on SQLite."""
    made = Templates(None)
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgresql_templates(postgres_server: str) -> Iterator[Templates]:
    """The same on PostgreSQL; a fixture of their own, so that they are dropped before the server ends."""
    made = Templates(postgres_server)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """An organisation; after one test in some its ledger must verify and equal its replay.

    Looking at every entry costs as much as many a test, above all on PostgreSQL.
    """
    templates: Templates = request.getfixturevalue(f"{request.param}_templates")
    template = templates.get(with_office="office" in request.fixturenames)
    folder = Path(tempfile.mkdtemp(prefix="guiju-test-", dir=FAST)) / "data"
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder.parent, ignore_errors=True)
        shutil.copytree(template.folder, folder)
        url = None
        if template.database is not None:
            server = request.getfixturevalue("postgres_server")
            name = f"guiju_{secrets.token_hex(6)}"
            url = stack.enter_context(fresh_database(server, name, template.database))
        made = World(url, folder, copied=True, people=PEOPLE if template.office else 0)
        stack.callback(made.close)
        yield made
        one_in = _CHECKED_ON_SQLITE if url is None else _CHECKED_ON_POSTGRESQL
        if crc32(request.node.nodeid.encode()) % one_in == 0:
            made.open_again()
            check_ledger(made)


@pytest.fixture
def office(request: pytest.FixtureRequest, world: World) -> Office:
    """People with parts, and no group yet."""
    engine = "sqlite" if world.runtime.database.is_sqlite else "postgresql"
    templates: Templates = request.getfixturevalue(f"{engine}_templates")
    made = templates.get(with_office=True).office
    assert made is not None and "office" in request.fixturenames, "the world was made with it"
    return replace(made, world=world)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest: begun last, one test would keep all workers but its own waiting."""
    items.sort(key=lambda item: item.path.name != _LONGEST)


def pytest_collection_finish() -> None:
    """Collect garbage as rarely as the server does (`serving.py`), and never walk through what was loaded."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)
