"""Messages that wait for their time: sealed until then, and sent through the gate as if their author sent them now.

The row is the timer. It goes in the transaction in which its message is recorded, so whatever ends this process, the
message is sent once; and should it be asked for again, its cmid gives the first receipt.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, MINUTE, Clock
from guiju.kernel.db import DatabaseUnavailableError, ReadTx
from guiju.kernel.errors import GuijuError, NotReadyError
from guiju.kernel.gate import Door
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.shapes import decode
from guiju.ledger.errors import LedgerError
from guiju.ledger.notes import Notes
from guiju.modules.messaging import _store, _unsent_store, origins, waiting_files
from guiju.modules.messaging.burn_types import BadBurnError
from guiju.modules.messaging.composing import Body, Draft, check_ids, prepare
from guiju.modules.messaging.file_types import (
    Attached,
    FileNote,
    FileNotReadyError,
    FileStaleError,
)
from guiju.modules.messaging.inspecting import Inspector
from guiju.modules.messaging.placing import sender_place
from guiju.modules.messaging.quiet_types import QuietHoursError
from guiju.modules.messaging.sending import receipt_of, send_many, use_of
from guiju.modules.messaging.types import (
    BadMessageError,
    CmidReusedError,
    FloodError,
    MessageState,
    PaceError,
    Receipt,
    Send,
)
from guiju.modules.messaging.unsent_types import (
    FAILED_KEPT,
    BadScheduleError,
    Scheduled,
    ScheduledNotFoundError,
    TooManyScheduledError,
    Waiting,
)
from guiju.modules.messaging.uploading import Uploads
from guiju.modules.policy import service as policy

SOONEST = MINUTE
FARTHEST = 60 * DAY
MOST = 50
_PAUSE = MINUTE
_BATCH = 50
WARNED = "messaging.confirm_needed"
"""Why a message failed whose author is asked first: nobody was there to answer."""
LOST = "messaging.scheduled_lost"
"""Why a message failed whose sealed text does not open any more."""
_log = logging.getLogger("guiju.messaging")
Tell = Callable[[PersonId, dict[str, Any]], None]
"""Show something on the screens of a person; from any thread."""


# ---- verbs ------------------------------------------------------------------------------------------------------


def schedule(tx: WriteTx, actor: Actor, wanted: Scheduled, files: Sequence[str] = ()) -> None:
    """Have a message sent later; the same cmid again changes it. Whether it may be sent is asked when it is.

    Raises what `sender_place` raises, BadScheduleError, CmidReusedError, TooManyScheduledError or FileNotReadyError.
    """
    sender_place(tx, actor, wanted.group)
    if not tx.now + SOONEST <= wanted.due_at <= tx.now + FARTHEST:
        raise BadScheduleError("The time is a minute to 60 days ahead.", at=wanted.due_at)
    if _store.find_by_key(tx, _store.key_of(actor.person_id, wanted.cmid)) is not None:
        raise CmidReusedError("This message was sent.", cmid=wanted.cmid)
    is_new = _unsent_store.find_scheduled(tx, actor.person_id, wanted.cmid) is None
    if is_new and _unsent_store.count_scheduled(tx, actor.person_id) >= MOST:
        raise TooManyScheduledError("So many messages cannot wait.", most=MOST)
    waiting_files.keep(tx, wanted, files)
    _unsent_store.save_scheduled(tx, wanted)


def get_scheduled(tx: ReadTx, actor: Actor, cmid: str) -> Scheduled:
    """A message of the actor's that waits or failed. Raises NotAllowedError or ScheduledNotFoundError."""
    policy.require(tx, actor, "messaging.save")
    found = _unsent_store.find_scheduled(tx, actor.person_id, cmid)
    if found is None:
        raise ScheduledNotFoundError("There is no such message.", cmid=cmid[:64])
    return found


def waiting_or_sent(tx: ReadTx, actor: Actor, cmid: str) -> Scheduled | Receipt:
    """A message of the actor's that waits or failed, or the receipt of one that was sent meanwhile.

    Raises NotAllowedError or ScheduledNotFoundError.
    """
    policy.require(tx, actor, "messaging.save")
    found = _unsent_store.find_scheduled(tx, actor.person_id, cmid)
    if found is not None:
        return found
    position = _store.find_by_key(tx, _store.key_of(actor.person_id, cmid))
    entry = tx.entry(position) if position is not None else None
    if entry is None:
        raise ScheduledNotFoundError("There is no such message.", cmid=cmid[:64])
    return receipt_of(cmid, entry, use_of(tx, entry))


def list_scheduled(tx: ReadTx, actor: Actor) -> Sequence[Scheduled]:
    """The actor's messages that wait or failed, the next one first. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.save")
    return _unsent_store.scheduled(tx, actor.person_id)


def cancel(tx: WriteTx, actor: Actor, cmid: str) -> Scheduled:
    """Never send it. Raises NotAllowedError or ScheduledNotFoundError."""
    found = get_scheduled(tx, actor, cmid)
    _remove(tx, found)
    return found


def _remove(tx: WriteTx, found: Scheduled) -> None:
    """It is gone, with what it would have taken along; what went with a message is no upload any more."""
    _unsent_store.remove_scheduled(tx, found.person, found.cmid)
    waiting_files.let_go(tx, found.person, found.cmid)


def postpone(tx: WriteTx, read: Scheduled, later: int) -> None:
    """Try it again `later`, unless it was changed or cancelled since it was `read`."""
    if _unsent_store.find_scheduled(tx, read.person, read.cmid) == read:
        _unsent_store.postpone(tx, read.person, read.cmid, later)


def send_now(
    tx: WriteTx, inspector: Inspector, actor: Actor, read: Scheduled, send: Send
) -> Receipt:
    """Send it before its time, or although it failed; one that a rule warns of goes on waiting. Where it was sent
    meanwhile, its receipt.

    Raises ScheduledNotFoundError, also when another screen changed it since it was `read`, and what `send_many` answers.
    """
    current = waiting_or_sent(tx, actor, send.cmid)
    if isinstance(current, Receipt):
        return current
    if current != read:
        raise ScheduledNotFoundError("It was changed on another screen.", cmid=send.cmid)
    (answer,) = send_many(tx, inspector, [send])
    if isinstance(answer, GuijuError):
        raise answer
    if answer.state is not MessageState.WARNED:
        _remove(tx, read)
    return answer


def send_due(
    tx: WriteTx, inspector: Inspector, read: Scheduled, send: Send | GuijuError | None
) -> Scheduled | None:
    """Send a message whose time has come, under its author's rights of this moment; what became of it.

    None when it was sent, changed or cancelled since it was `read`, or comes a little later. `send` is None for one
    that does not open any more, and a refusal for one whose files cannot go. Raises FileStaleError.
    """
    found = _unsent_store.find_scheduled(tx, read.person, read.cmid)
    if found != read or found.state is not Waiting.WAITING or found.due_at > tx.now:
        return None
    if send is None:
        return _failed(tx, found, LOST, None)
    (answer,) = (send,) if isinstance(send, GuijuError) else send_many(tx, inspector, [send])
    match answer:
        case FileStaleError():
            raise answer
        case QuietHoursError(data={"then": "queue", "until": until}):
            _unsent_store.postpone(tx, found.person, found.cmid, int(str(until)))
            return None
        case FloodError() | PaceError():
            wait = int(str(answer.data["retry_after"])) * 1000
            _unsent_store.postpone(tx, found.person, found.cmid, tx.now + wait)
            return None
        case GuijuError():
            clause = answer.data.get("clause")
            return _failed(
                tx, found, answer.code, dict(clause) if isinstance(clause, dict) else None
            )
        case Receipt(state=MessageState.WARNED):
            return _failed(tx, found, WARNED, answer.clause)
        case _:
            _remove(tx, found)
            return replace(found, state=Waiting.SENT)


def _failed(tx: WriteTx, found: Scheduled, code: str, clause: dict[str, Any] | None) -> Scheduled:
    # After a standstill long after its time: it is kept from when its author can know.
    failed = replace(found, due_at=tx.now, state=Waiting.FAILED, code=code, clause=clause)
    _unsent_store.save_scheduled(tx, failed)
    return failed


def let_go(tx: WriteTx, read: Sequence[Scheduled]) -> list[Scheduled]:
    """Forget messages that failed long ago; those of them that nobody changed, sent or cancelled since they were `read`."""
    gone = [
        each for each in read if _unsent_store.find_scheduled(tx, each.person, each.cmid) == each
    ]
    for each in gone:
        _remove(tx, each)
    return gone


# ---- beside the lane --------------------------------------------------------------------------------------------


class Schedule:
    """Seals what waits, and sends it in time. Its methods wait: call them from threads."""

    def __init__(
        self, door: Door, notes: Notes, inspector: Inspector, clock: Clock, tell: Tell,
        uploads: Uploads | None = None,
    ) -> None:  # fmt: skip
        """Without `uploads`, as for a demonstration that is being made, no files wait."""
        self._door = door
        self._notes = notes
        self._inspector = inspector
        self._clock = clock
        self._tell = tell
        self._uploads = uploads

    def add(self, actor: Actor, group: GroupId, cmid: str, body: Body, at: int) -> Scheduled:
        """Have a message sent at `at` (ms). Raises what `schedule` raises, and BadMessageError."""
        if (
            body.burn is not None
        ):  # its text would lie here until then, for its author to read again
            raise BadBurnError("What burns is sent at once.", field="burn")
        files = self._files(actor, cmid, body)
        send = prepare(self._inspector, Draft(actor, group, cmid, body, files))
        # Now its author can be asked where its files come from; when its time has come nobody can.
        self._door.read_now(lambda tx: origins.check(tx, sender_place(tx, actor, group)[0], send))
        plain = msgspec.json.encode(body)
        sealed = self._notes.seal(actor.person_id, _label(cmid), plain, self._clock.now())
        wanted = Scheduled(actor.person_id, cmid, group, at, sealed)
        self._door.write_now(lambda tx: schedule(tx, actor, wanted, body.files))
        self._tell(actor.person_id, frame(wanted))
        return wanted

    def all_of(self, actor: Actor) -> list[tuple[Scheduled, Body]]:
        """The actor's messages that wait or failed. Raises NotAllowedError."""
        found = self._door.read_now(lambda tx: list_scheduled(tx, actor))
        return [(each, self._body(each) or Body("")) for each in found]

    def cancel(self, actor: Actor, cmid: str) -> None:
        """Never send it. Raises what `cancel` raises."""
        gone = self._door.write_now(lambda tx: cancel(tx, actor, cmid))
        self._tell(actor.person_id, frame(replace(gone, state=Waiting.CANCELLED)))

    def send_now(self, actor: Actor, cmid: str, confirm: str | None) -> Receipt:
        """Send it before its time; asked once more, its receipt. Raises what `send_now` raises."""
        found = self._door.read_now(lambda tx: waiting_or_sent(tx, actor, cmid))
        if isinstance(found, Receipt):
            return found
        body = self._body(found)
        if body is None:
            raise ScheduledNotFoundError("There is no such message.", cmid=cmid[:64])
        body = msgspec.structs.replace(body, confirm=confirm)

        def go() -> Receipt:
            send = self._prepared(found, body)
            return self._door.write_now(
                lambda tx: send_now(tx, self._inspector, actor, found, send)
            )

        try:
            done = go()
        except FileStaleError:
            self._look_again(found, body)
            done = go()
        if done.state is not MessageState.WARNED:
            self._tell(actor.person_id, frame(replace(found, state=Waiting.SENT)))
        return done

    def run_due(self) -> int:
        """Send what is due; how many there were. What breaks is tried again a minute later, and holds up no other.

        What failed long ago goes. Raises DatabaseUnavailableError.
        """
        found, old = self._door.read_now(_due_and_old)
        for each in found:
            self._send_due(each)
        if old:
            for gone in self._door.write_now(lambda tx: let_go(tx, old)):
                self._tell(gone.person, frame(replace(gone, state=Waiting.CANCELLED)))
        return len(found)

    def _send_due(self, found: Scheduled) -> None:
        try:
            body = self._body(found)
            done = self._try_due(found, body)
            if isinstance(done, FileStaleError) and body is not None:
                done = self._try_due(found, body, anew=True)
        except (LedgerError, GuijuError, msgspec.MsgspecError) as error:
            self._postpone(found, error)
            return
        if isinstance(done, DatabaseUnavailableError):
            raise done
        if isinstance(done, BaseException):
            self._postpone(found, done)
        elif done is not None:
            self._tell(done.person, frame(done))

    def _try_due(
        self, found: Scheduled, body: Body | None, *, anew: bool = False
    ) -> Scheduled | BaseException | None:
        """One try, by a new look at its files where the rules have changed since they were inspected."""
        send: Send | GuijuError | None = None
        if body is not None:
            try:
                if anew:
                    self._look_again(found, body)
                send = self._prepared(found, body)
            except (BadMessageError, NotReadyError):  # a bug, or an outage that passes
                raise
            except GuijuError as refusal:  # of its files, or of its author's place
                if not body.files:
                    raise
                send = refusal
        return self._door.outcome_now(lambda tx: send_due(tx, self._inspector, found, send))

    def _look_again(self, found: Scheduled, body: Body) -> None:
        assert self._uploads is not None, "files are taken by whoever looks at them"
        self._uploads.look_again(Actor(found.person), body.files)

    def _files(self, actor: Actor, cmid: str, body: Body) -> tuple[Attached, ...]:
        if not body.files:
            return ()
        check_ids(cmid, body.files)
        if self._uploads is None:
            raise FileNotReadyError("Files do not wait here.", file=body.files[0])
        return self._uploads.attached(actor, cmid, body.files, origins.read(body.origin))

    def shown(self, files: Sequence[str]) -> dict[str, tuple[int, FileNote]]:
        """The files of one's messages that wait: the size of each, and what is shown of it."""
        return self._uploads.shown(files) if self._uploads is not None else {}

    def _postpone(self, found: Scheduled, error: BaseException) -> None:
        _log.error("a scheduled message of %s failed", found.person, exc_info=error)
        later = self._clock.now() + _PAUSE
        self._door.write_now(lambda tx: postpone(tx, found, later))

    def _prepared(self, found: Scheduled, body: Body) -> Send:
        actor = Actor(found.person)
        files = self._files(actor, found.cmid, body)
        return prepare(self._inspector, Draft(actor, found.group, found.cmid, body, files))

    def _body(self, found: Scheduled) -> Body | None:
        plain = self._notes.open(found.person, _label(found.cmid), found.sealed)
        return decode(plain, Body) if plain is not None else None


def _due_and_old(tx: ReadTx) -> tuple[Sequence[Scheduled], Sequence[Scheduled]]:
    """Whose time has come, and who failed too long ago to be kept."""
    old = _unsent_store.failed_until(tx, tx.now - FAILED_KEPT, _BATCH)
    return _unsent_store.due(tx, _BATCH), old


def frame(found: Scheduled) -> dict[str, Any]:
    """What the author's screens are told."""
    told = {"type": "scheduled", "cmid": found.cmid, "group": found.group, "at": found.due_at}
    return told | {"state": found.state, "code": found.code, "clause": found.clause}


def _label(cmid: str) -> str:
    return f"scheduled/{cmid}"
