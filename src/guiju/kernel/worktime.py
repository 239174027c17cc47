"""Working time: deadlines that rest at lunch, at night, at weekends and on holidays.

Pure functions over a calendar with a fixed offset from UTC. A day works when its date is an extra
workday (调休), or when its weekday is one and its date is no holiday. Working intervals include
their start and exclude their end.
"""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from guiju.kernel.clock import DAY, HOUR

_MINUTE = 60_000
_EPOCH = date(1970, 1, 1).toordinal()
HORIZON_DAYS = 3660
"""How far `add_working_hours` looks before it says that a calendar has no working time."""


class WorkCalendar(Protocol):
    """ISO weekdays (1 = Monday), minutes since local midnight, dates `YYYY-MM-DD`, the offset from
    UTC in minutes.
    """

    @property
    def workdays(self) -> frozenset[int]: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def lunch(self) -> tuple[int, int]: ...
    @property
    def holidays(self) -> frozenset[str]: ...
    @property
    def extra_workdays(self) -> frozenset[str]: ...
    @property
    def utc_offset(self) -> int: ...


def is_working(ms: int, calendar: WorkCalendar) -> bool:
    """Whether the moment `ms` (UTC) lies in working time."""
    return any(begin <= ms < end for begin, end in _intervals(_day_of(ms, calendar), calendar))


def working_until(ms: int, calendar: WorkCalendar) -> tuple[bool, int]:
    """Whether the moment `ms` lies in working time, and when that changes next.

    Raises ValueError when the calendar has no working time within ten years.
    """
    first = _day_of(ms, calendar)
    for day in range(first, first + HORIZON_DAYS):
        for begin, end in _intervals(day, calendar):
            if ms < begin:
                return False, begin
            if ms < end:
                return True, end
    raise ValueError("the calendar has no working time within ten years")


def add_working_hours(start_ms: int, hours: int, calendar: WorkCalendar) -> int:
    """The earliest moment by which `hours` (at least 0) of working time have passed.

    Raises ValueError when the calendar has not so much working time within ten years.
    """
    left = hours * HOUR
    if left == 0:
        return start_ms
    first = _day_of(start_ms, calendar)
    for day in range(first, first + HORIZON_DAYS):
        for begin, end in _intervals(day, calendar):
            from_here = max(begin, start_ms)
            if end - from_here >= left:
                return from_here + left
            left -= max(0, end - from_here)
    raise ValueError(f"the calendar has no {hours} working hours within ten years")


def work_ends_on(ms: int, calendar: WorkCalendar) -> int | None:
    """When the work of the local day of a moment ends, or ended; None on a day that does not work."""
    return max((end for _, end in _intervals(_day_of(ms, calendar), calendar)), default=None)


def next_day_begins(ms: int, calendar: WorkCalendar) -> int | None:
    """When work begins on the next local day that works; None when there is none within ten years."""
    first = _day_of(ms, calendar) + 1
    days = range(first, first + HORIZON_DAYS)
    return next((begin for day in days for begin, _ in _intervals(day, calendar)), None)


def working_ms_between(a: int, b: int, calendar: WorkCalendar) -> int:
    """Working milliseconds from `a` to `b`; negative when `b` comes before `a`."""
    if b < a:
        return -working_ms_between(b, a, calendar)
    return sum(
        max(0, min(end, b) - max(begin, a))
        for day in range(_day_of(a, calendar), _day_of(b, calendar) + 1)
        for begin, end in _intervals(day, calendar)
    )


def midnight(day: date, calendar: WorkCalendar) -> int:
    """When a local day begins, in ms."""
    return (day.toordinal() - _EPOCH) * DAY - calendar.utc_offset * _MINUTE


def _day_of(ms: int, calendar: WorkCalendar) -> int:
    """The local day, counted from 1970-01-01."""
    return (ms + calendar.utc_offset * _MINUTE) // DAY


def _intervals(day: int, calendar: WorkCalendar) -> Iterator[tuple[int, int]]:
    """The working intervals of a local day in UTC milliseconds, in order."""
    if not _is_workday(date.fromordinal(_EPOCH + day), calendar):
        return
    midnight = day * DAY - calendar.utc_offset * _MINUTE
    lunch_start, lunch_end = calendar.lunch
    if not calendar.start < lunch_end or not lunch_start < calendar.end or lunch_start >= lunch_end:
        lunch_start = lunch_end = calendar.end
    for begin, end in ((calendar.start, lunch_start), (lunch_end, calendar.end)):
        if begin < end:
            yield midnight + begin * _MINUTE, midnight + end * _MINUTE


def _is_workday(day: date, calendar: WorkCalendar) -> bool:
    written = day.isoformat()
    if written in calendar.extra_workdays:
        return True
    return day.isoweekday() in calendar.workdays and written not in calendar.holidays
