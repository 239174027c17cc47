"""Reports of outages."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_settled_outages"
down_revision = "20261130_set_hours"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outages_report",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.Column("outage", sa.String(length=16), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.Column("handled", sa.BigInteger(), nullable=True),
        sa.Column("handled_at", sa.BigInteger(), nullable=True),
        sa.Column("handled_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("outages_report_person", "outages_report", ["person", "reported_at"])
    op.create_index("outages_report_handled", "outages_report", ["handled", "position"])
    op.create_index("outages_report_since", "outages_report", ["since"])
