"""That somebody cannot answer until a time, told to their groups beforehand, and the facts about it."""

from dataclasses import dataclass

from guiju.kernel.errors import InvalidError, TooManyError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import PersonId

LONGEST_REASON = 60
"""Characters of a reason: it stands beside a name."""
MOST_AN_HOUR = 20
"""So often in an hour a person tells their groups anew."""


@dataclass(frozen=True, slots=True)
class Absence:
    """`person` cannot answer from `since` until `until` (ms); `position` is the entry that says why."""

    person: PersonId
    since: int
    until: int
    position: int


@dataclass(frozen=True, slots=True)
class Choices:
    """Times at hand, in ms: when work ends today, and when it begins on the next day that works."""

    off_work: int | None
    next_work: int | None


@dataclass(frozen=True, slots=True)
class AbsenceRules:
    """`followup.absences`."""

    most_days: int = 30
    needs_reason: bool = False


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("followup.absence_set", Content.PERSON, inspected=("reason",))
class AbsenceSet:
    """A person cannot answer until `until`, and tells their groups beforehand. It takes the place of what they said before."""

    person: PersonId
    until: int
    reason: Sealed[str] = ""


@fact("followup.absence_ended", Content.PERSON)
class AbsenceEnded:
    """A person can answer again, before the time that they named."""

    person: PersonId


AbsenceFact = AbsenceSet | AbsenceEnded


# ---- errors -----------------------------------------------------------------------------------------------------


class BadAbsenceError(InvalidError):
    """Whoever cannot answer names a time ahead, at most `data.most` days from now; a clause may say how many."""

    code = "followup.bad_absence"


class AbsentTooOftenError(TooManyError):
    """One's groups were told often enough in an hour; `data.retry_after` is in seconds."""

    code = "followup.absent_too_often"
