"""Whether a hit is the term, or the meeting of other words: by segmentation, around hits only.

Terms of two Chinese characters are checked; in longer ones straddles are rare enough to let every
hit count (0 of 31,465 real short messages in the study behind the engine). The check looks at
twelve characters on each side. Its number in one text is bounded.
"""

import re
from collections.abc import Iterable
from itertools import accumulate

import rjieba

from guiju.modules.inspection._places import is_alone, is_natural

_CONTEXT = 12
_PAIR = 2
# What the segmenter never has in a word with others. It reads what lies between two of them by
# itself, so a context may end at the nearest: shorter to read, and hits in one phrase share it.
SEPARATORS = " \t\n\r,!?;:'\"()<>[]{}/\\|~*=@$^`、。·…—～“”‘’《》〈〉「」『』【】〔〕"
_UNPARTED = re.compile(f"[^{re.escape(SEPARATORS)}]*")
# Beyond this many segmentations in one text hits count without one: strict, and bounded.
MAX_CHECKS = 100
# A text with more places that could be a term is held, and the rest of it is not looked at.
MAX_HITS = 500


_unparted = _UNPARTED.match


class Budget:
    """Counts the work that one text has caused.

    `is_spent` says that the text has more places that could be terms than are looked at. One term a thousand times is
    such a text too: the first place of each term is looked at all the same, so that what blocks blocks, but a mask would
    have to hide every place, and each costs as much as a short message. It is held rather than half hidden.
    """

    __slots__ = ("_checks", "_cuts", "_hits", "is_spent")

    def __init__(self, checks: int = MAX_CHECKS) -> None:
        self._checks = checks
        self._hits = MAX_HITS
        # Few texts ask for any.
        self._cuts: dict[tuple[int, int, bool], list[int]] | None = None
        self.is_spent = False

    def take_check(self) -> bool:
        """One more segmentation may run."""
        self._checks -= 1
        return self._checks >= 0

    def apart(self) -> "Budget":
        """A budget for a text that was made out of this one, of the same checks."""
        return Budget(1 if self.take_check() else 0)

    def edges(self, folded: str, start: int, end: int, *, guess: bool) -> list[int]:
        """The edges of the words around a part of the text, both ends of what was read included.

        `folded` is the same whenever it is asked. `guess` also takes likely words that no dictionary has.
        """
        before = folded[max(0, start - _CONTEXT) : start]
        left, right = _unparted(before[::-1]), _unparted(folded, end, end + _CONTEXT)
        assert left is not None and right is not None, "they match nothing too"
        first, last = start - left.end(), right.end()
        key = first, last, guess
        cuts = self._cuts
        if cuts is None:
            # Several terms may be meant by the same characters.
            cuts = self._cuts = {}
        edges = cuts.get(key)
        if edges is None:
            words = rjieba.cut(folded[first:last], guess)
            edges = cuts[key] = list(accumulate(map(len, words), initial=first))
        return edges

    def take_hit(self) -> bool:
        """One more place that could be a term may be looked at."""
        self._hits -= 1
        if self._hits >= 0:
            return True
        self.is_spent = True
        return False


def is_meant(folded: str, start: int, end: int, budget: Budget) -> bool:
    """A term of two Chinese characters stands here on purpose: the first and the last of `folded[start:end]`."""
    gap = folded[start + 1 : end - 1]
    if not gap:
        if not budget.take_check():
            return True
        edges = budget.edges(folded, start, end, guess=True)
        return start in edges and end in edges and not _parts_others(folded, start, end)
    if not is_natural(gap) or is_alone(folded, start, end):
        return True
    if gap.strip("\r\n") or not budget.take_check():
        return False
    # A line may end inside a word, but more often between two: read it as if it did not end.
    left = folded[max(0, start - _CONTEXT) : start]
    joined = left + folded[start] + folded[end - 1 :][: _CONTEXT + 1]
    edges = Budget().edges(joined, len(left), len(left) + _PAIR, guess=True)
    return len(left) in edges and len(left) + _PAIR in edges


def _parts_others(folded: str, start: int, end: int) -> bool:
    """Either half makes a word with what stands beside it, as in 手洗钱包: the halves belong there."""
    left, right = folded[max(0, start - 1) : start + 1], folded[end - 1 : end + 1]
    return (
        len(left) == _PAIR
        and len(right) == _PAIR
        and rjieba.cut(left, False) == [left]
        and rjieba.cut(right, False) == [right]
    )


def is_ordinary(folded: str, start: int, end: int, changed: Iterable[int], budget: Budget) -> bool:
    """One of the characters at `changed` belongs to a word of the dictionary: it is meant as it stands."""
    if not budget.take_check():
        return False
    edges = budget.edges(folded, start, end, guess=False)
    return any(one not in edges or one + 1 not in edges for one in changed)


def warm() -> None:
    """Loads the segmentation dictionary, which the first call otherwise waits for."""
    rjieba.cut("预热", True)
