"""Terms of Chinese characters with letters, figures, foreign characters or bracketed words put in between.

What stands between the characters is left out, once as it is and once with what stands in brackets, and the rest
is searched. Ordinary writing has letters and brackets too, so such a hit is only held.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from guiju.modules.inspection._boundary import Budget
from guiju.modules.inspection._fold import NOISE
from guiju.modules.inspection._lexicon import Lexicon
from guiju.modules.inspection._places import MAX_GAP, Echo, Place
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection.types import Way

_HAN = "㐀-鿿"
# What may stand between two characters of a term, and between all of them.
_FEW = 2
_MANY = 4
# From so many characters on a single place that is filled makes a disguise; below, every place has to be.
_LONG = 4
# The characters beside what is put in; those beside what stands in brackets may be further apart.
_beside_few = re.compile(f"([{_HAN}])[^{_HAN}]{{1,{_MANY}}}(?=([{_HAN}]))").findall
_beside_any = re.compile(f"([{_HAN}])[^{_HAN}]+(?=([{_HAN}]))").findall
# Markup says nothing, nor does the name of a picture or a word of two characters; longer words in brackets may be meant.
_MARKUP = r"<[a-z/!][^<>\n]{0,60}>|\[/?[a-z=#0-9]{1,12}\]"
_INNER = r"[^][(){}<>【】\n]"
_BRACKETED = re.compile(rf"{_MARKUP}|[\[【({{<]{_INNER}{{1,6}}[\]】)}}>]")
_INSERTED = re.compile(f"(?<=[{_HAN}])(?:{_BRACKETED.pattern})")
_SHORT_INNER = 2
_PLACES, _SPREAD = 1 << 21, 2053
_OTHER = re.compile(f"[^{_HAN}]+")
_ONE_HAN = re.compile(f"[{_HAN}]")
_NAMED = "[【<"


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
        beside = _beside_few(stripped)
        if beside and self._may_be_filled(beside):
            found += self._found(streams, stripped, None, budget)
        if len(stripped) == len(streams.text):
            return found
        folded = streams.folded
        # Five looks for one sign take a third of the time of one for any of five.
        if (
            "(" in folded or "[" in folded or "<" in folded or "【" in folded or "{" in folded
        ) and _INSERTED.search(folded) is not None:  # fmt: skip
            blank = _BRACKETED.sub(lambda match: " " * len(match[0]), folded)
            if not self._may_be_filled(_beside_any(blank)):
                return found
            found += self._found(streams, blank, range(len(folded)), budget)
        return found

    def _found(
        self, streams: Streams, source: str, offsets: Sequence[int] | None, budget: Budget
    ) -> Iterator[Echo]:
        """`offsets` are the places of `source` in the text; None for those of the stripped text."""
        lexicon = self._lexicon
        reports = lexicon.find(_OTHER.sub("", source))
        if not reports:
            return
        kept = [match.start() for match in _ONE_HAN.finditer(source)]
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
                    places = [known[place] for place in kept]
                place = Place(streams.folded, places, first, end - 1)
                if _is_filled(place):
                    yield Echo(number, place, Way.PARTED, True)


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


def _is_word(group: str) -> bool:
    return group[0] not in _NAMED and len(group) > _SHORT_INNER + 2
