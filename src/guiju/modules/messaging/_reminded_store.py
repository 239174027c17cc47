"""Of which messages somebody was reminded, so that a list of conversations asks for all of them at once."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, String, Table

from guiju.kernel.db import governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import WriteTx
from guiju.kernel.statements import Inserts
from guiju.modules.messaging.personal_types import MessageReminded

reminded = governed(
    Table(
        "messaging_reminded",
        metadata,
        # In the order in which a row of the list asks: the newest messages of a group first.
        Column("person", String(40), primary_key=True),
        Column("grp", String(40), primary_key=True),
        Column("shown", BigInteger, primary_key=True),
        Column("position", BigInteger, primary_key=True),
    )
)
_insert = Inserts(reminded, ("person", "grp", "shown", "position"))


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Keep whom facts reminded of what; there are no more of them than members who see of one another what they read."""
    for entry in entries:
        match entry.fact:
            case MessageReminded(group=group, refs=refs, people=people):
                rows = [(person, group, refs[0], entry.position) for person in people]
                tx.many(_insert, rows)
