"""The other side of `sandbox.py`: `python -m guiju.kernel.sandboxed MODULE LIMITS`."""

import contextlib
import gc
import importlib
import os
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from types import ModuleType

import msgspec

from guiju.kernel import confinement
from guiju.kernel.sandbox import End, Limits, join_frame, read_frame, write_frame

_MEMORY = 3
_CRASHED = 4
_BY_SIGNAL = {signal.SIGXCPU: End.TIME, signal.SIGKILL: End.TIME}
_BY_CODE = {0: End.DONE, _MEMORY: End.MEMORY}
_CHUNK = 1 << 20
_LINE = 4096


def main() -> None:
    """Prepares the module, says so with an empty frame, and answers until the pipe is closed."""
    module = importlib.import_module(sys.argv[1])
    limits = msgspec.json.Decoder(Limits).decode(sys.argv[2])
    questions = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    module.prepare()
    gc.collect()
    gc.freeze()  # forks share these pages as long as nobody counts through them
    # Whoever asks may end at any moment, also before it is told that this one is ready.
    with contextlib.suppress(EOFError, BrokenPipeError):
        write_frame(answers, b"")
        while True:
            request = read_frame(questions, None)
            end, frames = _fork(module, request, limits, questions.fileno())
            # Read only now, so that no fork ever has in its memory what makes an answer valid.
            seal = read_frame(questions, None)
            write_frame(answers, seal + end.value.encode() + b"\n" + frames)


def _fork(module: ModuleType, request: bytes, limits: Limits, asker: int) -> tuple[End, bytes]:
    """The frames that a fork wrote, and how it ended."""
    reading, writing = os.pipe()
    log, telling = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        confinement.die_with_parent(parent)
        _answer(module, request, limits, writing, telling)
    os.close(writing)
    os.close(telling)
    early, frames = _collect(reading, limits, asker)
    os.close(reading)
    if early is not None:
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    # The fork itself cannot write to a log that is a file: no file that it writes may grow.
    os.write(2, os.read(log, _LINE))
    os.close(log)
    return early or _end(status), frames


def _end(status: int) -> End:
    if os.WIFSIGNALED(status):
        return _BY_SIGNAL.get(signal.Signals(os.WTERMSIG(status)), End.CRASHED)
    return _BY_CODE.get(os.WEXITSTATUS(status), End.CRASHED)


def _collect(reading: int, limits: Limits, asker: int) -> tuple[End | None, bytes]:
    """What the fork writes until it closes the pipe, or why it must be stopped."""
    deadline = time.monotonic() + limits.wall
    chunks: list[bytes] = []
    size = 0
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    poll.register(asker, select.POLLHUP)
    while True:
        left = deadline - time.monotonic()
        events = dict(poll.poll(max(left, 0) * 1000))
        if asker in events:
            os._exit(0)  # nobody waits any more; the fork dies with this process
        if not events:
            return End.TIME, b"".join(chunks)
        chunk = os.read(reading, _CHUNK)
        if not chunk:
            return None, b"".join(chunks)
        chunks.append(chunk)
        size += len(chunk)
        if size > limits.answer:
            return End.ANSWER, b"".join(chunks)


def _answer(module: ModuleType, request: bytes, limits: Limits, writing: int, telling: int) -> None:
    """Runs in the fork and never returns."""
    code = _CRASHED
    try:
        _keep_only(writing, telling)
        confinement.limit(memory=limits.memory, seconds=limits.cpu)
        confinement.close_doors()
        gc.disable()  # the process ends before garbage could matter
        for frame in module.answer(request):
            rest = memoryview(join_frame(frame))
            while rest:
                rest = rest[os.write(writing, rest[:_CHUNK]) :]
        code = 0
    except MemoryError:
        code = _MEMORY
    except BaseException as reason:
        os.write(telling, _line(reason))
        raise
    finally:
        os._exit(code)


def _keep_only(*kept: int) -> None:
    """Closes every other file; what a library prints goes nowhere.

    The pipes to the server are among them: a parser that a file has taken over must not be able to
    answer in the place of the warm process.
    """
    os.dup2(0, 1)
    os.dup2(0, 2)
    begin = 3
    for number in sorted(kept):
        os.closerange(begin, number)
        begin = number + 1
    os.closerange(begin, os.sysconf("SC_OPEN_MAX"))


def _line(reason: BaseException) -> bytes:
    """A line for the log: where, and not what, for the message may repeat the file."""
    trace = traceback.walk_tb(reason.__traceback__)
    places = [f"{Path(frame.f_code.co_filename).name}:{line}" for frame, line in trace]
    about = {"event": "sandbox.crashed", "exception": type(reason).__name__, "at": places[-8:]}
    return msgspec.json.encode(about)[: _LINE - 1] + b"\n"


if __name__ == "__main__":
    main()
