"""Who was shown which texts because of their office, and when last. `apply` alone writes it; no text stands here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, String, Table, Text, insert, select, update

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging.oversight_types import Duty, TextRead

_reading = governed(
    Table(
        "messaging_reading",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("person", String(40), primary_key=True),
        Column("duty", String(16), primary_key=True),
        Column("at", BigInteger, nullable=False),
        Column("shown", Text, nullable=False),
    )
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The last reading of a message by somebody: when (ms), and what they were shown with it."""

    at: int
    shown: frozenset[int]


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Keep the last reading of each message by each person."""
    for entry in entries:
        match entry.fact:
            case TextRead(refs=refs, duty=duty):
                r = _reading.c
                same = r.position == refs[0], r.person == entry.actor, r.duty == duty
                values = {"at": entry.at, "shown": json.dumps(list(refs))}
                if tx.run(update(_reading).where(*same).values(**values)) == 0:
                    who = {"position": refs[0], "person": entry.actor, "duty": str(duty)}
                    tx.run(insert(_reading).values(**who, **values))


def find(tx: ReadTx, position: int, person: str, duty: Duty) -> Reading | None:
    r = _reading.c
    row = tx.first(
        select(_reading).where(r.position == position, r.person == person, r.duty == duty)
    )
    return Reading(row.at, frozenset(json.loads(row.shown))) if row is not None else None
