"""Webhooks: an administrator adds and removes them; what each is told of is read from the ledger behind its cursor."""

from collections.abc import Sequence
from dataclasses import dataclass

from guiju.kernel.actor import Actor, system
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import WriteTx
from guiju.modules.bots import _webhook_rules, _webhook_store
from guiju.modules.bots.webhook_types import (
    MOST_FAILURES,
    MOST_WEBHOOKS,
    OLD_SECRET,
    Delivery,
    DeliveryNotFoundError,
    Progress,
    SecretIssued,
    TooManyWebhooksError,
    Webhook,
    WebhookAdded,
    WebhookDisabled,
    WebhookEnded,
    WebhookId,
    WebhookNotFoundError,
    WebhookResumed,
    WebhookState,
    WebhookStateError,
)
from guiju.modules.groups import timeline
from guiju.modules.policy import service as policy

MANAGE, READ = "bots.webhooks", "bots.read_webhooks"
BATCH = 20
GONE = 410
_ACTOR = system("webhooks")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A webhook with how far it has come, and the next events that wait for it, oldest first."""

    webhook: Webhook
    progress: Progress
    events: tuple[Recorded, ...]
    position: int


def add(
    tx: WriteTx,
    actor: Actor,
    webhook: WebhookId,
    *,
    name: str,
    url: str,
    kinds: Sequence[str],
    secret: bytes,
) -> Webhook:
    """Tell an address of what happens from now on. `secret` is sealed, and `url` was checked.

    Raises NotAllowedError, BadWebhookError, TooManyWebhooksError or TextRefusedError.
    """
    permit = policy.require(tx, actor, MANAGE)
    name, chosen = _webhook_rules.read_name(name), _webhook_rules.read_kinds(kinds)
    if len(_webhook_store.standing(tx)) >= MOST_WEBHOOKS:
        raise TooManyWebhooksError("There are enough webhooks.", most=MOST_WEBHOOKS)
    entry = tx.record(permit, WebhookAdded(webhook, chosen, name, url))
    _webhook_store.begin(tx, webhook, entry.position, secret)
    return _known(tx, webhook)


def issue_secret(tx: WriteTx, actor: Actor, webhook_id: WebhookId, secret: bytes) -> None:
    """Sign with a new (sealed) secret, and for a day more with the one before.

    Raises NotAllowedError or WebhookNotFoundError.
    """
    _, progress = _visible(tx, actor, webhook_id)
    permit = policy.require(tx, actor, MANAGE)
    tx.record(permit, SecretIssued(webhook_id))
    _webhook_store.change(
        tx, webhook_id, secret=secret, old_secret=progress.secret, old_until=tx.now + OLD_SECRET
    )


def resume(tx: WriteTx, actor: Actor, webhook_id: WebhookId) -> Webhook:
    """Have a disabled webhook go on where it stopped.

    Raises NotAllowedError, WebhookNotFoundError or WebhookStateError.
    """
    webhook, _ = _visible(tx, actor, webhook_id)
    permit = policy.require(tx, actor, MANAGE)
    if webhook.state is not WebhookState.DISABLED:
        raise WebhookStateError("The webhook is not disabled.", state=webhook.state)
    tx.record(permit, WebhookResumed(webhook_id))
    _webhook_store.change(tx, webhook_id, failures=0, next_at=0)
    return _known(tx, webhook_id)


def end(tx: WriteTx, actor: Actor, webhook_id: WebhookId) -> None:
    """Remove a webhook. Raises NotAllowedError or WebhookNotFoundError."""
    _visible(tx, actor, webhook_id)
    permit = policy.require(tx, actor, MANAGE)
    tx.record(permit, WebhookEnded(webhook_id))
    _webhook_store.end(tx, webhook_id)


def _known(tx: ReadTx, webhook: WebhookId) -> Webhook:
    found = _webhook_store.find(tx, webhook)
    assert found is not None, "asked only for what was recorded"
    return found


def _visible(tx: ReadTx, actor: Actor, webhook: WebhookId) -> tuple[Webhook, Progress]:
    """Raises WebhookNotFoundError, also for those who may not see webhooks."""
    if not policy.may(tx, actor, READ):
        raise WebhookNotFoundError("There is no such webhook.", webhook=webhook)
    found, progress = _webhook_store.find(tx, webhook), _webhook_store.progress(tx, webhook)
    if found is None or progress is None or found.state is WebhookState.ENDED:
        raise WebhookNotFoundError("There is no such webhook.", webhook=webhook)
    return found, progress


# ---- reading ----------------------------------------------------------------------------------------------------


def require_management(tx: ReadTx, actor: Actor) -> None:
    """Raises NotAllowedError unless the actor looks after webhooks."""
    policy.require(tx, actor, MANAGE)


def list_webhooks(tx: ReadTx, actor: Actor) -> list[tuple[Webhook, Progress | None]]:
    """All webhooks that have not ended. Raises NotAllowedError."""
    policy.require(tx, actor, READ)
    found = _webhook_store.standing(tx)
    return [(webhook, _webhook_store.progress(tx, webhook.id)) for webhook in found]


def get_webhook(tx: ReadTx, actor: Actor, webhook: WebhookId) -> tuple[Webhook, Progress]:
    """A webhook for somebody who may have it tell something. Raises NotAllowedError or WebhookNotFoundError."""
    found = _visible(tx, actor, webhook)
    policy.require(tx, actor, MANAGE)
    return found


def list_deliveries(tx: ReadTx, actor: Actor, webhook: WebhookId, limit: int) -> list[Delivery]:
    """The last attempts, the newest first. Raises WebhookNotFoundError."""
    _visible(tx, actor, webhook)
    return _webhook_store.deliveries(tx, webhook, min(max(limit, 1), _webhook_store.KEPT))


def get_event(tx: ReadTx, webhook: Webhook, position: int) -> Recorded:
    """An event that the webhook has been told of, or will be. Raises DeliveryNotFoundError."""
    entry = tx.entry(position) if position > webhook.position else None
    if entry is None or entry.kind not in webhook.kinds or timeline.is_discreet(entry):
        raise DeliveryNotFoundError("There is no such event.", position=position)
    return entry


# ---- for the dispatcher -----------------------------------------------------------------------------------------


def waiting(tx: ReadTx, seen: dict[WebhookId, int]) -> list[Waiting]:
    """The webhooks that have something to tell now. `seen` is up to where nothing was found for them."""
    found = []
    for webhook in _webhook_store.standing(tx):
        progress = _webhook_store.progress(tx, webhook.id)
        if webhook.state is not WebhookState.ACTIVE or progress is None:
            continue
        if max(progress.next_at, progress.leased_until) <= tx.now:
            after = max(progress.cursor, seen.get(webhook.id, -1))
            found.append(Waiting(webhook, progress, _events(tx, webhook, after), tx.position))
    return found


def _events(tx: ReadTx, webhook: Webhook, after: int) -> tuple[Recorded, ...]:
    """The next events behind a position; none only where none is left, however many are passed over."""
    while True:
        page = tx.entries(EntryQuery(kinds=webhook.kinds, after=after, limit=BATCH))
        told = tuple(entry for entry in page if not timeline.is_discreet(entry))
        if told or len(page) < BATCH:
            return told
        after = page[-1].position


def lease(tx: WriteTx, webhook: WebhookId, until: int) -> bool:
    """Take a webhook for this process until then; False when another process has it."""
    return _webhook_store.lease(tx, webhook, until)


def settle(tx: WriteTx, told: Waiting, made: Sequence[Delivery], jitter: float) -> None:
    """Remember what was delivered; the webhook goes on behind the last event that was taken.

    After too many failures in a row, or when the address says that it is gone, the webhook is disabled.
    """
    webhook = told.webhook.id
    now = _webhook_store.find(tx, webhook)
    if now is None or now.state is WebhookState.ENDED:
        return
    _webhook_store.add_deliveries(tx, webhook, made)
    taken = [each.position for each in made if each.succeeded and each.position is not None]
    values: dict[str, int] = {"leased_until": 0}
    if taken:
        values |= {"cursor": taken[-1], "failures": 0, "next_at": 0}
    if made and not made[-1].succeeded:
        failures = 1 if taken else told.progress.failures + 1
        wait = _webhook_rules.wait_after(failures, jitter)
        values |= {"failures": failures, "next_at": tx.now + wait}
        if failures >= MOST_FAILURES or made[-1].status == GONE:
            permit = policy.require(tx, _ACTOR, MANAGE)
            tx.record(permit, WebhookDisabled(webhook, failures))
    _webhook_store.change(tx, webhook, **values)


def note(tx: WriteTx, webhook: WebhookId, made: Delivery) -> None:
    """Remember an attempt that an administrator asked for."""
    _webhook_store.add_deliveries(tx, webhook, [made])
