"""Fixed communication times of groups."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_set_hours"
down_revision = "20261130_reminded"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("groups_group", sa.Column("hours", sa.Text(), nullable=True))
