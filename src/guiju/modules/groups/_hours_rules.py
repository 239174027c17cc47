"""Pure decisions about fixed communication times."""

from collections.abc import Sequence

from guiju.modules.groups.hours_types import (
    DAY_MINUTES,
    LONGEST_WORDS,
    MOST_HOURS,
    BadHoursError,
    OfficeHours,
)


def stated(hours: Sequence[OfficeHours]) -> tuple[OfficeHours, ...]:
    """The times as they are kept, by day and hour, each once. Raises BadHoursError."""
    found = [
        OfficeHours(tuple(sorted(set(one.days))), one.start, one.end, one.words.strip())
        for one in hours
    ]
    known = sorted(dict.fromkeys(found), key=lambda one: (one.days, one.start, one.end))
    if len(known) > MOST_HOURS or not all(_is_time(one) for one in known):
        raise BadHoursError(
            f"At most {MOST_HOURS} times, each on days of the week and from one time to a later one.",
            most=MOST_HOURS,
        )
    return tuple(known)


def _is_time(one: OfficeHours) -> bool:
    on_days = bool(one.days) and all(1 <= day <= 7 for day in one.days)
    return on_days and 0 <= one.start < one.end <= DAY_MINUTES and len(one.words) <= LONGEST_WORDS
