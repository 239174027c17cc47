"""The working time of a pack."""

import re
from datetime import date
from typing import Any

from guiju.modules.policy._document import Document
from guiju.modules.policy.types import Calendar

_KEYS = ("workdays", "start", "end", "lunch", "holidays", "extra_workdays", "utc_offset")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")
_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-5][0-9])")
_DAY = 1440
_OFFSETS = range(-12 * 60, 14 * 60 + 1)


def read_calendar(document: Document) -> Calendar:
    """The calendar; what is wrong with it is noted in the document, and the usual one taken."""
    value = document.content.get("calendar")
    if value is None:
        return Calendar()
    if not isinstance(value, dict):
        document.problem("calendar", "not a calendar: it must be a mapping")
        return Calendar()
    document.keys(value, _KEYS, "calendar")
    found: dict[str, Any] = {}
    for key, read in _READERS.items():
        if key not in value and key not in ("start", "end"):
            continue
        try:
            found[key] = read(value.get(key))
        except ValueError as error:
            where = f"calendar.{key}" if key in value else "calendar"
            document.problem(where, f"not a calendar: `{key}`: {error}")
    if any(p.path.startswith("calendar") for p in document.problems) or _lacks_time(
        document, found
    ):
        return Calendar()
    found.setdefault("lunch", (found["start"], found["start"]))
    return Calendar(**found)


def _lacks_time(document: Document, found: dict[str, Any]) -> bool:
    """Whether a deadline would never come."""
    start, end = found["start"], found["end"]
    lunch = found.get("lunch", (start, start))
    if not start < end:
        document.problem("calendar.end", "not a calendar: the day ends before it starts")
    elif lunch[0] <= start and end <= lunch[1]:
        document.problem("calendar.lunch", "not a calendar: the lunch break takes the whole day")
    else:
        return False
    return True


def _minutes(clock: Any) -> int:
    parts = _CLOCK.fullmatch(clock) if isinstance(clock, str) else None
    minutes = int(parts[1]) * 60 + int(parts[2]) if parts is not None else _DAY + 1
    if minutes > _DAY:
        raise ValueError(f'{str(clock)[:40]} is no time of day; write it in quotes, as "08:30"')
    return minutes


def _break(given: Any) -> tuple[int, int]:
    if not isinstance(given, list) or len(given) != 2:
        raise ValueError("two times of day are needed")
    begin, end = _minutes(given[0]), _minutes(given[1])
    if not begin < end:
        raise ValueError("the break ends before it begins")
    return begin, end


def _workdays(given: Any) -> frozenset[int]:
    if (
        not isinstance(given, list)
        or not given
        or not all(type(day) is int and 1 <= day <= 7 for day in given)
    ):
        raise ValueError("`workdays` are 1 (Monday) to 7")
    return frozenset(given)


def _dates(given: Any) -> frozenset[str]:
    if not isinstance(given, list):
        raise ValueError("a list of dates is needed")  # noqa: TRY004  # a problem of the pack like the others
    return frozenset(date.fromisoformat(str(day)).isoformat() for day in given)


def _offset(given: Any) -> int:
    parts = _OFFSET.fullmatch(given) if isinstance(given, str) else None
    minutes = int(parts[1] + "1") * (int(parts[2]) * 60 + int(parts[3])) if parts else None
    if minutes not in _OFFSETS:
        raise ValueError('an offset from UTC is needed, in quotes, as "+08:00"')
    assert minutes is not None, "None is in no range"
    return minutes


_READERS = {
    "workdays": _workdays,
    "start": _minutes,
    "end": _minutes,
    "lunch": _break,
    "holidays": _dates,
    "extra_workdays": _dates,
    "utc_offset": _offset,
}
