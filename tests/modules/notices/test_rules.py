"""The pure decisions: parameters, questions, answers, pauses."""

import pytest

from guiju.kernel.clock import MINUTE
from guiju.modules.notices import _rules
from guiju.modules.notices.types import (
    Acknowledgement,
    BadQuizError,
    Issuers,
    Question,
    Quiz,
    RemindedRecentlyError,
)

ONE = Question("问", ("一", "二", "三"), (1,))


@pytest.mark.parametrize(
    ("check", "params"),
    [
        (_rules.check_issuers, Issuers(roles=())),
        (_rules.check_issuers, Issuers(roles=("audit_admin",))),
        (_rules.check_acknowledgement, Acknowledgement(hours=0)),
        (_rules.check_acknowledgement, Acknowledgement(hours=9, most_hours=8)),
        (_rules.check_acknowledgement, Acknowledgement(most_hours=2001)),
        (_rules.check_acknowledgement, Acknowledgement(remind_hours=-1)),
        (_rules.check_acknowledgement, Acknowledgement(remind_every_minutes=0)),
        (_rules.check_quiz_params, Quiz(pass_percent=0)),
        (_rules.check_quiz_params, Quiz(pass_percent=101)),
        (_rules.check_quiz_params, Quiz(wait_minutes=-1)),
    ],
)
def test_parameters_that_make_no_sense(check: object, params: object) -> None:
    assert callable(check)
    check(type(params)())
    with pytest.raises(ValueError, match=r".+"):
        check(params)


@pytest.mark.parametrize(
    "question",
    [
        Question("问", ("一",), (0,)),
        Question("问", ("一", "一"), (0,)),
        Question("问", ("一", "二"), ()),
        Question("问", ("一", "二"), (0, 1)),
        Question("问", ("一", "二", "三"), (0, 0)),
        Question("问", ("一", "二"), (2,)),
        Question("问", tuple("一二三四五六七"), (0,)),
    ],
)
def test_questions_that_cannot_be_answered(question: Question) -> None:
    _rules.check_questions([ONE])
    with pytest.raises(BadQuizError) as raised:
        _rules.check_questions([ONE, question])
    assert raised.value.data["question"] == 1


def test_too_many_questions() -> None:
    _rules.check_questions([ONE] * 10)
    with pytest.raises(BadQuizError):
        _rules.check_questions([ONE] * 11)


def test_answers_are_sets() -> None:
    several = Question("问", ("一", "二", "三"), (0, 2))
    assert _rules.wrong_answers([ONE, several], [(1,), (2, 0, 2)]) == ()
    assert _rules.wrong_answers([ONE, several], [(0,), (0, 1, 2)]) == (0, 1)


def test_the_share_that_passes() -> None:
    assert _rules.passes(2, 3, Quiz(pass_percent=66))
    assert not _rules.passes(2, 3, Quiz(pass_percent=67))


def test_the_pause_between_reminders() -> None:
    rule = Acknowledgement(remind_every_minutes=10)
    _rules.check_reminder(None, rule, 5)
    _rules.check_reminder(5, rule, 5 + 10 * MINUTE)
    with pytest.raises(RemindedRecentlyError) as raised:
        _rules.check_reminder(5, rule, 4 + 10 * MINUTE)
    assert raised.value.data["retry_after"] == 1


def test_roles_and_posts() -> None:
    roles = frozenset({"head", "reviewer"})
    assert _rules.may_issue(Issuers(), roles, "")
    assert not _rules.may_issue(Issuers(roles=("hr",)), roles, "")
    assert not _rules.may_issue(Issuers(posts=("主任",)), roles, "科长")
    assert _rules.may_issue(Issuers(posts=("主任",)), roles, "主任")
