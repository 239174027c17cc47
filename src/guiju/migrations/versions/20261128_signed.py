"""Each published head says which came before it, so that verification names the row that was touched."""

import sqlalchemy as sa
from alembic import op

from guiju.ledger.signer import NO_HEADS, chained

revision = "20261128_signed"
down_revision = "20261128_personal"
branch_labels = None
depends_on = None

_checkpoint = sa.table(
    "ledger_checkpoint",
    sa.column("size", sa.BigInteger),
    sa.column("note", sa.Text),
    sa.column("at", sa.BigInteger),
    sa.column("chain", sa.LargeBinary),
)


def upgrade() -> None:
    op.add_column("ledger_checkpoint", sa.Column("chain", sa.LargeBinary(), nullable=True))
    chain, connection = NO_HEADS, op.get_bind()
    for row in connection.execute(sa.select(_checkpoint).order_by(_checkpoint.c.size)).all():
        chain = chained(chain, row.at, row.note)
        here = _checkpoint.c.size == row.size
        connection.execute(sa.update(_checkpoint).where(here).values(chain=chain))
    with op.batch_alter_table("ledger_checkpoint") as table:
        table.alter_column("chain", existing_type=sa.LargeBinary(), nullable=False)
