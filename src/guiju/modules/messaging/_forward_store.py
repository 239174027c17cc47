"""Which messages carry copies of which others, so that the path of a text can be followed."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Index, Table, select

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import WriteTx
from guiju.kernel.statements import Inserts
from guiju.modules.messaging.types import MessageBlocked, MessageHeld, MessageSent

_forward = governed(
    Table(
        "messaging_forward",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("source", BigInteger, primary_key=True, autoincrement=False),
        Index("messaging_forward_source", "source", "position"),
    )
)
_insert = Inserts(_forward, ("position", "source"))


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Note what was forwarded, delivered or stopped. A release shows what was held."""
    rows = [
        (entry.position, source)
        for entry in entries
        if isinstance(entry.fact, MessageSent | MessageHeld | MessageBlocked)
        for source in entry.fact.forwarded
    ]
    tx.many(_insert, rows)


def carriers(tx: ReadTx, source: int) -> list[int]:
    """Where the messages were recorded that carry the message which appears at `source`, oldest first."""
    c = _forward.c
    return tx.scalars(select(c.position).where(c.source == source).order_by(c.position))
