"""The review queue: what waits and who decides, what rules hit, exceptions and pre-reviews."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_review_queue"
down_revision = "20261122_rules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('messaging_message_held', table_name='messaging_message')
    op.create_table('messaging_review',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('grp', sa.String(length=40), nullable=False),
    sa.Column('sender', sa.String(length=40), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('line', sa.String(length=32), nullable=True),
    sa.Column('escalation', sa.BigInteger(), nullable=True),
    sa.Column('proposal', sa.String(length=16), nullable=True),
    sa.Column('verdict', sa.String(length=16), nullable=True),
    sa.Column('decision', sa.BigInteger(), nullable=True),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.Column('reviewer', sa.String(length=64), nullable=True),
    sa.Column('reversed', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('position')
    )
    op.create_index('messaging_review_waiting', 'messaging_review', ['position'], unique=False, sqlite_where=sa.text('verdict IS NULL'), postgresql_where=sa.text('verdict IS NULL'))
    op.create_index('messaging_review_line', 'messaging_review', ['line'], unique=False, sqlite_where=sa.text('line IS NOT NULL'), postgresql_where=sa.text('line IS NOT NULL'))
    op.create_index('messaging_review_decision', 'messaging_review', ['decision'], unique=False)
    op.create_index('messaging_review_sender', 'messaging_review', ['sender', 'decided_at'], unique=False)
    op.create_table('messaging_hit',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('rule', sa.String(length=96), nullable=False),
    sa.Column('term', sa.String(length=16), nullable=False),
    sa.Column('level', sa.String(length=8), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('outcome', sa.String(length=16), nullable=False),
    sa.PrimaryKeyConstraint('position', 'rule', 'term')
    )
    op.create_index('messaging_hit_at', 'messaging_hit', ['level', 'at'], unique=False)
    op.create_index('messaging_hit_term', 'messaging_hit', ['rule', 'term', 'position'], unique=False)
    op.create_table('messaging_exception',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('grp', sa.String(length=40), nullable=True),
    sa.Column('rule', sa.String(length=96), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('granted_by', sa.String(length=40), nullable=False),
    sa.Column('granted_at', sa.BigInteger(), nullable=False),
    sa.Column('held', sa.BigInteger(), nullable=False),
    sa.Column('revoked_by', sa.String(length=40), nullable=True),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('position')
    )
    op.create_table('messaging_prereview',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('person', sa.String(length=40), nullable=False),
    sa.Column('grp', sa.String(length=40), nullable=True),
    sa.Column('began_at', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('refusals', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('position')
    )
    op.create_index('messaging_prereview_person', 'messaging_prereview', ['person', 'began_at'], unique=False)
