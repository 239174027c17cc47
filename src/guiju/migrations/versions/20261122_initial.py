"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_initial"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('approval_request',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('applicant', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('clause', sa.String(length=64), nullable=True),
    sa.Column('uses', sa.Text(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('approval_request_applicant', 'approval_request', ['applicant', 'opened_at'], unique=False)
    op.create_table('approval_seat',
    sa.Column('request', sa.String(length=40), nullable=False),
    sa.Column('step', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('person', sa.String(length=40), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(length=16), nullable=False),
    sa.Column('verdict', sa.String(length=16), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=True),
    sa.Column('position', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('request', 'step', 'person')
    )
    op.create_index('approval_seat_person', 'approval_seat', ['person', 'verdict'], unique=False)
    op.create_table('approval_step',
    sa.Column('request', sa.String(length=40), nullable=False),
    sa.Column('step', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('mode', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('deadline_hours', sa.Integer(), nullable=True),
    sa.Column('remind_hours', sa.Integer(), nullable=True),
    sa.Column('on_timeout', sa.String(length=16), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('remind_at', sa.BigInteger(), nullable=True),
    sa.Column('reminded_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('request', 'step')
    )
    op.create_table('directory_import',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('rows', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', 'number')
    )
    op.create_table('directory_organisation',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('position')
    )
    op.create_table('directory_person',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('staff_no', sa.String(length=32), nullable=True),
    sa.Column('unit', sa.String(length=64), nullable=True),
    sa.Column('post', sa.String(length=200), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('directory_person_post', 'directory_person', ['post'], unique=False)
    op.create_index('directory_person_unit', 'directory_person', ['unit'], unique=False)
    op.create_table('directory_role',
    sa.Column('person', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('line', sa.String(length=8), nullable=True),
    sa.PrimaryKeyConstraint('person', 'role')
    )
    op.create_index('directory_role_line', 'directory_role', ['person', 'line'], unique=True)
    op.create_index('directory_role_role', 'directory_role', ['role'], unique=False)
    op.create_table('directory_unit',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('parent', sa.String(length=64), nullable=True),
    sa.Column('head', sa.String(length=64), nullable=True),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('directory_unit_head', 'directory_unit', ['head'], unique=False)
    op.create_table('groups_application',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('applicant', sa.String(length=40), nullable=False),
    sa.Column('unit', sa.String(length=40), nullable=False),
    sa.Column('applied_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('request', sa.String(length=40), nullable=False),
    sa.Column('grp', sa.String(length=40), nullable=True),
    sa.Column('stated', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('groups_application_applicant', 'groups_application', ['applicant'], unique=False)
    op.create_table('groups_group',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('filing_number', sa.String(length=100), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('tool', sa.String(length=100), nullable=True),
    sa.Column('group_class', sa.String(length=64), nullable=False),
    sa.Column('level', sa.String(length=64), nullable=False),
    sa.Column('unit', sa.String(length=40), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('owner', sa.String(length=40), nullable=False),
    sa.Column('end_date', sa.String(length=10), nullable=True),
    sa.Column('registered_at', sa.BigInteger(), nullable=False),
    sa.Column('rules_version', sa.Integer(), nullable=False),
    sa.Column('rules_position', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('filing_number')
    )
    op.create_index('groups_group_serial', 'groups_group', ['year', 'serial'], unique=True)
    op.create_table('groups_member',
    sa.Column('grp', sa.String(length=40), nullable=False),
    sa.Column('person', sa.String(length=40), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('visible_from', sa.BigInteger(), nullable=False),
    sa.Column('signed_version', sa.Integer(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('grp', 'person')
    )
    op.create_index('groups_member_person', 'groups_member', ['person', 'state'], unique=False)
    op.create_table('identity_account',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('person', sa.String(length=64), nullable=False),
    sa.Column('login', sa.String(length=64), nullable=True),
    sa.Column('login_key', sa.String(length=64), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('resumes_to', sa.String(length=16), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('login_key'),
    sa.UniqueConstraint('person')
    )
    op.create_table('identity_code',
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('expires', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('account')
    )
    op.create_table('identity_credential',
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('account')
    )
    op.create_table('identity_failure',
    sa.Column('login_hash', sa.String(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', sa.BigInteger(), nullable=False),
    sa.Column('locked_until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('login_hash')
    )
    op.create_index('identity_failure_last', 'identity_failure', ['last_at'], unique=False)
    op.create_table('identity_session',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('person', sa.String(length=64), nullable=False),
    sa.Column('device', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('last_seen_at', sa.BigInteger(), nullable=False),
    sa.Column('expires', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    op.create_index('identity_session_account', 'identity_session', ['account'], unique=False)
    op.create_table('job',
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('payload', sa.String(), nullable=False),
    sa.Column('leased_until', sa.BigInteger(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'key')
    )
    op.create_index('job_due', 'job', ['due_at'], unique=False)
    op.create_table('ledger_checkpoint',
    sa.Column('size', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('size')
    )
    op.create_table('ledger_entry',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('leaf', sa.LargeBinary(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('grp', sa.String(length=40), nullable=True),
    sa.Column('actor', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('position')
    )
    op.create_index('ledger_entry_group', 'ledger_entry', ['grp', 'position'], unique=False)
    op.create_table('ledger_group',
    sa.Column('grp', sa.String(length=40), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('grp')
    )
    op.create_table('ledger_head',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(length=128), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('root', sa.LargeBinary(), nullable=False),
    sa.Column('range', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('ledger_tile',
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('hashes', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('level', 'number')
    )
    op.create_table('ledger_use',
    sa.Column('use', sa.String(length=96), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('use', 'position')
    )
    op.create_table('messaging_message',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('key', sa.String(length=110), nullable=False),
    sa.Column('grp', sa.String(length=40), nullable=False),
    sa.Column('sender', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('shown', sa.BigInteger(), nullable=True),
    sa.Column('mentions', sa.Text(), nullable=True),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('decision', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('position'),
    sa.UniqueConstraint('key')
    )
    op.create_index('messaging_message_mentions', 'messaging_message', ['grp', 'shown'], unique=False, sqlite_where=sa.text('mentions IS NOT NULL'), postgresql_where=sa.text('mentions IS NOT NULL'))
    op.create_index('messaging_message_shown', 'messaging_message', ['grp', 'shown'], unique=False)
    op.create_index('messaging_message_held', 'messaging_message', ['position'], unique=False, sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))
    op.create_table('messaging_read_mark',
    sa.Column('person', sa.String(length=40), nullable=False),
    sa.Column('grp', sa.String(length=40), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('person', 'grp', 'position')
    )
    op.create_table('policy_pack',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('pack', sa.String(length=64), nullable=False),
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('bundle', sa.Text(), nullable=False),
    sa.Column('adopted_at', sa.BigInteger(), nullable=False),
    sa.Column('adopted_by', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('position')
    )
    op.create_index("directory_person_staff_no", "directory_person", [sa.text("lower(staff_no)")], unique=True)
