"""Excerpts of registered documents in texts, by the numbers of the documents' rules."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection.fingerprints import Fingerprints
from guiju.modules.inspection.types import DocumentRule, Hit


@lru_cache(maxsize=1)
def _prints_of(rules: tuple[DocumentRule, ...]) -> Fingerprints:
    """Rule sets that differ in other rules share one index: it is the largest part of them."""
    return Fingerprints({rule.document: rule.prints for rule in rules})


class DocumentIndex:
    """The documents of one rule set. Immutable; safe from any thread."""

    __slots__ = ("_prints", "_rules")

    def __init__(self, rules: Sequence[tuple[int, DocumentRule]]) -> None:
        self._rules = {rule.document: (number, rule.title) for number, rule in rules}
        self._prints = _prints_of(tuple(rule for _, rule in rules)) if rules else None

    def __bool__(self) -> bool:
        """Whether there is any document to look for."""
        return self._prints is not None

    def find(self, streams: Streams) -> Iterator[Hit]:
        """Every excerpt, also in what is encoded; the word of a hit is the title of its document."""
        if self._prints is None:
            return
        form: Streams | None = streams
        while form is not None:
            for match in self._prints.find_stripped(form.text, form.stripped):
                number, title = self._rules[match.document]
                start, end = form.original(match.start, match.end)
                yield Hit(start, end, number, title, range(start, end))
            form = form.decoded
