"""Bots: asked for by a group's owner, decided on where a clause wants it, given a key, ended with what they rest on."""

import hashlib
import secrets
from typing import Any

from guiju.kernel.actor import Actor, system
from guiju.kernel.clock import MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import BotId, GroupId, PersonId, new_id
from guiju.kernel.lane import WriteTx
from guiju.kernel.page import Page, check_limit
from guiju.kernel.permit import Permit
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Request, RequestId, RequestState
from guiju.modules.bots import _rules, _store
from guiju.modules.bots.types import (
    Approval,
    Bot,
    BotAsked,
    BotCreated,
    BotEnded,
    BotNotActiveError,
    BotNotFoundError,
    BotsNotAllowedError,
    BotState,
    EndReason,
    Incoming,
    KeyIssued,
    TooManyBotsError,
)
from guiju.modules.directory import service as directory
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, GroupKind, Member
from guiju.modules.identity import service as identity
from guiju.modules.messaging.types import NoMessagesHereError
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Flow, FlowStep, Use

apply = _store.apply
CONTROL = "bots.incoming"
KIND = "bot.incoming"
WATCH, EVERY = "bots.watch", MINUTE
"""The job that looks whether bots still rest on something; until it runs, such a bot is refused already."""
_ACTOR = system("bots")
_HEAD = Flow(
    KIND,
    {"zh": "机器人申请", "en": "Bot of a group"},
    None,
    (
        FlowStep(
            {"zh": "部门负责人", "en": "Head of the unit"},
            "any",
            ({"head_of_unit": True},),
            None,
            None,
            "remind",
        ),
    ),
)


# ---- asking -----------------------------------------------------------------------------------------------------


def ask(tx: WriteTx, actor: Actor, group_id: GroupId, *, name: str, purpose: str) -> Bot:
    """Ask for a bot, for which the asker answers; it is there at once where no clause wants a decision.

    Raises GroupNotFoundError, GroupClosedError, NotAllowedError, NoMessagesHereError, BadBotError,
    BotsNotAllowedError, TooManyBotsError, TextRefusedError or NobodyCanDecideError.
    """
    group = groups.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "bots.ask", group_id)
    if group.kind is not GroupKind.INTERNAL:
        raise NoMessagesHereError("This group lives on another tool.", group=group_id)
    name, purpose = _rules.read_text("name", name), _rules.read_text("purpose", purpose)
    use, rules = _rules_for(tx, group)
    _check_number(tx, group_id, use, rules)
    uses = (use.id,) if use is not None else ()
    bot, request = BotId(new_id("bot", tx.now)), None
    if rules.approval is Approval.HEAD:
        flow = policy.get_pack(tx).flows.get(KIND, _HEAD)
        request = approvals.open_request(
            tx, actor, kind=KIND, subject=bot, title=name, flow=flow, uses=uses
        ).id
    asked = BotAsked(group_id, bot, actor.person_id, request, name, purpose)
    tx.record(permit.under(*uses), asked)
    if request is None:
        _create(tx, permit.under(*uses), _known(tx, bot))
    return _known(tx, bot)


def _rules_for(tx: ReadTx, group: Group) -> tuple[Use | None, Incoming]:
    """The use that speaks of bots in this group; without any clause, the defaults. Raises BotsNotAllowedError."""
    uses = policy.uses(tx, CONTROL)
    for use in uses:
        assert isinstance(use.params, Incoming)
        if not use.params.classes or group.group_class in use.params.classes:
            return use, use.params
    if uses:
        raise BotsNotAllowedError("There are no bots in such groups.", clause=uses[0].mark())
    return None, Incoming()


def _check_number(tx: ReadTx, group: GroupId, use: Use | None, rules: Incoming) -> None:
    if len(_store.of_group(tx, group)) >= rules.per_group:
        raise TooManyBotsError(
            "The group has enough bots.",
            per_group=rules.per_group,
            clause=use.mark() if use is not None else None,
        )


def _create(tx: WriteTx, permit: Permit, bot: Bot) -> None:
    tx.record(permit, BotCreated(bot.group, bot.id, bot.responsible))
    tx.schedule(WATCH, "all", tx.now + EVERY)


def on_approved(tx: WriteTx, actor: Actor, request: Request) -> None:
    """The bot is there, unless what it rests on has gone meanwhile."""
    bot = _known(tx, BotId(request.subject))
    permit = policy.permit_for_approval(tx, actor, "bots.ask", *request.uses)
    why = _end_of(tx, bot)
    if why is not None:
        tx.record(permit, BotEnded(bot.group, bot.id, why))
        return
    _create(tx, permit, bot)


def on_closed(tx: WriteTx, actor: Actor, request: Request) -> None:
    """The request ended without approval; so does the bot."""
    bot = _known(tx, BotId(request.subject))
    reasons = {
        RequestState.REFUSED: EndReason.REFUSED,
        RequestState.WITHDRAWN: EndReason.WITHDRAWN,
        RequestState.EXPIRED: EndReason.EXPIRED,
    }
    permit = policy.permit_for_approval(tx, actor, "bots.ask", *request.uses)
    tx.record(permit, BotEnded(bot.group, bot.id, reasons[request.state]))


def describe(tx: ReadTx, subject: str) -> dict[str, Any]:
    """What is asked for, as the approvers read it."""
    bot = _known(tx, BotId(subject))
    group = groups.find_group(tx, bot.group)
    assert group is not None, "bots are asked for in groups that exist"
    return {
        "name": bot.name,
        "purpose": purpose_of(tx, bot),
        "group": {"id": group.id, "name": group.name},
        "responsible": directory.person_mark(tx, bot.responsible),
    }


# ---- keys and the end -------------------------------------------------------------------------------------------


def issue_key(tx: WriteTx, actor: Actor, group_id: GroupId, bot_id: BotId) -> str:
    """A new key for the bot, shown once; the one before it ends.

    Raises GroupNotFoundError, GroupClosedError, NotAllowedError, BotNotFoundError or BotNotActiveError.
    """
    groups.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "bots.key", group_id)
    bot = _get(tx, group_id, bot_id)
    if bot.state is not BotState.ACTIVE:
        raise BotNotActiveError("The bot is not active.", state=bot.state)
    drawn = secrets.token_hex(16)
    key = "-".join((drawn[:8], drawn[8:12], drawn[12:16], drawn[16:20], drawn[20:]))
    tx.record(permit.under(*policy.use_ids(tx, CONTROL)), KeyIssued(group_id, bot.id, bot.keys + 1))
    _store.set_key(tx, bot.id, key_hash(key))
    return key


def key_hash(key: str) -> str:
    """What is stored of a key. It has 128 random bits, so that a plain hash tells nothing."""
    return hashlib.sha256(key.encode()).hexdigest()


def remove(tx: WriteTx, actor: Actor, group_id: GroupId, bot_id: BotId) -> None:
    """End a bot. Raises GroupNotFoundError, NotAllowedError, BotNotFoundError or BotNotActiveError."""
    groups.get_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "bots.remove", group_id)
    bot = _get(tx, group_id, bot_id)
    if bot.state is not BotState.ACTIVE:
        raise BotNotActiveError("The bot is not active.", state=bot.state)
    _end(tx, permit.under(*policy.use_ids(tx, CONTROL)), bot, EndReason.REMOVED)


def _end(tx: WriteTx, permit: Permit, bot: Bot, why: EndReason) -> None:
    _store.drop_key(tx, bot.id)
    tx.record(permit, BotEnded(bot.group, bot.id, why))


def end_groundless(tx: WriteTx) -> None:
    """End every bot whose group is closed, or whose responsible person left it or cannot act any more."""
    bots = _store.standing(tx)
    for bot in bots:
        why = _end_of(tx, bot)
        if why is not None:
            permit = policy.require(tx, _ACTOR, "bots.remove")
            _end(tx, permit.under(*policy.use_ids(tx, CONTROL)), bot, why)
    if bots:
        tx.schedule(WATCH, "all", tx.now + EVERY)


def _end_of(tx: ReadTx, bot: Bot) -> EndReason | None:
    group = groups.find_group(tx, bot.group)
    assert group is not None, "bots stand in groups that exist"
    place = groups.find_member(tx, bot.group, bot.responsible)
    return _rules.end_of(group, place, certified=identity.is_certified(tx, bot.responsible))


# ---- reading ----------------------------------------------------------------------------------------------------


def _known(tx: ReadTx, bot: BotId) -> Bot:
    found = _store.find(tx, bot)
    assert found is not None, "asked only for what was recorded"
    return found


def _get(tx: ReadTx, group: GroupId, bot: BotId) -> Bot:
    found = _store.find(tx, bot)
    if found is None or found.group != group:
        raise BotNotFoundError("There is no such bot.", bot=bot)
    return found


def purpose_of(tx: ReadTx, bot: Bot) -> str:
    """What the bot is for, opened from the ledger."""
    entry = tx.entry(bot.asked)
    assert entry is not None, "the table names the entry"
    return str(entry.fact.purpose)


def list_bots(tx: ReadTx, actor: Actor, group: GroupId) -> list[Bot]:
    """The bots of a group that wait or write, for its members and overseers. Raises GroupNotFoundError."""
    groups.get_group(tx, actor, group)
    return _store.of_group(tx, group)


def list_register(tx: ReadTx, actor: Actor, *, after: int, limit: int) -> Page[Bot]:
    """All bots that ever were asked for, the newest first. Raises NotAllowedError or BadLimitError."""
    policy.require(tx, actor, "bots.read")
    found, total = _store.listed(tx, after=max(after, 0), limit=check_limit(limit))
    return Page(found, after + len(found) < total, total)


def find_by_key(tx: ReadTx, key: str) -> Bot | None:
    """The bot that writes with this key now; None for any other key, and for a bot that rests on nothing."""
    bot = _store.find_by_key(tx, key_hash(key))
    active = bot is not None and bot.state is BotState.ACTIVE
    return bot if bot is not None and active and _end_of(tx, bot) is None else None


class Writers:
    """Implements `messaging.writers.Bots`."""

    def place(self, tx: ReadTx, bot: BotId, group: GroupId) -> Member | None:
        found = _store.find(tx, bot)
        if found is None or found.group != group or found.state is not BotState.ACTIVE:
            return None
        if _end_of(tx, found) is not None:
            return None
        answers = groups.find_member(tx, group, found.responsible)
        assert answers is not None, "a bot without it has ended"
        # It stands where its responsible person stands, but sees nothing of the group.
        return Member(
            group, PersonId(bot), answers.role, answers.state, found.asked_at, found.asked,
            answers.signed_version, found.asked,
        )  # fmt: skip

    def responsible(self, tx: ReadTx, bot: BotId) -> PersonId:
        return _known(tx, bot).responsible

    def bots_of(self, tx: ReadTx, person: PersonId) -> list[BotId]:
        return _store.answered_for(tx, person)

    def has_bots(self, tx: ReadTx, person: PersonId, group: GroupId | None) -> bool:
        bots = _store.writing_for(tx, person)
        return any(group in (None, bot.group) and _end_of(tx, bot) is None for bot in bots)

    def name(self, tx: ReadTx, bot: BotId) -> str:
        return _known(tx, bot).name


def request_of(bot: Bot) -> RequestId | None:
    """The request that decides on the bot, while it waits."""
    return bot.request if bot.state is BotState.WAITING else None
