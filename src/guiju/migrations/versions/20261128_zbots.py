"""Bots of groups with their keys, and webhooks with how far they have come."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_zbots"
down_revision = "20261128_signed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _bots()
    op.create_table(
        "bots_webhook",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("url", sa.String(length=600), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "bots_progress",
        sa.Column("webhook", sa.String(length=40), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True),
        sa.Column("old_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("webhook"),
    )
    op.create_table(
        "bots_delivery",
        sa.Column("webhook", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=True),
        sa.Column("took", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("webhook", "number"),
    )
    op.create_index("bots_delivery_position", "bots_delivery", ["webhook", "position"])


def _bots() -> None:
    op.create_table(
        "bots_bot",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("grp", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("responsible", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("request", sa.String(length=40), nullable=True),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("ended", sa.String(length=32), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("bots_bot_group", "bots_bot", ["grp", "asked"])
    op.create_index("bots_bot_state", "bots_bot", ["state", "asked"])
    op.create_table(
        "bots_key",
        sa.Column("bot", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("bot"),
        sa.UniqueConstraint("digest"),
    )
