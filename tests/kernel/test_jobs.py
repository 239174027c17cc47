"""Timers: due once, claimed with a lease, harmless twice, and none holds up another."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from guiju.kernel import jobs
from guiju.kernel.clock import ManualClock
from guiju.kernel.jobs import (
    LEASE,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    job,
    parked,
    retry_parked,
    run_due,
)
from guiju.kernel.lane import WriteTx
from tests.support.world import World

Ran = list[tuple[str, dict[str, Any], int]]


@pytest.fixture
def ran() -> Iterator[Ran]:
    """What the jobs of these tests did."""
    seen: Ran = []

    @jobs.on_job("test.note")
    def note(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
        seen.append((key, payload, tx.now))

    @jobs.on_job("test.fail")
    def fail(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
        seen.append((key, payload, tx.now))
        raise RuntimeError("a bug in a job")

    @jobs.on_job("test.again")
    def again(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
        seen.append((key, payload, tx.now))
        tx.schedule("test.again", key, tx.now + 1000, round=payload["round"] + 1)

    yield seen
    for kind in ("test.note", "test.fail", "test.again"):
        del jobs._verbs[kind]


def schedule(world: World, kind: str, key: str, after: int, **payload: Any) -> None:
    world.write(lambda tx: tx.schedule(kind, key, tx.now + after, **payload))


def waiting(world: World) -> list[tuple[str, str, int]]:
    rows = world.read(
        lambda tx: tx.all(
            select(job.c.kind, job.c.key, job.c.attempts).order_by(job.c.kind, job.c.key)
        )
    )
    return [tuple(row) for row in rows if row.kind.startswith("test.")]


def test_a_job_runs_when_it_is_due_and_once(world: World, ran: Ran) -> None:
    schedule(world, "test.note", "a", 1000, n=1, word="x", nothing=None)
    world.later(999)
    assert ran == []
    world.later(1)
    assert ran == [("a", {"n": 1, "word": "x", "nothing": None}, world.clock.now())]
    world.later(10 * LEASE)
    assert len(ran) == 1 and waiting(world) == []


def test_the_same_key_replaces_and_cancel_removes(world: World, ran: Ran) -> None:
    schedule(world, "test.note", "a", 1000, n=1)
    schedule(world, "test.note", "a", 5000, n=2)
    schedule(world, "test.note", "b", 1000, n=3)
    world.write(lambda tx: tx.cancel("test.note", "b"))
    world.later(1000)
    assert ran == []
    world.later(4000)
    assert [payload for _, payload, _ in ran] == [{"n": 2}]


def test_a_refused_command_schedules_nothing(world: World, ran: Ran) -> None:
    def verb(tx: WriteTx) -> None:
        tx.schedule("test.note", "a", tx.now)
        raise RuntimeError("undo")

    with pytest.raises(RuntimeError):
        world.write(verb)
    assert waiting(world) == []


def test_jobs_run_in_the_order_of_their_time(world: World, ran: Ran) -> None:
    for key, after in (("c", 300), ("a", 100), ("b", 200)):
        schedule(world, "test.note", key, after)
    world.later(1000)
    assert [key for key, _, _ in ran] == ["a", "b", "c"]


def test_a_failing_job_waits_for_its_lease_and_holds_up_no_other(
    world: World, ran: Ran, caplog: pytest.LogCaptureFixture
) -> None:
    schedule(world, "test.fail", "a", 100)
    schedule(world, "test.note", "b", 200)
    with caplog.at_level(logging.ERROR, "guiju.jobs"):
        world.later(1000)
    assert [key for key, _, _ in ran] == ["a", "b"]
    assert any("test.fail" in record.getMessage() for record in caplog.records)
    assert waiting(world) == [("test.fail", "a", 1)], "it keeps its row"
    world.later(LEASE - 1)
    assert len(ran) == 2
    world.later(1)
    assert [key for key, _, _ in ran] == ["a", "b", "a"] and waiting(world) == [
        ("test.fail", "a", 2)
    ]


def test_a_job_that_goes_on_failing_waits_longer_and_is_parked_at_last(
    world: World, ran: Ran, caplog: pytest.LogCaptureFixture
) -> None:
    schedule(world, "test.fail", "a", 0)
    waits = []
    with caplog.at_level(logging.CRITICAL, "guiju.jobs"):
        for attempt in range(1, MOST_ATTEMPTS + 1):
            world.later(0)
            assert waiting(world) == [("test.fail", "a", attempt)]
            assert [r.getMessage() for r in caplog.records if "parked" in r.getMessage()] == (
                []
                if attempt < MOST_ATTEMPTS
                else ["the job test.fail of a is parked after 10 attempts"]
            )
            waits.append(min(LEASE * 2 ** (attempt - 1), LONGEST_WAIT))
            world.later(waits[-1] - 1)
            assert len(ran) == attempt, "not before its time"
            world.clock.advance(1)
    assert waits[:3] == [LEASE, 2 * LEASE, 4 * LEASE] and waits[-1] == LONGEST_WAIT
    world.later(10 * LONGEST_WAIT)
    assert len(ran) == MOST_ATTEMPTS and world.read(parked) == 1
    world.write(retry_parked)
    assert world.read(parked) == 0
    world.later(0)
    assert len(ran) == MOST_ATTEMPTS + 1, "a restart tries it again"


def test_a_claimed_job_is_not_claimed_again_before_its_lease_ends(world: World, ran: Ran) -> None:
    schedule(world, "test.note", "a", 0)
    # Another node claimed the job and died.
    assert len(world.write(lambda tx: jobs._claim(tx, 50))) == 1
    assert run_due(world.runtime.lane) == 0 and ran == []
    world.clock.advance(LEASE)
    assert run_due(world.runtime.lane) == 1 and len(ran) == 1


def test_a_job_may_schedule_itself_again(world: World, ran: Ran) -> None:
    schedule(world, "test.again", "a", 0, round=1)
    for _ in range(3):
        world.later(0)
        world.clock.advance(1000)
    assert [payload["round"] for _, payload, _ in ran] == [1, 2, 3]
    assert waiting(world) == [("test.again", "a", 0)]


def test_only_so_many_at_once(world: World, ran: Ran) -> None:
    for n in range(5):
        schedule(world, "test.note", str(n), 0)
    assert [run_due(world.runtime.lane, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert len(ran) == 5


def test_a_kind_has_one_verb(ran: Ran) -> None:
    with pytest.raises(AssertionError, match="two verbs"):
        jobs.on_job("test.note")(lambda tx, key, payload: None)


def test_what_is_not_due_costs_the_lane_nothing(world: World, ran: Ran) -> None:
    schedule(world, "test.note", "a", 1000)
    before = world.runtime.lane.work
    assert run_due(world.runtime.lane) == 0 and world.runtime.lane.work == before
    world.clock.advance(1000)
    assert run_due(world.runtime.lane) == 1 and world.runtime.lane.work != before


def test_a_clock_that_goes_back_holds_up_no_timer_of_before(
    world: World, ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(world, "test.note", "a", 0)
    monkeypatch.setattr(world.runtime.lane, "clock", ManualClock(world.clock.now() - 60_000))
    assert run_due(world.runtime.lane) == 1 and [key for key, _, _ in ran] == ["a"]
