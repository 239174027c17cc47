"""Excerpts of registered documents in texts, by the numbers of the documents' rules."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection.fingerprints import Fingerprints
from guiju.modules.inspection.types import DocumentRule


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

    def find(self, streams: Streams) -> Iterator[tuple[int, int, int, str]]:
        """(start, end, number of the rule, title of the document) of every excerpt, also in what is encoded."""
        if self._prints is None:
            return
        form: Streams | None = streams
        while form is not None:
            for match in self._prints.find_stripped(form.text, form.stripped):
                yield (*form.original(match.start, match.end), *self._rules[match.document])
            form = form.decoded
