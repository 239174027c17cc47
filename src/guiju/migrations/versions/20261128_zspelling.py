"""How the names of people are spelled, so that they are found by it; filled at the next start."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_zspelling"
down_revision = "20261128_zprogress"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_spelling",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("word", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("person", "word"),
    )
    op.create_index("directory_spelling_word", "directory_spelling", ["word"])
