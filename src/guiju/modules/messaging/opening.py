"""Who may open a file: who may see its message, at this moment; and the reviewer of a held one, on record."""

from dataclasses import dataclass

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging import _store, overseeing, review_queue, service
from guiju.modules.messaging.file_types import (
    FileNote,
    FileOpened,
    NoSuchFileError,
    StoredFile,
    paired,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that may be opened now."""

    stored: StoredFile
    note: FileNote


def find_file(tx: ReadTx, actor: Actor, group: GroupId, position: int, file: str) -> Opened:
    """A file of the message that appears at `position`, or that is held there and one's own.

    Raises what `service.reading_place` raises, and NoSuchFileError for whatever the actor does not see now.
    """
    member = service.reading_place(tx, actor, group)
    if position < member.visible_from:
        raise NoSuchFileError("There is no such file.", file=file)
    row = _store.find_shown(tx, group, position) or _store.find(tx, position)
    if row is None or row.group != group or row.recalled is not None:
        raise NoSuchFileError("There is no such file.", file=file)
    if row.shown != position and row.sender != actor.person:
        raise NoSuchFileError("There is no such file.", file=file)
    return _of_entry(tx, position, file)


def open_for_review(tx: WriteTx, actor: Actor, position: int, file: str) -> Opened:
    """A file of a held message, for who reviews it; that it was opened is recorded.

    Raises ReviewNotFoundError, NoSuchFileError or NotAllowedError.
    """
    found = review_queue.open_review(tx, actor, position)
    opened = _of_entry(tx, position, file)
    permit = overseeing.permit(tx, actor, found.queue.line)
    tx.record(permit, FileOpened(found.row.group, (position,), file))
    return opened


def _of_entry(tx: ReadTx, position: int, file: str) -> Opened:
    entry = tx.entry(position)
    for stored, note in files_of(entry):
        if stored.id == file:
            return Opened(stored, note)
    raise NoSuchFileError("There is no such file.", file=file)


def files_of(entry: Recorded | None) -> list[tuple[StoredFile, FileNote]]:
    """The files that an entry shows."""
    if entry is None:
        return []
    return paired(getattr(entry.fact, "files", ()), getattr(entry.fact, "notes", ()))
