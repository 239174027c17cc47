"""Messages as they are now: what has become of them since they were sent, threads, pins, and the way to one of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.page import Page, check_limit
from guiju.modules.messaging import (
    _burn_store,
    _change_store,
    _correct_store,
    _store,
    _topic_store,
    service,
)
from guiju.modules.messaging.burn_types import Burning
from guiju.modules.messaging.change_types import (
    ALL,
    Changed,
    MessageEdited,
    MessageNotFoundError,
    Reaction,
    Replies,
)
from guiju.modules.messaging.types import MessageReleased, MessageSent, Row

_SHOWN = (MessageSent, MessageReleased)


@dataclass(frozen=True, slots=True)
class Around:
    """A page of a timeline around one position."""

    items: list[Recorded]
    older: bool
    newer: bool


def load(
    tx: ReadTx, entries: Sequence[Recorded], *, texts_only: bool = False
) -> Mapping[int, Changed]:
    """What has become of these messages, by where they appear; a few queries, however many they are.

    With `texts_only` just what is true of their texts: reactions, pins and replies arrive as facts of their own.
    """
    # A released message has its row where it was held.
    places = {
        entry.position: entry.fact.refs[0]
        if isinstance(entry.fact, MessageReleased)
        else entry.position
        for entry in entries
        if isinstance(entry.fact, _SHOWN)
    }
    if not places:
        return {}
    found = _store.rows(tx, list(places.values()))
    rows = {shown: found[place] for shown, place in places.items() if place in found}
    shown = () if texts_only else tuple(rows)
    frozen = _topic_store.frozen_among(tx, shown) if shown else dict[int, int]()
    facts = _facts(tx, rows.values(), frozen.values())
    reactions, replies = _reactions(tx, shown), _replies(tx, shown)
    pinned = _change_store.pinned_among(tx, shown) if shown else frozenset[int]()
    corrected = _correct_store.newest(tx, shown) if shown else dict[int, int]()
    burns = [
        entry.position
        for entry in entries
        if entry.position in shown and entry.fact.burn is not None
    ]
    burning = _burn_store.load(tx, burns) if burns else dict[int, Burning]()
    return {
        at: Changed(
            row,
            facts.get(row.recalled),
            facts.get(row.edited),
            reactions.get(at, ()),
            at in pinned,
            replies.get(at),
            None if texts_only else facts.get(row.moved),
            facts.get(frozen.get(at)),
            burning.get(at),
            corrected.get(at),
        )
        for at, row in rows.items()
    }


def get_changed(tx: ReadTx, group: GroupId, shown: int) -> Changed:
    """What has become of one message, without its thread."""
    row = _store.find_shown(tx, group, shown)
    if row is None:
        return Changed()
    recall = tx.entry(row.recalled) if row.recalled is not None else None
    edit = tx.entry(row.edited) if row.edited is not None else None
    frozen = _topic_store.frozen_at(tx, shown)
    return Changed(
        row, recall, edit, _reactions(tx, (shown,)).get(shown, ()),
        move=tx.entry(row.moved) if row.moved is not None else None,
        freeze=tx.entry(frozen) if frozen is not None else None,
    )  # fmt: skip


def is_recalled(tx: ReadTx, entry: Recorded) -> bool:
    """Whether the entry has a text of a message that was recalled since: the message, or one of its edits."""
    if isinstance(entry.fact, MessageEdited):
        row = _store.find_shown(tx, entry.fact.group, entry.fact.refs[0])
    elif isinstance(entry.fact, _SHOWN):
        row = _store.find_shown(tx, entry.fact.group, entry.position)
    else:
        return False
    return row is not None and row.recalled is not None


def called_by(tx: ReadTx, edit: Recorded) -> frozenset[PersonId]:
    """Whom an edit calls: whom it mentions and no version before it did, so that a message calls nobody twice.

    A silent one calls nobody.
    """
    called: frozenset[PersonId] = frozenset(edit.fact.mentions)
    if not called or edit.fact.silent:
        return frozenset()
    shown: int = edit.fact.refs[0]
    earlier = [at for at in _change_store.edits(tx, shown) if at < edit.position]
    for version in _entries(tx, [shown, *earlier]).values():
        called -= called if ALL in version.fact.mentions else set(version.fact.mentions)
    return called


def _facts(tx: ReadTx, rows: Iterable[Row], frozen: Iterable[int]) -> Mapping[int | None, Recorded]:
    """The recalls, the last edits, and what moved or froze them."""
    each = (at for row in rows for at in (row.recalled, row.edited, row.moved) if at is not None)
    return _entries(tx, [*each, *frozen])


def _entries(tx: ReadTx, positions: Sequence[int]) -> dict[int | None, Recorded]:
    if not positions:
        return {}
    query = EntryQuery(positions=tuple(positions), limit=len(positions))
    return {entry.position: entry for entry in tx.entries(query)}


def _reactions(
    tx: ReadTx, shown: Sequence[int]
) -> Mapping[int, tuple[tuple[Reaction, tuple[PersonId, ...]], ...]]:
    """Of each message the reactions in order of first use, with the people in theirs."""
    found: dict[int, dict[Reaction, list[PersonId]]] = {}
    for at, reaction, person in _change_store.reactions(tx, shown) if shown else ():
        found.setdefault(at, {}).setdefault(Reaction(reaction), []).append(person)
    return {
        at: tuple((reaction, tuple(people)) for reaction, people in mine.items())
        for at, mine in found.items()
    }


def _replies(tx: ReadTx, roots: Sequence[int]) -> Mapping[int, Replies]:
    """A recalled reply still has its place in the thread, and counts."""
    writers: dict[int, list[tuple[PersonId, int, int]]] = {}
    for root, person, last, times in _store.writers_of_threads(tx, roots) if roots else ():
        writers.setdefault(root, []).append((person, last, times))
    newest = {root: max(last for _, last, _ in mine) for root, mine in writers.items()}
    entries = _entries(tx, list(newest.values()))
    return {
        root: Replies(
            sum(times for *_, times in mine),
            entries[newest[root]],
            tuple(person for person, *_ in mine[:3]),
        )
        for root, mine in writers.items()
    }


# ---- the way to a message ---------------------------------------------------------------------------------------


def get_message(tx: ReadTx, actor: Actor, group: GroupId, shown: int) -> Recorded:
    """The message that appears at `shown`. Raises what `reading_place` raises, and MessageNotFoundError."""
    member = service.reading_place(tx, actor, group)
    row = _store.find_shown(tx, group, shown)
    entry = tx.entry(shown) if row is not None and shown >= member.visible_from else None
    if entry is None:
        raise MessageNotFoundError("There is no such message.", position=shown)
    return entry


def versions(tx: ReadTx, actor: Actor, group: GroupId, shown: int) -> list[Recorded]:
    """The message and its edits, oldest first; none of one that was recalled or burns. Raises what `get_message` raises."""
    entry = get_message(tx, actor, group, shown)
    row = _store.find_shown(tx, group, shown)
    if row is None or row.recalled is not None or entry.fact.burn is not None:
        return []
    return [entry, *_in_order(tx, _change_store.edits(tx, shown))]


def list_pins(tx: ReadTx, actor: Actor, group: GroupId) -> list[Recorded]:
    """What is pinned and theirs to see, the last pinned first. Raises what `reading_place` raises."""
    member = service.reading_place(tx, actor, group)
    pinned = [at for at in _change_store.pins(tx, group) if at >= member.visible_from]
    found = _entries(tx, pinned)
    return [found[at] for at in pinned]


def thread(
    tx: ReadTx, actor: Actor, group: GroupId, root: int, *, before: int | None, limit: int
) -> tuple[Recorded, Page[Recorded]]:
    """A message and the newest replies to it before `before`, in ascending order.

    Raises what `get_message` raises, and BadLimitError.
    """
    entry = get_message(tx, actor, group, root)
    found = _store.thread(tx, root, before, check_limit(limit) + 1)
    return entry, Page(_in_order(tx, found[-limit:]), len(found) > limit)


def around(tx: ReadTx, actor: Actor, group: GroupId, position: int, *, limit: int) -> Around:
    """The entries around `position`, half of them before it. Raises what `timeline` raises."""
    check_limit(limit)
    older = service.timeline(tx, actor, group, before=position + 1, limit=max(1, limit // 2))
    newer = service.timeline_after(tx, actor, group, after=position, limit=max(1, limit // 2))
    return Around([*older.items, *newer.items], older.more, newer.more)


def _in_order(tx: ReadTx, positions: Sequence[int]) -> list[Recorded]:
    found = _entries(tx, positions)
    return [found[at] for at in positions]
