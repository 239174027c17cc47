"""Number plates of the mainland: GA 36-2018, with plates of new-energy, police, training and
cross-border vehicles. I and O are not used, so that they stand for 1 and 0 where they appear.
"""

import re
from collections.abc import Iterator, Sequence

import rjieba

from guiju.modules.inspection._digits import CONNECTIVES
from guiju.modules.inspection._glances import glance
from guiju.modules.inspection._passage import Found, Passage, View, to_digits

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_NEXT = f"(?:{CONNECTIVES})?"
_SIGN = "[a-hj-np-z0-9oil]"
_PLATE = re.compile(
    f"[{PROVINCES}]{_NEXT}[a-hj-np-z](?:"
    f"{_NEXT}[a-hjk]{_NEXT}{_SIGN}(?:{_NEXT}[0-9oil]){{4}}"
    f"|(?:{_NEXT}[0-9oil]){{5}}{_NEXT}[a-hjk]"
    f"|(?:{_NEXT}{_SIGN}){{4}}(?:{_NEXT}{_SIGN}|[挂学警港澳]))"
)
_may_be = glance(f"[{PROVINCES}]{_NEXT}[a-hj-np-z]")
_DIGIT = re.compile("[0-9]")
_CONNECTIVE = re.compile(CONNECTIVES)
_CONTEXT = 6
# Provinces that end other words as well; after a word they need one that says plate.
_EVERYDAY = frozenset("云新")
_CUE = re.compile("[车牌照辆号]")


def find_plates(passage: Passage) -> Iterator[Found]:
    view = passage.bare
    if not _may_be(view.text):
        return
    text, places = to_digits(view.text), view.places
    at = 0
    while (match := _PLATE.search(text, at)) is not None:
        start, end = match.span()
        at = start + 1
        if not passage.spend(4):
            return
        if _stands_apart(text, places, end) and _is_plate(match[0]) and _is_alone(view, start):
            signs = [place for place in range(start + 2, end) if text[place].isascii()]
            yield view.found("plate", start, end, signs)
            at = end


def _is_plate(match: str) -> bool:
    signs = _CONNECTIVE.sub("", match)[2:]
    return len(_DIGIT.findall(signs)) >= 1


def _stands_apart(text: str, places: Sequence[int], end: int) -> bool:
    """No letter or digit follows, or a sign parts it from what follows."""
    if end == len(text) or not (text[end].isascii() and text[end].isalnum()):
        return True
    return places[end] > places[end - 1] + 1


def _is_alone(view: View, start: int) -> bool:
    """The province is not the end of a word, as in 阿里云 or 全新."""
    text, places = view
    if start == 0 or places[start - 1] + 1 != places[start]:
        return True
    if text[start] in _EVERYDAY and not _CUE.search(text, max(0, start - _CONTEXT), start):
        return False
    left = max(0, start - _CONTEXT)
    place = left
    for token in rjieba.cut(text[left : start + 1], False):
        if place + len(token) == start + 1:
            return len(token) == 1
        place += len(token)
    return True
