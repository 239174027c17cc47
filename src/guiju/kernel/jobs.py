"""Timers: rows written in the same transaction as what causes them, claimed with a lease, run through the lane."""

import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from guiju.kernel.db import DatabaseUnavailableError, metadata

if TYPE_CHECKING:
    from guiju.kernel.db import ReadTx
    from guiju.kernel.lane import Lane, WriteTx

_log = logging.getLogger("guiju.jobs")
LEASE = 60_000
MOST_ATTEMPTS = 10
"""After so many a job is parked: it waits for a restart of the server, and an operator is told."""
LONGEST_WAIT = 6 * 60 * 60_000

job = Table(
    "job",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    Column("payload", String, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Index("job_due", "due_at"),
)

JobVerb = Callable[["WriteTx", str, dict[str, Any]], None]
_verbs: dict[str, JobVerb] = {}


def on_job(kind: str) -> Callable[[JobVerb], JobVerb]:
    """Declare the verb of a kind of job: `verb(tx, key, payload)`. It MUST be harmless when run twice."""

    def declare(verb: JobVerb) -> JobVerb:
        assert kind not in _verbs, f"two verbs for job {kind}"
        _verbs[kind] = verb
        return verb

    return declare


def schedule_job(tx: "WriteTx", kind: str, key: str, due_at: int, payload: dict[str, Any]) -> None:
    cancel_job(tx, kind, key)
    tx.run(
        insert(job).values(
            kind=kind,
            key=key,
            due_at=due_at,
            payload=json.dumps(payload),
            leased_until=0,
            attempts=0,
        )
    )


def cancel_job(tx: "WriteTx", kind: str, key: str) -> None:
    tx.run(delete(job).where(job.c.kind == kind, job.c.key == key))


def parked(tx: "ReadTx") -> int:
    """How many jobs failed so often that they are not tried any more."""
    waiting = select(func.count()).select_from(job).where(job.c.attempts >= MOST_ATTEMPTS)
    return int(tx.scalar(waiting))


def retry_parked(tx: "WriteTx") -> None:
    """Try parked jobs again: this program may be one that can carry them out."""
    tx.run(
        update(job).where(job.c.attempts >= MOST_ATTEMPTS).values(attempts=0, leased_until=tx.now)
    )


def _is_due(now: int) -> ColumnElement[bool]:
    return and_(job.c.due_at <= now, job.c.leased_until <= now, job.c.attempts < MOST_ATTEMPTS)


def _is_any_due(lane: "Lane") -> bool:
    """Asked beside the lane, where messages pass: its transaction would cost a flush of the log on PostgreSQL, every second.

    Raises DatabaseUnavailableError.
    """
    # The lane's time never goes back, whatever becomes of the clock.
    now = max(lane.clock.now(), lane.recorder.time())
    try:
        with lane.database.read() as connection:
            return (
                connection.execute(select(job.c.kind).where(_is_due(now)).limit(1)).first()
                is not None
            )
    except lane.database.outages as error:
        raise DatabaseUnavailableError("The database cannot be reached; try again.") from error


def _claim(tx: "WriteTx", limit: int) -> list[tuple[str, str, int, dict[str, Any], int]]:
    waiting = (
        select(job.c.kind, job.c.key, job.c.due_at, job.c.payload, job.c.attempts)
        .where(_is_due(tx.now))
        .order_by(job.c.due_at)
        .limit(limit)
    )
    claimed = [
        (row.kind, row.key, row.due_at, json.loads(row.payload), row.attempts + 1)
        for row in tx.all(waiting)
    ]
    for kind, key, _, _, attempt in claimed:
        wait = min(LEASE << (attempt - 1), LONGEST_WAIT)
        tx.run(
            update(job)
            .where(job.c.kind == kind, job.c.key == key)
            .values(leased_until=tx.now + wait, attempts=attempt)
        )
    return claimed


def run_due(lane: "Lane", limit: int = 50) -> int:
    """Run the jobs that are due, each in a command of its own; returns how many were claimed.

    A job that fails keeps its row, holds up no other, and runs again when its lease ends, which is twice as long each
    time; at last it is parked. Raises DatabaseUnavailableError.
    """
    if not _is_any_due(lane):
        return 0
    claimed = lane.write(lambda tx: _claim(tx, limit))
    for kind, key, due_at, payload, attempt in claimed:

        def perform(
            tx: "WriteTx",
            kind: str = kind,
            key: str = key,
            due_at: int = due_at,
            payload: dict[str, Any] = payload,
        ) -> None:
            # The verb may schedule the same key again, so only the row that was claimed is removed.
            tx.run(delete(job).where(job.c.kind == kind, job.c.key == key, job.c.due_at == due_at))
            _verbs[kind](tx, key, payload)

        result = lane.outcome(None, perform)
        if isinstance(result, BaseException):
            _log.error("the job %s of %s failed", kind, key, exc_info=result)
            if attempt >= MOST_ATTEMPTS:
                _log.critical("the job %s of %s is parked after %d attempts", kind, key, attempt)
    return len(claimed)
