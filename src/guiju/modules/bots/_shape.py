"""Bots and webhooks as JSON (docs/protocol.md)."""

from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId
from guiju.modules.bots import service, webhook_types
from guiju.modules.bots.types import Bot
from guiju.modules.bots.webhook_types import Delivery, Progress, Webhook
from guiju.modules.directory import service as directory
from guiju.modules.groups import service as groups
from guiju.modules.policy import service as policy

Json = dict[str, Any]
KINDS = webhook_types.KINDS


def bot(tx: ReadTx, found: Bot) -> Json:
    return {
        "id": found.id,
        "name": found.name,
        "purpose": service.purpose_of(tx, found),
        "responsible": directory.person_mark(tx, found.responsible),
        "state": found.state,
        "request": service.request_of(found),
        "asked_at": found.asked_at,
        "has_key": found.keys > 0,
        "ended": found.ended,
        "ended_at": found.ended_at,
    }


def may(tx: ReadTx, actor: Actor, group: GroupId) -> Json:
    """What the reader may do with the group's bots: hints for the screen, decided again when it is done."""
    return {
        "ask": policy.may(tx, actor, "bots.ask", group),
        "key": policy.may(tx, actor, "bots.key", group),
        "remove": policy.may(tx, actor, "bots.remove", group),
    }


def registered(tx: ReadTx, found: Bot) -> Json:
    """A row of the register."""
    group = groups.find_group(tx, found.group)
    assert group is not None, "bots stand in groups that exist"
    named = {"id": group.id, "name": group.name, "filing_number": group.filing_number}
    return bot(tx, found) | {"group": named}


def webhook(tx: ReadTx, found: Webhook, progress: Progress | None) -> Json:
    added = tx.entry(found.position)
    assert added is not None, "the table names the entry"
    return {
        "id": found.id,
        "name": found.name,
        "url": found.url,
        "kinds": list(found.kinds),
        "state": found.state,
        "added_at": added.at,
        "failures": progress.failures if progress is not None else 0,
        "next_at": progress.next_at or None if progress is not None else None,
        "old_secret_until": progress.old_until
        if progress is not None and progress.old_until > tx.now
        else None,
    }


def delivery(made: Delivery) -> Json:
    return {
        "position": made.position,
        "kind": made.kind,
        "at": made.at,
        "status": made.status,
        "problem": made.problem,
        "took": made.took,
        "succeeded": made.succeeded,
    }
