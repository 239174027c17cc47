"""A draft for each thread beside that of the group. What was written last there may be of a thread: it says so itself."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_thread_drafts"
down_revision = "20261130_text_readings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite changes no primary key, and PostgreSQL keeps the key's name for as long as a table has it.
    op.execute("CREATE TABLE messaging_draft_before AS SELECT * FROM messaging_draft")
    op.drop_table("messaging_draft")
    op.create_table(
        "messaging_draft",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("grp", sa.String(length=40), nullable=False),
        sa.Column(
            "thread", sa.BigInteger(), autoincrement=False, server_default="0", nullable=False
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", "grp", "thread"),
    )
    op.execute(
        "INSERT INTO messaging_draft (person, grp, at, sealed) SELECT person, grp, at, sealed FROM messaging_draft_before"
    )
    op.drop_table("messaging_draft_before")
