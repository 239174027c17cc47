"""What terms may be in a text, by one look: as they are written, from their end, or in parts of characters.

Three looks for these are three walks through memory that a short text does not have at hand; most texts have none of it.
"""

import daachorse

from guiju.modules.inspection._lexicon import Lexicon

WRITTEN, BACKWARDS, PARTED = 1, 2, 4
EVERY = WRITTEN | BACKWARDS | PARTED


class Gate:
    """The terms of a lexicon that is not large, also from their end, and what their characters fall into."""

    def __init__(self, lexicon: Lexicon, parts: list[str]) -> None:
        """`parts` are what the finder of characters in parts looks for."""
        found: dict[str, int] = dict.fromkeys(lexicon.texts, WRITTEN)
        for text in lexicon.texts:
            backwards = text[::-1]
            if backwards != text:
                found[backwards] = found.get(backwards, 0) | BACKWARDS
        for part in parts:
            found[part] = found.get(part, 0) | PARTED
        # Only the longest that ends at a place is reported, so each tells of those that it ends with too.
        for text in sorted(found, key=len):
            for place in range(1, len(text)):
                shorter = found.get(text[place:])
                if shorter is not None:
                    found[text] |= shorter
                    break
        self._tells = bytes(found.values())
        self._find = (
            daachorse.CharwiseDoubleArrayAhoCorasick([*found]).find_overlapping_no_suffix
            if found
            else None
        )

    def look(self, stripped: str) -> int:
        """Which of the three a text may have."""
        if self._find is None:
            return 0
        told = 0
        for _, _, index in self._find(stripped):
            told |= self._tells[index]
        return told
