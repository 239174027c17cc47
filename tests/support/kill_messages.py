"""Messages that are more than a text while the server is killed: forwarded, with a file, from a tool outside."""

import asyncio
import hashlib
import io
from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from PIL import Image
from typing_extensions import override

from guiju.kernel.ids import PersonId
from guiju.ledger.vault import PART
from guiju.modules.messaging import _file_store
from tests.support.repeating import ActError, Book, Json, Worker, stored_otherwise

_ORIGINALS = 3
_SIDE = 500  # a picture of noise: three parts
_TOO_OFTEN = 45009


@dataclass(eq=False)
class Forwarding(Worker):
    """Copies of messages in the group with the load: one message of all, or one each with a comment."""

    name: ClassVar[str] = "forward"

    originals: list[int] = field(default_factory=list)
    wanted: dict[str, tuple[int, ...]] = field(default_factory=dict)
    copied: dict[str, str] = field(default_factory=dict)
    parts: dict[str, Json] = field(default_factory=dict)

    @override
    async def begin(self) -> None:
        self.originals = [await self.send(f"第{number}件事") for number in range(_ORIGINALS)]
        await super().begin()

    @override
    async def act(self) -> None:
        cmid, merged = f"copy-{self.acts}", self.rng.random() < 0.5
        comment = f"转 {self.acts}"
        wanted = self._parts(cmid, comment, merged=merged)
        self.wanted |= wanted
        body = {"cmid": cmid, "from": self.seat.beside, "positions": self.originals}
        path = f"/api/groups/{self.seat.main}/forwards"
        said = await self.once(cmid, path, body | {"merged": merged, "text": comment})
        self.parts |= dict(zip(wanted, said["receipts"], strict=True))
        self.acknowledged += 1

    def _parts(self, cmid: str, comment: str, *, merged: bool) -> dict[str, tuple[int, ...]]:
        """What each message is to carry, by its cmid; and the text that it is to have."""
        copies = [self.texts[f"{self.name}-{number}"] for number in range(_ORIGINALS)]
        if merged:
            self.copied[cmid] = "\n".join([comment, *copies])
            return {cmid: tuple(self.originals)}
        parts = {f"{cmid}.{number}": (at,) for number, at in enumerate(self.originals)}
        self.copied |= dict(zip(parts, copies, strict=True)) | {f"{cmid}.c": comment}
        return {**parts, f"{cmid}.c": ()}

    @override
    def judge(self, book: Book) -> list[str]:
        answers = self.answers | self.parts
        found = stored_otherwise(book, self.seat.person, self.texts | self.copied, answers)
        for each in book.of("messaging.sent", self.seat.person):
            if each.fact.forwarded != self.wanted.get(each.fact.cmid, ()):
                found.append(f"{each.fact.cmid} carries {each.fact.forwarded}")
        return found


@dataclass(eq=False)
class Uploading(Worker):
    """Files in parts, each of which is sent with a message; an interrupted one goes on with what is missing."""

    name: ClassVar[str] = "file"
    pause: ClassVar[float] = 0.4

    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)
    current: str = ""
    opened: int = 0

    @override
    async def act(self) -> None:
        data = self._picture()
        body = {"group": self.seat.beside, "name": f"{self.acts}.png", "size": len(data)}
        # Opening has no key: each try that nothing answered may have left an upload, which ends after a day.
        opened = await self.ask("POST", "/api/uploads", body | {"kind": "image"})
        self.opened += opened.tries
        upload = self.current = opened.said["id"]
        self.kept = set()
        while missing := (await self.ask("GET", f"/api/uploads/{upload}")).said["missing"]:
            for index in missing:
                part = data[index * PART : (index + 1) * PART]
                await self.ask("PUT", f"/api/uploads/{upload}/{index}", content=part)
                self.kept.add(index)
        digest = hashlib.sha256(data).hexdigest()
        await self._complete(upload, digest)
        self.current = ""
        position = await self.send("见附件", files=[upload])
        self.files[upload] = (position, digest)
        self.acknowledged += 1

    async def _complete(self, upload: str, digest: str) -> None:
        """Raises ActError."""
        path, state = f"/api/uploads/{upload}/completion", "inspecting"
        while state == "inspecting":
            state = (await self.ask("POST", path, {"sha256": digest})).said["state"]
            await asyncio.sleep(0.02)
        if state != "ready":
            self.wrong(f"{upload} is {state}")
            raise ActError

    def _picture(self) -> bytes:
        file = io.BytesIO()
        noise = self.rng.randbytes(_SIDE * _SIDE * 3)
        Image.frombytes("RGB", (_SIDE, _SIDE), noise).save(file, "PNG", compress_level=1)
        return file.getvalue()

    @override
    async def look(self) -> None:
        if self.current:
            said = (await self.ask("GET", f"/api/uploads/{self.current}")).said
            if lost := self.kept.intersection(said["missing"]):
                self.wrong(f"parts {sorted(lost)} are missing, they were acknowledged")
        if self.files:
            await self._compare(next(reversed(self.files)))
        await super().look()

    async def _compare(self, upload: str) -> None:
        """Raises ActError."""
        position, digest = self.files[upload]
        path = f"/api/groups/{self.seat.beside}/messages/{position}/files/{upload}"
        content = (await self.ask("GET", path)).content
        if hashlib.sha256(content).hexdigest() != digest:
            self.wrong(f"{upload} has other bytes")

    @override
    async def finish(self) -> None:
        await super().finish()
        for upload in self.files:
            await self._compare(upload)

    @override
    def judge(self, book: Book) -> list[str]:
        found = super().judge(book)
        sent = book.of("messaging.sent", self.seat.person)
        if [file.id for each in sent for file in each.fact.files] != list(self.files):
            found.append("file: other files are in the messages than were acknowledged")
        left, _ = book.read(lambda tx: _file_store.open_uploads(tx, PersonId(self.seat.person)))
        if left > self.opened - len(self.files):
            found.append(f"file: {left} uploads are left of {self.opened} requests")
        return found


@dataclass(eq=False)
class Calling(Worker):
    """A tool outside with the keys of bots, as WeCom's robots are called: no key of the message, no session.

    A call that nothing answered may have come or not, and is made again: its text is there once for each try at most.
    """

    name: ClassVar[str] = "webhook"
    pause: ClassVar[float] = 0.3

    keys: tuple[str, ...] = ()
    bots: tuple[str, ...] = ()
    tries: dict[str, int] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)

    @override
    async def act(self) -> None:
        text, key = f"设备告警 {self.acts}", self.keys[self.acts % len(self.keys)]
        body = {"msgtype": "text", "text": {"content": text}}
        done = await self.ask("POST", f"/cgi-bin/webhook/send?key={key}", body)
        error = done.said["errcode"]
        self.tries[text] = done.tries - (error == _TOO_OFTEN)
        if error == 0:
            self.called.add(text)
            self.acknowledged += 1
        elif error != _TOO_OFTEN:
            self.wrong(f"{text} was answered with {done.said}")

    @override
    def judge(self, book: Book) -> list[str]:
        times = Counter(each.fact.text for each in book.of("messaging.sent", *self.bots))
        found = [f"nobody called for {text}" for text in times.keys() - self.tries.keys()]
        found += [f"{text} was acknowledged and is lost" for text in self.called - times.keys()]
        for text, tries in self.tries.items():
            if times[text] > tries:
                found.append(f"{text} is stored {times[text]} times after {tries} calls")
        return found
