"""Until when people cannot answer, and of whom it was told before their deadline."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_z_absences"
down_revision = "20261130_who_is_late"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "followup_absence",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("followup_absence_person", "followup_absence", ["person", "until"])
    op.create_index("followup_absence_until", "followup_absence", ["until"])
    told = sa.Column("told", sa.Integer(), nullable=False, server_default="0")
    op.add_column("followup_part", told)
