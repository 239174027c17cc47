"""Keeping to the topic: whoever runs a group moves aside what does not belong there, and freezes a thread that must stop.

Nothing is lost: what is moved stays readable in its drawer and sealed in the ledger, and both can be undone.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.kernel.page import Page, check_limit
from guiju.kernel.permit import Permit
from guiju.modules.directory import service as directory
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, Member
from guiju.modules.messaging import _rules, _store, _topic_store, service
from guiju.modules.messaging.changing import check_in_place, find_standing, require_by
from guiju.modules.messaging.flooding import count_change
from guiju.modules.messaging.placing import sender_place
from guiju.modules.messaging.topic_types import (
    FREEZING,
    OFF_TOPIC,
    Flag,
    FlagsDismissed,
    FlagTooOftenError,
    FreezeRules,
    Frozen,
    MessageFlagged,
    MessageMoved,
    OffTopicRules,
    ThreadFrozen,
)
from guiju.modules.messaging.types import ReasonNeededError, Row
from guiju.modules.policy import service as policy

MOVE, FREEZE, FLAG, READ_FROZEN = (
    "messaging.move", "messaging.freeze", "messaging.flag", "messaging.read_frozen",
)  # fmt: skip
MOST_FROZEN = 200


# ---- moving aside -----------------------------------------------------------------------------------------------


def move(
    tx: WriteTx, actor: Actor, group_id: GroupId, shown: int, *, on: bool, reason: str | None = None
) -> None:
    """Move a message aside as off topic, or back; what is so already is left alone.

    Raises what `sender_place` raises, MessageNotFoundError, AlreadyRecalledError, NotAllowedError, ReasonNeededError,
    FloodError or TextRefusedError.
    """
    group, member, row = _met(tx, actor, group_id, shown)
    permit = _permit_to_move(tx, actor, group, member)
    if (row.moved is not None) == on:
        return
    if on and not reason:
        raise ReasonNeededError("To move a message aside needs a reason.")
    count_change(tx, actor.person_id, group_id)
    tx.record(permit, MessageMoved(group_id, (shown,), on, reason))


def _met(tx: ReadTx, actor: Actor, group_id: GroupId, shown: int) -> tuple[Group, Member, Row]:
    group, member, _ = sender_place(tx, actor, group_id)
    return group, member, find_standing(tx, group_id, shown, visible_from=member.visible_from)


def _permit_to_move(tx: ReadTx, actor: Actor, group: Group, member: Member) -> Permit:
    use = _rules.use_in(policy.uses(tx, OFF_TOPIC), group.group_class)
    permit = require_by(tx, actor, MOVE, group.id, use)
    if member.role not in (use.params if use is not None else OffTopicRules()).roles:
        raise _rules.not_allowed(MOVE, use)
    return permit


def list_moved(
    tx: ReadTx, actor: Actor, group: GroupId, *, before: int | None, limit: int
) -> Page[Recorded]:
    """The newest messages that were moved aside before `before`, in ascending order.

    Raises what `reading_place` raises, and BadLimitError.
    """
    member = service.reading_place(tx, actor, group)
    found = _store.moved_in(tx, group, member.visible_from, before, check_limit(limit) + 1)
    return Page(_entries(tx, found[:limit])[::-1], len(found) > limit)


def _entries(tx: ReadTx, positions: Sequence[int]) -> list[Recorded]:
    if not positions:
        return []
    query = EntryQuery(positions=tuple(positions), limit=len(positions))
    found = {entry.position: entry for entry in tx.entries(query)}
    return [found[at] for at in positions]


# ---- flags ------------------------------------------------------------------------------------------------------


def flag(
    tx: WriteTx, actor: Actor, group_id: GroupId, shown: int, *, reason: str | None = None
) -> None:
    """Tell those who run the group that a message is off topic; once for each person and message.

    Raises what `sender_place` raises, MessageNotFoundError, AlreadyRecalledError, NotAllowedError, MovedAsideError,
    FlagTooOftenError or TextRefusedError.
    """
    group, _, row = _met(tx, actor, group_id, shown)
    permit = policy.require(tx, actor, FLAG, group_id)
    check_in_place(row)
    if actor.name in _topic_store.flags_on(tx, shown):
        return
    use = _rules.use_in(policy.uses(tx, OFF_TOPIC), group.group_class)
    most = (use.params if use is not None else OffTopicRules()).flags_per_hour
    times: deque[int] = tx.kept(("flags", actor.person_id), deque)
    while times and times[0] <= tx.now - HOUR:
        times.popleft()
    if len(times) >= most:
        wait = ((times[0] if times else tx.now) + HOUR - tx.now + 999) // 1000
        clause = use.mark() if use is not None else None
        raise FlagTooOftenError("Too many flags in an hour.", retry_after=wait, clause=clause)
    acted = permit.under(use.id) if use is not None else permit
    tx.record(acted, MessageFlagged(group_id, (shown,), reason))
    times.append(tx.now)


def dismiss_flags(tx: WriteTx, actor: Actor, group_id: GroupId, shown: int) -> None:
    """Leave a flagged message where it is; without flags nothing happens. Raises what `move` raises."""
    group, member, _ = _met(tx, actor, group_id, shown)
    permit = _permit_to_move(tx, actor, group, member)
    if _topic_store.flags_on(tx, shown):
        tx.record(permit, FlagsDismissed(group_id, (shown,)))


def list_flags(
    tx: ReadTx, actor: Actor, group: GroupId
) -> list[tuple[Recorded, list[tuple[Flag, Recorded]]]]:
    """The flagged messages of a group, each with its flags and their entries.

    Raises what `reading_place` raises, and NotAllowedError for all who do not run the group.
    """
    member = service.reading_place(tx, actor, group)
    policy.require(tx, actor, MOVE, group)
    flags = [each for each in _topic_store.flags_of(tx, group) if each.shown >= member.visible_from]
    told = dict(zip(flags, _entries(tx, [each.position for each in flags]), strict=True))
    messages = _entries(tx, list(dict.fromkeys(each.shown for each in flags)))
    return [
        (entry, [(each, told[each]) for each in flags if each.shown == entry.position])
        for entry in messages
    ]


def count_flagged(tx: ReadTx, actor: Actor) -> Mapping[GroupId, int]:
    """How many flagged messages wait, by group, where the actor decides on them."""
    places = groups.run_by(tx, actor, MOVE)
    flagged = Counter(
        group
        for group, shown in _topic_store.flagged_in(tx, places)
        if shown >= places[group].visible_from
    )
    known = groups.groups(tx, list(flagged))
    uses = policy.uses(tx, OFF_TOPIC)
    rules = {
        group: use.params
        for group, one in known.items()
        if (use := _rules.use_in(uses, one.group_class)) is not None
    }
    return {
        group: count
        for group, count in flagged.items()
        if places[group].role in rules.get(group, OffTopicRules()).roles
    }


# ---- freezing ---------------------------------------------------------------------------------------------------


def freeze(
    tx: WriteTx, actor: Actor, group_id: GroupId, root: int, *, on: bool, reason: str | None = None
) -> None:
    """Have a thread take no further replies, or take them again; the head of the group's unit is told.

    A reply stands for its thread. Raises what `move` raises.
    """
    group, member, row = _met(tx, actor, group_id, root)
    use = _rules.use_in(policy.uses(tx, FREEZING), group.group_class)
    permit = require_by(tx, actor, FREEZE, group_id, use)
    if member.role not in (use.params if use is not None else FreezeRules()).roles:
        raise _rules.not_allowed(FREEZE, use)
    first = row.thread if row.thread is not None else root
    if (_topic_store.frozen_at(tx, first) is not None) == on:
        return
    if on and not reason:
        raise ReasonNeededError("To freeze a thread needs a reason.")
    tx.record(permit, ThreadFrozen(group_id, (first,), on, reason))


def superior_of(tx: ReadTx, entry: Recorded) -> str | None:
    """Who is told that a thread was frozen: the head over the group's unit who is not the one who froze it."""
    group = groups.find_group(tx, entry.group) if entry.group is not None else None
    if group is None:
        return None
    return next(iter(directory.heads_over(tx, group.unit, entry.actor)), None)


def list_frozen(tx: ReadTx, actor: Actor) -> list[Frozen]:
    """The threads that are frozen now: in the groups of the units that the actor heads, or everywhere for an office.

    Raises NotAllowedError for everybody else.
    """
    scope = policy.scope(tx, actor, READ_FROZEN)
    if not scope.everything and not scope.units:
        policy.require(tx, actor, READ_FROZEN)
    frozen = _topic_store.all_frozen(tx)
    known = groups.groups(tx, list({group for group, _, _ in frozen}))
    found = [each for each in frozen if scope.everything or known[each[0]].unit in scope.units][
        :MOST_FROZEN
    ]
    entries = _entries(tx, [position for _, _, position in found])
    counts = _store.count_replies(tx, [root for _, root, _ in found])
    return [
        Frozen(group, root, entry, counts.get(root, 0))
        for (group, root, _), entry in zip(found, entries, strict=True)
    ]
