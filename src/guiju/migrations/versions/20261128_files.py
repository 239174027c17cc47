"""Files of messages, and uploads on their way."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_files"
down_revision = "20261128_changes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('messaging_file',
    sa.Column('file', sa.String(length=40), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('file')
    )
    op.create_index('messaging_file_position', 'messaging_file', ['position'])
    op.create_table('messaging_upload',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('person', sa.String(length=40), nullable=False),
    sa.Column('grp', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('about', sa.LargeBinary(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('result', sa.LargeBinary(), nullable=True),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('messaging_upload_person', 'messaging_upload', ['person'])
    op.create_index('messaging_upload_state', 'messaging_upload', ['state'])
