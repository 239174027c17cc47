"""Terms by the codes of their sounds or shapes, and the units that a text in Latin letters has."""

import re
import string
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, pairwise, product

from guiju.modules.inspection._lexicon import Threads, finder_of
from guiju.modules.inspection._tables import SOUNDS, SPELLED, SYLLABLES, spell, tokens_of, weave

PAIR = 2
# Readings of one term that are kept: a term of several polyphones would have too many.
_MAX_READINGS = 4
_LETTER = re.compile("[a-z]")
# What makes a term readable in several ways: letters, polyphones, and syllables that begin with a
# vowel, for they may be read together with the one before (fang an, fan gan).
_JOINED = frozenset(string.ascii_lowercase).union(
    char for char, code in SOUNDS.codes.items() if SYLLABLES[code][0] in "aeo"
)
_SEVERAL = _JOINED.union(SOUNDS.others)


class CodeIndex:
    """Patterns by their codes: `pairs` in a table, longer ones in an automaton.

    `find` gives start, end and entry of every hit of three codes and more, the longest at each end.
    An entry stands for the patterns in `shared`, or else for that in `firsts`.
    """

    __slots__ = ("_packed", "find", "firsts", "pairs", "shared")

    def __init__(self, coded: Iterable[tuple[str, int]]) -> None:
        """`coded` are codes and the number of the pattern that has them; `unpack` has to follow."""
        found: dict[str, int] = {}
        shared: dict[str, list[int]] = {}
        for codes, number in coded:
            first = found.setdefault(codes, number)
            if first != number:
                shared.setdefault(codes, [first]).append(number)
        longer = [codes for codes in found if len(codes) > PAIR]
        self.find = finder_of(longer)
        self.firsts = array("i", map(found.__getitem__, longer))
        self.shared = {
            entry: tuple(shared[codes]) for entry, codes in enumerate(longer) if codes in shared
        }
        coupled = [
            (codes, number)
            for codes, first in found.items()
            if len(codes) == PAIR
            for number in shared.get(codes, (first,))
        ]
        self._packed = ("".join(c for c, _ in coupled), array("i", (n for _, n in coupled)))
        self.pairs: dict[str, tuple[int, ...]] = {}

    def unpack(self) -> None:
        """Makes `pairs`, after the caller has given up the codes.

        Small objects that are kept among many that are not would hold on to the memory of all.
        """
        codes, numbers = self._packed
        for place, number in enumerate(numbers):
            pair = codes[PAIR * place : PAIR * (place + 1)]
            self.pairs[pair] = (*self.pairs.get(pair, ()), number)
        self._packed = ("", array("i"))


def read(threads: Threads, fit: Iterable[int]) -> list[tuple[str, int]]:
    """All readings of the terms with these numbers, each with its number."""
    found: list[tuple[str, int]] = []
    stripped, sounds = threads.stripped, threads.sounds
    for number in fit:
        if _SEVERAL.isdisjoint(stripped[number]):
            found.append((sounds[number], number))
        else:
            found += [(codes, number) for codes in _readings(stripped[number], sounds[number])]
    return found


def _readings(text: str, sounds: str) -> Iterator[str]:
    """The codes of a term, and of its other readings; as a text would be read, letters included."""
    has_latin = _LETTER.search(text) is not None
    yield spell(sounds) if has_latin else sounds
    if not SOUNDS.others.keys().isdisjoint(text):
        choices = [sounds[i] + SOUNDS.others.get(char, "") for i, char in enumerate(text)]
        for other in map("".join, islice(product(*choices), 1, _MAX_READINGS)):
            yield spell(other) if has_latin else other
    if _JOINED.isdisjoint(text):
        return
    codes = spell("".join([SYLLABLES.get(code, code) for code in sounds]))
    if codes != sounds:
        yield codes


class Units:
    """The units of a stripped text: Chinese characters, syllables in Latin letters, letters.

    `tokens` are its sounds by `tokens_of`: unit by unit is what they are spelled as, so that what
    lies between the syllables costs nothing.
    """

    __slots__ = ("_places", "_starts", "_stripped", "size")

    def __init__(self, stripped: str, tokens: list[str]) -> None:
        self._stripped = stripped
        starts, places = [0], [0]
        unit = place = 0
        for token in tokens:
            size = len(token)
            unit += 1 if token in SPELLED else size
            place += size
            starts.append(unit)
            places.append(place)
        self._starts, self._places, self.size = starts, places, unit

    def first(self, unit: int) -> int:
        """Where a unit begins in the stripped text; for the one after the last, its end."""
        token = bisect_right(self._starts, unit) - 1
        return self._places[token] + unit - self._starts[token]

    def last(self, unit: int) -> int:
        """Where the last character of a unit stands in the stripped text."""
        return self.first(unit + 1) - 1

    def written(self, start: int, end: int) -> list[str]:
        """What the text has for these units."""
        edges = [self.first(unit) for unit in range(start, end + 1)]
        return [self._stripped[first:after] for first, after in pairwise(edges)]


def units_of(term: str) -> Sequence[str]:
    """A term as `Units` would part it."""
    if _LETTER.search(term) is None:
        return term
    units = Units(term, tokens_of(weave(term)[1]))
    return units.written(0, units.size)


def syllable_ends(term: str) -> set[int]:
    """After which letters the syllables of a term end that is written in Latin letters."""
    sizes = [len(SYLLABLES.get(code, code)) for code in weave(term)[1]]
    return {end - 1 for end in accumulate(sizes)}
