"""Held messages and the people who decide on them."""

from dataclasses import dataclass

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import GroupClosedError, GroupState
from guiju.modules.inspection.service import mask
from guiju.modules.inspection.types import Finding
from guiju.modules.messaging import _store
from guiju.modules.messaging.sending import person_of
from guiju.modules.messaging.types import (
    AlreadyDecidedError,
    MessageHeld,
    MessageRefused,
    MessageReleased,
    MessageState,
    OwnMessageError,
    ReasonNeededError,
    ReviewLate,
    ReviewNotFoundError,
    Row,
)
from guiju.modules.policy import service as policy

MOST = 200


@dataclass(frozen=True, slots=True)
class Review:
    """A held message with what was found in it, and its decision once there is one."""

    row: Row
    held: Recorded
    decision: Recorded | None

    @property
    def fact(self) -> MessageHeld:
        assert isinstance(self.held.fact, MessageHeld)
        return self.held.fact

    @property
    def sender(self) -> PersonId:
        return person_of(self.held)


def list_reviews(tx: ReadTx, actor: Actor, *, decided: bool) -> list[Review]:
    """The queue without the actor's own messages, or the latest decisions. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.review")
    rows = _store.decided(tx, MOST) if decided else _store.waiting(tx, actor.person_id, MOST)
    return [_load(tx, row) for row in rows]


def count_waiting(tx: ReadTx, actor: Actor) -> int:
    """How many messages wait for this reviewer; 0 for everybody else."""
    if not policy.may(tx, actor, "messaging.review"):
        return 0
    return _store.count_waiting(tx, actor.person_id)


def get_review(tx: ReadTx, actor: Actor, position: int) -> Review:
    """One held message. Raises ReviewNotFoundError, also for those who are not reviewers."""
    row = _store.find(tx, position) if policy.may(tx, actor, "messaging.review") else None
    if row is None or row.due_at is None:
        raise ReviewNotFoundError("There is no such held message.", position=position)
    return _load(tx, row)


def open_review(tx: ReadTx, actor: Actor, position: int) -> Review:
    """Like `get_review` for reading; one's own is not found before its decision, for it tells what was hit."""
    review = get_review(tx, actor, position)
    if review.sender == actor.person and review.decision is None:
        raise ReviewNotFoundError("There is no such held message.", position=position)
    return review


def _load(tx: ReadTx, row: Row) -> Review:
    held = tx.entry(row.position)
    assert held is not None, "the table names the entry"
    return Review(row, held, tx.entry(row.decision) if row.decision is not None else None)


def messages_before(tx: ReadTx, review: Review, limit: int = 5) -> list[Recorded]:
    """What was said just before, so that the reviewer sees the context."""
    query = EntryQuery(
        group=review.row.group, kinds=("messaging.sent", "messaging.released"), before=review.row.position,
        limit=limit, newest_first=True,
    )  # fmt: skip
    return tx.entries(query)[::-1]


def _to_decide(tx: ReadTx, actor: Actor, position: int) -> Review:
    review = get_review(tx, actor, position)
    if review.sender == actor.person:
        raise OwnMessageError("Nobody reviews their own message.", position=position)
    if review.row.state is not MessageState.HELD:
        raise AlreadyDecidedError("This message has been decided already.", position=position)
    return review


def release(tx: WriteTx, actor: Actor, position: int, *, masked: bool, reason: str) -> Review:
    """Let a held message pass, as written or with its findings masked; it appears now, with its original time.

    Raises ReviewNotFoundError, OwnMessageError, AlreadyDecidedError, or GroupClosedError: nothing new appears in a
    closed group.
    """
    review = _to_decide(tx, actor, position)
    group = groups.find_group(tx, review.fact.group)
    if group is None or group.state is not GroupState.ACTIVE:
        raise GroupClosedError("The group is closed.", group=review.fact.group)
    permit = policy.require(tx, actor, "messaging.review").under(
        *policy.use_ids(tx, "messaging.review")
    )
    fact = review.fact
    findings = [Finding(*finding) for finding in fact.findings] if masked else []
    tx.record(
        permit,
        MessageReleased(
            group=fact.group, refs=(position,), sender=review.sender, sent_at=review.held.at, mentions=fact.mentions,
            quote=fact.refs[0] if fact.refs else None, spans=tuple((f.start, f.end) for f in findings),
            cmid=fact.cmid, text=mask(fact.text, findings) if findings else fact.text, reason=reason,
        ),
    )  # fmt: skip
    tx.cancel("messaging.review", str(position))
    return get_review(tx, actor, position)


def refuse(tx: WriteTx, actor: Actor, position: int, *, reason: str) -> Review:
    """Refuse a held message; its sender reads the reason.

    Raises ReviewNotFoundError, OwnMessageError, AlreadyDecidedError or ReasonNeededError.
    """
    review = _to_decide(tx, actor, position)
    if not reason:
        raise ReasonNeededError("A refusal needs a reason.")
    permit = policy.require(tx, actor, "messaging.review").under(
        *policy.use_ids(tx, "messaging.review")
    )
    tx.record(
        permit,
        MessageRefused(review.fact.group, (position,), review.sender, review.fact.clause, reason),
    )
    tx.cancel("messaging.review", str(position))
    return get_review(tx, actor, position)


def record_late(tx: WriteTx, actor: Actor, position: int) -> None:
    """Put on record that a held message is overdue; harmless when it was decided meanwhile."""
    row = _store.find(tx, position)
    if row is None or row.state is not MessageState.HELD:
        return
    permit = policy.require(tx, actor, "messaging.review").under(
        *policy.use_ids(tx, "messaging.review")
    )
    tx.record(permit, ReviewLate(GroupId(row.group), (position,)))
