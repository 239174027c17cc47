"""Finding terms, however they are written: one lexicon, and a way of finding for each disguise.

Terms and text are folded by the same table and lose their noise, so disguise by spaces, signs,
emoji or invisible characters needs no work of its own. Every other disguise has a stream of its own
that is searched with an automaton; maps back to the original are made only where something hit.
What stands for a term by chance as well (homophones, look-alikes, initials, reversed writing, two
syllables in Latin letters) is *doubtful*: it never does more than hold a text for a reviewer.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from guiju.modules.inspection import _boundary
from guiju.modules.inspection._boundary import Budget
from guiju.modules.inspection._echoes import Echo, EchoIndex
from guiju.modules.inspection._latin import LatinIndex
from guiju.modules.inspection._lexicon import MIN_TERM, Lexicon, signs_of, squeeze
from guiju.modules.inspection._parts import PartIndex
from guiju.modules.inspection._places import Place
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection._written import find_written
from guiju.modules.inspection.types import Way

_LETTER = re.compile("[a-z]")
# Two doubled characters in a row, one three times, or a doubled letter: else nothing is disguised.
_REPEATED = re.compile(r"(.)\1(?:\1|(.)\2)|([a-z])\3")
_RUN = re.compile(r"(.)\1*")


class TermHit(NamedTuple):
    """A term in the folded text, by the rule that it belongs to.

    `is_overflow` marks the last hit of a text that has more than are looked at.
    """

    start: int
    end: int
    rule: int
    word: str
    way: Way = Way.PLAIN
    is_doubtful: bool = False
    is_overflow: bool = False


class TermIndex:
    """All terms of a rule set, compiled."""

    def __init__(self, terms: Iterable[tuple[int, str]]) -> None:
        """`terms` are (rule, term) pairs. Raises `BadTermError`, `TooManyTermsError`."""
        self._lexicon = Lexicon(terms)
        self._echoes = EchoIndex(self._lexicon)
        self._latin = LatinIndex(self._lexicon)
        self._parts = PartIndex(self._lexicon)
        _boundary.warm()

    def find(self, streams: Streams) -> list[TermHit]:
        """Every term in the text. Terms inside a longer one of the same rule are left out."""
        if not self._lexicon.texts:
            return []
        budget = Budget()
        hits = [
            TermHit(start, end, rule, word, _way(start, end, word))
            for start, end, rule, word in self._written(streams, budget)
        ]
        for echo in self._disguised(streams, budget):
            place = echo.place
            hits.extend(
                TermHit(place.start, place.end, rule, word, echo.way, echo.is_doubtful)
                for rule, word in self._lexicon.owners(echo.number)
                if signs_of(word) is None
            )
        if not hits:
            return hits
        if budget.is_spent:
            hits[-1] = hits[-1]._replace(is_overflow=True)
        return _outermost(hits)

    def _written(self, streams: Streams, budget: Budget) -> Iterator[tuple[int, int, int, str]]:
        reports = self._lexicon.find(streams.stripped)
        if not reports:
            return iter(())
        return find_written(self._lexicon, streams.folded, streams.offsets, reports, budget)

    def _disguised(self, streams: Streams, budget: Budget) -> Iterator[Echo]:
        stripped = streams.stripped
        yield from self._echoes.find(streams, budget)
        yield from self._parts.find(streams, budget)
        backwards = self._lexicon.find(stripped[::-1])
        if backwards:
            yield from self._reversed(streams, backwards, budget)
        if _REPEATED.search(stripped) is not None:
            yield from self._repeated(streams, budget)
        if _LETTER.search(stripped) is not None:
            yield from self._latin.find(streams, budget)

    def _reversed(
        self, streams: Streams, reports: list[tuple[int, int, int]], budget: Budget
    ) -> Iterator[Echo]:
        size = len(streams.stripped)
        for start, end, number in reports:
            if number >= len(self._lexicon.texts):
                continue
            text = self._lexicon.texts[number]
            if text == text[::-1]:
                continue
            place = Place(streams.folded, streams.offsets, size - end, size - start - 1)
            if len(text) == MIN_TERM and not place.is_alone():
                continue
            if not budget.take_hit():
                return
            if text.isascii():
                meant = place.is_apart(from_digits=True) and place.is_spelled_out()
            else:
                changed = range(place.start, place.end)
                meant = place.is_unbroken() and (
                    len(text) > MIN_TERM or not _boundary.is_ordinary(place, changed, budget)
                )
            if meant:
                yield Echo(number, place, Way.REVERSED, True)

    def _repeated(self, streams: Streams, budget: Budget) -> Iterator[Echo]:
        stripped = streams.stripped
        reports = self._lexicon.find(squeeze(stripped))
        if not reports:
            return
        runs = [match.span() for match in _RUN.finditer(stripped)]
        texts, squeezed = self._lexicon.texts, self._lexicon.squeezed
        for start, end, number in reports:
            if not budget.take_hit():
                return
            pattern = squeezed[number - len(texts)] if number >= len(texts) else number
            lengths = [after - before for before, after in runs[start:end]]
            if _is_repeated(texts[pattern], lengths):
                place = Place(streams.folded, streams.offsets, runs[start][0], runs[end - 1][1] - 1)
                if not texts[pattern].isascii() or (
                    place.is_apart(from_digits=False) and place.is_spelled_out()
                ):
                    yield Echo(pattern, place, Way.REPEATED, False)


def _way(start: int, end: int, word: str) -> Way:
    return Way.PARTED if end - start > len(word) else Way.PLAIN


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
        if covered < hit.end or hit.is_overflow:
            reach[hit.rule, hit.is_doubtful] = max(
                hit.end, reach.get((hit.rule, hit.is_doubtful), 0)
            )
            kept.append(hit)
    return kept
