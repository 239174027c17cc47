"""What people see of messages: timelines, unread counts, conversations, and how far they have read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.page import Page, check_limit
from guiju.modules.groups import service as groups
from guiju.modules.groups import timeline as groups_timeline
from guiju.modules.groups.types import Group, GroupKind, GroupNotFoundError, Member
from guiju.modules.messaging import _mark_store, _personal_store, _store, _unread_store
from guiju.modules.messaging.personal_types import PLAIN, Settings
from guiju.modules.messaging.placing import raise_not_entered
from guiju.modules.messaging.types import MessageHeld, MessageState, Row
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import INSIDE, PRESENT, MemberState

apply = _store.apply
find_row = _store.find
rows = _store.rows
send_ahead = _store.ahead

SHOWN_KINDS = (
    "messaging.sent",
    "messaging.released",
    "groups.registered",
    "groups.direct_opened",
    "groups.member_changed",
    "groups.rules_published",
    "groups.administrators_set",
    "groups.owner_set",
    "groups.publishers_set",
    "groups.topics_set",
    "groups.hours_set",
    "groups.closed",
)
OWN_KINDS = ("messaging.held", "messaging.blocked")
CHANGE_KINDS = (
    "messaging.recalled",
    "messaging.edited",
    "messaging.reacted",
    "messaging.pinned",
    "messaging.moved",
    "messaging.frozen",
    "messaging.burn_opened",
)
MOST_UNREAD = 100


@dataclass(frozen=True, slots=True)
class Conversation:
    """A group as one person's list shows it. `last` is the newest message that they may see.

    `reminded` is where the newest unread message appears that they were asked to read. A direct conversation that the
    other one opened has `begun` with the first message that the person sees of it; until then no list shows it.
    """

    group: Group
    member: Member
    members: int
    last: Recorded | None
    unread: int
    mentioned: bool
    reminded: int | None
    read: int
    settings: Settings = PLAIN
    begun: bool = True
    outside: bool = False


def reading_place(tx: ReadTx, actor: Actor, group: GroupId) -> Member:
    """The actor's place in a group whose messages they may read.

    Raises GroupNotFoundError, InvitationOpenError before accepting, or RulesNotSignedError while the rules must be signed.
    """
    groups.get_group(tx, actor, group)
    member = groups.find_member(tx, group, actor.person_id)
    if member is None or member.state not in INSIDE:
        raise GroupNotFoundError("There is no such group.", group=group)
    if member.state not in PRESENT:
        raise_not_entered(tx, member)
    return member


def timeline(
    tx: ReadTx, actor: Actor, group: GroupId, *, before: int | None, limit: int
) -> Page[Recorded]:
    """The newest entries before `before`, in ascending order. Raises what `reading_place` raises, BadLimitError."""
    member = reading_place(tx, actor, group)
    query = EntryQuery(
        group=group, kinds=SHOWN_KINDS, own_kinds=OWN_KINDS, actor=actor.name, before=before,
        after=member.visible_from - 1, limit=check_limit(limit) + 1, newest_first=True,
    )  # fmt: skip
    page = _page(tx, query)
    return Page(page.items[::-1], page.more)


def timeline_after(
    tx: ReadTx, actor: Actor, group: GroupId, *, after: int, limit: int
) -> Page[Recorded]:
    """The oldest entries after `after`, in ascending order. Raises what `timeline` raises."""
    member = reading_place(tx, actor, group)
    query = EntryQuery(
        group=group, kinds=SHOWN_KINDS, own_kinds=OWN_KINDS, actor=actor.name,
        after=max(after, member.visible_from - 1), limit=check_limit(limit) + 1,
    )  # fmt: skip
    return _page(tx, query)


def _page(tx: ReadTx, query: EntryQuery) -> Page[Recorded]:
    """What stands in the timeline; the last that the query reads only says that there is more.

    Readers go on from an item of a page, so that none is empty as long as there is more.
    """
    most = query.limit - 1
    while True:
        found = tx.entries(query)
        page = [
            entry
            for entry in found[:most]
            if not _is_superseded(tx, entry) and groups_timeline.shows(entry, query.actor)
        ]
        if page or len(found) <= most:
            return Page(page, len(found) > most)
        last = found[most - 1].position
        query = replace(query, before=last) if query.newest_first else replace(query, after=last)


def _is_superseded(tx: ReadTx, entry: Recorded) -> bool:
    """Whether a held message appears again at its release."""
    if not isinstance(entry.fact, MessageHeld):
        return False
    row = _store.find(tx, entry.position)
    return row is not None and row.state is MessageState.RELEASED


def list_conversations(tx: ReadTx, actor: Actor) -> list[Conversation]:
    """The groups that the actor is in or on the way into, the most recently active first."""
    person = actor.person_id
    places = {
        group: member
        for group, member in groups.places_of(tx, person).items()
        if member.state in INSIDE and policy.may(tx, actor, "groups.read", group)
    }
    ids = list(places)
    known, counts = groups.groups(tx, ids), groups.count_present(tx, ids)
    last, read = _unread_store.last_shown(tx, ids), _mark_store.read_positions(tx, person)
    settings = _personal_store.settings(tx, person)
    outside = groups.with_outsiders(tx, ids)
    found = [
        _conversation(
            tx, known[group], member, counts.get(group, 0), last.get(group), read.get(group, -1)
        )
        for group, member in places.items()
    ]
    reminded = _unread_store.newest_reminded(
        tx, person, {each.group.id: each.read for each in found if each.unread}
    )
    found = [
        replace(
            each,
            reminded=reminded.get(each.group.id),
            settings=settings.get(each.group.id, PLAIN),
            outside=each.group.id in outside,
        )
        for each in found
    ]
    return sorted(found, key=_recency, reverse=True)


def _recency(conversation: Conversation) -> int:
    return (
        conversation.last.position
        if conversation.last is not None
        else conversation.member.position
    )


def _conversation(
    tx: ReadTx, group: Group, member: Member, members: int, last: int | None, read: int
) -> Conversation:
    person = member.person
    read = max(read, member.visible_from - 1)
    if member.state is MemberState.MUST_SIGN or member.state is MemberState.INVITED:
        return Conversation(group, member, members, None, 0, False, None, read)
    unread = _unread_store.count_unread(tx, group.id, person, read, MOST_UNREAD)
    visible = last is not None and last >= member.visible_from
    newest = tx.entry(last) if visible and last is not None else None
    return Conversation(
        group,
        member,
        members,
        newest,
        unread,
        bool(unread) and _unread_store.is_mentioned(tx, group.id, person, read),
        None,  # asked for all rows at once
        read,
        begun=newest is not None
        or group.kind is not GroupKind.DIRECT
        or _has_begun(tx, group.id, person),
    )


def _has_begun(tx: ReadTx, group: GroupId, person: PersonId) -> bool:
    """Whether the person opened a direct conversation, or wrote there what nobody else may read."""
    opening = EntryQuery(group=group, kinds=("groups.direct_opened",), limit=1)
    (opened,) = tx.entries(opening)
    return opened.actor == person or _unread_store.has_written(tx, group, person)


def known_of(tx: ReadTx, directs: Mapping[GroupId, PersonId]) -> set[GroupId]:
    """Of direct conversations those of which the person who is given for each knows: something is shown there, or they
    opened it or wrote there themselves.
    """
    shown = _unread_store.last_shown(tx, list(directs)).keys() if directs else set()
    quiet = ((one, person) for one, person in directs.items() if one not in shown)
    return {*shown, *(group for group, person in quiet if _has_begun(tx, group, person))}


def read_positions(tx: ReadTx, person: PersonId) -> Mapping[GroupId, int]:
    """How far the person has read in each group."""
    return _mark_store.read_positions(tx, person)


def present_groups(tx: ReadTx, actor: Actor) -> dict[GroupId, int]:
    """The groups whose messages the actor reads, with the first position that is theirs to see."""
    return {
        group: member.visible_from
        for group, member in groups.places_of(tx, actor.person_id).items()
        if member.state in PRESENT and policy.may(tx, actor, "groups.read", group)
    }


def quoted(tx: ReadTx, group: GroupId, position: int) -> tuple[Row, Recorded, Recorded] | None:
    """The message quoted at `position`, with its entry and the entry that has its text now."""
    row, entry = _store.find_shown(tx, group, position), tx.entry(position)
    if row is None or entry is None:
        return None
    edit = tx.entry(row.edited) if row.edited is not None else None
    return row, entry, edit if edit is not None else entry


def wrote(actor: Actor, entry: Recorded) -> bool:
    """Whether the actor wrote the text of an entry, whoever let it pass."""
    writer = getattr(entry.fact, "sender", None) if entry.kind == "messaging.released" else None
    return (writer or entry.actor) == actor.name


def recent_texts(tx: ReadTx, limit: int) -> list[tuple[GroupId, str]]:
    """(group, text) of the newest delivered messages, newest first; for counting, never for an answer to a person."""
    query = EntryQuery(
        kinds=("messaging.sent", "messaging.released"), limit=limit, newest_first=True
    )
    found = tx.entries(query)
    return [(entry.group, text_shown(entry)) for entry in found if entry.group is not None]


def text_shown(entry: Recorded) -> str:
    """The text that others see of a message's entry."""
    fact: Any = entry.fact
    return str(fact.text)
