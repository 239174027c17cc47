"""The terms of a rule set, folded once: what every way of finding them starts from."""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import eq
from typing import NamedTuple

import daachorse

from guiju.modules.inspection._fold import NOISE, fold, is_unicode, strip
from guiju.modules.inspection._tables import weave
from guiju.modules.inspection.types import BadTermError, TooManyTermsError

MIN_TERM = 2
MAX_TERM = 64
MAX_TERMS = 200_000
MOST_BY_CHANCE = 20_000
"""In a larger lexicon what is read for a term with a character of it changed, covered or left out is ordinary writing
nearly always: terms of two and three characters are then looked for without most disguises.
"""
_LONG = 4
# A noncharacter: it parts the terms while they are folded together, which is ten times faster.
PARTING = "\ufdd0"
# So many take a millisecond or two, which other threads do not notice.
_AT_ONCE = 4096
_REPEATED = re.compile(r"(.)\1+")

Finder = Callable[[str], list[tuple[int, int, int]]]


class Lexicon:
    """Terms as patterns: a folded text each, and the rules whose term it is.

    `texts[i]` is pattern i without noise. The patterns in `signed` have signs of their own wherever
    they are a term. A pattern with doubled characters is also known with single ones, for texts
    whose repeats have been squeezed; `squeezed` leads from there to the pattern. `find` gives start,
    end and number of the longest pattern at each end; `shorter` the next one that ends there, or -1.
    The patterns in `marked` have signs in some rule at least. `longest` is how many characters the longest
    has, `chars` are those of all of them.
    """

    __slots__ = (
        "_more",
        "_rules",
        "_words",
        "chars",
        "find",
        "longest",
        "marked",
        "shorter",
        "signed",
        "squeezed",
        "texts",
    )

    def __init__(self, terms: Iterable[tuple[int, str]]) -> None:
        """`terms` are (rule, term) pairs. Raises `BadTermError`, `TooManyTermsError`."""
        pairs = list(terms)
        if len(pairs) > MAX_TERMS:
            raise TooManyTermsError("a rule set holds too many terms", limit=MAX_TERMS)
        stripped = _checked([word for _, word in pairs])
        found: dict[str, int] = {}
        self.texts: list[str] = []
        self.signed: set[int] = set()
        self.marked: set[int] = set()
        # One rule and one term a pattern in flat lists, the rare others beside them: large lists
        # stay small.
        self._rules = array("i")
        self._words: list[str] = []
        self._more: dict[int, list[tuple[int, str]]] = {}
        for (rule, word), text in zip(pairs, stripped, strict=True):
            if not MIN_TERM <= len(text) <= MAX_TERM:
                raise _bad_term(word, len(text))
            number = found.setdefault(text, len(self.texts))
            if number == len(self.texts):
                self.texts.append(word if word == text else text)
                self._rules.append(rule)
                self._words.append(word)
                if len(text) != len(word) and signs_of(word):
                    self.signed.add(number)
                    self.marked.add(number)
            else:
                self._add_owner(number, rule, word)
        self.chars = frozenset[str]().union(*self.texts)
        self.longest = max(map(len, self.texts), default=0)
        self.squeezed = array("i")
        texts = [*self.texts, *self._squeezed_texts(found)]
        self.shorter = _chain(texts, found)
        self.find = finder_of(texts)

    def _squeezed_texts(self, found: dict[str, int]) -> Iterator[str]:
        for number, text in enumerate(self.texts):
            if not any(map(eq, text, text[1:])):
                continue
            once = _REPEATED.sub(r"\1", text)
            if MIN_TERM <= len(once) < len(text) and once not in found:
                found[once] = len(self.texts) + len(self.squeezed)
                self.squeezed.append(number)
                yield once

    @property
    def is_large(self) -> bool:
        """More terms than may be looked for by what often stands there by chance."""
        return len(self.texts) > MOST_BY_CHANCE

    @property
    def least_by_chance(self) -> int:
        """How long a term has to be at least to be known by the sound or the shape of its characters."""
        return _LONG if self.is_large else MIN_TERM

    def chain(self, number: int) -> Iterator[int]:
        """A reported pattern and the shorter ones that end with it, longest first."""
        while number >= 0:
            yield number
            number = self.shorter[number]

    def _add_owner(self, number: int, rule: int, word: str) -> None:
        if (rule, word) in self.owners(number):
            return
        self._more.setdefault(number, []).append((rule, word))
        if signs_of(word):
            self.marked.add(number)
        else:
            self.signed.discard(number)

    def owners(self, number: int) -> Sequence[tuple[int, str]]:
        """The rules that have this pattern, each with the term as the rule has it."""
        owner = self._rules[number], self._words[number]
        more = self._more.get(number)
        return (owner, *more) if more else (owner,)


def finder_of(patterns: list[str]) -> Finder:
    """An automaton that reports start, end and index of the longest pattern at each end.

    Only one a place is reported, so a hostile text yields at most one a character.
    """
    if not patterns:
        return _nothing
    # The method of the automaton itself: every text comes by several times.
    find: Finder = daachorse.CharwiseDoubleArrayAhoCorasick(patterns).find_overlapping_no_suffix
    return find


def _nothing(_stream: str) -> list[tuple[int, int, int]]:
    return []


class Threads(NamedTuple):
    """Texts, how they sound and how they look, in the same order."""

    stripped: list[str]
    sounds: list[str]
    shapes: list[str]


def woven(texts: list[str]) -> Threads:
    """How each of the texts is written, sounds and looks; many are folded in one pass."""
    found = Threads([], [], [])
    for first in range(0, len(texts), _AT_ONCE):
        for thread, part in zip(
            found, weave(PARTING.join(texts[first : first + _AT_ONCE])), strict=True
        ):
            thread.extend(part.split(PARTING))
    return found


def _checked(words: list[str]) -> list[str]:
    """The words without noise. Raises `BadTermError` for what is not Unicode text."""
    if not words:
        return []
    for first in range(0, len(words), _AT_ONCE):
        some = words[first : first + _AT_ONCE]
        joined = PARTING.join(some)
        if not is_unicode(joined) or joined.count(PARTING) != len(some) - 1:
            raise next(_bad_term(w, len(w)) for w in some if not is_unicode(w) or PARTING in w)
    return woven(words).stripped


def _bad_term(word: str, length: int) -> BadTermError:
    return BadTermError(
        "a term needs 2 to 64 letters or characters, all valid Unicode",
        term=word[:80].encode("utf-8", "replace").decode(),
        length=length,
    )


def _chain(texts: list[str], found: dict[str, int]) -> "array[int]":
    """For each pattern the longest one that it ends with."""
    shorter = array("i", [-1]) * len(texts)
    for number, text in enumerate(texts):
        for place in range(1, len(text) - MIN_TERM + 1):
            suffix = found.get(text[place:])
            if suffix is not None:
                shorter[number] = suffix
                break
    return shorter


@lru_cache(4096)
def signs_of(word: str) -> tuple[str, ...] | None:
    """The signs that belong to a term: `signs[i]` before character i, the last after all; None
    where it has none. Spaces in a term are only for the eye.
    """
    signs = [""]
    for char in fold(word):
        if char not in NOISE:
            signs.append("")
        elif not char.isspace():
            signs[-1] += char
    return tuple(signs) if any(signs) else None


@lru_cache(4096)
def breaks_of(word: str) -> frozenset[int]:
    """Where a phrase has its spaces: the gaps, counted from 0, that may hold one."""
    words = [strip(part) for part in fold(word).split()]
    return frozenset(place - 1 for place in accumulate(map(len, words)) if place)
