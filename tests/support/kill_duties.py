"""What one person asks and another does while the server is killed: notices, and messages that need an answer."""

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from typing_extensions import override

from tests.support.repeating import Book, Json, Seat, Worker


@dataclass(eq=False, kw_only=True)
class Paired(Worker):
    """Asks, and has somebody else do what is asked."""

    other: Seat


@dataclass(eq=False, kw_only=True)
class Notifying(Paired):
    """Notices that are published and acknowledged.

    Publishing has no key: a request that nothing answered may have come or not, and the next one makes another notice.
    """

    name: ClassVar[str] = "notice"

    tries: dict[str, int] = field(default_factory=dict)
    published: dict[str, str] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)

    @override
    async def act(self) -> None:
        title = f"通知 {self.acts}"
        to: Json = {"to": {"person_ids": [self.other.person]}, "people": 1}
        wording: Json = {"title": title, "text": f"内容 {self.acts}", "questions": []}
        done = await self.ask("POST", "/api/notices", wording | to | {"deadline_hours": 16})
        self.tries[title] = done.tries
        self.published[title] = notice = done.said["id"]
        await self.ask(
            "POST", f"/api/notices/{notice}/acknowledgement", {"version": 1, "answers": []},
            allowed=["notices.already_acknowledged"], by=self.other.session,
        )  # fmt: skip
        self.known.append(notice)
        self.acknowledged += 1

    @override
    async def look(self) -> None:
        if self.known:
            path = f"/api/notices/{self.known[-1]}"
            said = (await self.ask("GET", path, by=self.other.session)).said
            if said["mine"]["acknowledged_at"] is None:
                self.wrong(f"{self.known[-1]} waits, its acknowledgement was acknowledged")

    @override
    def judge(self, book: Book) -> list[str]:
        issued = book.of("notices.published", self.seat.person)
        titles, ids = (
            Counter(each.fact.title for each in issued),
            Counter(each.fact.notice for each in issued),
        )
        asked = Counter(
            (each.fact.notice, each.fact.people)
            for each in book.of("notices.addressed", self.seat.person)
        )
        known = [each.fact.notice for each in book.of("notices.acknowledged", self.other.person)]
        found = [f"nobody published {title}" for title in titles.keys() - self.tries.keys()]
        for title, tries in self.tries.items():
            if not 1 <= titles[title] <= tries or ids[self.published[title]] != 1:
                found.append(f"{title} is stored {titles[title]} times after {tries} requests")
        if asked != Counter((notice, (self.other.person,)) for notice in ids):
            found.append("notice: others are asked than were to be")
        if known != self.known:
            found.append(f"notice: {len(known)} acknowledged, {len(self.known)} by the answers")
        return found + [
            f"{each.fact.title} has another text"
            for each in issued
            if each.fact.text != each.fact.title.replace("通知", "内容")
        ]


@dataclass(eq=False, kw_only=True)
class Answering(Paired):
    """Messages that need an answer, and their answers; both say so when they were done before."""

    name: ClassVar[str] = "answer"
    pause: ClassVar[float] = 0.5

    asked: list[int] = field(default_factory=list)
    answered: list[tuple[int, str]] = field(default_factory=list)

    @override
    async def act(self) -> None:
        message = await self.send(f"请回复 {self.acts}")
        path = f"/api/groups/{self.seat.beside}/messages/{message}"
        await self.ask(
            "POST", f"{path}/answers", {"people": [self.other.person], "hours": 24},
            allowed=["followup.already_asked"],
        )  # fmt: skip
        self.asked.append(message)
        answer = self.rng.choice(("understood", "declined"))
        reason = "在外地" if answer == "declined" else ""
        await self.ask(
            "POST", f"{path}/answer", {"answer": answer, "reason": reason},
            allowed=["followup.already_answered"], by=self.other.session,
        )  # fmt: skip
        self.answered.append((message, answer))
        self.acknowledged += 1

    @override
    async def look(self) -> None:
        said = (await self.ask("GET", f"/api/groups/{self.seat.beside}/answers")).said
        shown = {each["message"]: each["parts"] for each in said["requests"]}
        for message in self.asked[-1:]:
            if message not in shown:
                self.wrong(f"{message} asks nobody, asking was acknowledged")
        for message, answer in self.answered[-1:]:
            if [part["answer"] for part in shown.get(message, ())] != [answer]:
                self.wrong(f"{message} has {shown.get(message)}, {answer} was acknowledged")
        await super().look()

    @override
    def judge(self, book: Book) -> list[str]:
        asked = [
            (each.fact.refs[0], each.fact.people)
            for each in book.of("followup.asked", self.seat.person)
        ]
        answered = [
            (each.fact.refs[0], str(each.fact.answer))
            for each in book.of("followup.answered", self.other.person)
        ]
        found = super().judge(book)
        if asked != [(message, (self.other.person,)) for message in self.asked]:
            found.append(f"answer: {len(asked)} ask, {len(self.asked)} were acknowledged")
        if answered != self.answered:
            found.append(f"answer: {len(answered)} are given, {len(self.answered)} acknowledged")
        return found
