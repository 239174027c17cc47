"""Dictionaries and exemptions of the organisation's own."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_rules"
down_revision = "20261122_initial"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('inspection_dictionary',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('category', sa.String(length=40), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('disposition', sa.String(length=16), nullable=False),
    sa.Column('classes', sa.Text(), nullable=False),
    sa.Column('use', sa.String(length=120), nullable=False),
    sa.Column('added_at', sa.BigInteger(), nullable=False),
    sa.Column('added_by', sa.String(length=64), nullable=False),
    sa.Column('tried_messages', sa.Integer(), nullable=True),
    sa.Column('tried_hits', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('inspection_exemption',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('person', sa.String(length=40), nullable=True),
    sa.Column('grp', sa.String(length=40), nullable=True),
    sa.Column('rule', sa.String(length=64), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('granted_at', sa.BigInteger(), nullable=False),
    sa.Column('granted_by', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('inspection_exemption_until', 'inspection_exemption', ['until'], unique=False)
