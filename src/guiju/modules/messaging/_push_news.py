"""What a push tells one person of a group: the newest that disturbs them, and no more of it than they and the rules allow."""

from collections.abc import Sequence
from dataclasses import dataclass

from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, Member
from guiju.modules.messaging import (
    _mark_store,
    _personal_store,
    changes,
    devices,
    quieting,
    service,
    writers,
)
from guiju.modules.messaging._plain_words import plain
from guiju.modules.messaging.change_types import ALL, UNCHANGED, Changed, MessageEdited
from guiju.modules.messaging.device_types import News, Subscription, Told, least
from guiju.modules.messaging.personal_types import PLAIN, MessageReminded
from guiju.modules.messaging.sending import author_of
from guiju.modules.policy.types import PRESENT

KINDS = ("messaging.sent", "messaging.released", "messaging.edited", "messaging.reminded")
LONGEST_TEXT = 120
MOST_ASKED, MOST_COUNTED = 20, 9
"""So many of the newest entries of a group are asked what waits; more messages than the second are not counted."""


@dataclass(frozen=True, slots=True)
class Said:
    """The entry of a message that appears, of an edit or of a reminder; `called` are the only ones whom these two tell."""

    entry: Recorded
    message: Recorded
    called: frozenset[PersonId] | None = None

    @property
    def is_reminder(self) -> bool:
        return isinstance(self.entry.fact, MessageReminded)

    @property
    def unread_until(self) -> int:
        """Who has read up to here knows it: a reminder is of a message, and ends when that is read."""
        return self.message.position if self.is_reminder else self.entry.position


def as_now(tx: ReadTx, waited: News) -> News | None:
    """What waited as it may be told now: the newest that stands, and how many others its person has not read either.

    None where all that it stands for was read or recalled, or the browser or the group is left.
    """
    to = waited.subscription
    member = groups.find_member(tx, waited.group, to.person)
    if member is None or member.state not in PRESENT:
        return None
    if not devices.is_alive(tx, to):
        return None
    reader = Reader(tx, to.person)
    unread = EntryQuery(
        group=waited.group, kinds=KINDS, after=reader.since(member), before=waited.entry + 1,
        limit=MOST_ASKED, newest_first=True,
    )  # fmt: skip
    group = GroupNews(tx, waited.group, tx.entries(unread)[::-1])
    found = reader.untold(group, member)
    if not found or found[0].entry.position < waited.first:
        return None
    return group.news(to, found, reader.told, first=waited.first)


class GroupNews:
    """One group with what was said in it, as pushes tell it."""

    def __init__(self, tx: ReadTx, group: GroupId, entries: Sequence[Recorded]) -> None:
        found = groups.find_group(tx, group)
        assert found is not None, "messages are sent in groups"
        self.group: Group = found
        self.most = devices.most_told(tx, found)
        self._tx = tx
        messages = _messages(tx, entries)
        self._now = changes.load(tx, list(messages.values()), texts_only=True)
        self.said = [said for each in entries if (said := self._said(each, messages[_place(each)]))]

    def _said(self, entry: Recorded, message: Recorded) -> Said | None:
        """None where it disturbs nobody: recalled, moved aside, or an edit that calls nobody who is still mentioned."""
        now = self._now.get(message.position, UNCHANGED)
        if not _stands(now):
            return None
        if entry is message:
            return Said(entry, message)
        if isinstance(entry.fact, MessageReminded):
            return Said(entry, message, frozenset(entry.fact.people))
        current = now.edit if now.edit is not None else message
        called = changes.called_by(self._tx, entry).intersection(current.fact.mentions)
        return Said(entry, message, called) if called else None

    def news(
        self, to: Subscription, said: Sequence[Said], chosen: Told, *, first: int | None = None
    ) -> News:
        """What one browser is told of the newest of these, and no more than its person and the rules allow.

        Of a message that burns never a text. `first` as in `News`; by default the earliest of these.
        """
        told, message = least(chosen, self.most), said[0].message
        if message.fact.burn is not None:
            told = least(told, Told.SENDER)
        sender = writers.name_of(self._tx, author_of(message)) if told is not Told.NONE else ""
        name = self.group.name if told is not Told.NONE else ""
        edit = self._now.get(message.position, UNCHANGED).edit
        text = plain(service.text_shown(edit or message)) if told is Told.TEXT else ""
        others = {each.message.position for each in said} - {message.position}
        more = min(len(others), MOST_COUNTED) if told is not Told.NONE else 0
        is_reminder = said[0].is_reminder and told is not Told.NONE
        earliest = said[-1].entry.position if first is None else first
        return News(
            to, self.group.id, said[0].entry.position, earliest, message.position, told, sender, name,
            text[:LONGEST_TEXT], more, is_reminder,
        )  # fmt: skip


def _place(entry: Recorded) -> int:
    """Where the message of an entry appears."""
    of_another = isinstance(entry.fact, MessageEdited | MessageReminded)
    at: int = entry.fact.refs[0] if of_another else entry.position
    return at


def _messages(tx: ReadTx, entries: Sequence[Recorded]) -> dict[int, Recorded]:
    """The messages of these entries, by where they appear: an edit or a reminder names one that may be older than all of them."""
    found = {each.position: each for each in entries if _place(each) == each.position}
    edited = tuple({_place(each) for each in entries} - found.keys())
    if edited:
        older = tx.entries(EntryQuery(positions=edited, limit=len(edited)))
        found |= {each.position: each for each in older}
    return found


def _stands(now: Changed) -> bool:
    """Whether a message is neither recalled nor moved aside."""
    return now.recall is None and (now.row is None or now.row.moved is None)


class Reader:
    """One person with what they have read and how they want to be told."""

    def __init__(self, tx: ReadTx, person: PersonId) -> None:
        self.person = person
        self.told = devices.told_to(tx, person)
        self.read = _mark_store.read_positions(tx, person)
        self.settings = _personal_store.settings(tx, person)
        self.is_resting = quieting.is_resting(tx, person)

    def since(self, member: Member) -> int:
        """The position after which the person has read nothing of a group yet."""
        return max(self.read.get(member.group, -1), member.visible_from - 1)

    def untold(self, told: GroupNews, member: Member) -> Sequence[Said]:
        """What disturbs this person and they have not seen, the newest first."""
        if self.told is Told.OFF:
            return ()
        since = self.since(member)
        muted = self.settings.get(told.group.id, PLAIN).is_muted
        return [
            said
            for said in reversed(told.said)
            if said.unread_until > since
            and said.message.position >= member.visible_from
            and author_of(said.message) != self.person
            and self._is_told(said, is_muted=muted)
        ]

    def _is_told(self, said: Said, *, is_muted: bool) -> bool:
        """Whether it disturbs this person: a silent message nobody, an urgent one whom it calls in any case."""
        if said.called is not None:
            return not self.is_resting and self._is_among(said.called)
        fact = said.message.fact
        if getattr(fact, "silent", False):
            return False
        mentioned = self._is_among(fact.mentions)
        if getattr(fact, "urgent", False) and (mentioned or not fact.mentions):
            return True
        return not self.is_resting and (mentioned or not is_muted)

    def _is_among(self, mentions: frozenset[PersonId] | tuple[PersonId, ...]) -> bool:
        return self.person in mentions or ALL in mentions
