"""Drafts and messages that wait for their time. Local tables: sealed, only their author's, and no fact tells of them."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from guiju.kernel.db import ReadTx, metadata
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging.unsent_types import DraftRow, Scheduled, Waiting

MOST_OF_THREADS = 200
"""Drafts of threads that a person has at most; whoever begins more loses the oldest."""

_draft = Table(
    "messaging_draft",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("grp", String(40), primary_key=True),
    # No message stands at 0: that is the group's own.
    Column("thread", BigInteger, primary_key=True, autoincrement=False, server_default="0"),
    Column("at", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
_scheduled = Table(
    "messaging_scheduled",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("cmid", String(64), primary_key=True),
    Column("grp", String(40), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("code", String(64)),
    Column("clause", Text),
    Column("sealed", LargeBinary, nullable=False),
    Index("messaging_scheduled_due", "state", "due_at"),
)


# ---- drafts -----------------------------------------------------------------------------------------------------


def drafts(tx: ReadTx, person: PersonId) -> Sequence[DraftRow]:
    """All of a person's, also those that were given up."""
    found = tx.all(select(_draft).where(_draft.c.person == person))
    return [
        DraftRow(GroupId(row.grp), row.at, bytes(row.sealed), row.thread or None) for row in found
    ]


def save_draft(tx: WriteTx, person: PersonId, draft: DraftRow) -> bool:
    """False when one that was written later is there already. Of threads the newest are kept."""
    c, thread = _draft.c, draft.thread or 0
    mine = c.person == person, c.grp == draft.group, c.thread == thread
    if tx.first(select(c.at).where(*mine, c.at > draft.at)) is not None:
        return False
    tx.run(delete(_draft).where(*mine))
    values = {"person": person, "grp": draft.group, "thread": thread, "at": draft.at}
    tx.run(insert(_draft).values(**values, sealed=draft.sealed))
    if thread:
        of_threads = c.person == person, c.thread != 0
        newest = select(c.at).where(*of_threads).order_by(c.at.desc()).offset(MOST_OF_THREADS)
        oldest_gone = tx.scalar(newest.limit(1))
        if oldest_gone is not None:
            tx.run(delete(_draft).where(*of_threads, c.at <= oldest_gone))
    return True


def forget_drafts(tx: WriteTx, person: PersonId, group: GroupId | None = None) -> None:
    """Remove a person's drafts, of one group or of all."""
    mine = _draft.c.person == person
    tx.run(delete(_draft).where(mine if group is None else mine & (_draft.c.grp == group)))


# ---- waiting for their time -------------------------------------------------------------------------------------


def _to_scheduled(row: Any) -> Scheduled:
    return Scheduled(
        PersonId(row.person),
        row.cmid,
        GroupId(row.grp),
        row.due_at,
        bytes(row.sealed),
        Waiting(row.state),
        row.code,
        json.loads(row.clause) if row.clause is not None else None,
    )


def save_scheduled(tx: WriteTx, wanted: Scheduled) -> None:
    remove_scheduled(tx, wanted.person, wanted.cmid)
    tx.run(
        insert(_scheduled).values(
            person=wanted.person,
            cmid=wanted.cmid,
            grp=wanted.group,
            due_at=wanted.due_at,
            state=wanted.state,
            code=wanted.code,
            clause=json.dumps(wanted.clause) if wanted.clause is not None else None,
            sealed=wanted.sealed,
        )
    )


def remove_scheduled(tx: WriteTx, person: PersonId, cmid: str) -> None:
    tx.run(delete(_scheduled).where(_scheduled.c.person == person, _scheduled.c.cmid == cmid))


def forget_scheduled(tx: WriteTx, person: PersonId) -> None:
    tx.run(delete(_scheduled).where(_scheduled.c.person == person))


def find_scheduled(tx: ReadTx, person: PersonId, cmid: str) -> Scheduled | None:
    c = _scheduled.c
    row = tx.first(select(_scheduled).where(c.person == person, c.cmid == cmid))
    return _to_scheduled(row) if row is not None else None


def scheduled(tx: ReadTx, person: PersonId) -> Sequence[Scheduled]:
    """A person's, the next one first."""
    found = select(_scheduled).where(_scheduled.c.person == person)
    return [
        _to_scheduled(row) for row in tx.all(found.order_by(_scheduled.c.due_at, _scheduled.c.cmid))
    ]


def count_scheduled(tx: ReadTx, person: PersonId) -> int:
    mine = select(func.count()).select_from(_scheduled).where(_scheduled.c.person == person)
    return int(tx.scalar(mine))


def due(tx: ReadTx, limit: int) -> Sequence[Scheduled]:
    """Whose time has come, the earliest first."""
    c = _scheduled.c
    found = select(_scheduled).where(c.state == Waiting.WAITING, c.due_at <= tx.now)
    return [_to_scheduled(row) for row in tx.all(found.order_by(c.due_at).limit(limit))]


def failed_until(tx: ReadTx, at: int, limit: int) -> Sequence[Scheduled]:
    """Those that failed at `at` (ms) or before, the earliest first."""
    c = _scheduled.c
    found = select(_scheduled).where(c.state == Waiting.FAILED, c.due_at <= at)
    return [_to_scheduled(row) for row in tx.all(found.order_by(c.due_at).limit(limit))]


def postpone(tx: WriteTx, person: PersonId, cmid: str, due_at: int) -> None:
    c = _scheduled.c
    tx.run(update(_scheduled).where(c.person == person, c.cmid == cmid).values(due_at=due_at))
