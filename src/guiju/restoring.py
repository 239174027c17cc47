"""Making the signer's state file anew from the heads that it published, after a restore without that file.

The file remembers the last head that was signed, and only it can tell an older copy of the database from the newest one.
So it is made anew only where it is missing, unreadable, or older than what is published; one that knows a later head than
the database has is never replaced. What was lost with it, a kept head can say: whoever restores should give one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from guiju.kernel.blobs import open_blobs
from guiju.kernel.claim import claim
from guiju.kernel.db import Database
from guiju.ledger import tables, tree
from guiju.ledger.errors import CheckpointError, LedgerError
from guiju.ledger.findings import Verification
from guiju.ledger.keystore import KeyStore, read_keystore
from guiju.ledger.signer import (
    NO_HEADS,
    STATE,
    SignedState,
    StateError,
    chained,
    read_state,
    stored_hashes,
    write_state,
)
from guiju.ledger.vault import Vault
from guiju.ledger.verify import parse_head
from guiju.settings import Settings
from guiju.verification import CannotVerifyError, open_existing, verify_opened


class CannotRestoreError(Exception):
    """The state file is not to be made anew, or not now."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was verified; the file was written, up to a head of `size` entries, when `verdict.ok`."""

    size: int
    verdict: Verification


def restore_signer(settings: Settings, *, heads: Sequence[str] = ()) -> Restored:
    """Rebuild the state from published heads and stored entries, and keep it if everything then verifies and replays.

    `heads` are signed notes that were kept elsewhere. Raises CannotRestoreError, or CannotVerifyError.
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
        held = claim(settings.keys, database)
        if held is None:
            raise CannotRestoreError("a server runs on this organisation; stop it first")
        with held:
            return _restore(settings, database, keys, heads)
    finally:
        keys.close()
        database.close()


def _restore(
    settings: Settings, database: Database, keys: KeyStore, heads: Sequence[str]
) -> Restored:
    try:
        known = read_state(settings.keys)
    except StateError:
        known = None
    with database.read() as connection:
        state = _from_published(connection)
    if known is not None and known.size == state.size:
        raise CannotRestoreError(f"{STATE} knows the newest published head; nothing is to be done")
    if known is not None and known.size > state.size:
        raise CannotRestoreError(
            f"{STATE} remembers a head of {known.size} entries, and the newest published one has {state.size}: "
            "this database is an older copy, or its end was cut off"
        )
    vault = Vault(open_blobs(settings.files), keys)
    verdict = verify_opened(
        database, vault, keys, settings.keys, replay=True, heads=heads, believed=state
    )
    if verdict.ok:
        write_state(settings.keys, state)
    return Restored(state.size, verdict)


def _from_published(connection: Connection) -> SignedState:
    """The state as it was when the newest published head was signed. Nothing in it is trusted yet."""
    chain, newest = NO_HEADS, None
    for row in connection.execute(select(tables.checkpoint).order_by(tables.checkpoint.c.size)):
        chain, newest = chained(chain, row.at, row.note), row
    if newest is None:
        raise CannotRestoreError(f"no head is published: the signer begins without a {STATE}")
    grown = tree.CompactRange.empty()
    try:
        for hashes in stored_hashes(connection, 0, newest.size):
            grown = grown.append(hashes)
    except LedgerError as error:
        raise CannotVerifyError(str(error)) from error
    return SignedState(newest.size, grown, newest.note, newest.at, chain)
