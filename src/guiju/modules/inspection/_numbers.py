"""Numbers that identify people: resident identity cards, mobile phones, bank cards.

Sources: GB 11643-1999 (18 digits: region, date of birth, sequence, check character by ISO 7064
MOD 11-2); the numbering plan of mainland mobile networks (11 digits from 13 to 19); ISO/IEC 7812-1
(13 to 19 digits, issuer prefix, Luhn check digit).

Digits arrive folded (full-width, circled and mathematical digits are already ASCII). A *run* is a
chain of digits with at most three signs between neighbours; a *group* is a part of a run without
signs. A number starts where a group starts and ends where a group ends, so that a part of a longer
digit string is never taken for a number.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from guiju.modules.inspection._fold import NOISE

# Signs that list numbers or part lines do not belong into one number.
_LISTING = frozenset(",;:、\n\r\t|")
_SIGN = "[{}\U00010000-\U0010ffff]".format(
    "".join(re.escape(char) for char in sorted(NOISE - _LISTING) if ord(char) < 0x10000)
)
_RUN = re.compile(f"[0-9](?:{_SIGN}{{0,3}}+[0-9])*+(?:{_SIGN}{{0,3}}+x(?![0-9a-z]))?+")
# Cheap refusal of the texts that hold no run of eleven digits, which is nearly all of them.
_GATE = re.compile("[0-9]{11}")

_PROVINCES = (
    "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91"  # 91: foreign permanent residents
)
_ID = re.compile(
    f"(?=((?:{_PROVINCES})[0-9]{{4}}(?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])[0-3][0-9][0-9]{{3}}[0-9x]))"
)
_MOBILE = re.compile("(?=((?:0086|86)?1[3-9][0-9]{9}))")
# Prefixes: UnionPay 62 and 81, old domestic debit 9558, Visa, Mastercard, American Express, JCB,
# Discover.
_CARD = re.compile("(?=((?:62|81|9558|4|5[1-5]|2[2-7]|3[47]|35|6011|65)[0-9]{11,17}))")
_CARD_LENGTHS = {"6": (16, 17, 18, 19), "8": (16, 17, 18, 19), "9": (19,), "4": (13, 16, 19)}
_AMEX_LENGTH = 15
_OTHER_LENGTHS = (16,)

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10x98765432"
_DIGIT = re.compile("[0-9x]")
_DOUBLED = bytes.maketrans(b"0123456789x", b"\x00\x02\x04\x06\x08\x01\x03\x05\x07\x09\x00")
_PLAIN = bytes.maketrans(b"0123456789x", b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x00")


class Number(NamedTuple):
    """A number in the folded text, and the places of its characters that masking keeps or hides."""

    kind: str
    start: int
    end: int
    places: tuple[int, ...]


class _Run:
    """A chain of digits, and the place of each in the folded text."""

    def __init__(self, folded: str, start: int, end: int) -> None:
        self.folded = folded
        part = folded[start:end]
        if part.isalnum():
            self.digits = part
            self.places: Sequence[int] = range(start, end)
        else:
            self.digits = "".join(_DIGIT.findall(part))
            self.places = [start + match.start() for match in _DIGIT.finditer(part)]

    @cached_property
    def _luhn_sums(self) -> tuple[list[int], list[int]]:
        """Prefix sums with every second digit doubled: a window is checked in constant time."""
        code = self.digits.encode("ascii")
        plain, doubled = code.translate(_PLAIN), code.translate(_DOUBLED)
        even, odd = bytearray(plain), bytearray(doubled)
        even[1::2], odd[1::2] = doubled[1::2], plain[1::2]
        return list(accumulate(even, initial=0)), list(accumulate(odd, initial=0))

    def is_luhn(self, start: int, end: int) -> bool:
        """The Luhn check of ISO/IEC 7812-1 Annex B over a window of the digits."""
        sums = self._luhn_sums[(end - 1) % 2]
        return (sums[end] - sums[start]) % 10 == 0

    def opens(self, index: int) -> bool:
        """A group starts here, with no letter right before it."""
        place = self.places[index]
        if index:
            return self.places[index - 1] != place - 1
        return place == 0 or not _is_word(self.folded[place - 1])

    def closes(self, index: int) -> bool:
        """A group ends before here, with no letter right after it."""
        place = self.places[index - 1] + 1
        if index < len(self.places):
            return self.places[index] != place
        return place == len(self.folded) or not _is_word(self.folded[place])

    def gaps(self, start: int, end: int) -> set[str]:
        """The different signs between the digits of a window."""
        places = self.places[start:end]
        return {
            self.folded[left + 1 : right] for left, right in pairwise(places) if right != left + 1
        }

    def groups(self, start: int, end: int) -> list[int]:
        """The lengths of the groups of a window."""
        lengths = [1]
        for left, right in zip(
            self.places[start : end - 1], self.places[start + 1 : end], strict=True
        ):
            if right == left + 1:
                lengths[-1] += 1
            else:
                lengths.append(1)
        return lengths

    def is_decimal(self, start: int, end: int) -> bool:
        """The window is one side of a decimal point."""
        before = start and self.folded[self.places[start - 1] + 1 : self.places[start]] == "."
        after = end < len(self.places) and (
            self.folded[self.places[end - 1] + 1 : self.places[end]] == "."
        )
        return bool(before or after)


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def is_resident_id(digits: str) -> bool:
    """18 folded characters with an existing birth date and the right check character."""
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(int(d) * w for d, w in zip(digits, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == digits[17]


def _find_ids(run: _Run) -> Iterator[tuple[int, int]]:
    for match in _ID.finditer(run.digits):
        start, end = match.span(1)
        if run.opens(start) and run.closes(end) and is_resident_id(match[1]):
            yield start, end


def _find_mobiles(run: _Run) -> Iterator[tuple[int, int]]:
    for match in _MOBILE.finditer(run.digits):
        start, end = match.span(1)
        if run.opens(start) and run.closes(end) and _reads_as_phone(run, start, end):
            yield start, end


def _reads_as_phone(run: _Run, start: int, end: int) -> bool:
    """There is no check digit: the way the digits are grouped has to speak for a phone."""
    gaps = run.gaps(start, end)
    if not gaps:
        return not run.is_decimal(start, end)
    groups = run.groups(start, end)
    if groups[-3:] in ([3, 4, 4], [4, 4, 3]):
        return True
    whole = start == 0 and end == len(run.digits)
    dotted_quad = len(groups) == 4 and gaps == {"."}
    return whole and groups[0] <= 3 and not dotted_quad


def _find_cards(run: _Run) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(run.digits):
        start, longest = match.span(1)
        if not run.opens(start):
            continue
        for length in _card_lengths(match[1]):
            end = start + length
            if end <= longest and run.closes(end) and run.is_luhn(start, end):
                if not run.gaps(start, end) and run.is_decimal(start, end):
                    continue
                yield start, end
                break


def _card_lengths(digits: str) -> tuple[int, ...]:
    """Longest first: a card of 19 digits may hold one of 16."""
    if digits[:2] in {"34", "37"}:
        return (_AMEX_LENGTH,)
    return tuple(reversed(_CARD_LENGTHS.get(digits[0], _OTHER_LENGTHS)))


_FINDERS: dict[str, Callable[[_Run], Iterator[tuple[int, int]]]] = {
    "cn_id": _find_ids,
    "cn_mobile": _find_mobiles,
    "bank_card": _find_cards,
}
# How many leading and trailing characters of a number stay readable when it is masked.
SHAPES = {"cn_id": (6, 4), "cn_mobile": (3, 4), "bank_card": (6, 4)}
KINDS = tuple(_FINDERS)


def may_hold_numbers(stripped: str) -> bool:
    """False where no number can be, by the stripped stream alone."""
    return _GATE.search(stripped) is not None


def find_numbers(folded: str, kinds: tuple[str, ...]) -> Iterator[Number]:
    """Numbers of these kinds in folded text; earlier kinds win where two overlap."""
    for match in _RUN.finditer(folded):
        if match.end() - match.start() >= 11:
            yield from _numbers_of(_Run(folded, *match.span()), kinds)


def _numbers_of(run: _Run, kinds: tuple[str, ...]) -> Iterator[Number]:
    taken = bytearray(len(run.digits))
    for kind in kinds:
        for start, end in _FINDERS[kind](run):
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            places = tuple(run.places[start:end])
            yield Number(kind, places[0], places[-1] + 1, places)
