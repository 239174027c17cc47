"""Who may see the entries of a notice, and of which the sealed text."""

from guiju.kernel.db import ReadTx
from guiju.ledger_routes import sight_of
from tests.modules.notices.board import RIGHT, WITH_QUIZ, Board


def sights(board: Board, kind: str) -> dict[str, str]:
    """What each person may see of the last entry of a kind."""
    entry = board.world.entries(kind)[-1]

    def look(tx: ReadTx) -> dict[str, str]:
        return {
            name: sight_of(tx, actor, entry).name.lower() for name, actor in board.people.items()
        }

    return board.world.read(look)


def test_whom_it_asks_sees_the_text(board: Board) -> None:
    board.publish()
    found = sights(board, "notices.published")
    assert found["li"] == found["chen"] == found["hr"] == "body"
    assert (found["sun"], found["clerk"], found["auditor"]) == ("nothing", "nothing", "leaf")


def test_a_text_with_questions_says_which_answers_are_right(board: Board) -> None:
    board.publish(WITH_QUIZ)
    found = sights(board, "notices.published")
    assert (found["li"], found["hr"]) == ("leaf", "body")


def test_what_somebody_did_is_for_them_and_the_issuer(board: Board) -> None:
    notice = board.publish(WITH_QUIZ)
    board.acknowledge("li", notice, RIGHT)
    for kind in ("notices.tried", "notices.acknowledged"):
        found = sights(board, kind)
        assert {name for name, sight in found.items() if sight != "nothing"} == {
            "li", "hr", "auditor",
        }  # fmt: skip
    found = sights(board, "notices.addressed")
    assert {name for name, sight in found.items() if sight != "nothing"} == {"hr", "auditor"}
