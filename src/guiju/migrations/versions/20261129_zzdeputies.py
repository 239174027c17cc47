"""Deputies."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_zzdeputies"
down_revision = "20261129_zz_burn"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_deputy",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("deputy", sa.String(length=64), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_index("directory_deputy_deputy", "directory_deputy", ["deputy", "until"])
