"""Chains of digits and letters, in whatever script and parted by whatever signs they are written.

Digits arrive folded (full-width, circled and mathematical digits are already ASCII). Chinese
numerals become digits one by one; o, l and i may stand for 0 and 1. A *group* is a row of digits
and Latin letters without signs; a *run* is a chain of groups with up to four signs, or a phrase
like 后面接, between neighbours. A number starts where a group starts and ends where a group ends,
so that a part of a longer code is never taken for a number.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import pairwise

from guiju.modules.inspection._fold import NOISE
from guiju.modules.inspection._passage import NUMERALS as _EACH
from guiju.modules.inspection._passage import Found, Passage, View

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
# Nearly all gaps have none, and to try each of them takes longer than the rest of a run.
_CONNECTING = f"(?=[,;、]?{_SIGN}{{0,2}}[后前中接然之最末再加连跟at])"
_GAP = f"(?:{_CONNECTING}[,;、]?{_SIGN}{{0,2}}{CONNECTIVES}[:,]?{_SIGN}{{0,2}}|{_SIGN}{{1,4}})"
_CHAIN = f"(?:{_GAP}{_PART})*"
# The same without its first character, by which `re` passes all others.
_REST = (
    "(?!(?<=[a-z])(?:(?<=[a-hjkmnp-z])|(?=[oli]*[a-hjkmnp-z]))[a-z]{6,23}(?![0-9a-z]))"
    f"[0-9a-z]{{0,{_LONGEST_GROUP - 1}}}(?![0-9a-z])"
)
# A group that no run begins with is passed as a whole.
RUN = re.compile(f"[0-9a-z](?:({_REST}{_CHAIN})|[0-9a-z]*)")
_GROUP = re.compile("[0-9a-z]+")
_DIGIT = re.compile("[0-9]")
# Words before a number that people write without a space: tel13800138000.
_PREFIX = re.compile(
    "(?:tel|phone|mobile|mob|cell|call|whatsapp|wechat|card|hkid)(?=[0-9]{7})"
    "|(?:wx|vx|no|id|v|t|m|p)(?=1[3-9][0-9]{9}$)|(?:sfzh?|id)(?=[0-9]{15})"
)
_SHORTEST_RUN = 7
# How many characters any number has that is looked for.
SHORTEST, LONGEST = 8, 19
_HALF = 0.5
# What looking at one window costs, and how much of a run one unit buys (`Passage.spend`).
WINDOW = 3
A_UNIT = 16
_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_ZERO, _NINE = ord("0"), 9


# What the edges of the numbers in a run hang on: where it has signs, but after a letter also which digits (`_PREFIX`).
_FORM = bytes.maketrans(b"0123456789" + _LETTERS, b"0" * 36)
_FORM_AFTER_LETTERS = bytes.maketrans(b"0123456789", b"0103333333")
_MAY_BE_PREFIX = frozenset("tpmcwhnvis")


class Shape:
    """Where the groups of a run are, and where a number may start and end. Offsets are those of the code.

    `openings` are the places where a number may start, each with the lengths that it may have there: bit n for n
    characters.
    """

    __slots__ = ("bounds", "ends", "gaps", "groups", "openings", "sizes", "starts")

    def __init__(
        self, groups: list[tuple[int, int]], bounds: list[int], gaps: list[str],
        starts: list[int], ends: list[int],
    ) -> None:  # fmt: skip
        """`groups` are places in the run; `gaps` are the signs before each group. `starts` and `ends` have a one for
        each place where a number may.
        """
        self.groups = groups
        self.bounds = bounds
        self.gaps = gaps
        self.starts = starts
        self.ends = ends
        self.sizes: dict[int, int] = {}
        last = len(ends) - 1
        for start in range(last - SHORTEST + 1):
            if not starts[start]:
                continue
            sizes = 0
            for size in range(SHORTEST, min(LONGEST, last - start) + 1):
                if ends[start + size]:
                    sizes |= 1 << size
            if sizes:
                self.sizes[start] = sizes
        self.openings = [*self.sizes.items()]


def _shape_of(written: str, seen: str) -> Shape:
    """The shape of a run: `seen` is how it is written, `written` the same with numerals as digits.

    Inside a chain of single characters with one and the same sign there is nothing that parts a
    number from what stands beside it.
    """
    groups = [match.span() for match in _GROUP.finditer(written)]
    gaps: list[str] = []
    bounds = [0]
    done = total = 0
    for first, last in groups:
        gaps.append(written[done:first])
        total += last - first
        bounds.append(total)
        done = last
    starts, ends = [0] * (total + 1), [0] * (total + 1)
    for edge in bounds:
        starts[edge] = ends[edge] = 1
    starts[total] = ends[0] = 0
    for at in range(1, len(gaps) - 1):
        if bounds[at + 1] - bounds[at] == 1 and gaps[at] == gaps[at + 1]:
            if bounds[at] - bounds[at - 1] == 1:
                starts[bounds[at]] = 0
            if bounds[at + 2] - bounds[at + 1] == 1:
                ends[bounds[at + 1]] = 0
    if written[0] in _MAY_BE_PREFIX:
        prefix = _PREFIX.match("".join([written[first:last] for first, last in groups]))
        if prefix is not None:
            starts[prefix.end()] = 1
    if seen != written:
        plain = [char.isascii() for first, last in groups for char in seen[first:last]]
        for at in range(1, len(plain)):
            if plain[at] != plain[at - 1]:
                starts[at] = ends[at] = 1
    return Shape(groups, bounds, gaps, starts, ends)


class Shapes:
    """The shapes of the runs of a text: a list repeats them."""

    def __init__(self) -> None:
        self._rows: dict[int, Shape] = {}
        self._chains: dict[bytes, Shape] = {}

    def row(self, size: int) -> Shape:
        """The shape of so many digits without signs."""
        shape = self._rows.get(size)
        if shape is None:
            shape = self._rows[size] = _shape_of("0" * size, "0" * size)
        return shape

    def chain(self, written: str, seen: str) -> Shape:
        """The shape of any run, as `_shape_of`."""
        form = seen.encode().translate(_FORM)
        if written[0] in _MAY_BE_PREFIX:
            form += b"\n" + written.encode().translate(_FORM_AFTER_LETTERS)
        shape = self._chains.get(form)
        if shape is None:
            shape = self._chains[form] = _shape_of(written, seen)
        return shape


class Run:
    """A chain of groups. `code` are its characters without signs, `digits` the same with o, l and i
    as digits. Windows are offsets into them. `tried` are the places where a number of the kind that is
    looked for may start, `asked` what the work of looking was counted for.
    """

    __slots__ = (
        "_is_single",
        "_luhn_shares",
        "_near",
        "_passage",
        "_seen",
        "_shape",
        "_start",
        "_view",
        "asked",
        "code",
        "digits",
        "is_numeric",
        "tried",
    )

    def __init__(
        self, passage: Passage, visible: View, shape: Shape, start: int, written: str
    ) -> None:
        """`start` is the place in the visible text, `written` what is there with numerals as digits."""
        self.tried: list[int] = []
        self.asked: list[tuple[int, str]] = []
        self._passage = passage
        self._view = visible
        self._seen = visible.text
        self._start = start
        self._shape = shape
        groups = shape.groups
        if len(groups) == 1:
            self._is_single = True
            code = written
        else:
            self._is_single = False
            code = "".join([written[first:last] for first, last in groups])
        self.code = code
        self.is_numeric = code.isdigit()
        self.digits = (
            code if self.is_numeric else code.replace("o", "0").replace("l", "1").replace("i", "1")
        )
        self._luhn_shares: dict[int, float] | None = None
        self._near = 0

    def _spot(self, index: int) -> int:
        """Where a character of the code stands in the view."""
        if self._is_single:
            return self._start + index
        shape, group = self._shape, self._near
        bounds = shape.bounds
        # What is asked for next is hardly ever far.
        while bounds[group] > index:
            group -= 1
        while bounds[group + 1] <= index:
            group += 1
        self._near = group
        return self._start + shape.groups[group][0] + index - bounds[group]

    def starts_at(self, index: int) -> bool:
        """A number may start here."""
        starts = self._shape.starts
        return index < len(starts) and starts[index] == 1

    def ends_at(self, index: int) -> bool:
        """A number may end before here."""
        ends = self._shape.ends
        return index < len(ends) and ends[index] == 1

    def windows(self, pattern: re.Pattern[str], text: str, sizes: int) -> list[re.Match[str]]:
        """Matches of a look-ahead pattern in `code` or `digits` that start at one of the places that are `tried`, and
        end where a number of one of these sizes (`bits`) may.
        """
        found: list[re.Match[str]] = []
        fitting = self._shape.sizes
        for start in self.tried:
            if not fitting[start] & sizes:
                continue
            match = pattern.match(text, start)
            if match is None:
                continue
            # A pattern is told by where it lies: to compare it takes longer than to look for it.
            asked = (id(pattern), match[1])
            if not self._passage.spend_once(asked, WINDOW):
                break
            self.asked.append(asked)
            found.append(match)
        return found

    def is_luhn(self, start: int, end: int) -> bool:
        """The Luhn check of ISO/IEC 7812-1 Annex B over a window of the digits."""
        digits = self.digits
        total = 0
        for at in range(start, end):
            # Letters count nothing.
            digit = ord(digits[at]) - _ZERO
            if digit <= _NINE:
                if (end - at) % 2 == 0:
                    digit = 2 * digit - (_NINE if 2 * digit > _NINE else 0)
                total += digit
        return total % 10 == 0

    def is_mostly_luhn(self, size: int) -> bool:
        """More than half of the windows of this size side by side pass the check."""
        shares = self._luhn_shares
        if shares is None:
            shares = self._luhn_shares = {}
        share = shares.get(size)
        if share is None:
            starts = range(0, len(self.code) - size + 1, size)
            passing = sum([self.is_luhn(at, at + size) for at in starts])
            share = shares[size] = passing / len(starts) if starts else 0
        return share > _HALF

    def gaps(self, start: int, end: int) -> list[str]:
        """The signs inside a window, in order."""
        if self._is_single:
            return []
        return self._shape.gaps[
            bisect_right(self._shape.bounds, start) : bisect_left(self._shape.bounds, end)
        ]

    def groups(self, start: int, end: int) -> list[int]:
        """The lengths of the groups of a window."""
        inner = self._shape.bounds[
            bisect_right(self._shape.bounds, start) : bisect_left(self._shape.bounds, end)
        ]
        return [right - left for left, right in pairwise([start, *inner, end])]

    def is_in_row(self, start: int, end: int) -> bool:
        """The window is a part of a longer row of groups that are all of one length, as columns of figures are."""
        sizes = {*self.groups(start, end)}
        if len(sizes) > 1:
            return False
        first, last = bisect_left(self._shape.bounds, start), bisect_left(self._shape.bounds, end)
        bounds = self._shape.bounds[max(0, first - 1) : last + 2]
        return (
            len(bounds) > last - first + 1
            and {right - left for left, right in pairwise(bounds)} == sizes
        )

    @property
    def rows_of_fours(self) -> list[str]:
        """The lines of the text around that are four groups of four digits or more of them, and nothing else."""
        return self._passage.rows_of_fours

    def mentions(self, words: Callable[[bytes], bool]) -> bool:
        """Whether the text around has one of these words anywhere."""
        return self._passage.mentions(words)

    def is_whole(self, start: int, end: int) -> bool:
        """The window is all there is."""
        return start == 0 and end == len(self.code)

    def has_digits(self, start: int, end: int) -> bool:
        """A fourth of the digits, at least, are no letters in disguise."""
        if self.is_numeric:
            return True
        code = self.code[start:end]
        return code.isdigit() or sum(map(str.isdigit, code)) * 4 >= end - start

    def before(self, start: int, length: int) -> str:
        """What is written before a window."""
        spot = self._spot(start)
        return self._seen[max(0, spot - length) : spot]

    def after(self, end: int, length: int) -> str:
        """What is written after a window."""
        spot = self._spot(end - 1) + 1
        return self._seen[spot : spot + length]

    def original(self, start: int, end: int) -> str:
        """The characters of a window as they are written."""
        places = self._view.places
        text = self._passage.text
        return "".join([text[places[self._spot(at)]] for at in range(start, end)])

    def is_decimal(self, start: int, end: int) -> bool:
        """The window is one side of a decimal point."""
        before, after = self.before(start, 2), self.after(end, 2)
        left = len(before) == 2 and before[1] == "." and before[0].isdigit()
        return left or (len(after) == 2 and after[0] == "." and after[1].isdigit())

    def found(self, kind: str, start: int, end: int, hidden: range) -> Found:
        """A finding; `hidden` counts from the start of the window."""
        places = self._view.places
        begin, close = self._spot(start), self._spot(end - 1)
        if isinstance(places, range):
            # Places are those of the text itself.
            first = self._spot(start + hidden.start)
            last = self._spot(start + hidden.stop - 1) + 1
            if last - first == hidden.stop - hidden.start:
                return Found(kind, begin, close + 1, range(first, last))
        return Found(
            kind,
            places[begin],
            places[close] + 1,
            [places[self._spot(start + at)] for at in hidden],
        )


def is_long_enough(match: re.Match[str]) -> bool:
    """The match of `RUN` is a run that is long enough for any number and has digits."""
    if match.lastindex is None or match.end() - match.start() < _SHORTEST_RUN:
        return False
    written: str = match[0]
    return written[0].isdigit() or _DIGIT.search(written) is not None


def bits(sizes: Iterable[int]) -> int:
    """Numbers of so many characters, as `Shape.sizes` has them."""
    return sum([1 << size for size in sizes])
