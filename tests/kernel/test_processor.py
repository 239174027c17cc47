"""The loop and the lane share a processor under load, and nothing else has to."""

import os
import threading
from collections.abc import Iterator
from time import sleep

import pytest

from guiju.kernel import processor
from guiju.kernel.processor import Together, Work, spread

EVERYWHERE = os.sched_getaffinity(0)
pytestmark = pytest.mark.skipif(len(EVERYWHERE) < 2, reason="there is only one processor")


class Sleeper:
    """A thread that waits for its end."""

    def __init__(self) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._end.wait)
        self._thread.start()

    @property
    def number(self) -> int:
        assert self._thread.native_id is not None
        return self._thread.native_id

    @property
    def processors(self) -> set[int]:
        return os.sched_getaffinity(self.number)

    def stop(self) -> None:
        self._end.set()
        self._thread.join()


Threads = tuple[Sleeper, Sleeper, Sleeper]


@pytest.fixture
def threads() -> Iterator[Threads]:
    made = Sleeper(), Sleeper(), Sleeper()
    yield made
    for each in made:
        each.stop()


class Lane:
    """How much was done, as tests say it."""

    def __init__(self) -> None:
        self.work = Work()

    def did(self, batches: int, commands: int) -> None:
        self.work = Work(self.work.batches + batches, self.work.commands + commands)


def test_two_threads_stay_together_as_long_as_there_is_much_to_do(
    threads: Threads,
) -> None:
    loop, writer, reader = threads
    lane = Lane()
    together = Together(loop.number, writer.number, lambda: lane.work)
    lane.did(100, 150)
    together.look()
    assert loop.processors == writer.processors == EVERYWHERE, "many small batches are no reason"
    os.sched_setaffinity(reader.number, {min(EVERYWHERE)})
    lane.did(100, 1_000)
    together.look()
    assert loop.processors == writer.processors == {together.processor}
    assert reader.processors == EVERYWHERE, "it has begun where the one runs that started it"
    lane.did(100, 1_000)
    together.look()
    assert loop.processors == writer.processors == {together.processor}
    last = Sleeper()
    os.sched_setaffinity(last.number, {min(EVERYWHERE)})
    together.look()
    assert loop.processors == writer.processors == EVERYWHERE, "nothing was done"
    assert last.processors == EVERYWHERE, "although it began after the look before"
    last.stop()


def test_they_leave_to_others_what_others_want(
    threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, writer, *_ = threads
    lane, clock, busy = Lane(), [0], [0]
    monkeypatch.setattr(processor, "monotonic_ns", lambda: clock[0])
    monkeypatch.setattr(processor, "_busy", lambda at: busy[0])
    together = Together(loop.number, writer.number, lambda: lane.work)

    def look(others: float) -> bool:
        clock[0] += 1_000_000
        busy[0] += int(1_000_000 * others)
        lane.did(100, 1_000)
        together.look()
        return loop.processors == writer.processors == {together.processor}

    assert look(0) and look(0.2)
    assert not look(0.5)
    assert loop.processors == writer.processors == EVERYWHERE
    assert not look(0), "not at once again"
    assert any(look(0) for _ in range(processor._PAUSE))


def watched(together: Together) -> Iterator[threading.Event]:
    """Watches in a thread of its own until the event is set."""
    stopped = threading.Event()
    watching = threading.Thread(target=together.watch, args=(stopped,))
    watching.start()
    yield stopped
    stopped.set()
    watching.join(10)
    assert not watching.is_alive()


@pytest.mark.parametrize("broken", ["_busy", "_used", "_ran_on"])
def test_they_are_left_alone_where_nothing_can_be_measured(
    threads: Threads, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Neither a container that numbers its processors anew nor a system without these files keeps them for ever."""
    loop, writer, *_ = threads
    lane = Lane()
    together = Together(loop.number, writer.number, lambda: lane.work)
    monkeypatch.setattr(processor, broken, lambda number: [][number])
    lane.did(100, 1_000)
    together.watch(threading.Event())
    assert loop.processors == writer.processors == EVERYWHERE


def test_they_are_let_go_where_one_has_ended(threads: Threads) -> None:
    loop, writer, *_ = threads
    lane = Lane()
    together = Together(loop.number, writer.number, lambda: lane.work)
    lane.did(100, 1_000)
    together.look()
    assert loop.processors == {together.processor}
    writer.stop()
    lane.did(100, 1_000)
    together.watch(threading.Event())
    assert loop.processors == EVERYWHERE


def test_what_is_started_runs_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[set[int]] = []
    monkeypatch.setattr(processor, "_SECONDS", 0.001)

    def start() -> None:
        os.sched_setaffinity(0, {min(EVERYWHERE)})
        while processor._watching is None or not processor._watching.everywhere:
            sleep(0.001)
        spread()
        found.append(os.sched_getaffinity(0))

    for stopped in watched(Together(0, 0, Work)):
        thread = threading.Thread(target=start)
        thread.start()
        thread.join()
        stopped.set()
    assert found == [EVERYWHERE]
    spread()  # and where nobody watches, nothing is changed
    assert os.sched_getaffinity(0) == EVERYWHERE
