"""Telling addresses outside, beside the lane: at least once, in order for each webhook, with an id that stays the same.

The ledger is the queue. A webhook's cursor moves after the address has taken an event, so that whatever ends this
process, the event is told again. A lease keeps other nodes from telling the same at the same time.
"""

import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any, Protocol, TypeVar

import msgspec

from guiju.kernel.actor import Actor
from guiju.kernel.clock import MINUTE, Clock, utc
from guiju.kernel.db import DatabaseUnavailableError, ReadTx
from guiju.kernel.facts import Recorded, schema_of
from guiju.kernel.ids import new_id
from guiju.kernel.lane import WriteTx
from guiju.kernel.posting import AddressRefusedError, Answer, Poster
from guiju.ledger.errors import LedgerError
from guiju.ledger.vault import Vault
from guiju.modules.bots import _webhook_rules, webhooks
from guiju.modules.bots.webhook_types import (
    UNTOLD,
    BadWebhookError,
    Delivery,
    Progress,
    Webhook,
    WebhookId,
)

T = TypeVar("T")
_log = logging.getLogger("guiju.bots")
LEASE = MINUTE // 2
BATCH_SECONDS = 10.0
"""After this the rest of a batch waits for the next one, well before the lease ends."""
_SECRET, _THREADS = "secret", 4
PING = "ping"


class Door(Protocol):
    """The lane and the readers, for a thread that may wait."""

    def write_now(self, verb: Callable[[WriteTx], T]) -> T: ...

    def read_now(self, verb: Callable[[ReadTx], T]) -> T: ...


class Dispatcher:
    """Tells webhooks what waits for them. Its methods wait: call them from threads."""

    def __init__(self, door: Door, poster: Poster, vault: Vault, clock: Clock) -> None:
        self._door = door
        self._poster = poster
        self._vault = vault
        self._clock = clock
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="webhook")
        self._busy: set[WebhookId] = set()
        self._seen: dict[WebhookId, int] = {}

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    # ---- secrets -----------------------------------------------------------------------------------------------

    def add(
        self, actor: Actor, *, name: str, url: str, kinds: tuple[str, ...]
    ) -> tuple[Webhook, str]:
        """Make a webhook; with the secret, which is shown once. Raises what `webhooks.add` raises."""
        self._check(url)
        now = self._clock.now()
        webhook, secret = WebhookId(new_id("whk", now)), secrets.token_bytes(32)
        self._vault.begin(webhook, now)
        sealed = self._vault.seal_note(webhook, _SECRET, secret)
        try:
            made = self._door.write_now(
                lambda tx: webhooks.add(
                    tx, actor, webhook, name=name, url=url, kinds=kinds, secret=sealed
                )
            )
        except BaseException:
            self._vault.destroy(webhook, 0)
            raise
        return made, _webhook_rules.show_secret(secret)

    def _check(self, url: str) -> None:
        """Raises BadWebhookError for an address that is never told anything."""
        if len(url) > _webhook_rules.LONGEST_URL:
            raise BadWebhookError("The address is too long.", field="url")
        try:
            self._poster.resolve(url)
        except AddressRefusedError as error:
            raise BadWebhookError(f"The address cannot be used: {error}.", field="url") from error

    def issue_secret(self, actor: Actor, webhook: WebhookId) -> str:
        """Another secret, shown once. Raises NotAllowedError or WebhookNotFoundError."""
        self._door.read_now(lambda tx: webhooks.get_webhook(tx, actor, webhook))
        secret = secrets.token_bytes(32)
        sealed = self._vault.seal_note(webhook, _SECRET, secret)
        self._door.write_now(lambda tx: webhooks.issue_secret(tx, actor, webhook, sealed))
        return _webhook_rules.show_secret(secret)

    def end(self, actor: Actor, webhook: WebhookId) -> None:
        """Remove a webhook with the key of its secrets. Raises NotAllowedError or WebhookNotFoundError."""
        self._door.write_now(lambda tx: webhooks.end(tx, actor, webhook))
        self._vault.destroy(webhook, 0)

    # ---- telling -----------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Begin to tell what waits; a slow address holds up no other."""
        for told in self._door.read_now(lambda tx: webhooks.waiting(tx, self._seen)):
            webhook = told.webhook.id
            if not told.events:
                self._seen[webhook] = told.position
            elif webhook not in self._busy:
                self._busy.add(webhook)
                self._threads.submit(self._tell, told).add_done_callback(_log_bug)

    def _tell(self, told: webhooks.Waiting) -> None:
        webhook = told.webhook.id
        try:
            until = self._clock.now() + LEASE
            if self._door.write_now(lambda tx: webhooks.lease(tx, webhook, until)):
                made = self._deliver_all(told)
                jitter = secrets.randbelow(1000) / 1000
                self._door.write_now(lambda tx: webhooks.settle(tx, told, made, jitter))
        except (DatabaseUnavailableError, LedgerError) as error:  # the lease ends by itself
            _log.error("a webhook could not be told: %s", webhook, exc_info=error)
        finally:
            self._busy.discard(webhook)

    def _deliver_all(self, told: webhooks.Waiting) -> list[Delivery]:
        made: list[Delivery] = []
        until = monotonic() + BATCH_SECONDS
        for event in told.events:
            made.append(self._deliver(told.webhook, told.progress, event))
            if not made[-1].succeeded or monotonic() > until:
                break
        return made

    def _deliver(self, webhook: Webhook, progress: Progress, event: Recorded) -> Delivery:
        return self._post(webhook, progress, event.position, event.kind, body_of(event))

    def _post(
        self, webhook: Webhook, progress: Progress, position: int | None, kind: str, body: bytes
    ) -> Delivery:
        now = self._clock.now()
        event, seconds = f"evt_{position if position is not None else f'ping_{now}'}", now // 1000
        keys = [progress.secret]
        if progress.old_secret is not None and now < progress.old_until:
            keys.append(progress.old_secret)
        opened = [self._vault.open_note(webhook.id, _SECRET, key) for key in keys]
        headers = {
            "content-type": "application/json",
            "user-agent": "Guiju-Webhooks/1",
            "webhook-id": event,
            "webhook-timestamp": str(seconds),
            "webhook-signature": _webhook_rules.signature(opened, event, seconds, body),
        }
        done: Answer = self._poster.post(webhook.url, headers, body)
        return Delivery(0, position, kind, now, done.status, done.problem, done.took)

    # ---- asked for ---------------------------------------------------------------------------------------------

    def ping(self, actor: Actor, webhook_id: WebhookId) -> Delivery:
        """Tell the address that it is there. Raises NotAllowedError or WebhookNotFoundError."""
        webhook, progress = self._door.read_now(
            lambda tx: webhooks.get_webhook(tx, actor, webhook_id)
        )
        body = {"type": PING, "timestamp": _time(self._clock.now()), "data": {}}
        made = self._post(webhook, progress, None, PING, msgspec.json.encode(body))
        self._door.write_now(lambda tx: webhooks.note(tx, webhook_id, made))
        return made

    def resend(self, actor: Actor, webhook_id: WebhookId, position: int) -> Delivery:
        """Tell one event again, under its id. Raises NotAllowedError, WebhookNotFoundError or DeliveryNotFoundError."""

        def find(tx: ReadTx) -> tuple[Webhook, Progress, Recorded]:
            webhook, progress = webhooks.get_webhook(tx, actor, webhook_id)
            return webhook, progress, webhooks.get_event(tx, webhook, position)

        webhook, progress, event = self._door.read_now(find)
        made = self._deliver(webhook, progress, event)
        self._door.write_now(lambda tx: webhooks.note(tx, webhook_id, made))
        return made


def _log_bug(told: "Future[None]") -> None:
    """A bug must not end in silence: nobody waits for the result."""
    if not told.cancelled() and (error := told.exception()) is not None:
        _log.error("a webhook could not be told", exc_info=error)


def body_of(event: Recorded) -> bytes:
    """What an address is told of a fact: what its leaf has in the clear, and no text."""
    untold = UNTOLD.get(event.kind, ())
    clear = schema_of(event.fact).split(event.fact).clear
    data: dict[str, Any] = {
        "position": event.position,
        "group": event.group,
        "number": event.number,
        "actor": event.actor,
        "refs": list(getattr(event.fact, "refs", ())),
        "uses": [] if "uses" in untold else list(event.uses),
        "fact": {name: value for name, value in clear.items() if name not in untold},
    }
    body = {"type": event.kind, "timestamp": _time(event.at), "data": data}
    return msgspec.json.encode(body)


def _time(at: int) -> str:
    return utc(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
