"""What an error is without the correction that closed it.

What waits again, because a reply or a correction was recalled before this version, has no timer: it is given one once the
ledger has said what waits. All other timers stay, and what is settled, or late and told to everybody, gets none.
"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from guiju.migrations.schema import after_filling, fill_again

revision = "20261130_corrected_errors"
down_revision = "20261129_zzzzzzzz_bot_refusals"
branch_labels = None
depends_on = None

_AHEAD = {
    "followup.time": """
        SELECT one.message, one.remind_at, CASE WHEN one.level = 0 THEN one.due_at END, one.next_at
        FROM followup_part one JOIN followup_request request ON request.message = one.message
        WHERE request.state = 'open' AND one.answer IN ('open', 'delayed') AND EXISTS (
            SELECT 1 FROM followup_said said WHERE said.message = one.message AND said.recalled = 1
        )
    """,
    "followup.question_time": """
        SELECT position, remind_at, CASE WHEN late = 0 THEN due_at END, next_at
        FROM followup_question WHERE state = 'open' AND kind = 'error'
    """,
}
"""By the kind of timer: about what, and when to remind, to mark late, and to tell the next head."""


def upgrade() -> None:
    op.add_column("followup_question", sa.Column("corrected", sa.BigInteger(), nullable=True))
    op.add_column("followup_question", sa.Column("corrected_at", sa.BigInteger(), nullable=True))
    op.add_column("followup_question", sa.Column("uncorrected", sa.String(16), nullable=True))
    op.create_index("followup_question_corrected", "followup_question", ["corrected"])
    op.execute(sa.delete(sa.table("followup_question")))
    fill_again(op.get_context(), "followup_question")
    after_filling(op.get_context(), _set_timers)


def _set_timers(connection: sa.Connection) -> None:
    for kind, ahead in _AHEAD.items():
        times = defaultdict[str, list[int]](list)
        for about, *steps in connection.execute(sa.text(ahead)):
            times[str(about)] += [at for at in steps if at is not None]
        timers = [
            {"kind": kind, "key": about, "due_at": min(steps)}
            for about, steps in times.items()
            if steps
        ]
        if timers:
            connection.execute(sa.text("DELETE FROM job WHERE kind = :kind AND key = :key"), timers)
            connection.execute(
                sa.text(
                    "INSERT INTO job (kind, key, due_at, payload, leased_until, attempts) VALUES (:kind, :key, :due_at, '{}', 0, 0)"
                ),
                timers,
            )
