"""Who may write in a group, and what keeps them from it."""

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId
from guiju.kernel.permit import Permit
from guiju.modules.groups import direct
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import (
    Group,
    GroupClosedError,
    GroupKind,
    GroupNotFoundError,
    GroupState,
    Member,
)
from guiju.modules.messaging import writers
from guiju.modules.messaging.types import (
    InvitationOpenError,
    NoMessagesHereError,
    RulesNotSignedError,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import INSIDE, PRESENT, MemberState

SEND = "messaging.send"


def sender_place(tx: ReadTx, actor: Actor, group_id: GroupId) -> tuple[Group, Member, Permit]:
    """The sender's place in an open group, and leave to write there; outsiders learn nothing.

    A person's depends on the group and its members only, so whatever changes either forgets it. A refusal is not
    remembered, and neither is a bot's place. What stands between two people depends on the time too, so whoever
    remembers a place asks `direct.check_writable` again.
    """
    group = groups.find_group(tx, group_id)
    member = writers.place_of(tx, actor, group_id)
    if group is None or member is None or member.state not in INSIDE:
        raise GroupNotFoundError("There is no such group.", group=group_id)
    if group.state is not GroupState.ACTIVE:
        raise GroupClosedError("The group is closed.", group=group_id)
    if group.kind is GroupKind.EXTERNAL_TOOL:
        raise NoMessagesHereError("This group lives on another tool.", group=group_id)
    if member.state not in PRESENT or groups.has_new_rules(tx, group, member):
        raise_not_entered(tx, member)
    permit = policy.require(tx, actor, SEND, group_id)
    direct.check_writable(tx, group, member.person)
    return group, member, permit


def raise_not_entered(tx: ReadTx, member: Member) -> None:
    """Raises InvitationOpenError or RulesNotSignedError, with the clause that wants the step before."""
    if member.state is MemberState.INVITED:
        uses = policy.uses(tx, "groups.invitation")
        raise InvitationOpenError(
            "Accept the invitation first.", clause=uses[0].mark() if uses else None
        )
    uses = policy.uses(tx, "groups.rules")
    raise RulesNotSignedError(
        "Sign the group's rules first.", clause=uses[0].mark() if uses else None
    )
