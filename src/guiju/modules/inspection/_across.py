"""What is written over several messages: one character a message, a term or a number cut in two.

Earlier messages of the same person are joined with the new one without anything between them. Two messages that have
nothing to do with one another meet there too, so a place counts only when it ends in the new message and begins before
it, and either takes up whole messages or is long enough that chance does not make it.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from guiju.modules.inspection._fold import strip
from guiju.modules.inspection.types import Hit, Inspection, PatternRule, Rule

REACH = 64
"""How many code points before and after the joint are looked at: no term is longer."""
NEAR = 16
"""How many of them decide whether a closer look is worth it."""
SHORT = 16
"""Only where one of two messages is at most as long as this are they joined."""
FILLER = 2
"""Messages of at most so many characters are also skipped, to see whether those around them belong together."""
LONG_ENOUGH = 4
"""A term of this many letters or characters counts wherever it is cut."""
_CHECKED = frozenset({"cn_id", "tw_id", "hk_id", "bank_card", "uscc"})
"""Kinds of numbers whose check digit tells them from digits that meet by chance."""
_PHONES = frozenset({"cn_phone", "tw_phone", "hk_phone"})
_PHONE_DIGITS = 10
"""A phone number of so many digits counts where it is cut between two short messages."""


class Crossing(NamedTuple):
    """What crosses into a text, with offsets in it, and how many of the messages before it take part."""

    hits: list[Hit]
    messages: int


class Completed(NamedTuple):
    """A text inspected together with the messages right before it.

    The last `messages` of them take part in what crosses into it, the last `told` in what does more than alert; 0 when
    nothing crosses.
    """

    inspection: Inspection
    messages: int
    told: int

    def among(self, kept: Sequence[int], count: int) -> "Completed":
        """The same where these were only the `kept` places of `count` messages: what stands between them takes part."""
        messages, told = (
            count - kept[len(kept) - each] if each else 0 for each in (self.messages, self.told)
        )
        return self._replace(messages=messages, told=told)


def without_fillers(earlier: Sequence[str]) -> list[int]:
    """The places of the messages that are no mere "mm" or "ok"; empty where there is nothing to leave out."""
    kept = [place for place, text in enumerate(earlier) if len(strip(text)) > FILLER]
    return kept if len(kept) < len(earlier) else []


def goes_on(tail: str, head: str) -> bool:
    """Whether a number may be cut at the joint, whatever signs stand there and however its digits are written."""
    if not strip(tail)[-1:].isdigit():
        return False
    following = strip(head)[:1]
    return following.isdigit() or following == "x"


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
        is_short = len(tail[message]) <= SHORT and len(head) <= SHORT
        whole = hit.start == began and not strip(head[hit.end - joint :])
        if whole or _is_no_chance(hit, rules[hit.rule], is_short=is_short):
            first = min(first, message)
            hidden = tuple(place - joint for place in hit.hidden if place >= joint)
            found.append(hit._replace(start=0, end=hit.end - joint, hidden=hidden))
    return Crossing(found, len(tail) - first)


def _is_no_chance(hit: Hit, rule: Rule, *, is_short: bool) -> bool:
    if isinstance(rule, PatternRule):
        is_phone = rule.kind in _PHONES and is_short and len(hit.word) >= _PHONE_DIGITS
        return is_phone or rule.kind in _CHECKED
    return len(strip(hit.word)) >= LONG_ENOUGH
