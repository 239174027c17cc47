"""Whether a hit is the term, or the meeting of other words: by segmentation, around hits only.

Terms of two Chinese characters are checked; in longer ones straddles are rare enough to let every
hit count (0 of 31,465 real short messages in the study behind the engine). The check looks at
twelve characters on each side. Its number in one text is bounded.
"""

from collections.abc import Collection
from itertools import accumulate

import rjieba

from guiju.modules.inspection._places import Place, is_natural

_CONTEXT = 12
_PAIR = 2
# Beyond this many segmentations in one text hits count without one: strict, and bounded.
MAX_CHECKS = 100
# A text with more places that could be a term is held, and the rest of it is not looked at.
MAX_HITS = 500


class Budget:
    """Counts the work that one text has caused. `last` is the pattern that was looked at last."""

    __slots__ = ("_checks", "_cuts", "_hits", "last")

    def __init__(self) -> None:
        # Several terms may be meant by the same characters.
        self._cuts: dict[tuple[str, bool], list[int]] = {}
        self._checks = MAX_CHECKS
        self._hits = MAX_HITS
        self.last = -1

    def take_check(self) -> bool:
        """One more segmentation may run."""
        self._checks -= 1
        return self._checks >= 0

    def ends(self, context: str, *, guess: bool) -> list[int]:
        """Where the words of a context end; `guess` also takes likely words that no dictionary has."""
        key = context, guess
        ends = self._cuts.get(key)
        if ends is None:
            ends = self._cuts[key] = list(accumulate(map(len, rjieba.cut(context, guess))))
        return ends

    def take_hit(self, number: int) -> bool:
        """One more place that could be this pattern may be looked at."""
        self._hits -= 1
        self.last = number
        return self._hits >= 0

    @property
    def is_spent(self) -> bool:
        """The text has more such places than are looked at."""
        return self._hits < 0


def is_meant(place: Place, budget: Budget) -> bool:
    """A term of two Chinese characters stands here on purpose."""
    folded, start, end = place.folded, place.start, place.end
    if not place.is_parted:
        return not budget.take_check() or (
            _is_word(folded, start, end, budget) and not _parts_others(folded, start, end)
        )
    (gap,) = place.inner_gaps()
    if not is_natural(gap) or place.is_alone():
        return True
    if gap.strip("\r\n") or not budget.take_check():
        return False
    # A line may end inside a word, but more often between two: read it as if it did not end.
    left = folded[max(0, start - _CONTEXT) : start]
    joined = left + folded[start] + folded[end - 1 :][: _CONTEXT + 1]
    return _is_word(joined, len(left), len(left) + 2, budget)


def _is_word(folded: str, start: int, end: int, budget: Budget) -> bool:
    """The segmentation of the context lets the hit be a word or a row of whole words."""
    first = max(0, start - _CONTEXT)
    ends = budget.ends(folded[first : end + _CONTEXT], guess=True)
    return (start == first or start - first in ends) and end - first in ends


def _parts_others(folded: str, start: int, end: int) -> bool:
    """Either half makes a word with what stands beside it, as in 手洗钱包: the halves belong there."""
    left, right = folded[max(0, start - 1) : start + 1], folded[end - 1 : end + 1]
    return all(len(pair) == _PAIR and rjieba.cut(pair, False) == [pair] for pair in (left, right))


def is_ordinary(place: Place, changed: Collection[int], budget: Budget) -> bool:
    """One of the characters at `changed` belongs to a word of the dictionary: it is meant as it stands."""
    if not budget.take_check():
        return False
    first = max(0, place.start - _CONTEXT)
    ends = budget.ends(place.folded[first : place.end + _CONTEXT], guess=False)
    before = 0
    for after in ends:
        if after - before > 1 and any(before <= one - first < after for one in changed):
            return True
        before = after
    return False


def warm() -> None:
    """Loads the segmentation dictionary, which the first call otherwise waits for."""
    rjieba.cut("预热", True)
