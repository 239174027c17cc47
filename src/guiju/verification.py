"""Verifying an organisation as it is stored, running or not. Nothing is written, and nothing is made that is absent."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from guiju.kernel.blobs import open_blobs
from guiju.kernel.db import Database, database_bytes, open_database
from guiju.ledger.errors import CheckpointError, LedgerError
from guiju.ledger.findings import Findings, Verification
from guiju.ledger.keystore import KeyStore, read_keystore
from guiju.ledger.log import Log
from guiju.ledger.replay import replay as replay_facts
from guiju.ledger.signer import KEY, STATE, SignedState, StateError, read_public_key, read_state
from guiju.ledger.vault import Vault
from guiju.ledger.verify import Trusted, parse_head, verify_ledger
from guiju.migrations import schema
from guiju.runtime import APPLIERS, wire
from guiju.settings import Settings

VERIFIED, TAMPERED, MALFORMED, UNANCHORED = 0, 1, 2, 3


class CannotVerifyError(Exception):
    """There is nothing that could be judged: no organisation, another version of it, or unreadable input."""


def verify_organisation(
    settings: Settings, *, replay: bool, heads: Sequence[str] = ()
) -> Verification:
    """Verify the ledger, and with `replay` the tables too. `heads` are signed notes that were kept elsewhere.

    Raises CannotVerifyError.
    """
    for note in heads:
        try:
            parse_head(note)
        except CheckpointError as error:
            raise CannotVerifyError(f"a kept head is not one: {error}") from error
    database = open_existing(settings)
    try:
        keys = read_keystore(settings.keys, settings.database)
    except LedgerError as error:
        database.close()
        raise CannotVerifyError(str(error)) from error
    try:
        vault = Vault(open_blobs(settings.files), keys)
        return verify_opened(database, vault, keys, settings.keys, replay=replay, heads=heads)
    finally:
        keys.close()
        database.close()


def exit_code(verdict: Verification) -> int:
    """0 verified and anchored, 3 consistent but UNANCHORED, 1 tampered."""
    if not verdict.ok:
        return TAMPERED
    return VERIFIED if verdict.anchored else UNANCHORED


def open_existing(settings: Settings) -> Database:
    """The database of an organisation that exists and has this program's schema. Raises CannotVerifyError."""
    database = open_database(settings.database)
    file = database_bytes(database)
    if file is not None and not file.is_file():
        raise CannotVerifyError(f"there is no organisation at {file}")
    try:
        revision, newest = schema.current(database), schema.newest()
    except SQLAlchemyError as error:
        database.close()
        raise CannotVerifyError(
            f"the database cannot be opened: {getattr(error, 'orig', error)}"
        ) from error
    if revision != newest:
        database.close()
        raise CannotVerifyError(
            f"the database has revision {revision}; this program verifies {newest}"
        )
    return database


def verify_opened(
    database: Database,
    vault: Vault,
    keys: KeyStore,
    folder: Path,
    *,
    replay: bool,
    heads: Sequence[str] = (),
    believed: SignedState | None = None,
) -> Verification:
    """Like `verify_organisation`, with what is open already. `keys` MUST be new: what it remembers is not read again.

    `believed` takes the place of the signer's state file. Raises CannotVerifyError.
    """
    findings = Findings()
    state, public = believed or _state(folder, findings), _public_key(folder, findings)
    try:
        with database.read() as connection:
            newer = believed or _state(folder, Findings())
            signed = newer.size if newer is not None else 0
            done = verify_ledger(
                connection, Trusted(keys, public, state, signed, heads, vault), findings
            )
            if done and replay:
                _replay(connection, keys, findings)
    except SQLAlchemyError as error:
        raise CannotVerifyError(
            f"the database cannot be read: {getattr(error, 'orig', error)}"
        ) from error
    return findings.verdict()


def _state(folder: Path, findings: Findings) -> SignedState | None:
    try:
        return read_state(folder)
    except StateError as error:
        findings.bad(6, str(error), file=STATE)
        return None


def _public_key(folder: Path, findings: Findings) -> bytes | None:
    try:
        return read_public_key(folder)
    except StateError as error:
        findings.bad(6, str(error), file=KEY)
        return None


def _replay(connection: Connection, keys: KeyStore, findings: Findings) -> None:
    """8, unless the entries themselves are not sound: then there is nothing to compare with."""
    if findings.found(2, 3, 4):
        return
    wire()
    replay_facts(connection, Log(keys), APPLIERS, findings)
