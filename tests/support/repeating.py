"""People who act over HTTP without a pause between, and repeat each act until it is answered."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx2

from bench.servers import Session
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.modules.messaging.burn_types import words_of

Json = dict[str, Any]
_SECONDS = 30.0
_UNAVAILABLE = 503


class ActError(Exception):
    """A server answered an act with what must not be; it stands in `problems`."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request was answered in the end. `tries` counts it with those that nothing answered."""

    status: int
    said: Any
    content: bytes
    tries: int

    @property
    def code(self) -> str:
        """The code of an error."""
        return str(self.said.get("code", "")) if isinstance(self.said, dict) else ""


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger, and the tables beside it, when nothing is served any more."""

    entries: Sequence[Recorded]
    read: Callable[[Callable[[ReadTx], Any]], Any]

    def of(self, kind: str, *actors: str) -> list[Recorded]:
        """The entries of a kind by these people or bots, in order."""
        return [each for each in self.entries if each.kind == kind and each.actor in actors]


@dataclass(frozen=True, slots=True)
class Seat:
    """Whom a worker acts as, and where. `main` is the group with the load; `beside` has the workers alone."""

    session: Session
    person: str
    main: str
    beside: str


@dataclass(eq=False)
class Worker(ABC):
    """One account that does the same thing again and again. `problems` is what a client must never see.

    `accounts` is how many are taken up by it; `limited` counts the acts that were refused by a limit of the rules.
    """

    name: ClassVar[str]
    pause: ClassVar[float] = 0.1
    accounts: ClassVar[int] = 1

    seat: Seat
    rng: random.Random
    problems: list[str] = field(default_factory=list)
    acts: int = 0
    acknowledged: int = 0
    interrupted: int = 0
    limited: int = 0
    is_busy: bool = False
    has_begun: bool = False
    texts: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Json] = field(default_factory=dict)
    _last: tuple[str, str, Json, Session | None] | None = None
    _restarted: bool = False

    async def begin(self) -> None:
        """Prepare what the acts are done to. Raises ActError."""
        self.has_begun = True

    @abstractmethod
    async def act(self) -> None:
        """Do one thing and have it acknowledged. Raises ActError."""

    async def look(self) -> None:
        """Compare what is shown with what was acknowledged: after each start, and at the end. Raises ActError."""
        if self._last is not None:
            cmid, path, body, by = self._last
            await self.once(cmid, path, body, by=by)

    def judge(self, book: Book) -> list[str]:
        """What must not be, once everything was acknowledged."""
        return stored_otherwise(book, self.seat.person, self.texts, self.answers)

    # ---- running ---------------------------------------------------------------------------------------------------

    async def run(self, up: asyncio.Event, sending: asyncio.Event) -> None:
        """Act as long as `sending` is set, whenever the server is `up`."""
        self._up = up
        async with httpx2.AsyncClient(timeout=_SECONDS, trust_env=False) as self._http:
            while True:
                await sending.wait()
                self.is_busy = True
                try:
                    await (self.act() if self.has_begun else self.begin())
                    self.acts += self.has_begun
                except ActError:
                    await asyncio.sleep(1)
                finally:
                    self.is_busy = False
                await asyncio.sleep(self.pause * self.rng.uniform(0.2, 1.8))

    def restarted(self) -> None:
        """Another server is there: have a look before anything is done."""
        self._restarted = True

    async def finish(self) -> None:
        """Have a last look."""
        try:
            await self.look()
        except ActError:
            assert self.problems, "it says what was answered"

    async def ask(
        self, method: str, path: str, body: object = None, *, allowed: Sequence[str] = (),
        refused: str = "", limit: str = "", by: Session | None = None, content: bytes | None = None,
    ) -> Answered:  # fmt: skip
        """One request, again until something answers it. Raises ActError.

        `allowed` are the codes of errors that say that it was done before, for one that was tried before; `refused` is
        the code of the error that is wanted, and `limit` that of one which says that enough was done.
        """
        session, tries = by or self.seat.session, 0
        headers = {"Origin": session.origin}
        if session.cookie:
            headers["Cookie"] = session.cookie
        if content is not None:
            headers["Content-Type"] = "application/octet-stream"
        sent: Json = {"content": content} if content is not None else {}
        if body is not None:
            sent = {"json": body}
        while True:
            await self.ready()
            tries += 1
            try:
                url = session.origin + path
                answer = await self._http.request(method, url, headers=headers, **sent)
            except httpx2.TransportError:
                self.interrupted += 1
                await asyncio.sleep(0.02)
                continue
            if answer.status_code != _UNAVAILABLE:
                known = {*(allowed if tries > 1 else ()), refused, limit} - {""}
                done = self._checked(f"{method} {path}", answer, tries, known, not refused)
                self.limited += bool(limit) and done.code == limit
                return done
            await asyncio.sleep(0.1)

    async def ready(self) -> None:
        """Wait for a server; at another one than before, look first. Raises ActError."""
        await self._up.wait()
        if self._restarted and self.has_begun:
            self._restarted = False
            await self.look()

    def _checked(
        self, what: str, answer: httpx2.Response, tries: int, known: Collection[str], is_good: bool
    ) -> Answered:
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        said = answer.json() if is_json and answer.content else None
        done = Answered(answer.status_code, said, answer.content, tries)
        if (is_good and answer.is_success) or (answer.is_error and done.code in known):
            return done
        self.wrong(f"{what} ({tries} tries): {done.status} {str(said)[:300]}")
        raise ActError

    def wrong(self, what: str) -> None:
        """Note what must not be."""
        self.problems.append(f"{self.name} of {self.seat.session.account}: {what}")

    # ---- what has a key --------------------------------------------------------------------------------------------

    async def once(self, cmid: str, path: str, body: Json, *, by: Session | None = None) -> Json:
        """Ask for what is done once for this cmid, however often it is asked; the first answer. Raises ActError."""
        said = (await self.ask("POST", path, body, by=by)).said
        first: Json = self.answers.setdefault(cmid, said)
        if first != said:
            self.wrong(f"{cmid} was answered {first} and then {said}")
        self._last = (cmid, path, body, by)
        return first

    async def send(self, text: str, **more: Any) -> int:
        """Send a message beside the load; where it is said to be. Raises ActError."""
        cmid = f"{self.name}-{len(self.texts)}"
        self.texts[cmid] = text
        body = {"cmid": cmid, "body": {"text": text, **more}}
        said = await self.once(cmid, f"/api/groups/{self.seat.beside}/messages", body)
        if said["state"] != "delivered":
            self.wrong(f"{cmid} was not delivered: {said}")
            raise ActError
        return int(said["position"])


def stored_otherwise(
    book: Book, person: str, texts: Mapping[str, str], answers: Mapping[str, Json]
) -> list[str]:
    """Each message of `texts` (by cmid) is stored once, whole, where it was said to be; and none besides."""
    mine = {each.fact.cmid: each for each in book.of("messaging.sent", person)}
    times = Counter(each.fact.cmid for each in book.of("messaging.sent", person))
    found = [f"{cmid} is stored {count} times" for cmid, count in times.items() if count != 1]
    found += [f"{cmid} is stored, which nobody sent" for cmid in mine.keys() - texts.keys()]
    for cmid, text in texts.items():
        if cmid not in mine:
            found.append(f"{cmid} of {person} is not stored")
        elif (mine[cmid].fact.original or words_of(mine[cmid].fact)) != text:
            found.append(f"{cmid} of {person} is stored with another text")
        elif cmid in answers and answers[cmid]["position"] != mine[cmid].position:
            found.append(f"{cmid} of {person} was acknowledged elsewhere: {answers[cmid]}")
    return found
