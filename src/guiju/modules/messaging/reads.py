"""Who has read what, as far as the rules let members see it, and reminders to those who have not."""

from collections.abc import Mapping, Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import direct
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, GroupClosedError, GroupState, Member
from guiju.modules.messaging import _mark_store, changes, service
from guiju.modules.messaging.changing import check_in_place, find_standing
from guiju.modules.messaging.personal_types import (
    MOST_MARKED,
    AllHaveReadError,
    Kept,
    Marked,
    MessageReminded,
    Readers,
    ReadMarks,
    RemindTooOftenError,
)
from guiju.modules.messaging.sending import author_of
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT, NotAllowedError

CONTROL = "messaging.read_marks"
_DEFAULT = ReadMarks(most_members=MOST_MARKED)
_EVERY = HOUR


def are_shown(tx: ReadTx, group: GroupId) -> bool:
    """Whether members see of one another how far they have read in the group."""

    def load() -> bool:
        found = groups.find_group(tx, group)
        return found is not None and _are_shown(tx, found)

    shown: bool = tx.cached(("group", group, "marks"), load)
    return shown


def _are_shown(tx: ReadTx, group: Group) -> bool:
    members = groups.count_present(tx, [group.id]).get(group.id, 0)
    rules = [use.params for use in policy.uses(tx, CONTROL)] or [_DEFAULT]
    for each in rules:
        assert isinstance(each, ReadMarks)
        if not each.classes or group.group_class in each.classes:
            return members <= each.most_members
    return False


def read_positions(tx: ReadTx, actor: Actor, group: GroupId) -> Mapping[PersonId, int] | None:
    """How far each present member has read; None where the rules do not show it. Raises what `reading_place` raises."""
    service.reading_place(tx, actor, group)
    if not are_shown(tx, group):
        return None
    return _mark_store.positions_in(tx, group, list(_present(tx, group)))


def sees_from(tx: ReadTx, group: GroupId) -> Mapping[PersonId, int]:
    """From which position on each present member sees messages: of older ones they are no readers."""
    return {person: member.visible_from for person, member in _present(tx, group).items()}


def readers(tx: ReadTx, actor: Actor, group: GroupId, position: int) -> Readers:
    """Who has read the message at `position`. Raises what `reading_place` raises, MessageNotFoundError."""
    entry = changes.get_message(tx, actor, group, position)
    if not are_shown(tx, group):
        return Readers(is_on=False)
    asked = [
        person
        for person, member in _present(tx, group).items()
        if member.visible_from <= position and person != author_of(entry)
    ]
    read = _mark_store.positions_in(tx, group, asked)
    have = tuple(person for person in asked if read.get(person, -1) >= position)
    return Readers(True, have, tuple(person for person in asked if person not in set(have)))


def remind(tx: WriteTx, actor: Actor, group: GroupId, position: int) -> tuple[PersonId, ...]:
    """Ask those who have not read the actor's own message to do so; gives whom.

    Raises what `readers` raises, GroupClosedError, NotAllowedError for somebody else's message and where the rules do not
    show who has read, AlreadyRecalledError, AllHaveReadError, and RemindTooOftenError within an hour of the last time.
    """
    found = readers(tx, actor, group, position)
    permit = policy.require(tx, actor, "messaging.remind", group)
    known = groups.find_group(tx, group)
    assert known is not None, "one has a place in it"
    if known.state is not GroupState.ACTIVE:
        raise GroupClosedError("The group is closed.", group=group)
    direct.check_writable(tx, known, actor.person_id)
    if (
        not found.is_on
        or author_of(changes.get_message(tx, actor, group, position)) != actor.person
    ):
        raise NotAllowedError("This is not yours to do.", operation="messaging.remind")
    check_in_place(find_standing(tx, group, position, visible_from=0))
    query = EntryQuery(
        group=group, kinds=("messaging.reminded",), after=position, limit=100, newest_first=True
    )
    last = next((each.at for each in tx.entries(query) if each.fact.refs == (position,)), None)
    if last is not None and tx.now < last + _EVERY:
        wait = (last + _EVERY - tx.now + 999) // 1000
        rule = next(iter(policy.uses(tx, CONTROL)), None)
        clause = rule.mark() if rule is not None else None
        raise RemindTooOftenError(
            "They were reminded a short time ago.", retry_after=wait, clause=clause
        )
    if not found.unread:
        raise AllHaveReadError("Everybody has read it.", position=position)
    uses = policy.use_ids(tx, CONTROL)
    tx.record(permit.under(*uses), MessageReminded(group, (position,), found.unread))
    return found.unread


def mark_read_many(tx: WriteTx, marks: Sequence[tuple[PersonId, GroupId, int]]) -> list[Kept]:
    """Remember how far people have read. Not a fact; a mark for a place that is not theirs is dropped (`UNKNOWN`)."""
    kept, mine = list[Kept](), list[tuple[PersonId, GroupId, int]]()
    for person, group, position in marks:
        member, read = groups.find_member(tx, group, person), min(position, tx.position)
        if member is None or member.state not in PRESENT:
            kept.append(Kept(Marked.UNKNOWN, read))
            continue
        kept.append(Kept(Marked.SHARED if are_shown(tx, group) else Marked.PRIVATE, read))
        mine.append((person, group, read))
    _mark_store.save_marks(tx, mine)
    return kept


def _present(tx: ReadTx, group: GroupId) -> Mapping[PersonId, Member]:
    return {
        member.person: member for member in groups.members(tx, group) if member.state in PRESENT
    }
