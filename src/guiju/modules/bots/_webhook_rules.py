"""Decisions about webhooks: which addresses, when to try again, and the signature of Standard Webhooks."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from guiju.kernel.clock import DAY
from guiju.kernel.text import check_text
from guiju.modules.bots.types import LONGEST_NAME
from guiju.modules.bots.webhook_types import KINDS, BadWebhookError

LONGEST_URL = 500
FIRST_WAIT = 2_000
_PREFIX = "whsec_"


def read_name(typed: str) -> str:
    """Raises BadWebhookError."""
    try:
        name = check_text(typed).strip()
    except ValueError as error:
        raise BadWebhookError(str(error), field="name") from error
    if not name or len(name) > LONGEST_NAME or len(name.splitlines()) > 1:
        raise BadWebhookError(f"A name has 1 to {LONGEST_NAME} characters.", field="name")
    return name


def read_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """Raises BadWebhookError."""
    unknown = [kind[:64] for kind in kinds if kind not in KINDS]
    if not kinds or unknown:
        raise BadWebhookError("Choose kinds that are told.", field="kinds", unknown=[*unknown[:20]])
    return tuple(kind for kind in KINDS if kind in kinds)


def wait_after(failures: int, jitter: float) -> int:
    """How long (ms) to wait after so many failures in a row: three times as long each time, at most a day.

    `jitter` from 0 to 1 spreads it by a fifth, so that many do not come back at once.
    """
    wait = min(FIRST_WAIT * 3 ** (failures - 1), DAY)
    return int(wait * (0.8 + 0.4 * jitter))


def show_secret(secret: bytes) -> str:
    """A secret as its receiver configures it."""
    return _PREFIX + base64.b64encode(secret).decode()


def signature(secrets: Sequence[bytes], event: str, seconds: int, body: bytes) -> str:
    """The `webhook-signature` of a body, one for each secret."""
    signed = b"%s.%d.%s" % (event.encode(), seconds, body)
    digests = [hmac.digest(secret, signed, hashlib.sha256) for secret in secrets]
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
