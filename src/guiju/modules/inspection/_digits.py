"""Chains of digits and letters, in whatever script and parted by whatever signs they are written.

Digits arrive folded (full-width, circled and mathematical digits are already ASCII). Chinese
numerals become digits one by one; o, l and i may stand for 0 and 1. A *group* is a row of digits
and Latin letters without signs; a *run* is a chain of groups with up to three signs, or a phrase
like 后面接, between neighbours. A number starts where a group starts and ends where a group ends,
so that a part of a longer code is never taken for a number.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from guiju.modules.inspection._fold import NOISE
from guiju.modules.inspection._passage import Found, Passage, View

# 洞 拐 勾 and 幺 两 are how numbers are read out by radio and telephone.
_NUMERALS = ("零〇○◯洞", "一壹弌幺", "二贰弍两", "三叁弎参", "四肆", "五伍", "六陆", "七柒拐",
             "八捌", "九玖勾")  # fmt: skip
_TO_DIGITS = {ord(char): str(digit) for digit, row in enumerate(_NUMERALS) for char in row}
# The numerals that survive the stripping of signs, for gates.
NUMERALS = "".join(_NUMERALS).replace("○", "").replace("◯", "")
AS_DIGITS = str.maketrans("oli", "011")

# Signs that list numbers or part lines do not belong into one number.
_LISTING = frozenset(",;:、\n\r\t|")
_SIGN = "[{}\U00010000-\U0010ffff]".format(
    "".join(re.escape(char) for char in sorted(NOISE - _LISTING) if ord(char) < 0x10000)
)
# How people say that the number goes on.
CONNECTIVES = (
    "(?:(?:后面|前面|中间|接下来|接着|然后|之后|最后|末尾|最末)(?:再)?(?:接上|接着|接|是|加上|加|连上|连|跟着|跟|写|输)?"
    "|再(?:接上|接着|接|加上|加|连|跟|来|是|输)|(?:接上|加上|连上|跟着|接|连)(?:着)?|andthen|then)"
)
_GROUP = re.compile("[0-9a-z]+")
_GAP = re.compile(f"{_SIGN}{{1,3}}|{_SIGN}{{0,2}}{CONNECTIVES}[:,]?{_SIGN}{{0,2}}")
_SAID = re.compile(CONNECTIVES)
# Words before a number that people write without a space: tel13800138000.
_PREFIX = re.compile(
    "(?:tel|phone|mobile|mob|cell|call|whatsapp|wechat|card|hkid)(?=[0-9]{7})"
    "|(?:wx|vx|no|id|v|t|m|p)(?=1[3-9][0-9]{9}$)"
)
_WORD = re.compile("[a-z]{4,}")
_DIGIT_LETTERS = re.compile("[oli]+")
_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_PLAIN = bytes.maketrans(b"0123456789" + _LETTERS, bytes(range(10)) + bytes(26))
_DOUBLED = bytes.maketrans(b"0123456789" + _LETTERS, bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)) + bytes(26))
_LONGEST_GROUP = 24
_SHORTEST_RUN = 7


class _Group(NamedTuple):
    start: int
    end: int
    gap: str  # before it; empty for the first of a run


class Run:
    """A chain of groups. `code` are its characters without signs, `digits` the same with o, l and i
    as digits; `starts` and `ends` are the offsets into both where a number may start and end.
    """

    def __init__(
        self, passage: Passage, stream: str, groups: Sequence[_Group]
    ) -> None:
        self._text = passage.text
        self._view = passage.visible
        self.code = "".join(stream[group.start : group.end] for group in groups)
        self.digits = self.code.translate(AS_DIGITS)
        self._spots: list[int] = []
        for group in groups:
            self._spots.extend(range(group.start, group.end))
        self._bounds = list(accumulate((g.end - g.start for g in groups), initial=0))
        self._gaps = [group.gap for group in groups]
        self.starts, self.ends = self._limits(stream)

    def _limits(self, stream: str) -> tuple[set[int], set[int]]:
        """Inside a chain of single characters with one and the same sign no number starts or ends:
        there is nothing that parts it from what stands beside it.
        """
        bounds, gaps = self._bounds, self._gaps
        count = len(gaps)
        single = [bounds[i + 1] - bounds[i] == 1 for i in range(count)]
        starts = {
            bounds[i]
            for i in range(count)
            if not (
                single[i] and 0 < i < count - 1 and single[i - 1] and gaps[i] == gaps[i + 1]
            )
        }
        ends = {
            bounds[i + 1]
            for i in range(count)
            if not (
                single[i] and 0 < i < count - 1 and single[i + 1] and gaps[i] == gaps[i + 1]
            )
        }
        visible = self._view.text
        first, last = self._spots[0], self._spots[-1] + 1
        if visible[first:last] != stream[first:last]:
            plain = [visible[spot].isascii() for spot in self._spots]
            changes = {at for at in range(1, len(plain)) if plain[at] != plain[at - 1]}
            starts |= changes
            ends |= changes
        return starts, ends

    @cached_property
    def luhn_sums(self) -> tuple[list[int], list[int]]:
        """Prefix sums with every second digit doubled: a window is checked in constant time."""
        code = self.digits.encode("ascii")
        plain, doubled = code.translate(_PLAIN), code.translate(_DOUBLED)
        even, odd = bytearray(plain), bytearray(doubled)
        even[1::2], odd[1::2] = doubled[1::2], plain[1::2]
        return list(accumulate(even, initial=0)), list(accumulate(odd, initial=0))

    def is_luhn(self, start: int, end: int) -> bool:
        """The Luhn check of ISO/IEC 7812-1 Annex B over a window of the digits."""
        sums = self.luhn_sums[(end - 1) % 2]
        return (sums[end] - sums[start]) % 10 == 0

    def gaps(self, start: int, end: int) -> list[str]:
        """The signs inside a window, in order."""
        return self._gaps[bisect_right(self._bounds, start) : bisect_left(self._bounds, end)]

    def groups(self, start: int, end: int) -> list[int]:
        """The lengths of the groups of a window."""
        inner = self._bounds[bisect_right(self._bounds, start) : bisect_left(self._bounds, end)]
        edges = [start, *inner, end]
        return [right - left for left, right in zip(edges, edges[1:], strict=False)]

    def is_said(self, start: int, end: int) -> bool:
        """A phrase like 后面接 joins the groups of the window."""
        return any(_SAID.search(gap) for gap in self.gaps(start, end))

    def is_whole(self, start: int, end: int) -> bool:
        """The window is all there is."""
        return start == 0 and end == len(self.code)

    def has_digits(self, start: int, end: int) -> bool:
        """A fourth of the digits, at least, are no letters in disguise."""
        digits = sum(map(str.isdigit, self.code[start:end]))
        return digits * 4 >= end - start

    def before(self, start: int, length: int) -> str:
        """What is written before a window."""
        spot = self._spots[start]
        return self._view.text[max(0, spot - length) : spot]

    def after(self, end: int, length: int) -> str:
        """What is written after a window."""
        spot = self._spots[end - 1] + 1
        return self._view.text[spot : spot + length]

    def original(self, start: int, end: int) -> str:
        """The characters of a window as they are written."""
        places = self._view.places
        return "".join(self._text[places[spot]] for spot in self._spots[start:end])

    def is_decimal(self, start: int, end: int) -> bool:
        """The window is one side of a decimal point."""
        before, after = self.before(start, 2), self.after(end, 2)
        left = len(before) == 2 and before[1] == "." and before[0].isdigit()
        return left or (len(after) == 2 and after[0] == "." and after[1].isdigit())

    def found(self, kind: str, start: int, end: int, hidden: range) -> Found:
        """A finding; `hidden` counts from the start of the window."""
        places, spots = self._view.places, self._spots
        return Found(
            kind,
            places[spots[start]],
            places[spots[end - 1]] + 1,
            [places[spots[start + at]] for at in hidden],
        )




def to_digits(folded: str) -> str:
    """Chinese numerals as digits, one by one; as long as what it is given."""
    return folded.translate(_TO_DIGITS)


def runs_of(passage: Passage) -> Iterator[Run]:
    """The runs of a text that are long enough for any number."""
    view = passage.visible
    stream = to_digits(view.text)
    row: list[_Group] = []
    for group in _groups(stream):
        if row and not group.gap:
            yield from _run(passage, stream, row)
            row = []
        row.append(group)
    yield from _run(passage, stream, row)


def _run(passage: Passage, stream: str, row: list[_Group]) -> Iterator[Run]:
    if sum(group.end - group.start for group in row) >= _SHORTEST_RUN:
        yield Run(passage, stream, row)


def _groups(stream: str) -> Iterator[_Group]:
    """Groups in order; words and codes that are too long for any number part the runs."""
    last: int | None = None
    for match in _GROUP.finditer(stream):
        start, end = match.span()
        if end - start > _LONGEST_GROUP or _is_word(match[0]):
            last = None
            continue
        gap = "" if last is None else stream[last:start]
        if gap and _GAP.fullmatch(gap) is None:
            gap = ""
        prefix = _PREFIX.match(match[0])
        if prefix is not None:
            gap, start = "", start + prefix.end()
        yield _Group(start, end, gap)
        last = end


def _is_word(group: str) -> bool:
    return _WORD.fullmatch(group) is not None and _DIGIT_LETTERS.fullmatch(group) is None
