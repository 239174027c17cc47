"""A reply that was recalled answers nothing any more: who answered by one is asked again. Errors that a recalled correction
answered are as late as they were.
"""

import sqlalchemy as sa
from alembic import op

from guiju.migrations.schema import fill_again

revision = "20261129_zzzzzzzreplies"
down_revision = "20261129_zzzzzzuncorrected"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "followup_said",
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recalled", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message", "person", "position"),
    )
    op.create_index("followup_said_position", "followup_said", ["position"])
    for name in ("followup_part", "followup_question"):
        op.execute(sa.delete(sa.table(name)))
        fill_again(op.get_context(), name)
