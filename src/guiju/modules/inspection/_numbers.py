"""Which finders a run of figures is given to, and where in it a number of their kind may begin.

A run has few places at which a number may begin and end. What it begins with there, two characters, and how long it may
be then leave most kinds out: to look that up takes less time than to try their patterns.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from guiju.modules.inspection import _ids, _phones
from guiju.modules.inspection._digits import (
    A_UNIT,
    AS_DIGITS,
    LONGEST,
    RUN,
    SHORTEST,
    WINDOW,
    Run,
    Shapes,
    bits,
    is_long_enough,
)
from guiju.modules.inspection._passage import Found, Passage


class _Number(NamedTuple):
    """A finder, how many characters its numbers have, and which two they begin with.

    `reads_digits`: these two are read with o, l and i as digits.
    """

    kind: str
    find: Callable[[Run], list[Found]]
    sizes: range
    reads_digits: bool
    opening: str


# Where two numbers share characters, the earlier wins: those with check digits first.
_NUMBERS = (
    _Number("cn_id", _ids.find_cn_ids, range(15, 19, 3), True, "[1-9][0-9]"),
    _Number("uscc", _ids.find_credit_codes, range(18, 19), True, "[159ny][1-9a-gy]"),
    _Number("tw_id", _ids.find_taiwan_ids, range(10, 11), False, "[a-z][1289a-dil]"),
    _Number("hk_id", _ids.find_hong_kong_ids, range(8, 10), False, "[a-z][0-9a-z]"),
    _Number("passport", _ids.find_passports, range(8, 12), False, "[a-z][0-9a-z]|[0-9oli]{2}"),
    _Number("bank_card", _phones.find_cards, range(13, 20), True, "[2-9][0-9]"),
    _Number("cn_phone", _phones.find_cn_mobiles, range(11, 16), True, "0[01]|1[3-9]|86"),
    _Number("cn_phone", _phones.find_cn_landlines, range(9, 17), True, "0[0-9]|10|2[0-9]|86"),
    _Number("tw_phone", _phones.find_tw_phones, range(9, 16), True, "0[0-9]|88"),
    _Number("hk_phone", _phones.find_hk_phones, range(8, 14), True, "00|[2-9][0-9]"),
)
NUMBER_KINDS = tuple(dict.fromkeys([number.kind for number in _NUMBERS]))


# How far around a run the finders look.
_BEFORE, _AFTER = 24, 12
_NOWHERE: list[int] = []


class NumberIndex:
    """The finders of some kinds of numbers."""

    def __init__(self, kinds: Iterable[str]) -> None:
        """`kinds` are some of `NUMBER_KINDS`."""
        wanted = frozenset(kinds)
        self._numbers = [number for number in _NUMBERS if number.kind in wanted]
        self._bits = [bits(number.sizes) for number in self._numbers]
        # By what a number begins with, as texts bring it: the finders, each with the sizes of its numbers.
        self._known: dict[str, list[tuple[int, int]]] = {}
        # By the first two of a row of digits and how many it has.
        self._of_rows: dict[str, list[list[int]]] = {}

    def find(self, passage: Passage) -> list[Found]:
        """What the finders find in the runs of a text, run by run and in each finder by finder.

        A list repeats its runs with what stands around them, and so does another form of the same text.
        """
        found: list[Found] = []
        visible, text = passage.visible, passage.text
        seen = visible.text
        # Places are those of the text itself.
        is_whole = isinstance(visible.places, range)
        known, shapes = passage.numbers, Shapes()
        for match in RUN.finditer(passage.digits):
            if not is_long_enough(match):
                continue
            start, end = match.span()
            size, written = end - start, match[0]
            if not passage.spend(1 + size // A_UNIT):
                break
            asked: list[list[int]] | None = None
            if written.isdigit() and seen.startswith(written, start):
                # Most are shorter or longer than any number of theirs.
                if size < SHORTEST or size > LONGEST:
                    continue
                asked = self._of_rows.get(f"{written[:2]}{size}")
                if asked is None:
                    asked = self._asked([(0, 1 << size)], written)
                    self._of_rows[f"{written[:2]}{size}"] = asked
                if not any(asked):
                    continue
                shape = shapes.row(size)
            else:
                shape = None
            first = max(0, start - _BEFORE)
            around = (start - first, size, text[first : end + _AFTER])
            if is_whole:
                before = known.get(around)
                if before is not None and passage.effort >= WINDOW * len(before[2]):
                    for each in before[2]:
                        passage.spend_once(each, WINDOW)
                    by = start - before[0]
                    for one in before[1]:
                        hidden = _moved(one.hidden, by)
                        found.append(Found(one.kind, one.start + by, one.end + by, hidden))
                    continue
            if shape is None:
                shape = shapes.chain(written, seen[start:end])
            run = Run(passage, visible, shape, start, written)
            if asked is None:
                asked = self._asked(shape.openings, run.code)
            within: list[Found] = []
            for number, tried in enumerate(asked):
                if tried:
                    run.tried = tried
                    within += self._numbers[number].find(run)
            found += within
            if is_whole and passage.effort >= 0:
                known[around] = start, within, run.asked
        return found

    def _asked(self, openings: list[tuple[int, int]], code: str) -> list[list[int]]:
        """Where in a run each of the finders is asked."""
        asked: list[list[int]] = [_NOWHERE] * len(self._numbers)
        for start, sizes in openings:
            head = code[start : start + 2]
            numbers = self._known.get(head)
            if numbers is None:
                numbers = self._known[head] = self._fitting(head)
            for number, fitting in numbers:
                if sizes & fitting:
                    if asked[number] is _NOWHERE:
                        asked[number] = [start]
                    else:
                        asked[number].append(start)
        return asked

    def _fitting(self, head: str) -> list[tuple[int, int]]:
        digits = head.translate(AS_DIGITS)
        return [
            (place, self._bits[place])
            for place, number in enumerate(self._numbers)
            if re.match(number.opening, digits if number.reads_digits else head) is not None
        ]


def _moved(places: Sequence[int], by: int) -> Sequence[int]:
    """These places so much further on."""
    if isinstance(places, range):
        return range(places.start + by, places.stop + by)
    return [place + by for place in places]
