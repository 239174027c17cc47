"""A reply that was recalled answers nothing any more: who answered by one is asked again. Errors that a recalled correction
answered are as late as they were. Timers look at all of them.
"""

import sqlalchemy as sa
from alembic import op

from guiju.migrations.schema import fill_again

revision = "20261129_zzzzzzzreplies"
down_revision = "20261129_zzzzzzuncorrected"
branch_labels = None
depends_on = None

_entry = sa.table("ledger_entry", sa.column("position"), sa.column("kind"))
_request = sa.table("followup_request", sa.column("message"), sa.column("state"))
TIMERS: tuple[tuple[str, sa.Select[tuple[int]]], ...] = (
    ("followup.time", sa.select(_request.c.message.label("at")).where(_request.c.state == "open")),
    # The table of questions may be empty by now: a migration before this one has it filled again after all of them.
    ("followup.question_time", sa.select(_entry.c.position.label("at")).where(_entry.c.kind == "followup.question_raised")),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "followup_said",
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recalled", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message", "person", "position"),
    )
    op.create_index("followup_said_position", "followup_said", ["position"])
    _look_at_all()
    for name in ("followup_part", "followup_question"):
        op.execute(sa.delete(sa.table(name)))
        fill_again(op.get_context(), name)


def _look_at_all() -> None:
    """Which of them wait again only the ledger says, and a timer that finds nothing to do does nothing."""
    names = ("kind", "key", "due_at", "payload", "leased_until", "attempts")
    job = sa.table("job", *(sa.column(name) for name in names))
    for kind, waiting in TIMERS:
        op.execute(sa.delete(job).where(job.c.kind == kind))
        found = waiting.subquery()
        key = sa.cast(found.c.at, sa.String(128))
        values = sa.literal(kind), key, sa.literal(0), sa.literal("{}"), sa.literal(0), sa.literal(0)
        op.execute(sa.insert(job).from_select(names, sa.select(*values).select_from(found)))
