"""Confidential documents that the organisation registered."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_documents"
down_revision = "20261124_review_queue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('inspection_document',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('level', sa.String(length=40), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('disposition', sa.String(length=16), nullable=False),
    sa.Column('classes', sa.Text(), nullable=False),
    sa.Column('use', sa.String(length=120), nullable=False),
    sa.Column('unread', sa.Text(), nullable=False),
    sa.Column('registered_at', sa.BigInteger(), nullable=False),
    sa.Column('registered_by', sa.String(length=64), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('ended', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
