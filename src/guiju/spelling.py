"""Keeps how people's names are spelled in pinyin, so that they are found by it. Derived, and made again where it is missing."""

from collections.abc import Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import Lane, WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import PersonAdded, PersonChanged
from guiju.modules.inspection import service as inspection

_AT_ONCE = 200


def follow(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Spell the names that entries bring."""
    for entry in entries:
        match entry.fact:
            case PersonAdded(person=person, name=name):
                directory.keep_spellings(tx, PersonId(person), inspection.spellings(name))
            case PersonChanged(person=person, name=str(name)):
                directory.keep_spellings(tx, PersonId(person), inspection.spellings(name))
            case _:
                pass


def fill(lane: Lane) -> None:
    """Spell the names that have no spelling yet: of an organisation from before there were any."""

    def some(tx: WriteTx) -> int:
        found = directory.unspelled(tx, _AT_ONCE)
        for person, name in found:
            directory.keep_spellings(tx, person, inspection.spellings(name))
        return len(found)

    while lane.write(some) == _AT_ONCE:
        pass
