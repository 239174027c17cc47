"""How a name is spelled in pinyin: whole, and by the first letters."""

from itertools import product

from guiju.modules.inspection._fold import fold
from guiju.modules.inspection._tables import SOUNDS, SYLLABLES

# How characters are read as a surname, where that is not how they are read elsewhere.
_SURNAMES = {
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "朴": "piao", "盖": "ge", "区": "ou",
    "员": "yun", "召": "shao", "翟": "zhai", "缪": "miao", "种": "chong", "秘": "bi", "折": "she",
    "繁": "po", "尉": "yu", "覃": "qin", "晟": "cheng", "曾": "zeng", "任": "ren", "华": "hua",
}  # fmt: skip
_MOST = 8
_MOST_CHARACTERS = 12


def spellings(name: str) -> tuple[str, ...]:
    """What a name may be typed as: the syllables, and their first letters, from its first character on and from its second.

    A character with several readings gives several, eight in all. Empty for a name without a Han character.
    """
    heard = _heard(fold(name)[:_MOST_CHARACTERS])
    whole: dict[str, None] = {}
    for reading in list(product(*heard))[:_MOST]:
        for start in range(min(2, len(reading))):
            whole["".join(reading[start:])] = None
            whole["".join(syllable[0] for syllable in reading[start:])] = None
    return tuple(whole)


def sounds(name: str) -> str:
    """A name as it sounds, character by character, with "/" between readings of one; empty for a name without a Han character."""
    return " ".join("/".join(found) for found in _heard(fold(name)))


def _heard(folded: str) -> list[list[str]]:
    found = [_readings(char) for char in folded]
    if folded[:1] in _SURNAMES:
        found[0] = list(dict.fromkeys([_SURNAMES[folded[0]], *found[0]]))
    heard = [readings for readings in found if readings]
    return (
        heard
        if any(len(readings[0]) > 1 or not readings[0].isascii() for readings in heard)
        else []
    )


def _readings(char: str) -> list[str]:
    """The syllables of a Han character, or an ASCII letter or digit itself."""
    codes = SOUNDS.codes.get(char, "") + SOUNDS.others.get(char, "")
    if codes:
        return list(dict.fromkeys(SYLLABLES[code] for code in codes))
    return [char] if char.isascii() and char.isalnum() else []
