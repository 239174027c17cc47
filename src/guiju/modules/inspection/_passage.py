"""A text in the forms that the finders read, each with the way back to the original offsets.

`folded` is as long as the original. `visible` is the folded text without characters that take no
room (zero-width, soft hyphens, combining marks, the parts of a keycap). `bare` is the folded text
without any noise, signs and spaces included. Every form is made when it is first asked for.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from guiju.modules.inspection._fold import INVISIBLE
from guiju.modules.inspection._streams import Streams

Answer = TypeVar("Answer")
_VISIBLE = dict.fromkeys(map(ord, INVISIBLE))

# What one text may cost, in units of about five microseconds, and what each of its characters adds. Lists of numbers,
# tables and logs take less; a text that costs more is held, because it was not read to its end.
EFFORT = 1200
_A_CHARACTER = 0.5
_ROW_OF_FOURS = re.compile(
    "(?m)^[^0-9\n]{0,3}[0-9]{4}(?:[ \t,;|-]{1,3}[0-9]{4}){3,20}[^0-9\n]{0,3}$"
)
_MOST_ROWS = 40


class Found(NamedTuple):
    """A finding in the original text: `text[start:end]`, and the places that masking hides."""

    kind: str
    start: int
    end: int
    hidden: Sequence[int]


class View(NamedTuple):
    """One form of a text; `places[i]` is where its character i stands in the original."""

    text: str
    places: Sequence[int]

    def found(self, kind: str, start: int, end: int, hidden: Sequence[int]) -> Found:
        """A finding from offsets of this form."""
        places = self.places
        return Found(kind, places[start], places[end - 1] + 1, [places[at] for at in hidden])


class Passage:
    """A text and its forms. Made for one inspection and thrown away."""

    def __init__(self, streams: Streams) -> None:
        """`streams` are those of the text."""
        self.text = streams.text
        self.stripped = streams.stripped
        self._streams = streams
        self._effort = EFFORT + int(len(self.text) * _A_CHARACTER)
        self._mentions: dict[re.Pattern[str], bool] = {}
        self._answers: dict[Hashable, Any] = {}

    def within(self, matches: Iterable[re.Match[str]], units: int) -> Iterator[re.Match[str]]:
        """The matches, as long as the work that each costs may still be done."""
        for match in matches:
            if not self.spend(units):
                return
            yield match

    def spend(self, units: int = 1) -> bool:
        """Asked before each piece of work that a text can ask for many times; False: leave it."""
        self._effort -= units
        return self._effort >= 0

    def once(self, asked: Hashable, units: int, answer: Callable[[], Answer]) -> Answer | None:
        """What `answer` says of a part of the text: a list repeats its parts, and each costs its `units` once.

        None where the work may not be done.
        """
        is_known = asked in self._answers
        if not self.spend_once(asked, units):
            return None
        if not is_known:
            self._answers[asked] = answer()
        found: Answer = self._answers[asked]
        return found

    def spend_once(self, asked: Hashable, units: int) -> bool:
        """As `spend`; what was asked before costs one unit."""
        is_known = asked in self._answers
        self._answers.setdefault(asked, None)
        return self.spend(1 if is_known else units)

    def mentions(self, words: re.Pattern[str]) -> bool:
        """Whether one of these words stands anywhere in the text, folded and without what takes no room."""
        known = self._mentions.get(words)
        if known is None:
            known = self._mentions[words] = words.search(self.visible.text) is not None
        return known

    @property
    def is_exhausted(self) -> bool:
        """Work was left undone."""
        return self._effort < 0

    @cached_property
    def folded(self) -> str:
        """Simplified, lower-case, half-width; as long as the original."""
        return self._streams.folded

    @cached_property
    def visible(self) -> View:
        """The folded text without what takes no room."""
        folded = self.folded
        if not self._streams.is_odd or INVISIBLE.isdisjoint(folded):
            return View(folded, range(len(folded)))
        visible = folded.translate(_VISIBLE)
        places = [place for place, char in enumerate(folded) if char not in INVISIBLE]
        return View(visible, places)

    @cached_property
    def rows_of_fours(self) -> list[str]:
        """The first lines that are four groups of four digits or more of them and nothing else, without their signs."""
        found = (row[0] for row in _ROW_OF_FOURS.finditer(self.visible.text))
        return ["".join(filter(str.isdigit, row)) for row in islice(found, _MOST_ROWS)]

    @cached_property
    def cased(self) -> View:
        """The text in its own case, without what takes no room."""
        text = self.text
        if INVISIBLE.isdisjoint(text):
            return View(text, range(len(text)))
        places = [place for place, char in enumerate(text) if char not in INVISIBLE]
        return View("".join(text[place] for place in places), places)

    @cached_property
    def bare(self) -> View:
        """The folded text without noise."""
        folded = self.folded
        if len(self.stripped) == len(folded):
            return View(folded, range(len(folded)))
        return View(self.stripped, self._streams.offsets)
