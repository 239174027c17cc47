"""Deciding on held messages: release, refuse, pass on, and take back another's refusal."""

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.kernel.worktime import add_working_hours
from guiju.modules.groups import direct
from guiju.modules.groups import service as groups
from guiju.modules.groups.direct_types import BlockedError, BlockingError, DirectPersonLeftError
from guiju.modules.groups.types import Group, GroupClosedError, GroupState
from guiju.modules.inspection.service import MAX_FINDINGS, mask
from guiju.modules.inspection.types import Finding
from guiju.modules.messaging import (
    _review_store,
    burning,
    correcting,
    exceptions,
    prereview,
    quieting,
)
from guiju.modules.messaging.review_queue import (
    FIRST,
    SECOND,
    Review,
    get_review,
    has_passed_on,
    lines_of,
    load,
    rules,
    wrote,
)
from guiju.modules.messaging.review_types import (
    CannotEscalateError,
    EscalatedError,
    NothingToMaskError,
    NotRefusedError,
    OwnDecisionError,
    Permission,
    ReviewEscalated,
    ReviewRow,
    UndeliverableError,
    Verdict,
)
from guiju.modules.messaging.types import (
    AlreadyDecidedError,
    MessageRefused,
    MessageReleased,
    OwnMessageError,
    ReasonNeededError,
    ReviewLate,
)
from guiju.modules.policy import service as policy

# ---- verdicts ---------------------------------------------------------------------------------------------------


def _permit(tx: ReadTx, actor: Actor, line: str | None) -> Permit:
    operation = FIRST if line is None else SECOND
    return policy.require(tx, actor, operation).under(*policy.use_ids(tx, FIRST))


def _own_line(tx: ReadTx, actor: Actor, position: int) -> Review:
    """A message on whose line the actor decides, and which others wrote."""
    review = get_review(tx, actor, position)
    if wrote(tx, actor, review):
        raise OwnMessageError("Nobody reviews their own message.", position=position)
    if review.queue.line not in lines_of(tx, actor):
        line = review.queue.line
        raise EscalatedError("The message was escalated.", position=position, line=line)
    if has_passed_on(tx, actor, review):
        raise OwnDecisionError("Whoever passed it on does not decide.", position=position)
    return review


def _to_decide(tx: ReadTx, actor: Actor, position: int) -> Review:
    review = _own_line(tx, actor, position)
    if review.queue.verdict is not None:
        raise AlreadyDecidedError("This message has been decided already.", position=position)
    return review


def release(
    tx: WriteTx,
    actor: Actor,
    position: int,
    *,
    masked: bool,
    reason: str,
    allow: Permission | None = None,
) -> Review:
    """Let a held message pass, as written or with its findings masked; it appears now, with its original time.

    With `allow` a phrase of it passes its rule from now on. Raises ReviewNotFoundError, OwnMessageError,
    EscalatedError, OwnDecisionError, AlreadyDecidedError, NothingToMaskError, BadExceptionError, GroupClosedError,
    BurnPeopleError, UndeliverableError, or BarredError or DirectNotAllowedError: nothing new appears in a closed group,
    nor across a barrier or a block.
    """
    review = _to_decide(tx, actor, position)
    _release(tx, actor, review, masked=masked, reason=reason, overturns=None)
    if allow is not None:
        _allow(tx, actor, review, allow, reason)
    return get_review(tx, actor, position)


def overturn(
    tx: WriteTx,
    actor: Actor,
    position: int,
    *,
    masked: bool,
    reason: str,
    allow: Permission | None = None,
) -> Review:
    """Release what another reviewer of the same line refused; it is counted as a reversal.

    Raises ReviewNotFoundError, OwnMessageError, EscalatedError, NotRefusedError, OwnDecisionError, ReasonNeededError,
    NothingToMaskError, BadExceptionError, GroupClosedError, UndeliverableError, BarredError or DirectNotAllowedError.
    """
    review = _own_line(tx, actor, position)
    if review.queue.verdict is not Verdict.REFUSED:
        raise NotRefusedError("This message was not refused.", position=position)
    if review.queue.reviewer == actor.person:
        raise OwnDecisionError("Another reviewer overturns a refusal.", position=position)
    if not reason:
        raise ReasonNeededError("To overturn a refusal needs a reason.")
    overturns = review.queue.decision
    assert overturns is not None, "what was refused has a decision"
    _release(tx, actor, review, masked=masked, reason=reason, overturns=overturns)
    prereview.annul(tx, review.sender, review.fact.group, overturns)
    if allow is not None:
        _allow(tx, actor, review, allow, reason)
    return get_review(tx, actor, position)


def _release(
    tx: WriteTx, actor: Actor, review: Review, *, masked: bool, reason: str, overturns: int | None
) -> None:
    fact, position, line = review.fact, review.row.position, review.queue.line
    group = groups.find_group(tx, fact.group)
    if group is None or group.state is not GroupState.ACTIVE:
        raise GroupClosedError("The group is closed.", group=fact.group)
    _check_deliverable(tx, group, review)
    rest, _ = quieting.rest_now(tx, group)
    text, findings = fact.text, tuple[Finding, ...]()
    if masked:
        findings = _to_hide(review)
        text = mask(fact.text, findings)
        if text == fact.text:
            raise NothingToMaskError("Nothing in the text would be hidden.", position=position)
    released = MessageReleased(
        group=fact.group, refs=(position,), sender=review.sender, sent_at=review.held.at, mentions=fact.mentions,
        quote=fact.refs[0] if fact.refs else None, spans=tuple((f.start, f.end) for f in findings),
        cmid=fact.cmid, text=text, reason=reason,
        line=line, overturns=overturns, thread=fact.thread, files=fact.files, notes=fact.notes,
        forwarded=fact.forwarded, forward=fact.forward, template=fact.template,
        corrects=correcting.newest(tx, fact.corrects) if fact.corrects is not None else None,
        silent=rest is not None,
    )  # fmt: skip
    if fact.burn is not None:
        released = burning.released(tx, released, fact.burn)
    permit = _permit(tx, actor, line)
    quiet = (rest.use.id,) if rest is not None else ()
    tx.record(permit.under(*burning.uses_of(review.held), *quiet), released)
    tx.cancel("messaging.review", str(position))


def _check_deliverable(tx: ReadTx, group: Group, review: Review) -> None:
    """Raises UndeliverableError or what a barrier and the rules refuse with.

    Who blocks whom the two alone know, and what they are told of it speaks to one of them, not to a reviewer.
    """
    try:
        direct.check_writable(tx, group, review.sender)
    except (BlockedError, BlockingError, DirectPersonLeftError):
        raise UndeliverableError(
            "The message cannot be delivered any more.", position=review.row.position
        ) from None


def _to_hide(review: Review) -> tuple[Finding, ...]:
    """The findings of a message; where their record was cut, all that follows the last of them is one more.

    They stand in the order of their places, so that what was left out lies behind.
    """
    findings, end = review.findings, len(review.fact.text)
    if len(findings) < MAX_FINDINGS:
        return findings
    return *findings, Finding(findings[-1].start, end, "", "", "")


def _allow(tx: WriteTx, actor: Actor, review: Review, allow: Permission, reason: str) -> None:
    permit, named = _permit(tx, actor, review.queue.line), rules(tx)
    days = named.exception_days if named is not None else 0
    exceptions.grant(tx, permit, review.held, allow, days=days, reason=reason)


def refuse(tx: WriteTx, actor: Actor, position: int, *, reason: str) -> Review:
    """Refuse a held message; its sender reads the reason. Refused too often, who answers for it comes under pre-review.

    Raises ReviewNotFoundError, OwnMessageError, EscalatedError, OwnDecisionError, AlreadyDecidedError or
    ReasonNeededError.
    """
    review = _to_decide(tx, actor, position)
    if not reason:
        raise ReasonNeededError("A refusal needs a reason.")
    line, group = review.queue.line, review.fact.group
    refused = tx.record(
        _permit(tx, actor, line),
        MessageRefused(group, (position,), review.sender, review.fact.clause, reason, line),
    )
    tx.cancel("messaging.review", str(position))
    prereview.count(tx, refused, written_at=review.held.at)
    return get_review(tx, actor, position)


# ---- escalation -------------------------------------------------------------------------------------------------


def escalate(
    tx: WriteTx, actor: Actor, position: int, *, proposal: Verdict | None, reason: str
) -> Review:
    """Pass a held message on to the role that the pack names; from now on only that role decides.

    Raises ReviewNotFoundError, OwnMessageError, EscalatedError, AlreadyDecidedError, ReasonNeededError or
    CannotEscalateError.
    """
    review = _to_decide(tx, actor, position)
    if not reason:
        raise ReasonNeededError("An escalation needs a reason.")
    if review.queue.line is not None or not _escalates(tx):
        raise CannotEscalateError("There is no line to escalate to.", position=position)
    _pass_on(tx, actor, review.queue, proposal, reason)
    return load(tx, _found(tx, position))


def _found(tx: ReadTx, position: int) -> ReviewRow:
    row = _review_store.find(tx, position)
    assert row is not None, "it was there a moment ago"
    return row


def _escalates(tx: ReadTx) -> bool:
    named = rules(tx)
    return named is not None and bool(named.escalate_to)


def _pass_on(
    tx: WriteTx, actor: Actor, row: ReviewRow, proposal: Verdict | None, reason: str
) -> None:
    named = rules(tx)
    assert named is not None and named.escalate_to, "asked before"
    due_at = add_working_hours(tx.now, named.escalation_hours, policy.get_pack(tx).calendar)
    escalated = ReviewEscalated(
        row.group, (row.position,), named.escalate_to, due_at, proposal, reason
    )
    tx.record(_permit(tx, actor, None), escalated)
    tx.schedule("messaging.review", str(row.position), due_at)


def record_late(tx: WriteTx, actor: Actor, position: int) -> None:
    """Put on record that a held message is overdue, and pass it on where the pack says so.

    Harmless when it was decided meanwhile.
    """
    row = _review_store.find(tx, position)
    if row is None or row.verdict is not None:
        return
    permit = _permit(tx, actor, None)
    tx.record(permit, ReviewLate(GroupId(row.group), (position,), row.line))
    named = rules(tx)
    if row.line is None and _escalates(tx) and named is not None and named.on_late == "escalate":
        _pass_on(tx, actor, row, None, "")
