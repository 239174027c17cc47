"""From a typed body to the lane: checked, inspected outside the lane, sent; the same for the socket and HTTP."""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any, NamedTuple

import limits
import msgspec

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.gate import Gate
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.shapes import convert, learn
from guiju.kernel.text import check_text
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.inspection.types import Finding, Inspection
from guiju.modules.messaging import editing, forwarding, origins, prereview, service, urging
from guiju.modules.messaging.deciding import check_quote, judge
from guiju.modules.messaging.file_types import Attached
from guiju.modules.messaging.forward_types import Plan, Wanted
from guiju.modules.messaging.inspecting import Inspector
from guiju.modules.messaging.personal_types import Kept
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.template_types import MOST_FIELDS, Filled, fill
from guiju.modules.messaging.types import (
    LONGEST_TEXT,
    MOST_MENTIONS,
    NOWHERE,
    BadMessageError,
    CheckTooOftenError,
    Receipt,
    Send,
)
from guiju.modules.messaging.uploading import Uploads
from guiju.modules.messaging.urging import Sent

MARK_KIND = "messaging.mark_read"
CHECKS = limits.parse("10/second")
LARGEST_POSITION = 2**53
_log = logging.getLogger("guiju.messaging")
_CMID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A template as its writer read it, and what they wrote for each of its parts: (name, text)."""

    id: str
    title: str
    parts: tuple[tuple[str, str], ...]


@learn
class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is written: a text, whom it mentions, what it quotes, the thread that it belongs to; `confirm` answers a
    warning, `members` says how many people a mention of all reaches. `files` are uploads that are ready; beside them
    the text may be empty. By a `template` the text is made of its parts, and none is written beside them. With `burn`
    each reader has it for so many seconds. It `corrects` an earlier message of its author. `origin` says where its files
    come from.
    """

    text: str = ""
    mentions: tuple[str, ...] = ()
    quote: int | None = None
    confirm: str | None = None
    thread: int | None = None
    members: int | None = None
    files: tuple[str, ...] = ()
    template: Chosen | None = None
    burn: int | None = None
    corrects: int | None = None
    origin: origins.Said | None = None


class Draft(NamedTuple):
    """A message as it came in, not looked at yet, but for its files."""

    actor: Actor
    group: GroupId
    cmid: str
    body: Body
    files: tuple[Attached, ...] = ()


class Preview(NamedTuple):
    """What the gate would find; with `is_watched` the message waits for a reviewer whatever that is."""

    inspection: Inspection
    is_watched: bool


def read_body(body: object) -> Body:
    """A body as it comes over HTTP: an object, or just the text. Raises BadMessageError."""
    if isinstance(body, str):
        return Body(body)
    try:
        return convert(body, Body)
    except msgspec.ValidationError as error:
        raise BadMessageError(str(error)) from error


def check_position(position: object) -> int:
    """A ledger position as it comes from outside. Raises BadMessageError."""
    if (
        not isinstance(position, int)
        or isinstance(position, bool)
        or not 0 <= position < LARGEST_POSITION
    ):
        raise BadMessageError("A position is a whole number.")
    return position


def read_text(typed: str, *, is_needed: bool = True) -> str:
    """A text as it comes from outside; beside files it may be empty. Raises BadMessageError."""
    try:
        text = check_text(typed)
    except ValueError as error:
        raise BadMessageError(str(error)) from error
    if (is_needed and not text.strip()) or len(text) > LONGEST_TEXT:
        raise BadMessageError(f"A text has 1 to {LONGEST_TEXT} characters.", length=len(text))
    return text


def receipt_json(done: Receipt) -> dict[str, Any]:
    """The receipt of docs/protocol.md."""
    receipt: dict[str, Any] = {
        "type": "receipt",
        "cmid": done.cmid,
        "state": done.state,
        "position": done.position if done.position != NOWHERE else None,
        "clause": done.clause,
        "note": done.note,
    }
    if done.warned is not None:
        receipt["ruleset"] = done.warned.ruleset
        receipt["confirm"] = done.warned.confirm
        receipt["findings"] = [finding_json(each) for each in done.warned.findings]
        receipt["found"] = [
            {"file": each.file, "part": each.part, "word": each.word} for each in done.warned.found
        ]
        receipt["limit"] = done.warned.limit
    return receipt


def finding_json(found: Finding) -> dict[str, Any]:
    """A finding as its author may see it."""
    return {
        "start": found.start,
        "end": found.end,
        "category": found.category,
        "rule": found.rule,
        "word": found.word,
    }


def check_group(group: GroupId) -> GroupId:
    """A group's id as it comes from outside: short and plain, whether or not it exists. Raises GroupNotFoundError."""
    if _CMID.fullmatch(group) is None:
        raise GroupNotFoundError("There is no such group.", group=group[:64])
    return group


def check_ids(cmid: str, files: Sequence[str]) -> None:
    """Raises BadMessageError for what can be no id of a message, or of a file."""
    if not all(map(_CMID.fullmatch, (cmid, *files))):
        raise BadMessageError("A cmid, and the id of a file, has 1 to 64 plain characters.")


def prepare(inspector: Inspector, draft: Draft) -> Send:
    """A Send with its inspection. Raises BadMessageError and GroupNotFoundError."""
    actor, group, cmid, body, files = draft
    if _CMID.fullmatch(cmid) is None:
        raise BadMessageError("A cmid has 1 to 64 characters A-Z a-z 0-9 . _ -")
    check_group(group)
    text, template = _written(body, is_needed=not files)
    if len(body.mentions) > MOST_MENTIONS or not all(map(_CMID.fullmatch, body.mentions)):
        raise BadMessageError(f"At most {MOST_MENTIONS} people can be mentioned, by their ids.")
    quote = check_position(body.quote) if body.quote is not None else None
    thread = check_position(body.thread) if body.thread is not None else None
    corrects = check_position(body.corrects) if body.corrects is not None else None
    mentions = tuple(map(PersonId, dict.fromkeys(body.mentions)))
    return Send(
        actor.author, cmid, group, text, mentions, quote, inspector.inspect(text),
        confirm=body.confirm, thread=thread, members=body.members, files=files, template=template,
        burn=body.burn, corrects=corrects,
    )  # fmt: skip


def _written(body: Body, *, is_needed: bool) -> tuple[str, Filled | None]:
    """The text of a body, and its parts where it follows a template. Raises BadMessageError."""
    chosen = body.template
    if chosen is None:
        return read_text(body.text, is_needed=is_needed), None
    if body.text or len(chosen.parts) > MOST_FIELDS:
        raise BadMessageError("By a template the text is made of its parts.")
    for name, written in chosen.parts:
        if (
            "\n" in name
            or name != read_text(name)
            or written != read_text(written, is_needed=False)
        ):
            raise BadMessageError(
                "The parts of a template are plain texts, their names short lines."
            )
    text, filled = fill(read_text(chosen.id), read_text(chosen.title), [*chosen.parts])
    return read_text(text), filled


class Composer:
    """Turns what people type into commands."""

    def __init__(
        self, gate: Gate, inspector: Inspector, uploads: Uploads, threads: Executor
    ) -> None:
        """`threads` are those in which files are read: few at a time, for each is held in memory as a whole."""
        self._threads = threads
        self._gate = gate
        self._inspector = inspector
        self._uploads = uploads
        self._tasks: set[asyncio.Task[None]] = set()
        self._checks = limits.strategies.FixedWindowRateLimiter(limits.storage.MemoryStorage())

    def prepare(self, draft: Draft) -> Send:
        """A Send with its inspection. Raises what `prepare` raises."""
        return prepare(self._inspector, draft)

    def submit(
        self,
        draft: Draft,
        answer: Callable[[bytes], None],
        render: Callable[[Receipt | BaseException], bytes],
    ) -> None:
        """Have it sent; after the flush `answer` gets what `render` makes of a Receipt or a GuijuError."""
        if draft.body.files:
            looking = self._submit_with_files(draft, answer, render)
            task = asyncio.get_running_loop().create_task(looking)
            self._tasks.add(task)
            task.add_done_callback(lambda done: self._looked_up(done, answer, render))
            return
        self._gate.submit(KIND, draft, answer, self.prepare, render)

    async def _submit_with_files(
        self,
        draft: Draft,
        answer: Callable[[bytes], None],
        render: Callable[[Receipt | BaseException], bytes],
    ) -> None:
        try:
            found = await self._with_files(draft)
        except GuijuError as refusal:
            answer(render(refusal))
            return
        self._gate.submit(KIND, found, answer, self.prepare, render)

    def _looked_up(
        self,
        task: "asyncio.Task[None]",
        answer: Callable[[bytes], None],
        render: Callable[[Receipt | BaseException], bytes],
    ) -> None:
        """Whatever broke, its sender is answered."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("the files of a message could not be looked up", exc_info=error)
            answer(render(error))

    async def _with_files(self, draft: Draft) -> Draft:
        """The draft with its files, which are looked up off the loop. Raises what `attached` and `origins.read` raise, and
        BadMessageError.
        """
        files, origin = draft.body.files, origins.read(draft.body.origin)
        check_ids(draft.cmid, files)
        found = await asyncio.to_thread(
            self._uploads.attached, draft.actor, draft.cmid, files, origin
        )
        return draft._replace(files=found)

    async def send(self, actor: Actor, group: GroupId, cmid: str, body: Body) -> Receipt:
        """Send and wait. Raises what the lane answers, and BadMessageError."""
        draft = Draft(actor, group, cmid, body)
        if body.files:
            draft = await self._with_files(draft)
        result = await self._gate.call(KIND, draft, self.prepare)
        if isinstance(result, BaseException):
            raise result
        assert isinstance(result, Receipt)
        return result

    async def send_urgent(
        self, actor: Actor, group: GroupId, cmid: str, body: Body, reason: str
    ) -> Sent:
        """Send at once, and call people. Raises what `urging.send_urgent` and `check_sent` raise, and BadMessageError."""
        draft = Draft(actor, group, cmid, body)
        if body.files:
            draft = await self._with_files(draft)
        send = replace(self.prepare(draft), origin="urgent")
        sent = await self._gate.write(
            lambda tx: urging.send_urgent(tx, self._inspector, actor, send, reason)
        )
        return urging.check_sent(sent)

    async def edit(
        self,
        actor: Actor,
        group: GroupId,
        position: int,
        *,
        text: str,
        mentions: tuple[PersonId, ...],
        confirm: str | None,
    ) -> Receipt:
        """Change a message. Raises what `editing.edit` raises, and BadMessageError."""
        new = read_text(text)
        found = self._inspector.inspect(new)
        send = Send(actor.person_id, "", group, new, mentions, None, found, confirm=confirm)
        return await self._gate.write(lambda tx: editing.edit(tx, self._inspector, position, send))

    async def forward(self, actor: Actor, wanted: Wanted) -> list[Receipt]:
        """Forward messages. Raises what `forwarding.forward` and `Uploads.copies` raise, and BadMessageError."""
        if wanted.comment:
            read_text(wanted.comment)

        def look(tx: ReadTx) -> tuple[dict[str, Inspection], Plan]:
            ruleset, plan = self._inspector.in_force(tx), forwarding.plan(tx, actor, wanted)
            return {text: ruleset.inspect(text) for text in plan.texts}, plan

        found, plan = await self._gate.read(look)
        if not plan.files:
            return await self._gate.write(
                lambda tx: forwarding.forward(tx, self._inspector, actor, wanted, found)
            )
        await self._gate.write(
            lambda tx: forwarding.check(tx, self._inspector, actor, wanted, found)
        )
        loop = asyncio.get_running_loop()
        copied = await loop.run_in_executor(
            self._threads, self._uploads.copies, actor, wanted.target, plan.files, wanted.origin
        )
        try:
            return await self._gate.write(
                lambda tx: forwarding.forward(tx, self._inspector, actor, wanted, found, copied)
            )
        finally:
            # What no message took, because it was refused or is to be confirmed, is copied again when it is.
            await asyncio.to_thread(self._uploads.drop_copies, actor, copied)

    def check(self, actor: Actor, text: str) -> str:
        """A text that may be looked at while it is written. Raises BadMessageError or CheckTooOftenError."""
        if not self._checks.hit(CHECKS, actor.name):
            raise CheckTooOftenError("Too many checks.", retry_after=1)
        try:
            return check_text(text[:LONGEST_TEXT])
        except ValueError as error:
            raise BadMessageError(str(error)) from error

    def preview(
        self, tx: ReadTx, actor: Actor, group_id: GroupId, text: str, quote: int | None = None
    ) -> Preview:
        """What the gate would find in `text`, with what it quotes, in this group.

        What only alerts the reviewers is left out: its author must not learn of it. Raises what `reading_place` raises,
        and BadQuoteError.
        """
        member = service.reading_place(tx, actor, group_id)
        group = groups.get_group(tx, actor, group_id)
        if quote is not None:
            check_quote(tx, group_id, quote, member)
        ruleset = self._inspector.in_force(tx)
        send = Send(actor.person_id, "", group_id, text, (), quote, ruleset.inspect(text))
        inspection = judge(tx, ruleset, send, group, member).inspection
        return Preview(inspection, prereview.is_watched(tx, actor.person_id, group_id))

    def submit_mark(
        self, person: PersonId, group: GroupId, position: int, answer: Callable[[Any], None]
    ) -> None:
        """Like `mark_read`, without waiting; `answer` gets a Kept. Raises BadMessageError."""
        mark = person, check_group(group), check_position(position)
        self._gate.submit(MARK_KIND, mark, answer)

    async def mark_read(self, actor: Actor, group: GroupId, position: int) -> Kept:
        """Remember how far the actor has read. Raises BadMessageError."""
        mark = actor.person_id, group, check_position(position)
        kept: Kept = await self._gate.call(MARK_KIND, mark)
        return kept
