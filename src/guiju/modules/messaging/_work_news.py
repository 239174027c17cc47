"""What people are told of work that waits for them: by their wishes, and no more of it than they and the rules allow."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.work import Work, WorkSource
from guiju.modules.groups import service as groups
from guiju.modules.messaging import devices, quieting
from guiju.modules.messaging.device_types import Subscription, Told, least

LONGEST_TEXT = 120
MOST_ENTRIES, MOST_COUNTED = 20, 9
"""So many of the newest entries of a burst are asked what waits; more things than the second are not counted."""
Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WorkPush:
    """A push that waits for one browser: of one tag, because of these entries. What it says is settled when it goes."""

    subscription: Subscription
    tag: str
    entries: tuple[int, ...]
    said: Said = field(default_factory=dict)

    @staticmethod
    def of(subscription: Subscription, works: Sequence[Work]) -> "WorkPush":
        """One push for works of one tag."""
        entries = dict.fromkeys(each.entry for each in works)
        return WorkPush(subscription, works[0].tag, tuple(entries)[-MOST_ENTRIES:])

    @property
    def place(self) -> str:
        """Of one place a newer push replaces what waits."""
        return self.tag

    def merged_with(self, later: "WorkPush") -> "WorkPush":
        """One push for both."""
        entries = dict.fromkeys((*self.entries, *later.entries))
        return WorkPush(self.subscription, self.tag, tuple(entries)[-MOST_ENTRIES:])


@dataclass(frozen=True, slots=True)
class ForPerson:
    """What waits for one person, by tag, the newest last; and how much they want to be told of it."""

    chosen: Told
    tags: dict[str, list[Work]] = field(default_factory=lambda: defaultdict(list))

    def said(self, tx: ReadTx, tag: str) -> Said:
        """What they are told: of the newest, and how many others there are; the least of what they chose and the rules allow."""
        works = self.tags[tag]
        newest = works[-1]
        name, most = _of_group(tx, newest.group)
        told = least(self.chosen, most)
        shows, others = told is not Told.NONE, len({each.path for each in works}) - 1
        return {
            "work": newest.kind if shows else "",
            "path": newest.path,
            "tag": newest.tag,
            "group": newest.group or "",
            "position": newest.entry,
            "told": told.value,
            "name": name if shows else "",
            "sender": newest.who if shows else "",
            "people": newest.count if shows else 0,
            "text": newest.text[:LONGEST_TEXT] if told is Told.TEXT else "",
            "more": min(others, MOST_COUNTED) if shows else 0,
        }


def _of_group(tx: ReadTx, group_id: GroupId | None) -> tuple[str, Told]:
    """(name, how much may be said) of a group, or of what is in none; asked once for all whom something waits for."""

    def load() -> tuple[str, Told]:
        group = groups.find_group(tx, group_id) if group_id is not None else None
        return group.name if group is not None else "", devices.most_told(tx, group)

    found: tuple[str, Told] = tx.cached(("work", group_id or ""), load)
    return found


class Waiting:
    """What all modules say that waits for people."""

    def __init__(self, sources: Sequence[WorkSource]) -> None:
        self._sources = sources
        self.kinds = tuple(kind for source in sources for kind in source.KINDS)

    def find(
        self, tx: ReadTx, entries: Sequence[Recorded], people: Collection[PersonId]
    ) -> Mapping[PersonId, ForPerson]:
        """What these entries ask of `people` that may be told to them now."""
        if not people:
            return {}
        every: list[Work] = []
        for source in self._sources:
            theirs = [each for each in entries if each.kind in source.KINDS]
            every += source.work(tx, theirs, people) if theirs else ()
        asked = {each.person for each in every}
        chosen = devices.told_among(tx, asked) if asked else {}
        resting = quieting.resting(tx, asked) if asked else set()
        found: dict[PersonId, ForPerson] = {}
        for each in sorted(every, key=lambda one: one.entry):
            if chosen[each.person] is not Told.OFF and (each.wakes or each.person not in resting):
                mine = found.setdefault(each.person, ForPerson(chosen[each.person]))
                mine.tags[each.tag].append(each)
        return found

    def as_now(self, tx: ReadTx, waited: WorkPush) -> WorkPush | None:
        """What waited, with what it may say now; None where all of it was done meanwhile, or may not be told any more."""
        to = waited.subscription
        entries = tx.entries(EntryQuery(positions=waited.entries, limit=len(waited.entries)))
        mine = self.find(tx, entries, {to.person}).get(to.person)
        if mine is None or waited.tag not in mine.tags or not devices.is_alive(tx, to):
            return None
        return WorkPush(to, waited.tag, waited.entries, mine.said(tx, waited.tag))
