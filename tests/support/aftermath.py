"""What must be true of a ledger after whatever was done to the processes that wrote it."""

from collections import Counter
from collections.abc import Sequence

from guiju.kernel.db import EntryQuery
from guiju.kernel.facts import Recorded
from guiju.modules.messaging.types import MessageBlocked, MessageHeld, MessageSent
from guiju.runtime import open_runtime
from guiju.settings import read_settings
from guiju.verification import verify_organisation
from tests.support.load import Load, Sender, Shown, Told, written
from tests.support.repeating import Book
from tests.support.server import Place

_EVERYTHING = 100_000_000


def problems_after(place: Place, load: Load) -> list[str]:
    """Compare what people were told and shown with what is stored; nothing serves `place` meanwhile.

    Also checks that positions and numbers have no gap, and that the ledger verifies and equals its replay.
    """
    settings = read_settings(place.environment)
    runtime = open_runtime(settings)
    try:
        entries = runtime.read(lambda tx: tx.entries(EntryQuery(limit=_EVERYTHING)))
        book = Book(entries, runtime.read)
        done = [problem for worker in load.workers for problem in worker.judge(book)]
    finally:
        runtime.close()
    found = load.problems + done + _gaps(entries)
    messages = [
        entry
        for entry in entries
        if isinstance(entry.fact, MessageSent | MessageHeld | MessageBlocked)
    ]
    for sender in load.senders:
        found += _told(sender, messages) + _shown(sender, messages)
    verdict = verify_organisation(settings, replay=True)
    if not verdict.ok:
        found.append(f"the ledger does not verify: {verdict.first_bad}")
    return found


def _gaps(entries: Sequence[Recorded]) -> list[str]:
    found = []
    if [entry.position for entry in entries] != list(range(len(entries))):
        found.append("the positions have gaps")
    groups = {entry.group for entry in entries if entry.group is not None}
    for group in sorted(groups):
        numbers = [entry.number for entry in entries if entry.group == group]
        if numbers != list(range(1, len(numbers) + 1)):
            found.append(f"the numbers of {group} have gaps")
    return found


def _told(sender: Sender, messages: Sequence[Recorded]) -> list[str]:
    """Everything sent is stored once, where and as its receipt says."""
    found = [f"{cmid} was never acknowledged" for cmid in sender.waiting]
    mine = [entry for entry in messages if entry.fact.cmid in sender.sent]
    times = Counter(entry.fact.cmid for entry in mine)
    found += [f"{cmid} is stored {count} times" for cmid, count in times.items() if count != 1]
    stored = {entry.fact.cmid: entry for entry in mine}
    for cmid, told in sender.receipts.items():
        entry = stored.get(cmid)
        if entry is None:
            found.append(f"{cmid} was acknowledged at {told.position} and is not stored")
        elif Told(entry.position, _state(entry)) != told:
            found.append(f"{cmid} was acknowledged as {told} and is stored at {entry.position}")
        elif written(entry.fact) != sender.sent[cmid]:
            found.append(f"{cmid} is stored with another text")
    return found


def _state(entry: Recorded) -> str:
    match entry.fact:
        case MessageHeld():
            return "held"
        case MessageBlocked():
            return "blocked"
        case _:
            return "masked" if entry.fact.original is not None else "delivered"


def _shown(sender: Sender, messages: Sequence[Recorded]) -> list[str]:
    """Every message of the group was shown once, and nothing else was."""
    first = sender.first if sender.first is not None else -1
    expected = {
        entry.position: Shown(entry.number or 0, entry.actor or "", _seen(entry.fact))
        for entry in messages
        if isinstance(entry.fact, MessageSent)
        and entry.group == sender.group
        and entry.position > first
    }
    different = [
        position for position, shown in sender.shown.items() if expected.get(position) != shown
    ]
    found = [
        f"{sender.session.account} was shown {position}, which is not so stored"
        for position in different
    ]
    missing = expected.keys() - sender.shown.keys()
    return found + [
        f"{sender.session.account} was not shown {position}" for position in sorted(missing)[:5]
    ]


def _seen(fact: MessageSent) -> str:
    """The text that members see; the copies that it carries are shown apart from it."""
    return fact.text if fact.forward is None else fact.text[: fact.forward.comment_end]
