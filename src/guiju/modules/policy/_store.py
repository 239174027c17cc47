"""The history of adopted packs; the newest is in force."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, String, Table, Text, insert, select

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import WriteTx
from guiju.modules.policy.types import PackAdopted

_pack = governed(
    Table(
        "policy_pack",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("pack", String(64), nullable=False),
        Column("version", String(64), nullable=False),
        Column("bundle", Text, nullable=False),
        Column("adopted_at", BigInteger, nullable=False),
        Column("adopted_by", String(64), nullable=False),
    )
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        if isinstance(entry.fact, PackAdopted):
            tx.run(
                insert(_pack).values(
                    position=entry.position,
                    pack=entry.fact.pack,
                    version=entry.fact.version,
                    bundle=entry.fact.bundle,
                    adopted_at=entry.at,
                    adopted_by=entry.actor,
                )
            )
            tx.forget_all()


def current(tx: ReadTx) -> tuple[str, str] | None:
    """(version, bundle) of the pack in force."""
    row = tx.first(
        select(_pack.c.version, _pack.c.bundle).order_by(_pack.c.position.desc()).limit(1)
    )
    return (row.version, row.bundle) if row is not None else None


def bundle_of(tx: ReadTx, version: str) -> str | None:
    """The bundle of any version that was ever in force."""
    found: str | None = tx.scalar(select(_pack.c.bundle).where(_pack.c.version == version).limit(1))
    return found


def adoption(tx: ReadTx) -> tuple[int, str]:
    """(time, actor) of the adoption in force."""
    row = tx.first(
        select(_pack.c.adopted_at, _pack.c.adopted_by).order_by(_pack.c.position.desc()).limit(1)
    )
    assert row is not None, "asked only when a pack is in force"
    return row.adopted_at, row.adopted_by
