"""Calls that are repeated: whoever was called and has not confirmed hears of it wherever they are, in their quiet time too."""

from collections.abc import Collection, Iterable, Sequence

from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.work import Work
from guiju.modules.messaging import urging, writers
from guiju.modules.messaging._plain_words import plain

KINDS = ("messaging.urge_repeated",)


def work(tx: ReadTx, entries: Sequence[Recorded], people: Collection[PersonId]) -> Iterable[Work]:
    for entry in entries:
        called = [one for one in entry.fact.people if one in people]
        found = urging.still_called(tx, entry.fact.refs[0], called) if called else None
        if found is None:
            continue
        call, text, waiting = found
        who = writers.name_of(tx, call.sender)
        for person in waiting:
            yield Work(
                "urgent", person, entry.position, f"call:{call.group}", f"/chat/{call.group}", who,
                text=plain(text), group=call.group, wakes=True,
            )  # fmt: skip
