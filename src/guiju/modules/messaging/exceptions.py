"""Exceptions: phrases that a rule lets pass until a day, in one group or everywhere.

They drop a finding before the disposition is taken, and end by themselves: what has ended is simply not in force.
"""

from collections.abc import Callable, Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.inspection.service import DOCUMENT_CATEGORY, LINK_TYPES
from guiju.modules.inspection.types import OVERFLOW, Finding
from guiju.modules.messaging import _review_store
from guiju.modules.messaging._review_rules import is_covered, phrase_of
from guiju.modules.messaging._term_rules import term_rules
from guiju.modules.messaging.review_types import (
    Allowed,
    BadExceptionError,
    ExceptionEndedError,
    ExceptionGranted,
    ExceptionNotFoundError,
    ExceptionRevoked,
    Permission,
)
from guiju.modules.messaging.types import ReasonNeededError
from guiju.modules.policy import service as policy

MOST = 500


def active_exceptions(
    tx: ReadTx, group: GroupId, entry: Recorded | None = None
) -> Sequence[Allowed]:
    """The exceptions in force in a group now, or when `entry` was recorded.

    The lane remembers those of now until one is granted or revoked.
    """
    known: tuple[Allowed, ...]
    if entry is None:
        at = tx.now
        known = tx.cached(_review_store.EXCEPTIONS, lambda: _ending_after(tx, at))
    else:
        at = entry.at
        known = tuple(each for each in _ending_after(tx, at) if each.position < entry.position)
    return [each for each in known if each.group in (None, group) and each.is_active(at)]


def _ending_after(tx: ReadTx, at: int) -> tuple[Allowed, ...]:
    return tuple(_review_store.exceptions(tx, ending_after=at, limit=100_000))


def allowing(
    tx: ReadTx, group: GroupId, text: str, entry: Recorded | None = None
) -> Callable[[Finding], bool] | None:
    """Which findings in a text of a group pass by an exception, now or when `entry` was recorded; None: none does."""
    covered = {(each.rule, each.phrase) for each in active_exceptions(tx, group, entry)}
    if not covered:
        return None
    terms = term_rules(tx, policy.version(tx) if entry is None else entry.policy)
    return lambda finding: is_covered(finding, text, covered, is_term=finding.rule in terms)


def grant(
    tx: WriteTx, permit: Permit, held: Recorded, allow: Permission, *, days: int, reason: str
) -> None:
    """Let the phrase of a finding of a held message pass. Raises BadExceptionError."""
    findings, text = held.fact.findings, held.fact.text
    if not 0 <= allow.finding < len(findings):
        raise BadExceptionError("There is no such finding.", finding=allow.finding)
    if not tx.now < allow.until <= tx.now + days * DAY:
        raise BadExceptionError("The end is past or too far away.", until=allow.until, days=days)
    finding = Finding(*findings[allow.finding])
    if finding.category == DOCUMENT_CATEGORY:
        raise BadExceptionError(
            "A document has no phrase: exempt a person or a group.", finding=allow.finding
        )
    if finding.category == OVERFLOW:
        raise BadExceptionError(
            "What was not read to its end cannot be let pass.", finding=allow.finding
        )
    phrase = phrase_of(finding, text, is_term=finding.rule in term_rules(tx, held.policy))
    if not phrase or _may_go_on(held, finding):
        raise BadExceptionError("The finding has no phrase.", finding=allow.finding)
    group = None if allow.everywhere else held.group
    granted = ExceptionGranted(group, (held.position,), finding.rule, allow.until, phrase, reason)
    tx.record(permit, granted)


def _may_go_on(held: Recorded, finding: Finding) -> bool:
    """Whether a link may have begun in an earlier message: what it ends with stands here, and another ends so too."""
    basis = held.fact.basis
    has_earlier = basis is not None and bool(basis.earlier)
    return finding.rule in LINK_TYPES and finding.start == 0 and has_earlier


def list_exceptions(tx: ReadTx, actor: Actor, *, ended: bool) -> list[Allowed]:
    """Exceptions in force, or all of them, the newest first. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.exceptions")
    return _review_store.exceptions(tx, ending_after=None if ended else tx.now, limit=MOST)


def revoke(tx: WriteTx, actor: Actor, position: int, *, reason: str) -> Allowed:
    """End an exception now. Raises ExceptionNotFoundError, ExceptionEndedError, ReasonNeededError or NotAllowedError."""
    permit = policy.require(tx, actor, "messaging.exceptions")
    found = _review_store.find_exception(tx, position)
    if found is None:
        raise ExceptionNotFoundError("There is no such exception.", position=position)
    if not found.is_active(tx.now):
        raise ExceptionEndedError("The exception has ended already.", position=position)
    if not reason:
        raise ReasonNeededError("Say why the exception ends.")
    uses = policy.use_ids(tx, "messaging.review")
    tx.record(permit.under(*uses), ExceptionRevoked(found.group, (position,), reason))
    revoked = _review_store.find_exception(tx, position)
    assert revoked is not None, "it was there a moment ago"
    return revoked
