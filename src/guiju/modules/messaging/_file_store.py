"""Which file belongs to which message, and uploads on their way."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)  # fmt: skip

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.statements import Inserts
from guiju.modules.messaging.file_types import FileKind, Upload, UploadState
from guiju.modules.messaging.types import MessageBlocked, MessageHeld, MessageSent

_file = governed(
    Table(
        "messaging_file",
        metadata,
        Column("file", String(40), primary_key=True),
        Column("position", BigInteger, nullable=False),
        Column("number", Integer, nullable=False),
        Index("messaging_file_position", "position"),
    )
)
_insert = Inserts(_file, ("file", "position", "number"))

upload = Table(
    "messaging_upload",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("person", String(40), nullable=False),
    Column("grp", String(40), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("seconds", Integer),
    Column("state", String(16), nullable=False),
    Column("about", LargeBinary, nullable=False),
    Column("digest", String(64)),
    Column("result", LargeBinary),
    Column("expires_at", BigInteger, nullable=False),
    # The scheduled message of its owner that takes it along.
    Column("waits_for", String(64)),
    Index("messaging_upload_person", "person"),
    Index("messaging_upload_state", "state"),
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Note which files belong to which message. A release shows those of the message that was held."""
    rows = [
        (stored.id, entry.position, number)
        for entry in entries
        if isinstance(entry.fact, MessageSent | MessageHeld | MessageBlocked)
        for number, stored in enumerate(entry.fact.files)
    ]
    tx.many(_insert, rows)


def used(tx: ReadTx, files: Sequence[str]) -> set[str]:
    """Those of the files that belong to a message."""
    return set(tx.scalars(select(_file.c.file).where(_file.c.file.in_(files))))


def count_files(tx: ReadTx) -> int:
    return int(tx.scalar(select(func.count()).select_from(_file)))


# ---- uploads ----------------------------------------------------------------------------------------------------


def _to_upload(row: Any) -> Upload:
    return Upload(
        row.id, row.person, GroupId(row.grp), FileKind(row.kind), row.size, row.seconds, UploadState(row.state),
        bytes(row.about), row.digest, bytes(row.result) if row.result is not None else None, row.expires_at,
        row.waits_for,
    )  # fmt: skip


def add_upload(tx: WriteTx, found: Upload) -> None:
    tx.run(
        insert(upload).values(
            id=found.id, person=found.person, grp=found.group, kind=found.kind, size=found.size, seconds=found.seconds,
            state=found.state, about=found.about, expires_at=found.expires_at,
        )
    )  # fmt: skip


def find_upload(tx: ReadTx, file: str) -> Upload | None:
    row = tx.first(select(upload).where(upload.c.id == file))
    return _to_upload(row) if row is not None else None


def uploads(tx: ReadTx, files: Sequence[str]) -> dict[str, Upload]:
    found = tx.all(select(upload).where(upload.c.id.in_(files)))
    return {row.id: _to_upload(row) for row in found}


def open_uploads(tx: ReadTx, person: PersonId) -> tuple[int, int]:
    """(how many uploads of a person wait to be sent, how many bytes they have), without those of scheduled messages."""
    alive = upload.c.person == person, upload.c.state != UploadState.DROPPED
    return _room(tx, *alive, upload.c.waits_for.is_(None))


def held_by_others(tx: ReadTx, person: PersonId, cmid: str) -> tuple[int, int]:
    """The same of the uploads that the person's other scheduled messages take along."""
    alive = upload.c.person == person, upload.c.state != UploadState.DROPPED
    return _room(tx, *alive, upload.c.waits_for != cmid)


def _room(tx: ReadTx, *which: ColumnElement[bool]) -> tuple[int, int]:
    number, size = func.count().label("number"), func.sum(upload.c.size).label("size")
    found = tx.first(select(number, size).where(*which))
    return (int(found.number), int(found.size or 0)) if found is not None else (0, 0)


def held(tx: ReadTx, person: PersonId, cmid: str | None = None) -> list[str]:
    """The uploads that a scheduled message of a person takes along, or all of theirs do."""
    c = upload.c
    found = select(c.id).where(c.person == person, c.state != UploadState.DROPPED)
    which = c.waits_for.is_not(None) if cmid is None else c.waits_for == cmid
    return tx.scalars(found.where(which).order_by(c.id))


def hold(tx: WriteTx, files: Sequence[str], cmid: str) -> None:
    tx.run(update(upload).where(upload.c.id.in_(files)).values(waits_for=cmid))


def set_state(
    tx: WriteTx,
    file: str,
    state: UploadState,
    *,
    digest: str | None = None,
    result: bytes | None = None,
) -> bool:
    """False when the upload is gone or dropped meanwhile."""
    alive = upload.c.id == file, upload.c.state != UploadState.DROPPED
    values: dict[str, Any] = {"state": state}
    if digest is not None:
        values |= {"digest": digest}
    if result is not None:
        values |= {"result": result}
    return tx.run(update(upload).where(*alive).values(**values)) > 0


def remove_uploads(tx: WriteTx, files: Sequence[str]) -> None:
    tx.run(delete(upload).where(upload.c.id.in_(files)))


def dropped(tx: ReadTx, limit: int) -> list[Upload]:
    """What is to be destroyed."""
    found = tx.all(select(upload).where(upload.c.state == UploadState.DROPPED).limit(limit))
    return [_to_upload(row) for row in found]
