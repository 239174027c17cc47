"""Messages that burn after reading, and who has opened them."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_zz_burn"
down_revision = "20261129_zfollowup"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messaging_burn",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_table(
        "messaging_burn_reader",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position", "person"),
    )
