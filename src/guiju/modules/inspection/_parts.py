"""Terms whose characters are taken apart: 歹匕 for 死, 木仓 for 枪.

An automaton knows what the characters of the terms fall into. Where it hits, the parts are put
together, the longest first, and the text is searched again.
"""

import re
from collections.abc import Iterator, Sequence

import daachorse

from guiju.modules.inspection._boundary import Budget
from guiju.modules.inspection._echoes import Echo
from guiju.modules.inspection._fold import NOISE
from guiju.modules.inspection._lexicon import Lexicon
from guiju.modules.inspection._places import Place
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection._tables import decompositions
from guiju.modules.inspection.types import Way

# Strokes are noise elsewhere, and parts here.
_STROKE = re.compile("[丶丨㇀-㇣]")


class PartIndex:
    """What the characters of a lexicon fall into."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        whole: dict[str, str] = {}
        unsigned = (t for n, t in enumerate(lexicon.texts) if n not in lexicon.signed)
        for char in sorted(set().union(*unsigned)):
            for parts in decompositions(char):
                whole.setdefault(parts, char)
        self._whole = [*whole.values()]
        self._automaton = (
            daachorse.CharwiseDoubleArrayAhoCorasick(
                [*whole], match_kind=daachorse.MATCH_KIND_LEFTMOST_LONGEST
            )
            if whole
            else None
        )

    def find(self, streams: Streams, budget: Budget) -> Iterator[Echo]:
        """Every term with at least one character in parts."""
        if self._automaton is None:
            return
        stream, offsets = streams.stripped, None
        if _STROKE.search(streams.text) is not None:
            folded = streams.folded
            offsets = [
                i for i, char in enumerate(folded) if char not in NOISE or _STROKE.match(char)
            ]
            stream = "".join(folded[i] for i in offsets)
        parted = self._automaton.find(stream)
        if parted:
            yield from self._composed(streams, stream, offsets or streams.offsets, parted, budget)

    def _composed(
        self, streams: Streams, stream: str, offsets: Sequence[int],
        parted: list[tuple[int, int, int]], budget: Budget,
    ) -> Iterator[Echo]:  # fmt: skip
        pieces: list[str] = []
        firsts: list[int] = []
        lasts: list[int] = []
        joints: list[int] = []
        done = 0
        for start, end, index in parted:
            pieces += stream[done:start], self._whole[index]
            firsts.extend(range(done, start + 1))
            lasts.extend(range(done, start))
            lasts.append(end - 1)
            joints.append(len(firsts) - 1)
            done = end
        pieces.append(stream[done:])
        firsts.extend(range(done, len(stream)))
        lasts.extend(range(done, len(stream)))
        composed = set(joints)
        for _, end, reported in self._lexicon.find("".join(pieces)):
            for number in self._lexicon.chain(reported):
                if number >= len(self._lexicon.texts):
                    continue
                start = end - len(self._lexicon.texts[number])
                if composed.isdisjoint(range(start, end)):
                    continue
                if not budget.take_hit():
                    return
                place = Place(streams.folded, offsets, firsts[start], lasts[end - 1])
                if place.is_unbroken():
                    yield Echo(number, place, Way.SPLIT, False)
