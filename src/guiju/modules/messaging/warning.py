"""Warnings: what stands between a text and its delivery until its author stands by it."""

import hashlib
import hmac
import json
import secrets

from guiju.modules.inspection.types import Disposition, Inspection
from guiju.modules.messaging import _rules, attaching
from guiju.modules.messaging.types import NOWHERE, MessageState, Receipt, Send
from guiju.modules.messaging.warning_types import Limit, Warned
from guiju.modules.policy.types import Use

_SECRET = secrets.token_bytes(32)
"""Of this process: after a restart its author is warned once more."""


def must_confirm(send: Send, inspection: Inspection, pace: Use | None = None) -> bool:
    """Whether a warning stands between the text and its delivery. An import has nobody to ask: it goes on.

    `pace`: the use that warns of how much one writes. Its warning comes after that of the text, so that its answer is
    one to both.
    """
    if inspection.disposition is not Disposition.WARN or send.is_imported:
        return False
    return not (
        _answers(send, inspection, None) or (pace is not None and stands_by(send, inspection, pace))
    )


def stands_by(send: Send, inspection: Inspection, pace: Use) -> bool:
    """Whether its author answers the warning of how much one writes; an answer to that of the text is none."""
    return _answers(send, inspection, pace)


def _answers(send: Send, inspection: Inspection, pace: Use | None) -> bool:
    given = (send.confirm or "").encode()
    return hmac.compare_digest(given, _token(send, inspection, pace).encode())


def _token(send: Send, found: Inspection, pace: Use | None) -> str:
    """What answers the warning of this message and of no other; nobody has it before they were warned."""
    findings = [(each.start, each.end, each.rule) for each in found.findings]
    # What is forwarded is copied anew for each try.
    files = (
        [each.stored.id for each in send.files] if send.carried is None else send.carried.sources
    )
    warned = [
        send.person, send.group, send.text, send.quote, found.ruleset, findings, files,
        send.mentions, pace.id if pace is not None else None,
    ]  # fmt: skip
    return hmac.digest(_SECRET, json.dumps(warned).encode(), hashlib.sha256).hex()[:32]


def warning_of(
    send: Send, found: Inspection, use: Use | None, limit: Limit | None = None
) -> Receipt:
    """The receipt of a text that its author must confirm first; with a `limit` for how much they write."""
    state, note = MessageState.WARNED, _rules.note_of(MessageState.WARNED, use)
    clause = dict(use.mark()) if use is not None else None
    files, token = (
        attaching.found_in(send.files),
        _token(send, found, use if limit is not None else None),
    )
    warned = Warned(found.ruleset, found.findings, token, files, limit)
    return Receipt(send.cmid, state, NOWHERE, clause, note, warned)
