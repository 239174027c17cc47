"""The review queue as reviewers read it: what waits, who decides on it, and what helps to decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.modules.inspection.types import Finding
from guiju.modules.messaging import _hit_store, _review_store, _store, writers
from guiju.modules.messaging._review_rules import term_digest
from guiju.modules.messaging._term_rules import term_rules
from guiju.modules.messaging.change_types import MessageEdited
from guiju.modules.messaging.review_types import SECOND_LINES, ReviewRow, Verdict
from guiju.modules.messaging.rule_types import ReviewRules
from guiju.modules.messaging.sending import author_of, person_of
from guiju.modules.messaging.types import (
    MessageAlerted,
    MessageHeld,
    ReviewNotFoundError,
    Row,
)
from guiju.modules.policy import service as policy

MOST = 200
_SHOWN = ("messaging.sent", "messaging.released")
FIRST, SECOND = "messaging.review", "messaging.review_escalated"


@dataclass(frozen=True, slots=True)
class Review:
    """A held message with what was found in it, and its decision once there is one."""

    row: Row
    queue: ReviewRow
    held: Recorded
    decision: Recorded | None

    @property
    def fact(self) -> MessageHeld:
        assert isinstance(self.held.fact, MessageHeld)
        return self.held.fact

    @property
    def sender(self) -> PersonId:
        return person_of(self.held)

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(Finding(*finding) for finding in self.fact.findings)


@dataclass(frozen=True, slots=True)
class Choices:
    """What one reviewer may do with one message now. `exception_days` is 0 where no exception may be granted."""

    decide: bool
    escalate_to: str | None
    overturn: bool
    exception_days: int


def rules(tx: ReadTx) -> ReviewRules | None:
    """The parameters of the first clause that asks for review; None when no clause does."""
    use = policy.first_use(tx, FIRST)
    assert use is None or isinstance(use.params, ReviewRules)
    return use.params if use is not None else None


# ---- who sees and decides ---------------------------------------------------------------------------------------


def lines_of(tx: ReadTx, actor: Actor) -> tuple[str | None, ...]:
    """The lines for which the actor decides: None for the reviewers', roles for escalated messages.

    A role counts while the pack names it for escalations, and for good once messages were passed on to it.
    """
    first = (None,) if policy.may(tx, actor, FIRST) else ()
    mine = policy.roles_of(tx, actor) & set(SECOND_LINES)
    if not mine:
        return first
    named, found = rules(tx), _review_store.known_lines(tx)
    wanted = found | ({named.escalate_to} if named is not None else set())
    return (*first, *sorted(mine & wanted))


def list_reviews(tx: ReadTx, actor: Actor, *, decided: bool) -> list[Review]:
    """What waits for the actor, without their own messages, or the latest decisions. Raises NotAllowedError."""
    lines = _need_line(tx, actor)
    if decided:
        named = [line for line in lines if line is not None]
        rows = _review_store.decided(tx, None if None in lines else named, MOST)
    else:
        rows = _review_store.waiting(tx, _own(tx, actor), lines, MOST)
    return [load(tx, row) for row in rows]


def list_escalated(tx: ReadTx, actor: Actor) -> list[Review]:
    """What waits for another role, so that whoever passed it on can follow it. Raises NotAllowedError."""
    policy.require(tx, actor, FIRST)
    return [load(tx, row) for row in _review_store.escalated(tx, _own(tx, actor), MOST)]


def _own(tx: ReadTx, actor: Actor) -> list[PersonId]:
    """Whose messages are not the actor's to review: nor is what was found in them theirs to read."""
    return writers.authors_of(tx, actor.person_id)


def _need_line(tx: ReadTx, actor: Actor) -> tuple[str | None, ...]:
    lines = lines_of(tx, actor)
    if not lines:
        policy.require(tx, actor, FIRST)
    return lines


def count_waiting(tx: ReadTx, actor: Actor) -> int:
    """How many messages wait for this reviewer; 0 for everybody else."""
    lines = lines_of(tx, actor)
    return _review_store.count_waiting(tx, _own(tx, actor), lines) if lines else 0


def get_review(tx: ReadTx, actor: Actor, position: int) -> Review:
    """One held message. Raises ReviewNotFoundError, also for those who are not reviewers.

    The second line sees what was escalated to it and nothing else.
    """
    lines = lines_of(tx, actor)
    row = _review_store.find(tx, position) if lines else None
    if row is None or (None not in lines and row.line not in lines):
        raise ReviewNotFoundError("There is no such held message.", position=position)
    return load(tx, row)


def open_review(tx: ReadTx, actor: Actor, position: int) -> Review:
    """Like `get_review` for reading; one's own is not found before its decision, for it tells what was hit."""
    review = get_review(tx, actor, position)
    own = writers.responsible_for(tx, review.sender) == actor.person
    if own and review.decision is None:
        raise ReviewNotFoundError("There is no such held message.", position=position)
    return review


def load(tx: ReadTx, queue: ReviewRow) -> Review:
    held, row = tx.entry(queue.position), _store.find(tx, queue.position)
    assert held is not None and row is not None, "the table names the entry"
    decision = tx.entry(queue.decision) if queue.decision is not None else None
    return Review(row, queue, held, decision)


# ---- what a reviewer sees beside the message --------------------------------------------------------------------


def messages_before(tx: ReadTx, review: Review, limit: int = 5) -> list[Recorded]:
    """What was said just before, so that the reviewer sees the context."""
    query = EntryQuery(
        group=review.row.group, kinds=_SHOWN, before=review.row.position, limit=limit, newest_first=True,
    )  # fmt: skip
    return tx.entries(query)[::-1]


def messages_completed(tx: ReadTx, review: Review) -> list[Recorded]:
    """The sender's messages right before, of which the rules found the end in this one."""
    basis = review.fact.basis
    found = [tx.entry(position) for position in basis.earlier] if basis is not None else []
    # An edit stands for the message that it changed.
    shown = [
        tx.entry(each.fact.refs[0]) if each and isinstance(each.fact, MessageEdited) else each
        for each in found
    ]
    return list({each.position: each for each in shown if each is not None}.values())


def messages_after(tx: ReadTx, review: Review, limit: int = 3) -> list[Recorded]:
    """What was said next, without the message itself where it was released."""
    query = EntryQuery(
        group=review.row.group, kinds=_SHOWN, after=review.row.position, limit=limit + 1
    )
    found = [each for each in tx.entries(query) if each.position != review.queue.decision]
    return found[:limit]


def similar_decisions(tx: ReadTx, review: Review, limit: int = 5) -> list[Review]:
    """Earlier verdicts on the same term under the same rule, the latest first."""
    of_lists = term_rules(tx, review.held.policy)
    terms = dict.fromkeys(
        (each.rule, term_digest(each.rule, each.word, is_term=each.rule in of_lists))
        for each in review.findings
    )
    return [load(tx, row) for row in _hit_store.similar(tx, review.row.position, terms, limit)]


def escalation(tx: ReadTx, review: Review) -> Recorded | None:
    """The escalation of the message, with its reason; None where it was never passed on."""
    position = review.queue.escalation
    return tx.entry(position) if position is not None else None


def has_passed_on(tx: ReadTx, actor: Actor, review: Review) -> bool:
    """Whether the actor escalated the message, and so leaves the decision to another person."""
    passed = escalation(tx, review)
    return passed is not None and passed.actor == actor.name


def wrote(tx: ReadTx, actor: Actor, review: Review) -> bool:
    """Whether the actor answers for the message, or for words that it forwards, however often they were forwarded."""
    authors, sources = {review.sender}, [*review.fact.forwarded]
    seen: set[int] = set()
    while sources:
        source = sources.pop()
        # Forwards of forwards of the same messages would be gone through as often as there are ways to them.
        if source in seen:
            continue
        seen.add(source)
        entry = tx.entry(source)
        assert entry is not None, "what was forwarded is recorded"
        authors.add(author_of(entry))
        sources += getattr(entry.fact, "forwarded", ())
    return any(writers.responsible_for(tx, each) == actor.person for each in authors)


def choices(tx: ReadTx, actor: Actor, review: Review) -> Choices:
    """What the actor may do with the message now: hints for the screen, decided again when it is done."""
    named, queue = rules(tx), review.queue
    is_own = wrote(tx, actor, review) or has_passed_on(tx, actor, review)
    if is_own or queue.line not in lines_of(tx, actor):
        return Choices(decide=False, escalate_to=None, overturn=False, exception_days=0)
    waits = queue.verdict is None
    to = named.escalate_to if named is not None and waits and queue.line is None else ""
    refused = queue.verdict is Verdict.REFUSED and queue.reviewer != actor.person
    days = named.exception_days if named is not None and review.fact.findings else 0
    return Choices(waits, to or None, refused, days if waits or refused else 0)


# ---- messages that went out under an alert ----------------------------------------------------------------------


def list_alerts(tx: ReadTx, actor: Actor) -> Sequence[Recorded]:
    """Alerts on messages in which a rule found something that it only reports, newest first, without one's own.

    Raises NotAllowedError.
    """
    policy.require(tx, actor, FIRST)
    query = EntryQuery(kinds=("messaging.alerted",), limit=MOST, newest_first=True)
    own = _own(tx, actor)
    return [each for each in tx.entries(query) if each.fact.sender not in own]


def get_alert(tx: ReadTx, actor: Actor, position: int) -> Recorded:
    """The alert at `position`. Raises ReviewNotFoundError, also for one's own and for those who are not reviewers."""
    entry = tx.entry(position) if policy.may(tx, actor, FIRST) else None
    is_alert = entry is not None and isinstance(entry.fact, MessageAlerted)
    if entry is None or not is_alert or entry.fact.sender in _own(tx, actor):
        raise ReviewNotFoundError("There is no such alert.", position=position)
    return entry
