"""Who is waited for: nobody who has left the organisation; and asking who is late reads no more than who is."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import event, text

from guiju.kernel.clock import HOUR, MINUTE
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.identity import service as identity
from guiju.modules.notices import _shape, issuing, service, table
from guiju.modules.notices.types import Box, NobodyMissingError, NoticeId
from guiju.setup import SYSTEM
from tests.modules.notices.board import Board
from tests.support.telling import Telling, telling


@pytest.fixture
def told(board: Board) -> Iterator[Telling]:
    with telling(board.world) as made:
        yield made


def leave(board: Board, name: str) -> None:
    """Close the account, as is done when somebody leaves."""

    def close(tx: WriteTx) -> None:
        account = identity.find_account_of(tx, board[name].person_id)
        assert account is not None
        identity.close(tx, SYSTEM, account.id, reason="离职")

    board.world.write(close)


def pass_deadline(board: Board, notice: NoticeId) -> None:
    due = board.get(notice).due_at
    board.world.later(due - board.world.clock.now() + MINUTE)


def late(board: Board, who: str) -> int:
    return board.world.read(lambda tx: service.count_late(tx, board[who].person_id))


def missing(board: Board, who: str, notice: NoticeId) -> tuple[int, Collection[PersonId]]:
    """How many are missing, and the first of them, as the list of late notices says."""

    def take(tx: Any) -> tuple[int, Collection[PersonId]]:
        shown = service.list_notices(tx, board[who], Box.LATE)
        rows = {row["id"]: row["missing"] for row in _shape.late(tx, board[who], shown)}
        found = rows.get(notice, {"people": 0, "first": []})
        return found["people"], {one["id"] for one in found["first"]}

    return board.world.read(take)


def test_who_has_left_is_missing_nowhere(board: Board, told: Telling) -> None:
    world = board.world
    for name in ("chen", "hr"):
        told.browser(name, board[name])
    notice = board.publish()
    board.acknowledge("li", notice)
    leave(board, "li")
    leave(board, "wang")
    told.pushed()
    pass_deadline(board, notice)
    (escalated,) = world.facts("notices.escalated")
    assert (escalated.to, escalated.missing) == (board["chen"].person_id, 1)
    (passed,) = world.facts("notices.deadline_passed")
    assert (passed.people, passed.acknowledged) == (3, 1)
    said = {name: one["people"] for name, one in told.pushed()}
    assert said == {"chen": 1, "hr": 2}, "chen is missing too, and is told of the others"
    zhao, chen = board["zhao"].person_id, board["chen"].person_id
    assert missing(board, "hr", notice) == (2, {zhao, chen})
    assert missing(board, "chen", notice) == (1, {zhao})
    found = board.figures(notice)
    assert (found.people, found.acknowledged) == (3, 1)
    (unit,) = world.read(lambda tx: _shape.roster(tx, *service.roster(tx, board["hr"], notice)))
    assert (unit["people"], unit["acknowledged"]) == (3, 1)
    assert {each["person"]["id"] for each in unit["missing"]} == {zhao, chen}
    _, rows = world.read(lambda tx: table.export(tx, board["hr"], notice))
    states = {line.split(",")[1]: line.split(",")[3] for line in rows.splitlines()[1:]}
    assert states["职工li"] == "已确认" and states["职工wang"] == "账号已注销"
    assert states["职工zhao"] == "逾期未确认"


def test_nothing_is_late_where_all_who_are_missing_have_left(board: Board) -> None:
    notice = board.publish(people=tuple(board[one].person_id for one in ("wang", "zhao")))
    pass_deadline(board, notice)
    assert late(board, "hr") == late(board, "chen") == 1
    leave(board, "wang")
    assert late(board, "hr") == late(board, "chen") == 1
    leave(board, "zhao")
    assert late(board, "hr") == late(board, "chen") == 0
    assert missing(board, "chen", notice) == (0, set())
    board.world.later(HOUR)
    with pytest.raises(NobodyMissingError):
        board.world.write(lambda tx: issuing.remind(tx, board["hr"], notice))
    shown = board.world.read(lambda tx: service.get_notice(tx, board["chen"], notice))
    assert shown.id == notice, "a head still sees what asked their people"


def test_heads_hear_nothing_of_those_who_have_left(board: Board) -> None:
    world, head = board.world, board["auditor"].person_id
    world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, board.office, head))
    notice = board.publish(people=(board["sun"].person_id,))
    leave(board, "sun")
    pass_deadline(board, notice)
    assert world.facts("notices.escalated") == []
    assert len(world.facts("notices.deadline_passed")) == 1


CROWD = 10_000


@pytest.mark.parametrize("who", ["hr", "chen", "sun"])
def test_asking_who_is_late_reads_no_one_who_has_acknowledged(board: Board, who: str) -> None:
    """Of ten thousand who were asked it finds whoever is missing by an index, for issuer, head and everybody else."""
    notice = board.publish()
    pass_deadline(board, notice)
    database = board.world.runtime.database
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        if "notices_recipient" in statement:
            asked.append((statement, given))

    event.listen(database.readers, "before_cursor_execute", note)
    try:
        late(board, who)
    finally:
        event.remove(database.readers, "before_cursor_execute", note)
    (statement, given) = asked[0]
    assert len(asked) == 1
    plan = _plan_for_many(board, notice, statement, given)
    assert "notices_recipient_missing" in plan, plan
    assert "Seq Scan on notices_recipient" not in plan, plan


def _plan_for_many(board: Board, notice: NoticeId, statement: str, given: Sequence[Any]) -> str:
    """How the database would answer, had the whole crowd acknowledged; nothing of this stays."""
    database = board.world.runtime.database
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    row = "('{notice}', 'p{n}', '{unit}', 1, 0, 0)"
    rows = [row.format(notice=notice, n=n, unit=board.workshop) for n in range(CROWD)]
    columns = "notice, person, unit, acknowledged, late, tries"
    with database.writers.connect() as connection, connection.begin() as begun:
        for start in range(0, CROWD, 500):
            some = ", ".join(rows[start : start + 500])
            connection.execute(text(f"INSERT INTO notices_recipient ({columns}) VALUES {some}"))
        connection.execute(text("ANALYZE"))
        plan = [
            str(tuple(line)) for line in connection.exec_driver_sql(f"{explain} {statement}", given)
        ]
        begun.rollback()
    return "\n".join(plan)
