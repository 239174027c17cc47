"""Refusals of bots' messages count for who answers for them, from the first of which they are told."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_zzzzzzzz_bot_refusals"
down_revision = "20261129_zzzzzzzreplies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messaging_review", sa.Column("told", sa.BigInteger()))
    op.add_column("messaging_review", sa.Column("counted", sa.Integer()))
    op.create_index("bots_bot_responsible", "bots_bot", ["responsible"])
