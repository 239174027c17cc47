"""An index by which it is found who has not acknowledged a notice."""

from alembic import op

revision = "20261130_who_is_late"
down_revision = "20261130_waiting_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "notices_recipient_missing",
        "notices_recipient",
        ["notice", "acknowledged", "unit", "person"],
    )
