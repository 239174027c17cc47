"""Folding of text: one code point to one code point, and the noise that a second stream omits.

The table (`fold_table.txt`) is data made by `tools/make_fold_table.py` from the Unicode character
database and OpenCC's traditional-to-simplified characters; its digest is part of a rule set's
version. Offsets into the folded text are offsets into the original.
"""

import hashlib
import re
import unicodedata
from array import array
from collections.abc import Iterable
from importlib import resources
from typing import NamedTuple


class _Table(NamedTuple):
    digest: str
    fold: dict[int, str]
    noise: frozenset[str]


def _span(item: str) -> range:
    low, _, high = item.partition("-")
    return range(int(low, 16), int(high or low, 16) + 1)


def _load() -> _Table:
    raw = resources.files("guiju.modules.inspection").joinpath("fold_table.txt").read_bytes()
    fold: dict[int, str] = {}
    noise: set[str] = set()
    for line in raw.decode("ascii").splitlines():
        word, *items = line.split()
        if word == "fold":
            target = chr(int(items[0], 16))
            fold.update((int(item, 16), target) for item in items[1:])
        elif word == "noise":
            noise.update(map(chr, _span(items[0])))
    return _Table(hashlib.sha256(raw).hexdigest(), fold, frozenset(noise))


_TABLE = _load()
TABLE_DIGEST = _TABLE.digest
NOISE = _TABLE.noise
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
# Noise that takes no room.
INVISIBLE = frozenset(
    char for char in NOISE if unicodedata.category(char) in {"Cf", "Mn", "Me"} or char in _FILLERS
)
# Both steps at once, for the pass that every text takes.
_STRIP: dict[int, str | None] = {
    **{ord(char): None for char in NOISE},
    **{code: None if char in NOISE else char for code, char in _TABLE.fold.items()},
}

# An array is read in half the time of a mapping that lacks most of what it is asked for, and nearly
# all characters lie in the first plane.
_PLANE = 0x10000
_FOLDED = array("I", (ord(_TABLE.fold.get(code, chr(code))) for code in range(_PLANE)))
BEYOND = re.compile("[\U00010000-\U0010ffff]")
# No literal may hold a surrogate where the module is compiled to C.
_SURROGATE = re.compile(f"[{chr(0xD800)}-{chr(0xDFFF)}]")


def is_unicode(text: str) -> bool:
    """The text has no unpaired surrogates."""
    return _SURROGATE.search(text) is None


def fold(text: str) -> str:
    """Simplified, lower-case, half-width, without look-alikes; as long as the original."""
    return text.translate(_FOLDED if BEYOND.search(text) is None else _TABLE.fold)


def strip(text: str) -> str:
    """The folded text without signs, spaces and invisible characters."""
    return text.translate(_STRIP)


def stripped_char(code: int) -> str | None:
    """What `strip` leaves of one code point; None for noise."""
    return _STRIP.get(code, chr(code))


def folded_char(code: int) -> str:
    """What `fold` makes of one code point."""
    return _TABLE.fold.get(code, chr(code))


def class_of(folded: Iterable[str]) -> str:
    """The inside of a character class: these characters, and all that are folded into one of them.

    Beyond the first plane also some that are not: there `re` tries what a class has one by one.
    """
    wanted = {*folded}
    wanted.update([chr(code) for code, char in _TABLE.fold.items() if char in wanted])
    near = sorted(char for char in wanted if ord(char) < _PLANE)
    far = sorted({ord(char) >> 12 for char in wanted if ord(char) >= _PLANE})
    ranges = [f"{chr(block << 12)}-{chr((block << 12) + 0xFFF)}" for block in far]
    return "".join([*map(re.escape, near), *ranges])


def kept_offsets(folded: str) -> list[int]:
    """For every character of the stripped text its place in the folded text."""
    return [place for place, char in enumerate(folded) if char not in NOISE]
