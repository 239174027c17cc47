"""Drafts: what one began to write in a group or in a thread, the same on all of one's screens. Of each the one that was
written last counts.
"""

from collections.abc import Sequence

import msgspec

from guiju.kernel.actor import Actor
from guiju.kernel.clock import Clock
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.gate import Door
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.shapes import decode
from guiju.ledger.notes import Notes
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import GroupNotFoundError, MemberChanged
from guiju.modules.identity.types import AccountClosed
from guiju.modules.messaging import _store, _unsent_store, waiting_files
from guiju.modules.messaging.change_types import MessageNotFoundError
from guiju.modules.messaging.unsent_types import DraftRow, Written
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import INSIDE

_encode = msgspec.json.encode


# ---- verbs ------------------------------------------------------------------------------------------------------


def check_place(tx: ReadTx, actor: Actor, group: GroupId, thread: int | None) -> None:
    """Raises GroupNotFoundError unless the actor sees the group in their list, MessageNotFoundError for no message there."""
    member = groups.find_member(tx, group, actor.person_id)
    groups.get_group(tx, actor, group)
    if member is None or member.state not in INSIDE:
        raise GroupNotFoundError("There is no such group.", group=group)
    if thread is not None and (
        thread < member.visible_from or _store.find_shown(tx, group, thread) is None
    ):
        raise MessageNotFoundError("There is no such message.", position=thread)


def keep(tx: WriteTx, actor: Actor, draft: DraftRow) -> bool:
    """Keep a draft; False when a later one is there. Raises GroupNotFoundError or MessageNotFoundError."""
    check_place(tx, actor, draft.group, draft.thread)
    return _unsent_store.save_draft(tx, actor.person_id, draft)


def list_drafts(tx: ReadTx, actor: Actor) -> Sequence[DraftRow]:
    """The actor's drafts in groups that they are still in, also those that were given up. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.save")
    inside = {
        group
        for group, member in groups.places_of(tx, actor.person_id).items()
        if member.state in INSIDE
    }
    found = _unsent_store.drafts(tx, actor.person_id)
    return [draft for draft in found if draft.group in inside]


def forget(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Remove what nobody will send: the drafts of those who left a group, and all that a closed account had."""
    for entry in entries:
        match entry.fact:
            case MemberChanged(group=group, person=person, state=state) if state not in INSIDE:
                _unsent_store.forget_drafts(tx, person, group)
            case AccountClosed(person=person):
                _unsent_store.forget_drafts(tx, PersonId(person))
                _unsent_store.forget_scheduled(tx, PersonId(person))
                waiting_files.let_go(tx, PersonId(person))
            case _:
                pass


# ---- beside the lane --------------------------------------------------------------------------------------------


class Drafts:
    """Seals drafts before they come to the lane, and opens them. Its methods wait: call them from threads."""

    def __init__(self, door: Door, notes: Notes, clock: Clock) -> None:
        self._door = door
        self._notes = notes
        self._clock = clock

    def keep(self, actor: Actor, group: GroupId, written: Written, at: int) -> int | None:
        """Keep what was written at `at` (ms); when that is, or None when a later draft is there already.

        A screen whose clock is ahead does not win for ever: nothing was written after now. Raises what `keep` raises.
        """
        self._door.read_now(lambda tx: check_place(tx, actor, group, written.thread))
        now = self._clock.now()
        is_given_up = not written.text.strip()
        sealed = b"" if is_given_up else self._sealed(actor, group, written, now)
        draft = DraftRow(group, min(at, now), sealed, written.thread)
        kept = self._door.write_now(lambda tx: keep(tx, actor, draft))
        return draft.at if kept else None

    def all_of(self, actor: Actor) -> list[tuple[DraftRow, Written]]:
        """The actor's drafts; the text of one that was given up is empty. Raises NotAllowedError."""
        found = []
        for draft in self._door.read_now(lambda tx: list_drafts(tx, actor)):
            if not draft.sealed:
                found.append((draft, Written("", thread=draft.thread)))
                continue
            plain = self._notes.open(
                actor.person_id, _label(draft.group, draft.thread), draft.sealed
            )
            if plain is not None:
                found.append((draft, decode(plain, Written)))
        return found

    def _sealed(self, actor: Actor, group: GroupId, written: Written, now: int) -> bytes:
        label = _label(group, written.thread)
        return self._notes.seal(actor.person_id, label, _encode(written), now)


def _label(group: GroupId, thread: int | None) -> str:
    return f"draft/{group}" if thread is None else f"draft/{group}/{thread}"
