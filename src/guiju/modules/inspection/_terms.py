"""Finding terms, however they are written: one lexicon, and a way of finding for each disguise.

Terms and text are folded by the same table and lose their noise, so disguise by spaces, signs,
emoji or invisible characters needs no work of its own. Every other disguise has a stream of its own
that is searched with an automaton; maps back to the original are made only where something hit.
What stands for a term by chance as well (homophones, look-alikes, initials, reversed writing, two
syllables in Latin letters) is *doubtful*: it never does more than hold a text for a reviewer.
"""

import ctypes
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, pairwise
from operator import ne
from typing import NamedTuple

from guiju.modules.inspection import _boundary
from guiju.modules.inspection._boundary import Budget
from guiju.modules.inspection._echoes import EchoIndex
from guiju.modules.inspection._fillers import FillerIndex
from guiju.modules.inspection._garbage import Uncollected
from guiju.modules.inspection._gate import BACKWARDS, EVERY, PARTED, WRITTEN, Gate
from guiju.modules.inspection._glances import LONG
from guiju.modules.inspection._holes import HoleIndex
from guiju.modules.inspection._latin import LatinIndex
from guiju.modules.inspection._lexicon import MIN_TERM, Lexicon, signs_of
from guiju.modules.inspection._parts import PartIndex
from guiju.modules.inspection._places import Echo, Place, windows
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection._written import find_written
from guiju.modules.inspection.types import Way

# Two doubled characters in a row, or one three times; of Latin letters one may be enough.
_repeated = re.compile(r"(.)\1(?:\1|(.)\2)").search
_REPEATED_LETTER = re.compile(r"([a-z])\1")
_RUN = re.compile(r"(.)\1*")


class TermHit(NamedTuple):
    """A term in the folded text, by the rule that it belongs to."""

    start: int
    end: int
    rule: int
    word: str
    way: Way = Way.PLAIN
    is_doubtful: bool = False


class Terms(NamedTuple):
    """The terms in a text. `is_cut`: it has more places that could be terms than are looked at."""

    hits: list[TermHit]
    is_cut: bool = False


_NOTHING = Terms([])


class TermIndex:
    """All terms of a rule set, compiled."""

    def __init__(self, terms: Iterable[tuple[int, str]]) -> None:
        """`terms` are (rule, term) pairs. Raises `BadTermError`, `TooManyTermsError`."""
        # What is made here stays: to look through it for garbage over and over takes a sixth of the time.
        with Uncollected():
            self._lexicon = Lexicon(terms)
            self._echoes = EchoIndex(self._lexicon)
            self._latin = LatinIndex(self._lexicon)
            self._parts = PartIndex(self._lexicon)
            self._holes = HoleIndex(self._lexicon)
            self._fillers = FillerIndex(self._lexicon)
            # Of a large one it would take as much memory as the terms themselves.
            is_large = self._lexicon.is_large
            self._gate = None if is_large else Gate(self._lexicon, self._parts.take_parts())
        self._find = self._lexicon.find
        _boundary.warm()
        _give_back()

    def find(self, streams: Streams) -> Terms:
        """Every term in the text. Terms inside a longer one of the same rule are left out."""
        lexicon = self._lexicon
        if not lexicon.texts:
            return _NOTHING
        budget = Budget()
        stripped = streams.stripped
        told = EVERY & ~BACKWARDS if self._gate is None else self._gate.look(stripped)
        reports = self._find(stripped) if told & WRITTEN else []
        backwards = self._find(stripped[::-1]) if told & BACKWARDS else ()
        hits = self._written(streams, reports, budget) if reports else []
        echoes = [] if budget.is_spent else self._disguised(streams, backwards, told, budget)
        if not hits and not echoes and not budget.is_spent:
            return _NOTHING
        if budget.is_spent:
            hits += self._written(streams, _firsts(reports), Budget())
        for number, place, way, is_doubtful in echoes:
            start, end = place.start, place.end
            for rule, word in lexicon.owners(number):
                if number not in lexicon.marked or signs_of(word) is None:
                    hits.append(TermHit(start, end, rule, word, way, is_doubtful))
        found = _outermost(hits) if len(hits) > 1 else hits
        return Terms(found, budget.is_spent)

    def crosses(self, before: str, after: str) -> bool:
        """Whether a term as it is written begins in `before` and ends in `after`, both stripped."""
        reports = self._lexicon.find(before + after) if self._lexicon.texts else []
        if not reports:
            return False
        joint = len(before)
        return any(
            start < joint < end and number < len(self._lexicon.texts)
            for start, end, number in reports
        )

    def _written(
        self, streams: Streams, reports: list[tuple[int, int, int]], budget: Budget
    ) -> list[TermHit]:
        found = find_written(self._lexicon, streams.folded, streams.offsets, reports, budget)
        return [
            TermHit(start, end, rule, word, Way.PARTED if end - start > len(word) else Way.PLAIN)
            for start, end, rule, word in found
        ]

    def _disguised(
        self, streams: Streams, backwards: Sequence[tuple[int, int, int]], told: int, budget: Budget
    ) -> list[Echo]:
        """`backwards` are the reports of the text read from its end."""
        stripped, has_latin = streams.stripped, streams.has_latin
        echoes = self._echoes.find(streams, budget)
        if told & PARTED or streams.is_odd:
            self._parts.find(streams, budget, echoes)
        if streams.is_odd:
            echoes += self._holes.find(streams, budget)
        echoes += self._fillers.find(streams, budget)
        if backwards:
            echoes += self._reversed(streams, backwards, budget)
        if _repeated(stripped) is not None or (
            has_latin and _REPEATED_LETTER.search(stripped) is not None
        ):
            echoes += self._repeated(streams, budget)
        if has_latin:
            echoes += self._latin.find(streams, budget)
        return echoes

    def _reversed(
        self, streams: Streams, reports: Sequence[tuple[int, int, int]], budget: Budget
    ) -> Iterator[Echo]:
        texts, folded = self._lexicon.texts, streams.folded
        size = len(streams.stripped)
        is_bare = size == len(streams.text)
        for start, end, number in reports:
            # In ordinary talk these are many, so the cheapest is asked first: a pair has to be alone, and
            # in a text without signs nothing but the whole of it is.
            is_pair = end - start == MIN_TERM
            if number >= len(texts) or (is_pair and is_bare and size > MIN_TERM):
                continue
            offsets = streams.offsets
            first = offsets[size - end]
            if is_pair and first and folded[first - 1].isalnum():
                continue
            text = texts[number]
            place = Place(folded, offsets, size - end, size - start - 1)
            if text == text[::-1] or (is_pair and not place.is_alone()):
                continue
            if not budget.take_hit():
                return
            if text.isascii():
                meant = place.is_apart(from_digits=True) and place.is_spelled_out()
            else:
                changed = range(place.start, place.end)
                meant = place.is_unbroken() and (
                    len(text) > MIN_TERM
                    or not _boundary.is_ordinary(folded, place.start, place.end, changed, budget)
                )
            if meant:
                yield Echo(number, place, Way.REVERSED, True)

    def _repeated(self, streams: Streams, budget: Budget) -> Iterator[Echo]:
        stripped = streams.stripped
        size = len(stripped)
        parts = [(0, size)]
        if size >= LONG:
            # Every character of a run but its first, and what may belong to a term with it.
            reach, chars = self._lexicon.longest, self._lexicon.chars
            parts = windows(
                [
                    (place - reach, place + reach)
                    for place in _doubled(stripped)
                    if stripped[place] in chars
                ],
                size,
            )
        for first, last in parts:
            yield from self._repeated_in(streams, first, last, budget)

    def _repeated_in(
        self, streams: Streams, first: int, last: int, budget: Budget
    ) -> Iterator[Echo]:
        stripped = streams.stripped
        starts = [
            first,
            *compress(
                range(first + 1, last), map(ne, stripped[first:last], stripped[first + 1 : last])
            ),
        ]
        reports = self._lexicon.find("".join(map(stripped.__getitem__, starts)))
        if not reports:
            return
        runs = [*pairwise([*starts, last])]
        texts, squeezed = self._lexicon.texts, self._lexicon.squeezed
        for start, end, number in reports:
            pattern = squeezed[number - len(texts)] if number >= len(texts) else number
            if not budget.take_hit():
                return
            if runs[end - 1][1] - runs[start][0] == end - start:
                continue
            lengths = [after - before for before, after in runs[start:end]]
            if _is_repeated(texts[pattern], lengths):
                place = Place(streams.folded, streams.offsets, runs[start][0], runs[end - 1][1] - 1)
                if not texts[pattern].isascii() or (
                    place.is_apart(from_digits=False) and place.is_spelled_out()
                ):
                    yield Echo(pattern, place, Way.REPEATED, False)


def _doubled(text: str) -> list[int]:
    """The places of the characters that are the same as the one before."""
    found: list[int] = []
    before = -1
    for place in range(len(text)):
        code = ord(text[place])
        if code == before:
            found.append(place)
        before = code
    return found


def _firsts(reports: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The first place of each term: cheap enough to be looked at where the others are too many."""
    firsts: dict[int, tuple[int, int, int]] = {}
    for report in reports:
        firsts.setdefault(report[2], report)
    return [*firsts.values()]


def _give_back() -> None:
    """Lets the system have the memory that building took: glibc would keep tens of megabytes."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _is_repeated(term: str, lengths: list[int]) -> bool:
    """Somebody repeats on purpose: all characters, or one three times, or a letter of a Latin word."""
    own = [len(match[0]) for match in _RUN.finditer(term)]
    extra = [length - needed for length, needed in zip(lengths, own, strict=True)]
    if min(extra) < 0 or max(extra) == 0:
        return False
    return min(extra) > 0 or max(extra) > 1 or (term.isascii() and len(term) > 3)


def _outermost(hits: Iterable[TermHit]) -> list[TermHit]:
    """Leaves out hits that lie inside another of the same rule, unless they are certain and it is not."""
    kept: list[TermHit] = []
    reach: dict[tuple[int, bool], int] = {}
    for hit in sorted(
        hits, key=lambda hit: (hit.start, -hit.end, hit.is_doubtful, hit.rule, hit.word)
    ):
        covered = reach.get((hit.rule, False), 0)
        if hit.is_doubtful:
            covered = max(covered, reach.get((hit.rule, True), 0))
        if covered < hit.end:
            reach[hit.rule, hit.is_doubtful] = max(
                hit.end, reach.get((hit.rule, hit.is_doubtful), 0)
            )
            kept.append(hit)
    return kept
