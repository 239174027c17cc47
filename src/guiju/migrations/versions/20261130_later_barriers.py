"""Timers that say when a barrier begins and ends, for those that were set before there were any."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_later_barriers"
down_revision = "20261130_corrected_errors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    barrier = sa.table("groups_barrier", sa.column("id"), sa.column("lifted_at"))
    job = sa.table(
        "job", *map(sa.column, ("kind", "key", "due_at", "payload", "leased_until", "attempts"))
    )
    standing = sa.select(barrier.c.id).where(barrier.c.lifted_at.is_(None))
    for one in op.get_bind().execute(standing).scalars().all():
        # Due at once: the timer looks at the clock and comes back when there is something to say.
        waiting = {"kind": "groups.barrier", "key": one, "due_at": 0, "payload": "{}"}
        op.get_bind().execute(sa.insert(job).values(leased_until=0, attempts=0, **waiting))
