"""What may happen to a message after it was sent: recalls, edits, threads, reactions, pins."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_changes"
down_revision = "20261125_documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('messaging_message', sa.Column('thread', sa.BigInteger(), nullable=True))
    op.add_column('messaging_message', sa.Column('recalled', sa.BigInteger(), nullable=True))
    op.add_column('messaging_message', sa.Column('edited', sa.BigInteger(), nullable=True))
    op.create_index('messaging_message_thread', 'messaging_message', ['thread', 'shown'], unique=False, sqlite_where=sa.text('thread IS NOT NULL'), postgresql_where=sa.text('thread IS NOT NULL'))
    op.create_table('messaging_reaction',
    sa.Column('shown', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('person', sa.String(length=40), nullable=False),
    sa.Column('reaction', sa.String(length=16), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shown', 'person', 'reaction')
    )
    op.create_table('messaging_pin',
    sa.Column('shown', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('grp', sa.String(length=40), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shown')
    )
    op.create_index('messaging_pin_group', 'messaging_pin', ['grp', 'position'], unique=False)
    op.create_table('messaging_edit',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('shown', sa.BigInteger(), nullable=False),
    sa.Column('grp', sa.String(length=40), nullable=False),
    sa.Column('person', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('position')
    )
    op.create_index('messaging_edit_shown', 'messaging_edit', ['shown', 'position'], unique=False)
    op.create_index('messaging_edit_person', 'messaging_edit', ['grp', 'person', 'position'], unique=False)
    op.create_table('messaging_mention_all',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('grp', sa.String(length=40), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('position')
    )
    op.create_index('messaging_mention_all_at', 'messaging_mention_all', ['grp', 'at'], unique=False)
