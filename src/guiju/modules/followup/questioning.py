"""Raising a question about a message, answering it, handing it on, and saying whether the answer does."""

from collections.abc import Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.followup import _question_store, _rules, hearing, questions, service
from guiju.modules.followup.asking import under
from guiju.modules.followup.question_types import (
    MOST_HANDS,
    AlreadyRaisedError,
    HandedTooOftenError,
    NobodyAnswersError,
    NoQuestionsHereError,
    NotAskerError,
    NotResponsibleError,
    Outcome,
    Question,
    QuestionAnswered,
    QuestionClosed,
    QuestionEscalated,
    QuestionHanded,
    QuestionKind,
    QuestionLate,
    QuestionRaised,
    QuestionReminded,
    QuestionReopened,
    QuestionRules,
    QuestionSettledError,
    QuestionState,
    TextNeededError,
)
from guiju.modules.followup.types import AskedTooOftenError
from guiju.modules.groups import barriers
from guiju.modules.groups import service as groups
from guiju.modules.groups.direct_types import BarredError
from guiju.modules.groups.types import Group, GroupClosedError, GroupKind, GroupState
from guiju.modules.messaging import correcting
from guiju.modules.messaging.change_types import MessageRecalled
from guiju.modules.messaging.changing import check_lasting, find_target
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import INSIDE, Use

RAISE, ANSWER, TIMER = "followup.question", "followup.answer_question", "followup.question_time"


def raise_question(
    tx: WriteTx, actor: Actor, group_id: GroupId, message: int, *, unit: UnitId | None, text: str
) -> Question:
    """Raise a question about a message for a unit; or without one, report an error to who wrote it.

    Who answers for the unit need not be a member: they see the text of the question and nothing else. Raises what
    `find_target` raises, BurningError, NotAllowedError, NoQuestionsHereError, TextNeededError, UnitNotFoundError,
    AlreadyRaisedError, NobodyAnswersError, BarredError, AskedTooOftenError or TextRefusedError.
    """
    target = find_target(tx, actor, group_id, message)
    check_lasting(tx, message)
    permit = policy.require(tx, actor, RAISE, group_id)
    if target.group.kind is GroupKind.DIRECT:
        raise NoQuestionsHereError("Two ask one another in messages.")
    _check_words(text)
    kind = QuestionKind.ERROR if unit is None else QuestionKind.QUESTION
    if _question_store.is_pending(tx, message, kind):
        raise AlreadyRaisedError("It has such a question already.", position=message)
    writer = PersonId(target.row.sender) if unit is None else None
    to = _told(tx, actor.person_id, unit, writer)
    if unit is not None:
        _check_barrier(tx, actor.person_id, to)
    rules, use = rules_in(tx, target.group)
    _check_often(tx, actor, group_id, rules, use)
    due_at, remind_at = _times(tx, rules)
    fact = QuestionRaised(group_id, (message,), kind, unit, writer, to, due_at, remind_at, text)
    raised = tx.record(under(permit, use), fact).position
    set_timer(tx, raised)
    return questions.find(tx, raised)


def answer(tx: WriteTx, actor: Actor, position: int, outcome: Outcome, *, text: str) -> Question:
    """Confirm or answer a question that one answers for; the group sees it under the message.

    Raises NotAllowedError, QuestionNotFoundError, NotResponsibleError, QuestionSettledError, TextNeededError or
    TextRefusedError.
    """
    question, permit = _responsible(tx, actor, position)
    if outcome is Outcome.ANSWERED:
        _check_words(text)
    refs = (question.message, position)
    tx.record(permit, QuestionAnswered(question.group, refs, outcome, text))
    return questions.find(tx, position)


def hand_on(tx: WriteTx, actor: Actor, position: int, unit: UnitId, *, reason: str) -> Question:
    """Hand a question to the unit whose matter it is, and say why; its time begins anew.

    Raises what `answer` raises, UnitNotFoundError, HandedTooOftenError or NobodyAnswersError.
    """
    question, permit = _responsible(tx, actor, position)
    _check_words(reason)
    if question.unit in (None, unit) or question.hands >= MOST_HANDS:
        raise HandedTooOftenError("It stays where it is.", position=position)
    to = _told(tx, question.asker, unit, None)
    if barriers.between(tx, question.asker, to[0]) is not None:  # which is nobody else's matter
        raise NobodyAnswersError("Nobody can answer this.", unit=unit)
    rules, _ = rules_in(tx, _group(tx, question))
    refs, (due_at, remind_at) = (question.message, position), _times(tx, rules)
    fact = QuestionHanded(question.group, refs, unit, to, due_at, remind_at, reason)
    tx.record(permit, fact)
    set_timer(tx, position)
    return questions.find(tx, position)


def close(tx: WriteTx, actor: Actor, position: int) -> Question:
    """Say that the question needs nothing more. Raises QuestionNotFoundError, NotAskerError, NotAllowedError or
    QuestionSettledError.
    """
    question, permit = _own(tx, actor, position)
    if question.state not in (QuestionState.OPEN, QuestionState.ANSWERED):
        raise QuestionSettledError("It is closed.", position=position)
    tx.record(permit, QuestionClosed(question.group, (question.message, position)))
    return questions.find(tx, position)


def reopen(tx: WriteTx, actor: Actor, position: int, *, reason: str) -> Question:
    """Say why the answer does not do, once; not where nobody writes any more, nor when who wrote the message has left.

    Raises what `close` raises, GroupClosedError, BarredError, TextNeededError or TextRefusedError.
    """
    question, permit = _own(tx, actor, position)
    if question.state is not QuestionState.ANSWERED or question.reopened:
        raise QuestionSettledError("It cannot be reopened.", position=position)
    _check_words(reason)
    group = _group(tx, question)
    if group.state is not GroupState.ACTIVE:
        raise GroupClosedError("The group is closed.", group=group.id)
    if question.person is not None:
        writer = groups.find_member(tx, group.id, question.person)
        if writer is None or writer.state not in INSIDE:
            raise QuestionSettledError("Who answered has left.", position=position)
    to = questions.answerers(tx, question)
    if question.unit is not None:
        _check_barrier(
            tx, question.asker, questions.Chart(tx).chain(question.unit, None, question.asker)
        )
    rules, _ = rules_in(tx, group)
    refs, (due_at, remind_at) = (question.message, position), _times(tx, rules)
    tx.record(permit, QuestionReopened(question.group, refs, to, due_at, remind_at, reason))
    set_timer(tx, position)
    return questions.find(tx, position)


def keep_time(tx: WriteTx, actor: Actor, position: int) -> None:
    """Do what is due about a question, and come back for what is ahead. Run twice it does nothing more."""
    question = questions.find(tx, position)
    if question.state is not QuestionState.OPEN:
        return
    rules, use = rules_in(tx, _group(tx, question))
    permit = under(policy.require(tx, actor, "followup.keep_time", question.group), use)
    group, refs, to = (
        question.group,
        (question.message, position),
        questions.answerers(tx, question),
    )
    calendar, is_due = policy.get_pack(tx).calendar, question.due_at <= tx.now
    next_at = _rules.after(tx.now, rules.next_hours, rules, calendar) if rules.levels else None
    if not is_due and question.remind_at is not None and question.remind_at <= tx.now:
        tx.record(permit, QuestionReminded(group, refs, to))
    elif is_due and not question.late:
        tx.record(permit, QuestionLate(group, refs, to, next_at))
    elif is_due and question.next_at is not None and question.next_at <= tx.now:
        level = question.level + 1
        chart = questions.Chart(tx)
        every = chart.chain(question.unit, question.person, question.asker)
        allowed = chart.permitted(question)
        told = chart.with_deputies(allowed[level : level + 1], question.asker)
        further = next_at if told and level < rules.levels else None
        barred = hearing.barred_below(every, allowed, level)
        tx.record(permit, QuestionEscalated(group, refs, told, level, further, barred))
    set_timer(tx, position)


def set_timer(tx: WriteTx, position: int) -> None:
    """Wake up when there is something to do about an open question."""
    question = questions.find(tx, position)
    due_at = None if question.late else question.due_at
    ahead = [at for at in (question.remind_at, due_at, question.next_at) if at is not None]
    if ahead and question.state is QuestionState.OPEN:
        tx.schedule(TIMER, str(position), max(min(ahead), tx.now))


def wake(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Set the timers of errors anew whose correction was recalled: they wait again."""
    for entry in entries:
        if isinstance(entry.fact, MessageRecalled):
            line = correcting.line_of(tx, entry.fact.refs[0])
            messages = correcting.chain(tx, line) if line is not None else []
            for error in _question_store.open_errors(tx, messages):
                set_timer(tx, error)


def rules_in(tx: ReadTx, group: Group) -> tuple[QuestionRules, Use | None]:
    """The rules about questions that hold in a group, and the use that brings them."""
    return service.rule_in(tx, group, questions.CONTROL, QuestionRules)


def _group(tx: ReadTx, question: Question) -> Group:
    found = groups.find_group(tx, question.group)
    assert found is not None, "groups are never deleted"
    return found


def _responsible(tx: ReadTx, actor: Actor, position: int) -> tuple[Question, Permit]:
    """An open question for which the actor answers, and the permit to do so."""
    permit = policy.require(tx, actor, ANSWER)
    question = questions.get_question(tx, actor, position)
    if actor.person_id not in questions.answerers(tx, question):
        raise NotResponsibleError("Others answer for this question.", position=position)
    if question.state is not QuestionState.OPEN:
        raise QuestionSettledError("It waits for no answer.", position=position)
    return question, under(permit, rules_in(tx, _group(tx, question))[1])


def _own(tx: ReadTx, actor: Actor, position: int) -> tuple[Question, Permit]:
    """A question that the actor asked, and the permit to say what becomes of it."""
    question = questions.get_question(tx, actor, position)
    if question.asker != actor.person:
        raise NotAskerError("Somebody else asked.", position=position)
    permit = policy.require(tx, actor, RAISE, question.group)
    return question, under(permit, rules_in(tx, _group(tx, question))[1])


def _told(
    tx: ReadTx, asker: PersonId, unit: UnitId | None, writer: PersonId | None
) -> tuple[PersonId, ...]:
    """Who is told of a question. Raises UnitNotFoundError or NobodyAnswersError."""
    if unit is not None:
        directory.get_unit(tx, unit)
    chart = questions.Chart(tx)
    found = chart.chain(unit, writer, asker)
    if not found or found[0] == asker:
        raise NobodyAnswersError("Nobody can answer this.", unit=unit)
    return chart.with_deputies(found[:1], asker) if unit else (found[0],)


def _check_barrier(tx: ReadTx, asker: PersonId, to: Sequence[PersonId]) -> None:
    """Raises BarredError where one keeps who asks apart from who answers first."""
    barrier = barriers.between(tx, asker, to[0]) if to else None
    if barrier is not None:
        clause = barriers.clause_of(tx)
        raise BarredError(
            "A barrier keeps you apart.", clause=clause, until=barrier.ends_at, groups=[]
        )


def _times(tx: ReadTx, rules: QuestionRules) -> tuple[int, int | None]:
    """(deadline, reminder) of a question whose time begins now."""
    calendar = policy.get_pack(tx).calendar
    due_at = _rules.after(tx.now, rules.hours, rules, calendar)
    return due_at, _rules.remind_at(tx.now, rules.hours, rules, calendar)


def _check_words(text: str) -> None:
    if not text.strip():
        raise TextNeededError("Say it in words.")


def _check_often(
    tx: ReadTx, actor: Actor, group: GroupId, rules: QuestionRules, use: Use | None
) -> None:
    offset = policy.get_pack(tx).calendar.utc_offset * MINUTE
    day = (tx.now + offset) // DAY * DAY - offset
    if _question_store.count_raised(tx, actor.person_id, group, since=day) >= rules.per_day:
        wait = (day + DAY - tx.now + 999) // 1000
        clause = use.mark() if use is not None else None
        raise AskedTooOftenError("Enough for today.", retry_after=wait, clause=clause)
