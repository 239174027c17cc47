"""How people want to be notified, and where their browsers take pushes."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_offline"
down_revision = "20261129_direct"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messaging_notification",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("told", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "messaging_push",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("p256dh", sa.LargeBinary(), nullable=False),
        sa.Column("auth", sa.LargeBinary(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("messaging_push_person", "messaging_push", ["person"])
    op.create_table(
        "messaging_push_cursor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
