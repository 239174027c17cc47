"""kill -9 under load: what was acknowledged is there once, where it was said to be, and the server is soon back."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.support.kills import kill_again_and_again, make_load, make_place

KILLS = int(os.environ.get("GUIJU_KILLS") or 50)
SEED = int(os.environ.get("GUIJU_SEED") or 20261122)
READY_SECONDS = float(os.environ.get("GUIJU_READY_SECONDS") or 5)


@pytest.mark.timeout(60 + 10 * KILLS)
def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path, database_url: str | None) -> None:
    place, accounts = make_place(tmp_path, database_url)
    with place.serving():
        load = make_load(place, accounts, SEED)
    report = asyncio.run(kill_again_and_again(place, load, KILLS, SEED))
    print(report.summary())
    assert not report.problems
    assert report.acknowledged > 10 * KILLS
    # A kill while nothing is under way would prove nothing.
    assert report.caught >= 0.8 * KILLS
    assert max(report.ready) <= READY_SECONDS
    assert "Traceback" not in place.log.read_text(encoding="utf-8")
