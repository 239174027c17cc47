"""Timers that say when a deputy begins and ends to stand in, for those who were named before there were any."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_zzzzzdeputy_turns"
down_revision = "20261129_zzzzapproval_deputies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    named = sa.table("directory_deputy", sa.column("person"))
    job = sa.table(
        "job", *map(sa.column, ("kind", "key", "due_at", "payload", "leased_until", "attempts"))
    )
    for person in op.get_bind().execute(sa.select(named.c.person)).scalars().all():
        # Due at once: the timer looks at the organisation's own day and comes back when there is something to say.
        waiting = {"kind": "directory.deputy", "key": person, "due_at": 0, "payload": "{}"}
        op.get_bind().execute(sa.insert(job).values(leased_until=0, attempts=0, **waiting))
