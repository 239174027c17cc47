"""The tables of the review: the queue, exceptions and pre-reviews. `apply` alone writes them.

No text stands here: the phrases of exceptions are opened from the ledger.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    case,
    func,
    insert,
    or_,
    select,
    update,
)  # fmt: skip

from guiju.kernel.db import ReadTx, governed, metadata, only_where
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.statements import Inserts
from guiju.modules.messaging.review_types import (
    Allowed,
    BotRefused,
    ExceptionGranted,
    ExceptionRevoked,
    PreReviewBegan,
    PreReviewEnded,
    ReviewEscalated,
    ReviewRow,
    Verdict,
    Watch,
)
from guiju.modules.messaging.types import (
    MessageBlocked,
    MessageHeld,
    MessageRefused,
    MessageReleased,
    MessageSent,
)

EXCEPTIONS = ("messaging", "exceptions")
WATCHES = ("messaging", "watches")
_GRANTED = ("messaging", "granted")
"""Keys of the lane's cache."""

review = governed(
    Table(
        "messaging_review",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("grp", String(40), nullable=False),
        Column("sender", String(40), nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("due_at", BigInteger, nullable=False),
        Column("line", String(32)),
        Column("escalation", BigInteger),
        Column("proposal", String(16)),
        Column("verdict", String(16)),
        Column("decision", BigInteger),
        Column("decided_at", BigInteger),
        Column("reviewer", String(64)),
        Column("reversed", Integer, nullable=False),
        Column("told", BigInteger),
        Column("counted", Integer),
        Index("messaging_review_waiting", "position", **only_where("verdict IS NULL")),
        Index("messaging_review_line", "line", **only_where("line IS NOT NULL")),
        Index("messaging_review_decision", "decision"),
        Index("messaging_review_sender", "sender", "decided_at"),
    )
)
_new_review = Inserts(review, ("position", "grp", "sender", "at", "due_at", "reversed"))

_exception = governed(
    Table(
        "messaging_exception",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("grp", String(40)),
        Column("rule", String(96), nullable=False),
        Column("until", BigInteger, nullable=False),
        Column("granted_by", String(40), nullable=False),
        Column("granted_at", BigInteger, nullable=False),
        Column("held", BigInteger, nullable=False),
        Column("revoked_by", String(40)),
        Column("revoked_at", BigInteger),
    )
)

_watch = governed(
    Table(
        "messaging_prereview",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("person", String(40), nullable=False),
        Column("grp", String(40)),
        Column("began_at", BigInteger, nullable=False),
        Column("until", BigInteger, nullable=False),
        Column("refusals", Text, nullable=False),
        Column("ended_at", BigInteger),
        Index("messaging_prereview_person", "person", "began_at"),
    )
)


# ---- apply ------------------------------------------------------------------------------------------------------


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Follow the facts of messaging; what the messages themselves show is `_store`'s."""
    reviews: list[tuple[Any, ...]] = []
    for entry in entries:
        match entry.fact:
            case MessageSent() | MessageBlocked():
                continue
            case MessageHeld(due_at=due_at):
                reviews.append((entry.position, entry.group, entry.actor, entry.at, due_at, 0))
            case _:
                tx.many(_new_review, reviews)
                reviews = []
                _follow(tx, entry)
    tx.many(_new_review, reviews)


def _follow(tx: WriteTx, entry: Recorded) -> None:
    match entry.fact:
        case MessageReleased(refs=refs, spans=spans):
            _decided(tx, entry, refs[0], Verdict.MASKED if spans else Verdict.RELEASED)
        case MessageRefused(refs=refs):
            _decided(tx, entry, refs[0], Verdict.REFUSED)
        case ReviewEscalated(refs=refs, to=to, due_at=due_at, proposal=proposal):
            waiting = review.c.position == refs[0]
            values = {
                "line": to,
                "due_at": due_at,
                "proposal": proposal,
                "escalation": entry.position,
            }
            tx.run(update(review).where(waiting).values(**values))
        case ExceptionGranted():
            _grant(tx, entry, entry.fact)
            tx.forget(*EXCEPTIONS)
        case ExceptionRevoked(refs=refs):
            values = {"revoked_by": entry.actor, "revoked_at": entry.at}
            tx.run(update(_exception).where(_exception.c.position == refs[0]).values(**values))
            tx.forget(*EXCEPTIONS)
        case BotRefused(refs=refs, counted=counted):
            of_bot = update(review).where(review.c.decision == refs[0])
            tx.run(of_bot.values(told=entry.position, counted=int(counted)))
        case PreReviewBegan():
            _begin(tx, entry, entry.fact)
            tx.forget(*WATCHES)
        case PreReviewEnded(refs=refs):
            ended = update(_watch).where(_watch.c.position == refs[0])
            tx.run(ended.values(ended_at=entry.at))
            tx.forget(*WATCHES)
        case _:
            pass


def _decided(tx: WriteTx, entry: Recorded, held: int, verdict: Verdict) -> None:
    """Whoever decides on a message that had a verdict, or against the proposal, turns another's judgement."""
    passing = (Verdict.RELEASED, Verdict.MASKED)
    other = (Verdict.REFUSED,) if verdict.lets_pass else passing
    turned = or_(review.c.verdict.in_(other), review.c.proposal.in_(other))
    values = {
        "verdict": verdict,
        "decision": entry.position,
        "decided_at": entry.at,
        "reviewer": entry.actor,
        "reversed": case((turned, 1), else_=0),
    }
    tx.run(update(review).where(review.c.position == held).values(**values))


def _grant(tx: WriteTx, entry: Recorded, fact: ExceptionGranted) -> None:
    values = {
        "position": entry.position, "grp": fact.group, "rule": fact.rule, "until": fact.until,
        "granted_by": entry.actor, "granted_at": entry.at, "held": fact.refs[0],
    }  # fmt: skip
    tx.run(insert(_exception).values(**values))
    # The entry cannot be opened before the transaction ends, but what follows in it asks already.
    tx.cached(_GRANTED, dict[int, str])[entry.position] = fact.phrase


def _begin(tx: WriteTx, entry: Recorded, fact: PreReviewBegan) -> None:
    values = {
        "position": entry.position, "person": fact.person, "grp": fact.group, "began_at": entry.at,
        "until": fact.until, "refusals": json.dumps(list(fact.refs)),
    }  # fmt: skip
    tx.run(insert(_watch).values(**values))


# ---- the queue --------------------------------------------------------------------------------------------------


def to_review(row: Any) -> ReviewRow:
    return ReviewRow(
        row.position, row.grp, row.sender, row.at, row.due_at, row.line, row.escalation,
        Verdict(row.proposal) if row.proposal else None, Verdict(row.verdict) if row.verdict else None,
        row.decision, row.decided_at, row.reviewer, bool(row.reversed),
    )  # fmt: skip


def find(tx: ReadTx, position: int) -> ReviewRow | None:
    row = tx.first(select(review).where(review.c.position == position))
    return to_review(row) if row is not None else None


def _of_lines(lines: Iterable[str | None]) -> ColumnElement[bool]:
    """Messages for these lines; None is the reviewers'."""
    named = [line for line in lines if line is not None]
    first = review.c.line.is_(None)
    of_second = review.c.line.in_(named)
    return or_(first, of_second) if None in lines else of_second


def _waiting(
    senders_not: Sequence[PersonId], lines: Iterable[str | None]
) -> tuple[ColumnElement[bool], ...]:
    return review.c.verdict.is_(None), review.c.sender.not_in(senders_not), _of_lines(lines)


def waiting(
    tx: ReadTx, senders_not: Sequence[PersonId], lines: Sequence[str | None], limit: int
) -> list[ReviewRow]:
    """Undecided messages of these lines, oldest first, without those of some senders."""
    found = select(review).where(*_waiting(senders_not, lines)).order_by(review.c.position)
    return [to_review(row) for row in tx.all(found.limit(limit))]


def count_waiting(tx: ReadTx, senders_not: Sequence[PersonId], lines: Sequence[str | None]) -> int:
    found = select(func.count()).select_from(review).where(*_waiting(senders_not, lines))
    return int(tx.scalar(found))


def escalated(tx: ReadTx, senders_not: Sequence[PersonId], limit: int) -> list[ReviewRow]:
    """Undecided messages that have left the reviewers, oldest first."""
    left = review.c.verdict.is_(None), review.c.line.is_not(None)
    found = (
        select(review)
        .where(*left, review.c.sender.not_in(senders_not))
        .order_by(review.c.position)
        .limit(limit)
    )
    return [to_review(row) for row in tx.all(found)]


def decided(tx: ReadTx, lines: Sequence[str] | None, limit: int) -> list[ReviewRow]:
    """Decided messages, the latest decision first; with `lines`, only those that these roles decided."""
    found = select(review).where(review.c.decision.is_not(None))
    if lines is not None:
        found = found.where(review.c.line.in_(lines))
    return [to_review(row) for row in tx.all(found.order_by(review.c.decision.desc()).limit(limit))]


def known_lines(tx: ReadTx) -> frozenset[str]:
    """The roles to which messages were ever escalated."""
    found = select(review.c.line).where(review.c.line.is_not(None)).distinct()
    return frozenset(tx.scalars(found))


def refusals(
    tx: ReadTx, authors: Sequence[PersonId], group: GroupId | None, since: int, after: int
) -> list[int]:
    """The decisions that refused messages after the time `since` and the position `after` and count, oldest first.

    The first of `authors` answers for all others, which are bots: of those count the ones that were told as such. What
    was overturned is not among them.
    """
    found = select(review.c.decision).where(
        review.c.sender.in_(authors),
        or_(review.c.sender == authors[0], review.c.counted == 1),
        review.c.verdict == Verdict.REFUSED,
        review.c.decided_at > since,
        review.c.decision > after,
    )
    if group is not None:
        found = found.where(review.c.grp == group)
    return tx.scalars(found.order_by(review.c.decision))


def told(tx: ReadTx, bots: Sequence[PersonId], since: int) -> list[Any]:
    """Refusals of messages of bots that stand, and of which somebody was told after `since`; the newest first."""
    return list(tx.all(_told(bots).where(review.c.decided_at > since)))


def last_told(tx: ReadTx, bots: Sequence[PersonId], *, counted: bool = False) -> int | None:
    """When (ms) somebody was told last of such a refusal, or of one that counted."""
    found = _told(bots).where(review.c.counted == 1) if counted else _told(bots)
    row = tx.first(found.limit(1))
    return row.decided_at if row is not None else None


def _told(bots: Sequence[PersonId]) -> Select[Any]:
    found = select(review).where(
        review.c.sender.in_(bots),
        review.c.told.is_not(None),
        review.c.verdict == Verdict.REFUSED,
    )
    return found.order_by(review.c.decision.desc())


# ---- exceptions -------------------------------------------------------------------------------------------------


def _to_allowed(tx: ReadTx, row: Any) -> Allowed:
    entry = tx.entry(row.position)
    phrase = entry.fact.phrase if entry is not None else tx.cached(_GRANTED, dict)[row.position]
    return Allowed(
        row.position, row.grp, row.rule, phrase, row.until, row.granted_by, row.granted_at, row.held,
        row.revoked_by, row.revoked_at,
    )  # fmt: skip


def find_exception(tx: ReadTx, position: int) -> Allowed | None:
    row = tx.first(select(_exception).where(_exception.c.position == position))
    return _to_allowed(tx, row) if row is not None else None


def exceptions(tx: ReadTx, *, ending_after: int | None, limit: int) -> list[Allowed]:
    """Exceptions, the newest first; with `ending_after`, those that had not ended or been revoked by then."""
    found = select(_exception)
    if ending_after is not None:
        c = _exception.c
        lasting = or_(c.revoked_at.is_(None), c.revoked_at > ending_after)
        found = found.where(c.until > ending_after, lasting)
    ordered = found.order_by(_exception.c.position.desc()).limit(limit)
    return [_to_allowed(tx, row) for row in tx.all(ordered)]


# ---- pre-reviews ------------------------------------------------------------------------------------------------


def _to_watch(row: Any) -> Watch:
    refusals = tuple(json.loads(row.refusals))
    return Watch(row.position, row.person, row.grp, row.began_at, row.until, refusals, row.ended_at)


def find_watch(tx: ReadTx, position: int) -> Watch | None:
    row = tx.first(select(_watch).where(_watch.c.position == position))
    return _to_watch(row) if row is not None else None


def watches(tx: ReadTx, *, person: PersonId | None = None, limit: int | None = None) -> list[Watch]:
    """Pre-reviews, the newest first: all of one person, or those of everybody that last."""
    found = select(_watch).order_by(_watch.c.position.desc())
    if person is not None:
        found = found.where(_watch.c.person == person)
    else:
        found = found.where(_watch.c.ended_at.is_(None))
    return [_to_watch(row) for row in tx.all(found.limit(limit))]
