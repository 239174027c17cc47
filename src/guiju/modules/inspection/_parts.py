"""Terms whose characters are taken apart: 歹匕 for 死, 木仓 for 枪.

An automaton knows what the characters of the terms fall into. Where it hits, the parts are put
together, the longest first, and the text is searched again.
"""

import re
from collections.abc import Iterable, Sequence

import daachorse

from guiju.modules.inspection._boundary import Budget
from guiju.modules.inspection._fold import NOISE
from guiju.modules.inspection._lexicon import Finder, Lexicon, finder_of
from guiju.modules.inspection._places import Echo, Place
from guiju.modules.inspection._streams import STROKES, Streams
from guiju.modules.inspection._tables import decompositions
from guiju.modules.inspection.types import Way

_STROKE = re.compile(f"[{STROKES}]")


class PartIndex:
    """What the characters of a lexicon fall into."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        whole: dict[str, str] = {}
        unsigned = (t for n, t in enumerate(lexicon.texts) if n not in lexicon.signed)
        chars: set[str] = set()
        for text in unsigned:
            chars.update(text)
        for char in sorted(chars):
            for parts in decompositions(char):
                whole.setdefault(parts, char)
        self._whole = [*whole.values()]
        self._part = _parting(whole)
        self._parts = [*whole]

    def take_parts(self) -> list[str]:
        """What is looked for; asked once, for then it is given up."""
        parts, self._parts = self._parts, []
        return parts

    def find(self, streams: Streams, budget: Budget, found: list[Echo]) -> None:
        """Adds every term with at least one character in parts."""
        stream = streams.stripped
        offsets: list[int] | None = None
        if (
            streams.is_odd
            and len(stream) < len(streams.text)
            and _STROKE.search(streams.text) is not None
        ):
            folded = streams.folded
            offsets = [
                i for i, char in enumerate(folded) if char not in NOISE or _STROKE.match(char)
            ]
            stream = "".join(folded[i] for i in offsets)
        parted = self._part(stream)
        if not parted:
            return
        composed = _compose(stream, parted, self._whole)
        reports = self._lexicon.find(composed)
        if reports:
            layout = _Layout(parted, len(stream))
            found += self._checked(streams, offsets, layout, reports, budget)

    def _checked(
        self, streams: Streams, offsets: Sequence[int] | None, layout: "_Layout",
        reports: list[tuple[int, int, int]], budget: Budget,
    ) -> list[Echo]:  # fmt: skip
        found: list[Echo] = []
        for _, end, reported in reports:
            for number in self._lexicon.chain(reported):
                if number >= len(self._lexicon.texts):
                    continue
                start = end - len(self._lexicon.texts[number])
                if not layout.is_composed(start, end):
                    continue
                if not budget.take_hit():
                    return found
                places = streams.offsets if offsets is None else offsets
                place = Place(streams.folded, places, layout.firsts[start], layout.lasts[end - 1])
                if place.is_unbroken():
                    found.append(Echo(number, place, Way.SPLIT, False))
        return found


def _parting(parts: Iterable[str]) -> Finder:
    """Finds the parts of characters, the longest first; none in another."""
    patterns = [*parts]
    if not patterns:
        return finder_of(patterns)
    find: Finder = daachorse.CharwiseDoubleArrayAhoCorasick(
        patterns, match_kind=daachorse.MATCH_KIND_LEFTMOST_LONGEST
    ).find
    return find


def _compose(stream: str, parted: list[tuple[int, int, int]], whole: list[str]) -> str:
    """The stream with parts put together."""
    pieces: list[str] = []
    done = 0
    for start, end, index in parted:
        pieces += stream[done:start], whole[index]
        done = end
    pieces.append(stream[done:])
    return "".join(pieces)


class _Layout:
    """Which characters of the stream each character of the composed one stands for."""

    __slots__ = ("_composed", "firsts", "lasts")

    def __init__(self, parted: list[tuple[int, int, int]], size: int) -> None:
        self.firsts: list[int] = []
        self.lasts: list[int] = []
        self._composed: set[int] = set()
        done = 0
        for start, end, _ in parted:
            self.firsts.extend(range(done, start + 1))
            self.lasts.extend((*range(done, start), end - 1))
            self._composed.add(len(self.firsts) - 1)
            done = end
        self.firsts.extend(range(done, size))
        self.lasts.extend(range(done, size))

    def is_composed(self, start: int, end: int) -> bool:
        """One of the characters was put together."""
        return not self._composed.isdisjoint(range(start, end))
