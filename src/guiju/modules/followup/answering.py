"""Answering without a reply: understood, cannot, or later. A reply is heard from the message itself."""

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.followup import _rules, _store, service
from guiju.modules.followup.asking import set_timer, under
from guiju.modules.followup.types import (
    WAITING,
    AlreadyAnsweredError,
    Answer,
    AnswerGiven,
    AnswerRules,
    NotAskedError,
)
from guiju.modules.messaging.changing import find_target
from guiju.modules.policy import service as policy


def answer(
    tx: WriteTx,
    actor: Actor,
    group_id: GroupId,
    message: int,
    answer: Answer,
    *,
    reason: str,
    until: int | None,
) -> None:
    """Say that one has understood, cannot, or answers at `until`; the group sees it, with the reason.

    Raises what `find_target` raises, RequestNotFoundError, NotAllowedError, NotAskedError, AlreadyAnsweredError,
    ReasonNeededError, BadUntilError or TextRefusedError.
    """
    target = find_target(tx, actor, group_id, message)
    service.get_request(tx, message)
    permit = policy.require(tx, actor, "followup.answer", group_id)
    asked = _store.parts(tx, [message])[message]
    mine = next((part for part in asked if part.person == actor.person), None)
    if mine is None:
        raise NotAskedError("The message asks others.", position=message)
    if mine.answer not in WAITING:
        raise AlreadyAnsweredError("Nothing more is asked of you.", position=message)
    _rules.check_answer(answer, reason, until, tx.now)
    rules, use = service.rule_in(tx, target.group, service.CONTROL, AnswerRules)
    remind_at = until - rules.remind_hours * HOUR if until and rules.remind_hours else None
    if remind_at is not None and remind_at <= tx.now:
        remind_at = None
    fact = AnswerGiven(group_id, (message,), answer, until, remind_at, reason)
    tx.record(under(permit, use), fact)
    set_timer(tx, message)
