"""What rules found: a row for each message and rule, list or term. `apply` alone writes them.

No text stands here: a term is known by its digest, and any entry that it was found in shows it.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    String,
    Table,
    and_,
    case,
    func,
    or_,
    select,
)  # fmt: skip

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import WriteTx
from guiju.kernel.statements import Inserts
from guiju.modules.messaging._review_rules import term_digest
from guiju.modules.messaging._review_store import review, to_review
from guiju.modules.messaging._term_rules import term_rules
from guiju.modules.messaging.change_types import MessageEdited
from guiju.modules.messaging.review_types import ReviewRow, RuleFigures, Verdict
from guiju.modules.messaging.types import (
    MessageAlerted,
    MessageBlocked,
    MessageHeld,
    MessageSent,
)

_hit = governed(
    Table(
        "messaging_hit",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("rule", String(96), primary_key=True),
        Column("term", String(16), primary_key=True),
        Column("level", String(8), nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("outcome", String(16), nullable=False),
        Index("messaging_hit_at", "level", "at"),
        Index("messaging_hit_term", "rule", "term", "position"),
    )
)
# What lets a person decide on a message or change it has found nothing in it, nor has what asks where its files come from.
_NOT_OF_RULES = ("/messaging.review", "/messaging.editing", "/messaging.origin")
_new_hit = Inserts(_hit, ("position", "rule", "term", "level", "at", "outcome"))


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Note what rules found in messages; most messages have nothing to note."""
    rows: list[tuple[Any, ...]] = []
    for entry in entries:
        match entry.fact:
            case MessageSent(original=original):
                if entry.uses:
                    rows += _hits(tx, entry, (), "delivered" if original is None else "masked")
            case MessageEdited(original=original, counted=True):
                rows += _hits(tx, entry, (), "delivered" if original is None else "masked")
            case MessageHeld():
                rows += _hits(tx, entry, _found(entry.fact), "held")
            case MessageBlocked():
                rows += _hits(tx, entry, _found(entry.fact), "blocked")
            case MessageAlerted():
                rows += _hits(tx, entry, _found(entry.fact), "delivered")
            case _:
                continue
    tx.many(_new_hit, rows)


def _found(fact: MessageHeld | MessageBlocked | MessageAlerted) -> list[tuple[str, str]]:
    """(rule, word) of what was found in the text and in the files."""
    in_text = [(rule, word) for _, _, _, rule, word in fact.findings]
    return in_text + [(each.rule, each.word) for each in fact.found]


def _hits(
    tx: ReadTx, entry: Recorded, findings: Collection[tuple[str, str]], outcome: str
) -> list[tuple[Any, ...]]:
    """A row for each control use that acted, each list and each term: a term twice in one message is one hit."""
    uses = [use for use in entry.uses if not use.endswith(_NOT_OF_RULES)]
    lists: dict[str, None] = {}
    terms: dict[tuple[str, str], None] = {}
    of_lists = term_rules(tx, entry.policy) if findings else ()
    for rule, word in findings:
        lists[rule] = None
        terms[rule, term_digest(rule, word, is_term=rule in of_lists)] = None
    place = entry.at, outcome
    return [
        *((entry.position, use, "", "use", *place) for use in uses),
        *((entry.position, rule, "*", "list", *place) for rule in lists),
        *((entry.position, rule, term, "term", *place) for rule, term in terms),
    ]


def similar(
    tx: ReadTx, position: int, terms: Iterable[tuple[str, str]], limit: int
) -> list[ReviewRow]:
    """Decided messages in which the same rule hit the same term, the latest decision first."""
    same = [and_(_hit.c.rule == rule, _hit.c.term == term) for rule, term in terms]
    if not same:
        return []
    where = select(_hit.c.position).where(_hit.c.level == "term", or_(*same))
    found = select(review).where(
        review.c.position.in_(where), review.c.position != position, review.c.decision.is_not(None)
    )
    return [to_review(row) for row in tx.all(found.order_by(review.c.decision.desc()).limit(limit))]


# ---- figures ----------------------------------------------------------------------------------------------------


def figures(tx: ReadTx, level: str, since: int, until: int, limit: int) -> list[RuleFigures]:
    """What each rule of a level did from `since` to before `until`, the most hits first."""
    joined = _hit.outerjoin(review, review.c.position == _hit.c.position)
    hits = func.count()
    found = (
        select(
            _hit.c.rule, _hit.c.term, hits.label("hits"),
            *(_count(_hit.c.outcome == name, name) for name in ("blocked", "masked", "delivered", "held")),
            _count(and_(_hit.c.outcome == "held", review.c.verdict.is_(None)), "waiting"),
            *(_count(review.c.verdict == verdict, f"v_{verdict}") for verdict in Verdict),
            func.coalesce(func.sum(review.c.reversed), 0).label("reversed"),
            func.max(_hit.c.position).label("example"),
        )
        .select_from(joined)
        .where(_hit.c.level == level, _hit.c.at >= since, _hit.c.at < until)
        .group_by(_hit.c.rule, _hit.c.term)
        .order_by(hits.desc(), _hit.c.rule, _hit.c.term)
        .limit(limit)
    )  # fmt: skip
    return [
        RuleFigures(
            row.rule, row.term, row.hits, row.blocked, row.masked, row.delivered, row.held, row.waiting,
            row.v_released, row.v_masked, row.v_refused, int(row.reversed), row.example,
        )
        for row in tx.all(found)
    ]  # fmt: skip


def _count(condition: ColumnElement[bool], name: str) -> Any:
    return func.count(case((condition, 1))).label(name)
