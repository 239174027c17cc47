"""Webhooks, what is told by them, their facts and the refusals."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from guiju.kernel.clock import DAY
from guiju.kernel.errors import ConflictError, InvalidError, NotFoundError
from guiju.kernel.facts import Content, Sealed, fact

WebhookId = NewType("WebhookId", str)

KINDS = (
    "groups.registered",
    "groups.closed",
    "groups.owner_set",
    "groups.administrators_set",
    "groups.member_changed",
    "groups.rules_published",
    "groups.end_reminded",
    "messaging.held",
    "messaging.released",
    "messaging.refused",
    "messaging.blocked",
    "messaging.review_late",
    "messaging.recalled",
    "approvals.opened",
    "approvals.closed",
    "policy.adopted",
    "bots.created",
    "bots.ended",
)
"""What an address outside may be told of. Nothing confidential, and of each only what its leaf has in the clear."""
UNTOLD = {
    "messaging.held": ("uses", "clause", "basis"),
    "messaging.refused": ("clause",),
}
"""What an address is not told although the leaf has it in the clear: whether a rule found something in a message, or its
writer is under pre-review, is for the writer and those who review.
"""
MOST_WEBHOOKS = 20
MOST_FAILURES = 13
"""So many attempts in a row, the last of them nearly three days after the first, end in a disabled webhook."""
OLD_SECRET = DAY
"""How long the secret before the present one signs too."""


class WebhookState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address outside that is told of facts of these kinds."""

    id: WebhookId
    name: str
    url: str
    kinds: tuple[str, ...]
    state: WebhookState
    position: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a webhook has come: everything up to `cursor` was delivered. Local, like its secrets, which are sealed."""

    cursor: int
    failures: int
    next_at: int
    leased_until: int
    secret: bytes
    old_secret: bytes | None
    old_until: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt. `position` is None for a ping; `problem` says why nothing was answered."""

    number: int
    position: int | None
    kind: str
    at: int
    status: int | None
    problem: str | None
    took: int

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


# ---- facts ------------------------------------------------------------------------------------------------------


@fact(
    "bots.webhook_added",
    Content.REGISTER,
    inspected=("name",),
    uninspected={"url": "an address of another system, which only administrators read"},
)
class WebhookAdded:
    """Facts of these kinds are told to an address outside from now on."""

    webhook: WebhookId
    kinds: tuple[str, ...]
    name: Sealed[str]
    url: Sealed[str]


@fact("bots.webhook_secret_issued", Content.REGISTER)
class SecretIssued:
    """Another secret was shown to the actor; the one before it signs for a day more. No fact has a secret."""

    webhook: WebhookId


@fact("bots.webhook_disabled", Content.REGISTER)
class WebhookDisabled:
    """The address has not answered `failures` times in a row, or says that it is gone; nothing is told to it any more."""

    webhook: WebhookId
    failures: int


@fact("bots.webhook_resumed", Content.REGISTER)
class WebhookResumed:
    """A disabled webhook goes on where it stopped."""

    webhook: WebhookId


@fact("bots.webhook_ended", Content.REGISTER)
class WebhookEnded:
    """The webhook was removed."""

    webhook: WebhookId


# ---- errors -----------------------------------------------------------------------------------------------------


class WebhookNotFoundError(NotFoundError):
    """No such webhook."""

    code = "bots.webhook_not_found"


class DeliveryNotFoundError(NotFoundError):
    """No such event of this webhook."""

    code = "bots.delivery_not_found"


class BadWebhookError(InvalidError):
    """A name, an address or a kind that cannot be used; `data.field` names it."""

    code = "bots.bad_webhook"


class TooManyWebhooksError(ConflictError):
    """There are as many webhooks as there may be."""

    code = "bots.too_many_webhooks"


class WebhookStateError(ConflictError):
    """The webhook is not in a state in which this can happen; `data.state` says which."""

    code = "bots.wrong_webhook_state"
