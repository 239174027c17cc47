"""Decisions about bots: what may be called so, and what ends one."""

from guiju.kernel.text import check_text
from guiju.modules.bots.types import (
    LONGEST_NAME,
    LONGEST_PURPOSE,
    BadBotError,
    EndReason,
    Incoming,
)
from guiju.modules.groups.types import Group, GroupState, Member
from guiju.modules.policy.types import MemberState


def read_text(field: str, typed: str) -> str:
    """The name or the purpose of a bot. Raises BadBotError."""
    longest = LONGEST_NAME if field == "name" else LONGEST_PURPOSE
    try:
        text = check_text(typed).strip()
    except ValueError as error:
        raise BadBotError(str(error), field=field) from error
    if not text or len(text) > longest or (field == "name" and len(text.splitlines()) > 1):
        raise BadBotError(f"It has 1 to {longest} characters.", field=field)
    return text


def end_of(group: Group, place: Member | None, *, certified: bool) -> EndReason | None:
    """What ends a bot of the group now, by where the person stands who answers for it; None while all is well."""
    if group.state is not GroupState.ACTIVE:
        return EndReason.GROUP_CLOSED
    if not certified:
        return EndReason.RESPONSIBLE_SUSPENDED
    if place is None or place.state in (MemberState.LEFT, MemberState.REMOVED):
        return EndReason.RESPONSIBLE_LEFT
    return None


def check_incoming(params: Incoming) -> None:
    """Raises ValueError for a number that no group can have."""
    if not 0 <= params.per_group <= 50:
        raise ValueError("per_group is 0 to 50")
