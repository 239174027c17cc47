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
from collections.abc import Iterator
from itertools import compress
from operator import ne

from guiju.modules.inspection import _boundary
from guiju.modules.inspection._boundary import Budget
from guiju.modules.inspection._codes import (
    PAIR,
    CodeIndex,
    Units,
    read,
    syllable_ends,
    units_of,
)
from guiju.modules.inspection._lexicon import Lexicon, woven
from guiju.modules.inspection._places import Echo, Place
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection._tables import SPELLED, codes_of_pair, tokens_of, weave
from guiju.modules.inspection.types import Way

_ALONE = re.compile(r"\b[㐀-鿿]{2}\b")
# The same in a text with a space before it: what begins with a sign `re` looks for at signs alone.
_alone = re.compile(r"\W([㐀-鿿]{2})(?!\w)").findall
_LETTER = re.compile("[a-z]")
_ROW = re.compile("[a-z] [a-z]")
_SET_OFF = re.compile(" [㐀-鿿]")


class EchoIndex:
    """All terms of a lexicon by sound and by shape."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._texts = lexicon.texts
        self._least = lexicon.least_by_chance
        threads = woven(lexicon.texts)
        fit = [
            number
            for number, text in enumerate(lexicon.texts)
            if not text.isascii() and number not in lexicon.signed
        ]
        self._sounds = CodeIndex(read(threads, fit))
        long = [number for number in fit if len(lexicon.texts[number]) >= self._least]
        self._shapes = CodeIndex([(threads.shapes[number], number) for number in long])
        del threads
        self._sounds.unpack()
        self._shapes.unpack()
        self._by_sounds, self._by_shapes = self._sounds.find, self._shapes.find
        self._pairs = self._sounds.pairs if self._least <= PAIR else {}

    def find(self, streams: Streams, budget: Budget) -> list[Echo]:
        """Every hit; a pattern written plainly is not one."""
        found: list[Echo] = []
        if streams.has_latin:
            found += self._spelled(streams, budget)
        else:
            reports = self._by_sounds(streams.sounds)
            if reports:
                found += self._by_sound(streams, reports, budget)
        reports = self._by_shapes(streams.shapes)
        if reports:
            found += self._by_shape(streams, reports, budget)
        if self._pairs:
            # In a text without signs nothing but the whole of it is alone.
            text = streams.text
            size = len(text)
            if len(streams.stripped) < size or size == PAIR:
                pairs = _alone(f" {text}")
                if pairs:
                    found += self._alone(streams, pairs, budget)
        return found

    def _by_sound(
        self, streams: Streams, reports: list[tuple[int, int, int]], budget: Budget
    ) -> list[Echo]:
        """In a text without syllables in Latin letters, so that its units are its characters."""
        stripped, texts = streams.stripped, self._texts
        firsts, shared = self._sounds.firsts, self._sounds.shared
        found: list[Echo] = []
        least = self._least
        for start, end, entry in reports:
            if end - start < least:
                continue
            written = stripped[start:end]
            for number in shared.get(entry) or (firsts[entry],):
                term = texts[number]
                if term == written:
                    continue
                wanted = term if len(term) == end - start else units_of(term)
                if len(wanted) != end - start:
                    budget.take_hit()
                    continue
                other = [*compress(range(start, end), map(ne, written, wanted))]
                if other and budget.take_hit() and 2 * len(other) <= end - start:
                    place = _altered(streams, start, end, other, budget)
                    if place is not None:
                        found.append(Echo(number, place, Way.HOMOPHONE, True))
            if budget.is_spent:
                break
        return found

    def _spelled(self, streams: Streams, budget: Budget) -> Iterator[Echo]:
        """In a text with Latin letters, which may be syllables."""
        stripped, texts = streams.stripped, self._texts
        tokens = tokens_of(streams.sounds)
        pieces: list[str] = []
        syllables: list[int] = []
        unit = 0
        for token in tokens:
            code = SPELLED.get(token)
            if code is None:
                pieces.append(token)
                unit += len(token)
            else:
                pieces.append(code)
                syllables.append(unit)
                unit += 1
        sounds = "".join(pieces)
        reports = self._by_sounds(sounds)
        pairs = self._sounds.pairs
        if sounds == streams.sounds:
            # None of the letters is a syllable.
            if reports:
                yield from self._by_sound(streams, reports, budget)
            return
        starts = _paired(syllables, sounds, pairs) if pairs else []
        if not reports and not starts:
            return
        units = Units(stripped, tokens)
        plain: list[tuple[int, int, int]] = []
        for start, end, entry in reports:
            first, last = units.first(start), units.first(end)
            written = stripped[first:last]
            if _LETTER.search(written) is None:
                # Its units are its characters, as everywhere in a text without letters.
                plain.append((first, last, entry))
                continue
            for number in self._sounds.shared.get(entry) or (self._sounds.firsts[entry],):
                if texts[number] == written:
                    continue
                yield from self._sounding(streams, units, number, (start, end), budget)
            if budget.is_spent:
                return
        yield from self._by_sound(streams, plain, budget)
        for start in starts:
            for number in pairs[sounds[start : start + PAIR]]:
                yield from self._sounding(streams, units, number, (start, start + PAIR), budget)
            if budget.is_spent:
                return

    def _sounding(
        self, streams: Streams, units: Units, number: int, span: tuple[int, int], budget: Budget
    ) -> Iterator[Echo]:
        start, end = span
        written = units.written(start, end)
        wanted = units_of(self._texts[number])
        fits = len(wanted) == len(written)
        other = [i for i, unit in enumerate(written) if not fits or unit != wanted[i]]
        if not other or not budget.take_hit():
            return
        place = Place(streams.folded, streams.offsets, units.first(start), units.last(end - 1))
        latin = sum(written[i].isascii() for i in other)
        if latin == len(other):
            breaks = {units.last(i) - place.first for i in range(start, end - 1)}
            if latin == len(written):
                # The letters may be read as other syllables; the term knows its own.
                breaks |= syllable_ends(self._texts[number])
            if _is_pinyin(place, written, breaks):
                yield Echo(number, place, Way.PINYIN, len(written) == PAIR)
        elif latin == 0 and len(written) >= max(PAIR + 1, self._least, 2 * len(other)):
            changed = [streams.offsets[units.first(start + i)] for i in other]
            if place.is_unbroken() and not _boundary.is_ordinary(
                place.folded, place.start, place.end, changed, budget
            ):
                yield Echo(number, place, Way.HOMOPHONE, True)

    def _by_shape(
        self, streams: Streams, reports: list[tuple[int, int, int]], budget: Budget
    ) -> list[Echo]:
        stripped, texts = streams.stripped, self._texts
        firsts, shared = self._shapes.firsts, self._shapes.shared
        found: list[Echo] = []
        for start, end, entry in reports:
            written = stripped[start:end]
            most = (end - start) // 3
            for number in shared.get(entry) or (firsts[entry],):
                term = texts[number]
                # Nearly all have too few in common.
                if term == written or sum(map(ne, written, term)) > most:
                    continue
                if budget.take_hit():
                    other = [*compress(range(start, end), map(ne, written, term))]
                    place = _altered(streams, start, end, other, budget)
                    if place is not None:
                        found.append(Echo(number, place, Way.LOOK_ALIKE, True))
            if budget.is_spent:
                break
        return found

    def _alone(self, streams: Streams, pairs: list[str], budget: Budget) -> Iterator[Echo]:
        """Terms of two characters, one of them changed, with nothing but signs around them."""
        sounding, shaped = self._pairs, self._shapes.pairs
        alike = {
            pair: (sounding.get(sounds, ()), shaped.get(shapes, ()))
            for pair in set(pairs)
            for sounds, shapes in (codes_of_pair(pair),)
            if sounds in sounding or shapes in shaped
        }
        if not alike:
            return
        for match in _ALONE.finditer(streams.text):
            if match[0] not in alike:
                continue
            homophones, look_alikes = alike[match[0]]
            pair = weave(match[0])[0]
            place = Place(streams.folded, range(len(streams.text)), match.start(), match.end() - 1)
            for way, numbers in ((Way.HOMOPHONE, homophones), (Way.LOOK_ALIKE, look_alikes)):
                for number in numbers:
                    text = self._texts[number]
                    # Two codes may be three characters: 几啊晚 is read like 家晚.
                    if len(text) != PAIR or (pair[0] == text[0]) == (pair[1] == text[1]):
                        continue
                    if not budget.take_hit():
                        return
                    start, end = match.span()
                    changed = range(start, end)
                    if not _boundary.is_ordinary(place.folded, start, end, changed, budget):
                        yield Echo(number, place, way, True)


def _paired(syllables: list[int], sounds: str, pairs: dict[str, tuple[int, ...]]) -> list[int]:
    """Which two units that begin here are `pairs` and have one of the `syllables` in Latin letters among them."""
    found: list[int] = []
    before = -1
    for unit in syllables:
        if unit - 1 > before and sounds[unit - 1 : unit + 1] in pairs:
            found.append(unit - 1)
        if sounds[unit : unit + PAIR] in pairs:
            found.append(unit)
        before = unit
    return found


def _altered(
    streams: Streams, start: int, end: int, other: list[int], budget: Budget
) -> Place | None:
    """The place of these characters, unless one of the `other` belongs to an ordinary word."""
    folded, offsets = streams.folded, streams.offsets
    first, last = offsets[start], offsets[end - 1]
    if last - first != end - start - 1 and not Place(folded, offsets, start, end - 1).is_unbroken():
        return None
    changed = map(offsets.__getitem__, other)
    if _boundary.is_ordinary(folded, first, last + 1, changed, budget):
        return None
    return Place(folded, offsets, start, end - 1)


def _is_pinyin(place: Place, written: list[str], breaks: set[int]) -> bool:
    """The syllables stand as somebody writes them who means them, not inside other words."""
    if len(written) == PAIR and (written[0] + written[1]).isascii():
        # Two syllables in a row of others are more often a name than a term.
        before = place.folded[max(place.start - 2, 0) : place.start + 1]
        after = place.folded[place.end - 1 : place.end + 2]
        if _ROW.search(before) or _ROW.search(after):
            return False
        # So is what a sentence begins with and sets off by a space.
        opens = place.start == 0 or place.folded[place.start - 1] in "\n.!?"
        if opens and _SET_OFF.match(place.folded, place.end):
            return False
    touches = written[0].isascii() or written[-1].isascii()
    if touches and not place.is_apart(from_digits=False):
        return False
    return place.is_spelled_out(breaks)
