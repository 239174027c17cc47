"""Recalling: authors take back what they wrote, for a while; whoever runs the group takes down what must not stand.

The sealed original stays in the ledger and provable; nobody is shown it any more.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.clock import MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.kernel.live import View
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, GroupClosedError, GroupState, Member
from guiju.modules.messaging import _change_shape, _rules
from guiju.modules.messaging.change_types import (
    Changed,
    MessageRecalled,
    Recall,
    RecallLateError,
    RecallRules,
    TakingDown,
)
from guiju.modules.messaging.changing import find_standing
from guiju.modules.messaging.placing import sender_place
from guiju.modules.messaging.types import ReasonNeededError, Row
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT, Use

Json = dict[str, Any]
OWN, OTHERS = "messaging.recall", "messaging.taking_down"
REEDIT = 5 * MINUTE
_OVERSEER = "audit_admin"


def recall(
    tx: WriteTx, actor: Actor, group_id: GroupId, shown: int, *, reason: str | None = None
) -> Recall:
    """Take a message back; its author gets the text, to write it anew.

    Raises GroupNotFoundError, GroupClosedError, NoMessagesHereError, RulesNotSignedError, MessageNotFoundError,
    AlreadyRecalledError, RecallLateError, ReasonNeededError or NotAllowedError.
    """
    group, member = _place(tx, actor, group_id)
    visible_from = member.visible_from if member is not None else 0
    row = find_standing(tx, group_id, shown, visible_from=visible_from)
    permit = policy.require(tx, actor, OWN, group_id)
    use = _leave(tx, actor, group, member, row, reason)
    acted = permit.under(use.id) if use is not None else permit
    text = _written(tx, row) if row.sender == actor.person else None
    entry = tx.record(acted, MessageRecalled(group_id, (shown,), reason))
    return Recall(entry.position, text, tx.now + REEDIT if text is not None else None)


def standings(view: View, actor: Actor, found: Sequence[Changed]) -> list[Json]:
    """For pages that show messages apart from their groups: who recalled each, or whether the actor may take it down.

    What depends on the group is asked once for each group.
    """
    runs_from = cache(lambda group: _runs_from(view.tx, actor, group))

    def takes_down(row: Row | None) -> bool:
        if row is None or row.shown is None or row.recalled is not None:
            return False
        if row.sender == actor.person:
            return False
        first = runs_from(row.group)
        return first is not None and row.shown >= first

    return [
        {
            "recalled": _change_shape.by_whom(view, each.recall),
            "by_author": _is_by_author(each),
            "takes_down": takes_down(each.row),
        }
        for each in found
    ]


def _is_by_author(changed: Changed) -> bool:
    recall, row = changed.recall, changed.row
    return recall is not None and row is not None and recall.actor == row.sender


def standing(view: View, actor: Actor, changed: Changed) -> Json:
    """The same for a page that shows one message."""
    return standings(view, actor, [changed])[0]


def _runs_from(tx: ReadTx, actor: Actor, group_id: GroupId) -> int | None:
    """From where on `recall` would let the actor take down, with a reason, messages of others; None where it would not."""
    try:
        group, member = _place(tx, actor, group_id)
    except (ConflictError, ForbiddenError, NotFoundError):
        return None
    if not policy.may(tx, actor, OWN, group_id) or not _runs(tx, actor, group, member):
        return None
    return member.visible_from if member is not None else 0


def _place(tx: ReadTx, actor: Actor, group_id: GroupId) -> tuple[Group, Member | None]:
    """The actor's place in the group; None for the auditor, who takes messages down without reading the group."""
    group = groups.find_group(tx, group_id)
    if group is not None and _OVERSEER in policy.roles_of(tx, actor):
        member = groups.find_member(tx, group_id, actor.person_id)
        if member is None or member.state not in PRESENT:
            if group.state is not GroupState.ACTIVE:
                raise GroupClosedError("The group is closed.", group=group_id)
            return group, None
    group, member, _ = sender_place(tx, actor, group_id)
    return group, member


def _leave(
    tx: ReadTx, actor: Actor, group: Group, member: Member | None, row: Row, reason: str | None
) -> Use | None:
    """The use under which the message goes; None where no clause speaks of it. Raises what `recall` refuses with."""
    own = _rules.use_in(policy.uses(tx, OWN), group.group_class)
    minutes = (own.params if own is not None else RecallRules()).minutes
    is_author, appeared = row.sender == actor.person, tx.entry(row.shown or 0)
    assert appeared is not None, "the table names the entry"
    if is_author and minutes and tx.now <= appeared.at + minutes * MINUTE:
        return own
    others = _use_of_others(tx, group)
    if _runs(tx, actor, group, member):
        if not reason:
            raise ReasonNeededError("To take a message down needs a reason.")
        return others
    if is_author:
        clause = own.mark() if own is not None else None
        raise RecallLateError("It is too late to recall it.", minutes=minutes, clause=clause)
    raise _rules.not_allowed(OWN, others)


def _runs(tx: ReadTx, actor: Actor, group: Group, member: Member | None) -> bool:
    """Whether others' messages are the actor's to take down here: the auditor's everywhere."""
    others = _use_of_others(tx, group)
    roles = (others.params if others is not None else TakingDown()).roles
    return member is None or member.role in roles or _OVERSEER in policy.roles_of(tx, actor)


def _use_of_others(tx: ReadTx, group: Group) -> Use | None:
    return _rules.use_in(policy.uses(tx, OTHERS), group.group_class)


def _written(tx: ReadTx, row: Row) -> str | None:
    """The text as its author last wrote it; nobody gets that of a message that burns once more."""
    entry = tx.entry(row.edited if row.edited is not None else row.shown or 0)
    assert entry is not None, "the table names the entry"
    if getattr(entry.fact, "burn", None) is not None:
        return None
    text = str(getattr(entry.fact, "original", None) or entry.fact.text)
    forward = getattr(entry.fact, "forward", None)
    return text if forward is None else text[: forward.comment_end]
