"""Keys apart from the data: wrapped keys are rows of a store of their own, and only the 32-byte root is a file.

Losing the root loses all content. Destroying a row makes everything sealed under it unreadable for good.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    BigInteger,
    Column,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    insert,
    inspect,
    select,
    text,
)

from guiju.kernel.db import Database, DatabaseUnavailableError, open_database
from guiju.ledger.errors import LedgerError

_keys = MetaData()
wrapped_key = Table(
    "wrapped_key",
    _keys,
    Column("id", String(96), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)
SCHEMA = "guiju_keys"
ROOT, ROWS = "root.key", "keys.db"
FILE_KEYS = "f:"
"""Begins the ids of keys of single files. There are as many as files, so they are not kept in memory."""


class KeyStoreError(LedgerError):
    """The key store is absent, or its root is not one."""


class KeyAlteredError(LedgerError):
    """A stored key does not open: its row was altered, or the root is another."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the key {key_id} does not open")
        self.key_id = key_id


class KeyStore:
    """Makes, wraps and opens keys. Safe to use from several threads."""

    def __init__(self, database: Database, root: bytes) -> None:
        assert len(root) == 32, "the root key is 32 bytes"
        self._database = database
        self._root = AESGCM(root)
        self._opened: dict[str, AESGCM] = {}
        self._lock = threading.Lock()

    def cipher(self, key_id: str) -> AESGCM | None:
        """The cipher of a key; None when the key does not exist (any more).

        Raises KeyAlteredError or DatabaseUnavailableError.
        """
        found = self._opened.get(key_id)
        return found if found is not None else self._load(key_id)

    def make(self, key_id: str, now: int) -> AESGCM:
        """The cipher of a key, which is made durably first if it does not exist yet.

        Raises KeyAlteredError or DatabaseUnavailableError.
        """
        if (found := self.cipher(key_id)) is not None:
            return found
        with self._lock:
            plain, nonce = os.urandom(32), os.urandom(12)
            wrapped = nonce + self._root.encrypt(nonce, plain, _associated(key_id, now))
            with self._reaching(), self._database.write() as connection:
                connection.execute(
                    insert(wrapped_key).values(id=key_id, wrapped=wrapped, made_at=now)
                )
            return self._remembered(key_id, AESGCM(plain))

    def destroy(self, key_id: str) -> None:
        """Remove a key: what is sealed under it is gone for good. Harmless when it is gone already.

        Raises DatabaseUnavailableError.
        """
        with self._lock:
            with self._reaching(), self._database.write() as connection:
                connection.execute(delete(wrapped_key).where(wrapped_key.c.id == key_id))
            self._opened.pop(key_id, None)

    def _remembered(self, key_id: str, cipher: AESGCM) -> AESGCM:
        if not key_id.startswith(FILE_KEYS):
            self._opened[key_id] = cipher
        return cipher

    def _load(self, key_id: str) -> AESGCM | None:
        with self._lock, self._reaching(), self._database.read() as connection:
            row = connection.execute(
                select(wrapped_key.c.wrapped, wrapped_key.c.made_at).where(
                    wrapped_key.c.id == key_id
                )
            ).first()
            if row is None:
                return None
            try:
                plain = self._root.decrypt(
                    row.wrapped[:12], row.wrapped[12:], _associated(key_id, row.made_at)
                )
            except (
                InvalidTag,
                TypeError,
                ValueError,
            ) as error:  # the latter two: not even of the right shape
                raise KeyAlteredError(key_id) from error
            return self._remembered(key_id, AESGCM(plain))

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Raises DatabaseUnavailableError when the keys cannot be reached; the next attempt connects anew."""
        try:
            yield
        except self._database.outages as error:
            self._database.reconnect()
            raise DatabaseUnavailableError("The keys cannot be reached; try again.") from error

    def ids(self) -> list[str]:
        """The ids of all keys."""
        with self._database.read() as connection:
            return list(
                connection.execute(select(wrapped_key.c.id).order_by(wrapped_key.c.id)).scalars()
            )

    def close(self) -> None:
        self._database.close()


def _associated(key_id: str, made_at: int) -> bytes:
    """What a wrapped key is bound to, so that no column of its row can change alone."""
    return f"guiju/key/1\0{key_id}\0{made_at}".encode()


def open_keystore(folder: Path, database_url: str) -> KeyStore:
    """The key store that belongs to `database_url`; made with a new root when `folder` has none.

    For a ledger that has entries nothing may be made: ask `binding.check_folder` first.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = _open(folder, database_url)
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        _keys.create_all(connection)
    return KeyStore(database, secret_file(folder / ROOT))


def read_keystore(folder: Path, database_url: str) -> KeyStore:
    """The key store as it is; nothing is made. Raises KeyStoreError when there is none."""
    root, rows = folder / ROOT, folder / ROWS
    if not root.is_file() or (database_url.startswith("sqlite:") and not rows.is_file()):
        raise KeyStoreError(f"there is no key store in {folder}")
    secret = root.read_bytes()
    if len(secret) != 32:
        raise KeyStoreError(f"{root} is not a root key")
    return KeyStore(_open(folder, database_url), secret)


def stored_keys(folder: Path, data: Database) -> list[str]:
    """The ids of the keys that are stored for the organisation in `data`; none when no store was made yet."""
    if not data.is_sqlite:
        with data.read() as connection:
            if not inspect(connection).has_table(wrapped_key.name, schema=SCHEMA):
                return []
    elif not (folder / ROWS).is_file():
        return []
    database = _open(folder, data.url)
    try:
        with database.read() as connection:
            if not inspect(connection).has_table(wrapped_key.name):
                return []
            return list(connection.execute(select(wrapped_key.c.id)).scalars())
    finally:
        database.close()


def _open(folder: Path, database_url: str) -> Database:
    if database_url.startswith("sqlite:"):
        return open_database(f"sqlite:///{folder / ROWS}")
    return open_database(database_url, schema=SCHEMA)


def secret_file(path: Path) -> bytes:
    """The 32 bytes of a secret file (mode 0600), made from the system's randomness when it is absent."""
    if not path.exists():
        write_durably(path, os.urandom(32))
    return path.read_bytes()


def write_durably(path: Path, content: bytes) -> None:
    """Replace a private file (mode 0600) at once and for good: after a crash it is the old one or the new one."""
    partial = path.with_suffix(".new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
