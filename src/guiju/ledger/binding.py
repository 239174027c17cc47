"""Whether a keys folder is the one that a database's ledger lives with: asked before anything is made or written.

What is sealed under the keys of another folder can never be read again, and a head that another key signs fits no chain.
A wrong folder that went unnoticed for one message would spoil an organisation for good.

A ledger is bound to its keys by its origin, which is made from them; one that was begun before origins were made so, and
every one that has grown, also by its newest signed head and by the texts that were sealed last.
"""

import hmac
import os
import re
from pathlib import Path
from typing import Final, NoReturn

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from guiju.kernel.db import Database, DatabaseUnavailableError
from guiju.ledger import tables
from guiju.ledger.checkpoint import VerifierKey, open_note
from guiju.ledger.entry import decode_leaf
from guiju.ledger.errors import CheckpointError, LeafError, LedgerError
from guiju.ledger.keystore import (
    ROOT,
    ROWS,
    KeyAlteredError,
    KeyStore,
    open_keystore,
    read_keystore,
    secret_file,
    stored_keys,
)
from guiju.ledger.seal import open_body
from guiju.ledger.signer import KEY, STATE, StateError, read_public_key, signing_key

_SALT: Final = 8
_BOUND: Final = re.compile(r"guiju/([0-9a-f]{16})([0-9a-f]{16})")
_RECENT: Final = 50


class KeysRefusedError(LedgerError):
    """The keys folder does not belong to the database; nothing was made or written."""


def new_origin(folder: Path, database_url: str) -> str:
    """The name of a new ledger, which is bound to the keys in `folder`; they are made when it has none."""
    open_keystore(folder, database_url).close()
    key, salt = signing_key(folder), os.urandom(_SALT)
    public = key.public_key().public_bytes_raw()
    return f"guiju/{salt.hex()}{_fingerprint(salt, secret_file(folder / ROOT), public)}"


def _fingerprint(salt: bytes, root: bytes, public: bytes) -> str:
    return hmac.digest(root, b"guiju/keys/1\0" + salt + public, "sha256")[:8].hex()


def check_folder(folder: Path, database: Database) -> None:
    """Refuse a keys folder that is not the one of the ledger in `database`; a ledger that is empty yet may get its keys.

    Raises KeysRefusedError.
    """
    with database.read() as connection:
        head = None
        if inspect(connection).has_table(tables.head.name):
            head = connection.execute(select(tables.head.c.origin, tables.head.c.size)).first()
        bound = _BOUND.fullmatch(head.origin) if head is not None else None
        if head is None or (head.size == 0 and bound is None):
            _check_unused(folder, database)
            return
        root, public = _secrets(folder, database)
        if bound is not None:
            salt, fingerprint = bound.groups()
            if _fingerprint(bytes.fromhex(salt), root, public) != fingerprint:
                _refuse(folder, "its root.key and signer.key are another organisation's")
        if head.size > 0:
            _check_head(folder, connection, head.origin, public)
            _check_texts(folder, connection, database)


def _refuse(folder: Path, reason: str) -> NoReturn:
    raise KeysRefusedError(
        f"密钥文件夹与数据库不符，没有启动 · {folder} is not the keys folder of this database: {reason}. "
        "Nothing was changed; set GUIJU_KEYS to the right folder, or put its files back from their backup."
    )


def _check_unused(folder: Path, database: Database) -> None:
    """A folder for a new ledger: it may have keys, whole ones, but has signed nothing."""
    if (folder / STATE).exists():
        _refuse(folder, f"its {STATE} is of a ledger that has entries, and the database has none")
    found = stored_keys(folder, database)
    if not found:
        return
    if not (folder / ROOT).is_file():
        _refuse(folder, f"{ROOT} is missing beside keys that it wrapped")
    try:
        keys = read_keystore(folder, database.url)
    except LedgerError as error:
        _refuse(folder, str(error))
    try:
        keys.cipher(found[0])
    except KeyAlteredError as error:
        _refuse(folder, str(error))
    finally:
        keys.close()


def _secrets(folder: Path, database: Database) -> tuple[bytes, bytes]:
    """(the root, the signer's public key) of a folder that must be complete."""
    names = (ROOT, KEY, ROWS) if database.is_sqlite else (ROOT, KEY)
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        _refuse(folder, f"{', '.join(missing)} missing, although the ledger was begun with keys")
    root = (folder / ROOT).read_bytes()
    if len(root) != 32:
        _refuse(folder, f"{ROOT} is not a root key")
    try:
        public = read_public_key(folder)
    except StateError as error:
        _refuse(folder, str(error))
    assert public is not None, "the file is there"
    return root, public


def _check_head(folder: Path, connection: Connection, origin: str, public: bytes) -> None:
    """The newest published head was signed with the key of this folder."""
    newest = select(tables.checkpoint.c.note).order_by(tables.checkpoint.c.size.desc()).limit(1)
    note = connection.execute(newest).scalar()
    if note is None:  # the process ended before its first signature
        return
    try:
        open_note(note, [VerifierKey(origin, public)])
    except CheckpointError as error:
        _refuse(folder, f"its {KEY} has not signed the newest head ({error})")


def _check_texts(folder: Path, connection: Connection, database: Database) -> None:
    """One of the texts that were sealed last opens. Single ones may not: a key may be destroyed, a row altered."""
    entry = tables.entry.c
    last = select(entry.leaf, entry.sealed).where(entry.sealed.is_not(None))
    rows = connection.execute(last.order_by(entry.position.desc()).limit(_RECENT)).all()
    if not rows:
        return
    try:
        keys = read_keystore(folder, database.url)
    except LedgerError as error:
        _refuse(folder, str(error))
    try:
        if not any(_opens(keys, bytes(row.leaf), bytes(row.sealed)) for row in rows):
            _refuse(folder, f"its keys open none of the last {len(rows)} texts")
    except (DatabaseUnavailableError, SQLAlchemyError) as error:
        _refuse(folder, f"its keys cannot be read ({str(error).splitlines()[0]})")
    finally:
        keys.close()


def _opens(keys: KeyStore, leaf_bytes: bytes, sealed: bytes) -> bool:
    try:
        leaf = decode_leaf(leaf_bytes)
        return leaf.b is not None and open_body(keys, leaf.b.k, leaf.o, leaf.n, sealed) is not None
    except (LeafError, KeyAlteredError):
        return False
