"""Keys apart from the data: wrapped keys are rows of a store of their own, and only the 32-byte root is a file.

Losing the root loses all content. Destroying a row makes everything sealed under it unreadable for good.
"""

import os
import threading
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, String, Table, insert, select, text

from guiju.kernel.db import Database, open_database

_keys = MetaData()
wrapped_key = Table(
    "wrapped_key",
    _keys,
    Column("id", String(96), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)
SCHEMA = "guiju_keys"


class KeyStore:
    """Makes, wraps and opens keys. Safe to use from several threads."""

    def __init__(self, database: Database, root: bytes) -> None:
        assert len(root) == 32, "the root key is 32 bytes"
        self._database = database
        self._root = AESGCM(root)
        self._opened: dict[str, AESGCM] = {}
        self._lock = threading.Lock()

    def cipher(self, key_id: str) -> AESGCM | None:
        """The cipher of a key; None when the key does not exist (any more)."""
        found = self._opened.get(key_id)
        return found if found is not None else self._load(key_id)

    def make(self, key_id: str, now: int) -> AESGCM:
        """The cipher of a key, which is made durably first if it does not exist yet."""
        if (found := self.cipher(key_id)) is not None:
            return found
        with self._lock:
            plain, nonce = os.urandom(32), os.urandom(12)
            wrapped = nonce + self._root.encrypt(nonce, plain, key_id.encode())
            with self._database.write() as connection:
                connection.execute(insert(wrapped_key).values(id=key_id, wrapped=wrapped, made_at=now))
            self._opened[key_id] = AESGCM(plain)
            return self._opened[key_id]

    def _load(self, key_id: str) -> AESGCM | None:
        with self._lock, self._database.read() as connection:
            wrapped = connection.execute(
                select(wrapped_key.c.wrapped).where(wrapped_key.c.id == key_id)
            ).scalar()
            if wrapped is None:
                return None
            plain = self._root.decrypt(wrapped[:12], wrapped[12:], key_id.encode())
            self._opened[key_id] = AESGCM(plain)
            return self._opened[key_id]

    def close(self) -> None:
        self._database.close()


def open_keystore(folder: Path, database_url: str) -> KeyStore:
    """The key store that belongs to `database_url`; made with a new root when `folder` has none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if database_url.startswith("sqlite:"):
        database = open_database(f"sqlite:///{folder / 'keys.db'}")
    else:
        database = open_database(database_url, schema=SCHEMA)
        with database.write() as connection:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    with database.write() as connection:
        _keys.create_all(connection)
    return KeyStore(database, secret_file(folder / "root.key"))


def secret_file(path: Path) -> bytes:
    """The 32 bytes of a secret file (mode 0600), made from the system's randomness when it is absent."""
    if not path.exists():
        partial = path.with_suffix(".new")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(32))
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    return path.read_bytes()
