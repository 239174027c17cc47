"""Files on their way into a message: opened as uploads, weighed in the lane with the text, then part of the entry."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import ordering
from guiju.modules.groups.types import Group, Member
from guiju.modules.inspection.service import RuleSet
from guiju.modules.inspection.types import Disposition
from guiju.modules.messaging import _file_store, looking
from guiju.modules.messaging.deciding import Judged, context_of
from guiju.modules.messaging.file_types import (
    LARGEST_FILE,
    LONGEST_VOICE,
    MEBIBYTE,
    Attached,
    BadUploadError,
    FileFinding,
    FileGap,
    FileKind,
    FileNote,
    FileNotReadyError,
    FileRules,
    FileStaleError,
    FileTooLargeError,
    FileTypeNotAllowedError,
    StoredFile,
    TooManyUploadsError,
    Upload,
    UploadNotFoundError,
    UploadState,
)
from guiju.modules.messaging.placing import SEND, sender_place
from guiju.modules.messaging.types import (
    MessageBlocked,
    MessageHeld,
    MessageSent,
    Send,
)
from guiju.modules.policy.types import Attempt

JOB = "messaging.upload"
KEPT = DAY
"""How long an upload waits for its message."""
MOST_UPLOADS = 20
MOST_WAITING = 1024 * MEBIBYTE
Fact = MessageSent | MessageHeld | MessageBlocked


# ---- uploads ----------------------------------------------------------------------------------------------------


def open_upload(
    tx: WriteTx, actor: Actor, wanted: Upload, *, name: str, kept: int = KEPT
) -> Upload:
    """Begin an upload, which is dropped after `kept` milliseconds unless a message takes it.

    Raises what `sender_place` raises, BadUploadError, FileTooLargeError, FileTypeNotAllowedError or
    TooManyUploadsError.
    """
    group, _, _ = sender_place(tx, actor, wanted.group)
    # Where others reply, their files are for a reply: what a message is, is asked when it is sent.
    ordering.check_writes(tx, group, actor, announces=False, replies=True)
    if not wanted.size > 0:
        raise BadUploadError("A file has at least one byte.", size=wanted.size)
    is_voice = wanted.kind is FileKind.VOICE
    if is_voice != (wanted.seconds is not None) or not 0 <= (wanted.seconds or 0) <= LONGEST_VOICE:
        raise BadUploadError(f"A voice note says its seconds, at most {LONGEST_VOICE}.")
    _check_rules(tx, actor, group, wanted.kind, wanted.size, name)
    _check_room(tx, actor, 1, wanted.size)
    made = replace(wanted, expires_at=tx.now + kept)
    _file_store.add_upload(tx, made)
    tx.schedule(JOB, made.id, made.expires_at)
    return made


def check_uploads(
    tx: ReadTx, actor: Actor, group: Group, files: Sequence[tuple[StoredFile, FileNote]]
) -> None:
    """Whether such files may be uploaded for a group together. Raises FileTooLargeError, FileTypeNotAllowedError or
    TooManyUploadsError.
    """
    for stored, note in files:
        _check_rules(tx, actor, group, note.kind, stored.size, note.name)
    _check_room(tx, actor, len(files), sum(stored.size for stored, _ in files))


def _check_room(tx: ReadTx, actor: Actor, more: int, size: int) -> None:
    count, waiting = _file_store.open_uploads(tx, actor.author)
    if count + more > MOST_UPLOADS or waiting + size > MOST_WAITING:
        raise TooManyUploadsError("Too many files wait to be sent.", retry_after=60)


def _check_rules(
    tx: ReadTx, actor: Actor, group: Group, kind: FileKind, size: int, name: str
) -> None:
    if size > LARGEST_FILE:
        raise FileTooLargeError("The file is too large.", most_bytes=LARGEST_FILE)
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    rules = looking.rules_for(tx, group)
    if not rules and size > FileRules().most_bytes:
        raise FileTooLargeError("The file is too large.", most_bytes=FileRules().most_bytes)
    for use, params in rules:
        refused: dict[str, Any] = {"clause": use.mark()}

        def attempt(code: str, by: str = use.id) -> Attempt:
            return Attempt(actor, SEND, group.id, by, code)

        if size > params.most_bytes:
            refused |= {"most_bytes": params.most_bytes, "attempt": attempt(FileTooLargeError.code)}
            raise FileTooLargeError("The file is too large for this group.", **refused)
        # A recording has no name that its author chose.
        if params.types and kind is not FileKind.VOICE and extension not in params.types:
            refused |= {
                "types": list(params.types),
                "attempt": attempt(FileTypeNotAllowedError.code),
            }
            raise FileTypeNotAllowedError("This type of file is not allowed here.", **refused)


def get_upload(tx: ReadTx, actor: Actor, file: str) -> Upload:
    """One's own upload. Raises UploadNotFoundError, and what `sender_place` raises: the right may have ended."""
    found = _file_store.find_upload(tx, file)
    if found is None or found.person != actor.author or found.state is UploadState.DROPPED:
        raise UploadNotFoundError("There is no such upload.", upload=file)
    sender_place(tx, actor, found.group)
    return found


def settle_upload(
    tx: WriteTx,
    file: str,
    state: UploadState,
    *,
    digest: str | None = None,
    result: bytes | None = None,
) -> bool:
    """What became of an upload; False when it was dropped meanwhile."""
    return _file_store.set_state(tx, file, state, digest=digest, result=result)


def drop_upload(tx: WriteTx, actor: Actor, file: str) -> None:
    """Give up an upload of one's own that no scheduled message takes along. Raises UploadNotFoundError."""
    found = _file_store.find_upload(tx, file)
    own = found is not None and found.person == actor.author and found.waits_for is None
    if found is None or not own or found.state is UploadState.DROPPED:
        raise UploadNotFoundError("There is no such upload.", upload=file)
    expire_upload(tx, file)


def expire_upload(tx: WriteTx, file: str) -> None:
    """Nobody may send it any more; its bytes and its key are destroyed beside the lane (`Uploads.sweep`)."""
    tx.cancel(JOB, file)
    _file_store.set_state(tx, file, UploadState.DROPPED)


# ---- in the lane, with the message ------------------------------------------------------------------------------


def weigh(
    tx: WriteTx, ruleset: RuleSet, send: Send, group: Group, member: Member, judged: Judged
) -> Judged:
    """What the rules say of a message with its files: the strictest of all.

    Raises FileNotReadyError or FileStaleError.
    """
    _check_ready(tx, send)
    context, inspection = context_of(tx, group, member), judged.inspection
    exempt = tuple(sorted(looking.exempt_rules(tx, member, group.id)))
    is_open = judged.is_open
    for each in send.files:
        look = each.look
        same = not look.had_hits or (look.context, look.exempt) == (context, exempt)
        if look.ruleset != ruleset.version or not same:
            raise FileStaleError(
                "The rules have changed since this file was inspected.", file=each.stored.id
            )
        stricter = look.disposition > inspection.disposition
        uses = (*look.uses, *inspection.uses) if stricter else (*inspection.uses, *look.uses)
        inspection = replace(
            inspection,
            disposition=max(look.disposition, inspection.disposition),
            uses=tuple(dict.fromkeys(uses)),
            alert_uses=tuple(dict.fromkeys((*inspection.alert_uses, *look.alert_uses))),
        )
        is_open = is_open or bool(look.findings)
    return replace(
        judged, inspection=inspection, context=judged.context or context, is_open=is_open
    )


def _check_ready(tx: ReadTx, send: Send) -> None:
    wanted = [each.stored.id for each in send.files]
    found, used = _file_store.uploads(tx, wanted), _file_store.used(tx, wanted)
    for each in send.files:
        row = found.get(each.stored.id)
        ready = (
            row is not None and row.state is UploadState.READY and row.digest == each.stored.digest
        )
        if (
            row is None
            or not ready
            or each.stored.id in used
            or row.waits_for not in (None, send.cmid)
            or (row.person, row.group) != (send.person, send.group)
        ):
            raise FileNotReadyError("A file is not ready to be sent.", file=each.stored.id)


def with_files(fact: Fact, send: Send) -> Fact:
    """The fact with the files of its message; what was found in them is told only where the message was stopped."""
    changes: dict[str, Any] = {
        "files": tuple(each.stored for each in send.files),
        "notes": tuple(each.note for each in send.files),
    }
    if not isinstance(fact, MessageSent):
        changes |= {"found": found_in(send.files), "unread": _unread_in(send.files)}
    return replace(fact, **changes)


def found_in(files: Sequence[Attached], *, alerts: bool = False) -> tuple[FileFinding, ...]:
    """What rules found in the files of a message, or what those found that only alert."""
    return tuple(
        FileFinding(number, each.part, each.finding.category, each.finding.rule, each.finding.word)
        for number, attached in enumerate(files)
        for each in (attached.look.alerts if alerts else attached.look.findings)
    )


def _unread_in(files: Sequence[Attached]) -> tuple[FileGap, ...]:
    return tuple(
        FileGap(number, problem, where)
        for number, attached in enumerate(files)
        if attached.look.disposition is not Disposition.DELIVER
        for problem, where in attached.look.gaps
    )


class Taken:
    """The files that the messages of one batch take along: none goes with two of them."""

    def __init__(self) -> None:
        self._files: set[str] = set()

    def take(self, tx: WriteTx, send: Send, fact: Fact) -> Fact:
        """The fact with its files, whose uploads are done. Raises FileNotReadyError."""
        wanted = [each.stored.id for each in send.files]
        if not self._files.isdisjoint(wanted) or len(set(wanted)) < len(wanted):
            raise FileNotReadyError("A file is part of another message.")
        self._files.update(wanted)
        _file_store.remove_uploads(tx, wanted)
        for file in wanted:
            tx.cancel(JOB, file)
        return with_files(fact, send)
