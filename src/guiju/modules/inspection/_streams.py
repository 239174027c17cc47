r"""The forms of one text that finders read, each with exact offsets into the original.

`folded` is as long as the text: its offsets are the text's. `stripped` leaves out the noise;
`offsets[i]` is the place of `stripped[i]` in the folded text. `decoded` is the text with characters
written by their codes (`&#21338;`, `%E5%8D%9A`, `\u535a`, base64) resolved, as streams of its own; of a long text
only what stands around them. `original` leads from there to the text that was sent.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence

from guiju.modules.inspection._decoding import codes_of, may_be_coded, may_be_numbered
from guiju.modules.inspection._excerpts import resolve
from guiju.modules.inspection._fold import INVISIBLE, class_of
from guiju.modules.inspection._tables import kept_places, unweave

# A reference inside a reference is common in copied web pages; deeper nesting is not.
_MAX_DECODING = 2
_LETTER = re.compile("[a-z]")
# Most texts have nothing but these once signs are left out, and then neither letters nor figures.
_no_han = re.compile("[^㐀-鿿]").search
# Signs that cover a character of a term, as a character class has them.
COVERING = re.escape("*×○●□■#_")
# Strokes are noise elsewhere, and parts of characters that somebody takes apart.
STROKES = "丶丨㇀-㇣"
# What only some of the finders care for, and few texts have: one look tells whether they are asked.
_ODD = re.compile(rf"[{COVERING}{STROKES}&%＆％\\{class_of(INVISIBLE)}]")
# The same in the first plane alone: `re` looks a character up there, and tries the ranges beyond one by one.
_ODD_NEAR = re.compile(f"[{re.escape(''.join(_ODD.findall(''.join(map(chr, range(0x10000))))))}]")


class Streams:
    """One text in the forms that finders share. Not for use by several threads at once.

    `folded` is simplified, lower-case, half-width and without look-alikes, as long as `text`.
    `sounds` and `shapes` are as long as `stripped`: the codes of its syllables and of the parts that
    its characters share. `has_latin` says that `stripped` has Latin letters, `is_han` that it has nothing
    but Chinese characters, `is_odd` that `text` may have references, characters that take no room, signs
    that cover a character, or strokes.
    """

    __slots__ = (
        "_decoded",
        "_depth",
        "_gapped",
        "_is_decoded",
        "_near",
        "_offsets",
        "_origin",
        "folded",
        "has_latin",
        "is_han",
        "is_odd",
        "may_be_coded",
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
        self.is_han = _no_han(stripped) is None
        self.has_latin = not self.is_han and _LETTER.search(stripped) is not None
        self.is_odd = is_odd = (_ODD if is_far else _ODD_NEAR).search(text) is not None
        self._origin = origin
        self._depth = depth
        self._offsets: Sequence[int] | None = None
        self._decoded: Streams | None = None
        self._near: list[tuple[int, int]] | None = None
        self.may_be_coded = is_odd or (
            (may_be_coded(stripped) is not None or "+" in text)
            if self.has_latin
            else (not self.is_han and may_be_numbered(stripped) is not None)
        )
        self._is_decoded = not self.may_be_coded

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

    def is_new(self, start: int, end: int) -> bool:
        """A finding here may have something to do with a code; elsewhere the text was read as it is written."""
        if self._near is None:
            return True
        at = bisect_left(self._near, (end, 0))
        return at > 0 and self._near[at - 1][1] > start

    def _decode(self) -> "Streams | None":
        if self._depth >= _MAX_DECODING:
            return None
        codes = codes_of(self.text, self.folded)
        if not codes:
            return None
        text, starts, ends, near = resolve(self.text, codes)
        if self._origin is not None:
            starts = [self._origin[0][place] for place in starts]
            ends = [self._origin[1][place - 1] for place in ends]
        decoded = Streams(text, (starts, ends), self._depth + 1)
        decoded._near = near
        return decoded
