"""The loop and the lane on one processor, as long as there is much to do.

They take turns: the interpreter lock passes between them several times for each batch, and one reads what the other has
just written. On two processors every turn wakes one that slept and finds its caches without any of it. So under load both
stay on the processor on which the loop ran last, and everything else (readers, inspection of files, PostgreSQL) has the
others. Where others want that processor too, they are let go, and the system chooses again.

Linux only: what the threads and the processors did is read from `/proc` (proc(5); Documentation/scheduler/sched-stats).
Where that cannot be read, or a processor not be chosen, the two are left alone.
"""

import logging
import os
import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from time import monotonic_ns
from typing import NamedTuple

_TASKS, _STAT = Path("/proc/self/task"), Path("/proc/stat")
_SECONDS = 0.25
# So much time has so many batches, of so many commands on average, before its turns are worth it. Where somebody writes now
# and then, the freer choice answers sooner.
_LEAST_BATCHES, _LEAST_COMMANDS = 5, 4
# How much of their processor others may have, and for how many looks the two are let go when it is more.
_MOST_OTHERS, _PAUSE = 0.25, 40
# The field of `stat` that says where a thread ran last, counted from the one behind the name.
_PROCESSOR = 36
_log = logging.getLogger("guiju.processor")
_watching: "Together | None" = None


class Work(NamedTuple):
    """What the lane has done since the process began."""

    batches: int = 0
    commands: int = 0


def spread() -> None:
    """Let the calling thread, and what it starts, run wherever the process may: threads begin where their maker runs."""
    if _watching is not None:
        with suppress(OSError):
            os.sched_setaffinity(0, _watching.everywhere)


class Together:
    """Keeps two threads on one processor while they have much to do."""

    def __init__(self, loop: int, lane: int, work: Callable[[], Work]) -> None:
        """`loop` and `lane` are the system's numbers of the threads."""
        self._threads = loop, lane
        self._work = work
        self._before = work()
        self._since = _Use(0, 0, 0)
        self._pause = 0
        self._free: set[int] = set()
        self.everywhere: AbstractSet[int] = frozenset()
        """Where the process may run: where the thread may that watches and is never kept."""
        self.processor: int | None = None
        """Where the two are kept."""

    def watch(self, stopped: threading.Event) -> None:
        """Look from time to time until told to stop; let them go then, or when nothing can be measured here."""
        global _watching  # noqa: PLW0603  # what is started anywhere in the process asks it
        _watching = self
        try:
            while not stopped.wait(_SECONDS):
                self.look()
        except (OSError, ValueError, IndexError) as error:
            _log.info("the loop and the lane are left to the system: %r", error)
        finally:
            self._let_go()
            _watching = None

    def look(self) -> None:
        """Decide until the next time. Raises whatever reading `/proc` or choosing a processor raises."""
        self.everywhere = os.sched_getaffinity(0)
        work = self._work()
        batches = work.batches - self._before.batches
        commands = work.commands - self._before.commands
        self._before = work
        self._pause = max(0, self._pause - 1)
        is_busy = batches >= _LEAST_BATCHES and commands >= _LEAST_COMMANDS * batches
        if self.processor is None:
            if is_busy and not self._pause and len(self.everywhere) > 1:
                self._keep()
            return
        if self._share_of_others() > _MOST_OTHERS:
            self._pause = _PAUSE
        if self._pause or not is_busy or self.processor not in self.everywhere:
            self._let_go()
        else:
            self._free_others()

    def _keep(self) -> None:
        processor = _ran_on(self._threads[0])
        self._since = self._use(processor)
        self._free = set()
        self.processor = processor
        for thread in self._threads:
            os.sched_setaffinity(thread, {processor})
        self._free_others()

    def _share_of_others(self) -> float:
        """How much of their processor was used by others since the last time, of 1."""
        assert self.processor is not None
        before, now = self._since, self._use(self.processor)
        self._since = now
        others = (now.busy - before.busy) - (now.own - before.own)
        return others / max(1, now.at - before.at)

    def _use(self, processor: int) -> "_Use":
        return _Use(monotonic_ns(), _busy(processor), sum(map(_used, self._threads)))

    def _let_go(self) -> None:
        if self.processor is not None:
            self.processor = None
            with suppress(OSError):
                self.everywhere = os.sched_getaffinity(0)
            for thread in self._threads:
                self._set_free(thread)
            self._free_others()

    def _free_others(self) -> None:
        """Threads begin where the one runs that started them."""
        there = {int(entry.name) for entry in _TASKS.iterdir()}.difference(self._threads)
        for thread in there - self._free:
            self._set_free(thread)
        self._free = there

    def _set_free(self, thread: int) -> None:
        with suppress(OSError):  # it has ended
            os.sched_setaffinity(thread, self.everywhere)


class _Use(NamedTuple):
    """Nanoseconds: the time, how long a processor was busy by then, and for how long with the two threads."""

    at: int
    busy: int
    own: int


def _busy(processor: int) -> int:
    lines = _STAT.read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(f"cpu{processor} ")]
    user, nice, system, _, _, *interrupts = map(int, line.split()[1:9])
    return (user + nice + system + sum(interrupts)) * (1_000_000_000 // os.sysconf("SC_CLK_TCK"))


def _used(thread: int) -> int:
    return int((_TASKS / str(thread) / "schedstat").read_text().split()[0])


def _ran_on(thread: int) -> int:
    return int((_TASKS / str(thread) / "stat").read_text().rpartition(")")[2].split()[_PROCESSOR])
