"""Files of messages: what stands of them in facts, what inspection found in them, and their refusals."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from guiju.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyError,
)
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.inspection.extraction.types import Verdict
from guiju.modules.inspection.types import NOWHERE, Context, Disposition, Finding
from guiju.modules.messaging.origin_types import Origin

MEBIBYTE = 1 << 20
LARGEST_FILE = 200 * MEBIBYTE
"""What inspection opens at all; no clause may allow more."""
MOST_FILES = 9
LONGEST_VOICE = 600
MOST_FOUND = 50
"""How many findings of one file are kept; its disposition counts all."""
UNREAD_KINDS = ("image", "voice")
"""What a clause may let pass although nothing on this server can read it."""


class FileKind(StrEnum):
    """How a file shows in a timeline."""

    FILE = "file"
    IMAGE = "image"
    VOICE = "voice"


class UploadState(StrEnum):
    """Where an upload stands. `inspecting` is never stored: after a restart it is asked for again."""

    RECEIVING = "receiving"
    INSPECTING = "inspecting"
    READY = "ready"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class FileRules:
    """Parameters of `messaging.files`. `types` are extensions, empty for all; `unread` what passes without being read."""

    most_bytes: int = 100 * MEBIBYTE
    types: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as a leaf names it: `digest` is the SHA-256 of what is stored, which is sealed."""

    id: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class FileNote:
    """What people are shown of a file. Its place among the notes is that of the file among the files.

    `origin` is what its sender says of where it comes from; while it is an upload nobody has said anything.
    """

    name: str
    type: str
    kind: FileKind
    width: int | None = None
    height: int | None = None
    seconds: int | None = None
    thumbnail: bool = False
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class FileFinding:
    """What a rule found in a part of a file; `file` is its number in the message."""

    file: int
    part: str
    category: str
    rule: str
    word: str


@dataclass(frozen=True, slots=True)
class FileGap:
    """What of a file could not be read, and so holds it."""

    file: int
    problem: str
    where: str


@dataclass(frozen=True, slots=True)
class PartFinding:
    """A finding with the part of the file that it stands in."""

    part: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Look:
    """What inspection says of one file, and what that depends on.

    Without anything found (`had_hits`), neither `context` nor `exempt` matters. `alerts` are as in `Inspection`.
    """

    ruleset: str
    context: Context
    exempt: tuple[str, ...]
    had_hits: bool
    type: str
    verdict: Verdict
    disposition: Disposition
    uses: tuple[str, ...]
    findings: tuple[PartFinding, ...]
    alerts: tuple[PartFinding, ...]
    alert_uses: tuple[str, ...]
    gaps: tuple[tuple[str, str], ...]


DECIDED = Look(
    "", NOWHERE, (), False, "", Verdict.READ, Disposition.DELIVER, (), (), (), (), ()
)  # no call
"""In place of the look at a file whose message was decided already."""


def paired(
    files: Sequence[StoredFile], notes: Sequence[FileNote]
) -> list[tuple[StoredFile, FileNote]]:
    """Each file with what people are shown of it; where the notes were shredded, with nothing."""
    gone = FileNote("", "application/octet-stream", FileKind.FILE)
    return [
        (stored, notes[number] if number < len(notes) else gone)
        for number, stored in enumerate(files)
    ]


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that is ready to go with a message."""

    stored: StoredFile
    note: FileNote
    look: Look


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as its row has it. `about` and `result` are sealed under the file's key, `waits_for` is the cmid of the
    scheduled message that takes it along.
    """

    id: str
    person: PersonId
    group: GroupId
    kind: FileKind
    size: int
    seconds: int | None
    state: UploadState
    about: bytes
    digest: str | None
    result: bytes | None
    expires_at: int
    waits_for: str | None = None


@fact("messaging.file_opened", Content.CONTENT, confidential=True)
class FileOpened:
    """A reviewer opened a file of the held message at `refs`. The group never learns of it."""

    within: Sealed[GroupId]
    refs: tuple[int, ...]
    file: str


# ---- errors -----------------------------------------------------------------------------------------------------


class BadUploadError(InvalidError):
    """An upload or a part of it that makes no sense: no name, no bytes, another length than was said."""

    code = "messaging.bad_upload"


class FileTooLargeError(ForbiddenError):
    """The file is larger than the group allows; `data.most_bytes` says how much it allows."""

    code = "messaging.file_too_large"


class FileTypeNotAllowedError(ForbiddenError):
    """The group does not allow files of this type; `data.types` are those that it allows."""

    code = "messaging.file_type_not_allowed"


class TooManyUploadsError(TooManyError):
    """Too many files, or too many bytes, that were uploaded and not sent."""

    code = "messaging.too_many_uploads"


class UploadNotFoundError(NotFoundError):
    """No such upload, or not yours, or it has expired."""

    code = "messaging.upload_not_found"


class UploadIncompleteError(ConflictError):
    """Parts of the file are missing; `data.missing` says which."""

    code = "messaging.upload_incomplete"


class UploadDamagedError(ConflictError):
    """What arrived is not what was sent: the hashes differ. It begins anew."""

    code = "messaging.upload_damaged"


class FileNotReadyError(ConflictError):
    """A file that is to be sent has not arrived, is refused, belongs elsewhere, or was sent already."""

    code = "messaging.file_not_ready"


class MalwareFoundError(ForbiddenError):
    """Malware was found in a file, which is sent nowhere; `data.file` says in which."""

    code = "messaging.malware_found"


class FileStaleError(ConflictError):
    """The rules or the group have changed since the file was inspected; complete its upload once more, then send."""

    code = "messaging.file_stale"


class NoSuchFileError(NotFoundError):
    """No such file, or none that you may open now."""

    code = "messaging.file_not_found"


class FileDamagedError(ConflictError):
    """The stored file is not the one that the ledger vouches for; it is not given out."""

    code = "messaging.file_damaged"
