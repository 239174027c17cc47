"""A text in the forms that the finders read, each with the way back to the original offsets.

`folded` is as long as the original. `visible` is the folded text without characters that take no
room (zero-width, soft hyphens, combining marks, the parts of a keycap). `bare` is the folded text
without any noise, signs and spaces included. Every form is made when it is first asked for.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from guiju.modules.inspection._fold import INVISIBLE, class_of
from guiju.modules.inspection._glances import glance
from guiju.modules.inspection._streams import Streams

Answer = TypeVar("Answer")
_VISIBLE = dict.fromkeys(map(ord, INVISIBLE))
_INVISIBLE = f"[{class_of(INVISIBLE)}]"
_has_invisible, _may_have_invisible = re.compile(_INVISIBLE).search, glance(_INVISIBLE)

# A finding repeats at most so much; what is longer is hidden as a whole.
LONGEST_WORD = 64

# What one text may cost, in units of about five microseconds, and what each of its characters adds. Lists of numbers,
# tables and logs take less; a text that costs more is held, because it was not read to its end.
EFFORT = 1000
_A_CHARACTER = 0.3
_ROW_OF_FOURS = re.compile(
    "(?m)^[^0-9\n]{0,3}[0-9]{4}(?:[ \t,;|-]{1,3}[0-9]{4}){3,20}[^0-9\n]{0,3}$"
)
_MOST_ROWS = 40

# 洞 拐 勾 and 幺 两 are how numbers are read out by radio and telephone.
NUMERALS = (
    "零〇○◯洞",
    "一壹弌幺",
    "二贰弍两",
    "三叁弎参",
    "四肆",
    "五伍",
    "六陆",
    "七柒拐",
    "八捌",
    "九玖勾",
)
_TO_DIGITS = {ord(char): str(digit) for digit, row in enumerate(NUMERALS) for char in row}
_EACH_NUMERAL = [(char, str(digit)) for digit, row in enumerate(NUMERALS) for char in row]
# A long text is gone through for one numeral after the other in half the time that a table takes.
_LONG = 300


def to_digits(folded: str) -> str:
    """Chinese numerals as digits, one by one; as long as what it is given."""
    if len(folded) < _LONG:
        return folded.translate(_TO_DIGITS)
    for char, digit in _EACH_NUMERAL:
        folded = folded.replace(char, digit)
    return folded


def effort_of(text: str) -> int:
    """What all forms of a text together may cost, in units."""
    return EFFORT + int(len(text) * _A_CHARACTER)


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
        if isinstance(places, range):
            # Places are those of the text itself.
            return Found(kind, start, end, hidden)
        return Found(kind, places[start], places[end - 1] + 1, [places[at] for at in hidden])


class Passage:
    """A text and its forms. Made for one inspection and thrown away."""

    def __init__(self, streams: Streams, effort: int | None = None) -> None:
        """`streams` are those of the text; `effort` is what is left of it for another form of a text."""
        self.text = streams.text
        self.stripped = streams.stripped
        # Simplified, lower-case, half-width; as long as the original.
        self.folded = streams.folded
        self._streams = streams
        self._visible: View | None = None
        self._digits: str | None = None
        self._rows_of_fours: list[str] | None = None
        self._cased: View | None = None
        self._bare: View | None = None
        self.effort = effort_of(self.text) if effort is None else effort
        # Where a run of figures begins and what was found in it, by what is written there and around (`NumberIndex`).
        self.numbers: dict[
            tuple[int, int, str],
            tuple[int, list[Found], list[tuple[int, str]]],
        ] = {}
        self._encoded: bytes | None = None
        self._mentions: dict[Callable[[bytes], bool], bool] = {}
        self._answers: dict[Hashable, Any] = {}

    def within(self, matches: Iterable[re.Match[str]], units: int) -> Iterator[re.Match[str]]:
        """The matches, as long as the work that each costs may still be done."""
        for match in matches:
            if not self.spend(units):
                return
            yield match

    def spend(self, units: int = 1) -> bool:
        """Asked before each piece of work that a text can ask for many times; False: leave it."""
        self.effort -= units
        return self.effort >= 0

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
        answers = self._answers
        if asked in answers:
            units = 1
        else:
            answers[asked] = None
        self.effort -= units
        return self.effort >= 0

    def tells(self, something: Callable[[bytes], bool]) -> bool:
        """Whether the visible text has what the teller knows (`_glances.teller_of`)."""
        return something(self._in_utf8())

    def _in_utf8(self) -> bytes:
        encoded = self._encoded
        if encoded is None:
            encoded = self._encoded = self.visible.text.encode()
        return encoded

    def mentions(self, words: Callable[[bytes], bool]) -> bool:
        """Whether one of these words stands anywhere in the text, folded and without what takes no room."""
        known = self._mentions.get(words)
        if known is None:
            known = self._mentions[words] = words(self._in_utf8())
        return known

    def teach(self, other: "Passage") -> None:
        """Hands what was found in numbers to another form of the text, if that would be found there too."""
        for words, is_there in self._mentions.items():
            if other.mentions(words) != is_there:
                return
        rows = self._rows_of_fours
        if rows is None or rows == other.rows_of_fours:
            other.numbers = self.numbers

    @property
    def is_exhausted(self) -> bool:
        """Work was left undone."""
        return self.effort < 0

    @property
    def visible(self) -> View:
        """The folded text without what takes no room."""
        view = self._visible
        if view is None:
            view = self._visible = self._seen(self.folded)
        return view

    @property
    def digits(self) -> str:
        """The visible text with Chinese numerals as digits, one by one; as long as it."""
        digits = self._digits
        if digits is None:
            digits = self._digits = to_digits(self.visible.text)
        return digits

    @property
    def rows_of_fours(self) -> list[str]:
        """The first lines that are four groups of four digits or more of them and nothing else, without their signs."""
        rows = self._rows_of_fours
        if rows is None:
            found = islice(_ROW_OF_FOURS.finditer(self.visible.text), _MOST_ROWS)
            rows = self._rows_of_fours = ["".join(filter(str.isdigit, row[0])) for row in found]
        return rows

    @property
    def cased(self) -> View:
        """The text in its own case, without what takes no room."""
        view = self._cased
        if view is None:
            view = self._cased = self._seen(self.text)
        return view

    @property
    def bare(self) -> View:
        """The folded text without noise."""
        view = self._bare
        if view is None:
            is_clean = len(self.stripped) == len(self.folded)
            places = range(len(self.folded)) if is_clean else self._streams.offsets
            view = self._bare = View(self.stripped, places)
        return view

    def _seen(self, form: str) -> View:
        """A form as long as the text, without what takes no room."""
        if (
            not self._streams.is_odd
            or not _may_have_invisible(form)
            or _has_invisible(form) is None
        ):
            return View(form, range(len(form)))
        places = [place for place, char in enumerate(form) if char not in INVISIBLE]
        return View(form.translate(_VISIBLE), places)
