"""Files and uploads as JSON (docs/protocol.md)."""

from typing import Any

from guiju.kernel.facts import Recorded
from guiju.ledger.vault import PART
from guiju.modules.messaging import opening, origins
from guiju.modules.messaging.file_types import FileFinding, FileNote, UploadState
from guiju.modules.messaging.progress import Progress, Result
from guiju.modules.messaging.service import OWN_KINDS

Json = dict[str, Any]


def note(file: str, size: int, shown: FileNote) -> Json:
    return {
        "id": file,
        "name": shown.name,
        "size": size,
        "type": shown.type,
        "kind": shown.kind,
        "width": shown.width,
        "height": shown.height,
        "seconds": shown.seconds,
        "thumbnail": shown.thumbnail,
        "origin": origins.shape(shown.origin),
    }


def of_message(entry: Recorded) -> list[Json]:
    """The files of a message; of a stopped one, which its author and reviewers see, with what stopped it."""
    shown = [note(stored.id, stored.size, kept) for stored, kept in opening.files_of(entry)]
    if entry.kind not in OWN_KINDS:
        return shown
    findings, gaps = entry.fact.found, entry.fact.unread
    for number, file in enumerate(shown):
        file["reasons"] = [
            {"code": each.problem, "where": each.where} for each in gaps if each.file == number
        ]
        file["findings"] = [finding(each) for each in findings if each.file == number]
    return shown


def finding(found: FileFinding) -> Json:
    return {
        "part": found.part,
        "category": found.category,
        "rule": found.rule,
        "word": found.word,
    }


def upload(found: Progress) -> Json:
    state = found.state
    return {
        "id": found.upload.id,
        "chunk": PART,
        "size": found.upload.size,
        "received": found.bytes_in_order,
        "missing": found.missing,
        "state": state,
        "reason": found.result.refused if found.result is not None else None,
        "file": _ready(found, found.result) if state is UploadState.READY else None,
    }


def _ready(found: Progress, result: Result | None) -> Json | None:
    return note(found.upload.id, found.upload.size, result.note) if result is not None else None
