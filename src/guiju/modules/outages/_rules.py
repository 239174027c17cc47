"""Pure decisions about reports of outages."""

from guiju.kernel.clock import DAY, MINUTE
from guiju.modules.outages.types import MOST_DAYS, BadTimeError

_AHEAD = 10 * MINUTE
"""By so much the clock of a device may be ahead: its times are taken as those of now."""


def times(since: int, until: int | None, now: int) -> tuple[int, int | None]:
    """From when to when an outage was. Raises BadTimeError."""
    ahead = max(since, until or 0) > now + _AHEAD
    if ahead or since < now - MOST_DAYS * DAY or (until is not None and until < since):
        raise BadTimeError(f"An outage began in the last {MOST_DAYS} days, and ended after that.")
    return min(since, now), None if until is None else min(until, now)
