"""Direct conversations of two people, and barriers between people."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_direct"
down_revision = "20261128_zspelling"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "groups_direct",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("first", sa.String(length=40), nullable=False),
        sa.Column("second", sa.String(length=40), nullable=False),
        sa.Column("group_class", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("groups_direct_pair", "groups_direct", ["first", "second"], unique=True)
    op.create_index("groups_direct_second", "groups_direct", ["second"])
    op.create_table(
        "groups_barrier",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("first_side", sa.Text(), nullable=False),
        sa.Column("second_side", sa.Text(), nullable=False),
        sa.Column("both", sa.Integer(), nullable=False),
        sa.Column("covers_groups", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("set_by", sa.String(length=40), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("lifted_by", sa.String(length=40), nullable=True),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
