"""kill -9 under load: what was acknowledged is there once, where it was said to be."""

import asyncio
import math
import os
from pathlib import Path
from typing import Any

import pytest

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.modules.messaging.types import MessageSent
from tests.support.kill_operations import FEW, make_beside
from tests.support.kills import (
    Report,
    kill_again_and_again,
    make_load,
    make_place,
)
from tests.support.repeating import Book, stored_otherwise

Json = dict[str, Any]
KILLS = int(os.environ.get("GUIJU_KILLS") or 20)
SEED = int(os.environ.get("GUIJU_SEED") or 20261122)


@pytest.mark.timeout(60 + 10 * KILLS)
def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path, database_url: str | None) -> None:
    place, accounts = make_place(tmp_path, database_url)
    beside = make_beside(place, accounts, FEW)
    with place.serving():
        load = make_load(place, accounts, SEED, beside)
    report = asyncio.run(kill_again_and_again(place, load, KILLS, SEED))
    print(report.summary())
    assert report.kills == KILLS
    assert report.judge(place.log, math.inf) == []  # only a campaign times the starts


def test_a_run_is_judged_by_all_that_it_shows(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("started", encoding="utf-8")
    good: Json = {"kills": 10, "caught": 8, "acknowledged": 101, "ready": [1.0, 5.0]}
    assert Report(**good).judge(log, 5) == []
    worse: tuple[Json, ...] = (
        {"caught": 7},
        {"acknowledged": 100},
        {"ready": [5.1]},
        {"ready": []},
        {"problems": ["one was lost"]},
        {"operations": {"edit": (0, 3)}},
    )
    for changed in worse:
        assert len(Report(**(good | changed)).judge(log, 5)) == 1, changed
    log.write_text("Traceback (most recent call last):", encoding="utf-8")
    assert len(Report(**good).judge(log, 5)) == 1


def test_a_message_is_there_once_whole_and_where_it_was_said_to_be() -> None:
    def entry(position: int, cmid: str, text: str) -> Recorded:
        fact = MessageSent(GroupId("g"), (), "r", (), (), cmid, text, None)
        return Recorded(position, 0, "messaging.sent", "me", fact.group, 1, (), None, fact)

    def judged(*entries: Recorded) -> list[str]:
        book = Book(entries, lambda _: None)
        return stored_otherwise(book, "me", {"a": "甲", "b": "乙"}, {"a": {"position": 3}})

    first, second = entry(3, "a", "甲"), entry(4, "b", "乙")
    assert judged(first, second) == []
    wrong = (
        (first,),
        (first, second, entry(5, "b", "乙")),
        (first, second, entry(5, "c", "丙")),
        (first, entry(4, "b", "乙 and more")),
        (entry(2, "a", "甲"), second),
    )
    for entries in wrong:
        assert len(judged(*entries)) == 1, entries
