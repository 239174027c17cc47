"""From a typed body to the lane: checked, inspected outside the lane, sent; the same for the socket and HTTP."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import limits
import msgspec

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.gate import Gate
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.text import check_text
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.inspection.types import Finding, Inspection
from guiju.modules.messaging import prereview, service
from guiju.modules.messaging.deciding import check_quote, judge
from guiju.modules.messaging.inspecting import Inspector
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import (
    LONGEST_TEXT,
    MOST_MENTIONS,
    NOWHERE,
    BadMessageError,
    CheckTooOftenError,
    Receipt,
    Send,
)

MARK_KIND = "messaging.mark_read"
CHECKS = limits.parse("10/second")
LARGEST_POSITION = 2**53
_CMID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is written: a text, whom it mentions, what it quotes; `confirm` answers a warning."""

    text: str
    mentions: tuple[str, ...] = ()
    quote: int | None = None
    confirm: str | None = None


class Draft(NamedTuple):
    """A message as it came in, not looked at yet."""

    actor: Actor
    group: GroupId
    cmid: str
    body: Body


class Preview(NamedTuple):
    """What the gate would find; with `is_watched` the message waits for a reviewer whatever that is."""

    inspection: Inspection
    is_watched: bool


def read_body(body: object) -> Body:
    """A body as it comes over HTTP: an object, or just the text. Raises BadMessageError."""
    if isinstance(body, str):
        return Body(body)
    try:
        return msgspec.convert(body, Body)
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


class Composer:
    """Turns what people type into commands."""

    def __init__(self, gate: Gate, inspector: Inspector) -> None:
        self._gate = gate
        self._inspector = inspector
        self._checks = limits.strategies.FixedWindowRateLimiter(limits.storage.MemoryStorage())

    def prepare(self, draft: Draft) -> Send:
        """A Send with its inspection. Raises BadMessageError and GroupNotFoundError."""
        actor, group, cmid, body = draft
        if _CMID.fullmatch(cmid) is None:
            raise BadMessageError("A cmid has 1 to 64 characters A-Z a-z 0-9 . _ -")
        check_group(group)
        try:
            text = check_text(body.text)
        except ValueError as error:
            raise BadMessageError(str(error)) from error
        if not text.strip() or len(text) > LONGEST_TEXT:
            raise BadMessageError(f"A text has 1 to {LONGEST_TEXT} characters.", length=len(text))
        if len(body.mentions) > MOST_MENTIONS or not all(
            _CMID.fullmatch(person) for person in body.mentions
        ):
            raise BadMessageError(f"At most {MOST_MENTIONS} people can be mentioned, by their ids.")
        quote = check_position(body.quote) if body.quote is not None else None
        mentions = tuple(PersonId(person) for person in dict.fromkeys(body.mentions))
        return Send(
            actor.person_id, cmid, group, text, mentions, quote, self._inspector.inspect(text),
            confirm=body.confirm,
        )  # fmt: skip

    def submit(self, draft: Draft, answer: Callable[[Any], None]) -> None:
        """Have it sent; `answer` gets a Receipt or a GuijuError after the flush."""
        self._gate.submit(KIND, draft, answer, self.prepare)

    async def send(self, actor: Actor, group: GroupId, cmid: str, body: Body) -> Receipt:
        """Send and wait. Raises what the lane answers, and BadMessageError."""
        result = await self._gate.call(KIND, Draft(actor, group, cmid, body), self.prepare)
        if isinstance(result, BaseException):
            raise result
        assert isinstance(result, Receipt)
        return result

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
        """Like `mark_read`, without waiting; `answer` gets True when the place was theirs. Raises BadMessageError."""
        mark = person, check_group(group), check_position(position)
        self._gate.submit(MARK_KIND, mark, answer)

    async def mark_read(self, actor: Actor, group: GroupId, position: int) -> None:
        """Remember how far the actor has read. Raises BadMessageError."""
        await self._gate.call(MARK_KIND, (actor.person_id, group, check_position(position)))
