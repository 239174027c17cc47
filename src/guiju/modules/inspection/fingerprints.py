"""Excerpts of registered documents, found by their fingerprints.

Winnowing (Schleimer, Wilkerson, Aiken: Local Algorithms for Document Fingerprinting, SIGMOD 2003)
over the folded text without signs: of every eight neighbouring shingles of ten characters the one
with the least hash is kept. A text that is looked at is compared with all of its shingles, so that
an edit costs the shingles that contain it and no others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guiju.modules.inspection._fold import fold, kept_offsets, strip

SHINGLE = 10
WINDOW = 8
# Fewer prints in common, or prints of fewer characters, are a turn of phrase or a date.
_LEAST_SHARED = 2
_LEAST_LENGTH = 14
# Farther apart, in characters without signs, prints belong to two excerpts.
_REACH = 80

# A polynomial modulo a Mersenne prime, then a multiplication that spreads it over 64 bits.
_PRIME = (1 << 61) - 1
_RADIX = 0x1F351F4D7C8B2A63 % _PRIME
_LAST = pow(_RADIX, SHINGLE - 1, _PRIME)
_SPREAD = 0x9E3779B97F4A7C15
_MASK = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Match:
    """An excerpt: `text[start:end]` in code points, and how many prints it shares."""

    document: str
    start: int
    end: int
    shared: int


def fingerprints(text: str) -> tuple[int, ...]:
    """The prints to keep of a document, ascending: positive, below 2^63, the same everywhere.

    A text of fewer than ten letters and digits has none. About one print for 4.5 characters.
    """
    hashes = list(_hashes(strip(text)))
    if len(hashes) <= WINDOW:
        return tuple(sorted({min(hashes)})) if hashes else ()
    ends = range(WINDOW, len(hashes) + 1)
    return tuple(sorted({min(hashes[end - WINDOW : end]) for end in ends}))


def _hashes(stripped: str) -> Iterator[int]:
    """The hash of every shingle."""
    codes = [ord(char) + 1 for char in stripped]
    value = 0
    for place, code in enumerate(codes):
        if place >= SHINGLE:
            value -= codes[place - SHINGLE] * _LAST
        value = (value * _RADIX + code) % _PRIME
        if place >= SHINGLE - 1:
            yield (value * _SPREAD >> 3) & _MASK


class Fingerprints:
    """The prints of registered documents. Not safe to change while another thread asks."""

    def __init__(self) -> None:
        self._documents: dict[int, tuple[str, ...]] = {}

    def add(self, document: str, prints: Iterable[int]) -> None:
        """Registers a document under its id; prints that it has already stay."""
        for each in prints:
            known = self._documents.get(each, ())
            if document not in known:
                self._documents[each] = (*known, document)

    def discard(self, document: str) -> None:
        """Forgets a document, if it is there."""
        for each, known in [(e, k) for e, k in self._documents.items() if document in k]:
            left = tuple(other for other in known if other != document)
            if left:
                self._documents[each] = left
            else:
                del self._documents[each]

    def find(self, text: str) -> tuple[Match, ...]:
        """The excerpts of registered documents in a text, in its order."""
        stripped = strip(text)
        places: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, value in enumerate(_hashes(stripped)):
            for document in self._documents.get(value, ()):
                places[document].append((place, value))
        if not places:
            return ()
        offsets = kept_offsets(fold(text))
        found = [
            Match(document, offsets[first], offsets[last + SHINGLE - 1] + 1, shared)
            for document, seen in places.items()
            for first, last, shared in _runs(seen)
        ]
        return tuple(sorted(found, key=lambda match: (match.start, match.end, match.document)))


def _runs(seen: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """First and last place, and the number of different prints, of places that are near each other."""
    run: list[tuple[int, int]] = []
    for each in seen:
        if run and each[0] - run[-1][0] > _REACH:
            yield from _run(run)
            run = []
        run.append(each)
    yield from _run(run)


def _run(run: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    shared = len({value for _, value in run})
    if shared >= _LEAST_SHARED and run[-1][0] - run[0][0] + SHINGLE >= _LEAST_LENGTH:
        yield run[0][0], run[-1][0], shared
