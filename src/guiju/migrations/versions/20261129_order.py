"""Publishers and topics of groups; messages moved aside, flags, frozen threads, templates."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_order"
down_revision = "20261128_zspelling"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("groups_group", sa.Column("publishers", sa.Text(), nullable=True))
    op.add_column("groups_group", sa.Column("topics", sa.Text(), nullable=True))
    op.add_column("messaging_message", sa.Column("moved", sa.BigInteger(), nullable=True))
    there = sa.text("moved IS NOT NULL")
    op.create_index(
        "messaging_message_moved", "messaging_message", ["grp", "shown"],
        sqlite_where=there, postgresql_where=there,
    )  # fmt: skip
    op.create_table(
        "messaging_flag",
        sa.Column("shown", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("grp", sa.String(length=40), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shown", "person"),
    )
    op.create_index("messaging_flag_group", "messaging_flag", ["grp", "position"])
    op.create_table(
        "messaging_frozen",
        sa.Column("root", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("grp", sa.String(length=40), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("root"),
    )
    op.create_table(
        "messaging_template",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("grp", sa.String(length=40), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("messaging_template_group", "messaging_template", ["grp", "position"])
