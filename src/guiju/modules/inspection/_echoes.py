"""Terms written by their sound or by characters that look like theirs.

One automaton knows the terms by their syllables, another by the shapes of their characters, so a
hit is the same walk as for plain text. A hit is then compared with the term, character by
character: Latin syllables make it pinyin, other characters of the same sound a homophone, of the
same shape a look-alike.

Homophones and look-alikes are ordinary words most of the time: half of a term at least must be
written as it is, a word of the dictionary is never taken for another, and two characters count only
where they stand alone. Even so such a hit only asks for a reviewer.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

import daachorse

from guiju.modules.inspection import _boundary
from guiju.modules.inspection._boundary import Budget
from guiju.modules.inspection._lexicon import Lexicon, woven
from guiju.modules.inspection._places import Place
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection._tables import (
    SOUNDS,
    SYLLABLE,
    SYLLABLES,
    Threads,
    spell,
    weave,
)
from guiju.modules.inspection.types import Way

_PAIR = 2
# Readings of one term that are kept: a term of several polyphones would have too many.
_MAX_READINGS = 4
_LETTER = re.compile("[a-z]")
_ALONE = re.compile(r"(?<!\w)[㐀-鿿]{2}(?!\w)")
_ROW = re.compile("[a-z] [a-z]")
_POLYPHONE = re.compile(f"[{''.join(SOUNDS.others)}]")
# Syllables that begin with a vowel may be read together with the one before: fang an, fan gan.
_VOWEL_FIRST = re.compile(
    f".[{''.join(code for code, syllable in SYLLABLES.items() if syllable[0] in 'aeo')}]"
)


class Echo(NamedTuple):
    """A pattern found by sound or shape, and the characters of the text that stand for it."""

    number: int
    place: Place
    way: Way
    is_doubtful: bool


class _Index:
    """Patterns by their codes: longer ones in an automaton, pairs in a table."""

    def __init__(self, coded: Iterable[tuple[str, int]]) -> None:
        found: dict[str, int] = {}
        shared: dict[str, list[int]] = {}
        for codes, number in coded:
            first = found.setdefault(codes, number)
            if first != number:
                shared.setdefault(codes, [first]).append(number)
        self.pairs = {
            codes: shared.get(codes, [number])
            for codes, number in found.items()
            if len(codes) == _PAIR
        }
        longer = [codes for codes in found if len(codes) > _PAIR]
        self._numbers = array("i", (found[codes] for codes in longer))
        self._shared = {
            index: shared[codes] for index, codes in enumerate(longer) if codes in shared
        }
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(longer) if longer else None

    def find(self, stream: str) -> Iterator[tuple[int, int, int]]:
        """Start, end and pattern of every hit, the longest at each end."""
        if self._automaton is None:
            return
        for start, end, index in self._automaton.find_overlapping_no_suffix(stream):
            for number in self._shared.get(index) or (self._numbers[index],):
                yield start, end, number


class _Units:
    """The units of a stream of sounds: Chinese characters, syllables in Latin letters, letters."""

    def __init__(self, stripped: str, sounds: str) -> None:
        self._stripped = stripped
        self.firsts: Sequence[int] = range(len(stripped))
        self.lasts: Sequence[int] = self.firsts
        self.latin: list[int] = []
        if _LETTER.search(sounds) is not None:
            self._part(sounds)

    def _part(self, sounds: str) -> None:
        firsts: list[int] = []
        lasts: list[int] = []
        done = 0
        for match in SYLLABLE.finditer(sounds):
            firsts.extend(range(done, match.start()))
            lasts.extend(range(done, match.start()))
            self.latin.append(len(firsts))
            firsts.append(match.start())
            done = match.end()
            lasts.append(done - 1)
        firsts.extend(range(done, len(sounds)))
        lasts.extend(range(done, len(sounds)))
        self.firsts, self.lasts = firsts, lasts

    def written(self, start: int, end: int) -> list[str]:
        """What the text has for these units."""
        return [self._stripped[self.firsts[i] : self.lasts[i] + 1] for i in range(start, end)]

    def pairs(self) -> Iterator[int]:
        """Where two units with a Latin syllable among them begin."""
        before = -1
        for unit in self.latin:
            if unit - 1 > before:
                yield unit - 1
            yield unit
            before = unit


class EchoIndex:
    """All terms of a lexicon by sound and by shape."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._texts = lexicon.texts
        threads = woven(lexicon.texts) if lexicon.texts else Threads([], [], [])
        fit = [
            number
            for number, text in enumerate(lexicon.texts)
            if not text.isascii() and number not in lexicon.signed
        ]
        self._sounds = _Index(
            (codes, number) for number in fit for codes in _readings(threads, number)
        )
        self._shapes = _Index((threads.shapes[number], number) for number in fit)

    def find(self, streams: Streams, budget: Budget) -> Iterator[Echo]:
        """Every hit; a pattern written plainly is not one."""
        stripped, sounds, shapes = streams.threads
        spelled = spell(sounds)
        units: _Units | None = None
        for start, end, number in self._sounds.find(spelled):
            if stripped[start:end] != self._texts[number] or spelled != sounds:
                units = units or _Units(stripped, sounds)
                yield from self._by_sound(streams, units, number, (start, end), budget)
        if spelled != sounds and self._sounds.pairs:
            units = units or _Units(stripped, sounds)
            for start in units.pairs():
                for number in self._sounds.pairs.get(spelled[start : start + _PAIR], ()):
                    yield from self._by_sound(
                        streams, units, number, (start, start + _PAIR), budget
                    )
        for start, end, number in self._shapes.find(shapes):
            if stripped[start:end] != self._texts[number]:
                place = Place(streams.folded, streams.offsets, start, end - 1)
                yield from self._by_shape(stripped, place, number, budget)
        yield from self._alone(streams, budget)

    def _by_sound(
        self, streams: Streams, units: _Units, number: int, span: tuple[int, int], budget: Budget
    ) -> Iterator[Echo]:
        start, end = span
        written = units.written(start, end)
        wanted = _units_of(self._texts[number])
        place = Place(streams.folded, streams.offsets, units.firsts[start], units.lasts[end - 1])
        breaks = {units.lasts[i] - place.first for i in range(start, end - 1)}
        if len(wanted) != len(written):
            # Letters that can be read as other syllables: nothing but letters may stand for them.
            if all(map(str.isascii, written)) and _is_pinyin(place, written, breaks):
                yield Echo(number, place, Way.PINYIN, False)
            return
        other = [i for i, unit in enumerate(written) if unit != wanted[i]]
        if not other or not budget.take_hit():
            return
        if all(written[i].isascii() for i in other):
            if _is_pinyin(place, written, breaks):
                yield Echo(number, place, Way.PINYIN, len(written) == _PAIR)
        elif _PAIR < len(written) >= 2 * len(other) and not any(
            written[i].isascii() for i in other
        ):
            changed = [streams.offsets[units.firsts[start + i]] for i in other]
            if place.is_unbroken() and not _boundary.is_ordinary(place, changed, budget):
                yield Echo(number, place, Way.HOMOPHONE, True)

    def _by_shape(self, stripped: str, place: Place, number: int, budget: Budget) -> Iterator[Echo]:
        term = self._texts[number]
        other = [i for i, char in enumerate(term, place.first) if stripped[i] != char]
        if len(term) == _PAIR or 3 * len(other) > len(term) or not budget.take_hit():
            return
        changed = [place.offsets[i] for i in other]
        if place.is_unbroken() and not _boundary.is_ordinary(place, changed, budget):
            yield Echo(number, place, Way.LOOK_ALIKE, True)

    def _alone(self, streams: Streams, budget: Budget) -> Iterator[Echo]:
        """Terms of two characters, one of them changed, with nothing but signs around them."""
        if not self._sounds.pairs:
            return
        for match in _ALONE.finditer(streams.text):
            pair = weave(match[0])
            for way, numbers in (
                (Way.HOMOPHONE, self._sounds.pairs.get(pair.sounds, ())),
                (Way.LOOK_ALIKE, self._shapes.pairs.get(pair.shapes, ())),
            ):
                for number in numbers:
                    term = self._texts[number]
                    if (pair.stripped[0] == term[0]) == (pair.stripped[1] == term[1]):
                        continue
                    place = Place(
                        streams.folded, range(len(streams.text)), match.start(), match.end() - 1
                    )
                    if budget.take_hit() and not _boundary.is_ordinary(
                        place, range(*match.span()), budget
                    ):
                        yield Echo(number, place, way, True)


def _readings(threads: Threads[list[str]], number: int) -> Iterator[str]:
    """The codes of a term, and of its other readings; as a text would be read, letters included."""
    text, sounds = threads.stripped[number], threads.sounds[number]
    yield spell(sounds)
    if _POLYPHONE.search(text) is not None:
        choices = [sounds[i] + SOUNDS.others.get(char, "") for i, char in enumerate(text)]
        for other in islice(product(*choices), 1, _MAX_READINGS):
            yield spell("".join(other))
    if _VOWEL_FIRST.search(sounds) is not None:
        letters = "".join(SYLLABLES.get(code, code) for code in sounds)
        codes = spell(letters)
        if codes != sounds:
            yield codes


def _units_of(term: str) -> list[str]:
    """A term as `_Units` would part it."""
    units = _Units(term, weave(term).sounds)
    return units.written(0, len(units.firsts))


def _is_pinyin(place: Place, written: list[str], breaks: set[int]) -> bool:
    """The syllables stand as somebody writes them who means them, not inside other words."""
    if (written[0] + written[-1]).isascii() and len(written) == _PAIR:
        # Two syllables in a row of others are more often a name than a term.
        near = place.folded[max(place.start - 2, 0) : place.start + 1]
        after = place.folded[place.end - 1 : place.end + 2]
        if _ROW.search(near) or _ROW.search(after):
            return False
    touches = written[0].isascii() or written[-1].isascii()
    if touches and not place.is_apart(from_digits=False):
        return False
    return place.is_spelled_out(breaks)
