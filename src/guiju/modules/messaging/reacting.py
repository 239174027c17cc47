"""Reactions: an answer of one sign, which needs no message of its own."""

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging import _change_store
from guiju.modules.messaging.change_types import MessageReacted, Reaction
from guiju.modules.messaging.changing import find_target
from guiju.modules.messaging.flooding import count_change
from guiju.modules.policy import service as policy


def react(
    tx: WriteTx, actor: Actor, group: GroupId, shown: int, reaction: Reaction, *, on: bool
) -> None:
    """Answer a message with a reaction, or take it back; what is so already is left alone.

    Raises what `find_target` raises, and FloodError.
    """
    find_target(tx, actor, group, shown)
    permit = policy.require(tx, actor, "messaging.react", group)
    if _change_store.has_reacted(tx, shown, actor.person_id, reaction) != on:
        count_change(tx, actor.person_id, group)
        tx.record(permit, MessageReacted(group, (shown,), reaction, on))
