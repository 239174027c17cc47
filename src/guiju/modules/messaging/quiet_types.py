"""Quiet hours of groups and people: parameters, settings, and the refusal."""

from dataclasses import dataclass

from guiju.kernel.errors import ForbiddenError
from guiju.modules.policy.types import Use


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Parameters of `messaging.quiet_hours`.

    `hours` are like `22:00-07:00` where the organisation works, every day; without them it is quiet outside working
    time. `then` says what becomes of a message: `silent`, it calls nobody; `queue`, it is sent when the quiet ends;
    `refuse`. With `classes` only in groups of these classes.
    """

    hours: str = ""
    then: str = "silent"
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rest:
    """It is quiet in a group until `until` (ms), by this use."""

    use: Use
    then: str
    until: int


@dataclass(frozen=True, slots=True)
class OwnQuiet:
    """When one person is not to be called: minutes since midnight of the organisation's time, perhaps past midnight.

    With `rest` also whenever the organisation does not work.
    """

    start: int
    end: int
    rest: bool


class QuietHoursError(ForbiddenError):
    """It is quiet here until `data.until`; with `data.then` `queue` the message may wait until then."""

    code = "messaging.quiet_hours"
