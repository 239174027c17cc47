"""The way of a file's bytes: sealed part by part as they arrive, joined, inspected, and made ready for a message.

Everything here waits for storage and sandboxes, so it runs in threads, off the event loop and off the write lane.
"""

import contextlib
import hashlib
import hmac
from collections import deque
from collections.abc import Mapping, Sequence

import msgspec

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR, Clock
from guiju.kernel.db import ReadTx
from guiju.kernel.gate import Door
from guiju.kernel.ids import GroupId, new_id
from guiju.kernel.malware import Scan, Scanner
from guiju.kernel.shapes import decode
from guiju.ledger.errors import LedgerError
from guiju.ledger.vault import PART, FileLostError, Vault
from guiju.modules.inspection.extraction.reading import Extractor, Previewer
from guiju.modules.messaging import _file_store, _store, attaching, looking, origins
from guiju.modules.messaging.file_types import (
    DECIDED,
    MOST_FILES,
    Attached,
    BadUploadError,
    FileDamagedError,
    FileKind,
    FileNote,
    FileNotReadyError,
    MalwareFoundError,
    StoredFile,
    Upload,
    UploadDamagedError,
    UploadIncompleteError,
    UploadNotFoundError,
    UploadState,
    paired,
)
from guiju.modules.messaging.forward_types import Copies
from guiju.modules.messaging.inspecting import Inspector
from guiju.modules.messaging.origin_types import Origin
from guiju.modules.messaging.placing import sender_place
from guiju.modules.messaging.progress import Progress, Result

_encode, _about = msgspec.json.encode, "about"
_MALWARE, _NOT_SCANNED, _NO_VOICE = "malware", "not_scanned", "not_a_recording"
_RESULT = "result"
_COPY_KEPT = HOUR
"""A message takes a copy at once. One that is left over by a crash is known to nobody who could drop it, and counts among
the uploads of its person.
"""
Files = tuple[tuple[StoredFile, FileNote], ...]


class Uploads:
    """Takes files in. Its methods wait: call them from threads."""

    def __init__(
        self, door: Door, vault: Vault, inspector: Inspector, extractor: Extractor, clock: Clock,
        *, scanner: Scanner | None = None,
    ) -> None:  # fmt: skip
        self._door = door
        self.vault = vault
        self._inspector = inspector
        self._clock = clock
        self._scanner = scanner
        self._extractor = extractor
        self._previewer = Previewer()
        self._busy: set[str] = set()
        # An older snapshot still has them as arriving, though their parts are gone.
        self._settled: deque[str] = deque(maxlen=64)

    def close(self) -> None:
        self._previewer.close()

    # ---- arriving ----------------------------------------------------------------------------------------------

    def open(
        self,
        actor: Actor,
        group: GroupId,
        *,
        name: str,
        size: int,
        kind: FileKind,
        seconds: int | None,
        kept: int = attaching.KEPT,
    ) -> Upload:
        """Begin an upload that waits `kept` milliseconds for its message. Raises what `attaching.open_upload` raises."""
        self._door.read_now(lambda tx: sender_place(tx, actor, group))
        now = self._clock.now()
        file = new_id("fil", now)
        self.vault.begin(file, now)
        about = self.vault.seal_note(file, _about, name.encode())
        wanted = Upload(
            file, actor.author, group, kind, size, seconds, UploadState.RECEIVING, about, None, None, 0
        )  # fmt: skip
        try:
            return self._door.write_now(
                lambda tx: attaching.open_upload(tx, actor, wanted, name=name, kept=kept)
            )
        except BaseException:
            self.vault.destroy(file, 0)
            raise

    def receive(self, actor: Actor, file: str, index: int, data: bytes) -> Progress:
        """Keep one part. Raises UploadNotFoundError or BadUploadError."""
        found = self._door.read_now(lambda tx: attaching.get_upload(tx, actor, file))
        expected = min(PART, found.size - index * PART)
        if expected <= 0 or len(data) != expected:
            raise BadUploadError(
                "A part has another length than was said.", index=index, expected=max(0, expected)
            )
        if found.state is UploadState.RECEIVING and file not in self._busy:
            self.vault.receive(file, found.size, index, data)
        return self._progress(found)

    def progress(self, actor: Actor, file: str) -> Progress:
        """Where an upload stands now. Raises UploadNotFoundError."""
        return self._door.read_now(lambda tx: self.progress_in(tx, actor, file))

    def progress_in(self, tx: ReadTx, actor: Actor, file: str) -> Progress:
        """Where an upload stands in a snapshot. Raises UploadNotFoundError."""
        return self._progress(attaching.get_upload(tx, actor, file))

    def _progress(self, found: Upload) -> Progress:
        receiving = found.state is UploadState.RECEIVING
        received = self.vault.received(found.id, found.size) if receiving else set[int]()
        is_busy = found.id in self._busy or (receiving and found.id in self._settled)
        return Progress(found, frozenset(received), self._result(found), is_busy)

    def drop(self, actor: Actor, file: str) -> None:
        """Give an upload up. Raises UploadNotFoundError."""
        self._door.write_now(lambda tx: attaching.drop_upload(tx, actor, file))

    # ---- complete ----------------------------------------------------------------------------------------------

    def complete(self, actor: Actor, file: str, digest: str) -> Progress:
        """Join what has come, inspect it and make it ready; again when the rules have changed since.

        `digest` is the SHA-256 of the whole. Raises UploadNotFoundError, UploadIncompleteError or UploadDamagedError.
        """
        found = self._door.read_now(lambda tx: attaching.get_upload(tx, actor, file))
        if file in self._busy or found.state is UploadState.REFUSED:
            return self._progress(found)
        self._busy.add(file)
        try:
            self._complete(actor, found, digest)
        finally:
            self._busy.discard(file)
        return self.progress(actor, file)

    def _complete(self, actor: Actor, found: Upload, digest: str) -> None:
        if found.digest is None:
            missing = self._progress(found).missing
            if missing:
                raise UploadIncompleteError(
                    "Parts of the file are missing.", missing=[*missing[:1000]]
                )
        # Joined first: what is inspected is what is stored, whatever may still arrive.
        stored = found.digest or self._stored(found)
        data = b"".join(self.vault.read(found.id, stored, found.size))
        if not hmac.compare_digest(hashlib.sha256(data).hexdigest(), digest.lower()):
            if found.digest is None:
                self.vault.forget_parts(found.id, found.size)
            raise UploadDamagedError("What arrived is not what was sent.")
        self._settle(actor, found, stored, data)
        self._settled.append(found.id)
        self.vault.forget_parts(found.id, found.size)

    def _settle(self, actor: Actor, found: Upload, stored: str, data: bytes) -> None:
        result = self._inspected(actor, found, stored, data)
        sealed = self.vault.seal_note(found.id, _RESULT, _encode(result))
        state = UploadState.READY if result.refused is None else UploadState.REFUSED
        self._door.write_now(
            lambda tx: attaching.settle_upload(tx, found.id, state, digest=stored, result=sealed)
        )

    def look_again(self, actor: Actor, files: Sequence[str]) -> None:
        """Inspect stored files by the rules of now. Raises FileNotReadyError, FileDamagedError or what `get_upload` raises."""
        for file in files:
            found = self._door.read_now(lambda tx, file=file: attaching.get_upload(tx, actor, file))  # type: ignore[misc]  # called at once
            if found.digest is None:
                raise FileNotReadyError("A file is not ready to be sent.", file=file)
            try:
                data = b"".join(self.vault.read(found.id, found.digest, found.size))
            except LedgerError as error:
                raise FileDamagedError(
                    "The stored file is not what was uploaded.", file=file
                ) from error
            self._settle(actor, found, found.digest, data)

    def shown(self, files: Sequence[str]) -> dict[str, tuple[int, FileNote]]:
        """The size of each upload that is still there, and what is shown of it; one that does not open shows nothing."""
        found = self._door.read_now(lambda tx: _file_store.uploads(tx, files)) if files else {}
        # The key of a dropped one may be destroyed at any moment.
        kept = [each for each in found.values() if each.state is not UploadState.DROPPED]
        opened = [(each, self._readable(each)) for each in kept]
        return {each.id: (each.size, result.note) for each, result in opened if result}

    def _stored(self, found: Upload) -> str:
        try:
            return self.vault.store(found.id, found.size)
        except FileLostError as error:
            raise UploadIncompleteError("Parts of the file are missing.", missing=[]) from error

    def _inspected(self, actor: Actor, found: Upload, stored: str, data: bytes) -> Result:
        """What is shown of the file, and what the rules say of it."""
        name = self._name(found)
        scan = self._scanner.scan(data) if self._scanner is not None else Scan.CLEAN
        if scan is Scan.INFECTED:
            return Result(FileNote(name, looking.PLAIN, FileKind.FILE), None, _MALWARE)
        reading = self._extractor.extract_bytes(name, data)
        media, kind = looking.type_of(reading, data, found.kind)
        if found.kind is FileKind.VOICE and kind is not FileKind.VOICE:
            return Result(FileNote(name, media, FileKind.FILE), None, _NO_VOICE)
        more = [_NOT_SCANNED] if scan is Scan.UNKNOWN else []
        look = looking.look(reading, self._where(actor, found.group), kind, more)
        seconds = found.seconds if kind is FileKind.VOICE else None
        copies = self._previewer.copies(data) if kind is FileKind.IMAGE else None
        if copies is None:
            return Result(FileNote(name, media, kind, seconds=seconds), look)
        for copy, image in copies.images.items():
            self.vault.keep(found.id, stored, copy, image)
        return Result(
            FileNote(name, media, kind, copies.width, copies.height, None, thumbnail=True), look
        )

    def _where(self, actor: Actor, group: GroupId) -> looking.Surroundings:
        def read(tx: ReadTx) -> looking.Surroundings:
            found, member, _ = sender_place(tx, actor, group)
            return looking.surroundings(tx, self._inspector.in_force(tx), found, member)

        return self._door.read_now(read)

    def _name(self, found: Upload) -> str:
        return self.vault.open_note(found.id, _about, found.about).decode()

    def _result(self, found: Upload) -> Result | None:
        if found.result is None:
            return None
        return decode(self.vault.open_note(found.id, _RESULT, found.result), Result)

    def _readable(self, found: Upload) -> Result | None:
        try:
            return self._result(found)
        except LedgerError:
            return None

    # ---- going with a message ----------------------------------------------------------------------------------

    def attached(
        self, actor: Actor, cmid: str, files: tuple[str, ...], origin: Origin | None = None
    ) -> tuple[Attached, ...]:
        """The files of a message that is about to be sent, or was sent before, with what is said of their origin.

        Raises FileNotReadyError or MalwareFoundError, and what `sender_place` raises.
        """
        if len(files) > MOST_FILES or len(set(files)) < len(files):
            raise FileNotReadyError(
                f"A message takes at most {MOST_FILES} files, each of them once."
            )
        found, sent = self._door.read_now(
            lambda tx: (_file_store.uploads(tx, files), _sent(tx, actor, cmid))
        )
        all_of = [sent.get(file) or self._ready(actor, found.get(file), file) for file in files]
        groups = {found[file].group for file in files if file not in sent}
        is_said = origin is not None and origin.note and len(groups) == 1
        where = self._where(actor, groups.pop()) if is_said else None
        return origins.declared(all_of, origin, where)

    def _ready(self, actor: Actor, found: Upload | None, file: str) -> Attached:
        own = found is not None and found.person == actor.author
        result = self._readable(found) if own and found is not None else None
        if found is not None and result is not None and result.refused == _MALWARE:
            clause = self._door.read_now(lambda tx: looking.clause_for(tx, found.group))
            raise MalwareFoundError("Malware was found in a file.", file=file, clause=clause)
        if found is None or result is None or result.look is None or found.digest is None:
            raise FileNotReadyError("A file is not ready to be sent.", file=file)
        return Attached(StoredFile(file, found.size, found.digest), result.note, result.look)

    # ---- copies ------------------------------------------------------------------------------------------------

    def copies(
        self,
        actor: Actor,
        group: GroupId,
        wanted: Mapping[str, Files],
        origin: Origin | None = None,
    ) -> dict[str, Copies]:
        """Files of messages as uploads of the actor's for `group`, by the cmid of the message that will take them.
        Of those of which nothing was said, the actor says the `origin`.

        Raises what `attaching.open_upload` raises, FileDamagedError, FileNotReadyError or MalwareFoundError; then there are none.
        """
        made = dict[str, Copies]()
        try:
            for cmid, files in wanted.items():
                made[cmid] = Copies()
                for stored, note in files:
                    said = note.origin or origin
                    (copy,) = origins.declared(
                        [self._copy(actor, group, stored, note)],
                        said,
                        self._where(actor, group) if said is not None and said.note else None,
                    )
                    done = made[cmid]
                    made[cmid] = Copies((*done.originals, stored), (*done.attached, copy))
        except BaseException:
            self.drop_copies(actor, made)
            raise
        return made

    def _copy(self, actor: Actor, group: GroupId, stored: StoredFile, note: FileNote) -> Attached:
        made = self.open(
            actor, group, name=note.name, size=stored.size, kind=note.kind, seconds=note.seconds,
            kept=_COPY_KEPT,
        )  # fmt: skip
        try:
            self.complete(actor, made.id, self._copy_bytes(stored, made))
            found = self._door.read_now(lambda tx: _file_store.find_upload(tx, made.id))
            return self._ready(actor, found, made.id)
        except BaseException:
            self._drop_now(actor, made.id)
            raise

    def _copy_bytes(self, stored: StoredFile, to: Upload) -> str:
        """The digest of the whole, which is never in memory at once. Raises FileDamagedError."""
        digest = hashlib.sha256()
        try:
            for index, part in enumerate(self.vault.read(stored.id, stored.digest, stored.size)):
                digest.update(part)
                self.vault.receive(to.id, to.size, index, part)
        except LedgerError as error:
            raise FileDamagedError("The stored file is not what the ledger vouches for.") from error
        return digest.hexdigest()

    def drop_copies(self, actor: Actor, copied: Mapping[str, Copies]) -> None:
        """Give up those that no message has taken."""
        for each in copied.values():
            for copy in each.attached:
                self._drop_now(actor, copy.stored.id)

    def _drop_now(self, actor: Actor, file: str) -> None:
        with contextlib.suppress(UploadNotFoundError):
            self.drop(actor, file)

    # ---- what nobody wants any more ----------------------------------------------------------------------------

    def sweep(self) -> int:
        """Destroy dropped uploads with their keys; how many there were."""
        found = self._door.read_now(lambda tx: _file_store.dropped(tx, 100))
        for each in found:
            if each.id not in self._busy:
                self._destroy(each)
        return len(found)

    def _destroy(self, dropped: Upload) -> None:
        """The row goes last: whatever ends this process, another sweep goes on."""
        self.vault.destroy(dropped.id, dropped.size)
        self._door.write_now(lambda tx: _file_store.remove_uploads(tx, [dropped.id]))


def _sent(tx: ReadTx, actor: Actor, cmid: str) -> dict[str, Attached]:
    """The files of the message that was sent under this cmid, so that sending it once more gives its receipt."""
    position = _store.find_by_key(tx, _store.key_of(actor.author, cmid))
    entry = tx.entry(position) if position is not None else None
    if entry is None:
        return {}
    return {
        stored.id: Attached(stored, note, DECIDED)
        for stored, note in paired(entry.fact.files, entry.fact.notes)
    }
