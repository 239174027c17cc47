"""Who hears of bots and webhooks: the members of the group, and those who look after the addresses outside."""

from collections.abc import Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.live import Delivery, View
from guiju.modules.bots.types import BotAsked, BotCreated, BotEnded, KeyIssued
from guiju.modules.bots.webhook_types import WebhookDisabled

_ADMINISTRATORS = frozenset({"system_admin"})


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    match entry.fact:
        case BotAsked() | BotCreated() | KeyIssued() | BotEnded():
            item = _plain(entry, "bots.changed") | {"group": entry.group, "number": entry.number}
            return (Delivery(item | {"bot": entry.fact.bot}, group=entry.group),)
        case WebhookDisabled(webhook=webhook):
            item = _plain(entry, "bots.webhook_disabled") | {"webhook": webhook}
            return (Delivery(item, roles=_ADMINISTRATORS),)
        case _:
            return ()


def _plain(entry: Recorded, kind: str) -> dict[str, object]:
    return {
        "position": entry.position,
        "at": entry.at,
        "kind": kind,
        "group": None,
        "number": None,
        "actor": None,
    }
