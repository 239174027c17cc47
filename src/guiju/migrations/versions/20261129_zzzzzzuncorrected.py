"""A correction that was recalled leaves the line in which it stood, and the errors that it answered wait again."""

import sqlalchemy as sa
from alembic import op

from guiju.migrations.schema import fill_again

revision = "20261129_zzzzzzuncorrected"
down_revision = "20261129_zzzzzdeputy_turns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("messaging_correction", "followup_question"):
        op.execute(sa.delete(sa.table(name)))
        fill_again(op.get_context(), name)
