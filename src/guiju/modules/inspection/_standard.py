"""The dispositions that `standard` stands for: `standard.yaml`, in one place for all packs."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml

from guiju.modules.inspection.types import Disposition

STANDARD = "standard"


@cache
def _table() -> Mapping[str, Mapping[str, Disposition]]:
    text = resources.files("guiju.modules.inspection").joinpath("standard.yaml").read_text("utf-8")
    return {
        part: {name: Disposition.of(word) for name, word in words.items()}
        for part, words in yaml.safe_load(text).items()
    }


def disposition_of_category(word: str, category: str) -> Disposition:
    """The disposition that `word` means for terms of a category. Raises `UnknownDispositionError`."""
    return _meant(word, "categories", category)


def disposition_of_kind(word: str, kind: str) -> Disposition:
    """The disposition that `word` means for a kind. Raises `UnknownDispositionError`."""
    return _meant(word, "kinds", kind)


def disposition_of_link(word: str, kind: str) -> Disposition:
    """The disposition that `word` means for a kind of link. Raises `UnknownDispositionError`."""
    return _meant(word, "links", kind)


def _meant(word: str, part: str, name: str) -> Disposition:
    if word != STANDARD:
        return Disposition.of(word)
    return _table()[part].get(name, Disposition.HOLD)
