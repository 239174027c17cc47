"""Answers that are due or late, and questions that wait for an answer or have got one."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.work import Work
from guiju.modules.directory import service as directory
from guiju.modules.followup import questions, service
from guiju.modules.followup.question_types import (
    Question,
    QuestionAnswered,
    QuestionEscalated,
    QuestionFact,
    QuestionKind,
    QuestionLate,
    QuestionRaised,
    QuestionReminded,
    QuestionState,
)
from guiju.modules.followup.types import AnswerEscalated, AnswerLate, AnswerReminded

KINDS = (
    "followup.reminded",
    "followup.late",
    "followup.escalated",
    "followup.question_raised",
    "followup.question_handed",
    "followup.question_reopened",
    "followup.question_reminded",
    "followup.question_late",
    "followup.question_escalated",
    "followup.question_answered",
)


def work(tx: ReadTx, entries: Sequence[Recorded], people: Collection[PersonId]) -> Iterable[Work]:
    chart = questions.Chart(tx)
    for entry in entries:
        match entry.fact:
            case AnswerReminded():
                yield from _asked(tx, entry, people, "answer_due")
            case AnswerLate():
                yield from _asked(tx, entry, people, "answer_late")
            case AnswerEscalated():
                yield from _late(tx, entry, people)
            case QuestionAnswered():
                yield from _answered(tx, entry, people)
            case _:
                yield from _question(tx, chart, entry, people)


def _asked(tx: ReadTx, entry: Recorded, people: Collection[PersonId], kind: str) -> Iterator[Work]:
    """To whom a message asks and who has not answered; it calls them by name, so that a mute does not keep it away."""
    message, named = entry.fact.refs[0], [one for one in entry.fact.people if one in people]
    waiting = service.still_asked(tx, message, named) if named else []
    who = directory.person_name(tx, service.get_request(tx, message).asker) if waiting else ""
    for person in waiting:
        yield Work(
            kind, person, entry.position, "work:answers", f"/chat/{entry.group}?at={message}", who,
            group=entry.group,
        )  # fmt: skip


def _late(tx: ReadTx, entry: Recorded, people: Collection[PersonId]) -> Iterator[Work]:
    """To a head, or who stands in for one, who is late among their people; of the message they may be shown nothing."""
    head = entry.fact.to
    if head is None or head not in people:
        return
    late = service.late_under(tx, head, entry.fact.refs[0])
    theirs = [one for one in entry.fact.people if one in late]
    if theirs:
        yield Work(
            "answers_missing", head, entry.position, "work:late", "/answers",
            directory.person_name(tx, theirs[0]), len(theirs), group=entry.group,
        )  # fmt: skip


def _question(
    tx: ReadTx, chart: questions.Chart, entry: Recorded, people: Collection[PersonId]
) -> Iterator[Work]:
    """To whoever answers for it now, of those who were told."""
    fact: QuestionFact = entry.fact
    question = questions.find(tx, _place(entry))
    told = [one for one in getattr(fact, "to", ()) if one in people]
    if not told or question.state is not QuestionState.OPEN:
        return
    said = questions.texts(tx, [question]).get(question.position)
    text = said.fact.text if said is not None else ""
    who, kind = directory.person_name(tx, question.asker), _kind(fact, question)
    for person in told:
        if person in chart.answerers(question):
            yield Work(
                kind, person, entry.position, "work:questions", "/questions", who, text=text,
                group=question.group,
            )  # fmt: skip


def _kind(fact: QuestionFact, question: Question) -> str:
    if isinstance(fact, QuestionReminded):
        return "question_due"
    if isinstance(fact, QuestionLate | QuestionEscalated):
        return "question_late"
    return "error" if question.kind is QuestionKind.ERROR else "question"


def _answered(tx: ReadTx, entry: Recorded, people: Collection[PersonId]) -> Iterator[Work]:
    """To who asked, while they read the group."""
    question = questions.find(tx, _place(entry))
    settled = question.state in (QuestionState.ANSWERED, QuestionState.CLOSED)
    if settled and question.asker in people and questions.may_see_answer(tx, question):
        who = directory.person_name(tx, PersonId(str(entry.actor)))
        yield Work(
            "answered", question.asker, entry.position, f"work:question:{question.position}",
            "/questions?box=asked", who, text=entry.fact.text, group=question.group,
        )  # fmt: skip


def _place(entry: Recorded) -> int:
    """The question that an entry is about."""
    at: int = entry.position if isinstance(entry.fact, QuestionRaised) else entry.fact.refs[1]
    return at
