"""Who was reminded of which messages."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_reminded"
down_revision = "20261130_later_barriers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messaging_reminded",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("grp", sa.String(length=40), nullable=False),
        sa.Column("shown", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "grp", "shown", "position"),
    )
