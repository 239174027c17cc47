"""How much work a call does, in calls of functions: time would tell of the machine."""

import sys
from collections.abc import Callable


def calls_of(action: Callable[[], object]) -> int:
    """How many functions the action calls and returns from, those in C included."""
    calls = 0

    def count(*_event: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls
