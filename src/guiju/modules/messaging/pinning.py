"""Pins: what stands on top of a group, put there by whoever runs it."""

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging import _change_store, _rules
from guiju.modules.messaging.change_types import MessagePinned, PinRules, TooManyPinsError
from guiju.modules.messaging.changing import check_lasting, find_target, require_by
from guiju.modules.messaging.flooding import count_change
from guiju.modules.policy import service as policy

CONTROL, PIN = "messaging.pins", "messaging.pin"


def pin(tx: WriteTx, actor: Actor, group_id: GroupId, shown: int, *, on: bool) -> None:
    """Put a message on top of its group, or take it off; what is so already is left alone.

    Raises what `find_target` raises, BurningError, NotAllowedError, TooManyPinsError or FloodError.
    """
    target = find_target(tx, actor, group_id, shown)
    use = _rules.use_in(policy.uses(tx, CONTROL), target.group.group_class)
    permit = require_by(tx, actor, PIN, group_id, use)
    pinned = _change_store.pins(tx, group_id)
    if (shown in pinned) == on:
        return
    check_lasting(tx, shown)
    most = (use.params if use is not None else PinRules()).most
    if on and len(pinned) >= most:
        clause = use.mark() if use is not None else None
        raise TooManyPinsError("Take another message off first.", most=most, clause=clause)
    count_change(tx, actor.person_id, group_id)
    tx.record(permit, MessagePinned(group_id, (shown,), on))
