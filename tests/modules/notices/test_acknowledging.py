"""我已知悉: once, in time or late, and with questions only by who passes them."""

import pytest

from guiju.kernel.clock import DAY, MINUTE
from guiju.modules.notices.types import (
    AlreadyAcknowledgedError,
    Answered,
    AnswersNeededError,
    NoticeAcknowledged,
    NoticeNotFoundError,
    QuizTried,
    StaleVersionError,
    TriedRecentlyError,
    Wording,
)
from guiju.modules.policy.types import NotAllowedError
from tests.modules.notices.board import RIGHT, WITH_QUIZ, WORDING, Board
from tests.modules.notices.test_issuing import refused


class TestAcknowledge:
    def test_it_is_recorded_once(self, board: Board) -> None:
        notice = board.publish()
        assert board.acknowledge("li", notice) == Answered(True, 0, ())
        (entry,) = board.world.entries("notices.acknowledged")
        position = board.get(notice).position
        assert entry.fact == NoticeAcknowledged(notice, 1, False, (position,))
        assert entry.actor == board["li"].person
        assert entry.uses == ("6.26/notices.acknowledgement",)
        refused(board, AlreadyAcknowledgedError, board.acknowledging("li", notice))
        assert board.figures(notice).acknowledged == 1

    def test_after_the_deadline_it_is_late(self, board: Board) -> None:
        notice = board.publish()
        board.acknowledge("li", notice)
        board.world.later(DAY + MINUTE)
        board.acknowledge("wang", notice)
        found = board.figures(notice)
        assert (found.acknowledged, found.late) == (2, 1)
        late = {each.person for each in board.roster("hr", notice) if each.late}
        assert late == {board["wang"].person}

    def test_only_the_version_that_was_read_counts(self, board: Board) -> None:
        notice = board.publish()
        board.revise(notice, Wording("新", "文"))
        error = refused(board, StaleVersionError, board.acknowledging("li", notice, version=1))
        assert error.data["version"] == 2

    def test_who_is_not_asked_cannot(self, board: Board) -> None:
        notice = board.publish()
        refused(board, NoticeNotFoundError, board.acknowledging("sun", notice, version=1))
        refused(board, NotAllowedError, board.acknowledging("auditor", notice))


class TestQuiz:
    def test_only_who_passes_has_acknowledged(self, board: Board) -> None:
        notice = board.publish(WITH_QUIZ)
        assert board.acknowledge("li", notice, ((0,), (0,))) == Answered(False, 2, (1,))
        (tried,) = board.world.entries("notices.tried")
        position = board.get(notice).position
        assert tried.fact == QuizTried(notice, 1, 1, 2, False, ((0,), (0,)), (position,))
        assert tried.uses == ("6.27/notices.quiz",) and board.todo("li") == 1
        board.world.later(MINUTE)
        assert board.acknowledge("li", notice, RIGHT) == Answered(True, 2, ())
        assert [each.passed for each in board.world.facts("notices.tried")] == [False, True]
        (mine,) = [each for each in board.roster("hr", notice) if each.person == board["li"].person]
        assert mine.tries == 2 and board.todo("li") == 0
        (done,) = board.world.entries("notices.acknowledged")
        assert done.uses == ("6.27/notices.quiz", "6.26/notices.acknowledgement")

    def test_after_a_try_one_reads_again_first(self, board: Board) -> None:
        notice = board.publish(WITH_QUIZ)
        board.acknowledge("li", notice, ((1,), (1,)))
        error = refused(board, TriedRecentlyError, board.acknowledging("li", notice, RIGHT))
        assert error.data["retry_after"] == 60
        assert board.acknowledge("wang", notice, RIGHT).acknowledged, "everybody by themselves"

    @pytest.mark.parametrize("answers", [(), ((0,),), ((0,), ()), ((0,), (0,), (0,))])
    def test_every_question_needs_an_answer(
        self, board: Board, answers: tuple[tuple[int, ...], ...]
    ) -> None:
        notice = board.publish(WITH_QUIZ)
        refused(board, AnswersNeededError, board.acknowledging("li", notice, answers))

    def test_a_clause_may_let_fewer_right_answers_pass(self, board: Board) -> None:
        board.world.adopt(lambda text: text.replace("pass_percent: 100", "pass_percent: 50"))
        notice = board.publish(WITH_QUIZ)
        assert board.acknowledge("li", notice, ((0,), (0,))) == Answered(True, 2, (1,))

    def test_new_questions_ask_again(self, board: Board) -> None:
        notice = board.publish(WORDING)
        board.acknowledge("li", notice)
        board.revise(notice, WITH_QUIZ)
        assert board.todo("li") == 1
        refused(board, AnswersNeededError, board.acknowledging("li", notice))
