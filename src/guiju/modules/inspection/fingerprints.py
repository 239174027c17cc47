"""Excerpts of registered documents, found by their fingerprints.

Winnowing (Schleimer, Wilkerson, Aiken: Local Algorithms for Document Fingerprinting, SIGMOD 2003)
over the folded text without signs: of every eight neighbouring shingles of ten characters the one
with the least print is kept. A text that is looked at is compared with all of its shingles, so that
an edit costs the shingles that contain it and no others.

A print is 31 bits of BLAKE2b over 32 bits of a linear hash, the gate. The gates of all shingles of
a text come out of one multiplication of long integers, and nearly every text that is no excerpt
ends there; BLAKE2b is asked only about shingles whose gate is known.
"""

import hashlib
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from struct import Struct

from guiju.modules.inspection._fold import fold, kept_offsets, strip

SHINGLE = 10
WINDOW = 8
SHORTEST = 24
"""A text of fewer letters and digits is not looked at: what it repeats is a turn of phrase."""
# Fewer prints in common, or prints of fewer characters, are a turn of phrase or a date.
_LEAST_SHARED = 2
_LEAST_LENGTH = 14
# Farther apart, in characters without signs, prints belong to two excerpts.
_REACH = 80

# Every character has a lane of 32 bits. Twelve of its bits times coefficients of less than 2^20
# together stay below 2^32, so no lane ever carries into the next one.
_LANE = 4
_COEFFICIENTS = (99991, 61027, 104729, 87433, 74567, 102061, 65537, 93581, 79999, 101287)
_GATE = sum(each << (8 * _LANE * (SHINGLE - 1 - place)) for place, each in enumerate(_COEFFICIENTS))
_BLOCK = 1024
_TWELVE_BITS = int.from_bytes(b"\xff\x0f\0\0" * _BLOCK, "little")
# By the number of lanes: a format that is read for each text costs more than the reading.
_UNPACK = [Struct(f"<{count}I").unpack_from for count in range(_BLOCK - SHINGLE + 2)]
_LOW = (1 << 32) - 1
# Beside a print, in one integer, while an index is sorted.
_NUMBER = 32


@dataclass(frozen=True, slots=True)
class Match:
    """An excerpt: `text[start:end]` in code points, and how many prints it shares."""

    document: str
    start: int
    end: int
    shared: int


def fingerprints(text: str) -> tuple[int, ...]:
    """The prints to keep of a document, ascending: positive, below 2^63, the same everywhere.

    A text of fewer than ten letters and digits has none. About one print for 4.5 characters; takes
    about 5 µs a character.
    """
    stripped = strip(text)
    prints = [
        _print(stripped, place, gate)
        for first, gates in _blocks(stripped)
        for place, gate in enumerate(gates, first)
    ]
    if len(prints) <= WINDOW:
        return tuple(sorted({min(prints)})) if prints else ()
    ends = range(WINDOW, len(prints) + 1)
    return tuple(sorted({min(prints[end - WINDOW : end]) for end in ends}))


def _blocks(stripped: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The gates of all shingles of any text: the place of the first, and the gates from there on."""
    for first in range(0, len(stripped) - SHINGLE + 1, _BLOCK - SHINGLE + 1):
        yield first, _gates(stripped[first : first + _BLOCK])


def _gates(block: str) -> tuple[int, ...]:
    """The gates of the shingles of at least `SHINGLE` and at most `_BLOCK` characters."""
    length = len(block)
    lanes = int.from_bytes(block.encode("utf-32-le", "surrogatepass"), "little") & _TWELVE_BITS
    spread = (lanes * _GATE).to_bytes(_LANE * (length + SHINGLE), "little")
    return _UNPACK[length - SHINGLE + 1](spread, _LANE * (SHINGLE - 1))


def _print(stripped: str, place: int, gate: int) -> int:
    shingle = stripped[place : place + SHINGLE].encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(shingle, digest_size=4).digest()
    return int.from_bytes(digest, "big") >> 1 << 32 | gate


class Fingerprints:
    """The prints of registered documents, by the ids of these. Immutable; safe from any thread.

    Takes about 90 bytes a print.
    """

    __slots__ = ("_documents", "_gates", "_names", "_prints")

    def __init__(self, documents: Mapping[str, Iterable[int]]) -> None:
        self._names = tuple(documents)
        both = sorted(
            each << _NUMBER | number
            for number, prints in enumerate(documents.values())
            for each in set(prints)
        )
        self._prints = array("Q", (each >> _NUMBER for each in both))
        self._documents = array("I", (each & _LOW for each in both))
        self._gates = frozenset(each & _LOW for each in self._prints)

    def __len__(self) -> int:
        """How many prints there are; one that two documents share counts twice."""
        return len(self._prints)

    def find(self, text: str) -> tuple[Match, ...]:
        """The excerpts of registered documents in a text, in its order."""
        return self.find_stripped(text, strip(text))

    def find_stripped(self, text: str, stripped: str) -> tuple[Match, ...]:
        """Like `find`, where the caller has `strip(text)` already."""
        length = len(stripped)
        if length < SHORTEST or (length <= _BLOCK and self._gates.isdisjoint(_gates(stripped))):
            return ()
        known = self._gates
        places: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for first, gates in _blocks(stripped):
            if known.isdisjoint(gates):
                continue
            for place, gate in enumerate(gates, first):
                if gate in known:
                    value = _print(stripped, place, gate)
                    for document in self._documents_of(value):
                        places[document].append((place, value))
        if not places:
            return ()
        offsets = kept_offsets(fold(text))
        found = [
            Match(self._names[document], offsets[begin], offsets[last + SHINGLE - 1] + 1, shared)
            for document, seen in places.items()
            for begin, last, shared in _runs(seen)
        ]
        return tuple(sorted(found, key=lambda match: (match.start, match.end, match.document)))

    def _documents_of(self, value: int) -> Iterator[int]:
        prints = self._prints
        at = bisect_left(prints, value)
        while at < len(prints) and prints[at] == value:
            yield self._documents[at]
            at += 1


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
