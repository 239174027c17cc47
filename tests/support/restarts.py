"""Starting a server many times: each is forked from a process that has loaded the program and done nothing else.

To load the program takes most of the processor time of a start, and is the same whatever a crash left behind. All that
reads or writes the organisation is done by the forked process: it is what `guiju serve` runs, from its first line.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from guiju import cli
from tests.support.server import Place

_ROOT = Path(__file__).parents[2]
_END_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Restarted:
    """A server that was ready `ready_after` seconds after it was forked."""

    ready_after: float
    _handle: int

    def kill(self) -> None:
        """End it as a power cut would: no handler runs, nothing is flushed."""
        signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        assert _has_ended(self._handle, _END_SECONDS), "nothing survives SIGKILL"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The process that forks servers."""

    _process: subprocess.Popen[bytes]

    @contextlib.contextmanager
    def serving(self, place: Place) -> Iterator[Restarted]:
        """Serve until the end of the block. Raises BenchError when the server ends before it is ready."""
        begun = time.monotonic()
        number = self._fork(place)
        handle = os.pidfd_open(number)
        try:
            yield Restarted(place.ready(begun, lambda: _has_ended(handle)), handle)
        finally:
            # The group, not only the leader: a server may have children that outlive it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(number, signal.SIGKILL)
            _has_ended(handle, _END_SECONDS)
            os.close(handle)

    def _fork(self, place: Place) -> int:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None, "both are pipes"
        asked = {"environment": place.environment, "log": str(place.log)}
        stdin.write(json.dumps(asked).encode() + b"\n")
        stdin.flush()
        return int(stdout.readline())


@contextlib.contextmanager
def loaded() -> Iterator[Loaded]:
    """A process that has loaded the program, until the end of the block."""
    command = [sys.executable, "-m", "tests.support.restarts"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=_ROOT) as process:
        yield Loaded(process)
        assert process.stdin is not None
        process.stdin.close()


def _has_ended(handle: int, seconds: float = 0) -> bool:
    return bool(select.select([handle], [], [], seconds)[0])


def _serve_forked() -> None:
    """Fork a server for each line; returns in a server only, as what `guiju serve` would be at its first line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    while line := sys.stdin.buffer.readline():
        assert len(list(Path("/proc/self/task").iterdir())) == 1, "a fork has no thread but its own"
        number = os.fork()
        if number == 0:
            break
        print(number, flush=True)
    else:
        sys.exit()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    asked = json.loads(line)
    os.environ.update(asked["environment"])
    sys.argv = ["guiju", "serve"]
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)


if __name__ == "__main__":
    _serve_forked()
    cli.main()
