"""The tables of webhooks: what there is (governed), and how far each has come with its last deliveries (local)."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)  # fmt: skip

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import WriteTx
from guiju.modules.bots.webhook_types import (
    Delivery,
    Progress,
    SecretIssued,
    Webhook,
    WebhookAdded,
    WebhookDisabled,
    WebhookEnded,
    WebhookId,
    WebhookResumed,
    WebhookState,
)

KEPT = 200
"""How many of the last deliveries are remembered of each webhook."""
_webhook = governed(
    Table(
        "bots_webhook",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("name", String(60), nullable=False),
        Column("url", String(600), nullable=False),
        Column("kinds", Text, nullable=False),
        Column("state", String(16), nullable=False),
        Column("position", BigInteger, nullable=False),
    )
)
_progress = Table(
    "bots_progress",
    metadata,
    Column("webhook", String(40), primary_key=True),
    Column("cursor", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary),
    Column("old_until", BigInteger, nullable=False),
)
_delivery = Table(
    "bots_delivery",
    metadata,
    Column("webhook", String(40), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("position", BigInteger),
    Column("kind", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("status", Integer),
    Column("problem", String(200)),
    Column("took", Integer, nullable=False),
    Index("bots_delivery_position", "webhook", "position"),
)


def apply(tx: WriteTx, entry: Recorded) -> None:
    match entry.fact:
        case WebhookAdded() as fact:
            tx.run(
                insert(_webhook).values(
                    id=fact.webhook,
                    name=fact.name,
                    url=fact.url,
                    kinds=json.dumps(list(fact.kinds)),
                    state=WebhookState.ACTIVE,
                    position=entry.position,
                )
            )
        case SecretIssued():
            pass  # which secret it is stands in no fact
        case WebhookDisabled(webhook=webhook):
            _set_state(tx, webhook, WebhookState.DISABLED)
        case WebhookResumed(webhook=webhook):
            _set_state(tx, webhook, WebhookState.ACTIVE)
        case WebhookEnded(webhook=webhook):
            _set_state(tx, webhook, WebhookState.ENDED)
        case other:
            raise AssertionError(f"bots do not know {other!r}")


def _set_state(tx: WriteTx, webhook: WebhookId, state: WebhookState) -> None:
    tx.run(update(_webhook).where(_webhook.c.id == webhook).values(state=state))


def find(tx: ReadTx, webhook: WebhookId) -> Webhook | None:
    row = tx.first(select(_webhook).where(_webhook.c.id == webhook))
    return _to_webhook(row) if row is not None else None


def standing(tx: ReadTx) -> list[Webhook]:
    """All webhooks that have not ended, in the order in which they were made."""
    there = select(_webhook).where(_webhook.c.state != WebhookState.ENDED)
    return [_to_webhook(row) for row in tx.all(there.order_by(_webhook.c.position))]


def _to_webhook(row: Any) -> Webhook:
    kinds = tuple(json.loads(row.kinds))
    return Webhook(row.id, row.name, row.url, kinds, WebhookState(row.state), row.position)


# ---- how far it has come ----------------------------------------------------------------------------------------


def begin(tx: WriteTx, webhook: WebhookId, cursor: int, secret: bytes) -> None:
    tx.run(
        insert(_progress).values(
            webhook=webhook, cursor=cursor, failures=0, next_at=0, leased_until=0, secret=secret,
            old_secret=None, old_until=0,
        )
    )  # fmt: skip


def change(tx: WriteTx, webhook: WebhookId, **values: Any) -> None:
    tx.run(update(_progress).where(_progress.c.webhook == webhook).values(**values))


def end(tx: WriteTx, webhook: WebhookId) -> None:
    tx.run(delete(_progress).where(_progress.c.webhook == webhook))
    tx.run(delete(_delivery).where(_delivery.c.webhook == webhook))


def progress(tx: ReadTx, webhook: WebhookId) -> Progress | None:
    row = tx.first(select(_progress).where(_progress.c.webhook == webhook))
    if row is None:
        return None
    return Progress(
        row.cursor, row.failures, row.next_at, row.leased_until, row.secret, row.old_secret, row.old_until
    )  # fmt: skip


def lease(tx: WriteTx, webhook: WebhookId, until: int) -> bool:
    """Take the webhook for this process; False when another one has it. The WHERE settles two at once."""
    free = _progress.c.webhook == webhook, _progress.c.leased_until <= tx.now
    return tx.run(update(_progress).where(*free).values(leased_until=until)) > 0


# ---- deliveries -------------------------------------------------------------------------------------------------


def add_deliveries(tx: WriteTx, webhook: WebhookId, made: Sequence[Delivery]) -> None:
    """Remember attempts, and forget the oldest; their numbers are given here."""
    mine = _delivery.c.webhook == webhook
    number = int(tx.scalar(select(func.coalesce(func.max(_delivery.c.number), 0)).where(mine)))
    for each in made:
        number += 1
        tx.run(
            insert(_delivery).values(
                webhook=webhook, number=number, position=each.position, kind=each.kind, at=each.at,
                status=each.status, problem=each.problem, took=each.took,
            )
        )  # fmt: skip
    tx.run(delete(_delivery).where(mine, _delivery.c.number <= number - KEPT))


def deliveries(tx: ReadTx, webhook: WebhookId, limit: int) -> list[Delivery]:
    """The last attempts, the newest first."""
    newest = select(_delivery).where(_delivery.c.webhook == webhook)
    return [
        Delivery(row.number, row.position, row.kind, row.at, row.status, row.problem, row.took)
        for row in tx.all(newest.order_by(_delivery.c.number.desc()).limit(limit))
    ]
