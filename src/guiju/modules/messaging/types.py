"""Messages, what the gate did with them, and their facts."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from guiju.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyError,
)
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.immutable import immutable
from guiju.modules.inspection.types import Context, Inspection
from guiju.modules.messaging.burn_types import Burn
from guiju.modules.messaging.file_types import (
    Attached,
    FileFinding,
    FileGap,
    FileNote,
    StoredFile,
)
from guiju.modules.messaging.forward_types import Carried, Forward
from guiju.modules.messaging.template_types import Filled
from guiju.modules.messaging.warning_types import Warned

LONGEST_TEXT = 10_000
MOST_MENTIONS = 50


class MessageState(StrEnum):
    """What became of a message."""

    DELIVERED = "delivered"
    WARNED = "warned"
    MASKED = "masked"
    HELD = "held"
    BLOCKED = "blocked"
    RELEASED = "released"
    REFUSED = "refused"


@immutable
class Send:
    """A message on its way to the lane, inspected by the rule set that `inspection` names. `person` wrote it, or a bot.

    An operator's import passes the same gate as what people type, save that nobody's typing is counted for the flood
    limit; its facts say `imported`. What is urgent does not wait for working time. `confirm` is what the warning gave
    its author, who stands by it, `members` how many they know to be there when they mention all. `burn`: for so many
    seconds each reader has it. It `corrects` a message that appears there.
    """

    person: PersonId
    cmid: str
    group: GroupId
    text: str
    mentions: tuple[PersonId, ...]
    quote: int | None
    inspection: Inspection
    origin: Literal["typed", "import", "urgent"] = "typed"
    confirm: str | None = None
    thread: int | None = None
    members: int | None = None
    files: tuple[Attached, ...] = ()
    carried: Carried | None = None
    template: Filled | None = None
    burn: int | None = None
    corrects: int | None = None

    @property
    def is_imported(self) -> bool:
        return self.origin == "import"


NOWHERE = -1


@immutable
class Receipt:
    """What the gate did. `clause` is the clause mark of the strictest rule that acted.

    A warned message is nowhere: its position is `NOWHERE`, and `warned` says what its author must stand by.
    """

    cmid: str
    state: MessageState
    position: int
    clause: dict[str, Any] | None
    note: str | None
    warned: Warned | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A message as the tables know it: no text, only where it stands."""

    position: int
    group: GroupId
    sender: PersonId
    state: MessageState
    shown: int | None
    due_at: int | None
    decision: int | None
    thread: int | None = None
    recalled: int | None = None
    edited: int | None = None
    moved: int | None = None


# ---- facts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision on a message with findings took into account beside its text.

    `earlier` are the sender's messages that it completes; `confirmed`: they sent it after a warning.
    """

    context: Context
    earlier: tuple[int, ...] = ()
    confirmed: bool = False


_BY_THE_GATE = dict.fromkeys(
    ("cmid", "text", "original", "hidden", "findings", "notes", "found", "unread"),
    "the gate of messages inspects it, with what the message quotes and completes",
) | {
    "forward": "names as the directory and the register have them",
    "template": "title and names as they were inspected when the template was saved",
}
_BY_A_REVIEWER = "a reviewer names what was found, and only the sender reads it"


@fact("messaging.sent", Content.CONTENT, uninspected=_BY_THE_GATE)
class MessageSent:
    """A message was delivered; when `masked`, `text` is what others see and `original` what was written.

    `files` are what the ledger vouches for, `notes` what people are shown of each. `forwarded` are the messages whose
    copies it carries, `forward` says where in `text` these stand. A `silent` one calls nobody, an `urgent` one people.
    One that burns has no `text`: what its `audience` gets to read is `hidden`. It `corrects` an earlier one.
    """

    group: GroupId
    refs: tuple[int, ...]
    ruleset: str
    mentions: tuple[PersonId, ...]
    spans: Sealed[tuple[tuple[int, int], ...]]
    cmid: Sealed[str]
    text: Sealed[str]
    original: Sealed[str | None]
    imported: bool = False
    basis: Basis | None = None
    thread: int | None = None
    files: tuple[StoredFile, ...] = ()
    notes: Sealed[tuple[FileNote, ...]] = ()
    forwarded: tuple[int, ...] = ()
    forward: Sealed[Forward | None] = None
    template: Sealed[Filled | None] = None
    silent: bool = False
    urgent: bool = False
    burn: Burn | None = None
    corrects: int | None = None
    audience: tuple[PersonId, ...] = ()
    hidden: Sealed[str | None] = None


@fact("messaging.held", Content.CONTENT, uninspected=_BY_THE_GATE)
class MessageHeld:
    """A message waits for a reviewer. `findings` are (start, end, category, rule, word), `found` those in its files.

    `unread` is what of its files nobody could read.
    """

    group: GroupId
    refs: tuple[int, ...]
    ruleset: str
    mentions: tuple[PersonId, ...]
    due_at: int
    clause: str | None
    cmid: Sealed[str]
    text: Sealed[str]
    findings: Sealed[tuple[tuple[int, int, str, str, str], ...]]
    imported: bool = False
    basis: Basis | None = None
    thread: int | None = None
    files: tuple[StoredFile, ...] = ()
    notes: Sealed[tuple[FileNote, ...]] = ()
    forwarded: tuple[int, ...] = ()
    forward: Sealed[Forward | None] = None
    template: Sealed[Filled | None] = None
    found: Sealed[tuple[FileFinding, ...]] = ()
    unread: Sealed[tuple[FileGap, ...]] = ()
    burn: Burn | None = None
    corrects: int | None = None


@fact("messaging.blocked", Content.CONTENT, uninspected=_BY_THE_GATE)
class MessageBlocked:
    """A message was not sent; only its author knows."""

    group: GroupId
    refs: tuple[int, ...]
    ruleset: str
    mentions: tuple[PersonId, ...]
    clause: str | None
    cmid: Sealed[str]
    text: Sealed[str]
    findings: Sealed[tuple[tuple[int, int, str, str, str], ...]]
    imported: bool = False
    basis: Basis | None = None
    thread: int | None = None
    files: tuple[StoredFile, ...] = ()
    notes: Sealed[tuple[FileNote, ...]] = ()
    forwarded: tuple[int, ...] = ()
    forward: Sealed[Forward | None] = None
    template: Sealed[Filled | None] = None
    found: Sealed[tuple[FileFinding, ...]] = ()
    unread: Sealed[tuple[FileGap, ...]] = ()
    burn: Burn | None = None
    corrects: int | None = None


@fact(
    "messaging.alerted",
    Content.CONTENT,
    uninspected={
        "findings": "what inspection found",
        "found": "what inspection found",
        "basis": "what inspection asked of",
    },
    confidential=True,
)
class MessageAlerted:
    """Rules that only alert found something in the message at `refs`. Its sender and the group never learn of it.

    `findings` are (start, end, category, rule, word), `ruleset` the rules that found them. `basis` stands here, sealed,
    because the leaf of the message, which its sender may read, must be that of a message without findings.
    """

    within: Sealed[GroupId]
    refs: tuple[int, ...]
    ruleset: str
    sender: PersonId
    findings: Sealed[tuple[tuple[int, int, str, str, str], ...]]
    basis: Sealed[Basis | None] = None
    found: Sealed[tuple[FileFinding, ...]] = ()


@fact("messaging.released", Content.CONTENT, uninspected={**_BY_THE_GATE, "reason": _BY_A_REVIEWER})
class MessageReleased:
    """A reviewer let a held message pass, as written or masked. `refs` names the held entry.

    `line` is the role that decided after an escalation; `overturns` the refusal that this release takes back. A `silent`
    one calls nobody.
    """

    group: GroupId
    refs: tuple[int, ...]
    sender: PersonId
    sent_at: int
    mentions: tuple[PersonId, ...]
    quote: int | None
    spans: Sealed[tuple[tuple[int, int], ...]]
    cmid: Sealed[str]
    text: Sealed[str]
    reason: Sealed[str]
    line: str | None = None
    overturns: int | None = None
    thread: int | None = None
    files: tuple[StoredFile, ...] = ()
    notes: Sealed[tuple[FileNote, ...]] = ()
    forwarded: tuple[int, ...] = ()
    forward: Sealed[Forward | None] = None
    template: Sealed[Filled | None] = None
    burn: Burn | None = None
    corrects: int | None = None
    audience: tuple[PersonId, ...] = ()
    hidden: Sealed[str | None] = None
    silent: bool = False


@fact("messaging.refused", Content.CONTENT, uninspected={"reason": _BY_A_REVIEWER})
class MessageRefused:
    """A reviewer refused a held message. `line` is the role that decided after an escalation."""

    group: GroupId
    refs: tuple[int, ...]
    sender: PersonId
    clause: str | None
    reason: Sealed[str]
    line: str | None = None


@fact("messaging.review_late", Content.CONTENT)
class ReviewLate:
    """A held message was not decided in time; the reviewers, or after an escalation the role `line`, were reminded."""

    group: GroupId
    refs: tuple[int, ...]
    line: str | None = None


# ---- errors -----------------------------------------------------------------------------------------------------


class BadMessageError(InvalidError):
    """The message cannot be read: empty, too long, or not text."""

    code = "messaging.bad_message"


class BadMentionError(InvalidError):
    """Somebody who is mentioned is not a member."""

    code = "messaging.bad_mention"


class BadQuoteError(InvalidError):
    """What is quoted is not a message of this group that you may see."""

    code = "messaging.bad_quote"


class CmidReusedError(ConflictError):
    """The same `cmid` was used for another message."""

    code = "messaging.cmid_reused"


class RulesNotSignedError(ForbiddenError):
    """The group's rules come before the first message."""

    code = "messaging.rules_not_signed"


class InvitationOpenError(ForbiddenError):
    """Whoever is invited accepts before they read and write."""

    code = "messaging.invitation_open"


class NoMessagesHereError(ConflictError):
    """The group lives on another tool; it has a roster here and no messages."""

    code = "messaging.no_messages_here"


class FloodError(TooManyError):
    """Too many messages in a short time; `data.retry_after` says when to go on."""

    code = "messaging.flood"


class PaceError(TooManyError):
    """So much at once is not sent, in all groups together or to one person; `data.retry_after` says when to go on."""

    code = "messaging.pace"


class CheckTooOftenError(TooManyError):
    """Too many checks of a text in a short time."""

    code = "messaging.check_too_often"


class ReviewNotFoundError(NotFoundError):
    """No such held message, or none that you may review."""

    code = "messaging.review_not_found"


class OwnMessageError(ForbiddenError):
    """Nobody reviews their own message."""

    code = "messaging.own_message"


class AlreadyDecidedError(ConflictError):
    """Another reviewer was faster."""

    code = "messaging.already_decided"


class ReasonNeededError(InvalidError):
    """A refusal needs a reason; its sender reads it."""

    code = "messaging.reason_needed"
