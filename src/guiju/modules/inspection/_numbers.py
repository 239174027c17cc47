"""Which finders a run of figures is given to, and where in it a number of their kind may begin.

A run has few places at which a number may begin and end. What it begins with there, two characters, and how long it may
be then leave most kinds out: to look that up takes less time than to try their patterns.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from guiju.modules.inspection import _ids, _phones
from guiju.modules.inspection._digits import AS_DIGITS, Run
from guiju.modules.inspection._passage import Found


class _Number(NamedTuple):
    """A finder, how many characters its numbers have, and which two they begin with.

    `reads_digits`: these two are read with o, l and i as digits.
    """

    kind: str
    find: Callable[[Run], Iterator[Found]]
    sizes: range
    reads_digits: bool
    opening: str


# Where two numbers share characters, the earlier wins: those with check digits first.
_NUMBERS = (
    _Number("cn_id", _ids.find_cn_ids, range(15, 19, 3), True, "[1-9][0-9]"),
    _Number("uscc", _ids.find_credit_codes, range(18, 19), True, "[159ny][1-9a-gy]"),
    _Number("tw_id", _ids.find_taiwan_ids, range(10, 11), False, "[a-z][1289a-dil]"),
    _Number("hk_id", _ids.find_hong_kong_ids, range(8, 10), False, "[a-z][0-9a-z]"),
    _Number("passport", _ids.find_passports, range(8, 11), False, "[a-z][0-9a-z]|[0-9oli]{2}"),
    _Number("bank_card", _phones.find_cards, range(13, 20), True, "[2-9][0-9]"),
    _Number("cn_phone", _phones.find_cn_mobiles, range(11, 16), True, "0[01]|1[3-9]|86"),
    _Number("cn_phone", _phones.find_cn_landlines, range(9, 17), True, "0[0-9]|10|2[0-9]|86"),
    _Number("tw_phone", _phones.find_tw_phones, range(9, 16), True, "0[0-9]|88"),
    _Number("hk_phone", _phones.find_hk_phones, range(8, 14), True, "00|[2-9][0-9]"),
)
NUMBER_KINDS = tuple(dict.fromkeys([number.kind for number in _NUMBERS]))


class NumberIndex:
    """The finders of some kinds of numbers."""

    def __init__(self, kinds: Iterable[str]) -> None:
        """`kinds` are some of `NUMBER_KINDS`."""
        wanted = frozenset(kinds)
        self._numbers = [number for number in _NUMBERS if number.kind in wanted]
        # By what a number begins with and how long it may be, as texts bring them.
        self._known: dict[tuple[str, int], tuple[int, ...]] = {}

    def find(self, run: Run) -> Iterator[Found]:
        """What the finders find in a run, finder by finder."""
        asked: dict[int, list[int]] = {}
        for start, head, size in run.openings():
            numbers = self._known.get((head, size))
            if numbers is None:
                numbers = self._known[head, size] = self._fitting(head, size)
            for number in numbers:
                starts = asked.setdefault(number, [])
                if not starts or starts[-1] != start:
                    starts.append(start)
        for number in sorted(asked):
            run.tried = asked[number]
            yield from self._numbers[number].find(run)

    def _fitting(self, head: str, size: int) -> tuple[int, ...]:
        digits = head.translate(AS_DIGITS)
        return tuple(
            place
            for place, number in enumerate(self._numbers)
            if size in number.sizes
            and re.match(number.opening, digits if number.reads_digits else head) is not None
        )
