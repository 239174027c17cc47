"""Waiting for what another process or thread brings about."""

import time
from collections.abc import Callable

SECONDS = 20.0


def wait_until(holds: Callable[[], object], seconds: float = SECONDS) -> None:
    """Return when it holds; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never held"
        time.sleep(0.02)
