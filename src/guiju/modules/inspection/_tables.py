"""How characters sound, look and fall apart, as codes that an automaton can read.

`unweave` gives the streams of one text in one pass: the folded text, and equally long the stripped
text, its sounds (one private code point a syllable) and its shapes (the part that characters share).
The tables are data made by `tools/make_writing_tables.py`; their digest is part of a rule set's version.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from importlib import resources
from itertools import compress, product
from typing import NamedTuple

from guiju.modules.inspection._fold import folded_char, stripped_char

# Private code points are noise, so a stripped text has none of its own.
_FIRST_SYLLABLE = 0xE000
# Radicals as they stand alone and as they stand beside another part: whoever takes a character
# apart writes either.
_RADICALS = {
    "人": "亻", "水": "氵", "手": "扌", "言": "讠", "心": "忄", "犬": "犭", "辵": "辶", "刀": "刂",
    "火": "灬", "金": "钅", "艸": "艹", "衣": "衤", "示": "礻", "食": "饣", "丝": "纟", "邑": "阝",
    "玉": "王", "竹": "⺮", "网": "罒", "肉": "月", "病": "疒",
}  # fmt: skip
_MAX_SPELLINGS = 8


class _Sounds(NamedTuple):
    syllables: dict[str, str]
    codes: dict[str, str]
    others: dict[str, str]


_digest = hashlib.sha256()


def _lines(name: str) -> Iterator[list[str]]:
    raw = resources.files("guiju.modules.inspection").joinpath(name).read_bytes()
    _digest.update(raw)
    for line in raw.decode("utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split()


def _load_sounds() -> _Sounds:
    syllables: dict[str, str] = {}
    codes: dict[str, str] = {}
    others: dict[str, str] = {}
    for number, (syllable, chars, *beside) in enumerate(_lines("sound_table.txt")):
        code = chr(_FIRST_SYLLABLE + number)
        syllables[syllable] = code
        codes.update(dict.fromkeys(chars, code))
        for char in "".join(beside):
            others[char] = others.get(char, "") + code
    return _Sounds(syllables, codes, others)


SOUNDS = _load_sounds()
SYLLABLES = {code: syllable for syllable, code in SOUNDS.syllables.items()}
_SHAPES = {char: part for part, chars in _lines("shape_table.txt") for char in chars}
_PARTS = {char: found for char, *found in _lines("parts_table.txt")}
WRITING_DIGEST = _digest.hexdigest()


# Stands for noise in the streams that leave it out; noise itself, so no text has it there.
GAP = "\0"


def _threads_of(code: int) -> str:
    """A code point folded, then its stripped form, its sound and its shape, which are gaps for noise."""
    char = stripped_char(code)
    if char is None:
        return folded_char(code) + 3 * GAP
    return char + char + SOUNDS.codes.get(char, char) + _SHAPES.get(char, char)


# A list is read in half the time of a mapping, and nearly all characters lie in the first plane.
_PLANE = 0x10000
_THREADS = 4
_WOVEN = [_threads_of(code) for code in range(_PLANE)]


class _WovenBeyond:
    """The same for every plane."""

    def __getitem__(self, code: int) -> str:
        return _WOVEN[code] if code < _PLANE else _threads_of(code)


_WOVEN_BEYOND = _WovenBeyond()


def codes_of_pair(pair: str) -> tuple[str, str]:
    """The sounds and the shapes of two characters that are no noise; cheaper than to weave them."""
    first, second = _WOVEN[ord(pair[0])], _WOVEN[ord(pair[1])]
    return first[2] + second[2], first[3] + second[3]


def unweave(text: str) -> tuple[str, str, str, str, str, bool]:
    """The folded text, the same with gaps for noise, without these, its sounds and its shapes; then whether a
    character lies beyond the first plane.
    """
    woven = text.translate(_WOVEN)
    # What the list lacks was left as it is.
    is_far = len(woven) != _THREADS * len(text)
    if is_far:
        woven = text.translate(_WOVEN_BEYOND)
    gapped = woven[1::4]
    stripped = gapped.replace(GAP, "")
    sounds, shapes = woven[2::4], woven[3::4]
    if len(stripped) != len(gapped):
        sounds, shapes = sounds.replace(GAP, ""), shapes.replace(GAP, "")
    return woven[::4], gapped, stripped, sounds, shapes, is_far


def weave(text: str) -> tuple[str, str, str]:
    """The stripped text, its sounds and its shapes."""
    _, _, stripped, sounds, shapes, _ = unweave(text)
    return stripped, sounds, shapes


# To make the numbers of the places of a long text anew takes longer than all that is done with them.
_MOST_SHARED = 1 << 15
_shared: list[int] = []


def places_to(size: int) -> Sequence[int]:
    """The numbers from 0 up to `size` at least, to take parts of; nobody changes them."""
    global _shared  # noqa: PLW0603  # another list, so that a thread that reads the old one goes on
    if size > _MOST_SHARED:
        return range(size)
    if len(_shared) < size:
        _shared = [*range(size)]
    return _shared


def kept_places(gapped: str) -> list[int]:
    """For every character of the stripped text its place in the folded text."""
    # A gap becomes 0, any other character something else.
    return [*compress(places_to(len(gapped)), gapped.encode("latin-1", "replace"))]


# `lü` and `nü` are typed with v.
_TYPED = SOUNDS.syllables | {
    syllable.replace("u", "v", 1): code
    for syllable, code in SOUNDS.syllables.items()
    if re.match("[lnjqxy]u", syllable)
}


def _pattern(syllables: list[str], typed: str = "") -> str:
    """The longest syllable that starts with `typed`, letter by letter: `re` tries long lists slowly.

    A final n, g or r belongs to the vowel after it, where there is one.
    """
    branches = [
        letter + _pattern(syllables, typed + letter)
        for letter in sorted(
            {s[len(typed)] for s in syllables if len(s) > len(typed) and s.startswith(typed)}
        )
    ]
    if typed in syllables:
        branches.append("(?![aeiouv])" if typed[-1] in "ngr" and len(typed) > 1 else "")
    return f"(?:{'|'.join(branches)})"


# The figure after it is the tone, as input methods and dictionaries write it.
_TOKEN = re.compile(f"[^a-z]+|{_pattern(list(_TYPED))}(?:[1-5](?![0-9]))?|[a-z]")
SPELLED = {
    f"{syllable}{tone}": code for syllable, code in _TYPED.items() for tone in ("", *"12345")
}


def is_han(char: str) -> bool:
    """The character has a sound of its own."""
    return char in SOUNDS.codes


def tokens_of(sounds: str) -> list[str]:
    """The sounds in pieces: syllables in Latin letters, other letters, and what stands between.

    The syllables are those in `SPELLED`.
    """
    return _TOKEN.findall(sounds)


def spell(sounds: str) -> str:
    """The sounds with syllables in Latin letters made sounds as well."""
    return spelled(tokens_of(sounds))


def spelled(tokens: list[str]) -> str:
    """The same from what `tokens_of` has found."""
    # A text has few different ones.
    codes = {token: SPELLED.get(token, token) for token in {*tokens}}
    return "".join(map(codes.__getitem__, tokens))


def decompositions(char: str) -> list[str]:
    """What a folded character falls into; each part in the forms in which people type it."""
    found: list[str] = []
    for parts in _PARTS.get(char, []):
        forms = ((part, _RADICALS[part]) if part in _RADICALS else (part,) for part in parts)
        found.extend("".join(form) for form in list(product(*forms))[:_MAX_SPELLINGS])
    return [*dict.fromkeys(found)]
