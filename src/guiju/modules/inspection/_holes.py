"""Terms of Chinese characters of which a sign covers one: 三*字 for a term of three characters."""

import re
from collections import defaultdict
from collections.abc import Iterator

from guiju.modules.inspection._boundary import Budget
from guiju.modules.inspection._lexicon import Lexicon
from guiju.modules.inspection._places import Echo, Place
from guiju.modules.inspection._streams import COVERING, Streams
from guiju.modules.inspection._tables import is_han
from guiju.modules.inspection.types import Way

# Two characters of a term at least must stand, and one on either side of the sign.
_LEAST = 3
_LONGEST = 8
_HOLE = re.compile(f"(?<=[一-龥])[{COVERING}](?=[一-龥])")


class HoleIndex:
    """The terms of a lexicon by what is left of them when one character inside is covered."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._rests: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        # In larger ones the rests of terms are so many that ordinary words are among them.
        if lexicon.is_large:
            return
        for number, text in enumerate(lexicon.texts):
            fits = _LEAST <= len(text) <= _LONGEST and number not in lexicon.signed
            if fits and all(map(is_han, text)):
                for place in range(1, len(text) - 1):
                    self._rests[text[:place], text[place + 1 :]].append(number)

    def find(self, streams: Streams, budget: Budget) -> Iterator[Echo]:
        """Every hit in the folded text."""
        if not self._rests:
            return
        folded = streams.folded
        for match in _HOLE.finditer(folded):
            hole = match.start()
            for size in range(_LEAST, _LONGEST + 1):
                for start in range(max(0, hole - size + 2), min(hole, len(folded) - size + 1)):
                    end = start + size
                    numbers = self._rests.get((folded[start:hole], folded[hole + 1 : end]), ())
                    for number in numbers:
                        if not budget.take_hit():
                            return
                        place = Place(folded, range(len(folded)), start, end - 1)
                        yield Echo(number, place, Way.MASKED, True)
