"""Fixed communication times of a group: when its members are best reached there. They forbid nothing."""

from dataclasses import dataclass

from guiju.kernel.errors import InvalidError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId

MOST_HOURS = 5
LONGEST_WORDS = 40
DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """On these days of the week (1 = Monday), from `start` to `end`: minutes since midnight of the organisation's time.

    `words` say what for, or nothing.
    """

    days: tuple[int, ...]
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class HoursRules:
    """Parameters of `groups.office_hours`, for groups of `classes`."""

    classes: tuple[str, ...] = ()


@fact("groups.hours_set", Content.REGISTER, inspected=("words",))
class HoursSet:
    """The group's fixed communication times from now on: of each its days, its beginning and its end, and as many `words`."""

    group: GroupId
    times: tuple[tuple[tuple[int, ...], int, int], ...]
    words: Sealed[tuple[str, ...]]


class BadHoursError(InvalidError):
    """A time has days of the week, begins before it ends, and has few words; so many at most."""

    code = "groups.bad_hours"
