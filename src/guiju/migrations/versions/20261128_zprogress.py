"""How far an import of people has come, and what was refused in it."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_zprogress"
down_revision = "20261128_zpersonal_unsent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_import_progress",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
