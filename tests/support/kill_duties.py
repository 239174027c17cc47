"""What one person asks and another does while the server is killed: notices, messages that need an answer, questions."""

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from typing_extensions import override

from tests.support.repeating import ActError, Book, Json, Seat, Worker

PER_DAY = 200
"""So many requests and questions of one person the rules of the campaign allow in a group and day, and no rules more."""
OFTEN_ENOUGH = "followup.asked_too_often"


def limited_early(worker: Worker, done: int) -> list[str]:
    """A limit that refused before that many were done has counted one twice."""
    if not worker.limited or done >= PER_DAY:
        return []
    return [f"{worker.name}: refused by the limit of the day after {done}"]


@dataclass(eq=False, kw_only=True)
class Paired(Worker):
    """Asks, and has somebody else do what is asked."""

    accounts: ClassVar[int] = 2

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
        asked = await self.ask(
            "POST", f"{path}/answers", {"people": [self.other.person], "hours": 24},
            allowed=["followup.already_asked"], limit=OFTEN_ENOUGH,
        )  # fmt: skip
        if asked.code == OFTEN_ENOUGH:
            return
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
        return found + limited_early(self, len(self.asked))


@dataclass(eq=False, kw_only=True)
class Questioning(Paired):
    """Questions of another person about one's messages: to the unit, whose head answers, and errors, which one answers or
    corrects oneself. A correction that is recalled answers nothing. All of it says when it was done before.
    """

    name: ClassVar[str] = "question"
    pause: ClassVar[float] = 0.5

    head: Seat
    unit: str
    states: dict[int, str] = field(default_factory=dict)
    pending: tuple[int, str] | None = None
    done: list[tuple[str, int]] = field(default_factory=list)

    @override
    async def act(self) -> None:
        message, is_error = await self.send(f"按图施工 {self.acts}"), self.rng.random() < 0.5
        question = await self._raise(message, None if is_error else self.unit)
        if question is None:
            return
        answerer = self.seat if is_error else self.head
        if is_error and self.rng.random() < 0.5:
            correction = await self._correct(message, question)
            if self.rng.random() < 0.5:
                self.acknowledged += 1
                return
            await self._recall(correction, question)
        await self._answer(question, answerer)
        if self.rng.random() < 0.5:
            await self._say(question, "reopened", "reopening", {"reason": "还不清楚"}, "open")
            await self._answer(question, answerer)
        await self._say(question, "closed", "closing", {}, "closed")
        self.acknowledged += 1

    async def _raise(self, message: int, unit: str | None) -> int | None:
        """The id of a question that is raised; None where the limit of the day refuses it. Raises ActError."""
        place = f"/api/groups/{self.seat.beside}"
        raised = await self.ask(
            "POST", f"{place}/messages/{message}/questions",
            {"text": f"对吗 {self.acts}？", "unit_id": unit},
            allowed=["followup.already_raised"], limit=OFTEN_ENOUGH, by=self.other.session,
        )  # fmt: skip
        if raised.code == OFTEN_ENOUGH:
            return None
        found = (await self.ask("GET", f"{place}/questions")).said["questions"]
        ids = [int(each["id"]) for each in found if each["message"] == message]
        if len(ids) != 1 or raised.said.get("id", ids[0]) != ids[0]:
            self.wrong(f"{message} has {ids}, {raised.said} was acknowledged")
            raise ActError
        self.states[ids[0]] = "open"
        self.done.append(("raised", ids[0]))
        return ids[0]

    async def _answer(self, question: int, by: Seat) -> None:
        outcome = self.rng.choice(("answered", "confirmed"))
        body = {"outcome": outcome, "text": "以 B 版为准" if outcome == "answered" else ""}
        await self._say(question, "answered", "answer", body, "answered", by=by)

    async def _say(
        self, question: int, kind: str, what: str, body: Json, state: str, *, by: Seat | None = None
    ) -> None:
        """Raises ActError."""
        self.pending = (question, state)
        path, session = f"/api/questions/{question}/{what}", (by or self.other).session
        await self.ask("POST", path, body, allowed=["followup.question_settled"], by=session)
        self.states[question] = state
        self.pending = None
        self.done.append((kind, question))

    async def _correct(self, message: int, question: int) -> int:
        self.pending = (question, "closed")
        correction = await self.send(f"按新图施工 {self.acts}", corrects=message)
        self.states[question] = "closed"
        self.pending = None
        return correction

    async def _recall(self, correction: int, question: int) -> None:
        self.pending = (question, "open")
        path = f"/api/groups/{self.seat.beside}/messages/{correction}/recall"
        await self.ask("POST", path, {}, allowed=["messaging.already_recalled"])
        self.states[question] = "open"
        self.pending = None

    @override
    async def look(self) -> None:
        found = (await self.ask("GET", f"/api/groups/{self.seat.beside}/questions")).said
        shown = {int(each["id"]): each["state"] for each in found["questions"]}
        for question in list(self.states)[-10:]:
            state = shown.get(question)
            if state != self.states[question] and (question, state) != self.pending:
                self.wrong(f"{question} is {state}, {self.states[question]} was acknowledged")
        await super().look()

    @override
    def judge(self, book: Book) -> list[str]:
        kinds = {
            f"followup.question_{kind}": kind
            for kind in ("raised", "answered", "closed", "reopened")
        }
        people = (self.seat.person, self.other.person, self.head.person)
        recorded = [
            (kinds[each.kind], each.position if not each.fact.refs[1:] else each.fact.refs[1])
            for each in book.entries
            if each.kind in kinds and each.actor in people
        ]
        found = super().judge(book) + limited_early(self, len(self.states))
        if recorded != self.done:
            found.append(f"question: {len(recorded)} are recorded, {len(self.done)} acknowledged")
        return found
