"""The decisions of this module: values in, a value or a refusal out."""

from collections.abc import Sequence

from guiju.kernel.clock import MINUTE
from guiju.modules.notices.types import (
    MOST_CHOICES,
    MOST_QUESTIONS,
    Acknowledgement,
    AnswersNeededError,
    BadQuizError,
    Issuers,
    Notice,
    NoticeState,
    Question,
    Quiz,
    QuizChangedError,
    ReasonNeededError,
    RemindedRecentlyError,
    TriedRecentlyError,
    UnchangedError,
    WithdrawnError,
    Wording,
)

ISSUING_ROLES = frozenset({"registrar", "hr", "security_admin", "head"})
MOST_HOURS = 2000
DAY_MINUTES = 24 * 60


def check_issuers(params: object) -> None:
    """Raises ValueError for roles that hold no right to issue."""
    assert isinstance(params, Issuers)
    strange = sorted(set(params.roles) - ISSUING_ROLES)
    if strange or not params.roles:
        raise ValueError(f"roles are some of {sorted(ISSUING_ROLES)}, not {strange}")


def check_acknowledgement(params: object) -> None:
    """Raises ValueError for hours and minutes that make no sense."""
    assert isinstance(params, Acknowledgement)
    if not 1 <= params.hours <= params.most_hours <= MOST_HOURS:
        raise ValueError(f"1 <= hours <= most_hours <= {MOST_HOURS}")
    if not 0 <= params.remind_hours <= MOST_HOURS:
        raise ValueError(f"remind_hours are 0 to {MOST_HOURS}")
    if not 1 <= params.remind_every_minutes <= DAY_MINUTES:
        raise ValueError(f"remind_every_minutes are 1 to {DAY_MINUTES}")


def check_quiz_params(params: object) -> None:
    """Raises ValueError for a share or a pause that makes no sense."""
    assert isinstance(params, Quiz)
    if not 1 <= params.pass_percent <= 100:
        raise ValueError("pass_percent is 1 to 100")
    if not 0 <= params.wait_minutes <= DAY_MINUTES:
        raise ValueError(f"wait_minutes are 0 to {DAY_MINUTES}")


def may_issue(rule: Issuers, roles: frozenset[str], post: str) -> bool:
    """Whether a clause lets a holder of these roles and this post issue notices."""
    return bool(roles & set(rule.roles)) and (not rule.posts or post in rule.posts)


def check_questions(questions: Sequence[Question]) -> None:
    """Raises BadQuizError for a question that cannot be answered rightly and wrongly."""
    if len(questions) > MOST_QUESTIONS:
        raise BadQuizError(f"At most {MOST_QUESTIONS} questions.", question=MOST_QUESTIONS)
    for index, one in enumerate(questions):
        count, right = len(one.choices), set(one.right)
        if not 2 <= count <= MOST_CHOICES or len(set(one.choices)) < count:
            raise BadQuizError(f"A question has 2 to {MOST_CHOICES} choices.", question=index)
        if not right or len(right) < len(one.right) or not right < set(range(count)):
            raise BadQuizError("Some of the choices are right, not all.", question=index)


def check_change(old: Wording, new: Wording, *, editorial: bool, reason: str) -> None:
    """Raises UnchangedError, ReasonNeededError or QuizChangedError."""
    if old == new:
        raise UnchangedError("Nothing has changed.")
    if editorial and not reason:
        raise ReasonNeededError("An editorial change needs a reason.")
    if editorial and old.questions != new.questions:
        raise QuizChangedError("Other questions are not an editorial change.")


def check_open(notice: Notice) -> None:
    """Raises WithdrawnError."""
    if notice.state is not NoticeState.OPEN:
        raise WithdrawnError("The notice was withdrawn.", notice=notice.id)


def wrong_answers(
    questions: Sequence[Question], answers: Sequence[Sequence[int]]
) -> tuple[int, ...]:
    """The indices of the questions that were not answered rightly. Raises AnswersNeededError."""
    if len(answers) != len(questions) or not all(answers):
        raise AnswersNeededError("Every question needs an answer.", questions=len(questions))
    pairs = enumerate(zip(questions, answers, strict=True))
    return tuple(index for index, (one, ticked) in pairs if set(one.right) != set(ticked))


def passes(right: int, questions: int, rule: Quiz) -> bool:
    """Whether so many right answers pass."""
    return right * 100 >= questions * rule.pass_percent


def check_pause(tried_at: int | None, rule: Quiz, now: int) -> None:
    """Raises TriedRecentlyError while the pause after the last try lasts."""
    left = 0 if tried_at is None else tried_at + rule.wait_minutes * MINUTE - now
    if left > 0:
        raise TriedRecentlyError("Read it once more first.", retry_after=-(-left // 1000))


def check_reminder(reminded_at: int | None, rule: Acknowledgement, now: int) -> None:
    """Raises RemindedRecentlyError while the pause after the last reminder lasts."""
    left = next_reminder(reminded_at, rule) - now
    if left > 0:
        raise RemindedRecentlyError(
            "They were reminded a short time ago.", retry_after=-(-left // 1000)
        )


def next_reminder(reminded_at: int | None, rule: Acknowledgement) -> int:
    """From when (ms) the next reminder is possible."""
    return 0 if reminded_at is None else reminded_at + rule.remind_every_minutes * MINUTE
