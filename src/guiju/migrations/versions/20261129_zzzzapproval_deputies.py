"""Who decided for a head."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_zzzzapproval_deputies"
down_revision = "20261129_zzzcorrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approval_seat", sa.Column("deputy", sa.String(40), nullable=True))
    op.create_index("approval_seat_deputy", "approval_seat", ["deputy"])
