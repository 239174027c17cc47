"""The right to be the only process that works on something: a folder, or a database.

It lasts as long as the process, so that nothing has to be cleared away after a crash: a lock on a file goes with its
holder, and one in PostgreSQL with the session that took it.
"""

import fcntl
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import IO, Any, LiteralString, Self

import psycopg

from guiju.kernel.db import Database, database_bytes

# The name of the lock in the database; one database holds one organisation.
_LOCK = 0x6775696A75
# The server notices within half a minute that the machine of the holder is gone, and lets another begin.
_NOTICE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
# And the holder sooner than that, when it cannot reach the server any more: it must not go on believing in its claim.
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3,
}  # fmt: skip


# By the name that the sessions of one claim have in common.
_END_OWN = (
    "SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity "
    "WHERE application_name = %s AND pid <> pg_backend_pid()"
)
_TRIES, _PAUSE = 100, 0.05


def _asks(session: "psycopg.Connection", statement: LiteralString, value: int | str) -> bool:
    row = session.execute(statement, (value,)).fetchone()
    return row is not None and bool(row[0])


def claim_file(path: Path) -> IO[str] | None:
    """A lock file, held as long as it stays open; None when another process holds it."""
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


class DataClaim:
    """The right to serve one database. `keep` asks whether it lasts."""

    def __init__(self, database: Database) -> None:
        self._path = database_bytes(database)
        url = database.writers.url.set(drivername="postgresql")
        self._url = url.render_as_string(hide_password=False)
        self._file: IO[str] | None = None
        self._session: psycopg.Connection | None = None
        self._name = f"guiju-claim-{secrets.token_hex(8)}"

    def take(self) -> bool:
        """Whether the claim is now held. Raises psycopg.Error when the database cannot be reached."""
        if self._path is not None:
            self._file = claim_file(self._path.with_name(self._path.name + ".lock"))
            return self._file is not None
        session = psycopg.connect(
            self._url, autocommit=True, options=_NOTICE, application_name=self._name, **_PATIENCE
        )
        if _asks(session, "SELECT pg_try_advisory_lock(%s)", _LOCK) or self._outlasts(session):
            self._session = session
            return True
        session.close()
        return False

    def _outlasts(self, session: "psycopg.Connection") -> bool:
        """Whether the lock is had once sessions of this very claim have ended: the server says that one ends before it does,
        and does not know of all that are lost. Raises psycopg.OperationalError when one of them does not end.
        """
        for _ in range(_TRIES):
            own = _asks(session, _END_OWN, self._name)
            if _asks(session, "SELECT pg_try_advisory_lock(%s)", _LOCK):
                return True
            if not own:
                return False
            sleep(_PAUSE)
        raise psycopg.OperationalError("an earlier session of this claim does not end")

    def keep(self) -> bool:
        """False when another process has taken it. A session that was lost is replaced by another as soon as one can be."""
        if self._path is not None:
            return True
        try:
            if self._session is not None:
                self._session.execute("SELECT 1")
                return True
        except psycopg.Error:
            self._drop()
        try:
            return self.take()
        except (
            psycopg.Error
        ):  # nobody can write meanwhile who reaches no more than this process does
            return True

    def close(self) -> None:
        """Give it up."""
        if self._file is not None:
            self._file.close()
        self._drop()

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to sign, of one process for a keys folder and for a database."""

    keys: IO[str]
    data: DataClaim

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.data.close()
        self.keys.close()


def claim(keys: Path, database: Database) -> Claim | None:
    """The right to sign, until it is left or the process ends; None while another process has it.

    Two signers would each chain their own heads, which a verification takes for tampering. A copy of the keys folder
    does not help the second one: the data are claimed too.
    """
    folder = claim_file(keys / "guiju.lock")
    if folder is None:
        return None
    data = DataClaim(database)
    if data.take():
        return Claim(folder, data)
    folder.close()
    return None
