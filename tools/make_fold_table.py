"""Writes src/guiju/modules/inspection/fold_table.txt, the table behind the folding of text.

Needs the package `opencc` (Apache-2.0), which the product itself never imports:

    pip install opencc==1.4.2 && python tools/make_fold_table.py

One code point folds to exactly one, so that offsets into the folded text are offsets into the
original. The sources are, in this order: look-alikes (listed below), NFKC, the letter named by an
enclosed or small-capital character, the base letter under accents, case, and OpenCC's
traditional-to-simplified characters.
"""

import re
import sys
import unicodedata
from pathlib import Path

import opencc

TARGET = Path(__file__).parents[1] / "src/guiju/modules/inspection/fold_table.txt"

# Letters of other scripts that a reader takes for the Latin letter beside them.
LOOK_ALIKES = {
    "a": "аαɑ",
    "b": "ьвβƀɓ",
    "c": "сϲƈⅽ¢",
    "d": "ԁɗđժ",
    "e": "еєεɛҽ",
    "f": "ƒғϝ",
    "g": "ɡցɠ",
    "h": "һհнħ",
    "i": "іıιɩї",
    "j": "јϳʝ",
    "k": "кκƙқ",
    "l": "ӏլłƚ",
    "m": "мⅿϻɱ",
    "n": "пոηռŋ",
    "o": "оοօσө",
    "p": "рρƿþ",
    "q": "ԛզɋ",
    "r": "гяɾ",
    "s": "ѕʂꜱ",
    "t": "тτŧƭ",
    "u": "υսцʊ",
    "v": "νѵѴʋ",
    "w": "ԝωшщɯ",
    "x": "хχҳ",
    "y": "уүγყ",
    "z": "ʐƶζ",
    "★": "☆⭐✩✪✭✮✯✰🌟⚝",
    ".": "。｡․•",
}

NAMED_LETTER = re.compile(
    r"(?:CIRCLED|SQUARED|PARENTHESIZED|SMALL CAPITAL|REGIONAL INDICATOR|MODIFIER|SUBSCRIPT)"
    r".*\b(?:LETTER(?: SMALL CAPITAL)?|SYMBOL LETTER) ([A-Z])$"
    r"|^LATIN LETTER SMALL CAPITAL ([A-Z])$"
)

# Strokes that no one reads as letters; writers put them between letters as they put dots.
STROKES = {*"丶丨ーㆍـ"}
# Characters with no ink of their own that the general category calls letters or leaves unassigned.
INVISIBLE = [0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0xE0000, 0xE01F0)]
# Unassigned in older versions of Unicode, emoji in newer ones.
EMOJI = range(0x1F000, 0x1FB00)


def fold(char: str, simplify: opencc.OpenCC) -> str:
    """What one character folds to, always one character."""
    look_alike = {other: letter for letter, others in LOOK_ALIKES.items() for other in others}
    for _ in range(4):  # a Kelvin sign is K, then k; a compatibility form may be traditional
        before = char
        char = look_alike.get(char, char)
        char = one(unicodedata.normalize("NFKC", char), char)
        char = named_letter(char)
        char = base_letter(char)
        char = one(char.lower(), char)
        if is_han(char):
            char = one(simplify.convert(char), char)
        if char == before:
            break
    return char


def one(candidate: str, otherwise: str) -> str:
    return candidate if len(candidate) == 1 else otherwise


def named_letter(char: str) -> str:
    """The letter or digit that an enclosed character stands for."""
    if unicodedata.category(char)[0] not in "LSN":
        return char
    value = unicodedata.digit(char, None)
    if value is not None and not char.isascii():
        return str(value)
    found = NAMED_LETTER.search(unicodedata.name(char, ""))
    return (found[1] or found[2]).lower() if found else char


def base_letter(char: str) -> str:
    """The ASCII letter under accents."""
    parts = unicodedata.normalize("NFD", char)
    plain = parts[0].isascii() and parts[0].isalpha()
    return parts[0] if plain and all(unicodedata.combining(p) for p in parts[1:]) else char


def is_han(char: str) -> bool:
    return "CJK" in unicodedata.name(char, "")


def is_noise(code: int) -> bool:
    if code in INVISIBLE or code in EMOJI or chr(code) in STROKES:
        return True
    if code >= 0xF0000:  # private planes: not drawn by any common font, and too many to list
        return False
    return unicodedata.category(chr(code)) in {
        "Cc", "Cf", "Co", "Mn", "Me", "Mc", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp",
    }  # fmt: skip


def ranges(codes: list[int]) -> list[str]:
    """Sorted code points as hexadecimal ranges."""
    result: list[list[int]] = []
    for code in codes:
        if result and code == result[-1][1] + 1:
            result[-1][1] = code
        else:
            result.append([code, code])
    return [f"{low:X}-{high:X}" if low != high else f"{low:X}" for low, high in result]


def main() -> None:
    simplify = opencc.OpenCC("t2s")
    folded: dict[str, list[int]] = {}
    noise: list[int] = []
    for code in range(sys.maxunicode + 1):
        if 0xD800 <= code <= 0xDFFF:
            continue
        result = fold(chr(code), simplify)
        if result != chr(code):
            folded.setdefault(result, []).append(code)
        elif is_noise(code):
            noise.append(code)
    # A sign that folds to noise (a full-width comma) is noise after folding: one rule, not two.
    lines = [
        "# Folding table of the inspection engine; made by tools/make_fold_table.py, do not edit.",
        f"# Unicode {unicodedata.unidata_version} (Unicode License v3).",
        f"# OpenCC {opencc.__version__} character tables (Apache-2.0).",
        "# fold: the code point folded to, then the code points that fold to it.",
        "# noise: code points that the second stream leaves out. All hexadecimal.",
    ]
    for target, sources in sorted(folded.items()):
        lines.append(f"fold {ord(target):X} " + " ".join(f"{code:X}" for code in sources))
    lines.extend(f"noise {item}" for item in ranges(noise))
    TARGET.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{sum(map(len, folded.values()))} folds, {len(noise)} noise characters")


if __name__ == "__main__":
    main()
