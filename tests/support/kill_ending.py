"""Messages that end by themselves while the server is killed: urgent ones, whose calls cost a budget, and texts that burn."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar, Final

from typing_extensions import override

from guiju.kernel.clock import DAY
from tests.support.kill_duties import Paired
from tests.support.repeating import Book, Json, Seat, stored_otherwise

CALLERS: Final = 4
"""Besides the worker: each has a budget for a week, and no rules allow more than twenty calls."""
_WEEK: Final = 7 * DAY
_SPENT: Final = "messaging.urgent_budget"
_SECONDS: Final = 10
_SURELY: Final = 1000
_BURNT: Final = "messaging.burnt"


def _now() -> int:
    return time.time_ns() // 1_000_000


@dataclass(eq=False, kw_only=True)
class Urging(Paired):
    """Calls by several people in turn, each of which is confirmed; who has spent their budget is refused."""

    name: ClassVar[str] = "urgent"
    pause: ClassVar[float] = 1.0
    accounts: ClassVar[int] = Paired.accounts + CALLERS

    callers: list[Seat]
    calls: dict[str, Seat] = field(default_factory=dict)
    spent: dict[str, list[int]] = field(default_factory=dict)
    called: list[int] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    pending: Seat | None = None

    @override
    async def act(self) -> None:
        caller = [self.seat, *self.callers][self.acts % (1 + len(self.callers))]
        left = await self._compare(caller)
        cmid, place = f"urgent-{self.acts}", f"/api/groups/{self.seat.beside}"
        text = f"请马上看 {self.acts}"
        body: Json = {"text": text, "mentions": [self.other.person]}
        call = {"cmid": cmid, "body": body, "reason": "设备停机"}
        if not left:
            await self.ask("POST", f"{place}/urgent", call, refused=_SPENT, by=caller.session)
            self.limited += 1
            return
        self.texts[cmid], self.calls[cmid], self.pending = text, caller, caller
        said = await self.once(cmid, f"{place}/urgent", call, by=caller.session)
        self.spent.setdefault(caller.person, []).append(_now())
        self.pending = None
        if (said["state"], said["called"]) != ("delivered", 1):
            self.wrong(f"{cmid} was answered with {said}")
        self.called.append(said["position"])
        path = f"{place}/messages/{said['position']}/confirmation"
        await self.ask("POST", path, {"needless": False}, by=self.other.session)
        self.confirmed.append(said["position"])
        self.acknowledged += 1

    async def _compare(self, caller: Seat) -> int:
        """How many calls a caller has left, which each acknowledged one has cost one of. Raises ActError."""
        path = f"/api/groups/{self.seat.beside}/rest"
        budget = (await self.ask("GET", path, by=caller.session)).said["urgent"]
        begun = budget["renews_at"] - _WEEK
        spent = sum(at >= begun for at in self.spent.get(caller.person, ()))
        left: int = budget["left"]
        if budget["per_week"] - left not in {spent, spent + (self.pending is caller)}:
            self.wrong(f"{caller.session.account} has {left} calls left, {spent} were acknowledged")
        return left

    @override
    async def look(self) -> None:
        for caller in {id(one): one for one in list(self.calls.values())[-2:]}.values():
            await self._compare(caller)
        for position in self.confirmed[-1:]:
            caller = list(self.calls.values())[self.called.index(position)]
            path = f"/api/groups/{self.seat.beside}/messages/{position}/urgent"
            said = (await self.ask("GET", path, by=caller.session)).said
            if said["stopped"] is None or not all(each["at"] for each in said["called"]):
                self.wrong(f"{position} goes on calling, its confirmation was acknowledged")
        await super().look()

    @override
    def judge(self, book: Book) -> list[str]:
        found = []
        for caller in (self.seat, *self.callers):
            own = {cmid: self.texts[cmid] for cmid, by in self.calls.items() if by is caller}
            found += stored_otherwise(book, caller.person, own, self.answers)
        people = [one.person for one in (self.seat, *self.callers)]
        for kind, actors, wanted in (
            ("urged", people, self.called),
            ("urge_confirmed", [self.other.person], self.confirmed),
            ("urge_stopped", [self.other.person], self.confirmed),
        ):
            recorded = [each.fact.refs[0] for each in book.of(f"messaging.{kind}", *actors)]
            if recorded != wanted:
                found.append(f"{kind}: {len(recorded)} recorded, {len(wanted)} acknowledged")
        return found


@dataclass(eq=False, kw_only=True)
class Burning(Paired):
    """Texts that another opens, sees again while they last, and never after that."""

    name: ClassVar[str] = "burn"

    opened: dict[int, int] = field(default_factory=dict)
    until: dict[int, int] = field(default_factory=dict)
    burnt: list[int] = field(default_factory=list)
    pending: int | None = None

    @override
    async def act(self) -> None:
        over = [at for at, until in self.until.items() if until + _SURELY < _now()]
        if over:
            self.burnt.append(over[0])
            del self.until[over[0]]
            await self._check_burnt(over[0])
        else:
            await self._open(await self.send(f"口令 {self.acts}", burn=_SECONDS))
        self.acknowledged += 1

    async def _open(self, position: int) -> None:
        text, self.pending = f"口令 {self.acts}", position
        path = f"{self._path(position)}/opening"
        # Whom the kill kept waiting until it was over saw nothing, and has opened it.
        done = await self.ask("POST", path, {}, allowed=[_BURNT], by=self.other.session)
        if done.code != _BURNT:
            self.opened[position] = done.said["opened_at"]
            again = await self.ask("POST", path, {}, allowed=[_BURNT], by=self.other.session)
            if again.code != _BURNT and not (
                again.said["text"] == done.said["text"] == text
                and again.said["opened_at"] == done.said["opened_at"]
            ):
                self.wrong(f"{position} was opened as {done.said}, and then as {again.said}")
        self.until[position] = _now() + _SECONDS * 1000
        self.pending = None

    async def _check_burnt(self, position: int) -> None:
        """Raises ActError."""
        path = f"{self._path(position)}/opening"
        await self.ask("POST", path, {}, refused=_BURNT, by=self.other.session)

    def _path(self, position: int) -> str:
        return f"/api/groups/{self.seat.beside}/messages/{position}"

    @override
    async def look(self) -> None:
        for position in self.burnt[-1:]:
            await self._check_burnt(position)
        for position in [*self.until][-1:]:
            message = (await self.ask("GET", self._path(position))).said["message"]
            shown = [(each["person"]["id"], each["at"]) for each in message["burn"]["opened"]]
            at = self.opened.get(position, shown[0][1] if shown else None)
            if message["text"] or shown != [(self.other.person, at)]:
                self.wrong(f"{position} is shown as {message}, opening it was acknowledged")
        await super().look()

    @override
    def judge(self, book: Book) -> list[str]:
        entries = book.of("messaging.burn_opened", self.other.person)
        times = Counter(each.fact.refs[0] for each in entries)
        found = super().judge(book)
        if times != Counter([*self.burnt, *self.until]):
            found.append(
                f"burn: {len(entries)} opened, {len(self.burnt) + len(self.until)} by the answers"
            )
        return found + [
            f"{each.fact.refs[0]} was opened at another time than acknowledged"
            for each in entries
            if self.opened.get(each.fact.refs[0], each.at) != each.at
        ]
