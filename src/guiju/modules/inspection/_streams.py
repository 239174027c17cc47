r"""The forms of one text that finders read, each with exact offsets into the original.

`folded` is as long as the text: its offsets are the text's. `stripped` leaves out the noise;
`offsets[i]` is the place of `stripped[i]` in the folded text. `decoded` is the text with character
references (`&#21338;`, `%E5%8D%9A`, `\u535a`) resolved, as streams of its own; `original` leads
from there to the text that was sent.
"""

import html
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from guiju.modules.inspection._fold import INVISIBLE, class_of
from guiju.modules.inspection._tables import kept_places, unweave

# A reference inside a reference is common in copied web pages; deeper nesting is not.
_MAX_DECODING = 2
_CODED = re.compile(
    r"&#[0-9]{1,7};?|&#x[0-9a-f]{1,6};?|&[a-z][a-z0-9]{1,31};"
    r"|(?:%[0-9a-f]{2})+|\\u[0-9a-f]{4}|\\u\{[0-9a-f]{1,6}\}|\\x[0-9a-f]{2}"
)
_LETTER = re.compile("[a-z]")
# Signs that cover a character of a term, as a character class has them.
COVERING = re.escape("*×○●□■#_")
# Strokes are noise elsewhere, and parts of characters that somebody takes apart.
STROKES = "丶丨㇀-㇣"
# What only some of the finders care for, and few texts have: one look tells whether they are asked.
_ODD = re.compile(rf"[{COVERING}{STROKES}&%＆％\\{class_of(INVISIBLE)}]")
# The same in the first plane alone: `re` looks a character up there, and tries the ranges beyond one by one.
_ODD_NEAR = re.compile(f"[{re.escape(''.join(_ODD.findall(''.join(map(chr, range(0x10000))))))}]")
_MAX_CODE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


class Streams:
    """One text in the forms that finders share. Not for use by several threads at once.

    `folded` is simplified, lower-case, half-width and without look-alikes, as long as `text`.
    `sounds` and `shapes` are as long as `stripped`: the codes of its syllables and of the parts that
    its characters share. `has_latin` says that `stripped` has Latin letters, `is_odd` that `text` may
    have references, characters that take no room, signs that cover a character, or strokes.
    """

    __slots__ = (
        "_decoded",
        "_depth",
        "_gapped",
        "_is_decoded",
        "_offsets",
        "_origin",
        "folded",
        "has_latin",
        "is_odd",
        "shapes",
        "sounds",
        "stripped",
        "text",
    )

    def __init__(
        self, text: str, origin: tuple[Sequence[int], Sequence[int]] | None = None, depth: int = 0
    ) -> None:
        """`origin` is, for a decoded text, where each character starts and ends in the original."""
        self.text = text
        self.folded, self._gapped, stripped, self.sounds, self.shapes, is_far = unweave(text)
        self.stripped = stripped
        self.has_latin = _LETTER.search(stripped) is not None
        self.is_odd = is_odd = (_ODD if is_far else _ODD_NEAR).search(text) is not None
        self._origin = origin
        self._depth = depth
        self._offsets: Sequence[int] | None = None
        self._decoded: Streams | None = None
        self._is_decoded = not is_odd

    @property
    def offsets(self) -> Sequence[int]:
        """For every character of `stripped` its place in `folded` and `text`."""
        if self._offsets is None:
            noisy = len(self.stripped) != len(self.text)
            self._offsets = kept_places(self._gapped) if noisy else range(len(self.text))
        return self._offsets

    @property
    def decoded(self) -> "Streams | None":
        """The text with its character references resolved; None where it has none."""
        if not self._is_decoded:
            self._is_decoded = True
            self._decoded = self._decode()
        return self._decoded

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the text that was sent; `start` before `end`."""
        if self._origin is None:
            return start, end
        starts, ends = self._origin
        return starts[start], ends[end - 1]

    def _decode(self) -> "Streams | None":
        text = self.text
        if self._depth >= _MAX_DECODING or not ("&" in text or "%" in text or "\\" in text
                                                or "＆" in text or "％" in text):  # fmt: skip
            return None
        folded = self.folded
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in _CODED.finditer(folded):
            start, end = match.span()
            resolved = list(_resolve(match[0]))
            if not resolved:
                continue
            pieces.append(text[done:start])
            starts.extend(range(done, start))
            ends.extend(range(done + 1, start + 1))
            for char, first, last in resolved:
                pieces.append(char)
                starts.append(start + first)
                ends.append(start + last)
            done = end
        if not done:
            return None
        pieces.append(text[done:])
        starts.extend(range(done, len(text)))
        ends.extend(range(done + 1, len(text) + 1))
        if self._origin is not None:
            starts = [self._origin[0][place] for place in starts]
            ends = [self._origin[1][place - 1] for place in ends]
        return Streams("".join(pieces), (starts, ends), self._depth + 1)


def _resolve(coded: str) -> Iterator[tuple[str, int, int]]:
    """The characters that a reference stands for, each with its place in it; none if it is not one."""
    if coded[0] == "%":
        yield from _percent_decoded(coded)
        return
    if coded[0] == "&":
        resolved = html.unescape(coded)
        if resolved == coded:
            return
    else:
        code = int(coded[2:].strip("{}"), 16)
        if code > _MAX_CODE or code in _SURROGATES:
            return
        resolved = chr(code)
    for char in resolved:
        yield char, 0, len(coded)


def _percent_decoded(coded: str) -> Iterator[tuple[str, int, int]]:
    """UTF-8, or GB 18030 as older pages have it; bytes that are neither stay as they are."""
    raw = bytes.fromhex(coded.replace("%", " "))
    for encoding in ("utf-8", "gb18030"):
        try:
            resolved = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        widths = [3 * len(char.encode(encoding)) for char in resolved]
        for char, width, end in zip(resolved, widths, accumulate(widths), strict=True):
            yield char, end - width, end
        return
