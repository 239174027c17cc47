"""Whom each person takes no direct messages from."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_shut_out"
down_revision = "20261130_settled_outages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "groups_block",
        sa.Column("blocker", sa.String(length=40), nullable=False),
        sa.Column("blocked", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("blocker", "blocked"),
    )
