"""What people who were away are told again costs each of them what concerns them, however many others the notice asks."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.live import items_for
from guiju.modules.notices import issuing
from guiju.modules.notices.types import Wording
from guiju.runtime import ROUTERS
from tests.modules.notices.board import WORDING, Board
from tests.support.listening import Ear, Listening


class Work:
    """Counts what the database is asked for while it runs: statements, values in them, and rows that come back."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, board: Board) -> None:
        self.statements = self.values = self.rows = 0
        event.listen(board.world.runtime.database.readers, "before_cursor_execute", self._count)
        for name in ("all", "scalars"):
            monkeypatch.setattr(ReadTx, name, self._counting(getattr(ReadTx, name)))

    def _count(self, *asked: Any) -> None:
        self.statements += 1
        self.values += len(asked[3])

    def _counting(self, read: Any) -> Any:
        def counted(tx: ReadTx, statement: Any) -> Sequence[Any]:
            found: Sequence[Any] = read(tx, statement)
            self.rows += len(found)
            return found

        return counted

    def __call__(self, board: Board, who: Actor, after: int) -> tuple[list[Any], int]:
        """(items, work) of catching up."""
        before = self.statements + self.values + self.rows

        def read(tx: ReadTx) -> list[Any]:
            entries = tx.entries(EntryQuery(after=after, limit=5000))
            self.rows -= len(entries)  # which grow with what happened, and not with who hears of it
            view = board.world.runtime.new_view(tx)
            return items_for(ROUTERS, view, entries, who.person_id, frozenset(), {})

        items = board.world.read(read)
        return items, self.statements + self.values + self.rows - before


def test_it_does_not_grow_with_the_others(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    work, world, done = Work(monkeypatch, board), board.world, []
    for _ in range(2):
        ear = Ear(Listening(world).hub, world, board["li"])
        start = world.read(lambda tx: tx.position)
        notice = board.publish()
        board.revise(notice, Wording("国庆放假安排", "放假四天。"))
        world.write(lambda tx, one=notice: issuing.remind(tx, board["hr"], one))  # type: ignore[misc]  # bound at once
        world.later(DAY)
        world.write(lambda tx, one=notice: issuing.withdraw(tx, board["hr"], one, reason="x"))  # type: ignore[misc]  # bound at once
        items, cost = work(board, board["li"], start)
        done.append(cost)
        assert [item["what"] for item in items] == [item["what"] for item in ear.items]
        told = ["asked", "revised", "reminded", "reminded", "late", "withdrawn"]
        assert [item["what"] for item in items] == told
        assert work(board, board["sun"], start)[0] == [], "whom it does not ask hears nothing"
        issued = [item["what"] for item in work(board, board["hr"], start)[0]]
        assert issued == ["published", "revised", "late", "withdrawn"]
        for n in range(30):
            world.person(f"新人{n}", unit=board.workshop)
    few, many = done
    assert many <= few + 3, "the same for thirty people more"


def test_an_issuer_asks_once_for_what_all_acknowledgements_share(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, world = Work(monkeypatch, board), board.world
    costs: list[int] = []
    for _ in range(2):
        start = world.read(lambda tx: tx.position)
        notice = board.publish()
        for who in ("li", "wang", "zhao")[: 1 + 2 * len(costs)]:
            board.acknowledge(who, notice)
        items, cost = work(board, board["hr"], start)
        assert [item["what"] for item in items][1:] == ["acknowledged"] * (1 + 2 * len(costs))
        costs.append(cost)
    assert costs[0] == costs[1]


def test_one_commit_reaches_each_once(board: Board) -> None:
    listening = Listening(board.world)
    ears = {who: Ear(listening.hub, board.world, board[who]) for who in ("li", "wang", "hr")}
    board.publish(WORDING)
    assert {who: [item["what"] for item in ear.items] for who, ear in ears.items()} == {
        "li": ["asked"], "wang": ["asked"], "hr": ["published"],
    }  # fmt: skip
