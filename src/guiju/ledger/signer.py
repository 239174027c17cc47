"""The signer: reads back what was stored, hashes it again, and only then signs a head.

It has its own reading connection and its own state file, which it flushes before a signature leaves it, and it MUST NOT
sign a tree that is smaller than, or inconsistent with, the last one that it signed.
"""

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, bindparam, exists, func, insert, select

from guiju.kernel.clock import Clock
from guiju.kernel.db import Database, DatabaseUnavailableError
from guiju.kernel.lane import Lane, WriteTx
from guiju.kernel.statements import Hot
from guiju.ledger import tables, tree
from guiju.ledger.checkpoint import sign_checkpoint, verifier_key
from guiju.ledger.errors import LedgerError
from guiju.ledger.keystore import secret_file, write_durably

_log = logging.getLogger("guiju.signer")
STATE, KEY = "signer.json", "signer.key"
SLICE = 5000
PUBLISH: Final = "ledger.publish"
_HEAD: Final = [tables.checkpoint.c[name] for name in ("size", "note", "at", "chain")]
_IS_KNOWN: Final = exists().where(
    tables.checkpoint.c.size == bindparam("known", type_=tables.checkpoint.c.size.type)
)
_insert_unknown = Hot(
    insert(tables.checkpoint).from_select(
        _HEAD,
        select(*(bindparam(column.name, type_=column.type) for column in _HEAD)).where(~_IS_KNOWN),
    ),
    ("size", "note", "at", "chain", "known"),
)


class TamperedError(LedgerError):
    """What is stored is not what was appended; nothing is signed any more."""


class StateError(LedgerError):
    """The signer's state file or key is not one."""


@dataclass(frozen=True, slots=True)
class SignedState:
    """The last head that left the signer; `chain` is a hash over all heads up to it."""

    size: int
    range: tree.CompactRange
    note: str
    at: int
    chain: bytes


NO_HEADS: Final = b"\0" * 32
"""The chain before the first head."""


def chained(chain: bytes, at: int, note: str) -> bytes:
    """The chain with one more head, so that no published head can be removed, added or altered."""
    return sha256(b"%s%d\n%s" % (chain, at, note.encode())).digest()


def read_state(folder: Path) -> SignedState | None:
    """The signer's state file; None before the first signature. Raises StateError."""
    path = folder / STATE
    if not path.exists():
        return None
    try:
        stored = json.loads(path.read_bytes())
        grown = tree.CompactRange.decode(bytes.fromhex(stored["range"]))
        state = SignedState(
            stored["size"], grown, stored["note"], stored["at"], bytes.fromhex(stored["chain"])
        )
    except (LedgerError, ValueError, TypeError, KeyError) as error:
        raise StateError(f"{path} is not the state of a signer") from error
    if _content(state) != path.read_bytes():
        raise StateError(f"{path} is not the state of a signer")
    return state


def write_state(folder: Path, state: SignedState) -> None:
    """Replace the signer's state file, for good: a state that goes back in time would look like a rollback."""
    write_durably(folder / STATE, _content(state))


def _content(state: SignedState) -> bytes:
    return json.dumps(
        {
            "size": state.size,
            "range": state.range.encode().hex(),
            "note": state.note,
            "at": state.at,
            "chain": state.chain.hex(),
        }
    ).encode()


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The log's key, made when `folder` has none."""
    return Ed25519PrivateKey.from_private_bytes(secret_file(folder / KEY))


def read_public_key(folder: Path) -> bytes | None:
    """The public half of the log's key; None when `folder` has none. Raises StateError."""
    path = folder / KEY
    if not path.exists():
        return None
    try:
        private = Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    except ValueError as error:
        raise StateError(f"{path} is not a key") from error
    return private.public_key().public_bytes_raw()


class Signer:
    """Signs the heads of one ledger. `step` runs in one thread only."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._key = signing_key(folder)
        self._state = read_state(folder)
        self._published = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.alarm: str | None = None

    def reload(self) -> None:
        """Take over the state that another process may have left; call it once this one alone may sign."""
        self._state = read_state(self._folder)

    @property
    def signed(self) -> int:
        """The size of the last signed tree."""
        return self._state.size if self._state is not None else 0

    def vkey(self, origin: str) -> str:
        """The public key in the signed-note form, named after the origin."""
        return verifier_key(origin, self._key.public_key())

    def step(self) -> str | None:
        """Sign the tree as it is stored now; the new note, or None when nothing is new.

        Raises TamperedError when what was read back does not have the root that the head row states, when the stored
        tree is smaller than the last signed one, or when a later head is published than the state file knows.
        """
        with self._database.read() as connection:
            head = connection.execute(select(tables.head)).one()
            size = self.signed
            published = connection.execute(select(func.max(tables.checkpoint.c.size))).scalar()
            if published is not None and published > size:
                what = f"remembers {size}" if self._state is not None else "is missing"
                raise TamperedError(
                    f"a head of {published} entries is published, but {STATE} {what}: see `guiju restore-signer`"
                )
            if head.size == size:
                return None
            if head.size < size:
                raise TamperedError(f"the stored tree has {head.size} entries, {size} were signed")
            grown = self._state.range if self._state is not None else tree.CompactRange.empty()
            for hashes in stored_hashes(connection, size, head.size):
                grown = grown.append(hashes)
        if grown.root() != bytes(head.root):
            raise TamperedError(
                f"the entries {size} to {head.size - 1} do not have the root of the head"
            )
        note = sign_checkpoint(head.origin, head.size, grown.root(), self._key)
        at = self._clock.now()
        chain = self._state.chain if self._state is not None else NO_HEADS
        self._save(SignedState(head.size, grown, note, at, chained(chain, at, note)))
        return note

    def _save(self, state: SignedState) -> None:
        write_state(self._folder, state)
        self._state = state

    def sign_now(self, lane: Lane) -> None:
        """Sign and publish; an alarm stops all further signing."""
        if self.alarm is not None:
            return
        # A head that was signed just before a crash is published first: the chain has no gap.
        self._publish(lane)
        try:
            self.step()
        except TamperedError as error:
            self.alarm = str(error)
            _log.critical("the signer stops: %s", error)
            return
        self._publish(lane)

    def _publish(self, lane: Lane) -> None:
        state = self._state
        if state is not None and self._published != state.size:
            lane.call(PUBLISH, state)
            self._published = state.size

    def start(self, lane: Lane, interval: float = 1.0) -> None:
        """Sign what is new once every `interval` seconds, in a thread."""
        passing: tuple[type[Exception], ...] = (
            DatabaseUnavailableError,
            OSError,
            *self._database.outages,
        )

        def run() -> None:
            while not self._stopping.wait(interval):
                try:
                    self.sign_now(lane)
                except passing as error:
                    _log.error("the signer waits for the database or the disk", exc_info=error)

        self._thread = threading.Thread(target=run, name="signer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()


def publish_many(tx: WriteTx, states: Sequence[SignedState]) -> list[None]:
    """Store signed heads where clients and verifiers read them; harmless where they are there."""
    rows = [(state.size, state.note, state.at, state.chain, state.size) for state in states]
    tx.many(_insert_unknown, rows)
    return [None] * len(states)


def stored_hashes(connection: Connection, start: int, end: int) -> Iterator[list[bytes]]:
    """The leaf hashes of the stored entries from `start` up to `end`, in slices. Raises TamperedError for a gap."""
    for first in range(start, end, SLICE):
        yield _hashes(connection, first, min(SLICE, end - first))


def _hashes(connection: Connection, start: int, count: int) -> list[bytes]:
    found = connection.execute(
        select(tables.entry.c.leaf)
        .where(tables.entry.c.position >= start, tables.entry.c.position < start + count)
        .order_by(tables.entry.c.position)
    )
    leaves = found.scalars().all()
    if len(leaves) != count:
        raise TamperedError(f"entries are missing between {start} and {start + count - 1}")
    return [tree.leaf_hash(bytes(leaf)) for leaf in leaves]
