"""What is done to messages while the server is killed: each change is recorded once, in the order of its acts."""

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from typing_extensions import override

from tests.support.repeating import Book, Worker


@dataclass(eq=False)
class Toggling(Worker):
    """Turns things on and off by requests that say what is to be, so that one more changes nothing."""

    names: list[str] = field(default_factory=list)
    on: frozenset[str] = frozenset()
    pending: str | None = None
    done: list[tuple[str, bool]] = field(default_factory=list)

    @abstractmethod
    def path(self, name: str) -> str:
        """Where it is put and deleted."""

    @abstractmethod
    async def shown(self) -> frozenset[str]:
        """Which of the names are on, as the server says. Raises ActError."""

    @override
    async def act(self) -> None:
        self.pending = name = self.rng.choice(self.names)
        is_on = name not in self.on
        await self.ask("PUT" if is_on else "DELETE", self.path(name))
        self.on ^= {name}
        self.pending = None
        self.done.append((name, is_on))
        self.acknowledged += 1

    @override
    async def look(self) -> None:
        shown = await self.shown()
        if shown != self.on and (self.pending is None or shown != self.on ^ {self.pending}):
            self.wrong(f"{sorted(shown)} are on, {sorted(self.on)} were acknowledged")
        await super().look()

    def recorded_otherwise(self, recorded: list[tuple[str, bool]]) -> list[str]:
        """What must not be: each act is recorded once, in order."""
        if recorded == self.done:
            return []
        return [f"{self.name}: {len(recorded)} are recorded, {len(self.done)} acknowledged"]


class Reacting(Toggling):
    """Reactions to a message of one's own."""

    name = "reaction"

    @override
    async def begin(self) -> None:
        self.position = await self.send("请回应")
        self.names = ["ok", "good", "received", "thanks"]
        await super().begin()

    @override
    def path(self, name: str) -> str:
        return f"/api/groups/{self.seat.beside}/messages/{self.position}/reactions/{name}"

    @override
    async def shown(self) -> frozenset[str]:
        path = f"/api/groups/{self.seat.beside}/messages/{self.position}"
        found = (await self.ask("GET", path)).said["message"]["reactions"]
        return frozenset(
            each["reaction"]
            for each in found
            if self.seat.person in [person["id"] for person in each["people"]]
        )

    @override
    def judge(self, book: Book) -> list[str]:
        facts = [each.fact for each in book.of("messaging.reacted", self.seat.person)]
        recorded = [(str(fact.reaction), fact.on) for fact in facts]
        return super().judge(book) + self.recorded_otherwise(recorded)


class Pinning(Toggling):
    """Pins of the group's owner."""

    name = "pin"

    @override
    async def begin(self) -> None:
        self.names = [str(await self.send(f"要事之{number}")) for number in range(4)]
        await super().begin()

    @override
    def path(self, name: str) -> str:
        return f"/api/groups/{self.seat.beside}/messages/{name}/pin"

    @override
    async def shown(self) -> frozenset[str]:
        said = (await self.ask("GET", f"/api/groups/{self.seat.beside}/pins")).said
        return frozenset(str(item["position"]) for item in said["items"])

    @override
    def judge(self, book: Book) -> list[str]:
        facts = [each.fact for each in book.of("messaging.pinned", self.seat.person)]
        recorded = [(str(fact.refs[0]), fact.on) for fact in facts]
        return super().judge(book) + self.recorded_otherwise(recorded)


class Saving(Toggling):
    """Favourites: no facts, so what is shown after each start says everything."""

    name = "favourite"

    @override
    async def begin(self) -> None:
        self.names = [str(await self.send(f"备查之{number}")) for number in range(4)]
        await super().begin()

    @override
    def path(self, name: str) -> str:
        return f"/api/saved/favourite/{name}"

    @override
    async def shown(self) -> frozenset[str]:
        saved = (await self.ask("GET", "/api/saved/favourite")).said["saved"]
        return frozenset(str(each["item"]["position"]) for each in saved)


@dataclass(eq=False)
class Editing(Worker):
    """Edits of one message: the same text again is the same edit."""

    name: ClassVar[str] = "edit"

    position: int = -1
    last: str = "初稿"
    pending: str = ""
    done: list[tuple[int, str]] = field(default_factory=list)

    @override
    async def begin(self) -> None:
        self.position = await self.send(self.last)
        await super().begin()

    @override
    async def act(self) -> None:
        self.pending = f"第{self.acts}稿"
        said = (await self.ask("PUT", self._path, {"text": self.pending})).said
        self.done.append((said["position"], self.pending))
        self.last = self.pending
        self.acknowledged += 1

    @property
    def _path(self) -> str:
        return f"/api/groups/{self.seat.beside}/messages/{self.position}"

    @override
    async def look(self) -> None:
        if self.position >= 0:
            text = (await self.ask("GET", self._path)).said["message"]["text"]
            if text not in {self.last, self.pending}:
                self.wrong(f"it says {text}, {self.last} was acknowledged")
        await super().look()

    @override
    def judge(self, book: Book) -> list[str]:
        edits = book.of("messaging.edited", self.seat.person)
        found = super().judge(book)
        if [(each.position, each.fact.text) for each in edits] != self.done:
            found.append(f"edit: {len(edits)} are recorded, {len(self.done)} acknowledged")
        return found


@dataclass(eq=False)
class Recalling(Worker):
    """Messages that are taken back; a recall has no key, and one more says that it was done."""

    name: ClassVar[str] = "recall"

    done: dict[int, int | None] = field(default_factory=dict)
    recalled: int | None = None

    @override
    async def act(self) -> None:
        shown = await self.send(f"发错了 {self.acts}")
        path = f"/api/groups/{self.seat.beside}/messages/{shown}/recall"
        done = await self.ask("POST", path, {}, allowed=["messaging.already_recalled"])
        self.done[shown] = done.said.get("position")
        self.recalled = shown
        self.acknowledged += 1

    @override
    async def look(self) -> None:
        if self.recalled is not None:
            path = f"/api/groups/{self.seat.beside}/messages/{self.recalled}"
            message = (await self.ask("GET", path)).said["message"]
            if message["recalled"] is None or message["text"]:
                self.wrong(f"{self.recalled} stands, its recall was acknowledged")
        await super().look()

    @override
    def judge(self, book: Book) -> list[str]:
        recalls = book.of("messaging.recalled", self.seat.person)
        found = super().judge(book)
        if [each.fact.refs[0] for each in recalls] != list(self.done):
            found.append(f"recall: {len(recalls)} are recorded, {len(self.done)} acknowledged")
        for each in recalls:
            if self.done.get(each.fact.refs[0]) not in {None, each.position}:
                found.append(f"the recall at {each.position} was acknowledged elsewhere")
        return found
