"""What each member keeps for themselves: how their list shows a group, and the messages that they put aside."""

from collections.abc import Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.kernel.page import check_limit
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.messaging import _personal_store, changes
from guiju.modules.messaging.change_types import UNCHANGED, MessageNotFoundError
from guiju.modules.messaging.changing import check_lasting
from guiju.modules.messaging.personal_types import (
    PLAIN,
    Saved,
    SavedKind,
    Settings,
    TooMuchSavedError,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import INSIDE

MOST_SAVED = 2000


def set_settings(
    tx: WriteTx, actor: Actor, group: GroupId, *,
    is_pinned: bool | None, is_muted: bool | None, is_marked: bool | None,
) -> Settings:  # fmt: skip
    """Change how the actor's list shows a group; what is None stays. Raises GroupNotFoundError."""
    groups.get_group(tx, actor, group)
    member = groups.find_member(tx, group, actor.person_id)
    if member is None or member.state not in INSIDE:
        raise GroupNotFoundError("There is no such group.", group=group)
    known = _personal_store.settings(tx, actor.person_id).get(group, PLAIN)
    wanted = Settings(
        known.is_pinned if is_pinned is None else is_pinned,
        known.is_muted if is_muted is None else is_muted,
        known.is_marked if is_marked is None else is_marked,
    )
    _personal_store.save_settings(tx, actor.person_id, group, wanted)
    return wanted


def save(tx: WriteTx, actor: Actor, kind: SavedKind, position: int) -> Saved:
    """Put a message aside; again is harmless. Raises NotAllowedError, MessageNotFoundError, BurningError or
    TooMuchSavedError.
    """
    policy.require(tx, actor, "messaging.save")
    entry = _get_message(tx, actor, position)
    assert entry.group is not None, "a message is in a group"
    check_lasting(tx, position)
    if _personal_store.count_saved(tx, actor.person_id, kind) >= MOST_SAVED:
        raise TooMuchSavedError("The list is full.", most=MOST_SAVED)
    saved = Saved(kind, entry.group, position, tx.now)
    _personal_store.save(tx, actor.person_id, saved)
    return saved


def drop_saved(tx: WriteTx, actor: Actor, kind: SavedKind, position: int) -> None:
    """Take a message off the list; one that is not on it is no matter. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.save")
    _personal_store.drop_saved(tx, actor.person_id, kind, position)


def list_saved(
    tx: ReadTx, actor: Actor, kind: SavedKind, *, before: int | None, limit: int
) -> tuple[Sequence[tuple[Saved, Recorded]], bool]:
    """What the actor put aside and may still see, the latest first; whether there is more. No page is empty before the last.

    Raises NotAllowedError or BadLimitError.
    """
    policy.require(tx, actor, "messaging.save")
    wanted = check_limit(limit)
    while True:
        found = _personal_store.saved(tx, actor.person_id, kind, before=before, limit=wanted + 1)
        shown = _still_seen(tx, actor, found[:wanted])
        if shown or len(found) <= wanted:
            return shown, len(found) > wanted
        before = found[wanted - 1].at


def _still_seen(tx: ReadTx, actor: Actor, found: Sequence[Saved]) -> list[tuple[Saved, Recorded]]:
    """Those of the messages that the actor may read, with their entries."""
    shown = []
    for saved in found:
        try:
            shown.append((saved, _get_message(tx, actor, saved.position)))
        except MessageNotFoundError:  # the right to read it has ended since
            continue
    return shown


def _get_message(tx: ReadTx, actor: Actor, position: int) -> Recorded:
    """The message at `position`, wherever it is, unless it was recalled. Raises MessageNotFoundError, whatever the reason."""
    entry = tx.entry(position)
    try:
        if entry is not None and entry.group is not None:
            found = changes.get_message(tx, actor, entry.group, position)
            if changes.load(tx, [found]).get(position, UNCHANGED).recall is None:
                return found
    except GuijuError as refusal:
        raise MessageNotFoundError("There is no such message.", position=position) from refusal
    raise MessageNotFoundError("There is no such message.", position=position)
