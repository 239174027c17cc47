"""Notices that wait to be acknowledged, and at the deadline who has not: for the publisher, and for heads of their people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.work import Work
from guiju.modules.directory import service as directory
from guiju.modules.notices import service
from guiju.modules.notices.types import (
    DeadlinePassed,
    Notice,
    NoticeAddressed,
    NoticeEscalated,
    NoticeId,
    NoticeReminded,
    NoticeRevised,
    NoticeState,
)

KINDS = (
    "notices.addressed",
    "notices.revised",
    "notices.reminded",
    "notices.deadline_passed",
    "notices.escalated",
)

_FEW = 100
"""Of so many people each is asked for; of more, all who are missing are read."""


def work(tx: ReadTx, entries: Sequence[Recorded], people: Collection[PersonId]) -> Iterable[Work]:
    """A notice to thousands is looked up once, with all who are missing, however many entries name them."""
    by_notice = defaultdict[NoticeId, list[Recorded]](list)
    for entry in entries:
        by_notice[NoticeId(entry.fact.notice)].append(entry)
    for name, about in by_notice.items():
        notice = service.find_notice(tx, name)
        if notice is not None and notice.state is NoticeState.OPEN:
            yield from _Asked(tx, notice, people).of(about)


class _Asked:
    """One notice, with those of `people` whom it waits for."""

    def __init__(self, tx: ReadTx, notice: Notice, people: Collection[PersonId]) -> None:
        self._tx, self._notice, self._people = tx, notice, people
        few = people if len(people) <= _FEW else None
        self._waiting = [one for one in service.missing(tx, notice.id, few) if one in people]
        self._title = service.wordings(tx, [notice])[notice.id].title
        self._issuer = directory.person_name(tx, notice.issuer)

    def of(self, entries: Sequence[Recorded]) -> Iterator[Work]:
        for entry in entries:
            fact = entry.fact
            if isinstance(fact, NoticeEscalated):
                yield from self._to_head(entry, fact)
                continue
            if isinstance(fact, DeadlinePassed):
                yield from self._to_issuer(entry, fact)
            if kind := self._kind(entry):
                named = getattr(fact, "people", None)
                among = set(named) if isinstance(named, list | tuple) else None
                yield from (
                    self._work(entry, kind, person)
                    for person in self._waiting
                    if among is None or person in among
                )

    def _kind(self, entry: Recorded) -> str:
        """What the entry asks of those who are missing; empty where a newer version has taken its place."""
        asked = self._notice.asked_version
        match entry.fact:
            case NoticeAddressed():
                return "notice" if asked == 1 else ""
            case NoticeRevised(version=version, editorial=False) if version == asked:
                return "notice_again"
            case NoticeReminded():
                by_timer = (entry.actor or "").startswith("system:")
                return "notice_due" if by_timer else "notice_reminded"
            case DeadlinePassed(version=version) if version == asked:
                return "notice_late"
        return ""

    def _work(self, entry: Recorded, kind: str, person: PersonId) -> Work:
        path = f"/notices/{self._notice.id}"
        return Work(
            kind, person, entry.position, "work:notices", path, self._issuer, text=self._title
        )

    def _to_issuer(self, entry: Recorded, fact: DeadlinePassed) -> Iterator[Work]:
        issuer = self._notice.issuer
        if fact.version == self._notice.asked_version and issuer in self._people:
            yield from self._told(entry, issuer, service.missing(self._tx, self._notice.id))

    def _to_head(self, entry: Recorded, fact: NoticeEscalated) -> Iterator[Work]:
        """Who heads them no more, or stands in no more, hears nothing."""
        if fact.version == self._notice.asked_version and fact.to in self._people:
            theirs = self._under.get(fact.to, ())
            yield from self._told(entry, fact.to, sorted(theirs))

    @cached_property
    def _under(self) -> Mapping[PersonId, Collection[PersonId]]:
        if len(self._people) > 1:
            return service.told_at_deadline(self._tx, self._notice)
        (only,) = self._people
        units = service.units_under(self._tx, only)
        return service.told_at_deadline(self._tx, self._notice, units)

    def _told(
        self, entry: Recorded, person: PersonId, missing: Sequence[PersonId]
    ) -> Iterator[Work]:
        if missing:
            yield Work(
                "notice_missing", person, entry.position, "work:missing", f"/issued/{self._notice.id}",
                directory.person_name(self._tx, missing[0]), len(missing), self._title,
            )  # fmt: skip
