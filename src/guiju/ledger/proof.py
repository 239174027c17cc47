"""Answers that a stranger can check: the signed head with its consistency, and an entry with its inclusion."""

from dataclasses import dataclass

from sqlalchemy import select

from guiju.kernel.db import ReadTx
from guiju.kernel.errors import ConflictError, NotFoundError, NotReadyError
from guiju.ledger import tables, tree
from guiju.ledger.entry import decode_leaf
from guiju.ledger.log import Log, stored_reader
from guiju.ledger.seal import Body


class LedgerSmallerError(ConflictError):
    """The ledger has fewer entries than a head that was kept: it was cut or set back."""

    code = "ledger.smaller_than_kept"


class NotSignedError(NotReadyError):
    """No signed head reaches this far yet; it takes about a second."""

    code = "ledger.not_signed"


class EntryNotFoundError(NotFoundError):
    """No such entry, or none that you may see."""

    code = "ledger.entry_not_found"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest signed head; `consistency` shows that it continues the one that was kept."""

    size: int
    checkpoint: str
    consistency: tuple[bytes, ...] | None


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry as stored, with its way to the root of the signed head."""

    position: int
    leaf: bytes
    size: int
    checkpoint: str
    inclusion: tuple[bytes, ...]
    body: Body | None


def head(tx: ReadTx, since: int | None = None) -> Head:
    """The newest signed head, with the proof that it continues the tree of size `since`.

    Raises LedgerSmallerError when the ledger has fewer than `since` entries, NotSignedError when no signed head
    has as many.
    """
    if since is not None and since > tx.position + 1:
        raise LedgerSmallerError(
            "The ledger is smaller than the head that you kept.", kept=since, size=tx.position + 1
        )
    size, note = _newest(tx, at_least=max(since or 0, 1))
    if not since:
        return Head(size, note, None)
    return Head(
        size, note, tuple(tree.consistency_proof(since, size, stored_reader(tx.connection)))
    )


def proof(tx: ReadTx, log: Log, position: int) -> Proof:
    """The entry at `position` with its proof. Raises EntryNotFoundError or NotSignedError."""
    entry = tables.entry.c
    row = tx.first(select(entry.leaf, entry.sealed).where(entry.position == position))
    if row is None:
        raise EntryNotFoundError("There is no such entry.", position=position)
    size, note = _newest(tx, at_least=position + 1)
    path = tree.inclusion_proof(position, size, stored_reader(tx.connection))
    leaf = bytes(row.leaf)
    return Proof(position, leaf, size, note, tuple(path), log.body(decode_leaf(leaf), row.sealed))


def _newest(tx: ReadTx, at_least: int) -> tuple[int, str]:
    """(size, note) of the newest signed head. Raises NotSignedError when it is smaller than `at_least`."""
    signed = tables.checkpoint.c
    row = tx.first(select(signed.size, signed.note).order_by(signed.size.desc()).limit(1))
    if row is None or row.size < at_least:
        raise NotSignedError("No signed head reaches this far yet.", retry_after=1)
    return row.size, row.note
