"""What recipients do, and what the timers of a notice do when nobody does anything."""

from collections.abc import Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.notices import _rules, _store, service
from guiju.modules.notices.issuing import record_reminder
from guiju.modules.notices.types import (
    AlreadyAcknowledgedError,
    Answered,
    DeadlinePassed,
    Notice,
    NoticeAcknowledged,
    NoticeEscalated,
    NoticeId,
    NoticeState,
    QuizTried,
    Recipient,
    StaleVersionError,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError

OPERATION, TIME = "notices.acknowledge", "notices.keep_time"


def acknowledge(
    tx: WriteTx,
    actor: Actor,
    notice_id: NoticeId,
    *,
    version: int,
    answers: Sequence[Sequence[int]],
) -> Answered:
    """Acknowledge the version that was read. With questions, answers that do not pass are recorded and nothing else.

    Raises NoticeNotFoundError, NotAllowedError for one who only oversees, WithdrawnError, StaleVersionError,
    AlreadyAcknowledgedError, AnswersNeededError or TriedRecentlyError.
    """
    notice = service.get_notice(tx, actor, notice_id)
    permit = policy.require(tx, actor, OPERATION)
    mine = _store.find_recipient(tx, notice.id, actor.person)
    if mine is None:
        raise NotAllowedError("This notice does not ask you.", operation=OPERATION)
    _rules.check_open(notice)
    if version != notice.version:
        raise StaleVersionError("The text has changed; read it again.", version=notice.version)
    if mine.has(notice):
        raise AlreadyAcknowledgedError("You have acknowledged it.", notice=notice.id)
    wrong: tuple[int, ...] = ()
    if notice.quiz:
        wrong, passed = _try(tx, permit, notice, mine, answers)
        if not passed:
            return Answered(acknowledged=False, questions=notice.quiz, wrong=wrong)
        permit = permit.under(*policy.use_ids(tx, service.QUIZ))
    late = tx.now > notice.due_at
    tx.record(
        permit.under(*policy.use_ids(tx, service.ACKNOWLEDGEMENT)),
        NoticeAcknowledged(notice.id, notice.version, late, (notice.position,)),
    )
    return Answered(acknowledged=True, questions=notice.quiz, wrong=wrong)


def _try(
    tx: WriteTx,
    permit: Permit,
    notice: Notice,
    mine: Recipient,
    answers: Sequence[Sequence[int]],
) -> tuple[tuple[int, ...], bool]:
    """Put a try on record; gives the questions that were answered wrongly, and whether it passed."""
    rule = service.quiz_rule(tx)
    questions = service.wording(tx, notice).questions
    wrong = _rules.wrong_answers(questions, answers)
    _rules.check_pause(mine.tried_at, rule, tx.now)
    right = len(questions) - len(wrong)
    passed = _rules.passes(right, len(questions), rule)
    ticked = tuple(tuple(sorted(set(one))) for one in answers)
    fact = QuizTried(
        notice.id, notice.version, right, len(questions), passed, ticked, (notice.position,)
    )
    tx.record(permit.under(*policy.use_ids(tx, service.QUIZ)), fact)
    return wrong, passed


def pass_deadline(tx: WriteTx, actor: Actor, notice_id: NoticeId, version: int) -> None:
    """The timer at the deadline of a version: what it counts goes on record, and which heads are told.

    Nothing when the notice asks anew.
    """
    notice = _store.find(tx, notice_id)
    if not _asks(notice, version) or notice is None or notice.due_people is not None:
        return
    permit = policy.require(tx, actor, TIME).under(*policy.use_ids(tx, service.ACKNOWLEDGEMENT))
    counted = _store.figures(tx, [notice.id])[notice.id]
    fact = DeadlinePassed(
        notice.id, version, counted.people, counted.acknowledged, (notice.position,)
    )
    tx.record(permit, fact)
    facts = [
        (permit, NoticeEscalated(notice.id, version, head, len(theirs), (notice.position,)))
        for head, theirs in service.told_at_deadline(tx, notice).items()
    ]
    if facts:
        tx.record_many(facts)


def remind_in_time(tx: WriteTx, actor: Actor, notice_id: NoticeId, version: int) -> None:
    """The timer before the deadline of a version. Nothing when nobody is missing or the issuer has just reminded."""
    notice = _store.find(tx, notice_id)
    if not _asks(notice, version) or notice is None or not _store.missing(tx, notice.id):
        return
    if _rules.next_reminder(notice.reminded_at, service.acknowledgement_rule(tx)) > tx.now:
        return
    permit = policy.require(tx, actor, TIME).under(*policy.use_ids(tx, service.ACKNOWLEDGEMENT))
    record_reminder(tx, permit, notice)


def _asks(notice: Notice | None, version: int) -> bool:
    """Whether the version is the one by which a notice asks now."""
    return (
        notice is not None and notice.state is NoticeState.OPEN and notice.asked_version == version
    )
