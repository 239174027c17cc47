"""Whom a message is for: everybody, by those who may and know how many people that is, or the readers of a thread."""

from dataclasses import dataclass

from guiju.kernel.clock import DAY, MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, is_bot
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, GroupKind, Member
from guiju.modules.messaging import _change_store, _rules, _store, _topic_store
from guiju.modules.messaging.change_types import (
    ALL,
    AllRules,
    BadThreadError,
    ConfirmMembersError,
    MentionAllLimitError,
    MentionAllNotAllowedError,
)
from guiju.modules.messaging.changing import check_in_place, check_lasting
from guiju.modules.messaging.topic_types import FREEZING, ThreadFrozenError
from guiju.modules.messaging.types import Send
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Use

CONTROL = "messaging.mention_all"
_WITHOUT_A_CLAUSE = AllRules(per_day=10)


@dataclass(frozen=True, slots=True)
class Everybody:
    """What a mention of everybody would be: `people` without oneself, `left` times today, by those with `roles`."""

    may: bool
    people: int
    left: int
    roles: tuple[str, ...]
    use: Use | None


def everybody(tx: ReadTx, group: Group, member: Member) -> Everybody:
    """Whether the member may mention everybody in the group, and how many people that reaches."""
    use = _rules.use_in(policy.uses(tx, CONTROL), group.group_class)
    rules: AllRules = use.params if use is not None else _WITHOUT_A_CLAUSE
    may = group.kind is not GroupKind.DIRECT and member.role in rules.roles
    made = _change_store.count_mentions_of_all(tx, group.id, _begin_of_day(tx))
    others = groups.count_present(tx, [group.id]).get(group.id, 0) - 1
    return Everybody(may, others, max(0, rules.per_day - made), rules.roles, use)


def check_all(tx: ReadTx, send: Send, group: Group, member: Member) -> None:
    """Raises MentionAllNotAllowedError, MentionAllLimitError or ConfirmMembersError for a message that mentions all."""
    if ALL not in send.mentions or send.is_imported:
        return
    if group.kind is GroupKind.DIRECT:
        raise MentionAllNotAllowedError("There is only one to mention here.")
    found = everybody(tx, group, member)
    clause = found.use.mark() if found.use is not None else None
    if not found.may:
        raise MentionAllNotAllowedError("You cannot mention everybody here.", clause=clause)
    if found.left < 1:
        wait = (_begin_of_day(tx) + DAY - tx.now + 999) // 1000
        raise MentionAllLimitError(
            "Everybody was mentioned often enough today.", retry_after=wait, clause=clause
        )
    members = found.people + 1
    if send.members != members and not is_bot(send.person):  # a bot has nobody who could confirm
        raise ConfirmMembersError("Confirm how many people you mention.", members=members)


def _begin_of_day(tx: ReadTx) -> int:
    """When today began (ms) where the organisation works."""
    offset = policy.get_pack(tx).calendar.utc_offset * MINUTE
    return (tx.now + offset) // DAY * DAY - offset


def check_thread(tx: ReadTx, group: GroupId, root: int, member: Member) -> None:
    """Raises BadThreadError unless a thread begins, or may begin, at `root`; MovedAsideError, BurningError or
    ThreadFrozenError.
    """
    row = _store.find_shown(tx, group, root)
    if row is None or row.recalled is not None or root < member.visible_from:
        raise BadThreadError("There is no such message to reply to.", thread=root)
    if row.thread is not None:
        raise BadThreadError("Reply to the first message of the thread.", thread=root)
    check_in_place(row)
    check_lasting(tx, root)
    check_open(tx, group, root)


def check_quoted(tx: ReadTx, group: GroupId, quote: int) -> None:
    """Raises MovedAsideError or ThreadFrozenError: a quote would go on with what was moved or frozen."""
    row = _store.find_shown(tx, group, quote)
    if row is not None:
        check_in_place(row)
        check_open(tx, group, row.thread if row.thread is not None else quote)


def check_open(tx: ReadTx, group: GroupId, root: int) -> None:
    """Raises ThreadFrozenError for the thread of the message at `root`."""
    at = _topic_store.frozen_at(tx, root)
    if at is None:
        return
    found, frozen = groups.find_group(tx, group), tx.entry(at)
    assert found is not None and frozen is not None, "the table names the entry"
    use = _rules.use_in(policy.uses(tx, FREEZING), found.group_class)
    clause = use.mark() if use is not None else None
    raise ThreadFrozenError(
        "This thread is frozen.", thread=root, reason=frozen.fact.reason, clause=clause
    )
