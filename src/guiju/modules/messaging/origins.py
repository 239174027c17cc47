"""Where shared files come from: asked of who shares them where a clause wants it, and told to who reads the message.

What is said goes with each file, so that a copy that is forwarded keeps it. Its words are looked at like a part of the file.
A bot is not asked: whoever answers for it stands beside its messages, and answers for its files too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import is_bot
from guiju.kernel.text import check_line
from guiju.modules.groups.types import Group
from guiju.modules.messaging import _rules, looking
from guiju.modules.messaging.file_types import Attached, FileKind, FileNote, StoredFile
from guiju.modules.messaging.looking import Surroundings
from guiju.modules.messaging.origin_types import (
    CONTROL,
    LONGEST_NOTE,
    NOTED,
    BadOriginError,
    Origin,
    OriginKind,
    OriginNeededError,
)
from guiju.modules.messaging.types import Send
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Use


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An origin as it comes from outside."""

    kind: OriginKind
    note: str = ""


def read(said: Said | None) -> Origin | None:
    """Raises BadOriginError."""
    if said is None:
        return None
    try:
        note = check_line(said.note.strip())
    except ValueError as error:
        raise BadOriginError(str(error)) from error
    if len(note) > LONGEST_NOTE:
        raise BadOriginError("The note on an origin is one short line.", most=LONGEST_NOTE)
    if (note != "") != (said.kind in NOTED):
        raise BadOriginError(
            "Say by whom it was permitted or where it is public, and of no other origin anything.",
            most=LONGEST_NOTE,
        )
    return Origin(said.kind, note)


def use_for(tx: ReadTx, group: Group) -> Use | None:
    """The use that demands an origin in such a group."""
    return _rules.use_in(policy.uses(tx, CONTROL), group.group_class)


def check(tx: ReadTx, group: Group, send: Send) -> Use | None:
    """The use by which the files of a message say where they come from. Raises OriginNeededError."""
    if is_bot(send.person) or send.is_imported:
        return None
    return check_files(tx, group, ((each.stored, each.note) for each in send.files))


def check_files(
    tx: ReadTx, group: Group, files: Iterable[tuple[StoredFile, FileNote]]
) -> Use | None:
    """The same for files that are about to be sent. Raises OriginNeededError."""
    use = use_for(tx, group)
    if use is None:
        return None
    asked = [(stored, note) for stored, note in files if note.kind in use.params.of]
    silent = [stored.id for stored, note in asked if note.origin is None]
    if silent:
        raise OriginNeededError(
            "Say where these files come from.", files=[*silent], clause=use.mark()
        )
    return use if asked else None


def with_origin(note: FileNote, origin: Origin | None) -> FileNote:
    """What is shown of a file, with its origin; of a voice note there is none."""
    return replace(note, origin=None if note.kind is FileKind.VOICE else origin)


def declared(
    files: Sequence[Attached], origin: Origin | None, where: Surroundings | None
) -> tuple[Attached, ...]:
    """Files with their origin; with `where` its words are looked at."""
    made = []
    for each in files:
        note = with_origin(each.note, origin)
        said = note.origin.note if note.origin is not None else ""
        look = each.look
        if said and where is not None:
            look = looking.with_words(look, said, where)
        made.append(replace(each, note=note, look=look))
    return tuple(made)


def shape(origin: Origin | Said | None) -> dict[str, Any] | None:
    """An origin as JSON."""
    return {"kind": origin.kind, "note": origin.note} if origin is not None else None
