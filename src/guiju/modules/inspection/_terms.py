"""Finding terms: one automaton over the text without noise, then a check of each hit in its place.

Terms and text are folded by the same table and lose their noise, so disguise by spaces, signs,
emoji or invisible characters needs no work of its own. A text without noise is its own second
stream; otherwise the map back to the original is built only when something hit. Signs that a term
itself contains (`机密★`, the dots of a domain) are no noise for that term: they MUST stand where
the term has them.

The automaton reports the longest term that ends at a place; shorter terms that end there too are
known when the rules are compiled. So a hostile text yields at most one report a character.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import daachorse

from guiju.modules.inspection import _boundary
from guiju.modules.inspection._fold import NOISE, fold, is_unicode, kept_offsets, strip
from guiju.modules.inspection.types import BadTermError, TooManyTermsError

MIN_TERM = 2
MAX_TERM = 64
MAX_TERMS = 200_000
# Longer chains of signs part a text; they do not hide a term.
MAX_GAP = 8
# Beyond this many segmentation checks in one text, hits count without one: strict, and bounded.
MAX_CHECKS = 200
_SHORTEST_PARTED_ASCII = 4


class TermHit(NamedTuple):
    """A term in the folded text, by the rule that it belongs to."""

    start: int
    end: int
    rule: int
    word: str


@dataclass(frozen=True, slots=True)
class _Variant:
    """A term as a rule has it. `signs[i]` stands before character i; the last stands after all.
    `breaks` are the gaps, counted from 0, where a phrase has its own spaces.
    """

    rule: int
    word: str
    signs: tuple[str, ...] | None
    breaks: frozenset[int]


@dataclass(slots=True)
class _Pattern:
    text: str
    variants: list[_Variant]
    shorter: "_Pattern | None" = None

    is_unsigned_latin: bool = False


class _Place(NamedTuple):
    """A hit in its surroundings."""

    folded: str
    offsets: Sequence[int]
    first: int
    last: int

    @property
    def start(self) -> int:
        return self.offsets[self.first]

    @property
    def end(self) -> int:
        return self.offsets[self.last] + 1

    def gaps(self) -> list[str]:
        """What stands before, between and after the characters; as long as `_Variant.signs`."""
        inner = [
            self.folded[self.offsets[i] + 1 : self.offsets[i + 1]]
            for i in range(self.first, self.last)
        ]
        before = self.offsets[self.first - 1] + 1 if self.first else 0
        after = (
            self.offsets[self.last + 1] if self.last + 1 < len(self.offsets) else len(self.folded)
        )
        before = max(before, self.start - MAX_GAP)
        after = min(after, self.end + MAX_GAP)
        return [self.folded[before : self.start], *inner, self.folded[self.end : after]]


class _Checks:
    """Counts the segmentation checks of one text."""

    def __init__(self) -> None:
        self.left = MAX_CHECKS

    def is_word(self, folded: str, start: int, end: int) -> bool:
        if self.left == 0:
            return True
        self.left -= 1
        return _boundary.is_word(folded, start, end)


class TermIndex:
    """All terms of a rule set, compiled."""

    def __init__(self, terms: Iterable[tuple[int, str]]) -> None:
        """`terms` are (rule, term) pairs. Raises `BadTermError`, `TooManyTermsError`."""
        self._patterns = _patterns(terms)
        self._automaton = (
            daachorse.CharwiseDoubleArrayAhoCorasick([p.text for p in self._patterns])
            if self._patterns
            else None
        )
        _boundary.warm()

    def find(self, text: str, stripped: str) -> list[TermHit]:
        """Every term in the text, which comes with its stripped stream.

        Terms inside a longer one of the same rule are left out.
        """
        if self._automaton is None:
            return []
        reports = self._automaton.find_overlapping_no_suffix(stripped)
        if not reports:
            return []
        folded = fold(text)
        noisy = len(stripped) != len(folded)
        offsets: Sequence[int] = kept_offsets(folded) if noisy else range(len(folded))
        return _outermost(self._checked(folded, offsets, reports))

    def crosses(self, before: str, after: str) -> bool:
        """Whether a term as it is written begins in `before` and ends in `after`."""
        if self._automaton is None:
            return False
        reports = self._automaton.find_overlapping_no_suffix(strip(before + after))
        if not reports:
            return False
        joint = len(strip(before))
        return any(start < joint < end for start, end, _ in reports)

    def _checked(
        self, folded: str, offsets: Sequence[int], reports: list[tuple[int, int, int]]
    ) -> Iterator[TermHit]:
        checks = _Checks()
        for _, end, number in reports:
            pattern: _Pattern | None = self._patterns[number]
            while pattern is not None:
                place = _Place(folded, offsets, end - len(pattern.text), end - 1)
                yield from _hits(pattern, place, checks)
                pattern = pattern.shorter


def _patterns(terms: Iterable[tuple[int, str]]) -> list[_Pattern]:
    found: dict[str, _Pattern] = {}
    for count, (rule, word) in enumerate(terms):
        if count >= MAX_TERMS:
            raise TooManyTermsError("a rule set holds too many terms", limit=MAX_TERMS)
        folded = fold(word)
        text = strip(word)
        if not MIN_TERM <= len(text) <= MAX_TERM or not is_unicode(word):
            raise BadTermError(
                "a term needs 2 to 64 letters or characters, all valid Unicode",
                term=word[:80].encode("utf-8", "replace").decode(),
                length=len(text),
            )
        pattern = found.setdefault(text, _Pattern(text, []))
        variant = _Variant(rule, word, _signs(folded), _breaks(folded))
        if variant not in pattern.variants:
            pattern.variants.append(variant)
    for pattern in found.values():
        suffixes = (pattern.text[i:] for i in range(1, len(pattern.text) - MIN_TERM + 1))
        pattern.shorter = next((found[s] for s in suffixes if s in found), None)
        pattern.is_unsigned_latin = pattern.text.isascii() and not any(
            variant.signs for variant in pattern.variants
        )
    return list(found.values())


def _signs(folded: str) -> tuple[str, ...] | None:
    """The signs that belong to a term; spaces in it are only for the eye."""
    signs = [""]
    for char in folded:
        if char not in NOISE:
            signs.append("")
        elif not char.isspace():
            signs[-1] += char
    return tuple(signs) if any(signs) else None


def _breaks(folded: str) -> frozenset[int]:
    """Where the spaces of a phrase are: after which of its letters."""
    words = [strip(word) for word in folded.split()]
    return frozenset(place - 1 for place in accumulate(map(len, words)) if place)


def _hits(pattern: _Pattern, place: _Place, checks: _Checks) -> Iterator[TermHit]:
    start, end = place.start, place.end
    if pattern.is_unsigned_latin and not _stands_apart(pattern.text, place.folded, start, end):
        return
    parted = end - start != len(pattern.text)
    gaps = place.gaps() if parted or any(v.signs for v in pattern.variants) else None
    if gaps and any(len(gap) > MAX_GAP for gap in gaps[1:-1]):
        return
    for variant in pattern.variants:
        if variant.signs is not None:
            assert gaps is not None, "gaps are taken whenever a variant has signs"
            span = _signed_span(variant.signs, gaps, start, end)
            if span is not None and _stands_apart(pattern.text, place.folded, *span):
                yield TermHit(*span, variant.rule, variant.word)
            continue
        if pattern.text.isascii():
            meant = _stands_apart(pattern.text, place.folded, start, end) and (
                not parted or gaps is None or _is_spelled_out(gaps[1:-1], variant.breaks)
            )
        else:
            meant = _is_meant(pattern, place, gaps if parted else None, checks)
        if meant:
            yield TermHit(start, end, variant.rule, variant.word)


def _signed_span(
    signs: tuple[str, ...], gaps: list[str], start: int, end: int
) -> tuple[int, int] | None:
    """The place of a term with signs of its own, if the text has them; in the order of the term."""
    for wanted, gap in zip(signs, gaps, strict=True):
        rest = iter(gap)
        if not all(sign in rest for sign in wanted):
            return None
    if signs[0]:
        start -= len(gaps[0]) - gaps[0].rindex(signs[0][0])
    if signs[-1]:
        end += gaps[-1].index(signs[-1][-1]) + 1
    return start, end


def _is_meant(pattern: _Pattern, place: _Place, gaps: list[str] | None, checks: _Checks) -> bool:
    start, end = place.start, place.end
    if len(pattern.text) > MIN_TERM:
        return True
    if gaps is None:
        return checks.is_word(place.folded, start, end)
    return _boundary.is_disguised(place.folded, start, end, gaps[1])


def _stands_apart(term: str, folded: str, start: int, end: int) -> bool:
    """A Latin term is not a part of a longer word (Scunthorpe) or of a longer code or domain."""
    if not term.isascii():
        return True
    coded = not term.isalpha()
    neighbours = folded[start - 1 : start] + folded[end : end + 1]
    return not any(
        char.isascii() and (char.isalpha() or (coded and char.isdigit())) for char in neighbours
    )


def _is_spelled_out(gaps: list[str], breaks: frozenset[int]) -> bool:
    """Signs inside a Latin term hide it; spaces do only when they part every letter."""
    inside = [
        gap
        for place, gap in enumerate(gaps)
        if place not in breaks or not (gap.isspace() or not gap)
    ]
    if all(inside) or not any(inside):
        return True
    return len(gaps) + 1 >= _SHORTEST_PARTED_ASCII and not any(gap.isspace() for gap in inside)


def _outermost(hits: Iterable[TermHit]) -> list[TermHit]:
    """Leaves out hits that lie inside a longer hit of the same rule."""
    kept: list[TermHit] = []
    reach: dict[int, int] = {}
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.rule, hit.word)):
        if reach.get(hit.rule, 0) < hit.end:
            reach[hit.rule] = hit.end
            kept.append(hit)
    return kept
