"""The floor of the inspection scenario: the word filter that most chat servers have.

A tree of dictionaries, one level a character, walked from every place of the text. It lower-cases
and does nothing else: no folding, no disguise, no boundaries, no numbers.
"""

from typing import Any, Final

_END: Final = ""


class WordFilter:
    """All terms in one tree; immutable once built."""

    def __init__(self, terms: list[tuple[str, str]]) -> None:
        """`terms` are (term, category)."""
        self._root: dict[str, Any] = {}
        for term, category in terms:
            node = self._root
            for char in term.lower():
                node = node.setdefault(char, {})
            node[_END] = category

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, category) of every term, the longest from each place."""
        found = []
        root, lowered = self._root, text.lower()
        size = len(lowered)
        for start in range(size):
            node = root.get(lowered[start])
            if node is None:
                continue
            place, end, category = start + 1, 0, ""
            while True:
                if _END in node:
                    end, category = place, node[_END]
                if place == size or lowered[place] not in node:
                    break
                node = node[lowered[place]]
                place += 1
            if end:
                found.append((start, end, category))
        return found
