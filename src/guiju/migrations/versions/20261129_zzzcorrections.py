"""Which messages correct which."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_zzzcorrections"
down_revision = "20261129_zzquestions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messaging_correction",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("corrects", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("messaging_correction_first", "messaging_correction", ["first"])
