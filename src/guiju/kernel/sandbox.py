"""Asking a function about what strangers wrote, in a process that can do nothing else.

A sandbox keeps one warm process with a module loaded (`sandboxed.py`). Each request is answered by
a fork of it: its own memory, its own limits, and nothing of one request left for the next.
"""

import hmac
import os
import queue
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import Enum
from typing import IO, Self

import msgspec

from guiju.kernel.processor import spread

# How much longer than its own clock the warm process may take before it is itself given up.
_GRACE = 5.0
_START = 60.0
_HEADER = 8
_CHUNK = 1 << 20
_SEAL = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may use: bytes of memory beyond the loaded program, seconds, bytes of answer."""

    memory: int = 1 << 30
    cpu: int = 20
    wall: float = 30.0
    answer: int = 256 << 20


class End(Enum):
    """How a request ended. All but DONE mean that the frames are not the whole answer."""

    DONE = "done"
    TIME = "time"
    MEMORY = "memory"
    ANSWER = "answer"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Answer:
    """The frames that the function yielded until it ended."""

    frames: tuple[bytes, ...]
    end: End


class Sandbox:
    """A warm process that answers one request at a time, from any thread; more wait their turn."""

    def __init__(self, module: str, limits: Limits) -> None:
        """`module` offers `prepare()` and `answer(request: bytes) -> Iterator[bytes]`.

        The process starts with the first request, or with `warm()`.
        """
        self._command = [
            sys.executable, "-P", "-m", "guiju.kernel.sandboxed", module,
            msgspec.json.encode(asdict(limits)).decode(),
        ]  # fmt: skip
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def warm(self) -> None:
        """Starts the process if it does not run. Raises EOFError or OSError if it cannot."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """Ends the process; a later request starts another."""
        with self._lock:
            self._give_up()

    def ask(self, request: bytes) -> Answer:
        """The answer to one request; CRASHED also if the process does not start.

        An answer counts only with the random seal of its own request: what anything else wrote
        into the pipe, or wrote for an earlier request, ends the process.
        """
        seal = os.urandom(_SEAL)
        with self._lock:
            deadline = time.monotonic() + _START
            try:
                process = self._running()
                deadline = time.monotonic() + self._limits.wall + _GRACE
                write_frame(_pipe(process.stdin), request)
                write_frame(_pipe(process.stdin), seal)
                body = read_frame(_pipe(process.stdout), deadline)
            except (OSError, EOFError):
                body = None
            if body is None or not hmac.compare_digest(body[:_SEAL], seal):
                self._give_up()
                late = time.monotonic() >= deadline
                return Answer((), End.TIME if late else End.CRASHED)
        end, _, rest = body[_SEAL:].partition(b"\n")
        return Answer(tuple(split_frames(rest)), End(end.decode()))

    def _running(self) -> subprocess.Popen[bytes]:
        process = self._process
        if process is not None and process.poll() is None:
            return process
        self._give_up()
        spread()
        process = subprocess.Popen(  # noqa: S603  # our own interpreter with our own module
            self._command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,
        )
        self._process = process
        read_frame(_pipe(process.stdout), time.monotonic() + _START)
        return process

    def _give_up(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        _pipe(process.stdin).close()
        _pipe(process.stdout).close()


class Sandboxes:
    """Several sandboxes of one kind: as many requests at a time, from any threads."""

    def __init__(self, module: str, limits: Limits, count: int) -> None:
        """As for `Sandbox`; a process starts only when all that run are busy."""
        self._all = [Sandbox(module, limits) for _ in range(count)]
        self._idle: queue.LifoQueue[Sandbox] = queue.LifoQueue()
        for sandbox in reversed(self._all):
            self._idle.put(sandbox)

    def warm(self) -> None:
        """Starts the first process if it does not run."""
        self._all[0].warm()

    def close(self) -> None:
        """Ends the processes; a later request starts one again."""
        for sandbox in self._all:
            sandbox.close()

    def ask(self, request: bytes) -> Answer:
        """The answer of the next sandbox that is free."""
        sandbox = self._idle.get()
        try:
            return sandbox.ask(request)
        finally:
            self._idle.put(sandbox)


def _environment() -> dict[str, str]:
    """None of the server's settings, which name its database; one thread for whatever counts threads."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "PYTHONPATH") if key in os.environ}
    threads = (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "TOKIO_WORKER_THREADS",
    )
    return kept | dict.fromkeys(threads, "1")


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def write_frame(pipe: IO[bytes], body: bytes) -> None:
    """Writes the length in eight bytes, then the body."""
    for chunk in (len(body).to_bytes(_HEADER), body):
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(pipe.fileno(), rest[:_CHUNK]) :]


def read_frame(pipe: IO[bytes], deadline: float | None) -> bytes:
    """One frame. Raises `EOFError` at the end of the pipe, `TimeoutError` at the deadline."""
    return _exactly(pipe, int.from_bytes(_exactly(pipe, _HEADER, deadline)), deadline)


def _exactly(pipe: IO[bytes], size: int, deadline: float | None) -> bytes:
    chunks: list[bytes] = []
    while size:
        left = None if deadline is None else max(deadline - time.monotonic(), 0)
        if not select.select([pipe], [], [], left)[0]:
            raise TimeoutError
        chunk = os.read(pipe.fileno(), min(size, _CHUNK))
        if not chunk:
            raise EOFError
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def join_frame(body: bytes) -> bytes:
    """A frame as it stands among others in an answer."""
    return len(body).to_bytes(_HEADER) + body


def split_frames(joined: bytes) -> Iterator[bytes]:
    """The frames of an answer; one that was cut off is left out."""
    place = 0
    while place + _HEADER <= len(joined):
        end = place + _HEADER + int.from_bytes(joined[place : place + _HEADER])
        if end > len(joined):
            return
        yield joined[place + _HEADER : end]
        place = end


def joined(frames: Iterable[bytes]) -> bytes:
    """The opposite of `split_frames`."""
    return b"".join(map(join_frame, frames))
