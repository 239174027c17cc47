"""Who was shown which texts because of their office."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_text_readings"
down_revision = "20261130_shut_out"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messaging_reading",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", "person", "duty"),
    )
