"""Drafts, and messages that wait for their time."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_zpersonal_unsent"
down_revision = "20261128_zpersonal_forward"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messaging_draft",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("grp", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", "grp"),
    )
    op.create_table(
        "messaging_scheduled",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("cmid", sa.String(length=64), nullable=False),
        sa.Column("grp", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", "cmid"),
    )
    op.create_index("messaging_scheduled_due", "messaging_scheduled", ["state", "due_at"])
