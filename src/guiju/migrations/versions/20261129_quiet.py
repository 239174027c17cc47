"""Quiet hours of people, and calls of urgent messages."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_quiet"
down_revision = "20261129_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messaging_quiet",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("rest", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "messaging_urgent",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("urged", sa.BigInteger(), nullable=False),
        sa.Column("grp", sa.String(length=40), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("messaging_urgent_sender", "messaging_urgent", ["sender", "at"])
    op.create_table(
        "messaging_called",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("needless", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("position", "person"),
    )
    op.create_index("messaging_called_person", "messaging_called", ["person", "at"])
