"""Terms of Chinese characters with letters, figures, foreign characters or bracketed words put in between.

What stands between the characters is left out, once as it is and once with what stands in brackets, and the rest
is searched. Ordinary writing has letters and brackets too, so such a hit is only held.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from guiju.modules.inspection._boundary import Budget, is_meant
from guiju.modules.inspection._fold import NOISE
from guiju.modules.inspection._glances import LONG
from guiju.modules.inspection._lexicon import MIN_TERM, Lexicon
from guiju.modules.inspection._places import MAX_GAP, Echo, Place, windows
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection.types import Way

_HAN = "㐀-鿿"
# What may stand between two characters of a term, and between all of them.
_FEW = 2
_MANY = 4
# From so many characters on a single place that is filled makes a disguise; below, every place has to be.
_LONG = 4
# The characters beside what is put in.
_FEW_BETWEEN = re.compile(f"[{_HAN}][^{_HAN}]{{1,{_MANY}}}(?=[{_HAN}])")
_beside_few = re.compile(f"([{_HAN}])[^{_HAN}]{{1,{_MANY}}}(?=([{_HAN}]))").findall
# Markup says nothing, nor does the name of a picture or a word of two characters; longer words in brackets may be meant.
_MARKUP = r"<[a-z/!][^<>\n]{0,60}>|\[/?[a-z=#0-9]{1,12}\]"
_INNER = r"[^][(){}<>【】\n]"
_BRACKETED = re.compile(rf"{_MARKUP}|[\[【({{<]{_INNER}{{1,6}}[\]】)}}>]")
_INSERTED = re.compile(f"(?<=[{_HAN}])(?:{_BRACKETED.pattern})")
_SHORT_INNER = 2
_PLACES, _SPREAD = 1 << 21, 2053
_OTHER = re.compile(f"[^{_HAN}]+")
_NAMED = "[【<"
_CONTEXT = 12
_SINGLE = re.compile(f"(?<![0-9a-z])[0-9a-z](?=[{_HAN}])|(?<=[{_HAN}])[0-9a-z](?![0-9a-z])")
# How far two characters of a term may be from one another: with others between them, or two in brackets and noise.
_FARTHEST, _FARTHEST_IN_BRACKETS = 1 + _MANY, 1 + _MANY + MAX_GAP + _FEW * 64


class FillerIndex:
    """The terms of a lexicon that are all Chinese characters."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._least = lexicon.least_by_chance
        # Whether two characters stand side by side in any term, or in a few that share their place here: real texts have
        # a sign between characters in every other message, and hardly ever between such two.
        self._meet = meet = bytearray(_PLACES)
        for text in lexicon.texts:
            codes = [*map(ord, text)]
            for left, right in pairwise(codes):
                meet[(left * _SPREAD ^ right) % _PLACES] = 1

    def _may_be_filled(self, beside: Sequence[tuple[str, str]]) -> bool:
        meet = self._meet
        for left, right in beside:  # noqa: SIM110  # a generator would cost as much as the search for the pairs
            if meet[(ord(left) * _SPREAD ^ ord(right)) % _PLACES]:
                return True
        return False

    def find(self, streams: Streams, budget: Budget) -> list[Echo]:
        """Every hit with something between its characters that is no noise."""
        stripped = streams.stripped
        found: list[Echo] = []
        middle = len(stripped) // 2
        # Put in everywhere, it stands at every other place of the middle too, and is a third of the text.
        if middle > 1 and (
            stripped[middle] == stripped[middle - 2]
            or stripped[middle - 1] == stripped[middle + 1 : middle + 2]
        ):
            for char in stripped[middle - 1 : middle + 1]:
                if stripped.count(char) * 3 >= len(stripped):
                    found += self._interwoven(streams, char, budget)
        if not streams.is_han:
            if len(stripped) >= LONG:
                runs = [(run.start() + 1, run.end()) for run in _FEW_BETWEEN.finditer(stripped)]
                spots = self._spots(stripped, runs, _MANY)
                if spots:
                    found += self._found(streams, stripped, None, (spots, _FARTHEST), budget)
            else:
                beside = _beside_few(stripped)
                if beside and self._may_be_filled(beside):
                    found += self._found(streams, stripped, None, None, budget)
        if len(stripped) == len(streams.text):
            return found
        folded = streams.folded
        # Five looks for one sign take a third of the time of one for any of five.
        if (
            "(" in folded or "[" in folded or "<" in folded or "【" in folded or "{" in folded
        ) and _INSERTED.search(folded) is not None:  # fmt: skip
            blank = _BRACKETED.sub(lambda match: " " * len(match[0]), folded)
            # What has no brackets was found in the stripped text.
            spots = self._spots(blank, _around_brackets(folded, blank), len(blank))
            if spots:
                found += self._found(
                    streams, blank, range(len(folded)), (spots, _FARTHEST_IN_BRACKETS), budget
                )
        return found

    def _interwoven(self, streams: Streams, char: str, budget: Budget) -> Iterator[Echo]:
        """Terms with one and the same character between all of theirs, and so all around them."""
        stripped, lexicon = streams.stripped, self._lexicon
        reports = lexicon.find(stripped.replace(char, ""))
        if not reports:
            return
        kept = [place for place, other in enumerate(stripped) if other != char]
        for _, end, reported in reports:
            for number in lexicon.chain(reported):
                if number >= len(lexicon.texts) or number in lexicon.signed:
                    continue
                size = len(lexicon.texts[number])
                places = kept[end - size : end]
                around = stripped[places[0] - 1 : places[0]] + stripped[places[-1] + 1 :][:1]
                if {*around} != {char} or {right - left for left, right in pairwise(places)} != {2}:
                    continue
                if not budget.take_hit():
                    return
                place = Place(streams.folded, streams.offsets, places[0], places[-1])
                yield Echo(number, place, Way.PARTED, True)

    def _spots(self, source: str, runs: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
        """Which of these runs has up to `most` others between two characters that are side by side in a term."""
        meet = self._meet
        last = len(source) - 1
        return [
            (start, end)
            for start, end in runs
            if start > 0
            and end <= last
            and end - start <= most
            and meet[(ord(source[start - 1]) * _SPREAD ^ ord(source[end])) % _PLACES]
        ]

    def _found(
        self, streams: Streams, source: str, offsets: Sequence[int] | None,
        around: tuple[list[tuple[int, int]], int] | None, budget: Budget,
    ) -> Iterator[Echo]:  # fmt: skip
        """`offsets` are the places of `source` in the text; None for those of the stripped text. `around` are spots
        of which a term must have one, and how far two of its characters may be from one another; None for no matter.
        """
        parts = [(0, len(source))]
        if around is not None:
            spots, apart = around
            reach = apart * self._lexicon.longest
            parts = windows([(start - reach, end + reach) for start, end in spots], len(source))
        for first, last in parts:
            yield from self._found_in(streams, source[first:last], first, offsets, budget)
            if budget.is_spent:
                return

    def _found_in(
        self, streams: Streams, source: str, begin: int, offsets: Sequence[int] | None, budget: Budget
    ) -> Iterator[Echo]:  # fmt: skip
        lexicon = self._lexicon
        reports = lexicon.find(_OTHER.sub("", source))
        if not reports:
            return
        kept = _places_of_han(source)
        texts = lexicon.texts
        places: list[int] | None = None
        for start, end, reported in reports:
            if kept[end - 1] - kept[start] == end - start - 1:
                continue
            for number in lexicon.chain(reported):
                if number >= len(texts) or number in lexicon.signed:
                    continue
                size = len(texts[number])
                first = end - size
                if size < self._least or kept[end - 1] - kept[first] == size - 1:
                    continue
                if not budget.take_hit():
                    return
                if places is None:
                    known = streams.offsets if offsets is None else offsets
                    places = [known[begin + place] for place in kept]
                place = Place(streams.folded, places, first, end - 1)
                if _is_filled(place) or (size == MIN_TERM and _is_split(place, budget)):
                    yield Echo(number, place, Way.PARTED, True)


def _around_brackets(folded: str, blank: str) -> list[tuple[int, int]]:
    """Where what is no Chinese character begins and ends around brackets, once what stands in these is left out."""
    found: list[tuple[int, int]] = []
    reach = 0
    for group in _BRACKETED.finditer(folded):
        start = group.start()
        if start < reach:
            continue
        while start > reach and not _is_han(blank[start - 1]):
            start -= 1
        rest = _OTHER.match(blank, start)
        assert rest is not None, "brackets were made blank"
        reach = rest.end()
        found.append((start, reach))
    return found


def _is_han(char: str) -> bool:
    return _HAN[0] <= char <= _HAN[-1]


def _places_of_han(source: str) -> list[int]:
    kept: list[int] = []
    done = 0
    for other in _OTHER.finditer(source):
        kept.extend(range(done, other.start()))
        done = other.end()
    kept.extend(range(done, len(source)))
    return kept


def _is_filled(place: Place) -> bool:
    """Something was put in, not merely written: into every gap, or little into some gaps of a long term."""
    filled, is_much = 0, False
    gaps = place.inner_gaps()
    for gap in gaps:
        groups = _BRACKETED.findall(gap)
        rest = _BRACKETED.sub("", gap) if groups else gap
        letters = sum(char not in NOISE for char in rest)
        if letters > _MANY or len(rest) - letters > MAX_GAP or len(groups) > _FEW:
            return False
        filled += bool(groups) or letters > 0
        is_much = is_much or letters > _FEW or any(map(_is_word, groups))
    if filled == len(gaps):
        return len(gaps) > 1 or (not is_much and place.is_alone())
    return filled > 0 and not is_much and len(gaps) + 1 >= _LONG


def _is_split(place: Place, budget: Budget) -> bool:
    """A single letter between two characters that are read as a word without it."""
    folded, start, end = place.folded, place.start, place.end
    inside = folded[start + 1 : end - 1]
    around = folded[max(0, start - 1) : start] + folded[end : end + 1]
    # Figures count things: they have to stand around it as well.
    is_figure = inside.isdigit() and len(around) == MIN_TERM and around.isdigit()
    if len(inside) != 1 or not inside.isascii() or not (inside.isalpha() or is_figure):
        return False
    before, after = folded[max(0, start - _CONTEXT) : start], folded[end : end + _CONTEXT]
    # Whoever puts one in everywhere puts it around as well.
    before, after = _SINGLE.sub("", before), _SINGLE.sub("", after)
    joined = before + folded[start] + folded[end - 1] + after
    first = len(before)
    return is_meant(joined, first, first + MIN_TERM, budget.apart())


def _is_word(group: str) -> bool:
    return group[0] not in _NAMED and len(group) > _SHORT_INNER + 2
