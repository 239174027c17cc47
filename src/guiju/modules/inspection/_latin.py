"""Latin writing: figures for letters (leet), letters behind a sign, and the initials of pinyin."""

import re
from collections import defaultdict
from collections.abc import Iterator

import daachorse

from guiju.modules.inspection._boundary import Budget
from guiju.modules.inspection._fold import NOISE
from guiju.modules.inspection._lexicon import Lexicon, woven
from guiju.modules.inspection._places import Echo, Place
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection._tables import SYLLABLES
from guiju.modules.inspection.types import Way

# What stands for a letter; characters that may stand for the same letter become one.
_LEET = {
    "0": "o", "1": "i", "l": "i", "!": "i", "|": "i", "3": "e", "4": "a", "@": "a", "5": "s", "$": "s",
    "7": "t", "+": "t", "8": "b", "v": "u", "9": "g", "6": "g", "2": "z",
}  # fmt: skip
_SKELETON = {ord(char): letter for char, letter in _LEET.items()}
_UNLEET: dict[int, str | None] = {**{ord(char): None for char in NOISE}, **_SKELETON}
_SUBSTITUTE = re.compile("[0-9v@$!|+]")
_MIN_LEET = 3
_MASK = "*#%^~_?×●•○■□-"
_MASKED = re.compile(f"(?<![a-z0-9])[a-z][a-z{re.escape(_MASK)}]{{3,63}}+(?![a-z0-9])")
_MIN_MASKED = 4
# Terms of several words: those beside the one with signs in it.
_WORD_BEFORE, _WORD_AFTER = (
    re.compile("(?<![a-z0-9])[a-z]{1,16} $"),
    re.compile(" [a-z]{1,16}(?![a-z0-9])"),
)
_MOST_WORDS = 3
_INITIALS = re.compile(
    "[a-z](?<![a-z0-9_/@:&=#-][a-z])(?<![a-z0-9][.][a-z])[a-z]{2,11}(?![a-z0-9_/@:&=#-]|[.][a-z0-9])"
)
_MIN_INITIALS = 3
# Abbreviations that people write in small letters and mean.
_ABBREVIATIONS = frozenset({
    "app", "apk", "avi", "bbs", "bmp", "btw", "cad", "cdma", "cpu", "css", "csv", "diy", "doc",
    "docx", "dvd", "erp", "exe", "faq", "ftp", "gif", "gps", "gpu", "gsm", "hdmi", "hd", "html",
    "http", "https", "img", "iphone", "jpeg", "jpg", "json", "kpi", "ktv", "lcd", "led", "ltd",
    "mac", "mpeg", "mtv", "nba", "ole", "ost", "otg", "pdf", "php", "plc", "png", "pos", "ppt",
    "pptx", "psd", "ram", "rar", "rmb", "rmvb", "rom", "sdk", "sim", "sms", "sns", "sql", "ssd",
    "svg", "tcl", "tcp", "tel", "tmp", "ttf", "tv", "txt", "udp", "url", "usb", "vcd", "vip",
    "vpn", "wap", "wav", "wifi", "wma", "wmv", "www", "xls", "xlsx", "xml", "xp", "yyds", "zip"
})  # fmt: skip


class LatinIndex:
    """The terms of a lexicon that Latin letters can disguise, or disguise themselves as."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._texts = lexicon.texts
        latin = [
            number
            for number, text in enumerate(lexicon.texts)
            if text.isascii() and text.isalpha() and number not in lexicon.signed
        ]
        skeletons: defaultdict[str, list[int]] = defaultdict(list)
        self._masks: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        for number in latin:
            text = lexicon.texts[number]
            if len(text) >= _MIN_LEET:
                skeletons[text.translate(_SKELETON)].append(number)
            if len(text) >= _MIN_MASKED:
                self._masks[len(text), text[0]].append(number)
        self._skeletons = [*skeletons.values()]
        self._automaton = (
            daachorse.CharwiseDoubleArrayAhoCorasick([*skeletons]) if skeletons else None
        )
        self._initials = _initials(lexicon)

    def find(self, streams: Streams, budget: Budget) -> Iterator[Echo]:
        """Every hit in a text that has Latin letters."""
        if self._automaton is not None and _SUBSTITUTE.search(streams.folded) is not None:
            yield from self._leet(streams.folded, budget)
        if self._masks:
            yield from self._masked(streams.folded, budget)
        if self._initials:
            yield from self._abbreviated(streams, budget)

    def _leet(self, folded: str, budget: Budget) -> Iterator[Echo]:
        assert self._automaton is not None, "asked only where there are skeletons"
        reports = self._automaton.find_overlapping_no_suffix(folded.translate(_UNLEET))
        if not reports:
            return
        offsets = [i for i, char in enumerate(folded) if _UNLEET.get(ord(char), char) is not None]
        for start, end, index in reports:
            place = Place(folded, offsets, start, end - 1)
            written = [folded[place_] for place_ in offsets[start:end]]
            for number in self._skeletons[index]:
                if not budget.take_hit():
                    return
                if _is_leet(self._texts[number], written, place):
                    yield Echo(number, place, Way.LEET, False)

    def _masked(self, folded: str, budget: Budget) -> Iterator[Echo]:
        for match in _MASKED.finditer(folded):
            token = match[0]
            bare = token.rstrip(_MASK)
            for written in {token, bare}:
                for number in self._masks.get((len(written), written[0]), ()):
                    if not budget.take_hit():
                        return
                    if _fits(self._texts[number], written):
                        start = match.start()
                        place = Place(folded, range(len(folded)), start, start + len(written) - 1)
                        yield Echo(number, place, Way.MASKED, False)
            if not bare.isalpha():
                last = match.start() + len(bare)
                yield from self._masked_phrases(folded, match.start(), last, budget)

    def _masked_phrases(self, folded: str, first: int, last: int, budget: Budget) -> Iterator[Echo]:
        for start, end in _phrases(folded, first, last):
            written = folded[start:end].replace(" ", "")
            for number in self._masks.get((len(written), written[0]), ()):
                if not budget.take_hit():
                    return
                if _fits(self._texts[number], written):
                    inner = [at for at in range(start, end) if folded[at] != " "]
                    offsets = [*range(start), *inner, *range(end, len(folded))]
                    place = Place(folded, offsets, start, start + len(inner) - 1)
                    yield Echo(number, place, Way.MASKED, False)

    def _abbreviated(self, streams: Streams, budget: Budget) -> Iterator[Echo]:
        folded = streams.folded
        for match in _INITIALS.finditer(folded):
            start, end = match.span()
            numbers = self._initials.get(match[0])
            # Abbreviations of things are written in capitals (USB); those of insults are not.
            if not numbers or match[0] in _ABBREVIATIONS or not streams.text[start:end].islower():
                continue
            place = Place(folded, range(len(folded)), start, end - 1)
            if len(match[0]) > _MIN_INITIALS or place.is_alone():
                for number in numbers:
                    if not budget.take_hit():
                        return
                    yield Echo(number, place, Way.INITIALS, True)


def _is_leet(term: str, written: list[str], place: Place) -> bool:
    """The written characters stand for the term, some of them are letters, and they are one word."""
    letters = sum(one == wanted for one, wanted in zip(written, term, strict=True))
    if letters == len(term) or letters < (1 if len(term) > _MIN_LEET else len(term) - 1):
        return False
    for one, wanted in zip(written, term, strict=True):
        if one != wanted and _LEET.get(one) not in {wanted, _LEET.get(wanted)}:
            return False
    return place.is_apart(from_digits=True) and place.is_spelled_out()


def _phrases(folded: str, first: int, last: int) -> list[tuple[int, int]]:
    """The rows of words that one word is a part of, itself left out."""
    starts, ends = [first], [last]
    for _ in range(_MOST_WORDS):
        before = _WORD_BEFORE.search(folded, max(0, starts[-1] - 20), starts[-1])
        if before is None:
            break
        starts.append(before.start())
    for _ in range(_MOST_WORDS):
        after = _WORD_AFTER.match(folded, ends[-1])
        if after is None:
            break
        ends.append(after.end())
    return [(start, end) for start in starts for end in ends if (start, end) != (first, last)]


def _fits(term: str, written: str) -> bool:
    """At least half of the letters stand, and signs only for the others."""
    masked = 0
    for one, wanted in zip(written, term, strict=True):
        if one != wanted:
            if one not in _MASK:
                return False
            masked += 1
    return 0 < masked <= len(term) // 2


def _initials(lexicon: Lexicon) -> dict[str, list[int]]:
    # In larger ones the initials cover so many letter strings that any abbreviation is a term.
    if lexicon.is_large or not lexicon.texts:
        return {}
    found: dict[str, list[int]] = {}
    for number, sounds in enumerate(woven(lexicon.texts).sounds):
        initials = "".join(SYLLABLES.get(code, " ")[0] for code in sounds)
        if len(initials) >= _MIN_INITIALS and " " not in initials and number not in lexicon.signed:
            found.setdefault(initials, []).append(number)
    return found
