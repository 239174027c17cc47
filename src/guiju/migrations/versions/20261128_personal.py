"""What each member keeps for themselves: how their list shows a group, and messages put aside."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_personal"
down_revision = "20261128_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messaging_setting",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("grp", sa.String(length=40), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person", "grp"),
    )
    op.create_table(
        "messaging_saved",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("grp", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "kind", "position"),
    )
    op.create_index("messaging_saved_at", "messaging_saved", ["person", "kind", "at"])
