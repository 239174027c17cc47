"""Answers that messages ask for."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_zfollowup"
down_revision = "20261129_quiet"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "followup_request",
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("asker", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("message"),
    )
    op.create_index("followup_request_group", "followup_request", ["group_id", "message"])
    op.create_index("followup_request_asker", "followup_request", ["asker", "asked_at"])
    op.create_table(
        "followup_part",
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("remind_at", sa.BigInteger(), nullable=True),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("message", "person"),
    )
    op.create_index("followup_part_person", "followup_part", ["person", "answer"])
    op.create_index("followup_part_group", "followup_part", ["group_id", "answer"])
    op.create_table(
        "followup_told",
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("head", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("message", "person", "head"),
    )
    op.create_index("followup_told_head", "followup_told", ["head"])
