"""How the rules do: what they hit, and how often people overrule them. Counted from facts, never by counters."""

from dataclasses import dataclass
from typing import Literal

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.modules.messaging import _hit_store
from guiju.modules.messaging._review_rules import term_digest
from guiju.modules.messaging._term_rules import term_rules
from guiju.modules.messaging.review_types import BadRangeError, RuleFigures
from guiju.modules.policy import service as policy

Level = Literal["use", "list", "term"]
LONGEST = 731 * DAY
MOST = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one rule; `word` is the term where the level is terms and the rule knows one."""

    figures: RuleFigures
    word: str | None


def rule_figures(
    tx: ReadTx, actor: Actor, *, level: Level, since: int, until: int
) -> list[Measured]:
    """What each control use, list or term did from `since` to before `until` (ms), the most hits first, at most 500.

    Raises NotAllowedError or BadRangeError.
    """
    policy.require(tx, actor, "messaging.read_metrics")
    if not 0 < until - since <= LONGEST:
        raise BadRangeError("The range is empty or too long.", since=since, until=until)
    found = _hit_store.figures(tx, level, since, until, MOST)
    words = _words(tx, found) if level == "term" else {}
    return [Measured(each, words.get((each.rule, each.term))) for each in found]


def _words(tx: ReadTx, found: list[RuleFigures]) -> dict[tuple[str, str], str]:
    """The terms behind the digests: every row names an entry whose findings show it."""
    wanted = {(each.rule, each.term) for each in found if each.term}
    positions = tuple({each.example for each in found if each.term})
    entries = tx.entries(EntryQuery(positions=positions, limit=len(positions))) if positions else []
    shown = {
        (rule, term_digest(rule, word, is_term=rule in of_lists)): word
        for entry in entries
        for of_lists in [term_rules(tx, entry.policy)]
        for _, _, _, rule, word in getattr(entry.fact, "findings", ())
    }
    return {key: word for key, word in shown.items() if key in wanted}
