"""Timers that say when a deputy begins and ends to stand in, for those who were named before there were any."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "20261129_zzzzzdeputy_turns"
down_revision = "20261129_zzzzapproval_deputies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    named = sa.table("directory_deputy", *map(sa.column, ("person", "since", "until")))
    job = sa.table(
        "job", *map(sa.column, ("kind", "key", "due_at", "payload", "leased_until", "attempts"))
    )
    today = datetime.now(UTC).date().isoformat()
    ahead = sa.select(named.c.person, named.c.since).where(named.c.until >= today)
    for row in op.get_bind().execute(ahead).all():
        # Due at once: the timer looks at the organisation's own day and comes back when there is something to say.
        told = int(row.since <= today)
        waiting = {"kind": "directory.deputy", "key": row.person, "due_at": 0}
        payload = {"payload": f'{{"told": {told}}}', "leased_until": 0, "attempts": 0}
        op.get_bind().execute(sa.insert(job).values(waiting | payload))
