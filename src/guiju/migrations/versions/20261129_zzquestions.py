"""Questions raised about messages."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_zzquestions"
down_revision = "20261129_zzdeputies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "followup_question",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asker", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("remind_at", sa.BigInteger(), nullable=True),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.BigInteger(), nullable=True),
        sa.Column("moved", sa.BigInteger(), nullable=True),
        sa.Column("hands", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("followup_question_group", "followup_question", ["group_id", "message"])
    op.create_index("followup_question_asker", "followup_question", ["asker", "raised_at"])
    op.create_index("followup_question_unit", "followup_question", ["unit"])
    op.create_index("followup_question_person", "followup_question", ["person"])
