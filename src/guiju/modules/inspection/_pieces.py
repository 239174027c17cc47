"""What people write around the pieces of one thing that they part over messages: numbers of a list, and lead-ins like 后半段是.

Without them the pieces, their *cores*, stand side by side.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from guiju.modules.inspection._across import is_chatter
from guiju.modules.inspection._fold import fold, strip

MOST_PIECES = 12
_LONGEST = 40
_MOST_BETWEEN = 2
"""So many messages of chatter in a row may stand between two pieces."""
_NUMERALS = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_LABEL = re.compile(
    rf"\s*(?:[(（\[【]?(?:(?P<figure>[0-9０-９]{{1,2}})|(?P<numeral>[{_NUMERALS}])|(?P<letter>[a-hA-H]))"
    r"(?:[)）\]】][.、,，:：]?\s?|[.．、,，:：]\s?|\s|(?=[^0-9０-９\s.,:]))"
    rf"|第(?:(?P<th_figure>[0-9]{{1,2}})|(?P<th_numeral>[{_NUMERALS}]))(?:个字|[个步段行字条位])?(?:是|[:：])?\s?"
    rf"|(?P<circled>[{_CIRCLED}])\s?)(?=\S)"
)
_COUNT = f"(?:[0-9]{{1,2}}|[几{_NUMERALS}]{{1,2}})"
_FIRST = f"前(?:半|面|段|边|{_COUNT}位)|开头|打头|头(?:{_COUNT}位|部)|上半|first|start"
_LAST = f"后(?:半|面|段|边|续|{_COUNT}位)|最[后末]|末(?:尾|{_COUNT}位)|尾[号数部]|剩下|余下|其余|接着|接上|然后|下半|另一?半|还有|加上|再加|last|rest|then|next"
_CUE = re.compile(f"{_FIRST}|{_LAST}|中间|一半|第[{_NUMERALS}1-9][段节部组]|part|half|middle")
_IS_FIRST, _IS_LAST = re.compile(_FIRST), re.compile(_LAST)
# 前6位 counts the digits that follow.
_FIGURES = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){0,17}(?:[ -]?x)?(?![0-9a-z])(?!\s?[位个段])")
_FIGURE = re.compile("[0-9０-９]")
_LEAST_FIGURES = 2
_LONGEST_LEAD, _LONGEST_TAIL = 16, 8


class Pieces(NamedTuple):
    """The cores of the messages at `kept`, and that of the new text, which stands in it from `offset` on.

    `is_first`: the new core stands before the others.
    """

    kept: list[int]
    earlier: list[str]
    core: str
    offset: int
    is_first: bool = False


def pieces_of(earlier: Sequence[str], text: str) -> Iterator[Pieces]:
    """The ways in which a text and the messages before it may be pieces; none for nearly all talk."""
    if len(text) > _LONGEST:
        return
    numbered = _numbered(earlier, text)
    if numbered is not None:
        yield numbered
    if _FIGURE.search(text) is not None and _FIGURE.search("".join(earlier[-3:])) is not None:
        parted = _figures(earlier, text)
        if parted is not None:
            yield parted


def _numbered(earlier: Sequence[str], text: str) -> Pieces | None:
    """The items of a list, each one further than the one before."""
    label = _LABEL.match(text)
    if label is None:
        return None
    sort, number = _number_of(label)
    kept: list[int] = []
    cores: list[str] = []
    between = 0
    for place in range(len(earlier) - 1, -1, -1):
        message = earlier[place]
        found = _LABEL.match(message) if len(message) <= _LONGEST else None
        if found is not None and _number_of(found) == (sort, number - 1):
            number, between = number - 1, 0
            kept.append(place)
            cores.append(message[found.end() :].rstrip())
        elif between < _MOST_BETWEEN and is_chatter(strip(message)):
            between += 1
        else:
            break
        if len(kept) == MOST_PIECES:
            break
    if not kept:
        return None
    return Pieces(kept[::-1], cores[::-1], text[label.end() :].rstrip(), label.end())


def _number_of(label: re.Match[str]) -> tuple[str, int]:
    sort = str(label.lastgroup)
    written = label[sort]
    if sort.endswith("figure"):
        return "figure", int(written)
    if sort.endswith("numeral"):
        return "numeral", _NUMERALS.index(written)
    return sort, _CIRCLED.index(written) if sort == "circled" else ord(written.lower())


def _figures(earlier: Sequence[str], text: str) -> Pieces | None:
    """The figures of one number, with words that say that there are more."""
    core = _core_of(text)
    if core is None:
        return None
    said = [text]
    kept: list[int] = []
    cores: list[str] = []
    between = 0
    for place in range(len(earlier) - 1, -1, -1):
        message = earlier[place]
        found = _core_of(message)
        if found is not None:
            between = 0
            kept.append(place)
            cores.append(message[slice(*found)])
            said.append(message)
        elif between < _MOST_BETWEEN and is_chatter(strip(message)):
            between += 1
        else:
            break
        if len(kept) == MOST_PIECES:
            break
    if not kept or not any(_CUE.search(each.lower()) for each in said):
        return None
    is_first = _IS_FIRST.search(text) is not None and any(map(_IS_LAST.search, said[1:]))
    return Pieces(kept[::-1], cores[::-1], text[slice(*core)], core[0], is_first)


def _core_of(message: str) -> tuple[int, int] | None:
    """Where the last figures of a short message stand, if hardly anything follows them."""
    if len(message) > _LONGEST or _FIGURE.search(message) is None:
        return None
    folded = fold(message)
    found = [*_FIGURES.finditer(folded)]
    if not found or len(found[-1][0]) < _LEAST_FIGURES:
        return None
    start, end = found[-1].span()
    is_close = start <= _LONGEST_LEAD and len(folded) - end <= _LONGEST_TAIL
    return (start, end) if is_close else None
