"""Which messages correct which. The first of a chain is one that corrects none; a correction that is recalled leaves it."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import BigInteger, Column, Index, Table, delete, insert, or_, select

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging.change_types import MessageRecalled
from guiju.modules.messaging.types import MessageReleased, MessageSent

_correction = governed(
    Table(
        "messaging_correction",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("corrects", BigInteger, nullable=False),
        Column("first", BigInteger, nullable=False),
        Index("messaging_correction_first", "first"),
    )
)
_c = _correction.c


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Keep which message a fact corrects, until it is recalled."""
    for entry in entries:
        match entry.fact:
            case MessageSent(corrects=int(corrects)) | MessageReleased(corrects=int(corrects)):
                place = {"corrects": corrects, "first": _first(tx, corrects)}
                tx.run(insert(_correction).values(position=entry.position, **place))
            case MessageRecalled(refs=refs):
                tx.run(delete(_correction).where(_c.position == refs[0]))


def _first(tx: ReadTx, shown: int) -> int:
    found = tx.first(select(_c.first).where(_c.position == shown))
    return found.first if found is not None else shown


def stands(tx: ReadTx, shown: int) -> bool:
    """Whether the message is a correction that was not recalled."""
    return tx.first(select(_c.first).where(_c.position == shown)) is not None


def chain(tx: ReadTx, shown: int) -> list[int]:
    """The message that appears at `shown` with those that it corrects and that correct it, oldest first."""
    first = _first(tx, shown)
    return [first, *tx.scalars(select(_c.position).where(_c.first == first).order_by(_c.position))]


def newest(tx: ReadTx, shown: Collection[int]) -> Mapping[int, int]:
    """Where the newest corrections of these messages appear, for those that were corrected."""
    own = select(_c.first).where(_c.position.in_(shown))
    found = tx.all(
        select(_c.position, _c.first)
        .where(or_(_c.first.in_(shown), _c.first.in_(own)))
        .order_by(_c.position)
    )
    firsts = {row.position: row.first for row in found}
    last = {row.first: row.position for row in found}
    wanted = {at: last.get(firsts.get(at, at), at) for at in shown}
    return {at: newer for at, newer in wanted.items() if newer > at}
