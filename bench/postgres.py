"""A PostgreSQL cluster for one run, from the installed binaries, as durable as by default."""

import contextlib
import getpass
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from bench.process import BenchError, free_port, running, tail, wait_for_port

_START_SECONDS: Final = 30.0
_ATTEMPTS: Final = 50
_DEBIAN: Final = Path("/usr/lib/postgresql")
_OWNER: Final = "postgres"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster. `process` is the postmaster's id."""

    port: int
    password: str
    process: int

    def dsn(self, database: str) -> str:
        """The address of a database in libpq's URL form."""
        return f"postgresql://{_OWNER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """Create an empty database and return its address."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.dsn(database)

    def replace(self, database: str, template: str | None) -> None:
        """Create a database anew: empty, or as a copy of another one that nobody uses."""
        name = sql.Identifier(database)
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            like = (
                sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
                if template
                else sql.SQL("")
            )
            connection.execute(sql.SQL("CREATE DATABASE {}{}").format(name, like))


def binaries() -> Path:
    """The folder of `initdb` and `postgres`, the newest version first; raises `BenchError`."""
    on_path = shutil.which("initdb")
    versions = sorted(
        (folder for folder in _DEBIAN.glob("*/bin") if (folder / "initdb").exists()),
        key=lambda folder: int(folder.parent.name),
    )
    if versions:
        return versions[-1]
    if on_path:
        return Path(on_path).resolve().parent
    raise BenchError("PostgreSQL's initdb is not installed")


@dataclass(frozen=True, slots=True)
class Place:
    """The files of a cluster that may be stopped and started again, always on the same port."""

    folder: Path
    port: int
    password: str
    user: str | None

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "data"


def prepare(folder: Path, *, auth: str = "scram-sha-256") -> Place:
    """Make the files of a cluster in `folder`, which MUST NOT exist.

    PostgreSQL refuses to run as root; then everything belongs to the user `postgres`. `auth` is how clients prove that
    they know the password; SCRAM is made to be slow.
    """
    user = _OWNER if os.geteuid() == 0 else None
    folder.mkdir(mode=0o755)
    if user:
        shutil.chown(folder, user, user)
    place = Place(folder, free_port(), secrets.token_hex(16), user)
    secret = folder / "password"
    secret.write_text(place.password, encoding="ascii")
    secret.chmod(0o600)
    if user:
        shutil.chown(secret, user, user)
    made = subprocess.run(
        [
            *(binaries() / "initdb", "--pgdata", place.data, "--username", _OWNER),
            *("--encoding", "UTF8", "--no-locale", "--auth", auth, "--pwfile", secret),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        user=user,
        group=user,
        extra_groups=[] if user else None,
    )
    if made.returncode:
        raise BenchError(f"initdb as {user or getpass.getuser()} failed:\n{made.stderr}")
    return place


@contextlib.contextmanager
def started(place: Place) -> Iterator[Cluster]:
    """Run a cluster until the end of the block; a crash before is repaired at its next start."""
    command: list[str | Path] = [
        *(binaries() / "postgres", "-D", place.data, "-p", str(place.port)),
        *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
    ]
    log = place.folder / "log"
    # SIGINT is the fast shutdown, which does not wait for clients (PostgreSQL manual, 19.5).
    with running(command, log, {}, user=place.user, stop=signal.SIGINT) as process:
        wait_for_port(process, place.port, log, _START_SECONDS)
        run = Cluster(place.port, place.password, process.pid)
        _check_durable(run, log)
        yield run


@contextlib.contextmanager
def cluster(folder: Path, *, auth: str = "scram-sha-256") -> Iterator[Cluster]:
    """Make a cluster in `folder`, which MUST NOT exist, and stop it at the end; `auth` as in `prepare`."""
    with started(prepare(folder, auth=auth)) as run:
        yield run


def _check_durable(made: Cluster, log: Path) -> None:
    # The port accepts before the cluster does: "the database system is starting up".
    for attempt in range(_ATTEMPTS):
        try:
            with psycopg.connect(made.dsn("postgres"), connect_timeout=5) as connection:
                for name in ("fsync", "synchronous_commit"):
                    row = connection.execute(
                        sql.SQL("SHOW {}").format(sql.Identifier(name))
                    ).fetchone()
                    if row != ("on",):
                        raise BenchError(
                            f"PostgreSQL's {name} is {row}: its figures would be worthless"
                        )
            return
        except psycopg.OperationalError as error:
            if attempt == _ATTEMPTS - 1:
                raise BenchError(f"PostgreSQL does not answer: {error}\n{tail(log)}") from error
            time.sleep(0.1)
