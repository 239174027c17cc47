"""Where messages stand, and how far people have read. `apply` is the only writer of the governed table."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    String,
    Table,
    Text,
    func,
    select,
    update,
)  # fmt: skip

from guiju.kernel.db import ReadTx, governed, metadata, only_where
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.statements import Ahead, Inserts, Lookup
from guiju.modules.messaging import (
    _burn_store,
    _change_store,
    _correct_store,
    _file_store,
    _forward_store,
    _hit_store,
    _oversight_store,
    _reminded_store,
    _review_store,
    _template_store,
    _topic_store,
    _urgent_store,
)
from guiju.modules.messaging.burn_types import BurnOpened
from guiju.modules.messaging.change_types import (
    AlreadyRecalledError,
    MessageEdited,
    MessagePinned,
    MessageReacted,
    MessageRecalled,
)
from guiju.modules.messaging.file_types import FileOpened
from guiju.modules.messaging.oversight_types import TextRead
from guiju.modules.messaging.personal_types import MessageReminded
from guiju.modules.messaging.review_types import (
    BotRefused,
    ExceptionGranted,
    ExceptionRevoked,
    PreReviewBegan,
    PreReviewEnded,
    ReviewEscalated,
)
from guiju.modules.messaging.template_types import TemplateRemoved, TemplateSaved
from guiju.modules.messaging.topic_types import (
    FlagsDismissed,
    MessageFlagged,
    MessageMoved,
    ThreadFrozen,
)
from guiju.modules.messaging.types import (
    AlreadyDecidedError,
    MessageAlerted,
    MessageBlocked,
    MessageHeld,
    MessageRefused,
    MessageReleased,
    MessageSent,
    MessageState,
    ReviewLate,
    Row,
    Send,
)
from guiju.modules.messaging.urgent_types import (
    MessageUrged,
    UrgeConfirmed,
    UrgeRepeated,
    UrgeStopped,
)

message = governed(
    Table(
        "messaging_message",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("key", String(110), nullable=False, unique=True),
        Column("grp", String(40), nullable=False),
        Column("sender", String(40), nullable=False),
        Column("state", String(16), nullable=False),
        Column("shown", BigInteger),
        Column("mentions", Text),
        Column("due_at", BigInteger),
        Column("decision", BigInteger),
        Column("thread", BigInteger),
        Column("recalled", BigInteger),
        Column("edited", BigInteger),
        Column("moved", BigInteger),
        Index("messaging_message_shown", "grp", "shown"),
        # Few messages mention anybody, so whether one is among a great many unread ones is found at once.
        Index("messaging_message_mentions", "grp", "shown", **only_where("mentions IS NOT NULL")),
        Index("messaging_message_thread", "thread", "shown", **only_where("thread IS NOT NULL")),
        Index("messaging_message_moved", "grp", "shown", **only_where("moved IS NOT NULL")),
    )
)
_COLUMNS = ("position", "key", "grp", "sender", "state", "shown", "mentions", "due_at", "thread")
_insert = Inserts(message, _COLUMNS)
_STORES = (
    _review_store, _hit_store, _change_store, _file_store, _forward_store, _topic_store, _template_store,
    _urgent_store, _burn_store, _correct_store, _reminded_store,
    _oversight_store,
)  # fmt: skip
_by_key = Lookup(message, "key", ("key", "position"))


def key_of(person: PersonId, cmid: str) -> str:
    """One column for (person, cmid), so that a whole batch is looked up at once.

    The cmid comes first: clients make them in order of time, so that the messages of a batch stand side by side in the
    index, whoever wrote them.
    """
    return f"{cmid}:{person}"


def keys_of(sends: Sequence[Send]) -> list[str]:
    return [key_of(send.person, send.cmid) for send in sends]


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    rows: list[tuple[Any, ...]] = []
    for entry in entries:
        match entry.fact:
            case MessageSent():
                state = (
                    MessageState.DELIVERED if entry.fact.original is None else MessageState.MASKED
                )
                rows.append(_row(entry, entry.fact, state, entry.position, None))
            case MessageHeld(due_at=due_at):
                rows.append(_row(entry, entry.fact, MessageState.HELD, None, due_at))
            case MessageBlocked():
                rows.append(_row(entry, entry.fact, MessageState.BLOCKED, None, None))
            case (
                MessageAlerted()
                | FileOpened()
                | TextRead()
                | MessageFlagged()
                | FlagsDismissed()
                | ThreadFrozen()
                | TemplateSaved()
                | TemplateRemoved()
                | BurnOpened()
            ):
                pass  # read from the ledger, or from tables of their own
            case (
                MessageReminded()
                | MessageUrged()
                | UrgeRepeated()
                | UrgeConfirmed()
                | UrgeStopped()
            ):
                pass  # calls and reminders have tables of their own
            case _:
                tx.many(_insert, rows)
                rows = []
                _decide(tx, entry)
    tx.many(_insert, rows)
    others = [entry for entry in entries if not _is_plain(entry)]
    if others:
        for store in _STORES:
            store.apply(tx, others)


def _is_plain(entry: Recorded) -> bool:
    """A message that has nothing beside its text: nearly all are, and no other store would keep anything of it."""
    fact = entry.fact
    return isinstance(fact, MessageSent) and not (
        entry.uses
        or fact.mentions
        or fact.files
        or fact.forwarded
        or fact.burn is not None
        or fact.corrects is not None
    )


def _row(
    entry: Recorded, fact: MessageSent | MessageHeld | MessageBlocked, state: MessageState, shown: int | None,
    due_at: int | None,
) -> tuple[Any, ...]:  # fmt: skip
    assert entry.actor is not None
    key = key_of(PersonId(entry.actor), fact.cmid)
    return (
        entry.position, key, fact.group, entry.actor, str(state), shown, _listed(fact.mentions), due_at,
        fact.thread,
    )  # fmt: skip


def _listed(mentions: Sequence[PersonId]) -> str | None:
    return json.dumps(list(mentions)) if mentions else None


def _decide(tx: WriteTx, entry: Recorded) -> None:
    before = MessageState.HELD
    match entry.fact:
        case MessageReleased(refs=refs, overturns=overturns):
            before = MessageState.HELD if overturns is None else MessageState.REFUSED
            values = {
                "state": MessageState.RELEASED,
                "shown": entry.position,
                "decision": entry.position,
            }
        case MessageRefused(refs=refs):
            values = {"state": MessageState.REFUSED, "decision": entry.position}
        case (
            ReviewLate()
            | ReviewEscalated()
            | ExceptionGranted()
            | ExceptionRevoked()
            | BotRefused()
            | PreReviewBegan()
            | PreReviewEnded()
            | MessageReacted()
            | MessagePinned()
        ):
            return
        case MessageRecalled(refs=refs):
            _change(tx, entry, refs[0], recalled=entry.position)
            return
        case MessageMoved(refs=refs, on=on):
            _change(tx, entry, refs[0], moved=entry.position if on else None)
            return
        case MessageEdited(refs=refs, mentions=mentions):
            _change(tx, entry, refs[0], edited=entry.position, mentions=_listed(mentions))
            return
        case other:
            raise AssertionError(f"messaging does not know {other!r}")
    # The state in the WHERE, not the earlier read, settles two reviewers who decide at once.
    waiting = message.c.position == refs[0], message.c.state == before
    if tx.run(update(message).where(*waiting).values(**values)) == 0:
        raise AlreadyDecidedError("This message has been decided already.", position=refs[0])


def _change(tx: WriteTx, entry: Recorded, shown: int, **values: Any) -> None:
    """The WHERE settles whoever changes a message while another recalls it."""
    c = message.c
    standing = c.grp == entry.group, c.shown == shown, c.recalled.is_(None)
    if tx.run(update(message).where(*standing).values(**values)) == 0:
        raise AlreadyRecalledError("This message was recalled.", position=shown)


def positions_by_key(tx: WriteTx, keys: Sequence[str]) -> dict[str, int]:
    """Where the messages with these keys stand, for those that exist."""
    return dict(tx.lookup(_by_key, keys))


def find_by_key(tx: ReadTx, key: str) -> int | None:
    """Where the message with this key stands, outside the lane."""
    return dict(_by_key.fetch(tx.connection, [key])).get(key)


def ahead(sends: Sequence[Send]) -> Ahead:
    """The same for messages that are about to be sent, asked for when the transaction begins."""
    return Ahead(_by_key, keys_of(sends))


def find(tx: ReadTx, position: int) -> Row | None:
    row = tx.first(select(message).where(message.c.position == position))
    return _to_row(row) if row is not None else None


def find_shown(tx: ReadTx, group: GroupId, shown: int) -> Row | None:
    """The message that appears at `shown`."""
    row = tx.first(select(message).where(message.c.grp == group, message.c.shown == shown))
    return _to_row(row) if row is not None else None


def shown_among(tx: ReadTx, group: GroupId, shown: Sequence[int]) -> Mapping[int, Row]:
    """Those messages of a group that appear at these positions, by where they appear."""
    found = tx.all(select(message).where(message.c.grp == group, message.c.shown.in_(shown)))
    return {row.shown: _to_row(row) for row in found}


def thread(tx: ReadTx, root: int, before: int | None, limit: int) -> list[int]:
    """Where the newest replies of a thread appear, oldest first."""
    c = message.c
    inside = [c.thread == root, c.shown.is_not(None)]
    if before is not None:
        inside.append(c.shown < before)
    newest = select(c.shown).where(*inside).order_by(c.shown.desc()).limit(limit)
    return tx.scalars(newest)[::-1]


def writers_of_threads(tx: ReadTx, roots: Sequence[int]) -> list[tuple[int, PersonId, int, int]]:
    """(root, person, where they replied last, how often), in the order in which people first replied."""
    c = message.c
    first = func.min(c.shown)
    found = tx.all(
        select(c.thread, c.sender, func.max(c.shown).label("last"), func.count().label("times"))
        .where(c.thread.in_(roots), c.shown.is_not(None))
        .group_by(c.thread, c.sender)
        .order_by(first)
    )
    return [(row.thread, row.sender, row.last, row.times) for row in found]


def rows(tx: ReadTx, positions: Sequence[int]) -> Mapping[int, Row]:
    found = tx.all(select(message).where(message.c.position.in_(positions)))
    return {row.position: _to_row(row) for row in found}


def _to_row(row: Any) -> Row:
    return Row(
        row.position,
        row.grp,
        row.sender,
        MessageState(row.state),
        row.shown,
        row.due_at,
        row.decision,
        row.thread,
        row.recalled,
        row.edited,
        row.moved,
    )


_AMONG = 200


def last_sent(tx: ReadTx, group: GroupId, person: PersonId, limit: int) -> list[int]:
    """Where the person's last delivered messages stand, oldest first, as far as they are among the group's newest."""
    c = message.c
    newest = (
        select(c.position, c.sender, c.shown)
        .where(c.grp == group, c.shown.is_not(None))
        .order_by(c.shown.desc())
        .limit(_AMONG)
        .subquery()
    )
    mine = select(newest.c.position).where(
        newest.c.sender == person, newest.c.position == newest.c.shown
    )
    return tx.scalars(mine.order_by(newest.c.position.desc()).limit(limit))[::-1]


def sent_near(
    tx: ReadTx, group: GroupId, person: PersonId, shown: int
) -> list[tuple[int, int | None]]:
    """(where it appears, its last edit) of a person's messages around one of theirs, in order, without it.

    Only as far as they are among those of the group that stand next to it.
    """
    c = message.c
    wanted = select(c.shown, c.edited, c.sender, c.recalled).where(c.grp == group).limit(_AMONG)
    before = tx.all(wanted.where(c.shown < shown).order_by(c.shown.desc()))
    after = tx.all(wanted.where(c.shown > shown).order_by(c.shown))
    return [
        (row.shown, row.edited)
        for row in (*before[::-1], *after)
        if row.sender == person and row.recalled is None
    ]


def moved_in(tx: ReadTx, group: GroupId, first: int, before: int | None, limit: int) -> list[int]:
    """Where the messages appear that were moved aside, from `first` on, the newest first."""
    c = message.c
    inside = [c.grp == group, c.moved.is_not(None), c.shown >= first]
    if before is not None:
        inside.append(c.shown < before)
    return tx.scalars(select(c.shown).where(*inside).order_by(c.shown.desc()).limit(limit))


def count_replies(tx: ReadTx, roots: Sequence[int]) -> Mapping[int, int]:
    """How many replies these threads have."""
    counts: dict[int, int] = dict.fromkeys(roots, 0)
    for root, _, _, times in writers_of_threads(tx, roots):
        counts[root] += times
    return counts
