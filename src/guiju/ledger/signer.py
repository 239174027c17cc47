"""The signer: reads back what was stored, hashes it again, and only then signs a head.

It has its own reading connection and its own state file, which it flushes before a signature leaves it, and it MUST NOT
sign a tree that is smaller than, or inconsistent with, the last one that it signed.
"""

import json
import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select

from guiju.kernel.clock import Clock
from guiju.kernel.db import Database
from guiju.kernel.lane import Lane, WriteTx
from guiju.ledger import tables, tree
from guiju.ledger.checkpoint import sign_checkpoint, verifier_key
from guiju.ledger.errors import LedgerError
from guiju.ledger.keystore import secret_file

_log = logging.getLogger("guiju.signer")
STATE, KEY = "signer.json", "signer.key"
SLICE = 5000


class TamperedError(LedgerError):
    """What is stored is not what was appended; nothing is signed any more."""


@dataclass(frozen=True, slots=True)
class SignedState:
    """The last head that left the signer."""

    size: int
    range: tree.CompactRange
    note: str


def read_state(folder: Path) -> SignedState | None:
    """The signer's state file; None before the first signature."""
    path = folder / STATE
    if not path.exists():
        return None
    stored = json.loads(path.read_text())
    return SignedState(stored["size"], tree.CompactRange.decode(bytes.fromhex(stored["range"])), stored["note"])


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The log's key, made when `folder` has none."""
    return Ed25519PrivateKey.from_private_bytes(secret_file(folder / KEY))


class Signer:
    """Signs the heads of one ledger. `step` runs in one thread only."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._key = signing_key(folder)
        self._state = read_state(folder)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.alarm: str | None = None

    @property
    def signed(self) -> int:
        """The size of the last signed tree."""
        return self._state.size if self._state is not None else 0

    def vkey(self, origin: str) -> str:
        """The public key in the signed-note form, named after the origin."""
        return verifier_key(origin, self._key.public_key())

    def step(self) -> str | None:
        """Sign the tree as it is stored now; the new note, or None when nothing is new.

        Raises TamperedError when what was read back does not have the root that the head row states, or when the
        stored tree is smaller than the last signed one.
        """
        with self._database.read() as connection:
            head = connection.execute(select(tables.head)).one()
            size = self.signed
            if head.size == size:
                return None
            if head.size < size:
                raise TamperedError(f"the stored tree has {head.size} entries, {size} were signed")
            grown = self._state.range if self._state is not None else tree.CompactRange.empty()
            for start in range(size, head.size, SLICE):
                grown = grown.append(_hashes(connection, start, min(SLICE, head.size - start)))
        if grown.root() != bytes(head.root):
            raise TamperedError(f"the entries {size} to {head.size - 1} do not have the root of the head")
        note = sign_checkpoint(head.origin, head.size, grown.root(), self._key)
        self._save(SignedState(head.size, grown, note))
        return note

    def _save(self, state: SignedState) -> None:
        path = self._folder / STATE
        content = json.dumps({"size": state.size, "range": state.range.encode().hex(), "note": state.note})
        descriptor = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(path.with_suffix(".new"), path)
        self._state = state

    def sign_now(self, lane: Lane) -> None:
        """Sign and publish; an alarm stops all further signing."""
        if self.alarm is not None:
            return
        try:
            note = self.step()
        except TamperedError as error:
            self.alarm = str(error)
            _log.critical("the signer stops: %s", error)
            return
        if note is not None:
            publish(lane, self.signed, note)

    def start(self, lane: Lane, interval: float = 1.0) -> None:
        """Sign what is new once every `interval` seconds, in a thread."""

        def run() -> None:
            while not self._stopping.wait(interval):
                self.sign_now(lane)

        self._thread = threading.Thread(target=run, name="signer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()


def publish(lane: Lane, size: int, note: str) -> None:
    """Store a signed head where clients and verifiers read it."""

    def store(tx: WriteTx) -> None:
        known = select(tables.checkpoint.c.size).where(tables.checkpoint.c.size == size)
        if tx.first(known) is None:
            tx.run(insert(tables.checkpoint).values(size=size, note=note, at=tx.now))

    lane.write(store)


def _hashes(connection: Connection, start: int, count: int) -> list[bytes]:
    rows = connection.execute(
        select(tables.entry.c.leaf)
        .where(tables.entry.c.position >= start, tables.entry.c.position < start + count)
        .order_by(tables.entry.c.position)
    ).all()
    if len(rows) != count:
        raise TamperedError(f"entries are missing between {start} and {start + count - 1}")
    return [tree.leaf_hash(bytes(row.leaf)) for row in rows]


