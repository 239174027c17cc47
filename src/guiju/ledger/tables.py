"""The ledger's own tables. What they hold is vouched for by the tree; `verify` names any row that differs."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from guiju.kernel.db import metadata

head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("origin", String(128), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("range", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)

entry = Table(
    "ledger_entry",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("sealed", LargeBinary),
    Column("kind", String(64), nullable=False),
    Column("grp", String(40)),
    Column("actor", String(64)),
    Index("ledger_entry_group", "grp", "position"),
)

use = Table(
    "ledger_use",
    metadata,
    Column("use", String(96), primary_key=True),
    Column("position", BigInteger, primary_key=True),
)

group_number = Table(
    "ledger_group",
    metadata,
    Column("grp", String(40), primary_key=True),
    Column("number", BigInteger, nullable=False),
)

tile = Table(
    "ledger_tile",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("hashes", LargeBinary, nullable=False),
)

checkpoint = Table(
    "ledger_checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
)

TABLES = (head, entry, use, group_number, tile, checkpoint)
