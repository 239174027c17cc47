"""Which scheduled message takes an upload along."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_waiting_files"
down_revision = "20261130_thread_drafts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "messaging_upload", sa.Column("waits_for", sa.String(length=64), nullable=True)
    )
