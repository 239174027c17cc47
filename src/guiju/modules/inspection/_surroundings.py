"""What stands around a part of a text that is read without its noise: brackets, lines, letters."""

from guiju.modules.inspection._fold import NOISE
from guiju.modules.inspection._passage import View

OPENING = frozenset("([{【〔<《〈「『")
CLOSING = frozenset(")]}】〕>》〉」』")
# Titles of books and quoted words stand in these; markings do not.
_QUOTING = frozenset("<《〈「『")
QUOTES_CLOSING = (">", "》", "」", "』")
"""What a title or a quoted word ends with."""
_NEAR = 4
# How a sentence ends, and no line that is a marking.
_TALK = frozenset("?!~。.…")
_LONGEST_NAME = 24


def gap_before(view: View, folded: str, start: int) -> str:
    """The noise before character `start` of the view."""
    first = view.places[start - 1] + 1 if start else 0
    return folded[first : view.places[start]]


def gap_after(view: View, folded: str, end: int) -> str:
    """The noise before character `end` of the view, which is the end of the text at its end."""
    following = view.places[end] if end < len(view.places) else len(folded)
    return folded[view.places[end - 1] + 1 : following]


def is_bracketed(view: View, folded: str, start: int, end: int) -> bool:
    """Brackets stand right around it."""
    before = gap_before(view, folded, start).split()
    after = gap_after(view, folded, end).split()
    if not before or not after:
        return False
    opening = "".join(before)[-1]
    return opening in OPENING - _QUOTING and "".join(after)[0] in CLOSING


def is_line(view: View, folded: str, start: int, end: int, owners: tuple[str, ...] = ()) -> bool:
    """Nothing else stands on its line but, before it, a name that ends with one of `owners`."""
    after = gap_after(view, folded, end).split("\n")
    closes = end == len(view.places) or len(after) > 1
    if not closes or not _TALK.isdisjoint(after[0]):
        return False
    if start == 0 or "\n" in gap_before(view, folded, start):
        return True
    line = folded.rfind("\n", 0, view.places[start]) + 1
    name = folded[line : view.places[start]].strip()
    return len(name) <= _LONGEST_NAME and name.endswith(owners) if owners else False


def stands_alone(view: View, folded: str, start: int, end: int) -> bool:
    """Brackets around, or nothing else on its line."""
    return is_bracketed(view, folded, start, end) or is_line(view, folded, start, end)


def with_brackets(folded: str, first: int, last: int) -> tuple[int, int]:
    """The brackets around `folded[first:last]` belong to it."""
    left = max((folded.rfind(sign, max(0, first - _NEAR), first) for sign in OPENING), default=-1)
    right = [at for sign in CLOSING if (at := folded.find(sign, last, last + _NEAR)) >= 0]
    if left >= 0 and right and NOISE.issuperset(folded[left:first] + folded[last : min(right)]):
        return left, min(right) + 1
    return first, last
