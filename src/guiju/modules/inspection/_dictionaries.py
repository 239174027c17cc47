"""Reading dictionaries: `{id, category, title: {zh, en}, terms: [...]}`, one a YAML file."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from guiju.modules.inspection.types import BadDictionaryError, Dictionary, Title

_UNREADABLE = (yaml.YAMLError, ValueError, RecursionError, AttributeError, LookupError)
"""What is not UTF-8 is a ValueError; a date that does not exist, or a tag on what it does not fit, fails like a bug."""


def dictionary_of(value: object, source: str) -> Dictionary:
    """A dictionary from parsed YAML or JSON. Raises `BadDictionaryError` that names `source`."""
    if not isinstance(value, Mapping):
        raise BadDictionaryError("a dictionary is a mapping", source=source)
    unknown = sorted(str(key) for key in value if key not in {"id", "category", "title", "terms"})
    if unknown:
        raise BadDictionaryError(
            "a dictionary has unknown fields", source=source, fields=[*unknown]
        )
    title = value.get("title")
    if not isinstance(title, Mapping):
        raise BadDictionaryError("a dictionary needs a title", source=source, field="title")
    return Dictionary(
        _text(value, "id", source),
        _text(value, "category", source),
        Title(_text(title, "zh", source), _text(title, "en", source)),
        _terms(value.get("terms"), source),
    )


def read_dictionary(path: Path) -> Dictionary:
    """A dictionary from a YAML file. Raises `BadDictionaryError`, `OSError`."""
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except _UNREADABLE as reason:
        raise BadDictionaryError(
            "the file is not YAML in UTF-8", source=path.name, reason=str(reason)[:200]
        ) from reason
    return dictionary_of(value, path.name)


def _text(value: Mapping[object, object], key: str, source: str) -> str:
    found = value.get(key)
    if not isinstance(found, str) or not found:
        raise BadDictionaryError(f"{key} must be a text", source=source, field=key)
    return found


def _terms(value: object, source: str) -> tuple[str, ...]:
    """A bare number or `no` in YAML is not a text: it is refused, not guessed at."""
    if not isinstance(value, list) or not value:
        raise BadDictionaryError("terms must be a list", source=source, field="terms")
    for place, term in enumerate(value):
        if not isinstance(term, str):
            raise BadDictionaryError("a term must be a text", source=source, index=place)
    if len(set(value)) != len(value):
        raise BadDictionaryError("a term stands twice", source=source, field="terms")
    return tuple(value)
