"""What every change of a message asks first: one's place in an open group, and a message there that one may see."""

from dataclasses import dataclass

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.kernel.permit import Permit
from guiju.modules.groups.types import Group, Member
from guiju.modules.messaging import _burn_store, _rules, _store
from guiju.modules.messaging.burn_types import BurningError
from guiju.modules.messaging.change_types import AlreadyRecalledError, MessageNotFoundError
from guiju.modules.messaging.placing import sender_place
from guiju.modules.messaging.topic_types import MovedAsideError
from guiju.modules.messaging.types import Row
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Use


@dataclass(frozen=True, slots=True)
class Target:
    """A message as somebody meets it who is about to change it."""

    group: Group
    member: Member
    row: Row
    entry: Recorded


def find_target(tx: ReadTx, actor: Actor, group_id: GroupId, shown: int) -> Target:
    """The message that appears at `shown`.

    Raises GroupNotFoundError, GroupClosedError, NoMessagesHereError, RulesNotSignedError, NotAllowedError,
    MessageNotFoundError, AlreadyRecalledError or MovedAsideError.
    """
    group, member, _ = sender_place(tx, actor, group_id)
    row = find_standing(tx, group_id, shown, visible_from=member.visible_from)
    check_in_place(row)
    entry = tx.entry(shown)
    assert entry is not None, "the table names the entry"
    return Target(group, member, row, entry)


def find_standing(tx: ReadTx, group: GroupId, shown: int, *, visible_from: int) -> Row:
    """The row of a message that was not recalled. Raises MessageNotFoundError or AlreadyRecalledError."""
    row = _store.find_shown(tx, group, shown)
    if row is None or shown < visible_from:
        raise MessageNotFoundError("There is no such message.", position=shown)
    if row.recalled is not None:
        raise AlreadyRecalledError("This message was recalled.", position=shown)
    return row


def check_in_place(row: Row) -> None:
    """Raises MovedAsideError."""
    if row.moved is not None:
        raise MovedAsideError("This message was moved aside.", position=row.shown)


def check_lasting(tx: ReadTx, shown: int) -> None:
    """Raises BurningError for a message that burns after reading: nothing else may keep it or go on with it."""
    if _burn_store.burns(tx, shown):
        raise BurningError("This message burns after reading.", position=shown)


def require_by(tx: ReadTx, actor: Actor, operation: str, group: GroupId, use: Use | None) -> Permit:
    """The permit for what a clause gives to those who run a group, under that clause.

    Raises NotAllowedError, which names it, with what is allowed instead.
    """
    if not policy.may(tx, actor, operation, group):
        raise _rules.not_allowed(operation, use)
    permit = policy.require(tx, actor, operation, group)
    return permit.under(use.id) if use is not None else permit
