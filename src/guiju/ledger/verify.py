"""Verify a ledger where it is stored: nothing is trusted but the keys folder and the heads that were kept elsewhere.

The steps, which the code carries as numbers; each goes on to its end, so that the first finding of each is known:

1 tables       they can be read, and there is one head row
2 entries      every leaf is canonical, in its place and of this ledger; time never goes back; numbers of groups have no
               gap; what stands beside the leaves (columns, uses, numbers) says what they say, no more and no less
3 blobs        every sealed body has the hash and length that its leaf states
4 bodies       every body opens with its key and fits its commitment; every stored key is whole
5 tree         recomputed from the leaves: size, root, range and time of the head row, and every stored tile
6 signatures   every published head is signed by the log's key and was a head of this tree; none is missing; the
               signer's own state is a head of this tree too, so that a shorter or older copy is noticed
7 heads        the heads that clients or witnesses kept are heads of this tree
8 replay       the governed tables are what the facts make of them (`replay.py`)
9 files        every file that a leaf vouches for is stored with that hash, or its key was destroyed
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.engine import Row

from guiju.kernel.blobs import BlobsUnavailableError
from guiju.kernel.db import damaged_table, governed_tables, rows_by_key
from guiju.ledger import tables
from guiju.ledger.checkpoint import (
    Checkpoint,
    VerifierKey,
    open_checkpoint,
    parse_checkpoint,
    split_note,
)
from guiju.ledger.errors import CheckpointError
from guiju.ledger.findings import Findings
from guiju.ledger.keystore import KeyAlteredError, KeyStore
from guiju.ledger.scan import SLICE, Scan
from guiju.ledger.signer import NO_HEADS, STATE, SignedState, chained
from guiju.ledger.vault import Vault


@dataclass(frozen=True, slots=True)
class Trusted:
    """What does not come from the database.

    `state` was read before the snapshot and `newest_signed` after it, because a running signer goes on meanwhile.
    """

    keys: KeyStore
    public_key: bytes | None
    state: SignedState | None
    newest_signed: int
    heads: Sequence[str]
    vault: Vault


def parse_head(note: str) -> Checkpoint:
    """The head that a note states, whoever signed it. Raises CheckpointError when it is no signed head."""
    return parse_checkpoint(split_note(note)[0])


def verify_ledger(connection: Connection, trusted: Trusted, findings: Findings) -> bool:
    """Steps 1 to 7 and 9 on one snapshot. False when there is no head, so that nothing else could be looked at."""
    head = check_tables(connection, findings)
    if head is None:
        return False
    try:
        log = (
            [VerifierKey(head.origin, trusted.public_key)] if trusted.public_key is not None else []
        )
    except CheckpointError as error:
        findings.bad(1, f"the origin: {error}", table=tables.head.name, row=1, column="origin")
        return False
    wanted = _sizes(connection, head, trusted, findings)
    scan = Scan(connection, head.origin, trusted.keys, findings, wanted)
    with findings.reading(2, table=tables.entry.name):
        scan.run()
    with findings.reading(5, table=tables.tile.name):
        scan.check_head(head)
    check_keys(trusted.keys, findings)
    check_files(trusted.vault, scan, findings)
    judge = _Judge(head.origin, log, scan)
    _Signatures(connection, trusted, judge, findings).check()
    check_heads(trusted.heads, judge, findings)
    findings.size, findings.root = scan.tree.size, scan.tree.root()
    return True


def check_tables(connection: Connection, findings: Findings) -> Row[Any] | None:
    """1. Every table can be read and is whole, and there is exactly one head row, which is returned."""
    for table in (*tables.TABLES, *governed_tables()):
        with findings.reading(1, table=table.name):
            _check_table(connection, table, findings)
    row = None
    with findings.reading(1, table=tables.head.name):
        rows = connection.execute(select(tables.head)).all()
        if len(rows) == 1 and rows[0].id == 1 and type(rows[0].origin) is str:
            row = rows[0]
        else:
            findings.bad(1, f"there are {len(rows)} head rows", table=tables.head.name, row=1)
    findings.done(1, f"{len(tables.TABLES) + len(governed_tables())} tables")
    return row


def _check_table(connection: Connection, table: Table, findings: Findings) -> None:
    damage = damaged_table(connection, table)
    if damage is not None:
        findings.bad(1, damage, table=table.name)
    for _ in rows_by_key(connection, table, limit=1):
        pass


def _sizes(
    connection: Connection, head: Row[Any], trusted: Trusted, findings: Findings
) -> list[int]:
    """The sizes of all heads that will be looked at, so that one pass finds the roots of all."""
    wanted = [parse_head(note).size for note in trusted.heads]
    if type(head.size) is int:
        wanted.append(head.size)
    if trusted.state is not None:
        wanted.append(trusted.state.size)
    with findings.reading(6, table=tables.checkpoint.name):
        stored = connection.execute(select(tables.checkpoint.c.size)).scalars()
        wanted.extend(size for size in stored if type(size) is int)
    return wanted


def check_keys(keys: KeyStore, findings: Findings) -> None:
    """4. Every stored key opens, also one that no entry uses yet."""
    with findings.reading(4, table="wrapped_key"):
        for key in keys.ids():
            try:
                keys.cipher(key)
            except KeyAlteredError as error:
                findings.bad(4, str(error), table="wrapped_key", row=key)


def check_files(vault: Vault, scan: Scan, findings: Findings) -> None:
    """9. Every file is stored as its leaf says."""
    for file, (entry, (_, size, digest)) in scan.files.items():
        try:
            fault = vault.fault(file, size, digest)
        except (BlobsUnavailableError, KeyAlteredError) as error:
            fault = f"it cannot be read: {error}"
        if fault is not None:
            findings.bad(9, f"the file {file} of entry {entry}: {fault}", entry=entry, file=file)
    findings.done(9, f"{len(scan.files)} files")


@dataclass(frozen=True, slots=True)
class _Judge:
    """Says whether a signed head is one of this tree."""

    origin: str
    log: Sequence[VerifierKey]
    scan: Scan

    def refusal(self, note: str) -> str | None:
        """Why it is not; None when it is."""
        tree = self.scan.tree
        try:
            head = parse_head(note)
            if head.origin != self.origin:
                return f"it is of another ledger, {head.origin}"
            open_checkpoint(note, self.log)
        except CheckpointError as error:
            return str(error)
        if head.size > tree.size:
            return f"only {tree.size} entries are stored: the end was cut off, or an older copy put back"
        if self.scan.roots.get(head.size) != head.root:
            return "the tree had another root at this size: the history was rewritten"
        return None


class _Signatures:
    """6. Published heads, and the signer's own state."""

    def __init__(
        self, connection: Connection, trusted: Trusted, judge: _Judge, findings: Findings
    ) -> None:
        self._connection = connection
        self._newest = trusted.newest_signed
        self._state = trusted.state
        self._judge = judge
        self._findings = findings
        self._last = 0
        self._count = 0
        self._chain = NO_HEADS

    def check(self) -> None:
        """6. All of it."""
        with self._findings.reading(6, table=tables.checkpoint.name):
            ordered = select(tables.checkpoint).order_by(tables.checkpoint.c.size)
            for row in self._connection.execute(ordered.execution_options(yield_per=SLICE)):
                self._check_row(row)
        if self._state is not None:
            self._check_state(self._state)
        elif self._count:
            self._findings.bad(6, f"heads are published, but {STATE} is missing", file=STATE)
        self._findings.done(6, f"{self._count} signed heads, the last of {self._last} entries")

    def _check_row(self, row: Row[Any]) -> None:
        table, bad = tables.checkpoint.name, self._findings.bad
        if tuple(map(type, row)) != (int, str, int, bytes):
            bad(6, "a published head is not one", table=table, row=row.size)
            return
        self._count += 1
        reason = self._refusal(row.note, row.size)
        if reason is not None:
            reason = f"the published head of {row.size} entries: {reason}"
            bad(6, reason, table=table, row=row.size, column="note")
        if row.size > self._newest:
            reason = (
                f"a head of {row.size} entries is published, but the signer remembers a smaller one"
            )
            bad(6, reason, file=STATE)
        if self._state is not None and row.size <= self._state.size:
            if chained(self._chain, row.at, row.note) != row.chain:
                reason = f"the published head of {row.size} entries does not follow the one before"
                bad(6, reason, table=table, row=row.size, column="chain")
            self._chain, self._last = row.chain, row.size
            if row.size == self._state.size and (row.at, row.note) != (
                self._state.at,
                self._state.note,
            ):
                bad(6, "the signer's last head is published otherwise", file=STATE)

    def _check_state(self, state: SignedState) -> None:
        """6. The signer's state is a head of this tree, and all that it ever signed is published."""
        bad = self._findings.bad
        reason = self._refusal(state.note, state.size)
        if reason is None and state.range.root() != parse_head(state.note).root:
            reason = "its range is of another tree"
        if reason is not None:
            bad(6, f"the signer's last head of {state.size} entries: {reason}", file=STATE)
        chain = self._chain
        if self._last < state.size:  # signed just before this snapshot, and not published yet
            chain = chained(chain, state.at, state.note)
        if chain != state.chain:
            reason = "a published head was removed, added or altered"
            bad(6, reason, table=tables.checkpoint.name, row=self._last)

    def _refusal(self, note: str, size: int) -> str | None:
        reason = self._judge.refusal(note)
        if reason is None and parse_head(note).size != size:
            return "it is of another size"
        return reason


def check_heads(notes: Sequence[str], judge: _Judge, findings: Findings) -> None:
    """7. Heads that were kept elsewhere are heads of this tree. One that agrees anchors all before it."""
    reach = 0
    for number, note in enumerate(notes):
        size, reason = parse_head(note).size, judge.refusal(note)
        if reason is None:
            reach = max(reach, size)
        else:
            findings.bad(7, f"the kept head of {size} entries: {reason}", head=number)
    findings.anchored = reach > 0
    later = judge.scan.tree.size - reach
    detail = f"kept heads vouch for the first {reach} entries; {later} are later"
    findings.done(
        7,
        detail if reach else "UNANCHORED: no head that was kept elsewhere vouches for this ledger",
    )
