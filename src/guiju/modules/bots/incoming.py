"""From a key and a body to the gate of messages, and back in the words of WeCom's group robot.

A bot writes as a member of its group would: inspected, counted by the flood limit, recorded under its own id. Nobody sits
behind it who could confirm a warning, so what a rule only warns of is refused.
"""

import asyncio
import hashlib
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, NoReturn

import limits
import msgspec

from guiju.kernel.actor import Actor
from guiju.kernel.clock import Clock
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import (
    GuijuError,
    InvalidError,
    NotReadyError,
    TooManyError,
)
from guiju.kernel.gate import Gate
from guiju.kernel.ids import PersonId, new_id
from guiju.ledger.vault import PART
from guiju.modules.bots import _wecom, service
from guiju.modules.bots._wecom import Code, Said, WecomError
from guiju.modules.bots.types import Bot
from guiju.modules.directory import service as directory
from guiju.modules.groups import service as groups
from guiju.modules.messaging.change_types import ALL, MentionAllNotAllowedError
from guiju.modules.messaging.composing import Body, Composer
from guiju.modules.messaging.file_types import (
    FileKind,
    FileNotReadyError,
    FileStaleError,
    FileTooLargeError,
    FileTypeNotAllowedError,
    MalwareFoundError,
    UploadNotFoundError,
    UploadState,
)
from guiju.modules.messaging.types import (
    LONGEST_TEXT,
    MOST_MENTIONS,
    MessageState,
    Receipt,
    RulesNotSignedError,
)
from guiju.modules.messaging.uploading import Uploads
from guiju.modules.policy.types import PRESENT

Json = dict[str, Any]
RATE = limits.parse("20/minute")
LARGEST_MEDIA = {"file": 20 * 1024 * 1024, "voice": 2 * 1024 * 1024}
_LEAST_MEDIA = 5
_STATES = {
    MessageState.HELD: "held for review",
    MessageState.BLOCKED: "stopped by a rule",
    MessageState.WARNED: "stopped by a rule that only its author can confirm",
}
_CODES: tuple[tuple[type[GuijuError], Code], ...] = (
    (MentionAllNotAllowedError, Code.NOT_ALL),
    (RulesNotSignedError, Code.RULES_FIRST),
    (FileTooLargeError, Code.MEDIA_TOO_LARGE),
    (FileTypeNotAllowedError, Code.BAD_MEDIA_TYPE),
    (MalwareFoundError, Code.BAD_MEDIA_TYPE),
    (FileNotReadyError, Code.BAD_MEDIA),
    (FileStaleError, Code.BAD_MEDIA),
    (UploadNotFoundError, Code.BAD_MEDIA),
    (TooManyError, Code.TOO_OFTEN),
    (NotReadyError, Code.BUSY),
    (InvalidError, Code.BAD_PARAMETER),
)


@dataclass(frozen=True, slots=True)
class _Mentioned:
    """Whom a message mentions, as far as they are present members, and the words that show it."""

    people: tuple[PersonId, ...]
    words: str


class Incoming:
    """Takes what other systems say with the key of a bot."""

    def __init__(
        self, gate: Gate, composer: Composer, uploads: Uploads, clock: Clock, threads: Executor
    ) -> None:
        """`threads` are those in which files are read, which may take minutes: all others would wait for the loop's own."""
        self._threads = threads
        self._gate = gate
        self._composer = composer
        self._uploads = uploads
        self._clock = clock
        self._rates = limits.strategies.MovingWindowRateLimiter(limits.storage.MemoryStorage())

    async def bot_of(self, key: str) -> Bot:
        """The bot with this key. Raises WecomError, also when it sends too often."""
        found = await self._gate.read(lambda tx: service.find_by_key(tx, key))
        if found is None:
            raise WecomError(Code.BAD_KEY, "invalid webhook url")
        return found

    def count(self, bot: Bot, what: str) -> None:
        """Raises WecomError for more than 20 in a minute."""
        if not self._rates.hit(RATE, what, bot.id):
            raise WecomError(Code.TOO_OFTEN, "api freq out of limit")

    async def send(self, bot: Bot, raw: bytes) -> None:
        """Write the message of a body. Raises WecomError."""
        try:
            said = _wecom.read(msgspec.json.decode(raw))
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise WecomError(Code.NOT_JSON, "data format error") from error
        try:
            files = await self._files(bot, said)
            told = await self._gate.read(lambda tx: _mentioned(tx, bot, said))
            text = "\n".join(part for part in (said.text, told.words) if part)
            if len(text) > LONGEST_TEXT:
                raise WecomError(Code.TEXT_TOO_LONG, "content exceed max length")
            cmid = new_id("bot", self._clock.now())
            body = Body(text, mentions=told.people, files=files)
            receipt = await self._composer.send(Actor(bot=bot.id), bot.group, cmid, body)
        except GuijuError as refusal:
            _refuse(refusal)
        _check_receipt(receipt)

    async def _files(self, bot: Bot, said: Said) -> tuple[str, ...]:
        if said.media is not None:
            return (said.media,)
        if said.picture is None:
            return ()
        name = f"image.{_wecom.picture_type(said.picture)}"
        return (await self._taken(bot, name, FileKind.IMAGE, said.picture),)

    async def take(self, bot: Bot, kind: str, name: str, data: bytes) -> str:
        """Keep a file for a message; its id, which one message may name within a day. Raises WecomError."""
        if len(data) <= _LEAST_MEDIA:
            raise WecomError(Code.BAD_MEDIA_SIZE, "invalid media size: more than 5 bytes")
        try:
            return await self._taken(bot, name, FileKind.FILE, data)
        except GuijuError as refusal:
            _refuse(refusal)

    async def _taken(self, bot: Bot, name: str, kind: FileKind, data: bytes) -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._take, bot, name, kind, data)

    def _take(self, bot: Bot, name: str, kind: FileKind, data: bytes) -> str:
        actor, uploads = Actor(bot=bot.id), self._uploads
        upload = uploads.open(actor, bot.group, name=name, size=len(data), kind=kind, seconds=None)
        for index in range(-(-len(data) // PART)):
            uploads.receive(actor, upload.id, index, data[index * PART : (index + 1) * PART])
        done = uploads.complete(actor, upload.id, hashlib.sha256(data).hexdigest())
        if done.state is UploadState.REFUSED:
            raise WecomError(Code.BAD_MEDIA_TYPE, "the file was refused: malware")
        return upload.id


def _mentioned(tx: ReadTx, bot: Bot, said: Said) -> _Mentioned:
    """Unknown numbers and people of other groups are left out, as WeCom does."""
    users = [user for user in said.users if user != _wecom.EVERYBODY]
    phones = [phone for phone in said.phones if phone != _wecom.EVERYBODY]
    found = directory.people_by_number(tx, staff_nos=users, phones=phones)
    people = [each for each in found if _is_present(tx, bot, each.id)][: MOST_MENTIONS - 1]
    named = [PersonId(ALL)] if said.mentions_all else []
    words = ["@所有人"] if said.mentions_all else []
    words += [f"@{each.name}" for each in people]
    return _Mentioned((*named, *(each.id for each in people)), " ".join(words))


def _is_present(tx: ReadTx, bot: Bot, person: PersonId) -> bool:
    member = groups.find_member(tx, bot.group, person)
    return member is not None and member.state in PRESENT


def _check_receipt(receipt: Receipt) -> None:
    """Raises WecomError for a message that others do not see.

    Of a held one it names no clause, whatever held it: a clause on pre-review would tell whoever has the key about the
    person who answers for the bot.
    """
    words = _STATES.get(receipt.state)
    if words is not None:
        position = receipt.position if receipt.state is not MessageState.WARNED else None
        clause = receipt.clause if receipt.state is not MessageState.HELD else None
        raise WecomError(
            Code.STOPPED, words + _clause_words(clause), state=receipt.state,
            position=position, clause=clause,
        )  # fmt: skip


def _clause_words(clause: Any) -> str:
    if not isinstance(clause, dict):
        return ""
    title = clause.get("title") or {}
    return f", clause {clause.get('id')} {title.get('zh', '')}".rstrip()


def _refuse(refusal: GuijuError) -> NoReturn:
    """Raises WecomError: the refusal of the gate in the words of WeCom. Whoever may not write any more has no key."""
    code = next((code for kind, code in _CODES if isinstance(refusal, kind)), Code.BAD_KEY)
    clause = refusal.data.get("clause")
    message = "invalid webhook url" if code is Code.BAD_KEY else refusal.message
    raise WecomError(code, message + _clause_words(clause), refusal=refusal.code, clause=clause)


def answer(error: WecomError | None = None, **more: Any) -> Json:
    """The body of an answer; `guiju` says more of a refusal than WeCom has words for."""
    if error is None:
        return {"errcode": Code.OK, "errmsg": "ok"} | more
    told = {name: value for name, value in error.told.items() if value is not None}
    made: Json = {"errcode": error.code, "errmsg": error.message}
    return made | ({"guiju": told} if told else {})
