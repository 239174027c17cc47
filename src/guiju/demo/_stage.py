"""Where the demonstration is played: the runtime, its clock, who is who, and what happens when."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, TypeVar

from guiju.demo._data import Moment
from guiju.kernel.actor import Actor
from guiju.kernel.clock import ManualClock, utc
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import Command, WriteTx
from guiju.modules.messaging.composing import Body, Draft, prepare
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import Send
from guiju.runtime import Runtime

T = TypeVar("T")
MINUTE = 60_000
ZONE = timezone(timedelta(hours=8))
WEEK = 7


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days of the story counted back from `now` (ms)."""

    now: int

    @property
    def today(self) -> date:
        return utc(self.now).astimezone(ZONE).date()

    def moment(self, when: Moment) -> int:
        """The time in ms. It never lies after `now`."""
        if when.before:
            return self.now - when.before * MINUTE
        at = datetime.combine(self._date(when.day), time.fromisoformat(when.at), ZONE)
        return int(at.timestamp() * 1000)

    def _date(self, day: int) -> date:
        first = self.today - timedelta(days=WEEK)
        week = [first + timedelta(days=n) for n in range(WEEK)]
        if day > 5:
            return [each for each in week if each.isoweekday() > 5][day - 6]
        if day > 0:
            return [each for each in week if each.isoweekday() <= 5][day - 1]
        found = first
        for _ in range(1 - day):
            found -= timedelta(days=1)
            while found.isoweekday() > 5:
                found -= timedelta(days=1)
        return found


@dataclass
class Stage:
    """The organisation while its story is told.

    For each group: `shown`, where messages appear; for each person in it: `said`, where they wrote last, and `called`,
    where they were first mentioned since.
    """

    runtime: Runtime
    clock: ManualClock
    calendar: Calendar
    people: dict[str, PersonId] = field(default_factory=dict)
    groups: dict[str, GroupId] = field(default_factory=dict)
    shown: dict[str, list[int]] = field(default_factory=dict)
    said: dict[tuple[str, PersonId], int] = field(default_factory=dict)
    called: dict[tuple[str, PersonId], int] = field(default_factory=dict)
    _script: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)

    def actor(self, login: str) -> Actor:
        return Actor(self.people[login])

    def ids(self, logins: tuple[str, ...]) -> tuple[PersonId, ...]:
        return tuple(self.people[login] for login in logins)

    def write(self, verb: Callable[[WriteTx], T]) -> T:
        return self.runtime.write(verb)

    def prepared(self, login: str, cmid: str, group: str, body: Body) -> Send:
        """What somebody writes in a group, inspected."""
        draft = Draft(self.actor(login), self.groups[group], cmid, body)
        return prepare(self.runtime.inspector, draft)

    def send(self, login: str, cmid: str, group: str, body: Body) -> None:
        """Have somebody write in a group, alone in its commit. Raises what the gate answers."""
        answer: Future[Any] = Future()
        send = self.prepared(login, cmid, group, body)
        self.runtime.lane.submit([Command(KIND, send, answer.set_result)])
        receipt = answer.result()
        if isinstance(receipt, BaseException):
            raise receipt
        self.remember(login, group, receipt.position)

    def remember(self, login: str, group: str, position: int) -> None:
        """Note that somebody wrote a message that everybody sees."""
        self.said[group, self.people[login]] = position
        self.shown.setdefault(group, []).append(position)

    def at(self, moment: int, act: Callable[[], None]) -> None:
        """Have `act` happen at `moment` (ms), after what was planned for the same moment before."""
        self._script.append((moment, len(self._script), act))

    def play(self) -> None:
        """Let everything that was planned happen, in order of time, up to now."""
        for moment, _, act in sorted(self._script, key=lambda step: step[:2]):
            assert moment <= self.calendar.now, "the story ends now"
            self.clock.set(max(moment, self.clock.now()))
            act()
        self.clock.set(self.calendar.now)
        self._script.clear()

    def run_due(self) -> None:
        """Run the timers that are due."""
        while self.runtime.run_due():
            pass
