"""Notices that named people must acknowledge."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_znotices"
down_revision = "20261128_zbots"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices_notice",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("asked_version", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("quiz", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.Column("due_people", sa.Integer(), nullable=True),
        sa.Column("due_acknowledged", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notices_notice_issuer", "notices_notice", ["issuer", "published_at"])
    op.create_index("notices_notice_published", "notices_notice", ["published_at"])
    op.create_table(
        "notices_version",
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("editorial", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("notice", "version"),
    )
    op.create_table(
        "notices_recipient",
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=True),
        sa.Column("acknowledged", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("notice", "person"),
    )
    op.create_index("notices_recipient_person", "notices_recipient", ["person"])
    op.create_index("notices_recipient_unit", "notices_recipient", ["unit"])
