"""Pure decisions about answers."""

from collections.abc import Mapping, Sequence

from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.ids import PersonId
from guiju.kernel.worktime import WorkCalendar, add_working_hours
from guiju.modules.followup.absence_types import AbsenceRules
from guiju.modules.followup.question_types import QuestionRules
from guiju.modules.followup.types import (
    LEVELS,
    Answer,
    AnswerRules,
    BadUntilError,
    Part,
    ReasonNeededError,
)

LONGEST_DELAY = 30 * DAY
MOST_HOURS = 2000
MOST_ABSENT_DAYS = 90
MOST_LEVELS = 5
"""Heads above the first who are told of a question in turn."""
Rules = AnswerRules | QuestionRules


def check_answers(params: AnswerRules) -> None:
    if not 1 <= params.hours <= params.most_hours <= MOST_HOURS:
        raise ValueError(f"`hours` is 1 to `most_hours`, and that at most {MOST_HOURS}")
    if params.basis not in ("working", "clock"):
        raise ValueError("`basis` is working or clock")
    if not 0 <= params.remind_hours <= MOST_HOURS or not 1 <= params.next_hours <= MOST_HOURS:
        raise ValueError(f"hours are at most {MOST_HOURS}, and `next_hours` at least 1")
    if not 0 <= params.levels <= LEVELS:
        raise ValueError(f"`levels` is 0 to {LEVELS}")
    if not 1 <= params.per_day <= 200:
        raise ValueError("`per_day` is 1 to 200")


def check_questions(params: QuestionRules) -> None:
    if not 1 <= params.hours <= MOST_HOURS or not 0 <= params.remind_hours <= MOST_HOURS:
        raise ValueError(f"hours are at most {MOST_HOURS}, and `hours` at least 1")
    if params.basis not in ("working", "clock"):
        raise ValueError("`basis` is working or clock")
    if not 1 <= params.next_hours <= MOST_HOURS or not 0 <= params.levels <= MOST_LEVELS:
        raise ValueError(f"`next_hours` is at least 1, and `levels` 0 to {MOST_LEVELS}")
    if not 1 <= params.per_day <= 200:
        raise ValueError("`per_day` is 1 to 200")


def check_absences(params: AbsenceRules) -> None:
    if not 1 <= params.most_days <= MOST_ABSENT_DAYS:
        raise ValueError(f"`most_days` is 1 to {MOST_ABSENT_DAYS}")


def after(now: int, hours: int, rules: Rules, calendar: WorkCalendar) -> int:
    """When so many hours of the kind that the rules count have passed."""
    if rules.basis == "clock":
        return now + hours * HOUR
    return add_working_hours(now, hours, calendar)


def remind_at(now: int, hours: int, rules: Rules, calendar: WorkCalendar) -> int | None:
    """When those who are missing are reminded; None where the rules want no reminder, or the deadline is too near."""
    before = hours - rules.remind_hours
    return after(now, before, rules, calendar) if rules.remind_hours and before > 0 else None


def check_answer(answer: Answer, reason: str, until: int | None, now: int) -> None:
    """Raises ReasonNeededError or BadUntilError."""
    if answer in (Answer.DECLINED, Answer.DELAYED) and not reason:
        raise ReasonNeededError("Say why.")
    if answer is not Answer.DELAYED:
        if until is not None:
            raise BadUntilError("Only a later answer names a time.")
    elif until is None or not now < until <= now + LONGEST_DELAY:
        raise BadUntilError("Name a time ahead, at most 30 days from now.")


def reminds_at(part: Part, absent: Mapping[PersonId, int]) -> int | None:
    """When one who is asked is reminded: not while they have said that they cannot answer, and never after their deadline."""
    if part.remind_at is None:
        return None
    at = max(part.remind_at, absent.get(part.person, 0))
    return at if at < part.due_at else None


def next_step(parts: Sequence[Part], absent: Mapping[PersonId, int], now: int) -> int | None:
    """When the timer of a request has something to do again; None for never. `absent`: who cannot answer now, and until when."""
    times = [
        at
        for part in parts
        for at in (reminds_at(part, absent), part.due_at if part.level == 0 else None, part.next_at)
        if at is not None and at > now
    ]
    return min(times, default=None)
