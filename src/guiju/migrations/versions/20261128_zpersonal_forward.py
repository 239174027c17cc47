"""Which messages carry copies of which others."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_zpersonal_forward"
down_revision = "20261128_znotices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messaging_forward",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", "source"),
    )
    op.create_index("messaging_forward_source", "messaging_forward", ["source", "position"])
