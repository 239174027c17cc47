"""Urgent messages: parameters, what is known of one, facts, and refusals."""

from dataclasses import dataclass

from guiju.kernel.errors import ConflictError, ForbiddenError, NotFoundError, TooManyError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId


@dataclass(frozen=True, slots=True)
class UrgentRules:
    """Parameters of `messaging.urgent`: who may call, how often a week, whom, and how often a call is repeated.

    A call goes to at most `most_people`. It is made once and repeated `repeats` times, every `every_minutes`.
    """

    roles: tuple[str, ...] = ("owner", "administrator", "member")
    per_week: int = 3
    most_people: int = 30
    repeats: int = 3
    every_minutes: int = 5
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Called:
    """What one person did about a call: `at` is when they confirmed (ms)."""

    person: PersonId
    at: int | None
    needless: bool


@dataclass(frozen=True, slots=True)
class Urgent:
    """A call: the message that appears at `position`, who is called, and when it stopped (ms).

    The entry at `urged` has its reason.
    """

    position: int
    urged: int
    group: GroupId
    sender: PersonId
    at: int
    rounds: int
    stopped: int | None
    called: tuple[Called, ...]

    @property
    def waiting(self) -> tuple[PersonId, ...]:
        """Who has not confirmed."""
        return tuple(each.person for each in self.called if each.at is None)


@dataclass(frozen=True, slots=True)
class Budget:
    """How many calls a person has left this week of how many, and when the next week begins (ms)."""

    left: int
    per_week: int
    renews_at: int


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("messaging.urged", Content.CONTENT, inspected=("reason",))
class MessageUrged:
    """The author of the message at `refs` called `people` to read it at once, and said why."""

    group: GroupId
    refs: tuple[int, ...]
    repeats: int
    every_minutes: int
    people: tuple[PersonId, ...]
    reason: Sealed[str]


@fact("messaging.urge_repeated", Content.REGISTER)
class UrgeRepeated:
    """Whoever had not confirmed was called once more, for the `round`th time."""

    group: GroupId
    refs: tuple[int, ...]
    round: int
    people: Sealed[tuple[PersonId, ...]]


@fact("messaging.urge_confirmed", Content.REGISTER)
class UrgeConfirmed:
    """Somebody who was called has seen the message at `refs`; `needless`: they say that it could have waited."""

    group: GroupId
    refs: tuple[int, ...]
    needless: bool


@fact("messaging.urge_stopped", Content.REGISTER)
class UrgeStopped:
    """The call of the message at `refs` ended by itself: `confirmed` of `called` people had confirmed."""

    group: GroupId
    refs: tuple[int, ...]
    confirmed: int
    called: int


# ---- errors -----------------------------------------------------------------------------------------------------


class UrgentOffError(ForbiddenError):
    """No clause lets people call others here, or not people of your part in the group."""

    code = "messaging.urgent_off"


class UrgentBudgetError(TooManyError):
    """You called as often this week as the rules allow; `data.retry_after` says when the next week begins."""

    code = "messaging.urgent_budget"


class UrgentPeopleError(ConflictError):
    """A call goes to somebody, and to at most `data.most` people: mention those whom it concerns."""

    code = "messaging.urgent_people"


class UrgentNotSentError(ConflictError):
    """A rule stops the message or warns of it, so nobody is called. Nothing was sent."""

    code = "messaging.urgent_not_sent"


class UrgentNotFoundError(NotFoundError):
    """No such call, or none that concerns you."""

    code = "messaging.urgent_not_found"
