"""What is written over several messages: one character a message, a term or a number cut in two.

Earlier messages of the same person are joined with the new one without anything between them. Two messages that have
nothing to do with one another meet there too, so a place counts only when it ends in the new message and begins before
it, and either takes up whole messages or is long enough that chance does not make it.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from guiju.modules.inspection._fold import strip
from guiju.modules.inspection.types import Hit, PatternRule, Rule

REACH = 64
"""How many code points before and after the joint are looked at: no term is longer."""
NEAR = 16
"""How many of them decide whether a closer look is worth it."""
SHORT = 16
"""Only where one of two messages is at most as long as this are they joined."""
LONG_ENOUGH = 4
"""A term of this many letters or characters counts wherever it is cut."""
_CHECKED = frozenset({"cn_id", "tw_id", "hk_id", "bank_card", "uscc"})
"""Kinds of numbers whose check digit tells them from digits that meet by chance."""


class Crossing(NamedTuple):
    """What crosses into a text, with offsets in it, and how many of the messages before it take part."""

    hits: list[Hit]
    messages: int


def tail_of(earlier: Sequence[str]) -> list[str]:
    """The last `REACH` code points of the earlier messages, still parted."""
    left, tail = REACH, []
    for text in reversed(earlier):
        if left <= 0:
            break
        tail.append(text[-left:])
        left -= len(tail[-1])
    return tail[::-1]


def crossing(
    tail: Sequence[str], head: str, hits: Iterable[Hit], rules: Sequence[Rule]
) -> Crossing:
    """Which `hits` in the joined text count. `tail` are the earlier messages, `head` the beginning of the new one."""
    ends = list(accumulate(map(len, tail)))
    joint = ends[-1] if ends else 0
    found: list[Hit] = []
    first = len(tail)
    for hit in hits:
        if not hit.start < joint < hit.end:
            continue
        message = next(place for place, end in enumerate(ends) if hit.start < end)
        began = ends[message] - len(tail[message])
        whole = hit.start == began and not strip(head[hit.end - joint :])
        if whole or _is_no_chance(hit, rules[hit.rule]):
            first = min(first, message)
            hidden = tuple(place - joint for place in hit.hidden if place >= joint)
            found.append(hit._replace(start=0, end=hit.end - joint, hidden=hidden))
    return Crossing(found, len(tail) - first)


def _is_no_chance(hit: Hit, rule: Rule) -> bool:
    if isinstance(rule, PatternRule):
        return rule.kind in _CHECKED
    return len(strip(hit.word)) >= LONG_ENOUGH
