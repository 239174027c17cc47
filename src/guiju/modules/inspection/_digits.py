"""Chains of digits and letters, in whatever script and parted by whatever signs they are written.

Digits arrive folded (full-width, circled and mathematical digits are already ASCII). Chinese
numerals become digits one by one; o, l and i may stand for 0 and 1. A *group* is a row of digits
and Latin letters without signs; a *run* is a chain of groups with up to four signs, or a phrase
like 后面接, between neighbours. A number starts where a group starts and ends where a group ends,
so that a part of a longer code is never taken for a number.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise, starmap

from guiju.modules.inspection._fold import NOISE
from guiju.modules.inspection._passage import NUMERALS as _EACH
from guiju.modules.inspection._passage import Found, Passage

# The numerals that survive the stripping of signs, for gates.
NUMERALS = "".join(_EACH).replace("○", "").replace("◯", "")
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
# Words of seven letters and more, and codes too long for any number, part the runs.
_LONGEST_GROUP = 24
_PART = (
    f"(?!(?=[oli]*[a-hjkmnp-z])[a-z]{{7,24}}(?![0-9a-z]))[0-9a-z]{{1,{_LONGEST_GROUP}}}(?![0-9a-z])"
)
_GAP = f"(?:{_SIGN}{{0,2}}{CONNECTIVES}[:,]?{_SIGN}{{0,2}}|{_SIGN}{{1,4}})"
_RUN = re.compile(f"(?<![0-9a-z]){_PART}(?:{_GAP}{_PART})*")
_GROUP = re.compile("[0-9a-z]+")
_DIGIT = re.compile("[0-9]")
# Words before a number that people write without a space: tel13800138000.
_PREFIX = re.compile(
    "(?:tel|phone|mobile|mob|cell|call|whatsapp|wechat|card|hkid)(?=[0-9]{7})"
    "|(?:wx|vx|no|id|v|t|m|p)(?=1[3-9][0-9]{9}$)"
)
_SHORTEST_RUN = 7
# How many characters any number has that is looked for.
SHORTEST, LONGEST = 8, 19
_MOST_ENDS = LONGEST - SHORTEST + 1
_HALF = 0.5
# What looking at one window costs, and how much of a run one unit buys (`Passage.spend`).
_WINDOW = 3
_A_UNIT = 16
_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_PLAIN = bytes.maketrans(b"0123456789" + _LETTERS, bytes(range(10)) + bytes(26))
_DOUBLED = bytes.maketrans(
    b"0123456789" + _LETTERS, bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)) + bytes(26)
)


class Run:
    """A chain of groups. `code` are its characters without signs, `digits` the same with o, l and i
    as digits. Windows are offsets into them. `tried` are the places where a number of the kind that is
    looked for may start.
    """

    def __init__(self, passage: Passage, stream: str, start: int, end: int) -> None:
        self.tried: list[int] = []
        self._passage = passage
        self._view = passage.visible
        self._stream = stream
        written = stream[start:end]
        # Of figures without signs, as nearly all runs are.
        is_row = written.isascii() and written.isdigit()
        self._groups = (
            [(start, end)]
            if is_row
            else [match.span() for match in _GROUP.finditer(stream, start, end)]
        )
        self._is_single = len(self._groups) == 1
        self.code = (
            written
            if self._is_single
            else "".join([stream[first:last] for first, last in self._groups])
        )
        self.is_numeric = is_row or self.code.isdigit()
        # A single number by itself: it can only be found as a whole.
        self.is_plain = (
            self._is_single and self.is_numeric and self._view.text[start:end] == self.code
        )
        self.digits = self.code if self.is_numeric else self.code.translate(AS_DIGITS)
        self._luhn_shares: dict[int, float] = {}
        self._bounds = (
            [0, end - start]
            if self._is_single
            else list(accumulate([last - first for first, last in self._groups], initial=0))
        )
        self._known_limits = ({0}, {end - start}) if self.is_plain else None
        self._known_spots: Sequence[int] | None = range(start, end) if self._is_single else None
        self._known_gaps: list[str] | None = None
        self._known_sums: tuple[list[int], list[int]] | None = None

    @property
    def _spots(self) -> Sequence[int]:
        """Where each character of the code stands in the view."""
        spots = self._known_spots
        if spots is None:
            spots = self._known_spots = [*chain.from_iterable(starmap(range, self._groups))]
        return spots

    @property
    def _gaps(self) -> list[str]:
        """The signs before each group."""
        gaps = self._known_gaps
        if gaps is None:
            stream, groups = self._stream, self._groups
            between = [stream[left[1] : right[0]] for left, right in pairwise(groups)]
            gaps = self._known_gaps = ["", *between]
        return gaps

    @property
    def _limits(self) -> tuple[set[int], set[int]]:
        """Where a number may start and end."""
        limits = self._known_limits
        if limits is None:
            limits = self._known_limits = self._limited()
        return limits

    def _limited(self) -> tuple[set[int], set[int]]:
        """Where a number may start and end.

        Inside a chain of single characters with one and the same sign there is nothing that parts a
        number from what stands beside it.
        """
        bounds = self._bounds
        starts, ends = set(bounds[:-1]), set(bounds[1:])
        gaps = () if self._is_single else self._gaps
        for at in range(1, len(gaps) - 1):
            if bounds[at + 1] - bounds[at] == 1 and gaps[at] == gaps[at + 1]:
                if bounds[at] - bounds[at - 1] == 1:
                    starts.discard(bounds[at])
                if bounds[at + 2] - bounds[at + 1] == 1:
                    ends.discard(bounds[at + 1])
        prefix = None if self.is_numeric else _PREFIX.match(self.code)
        if prefix is not None:
            starts.add(prefix.end())
        first, last = self._groups[0][0], self._groups[-1][1]
        if self._view.text[first:last] != self._stream[first:last]:
            plain = [self._view.text[spot].isascii() for spot in self._spots]
            changes = {at for at in range(1, len(plain)) if plain[at] != plain[at - 1]}
            starts |= changes
            ends |= changes
        return starts, ends

    def starts_at(self, index: int) -> bool:
        """A number may start here."""
        return index in self._limits[0]

    def ends_at(self, index: int) -> bool:
        """A number may end before here."""
        return index in self._limits[1]

    def openings(self) -> list[tuple[int, str, int]]:
        """Where a number may start, the two characters that are there, and how long it may be then, in this order."""
        code = self.code
        if self.is_plain:
            return [(0, code[:2], len(code))]
        starts, ends = self._limits
        lasts = sorted(ends)
        found: list[tuple[int, str, int]] = []
        at = 0
        for start in sorted(starts):
            at = bisect_left(lasts, start + SHORTEST, at)
            for end in lasts[at : at + _MOST_ENDS]:
                if end - start > LONGEST:
                    break
                found.append((start, code[start : start + 2], end - start))
        return found

    def windows(
        self, pattern: re.Pattern[str], text: str, sizes: Sequence[int]
    ) -> list[re.Match[str]]:
        """Matches of a look-ahead pattern in `code` or `digits` that start at one of the places that are `tried`, and
        end where a number of one of these sizes may. `sizes` grow.
        """
        found: list[re.Match[str]] = []
        if len(text) < sizes[0]:
            return found
        ends = self._limits[1]
        for start in self.tried:
            match = pattern.match(text, start)
            if match is None or ends.isdisjoint([start + size for size in sizes]):
                continue
            # A pattern is told by where it lies: to compare it takes longer than to look for it.
            if not self._passage.spend_once((id(pattern), match[1]), _WINDOW):
                break
            found.append(match)
        return found

    @property
    def luhn_sums(self) -> tuple[list[int], list[int]]:
        """Prefix sums with every second digit doubled: a window is checked in constant time."""
        sums = self._known_sums
        if sums is None:
            code = self.digits.encode("ascii")
            plain, doubled = code.translate(_PLAIN), code.translate(_DOUBLED)
            even, odd = bytearray(plain), bytearray(doubled)
            even[1::2], odd[1::2] = doubled[1::2], plain[1::2]
            sums = [*accumulate(even, initial=0)], [*accumulate(odd, initial=0)]
            self._known_sums = sums
        return sums

    def is_luhn(self, start: int, end: int) -> bool:
        """The Luhn check of ISO/IEC 7812-1 Annex B over a window of the digits."""
        sums = self.luhn_sums[(end - 1) % 2]
        return (sums[end] - sums[start]) % 10 == 0

    def is_mostly_luhn(self, size: int) -> bool:
        """More than half of the windows of this size side by side pass the check."""
        share = self._luhn_shares.get(size)
        if share is None:
            starts = range(0, len(self.code) - size + 1, size)
            passing = sum(self.is_luhn(at, at + size) for at in starts)
            share = self._luhn_shares[size] = passing / len(starts) if starts else 0
        return share > _HALF

    def gaps(self, start: int, end: int) -> list[str]:
        """The signs inside a window, in order."""
        if self._is_single:
            return []
        return self._gaps[bisect_right(self._bounds, start) : bisect_left(self._bounds, end)]

    def groups(self, start: int, end: int) -> list[int]:
        """The lengths of the groups of a window."""
        inner = self._bounds[bisect_right(self._bounds, start) : bisect_left(self._bounds, end)]
        return [right - left for left, right in pairwise([start, *inner, end])]

    def is_in_row(self, start: int, end: int) -> bool:
        """The window is a part of a longer row of groups that are all of one length, as columns of figures are."""
        sizes = {*self.groups(start, end)}
        if len(sizes) > 1:
            return False
        first, last = bisect_left(self._bounds, start), bisect_left(self._bounds, end)
        bounds = self._bounds[max(0, first - 1) : last + 2]
        return (
            len(bounds) > last - first + 1
            and {right - left for left, right in pairwise(bounds)} == sizes
        )

    @property
    def rows_of_fours(self) -> list[str]:
        """The lines of the text around that are four groups of four digits or more of them, and nothing else."""
        return self._passage.rows_of_fours

    def mentions(self, words: re.Pattern[str]) -> bool:
        """Whether the text around has one of these words anywhere."""
        return self._passage.mentions(words)

    def is_whole(self, start: int, end: int) -> bool:
        """The window is all there is."""
        return start == 0 and end == len(self.code)

    def has_digits(self, start: int, end: int) -> bool:
        """A fourth of the digits, at least, are no letters in disguise."""
        if self.is_numeric:
            return True
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
        text = self._passage.text
        return "".join(text[places[spot]] for spot in self._spots[start:end])

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


def runs_of(passage: Passage) -> Iterator[Run]:
    """The runs of a text that are long enough for any number and have digits."""
    stream = passage.digits
    reach = 0
    for group in _GROUP.finditer(stream):
        if group.start() < reach:
            continue
        match = _RUN.match(stream, group.start())
        if match is None:
            continue
        start, end = match.span()
        reach = end
        if end - start >= _SHORTEST_RUN and _DIGIT.search(stream, start, end) is not None:
            if not passage.spend(1 + (end - start) // _A_UNIT):
                return
            run = Run(passage, stream, start, end)
            if len(run.code) >= _SHORTEST_RUN:
                yield run
