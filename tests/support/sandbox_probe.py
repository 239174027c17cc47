"""A module for sandboxes: does what it is asked to, good or bad."""

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from guiju.kernel.sandbox import join_frame


def prepare() -> None:
    """There is nothing to load."""


def answer(request: bytes) -> Iterator[bytes]:
    yield b"first"
    if request == b"sleep":
        time.sleep(60)
    elif request == b"spin":
        while True:
            pass
    elif request == b"memory":
        yield bytes(4 << 30)
    elif request == b"abort":
        os.abort()
    elif request == b"raise":
        raise ValueError("the words of a file")
    elif request == b"talk":
        while True:
            yield bytes(1 << 20)
    elif request == b"forge":
        _forge()
    elif request == b"doors":
        yield from map(_refused, _DOORS)
    else:
        yield request


def _forge() -> None:
    """Writes a whole answer wherever it can be written: a verdict in the place of the warm process."""
    forged = join_frame(b"done\n" + join_frame(b"clean"))
    for number in range(32):
        with contextlib.suppress(OSError):
            os.write(number, forged)


_DOORS: tuple[Callable[[], object], ...] = (
    lambda: Path("/etc/passwd").read_bytes(),
    lambda: Path("/tmp/guiju-sandbox-probe").write_bytes(b"x"),
    socket.socket,
    os.fork,
    lambda: os.execv("/bin/true", ["true"]),  # noqa: S606  # must be refused
    lambda: os.kill(os.getppid(), 9),
)


def _refused(door: Callable[[], object]) -> bytes:
    try:
        door()
    except OSError as reason:
        return type(reason).__name__.encode()
    return b"open"
