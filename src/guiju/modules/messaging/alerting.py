"""Telling pages that are open of work that waits for their people, beside the lane; a page that nobody looks at notifies them.

No fact comes of it, and nothing is kept: what a page misses stands in its counts.
"""

from collections.abc import Callable, Collection
from typing import Any

from guiju.kernel.clock import HOUR, Clock
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.gate import Door
from guiju.kernel.ids import PersonId
from guiju.kernel.work import WorkSource
from guiju.modules.messaging._work_news import Said, Waiting

MOST_ENTRIES, OLDEST = 500, HOUR
_Frame = dict[str, Any]


class Alerter:
    """Tells who is `connected`. Its methods wait: call them from a thread."""

    def __init__(
        self,
        door: Door,
        clock: Clock,
        work: tuple[WorkSource, ...],
        connected: Callable[[], Collection[PersonId]],
        tell: Callable[[PersonId, _Frame], None],
    ) -> None:
        self._door, self._clock, self._work = door, clock, Waiting(work)
        self._connected, self._tell = connected, tell
        self._position: int | None = None

    def run(self) -> None:
        """Tell what came since the last time."""
        people, before = self._connected(), self._position
        self._position, found = self._door.read_now(lambda tx: self._find(tx, before, people))
        for person, what in found:
            self._tell(person, {"type": "work", **what})

    def _find(
        self, tx: ReadTx, cursor: int | None, people: Collection[PersonId]
    ) -> tuple[int, list[tuple[PersonId, Said]]]:
        if cursor is None or cursor >= tx.position or not people:
            return tx.position, []
        query = EntryQuery(kinds=self._work.kinds, after=cursor, limit=MOST_ENTRIES)
        entries = tx.entries(query)
        reached = entries[-1].position if len(entries) == MOST_ENTRIES else tx.position
        fresh = [each for each in entries if each.at > self._clock.now() - OLDEST]
        found = self._work.find(tx, fresh, people) if fresh else {}
        return reached, [
            (person, mine.said(tx, tag)) for person, mine in found.items() for tag in mine.tags
        ]
