"""A document of a pack while it is read: its content, the line of every path, and the problems found so far."""

import difflib
import re
from collections.abc import Collection
from typing import Any

from guiju.modules.policy._yaml import load
from guiju.modules.policy.types import Problem, Text

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_LANGUAGES = ("zh", "zh-TW", "en")


def known_only(given: dict[str, Any], known: Collection[str], what: str = "key") -> list[str]:
    """A reason for each name that nobody reads: misspelt, it would quietly leave the default."""
    return [f"unknown {what} `{name}`" + meant(name, known) for name in given if name not in known]


def meant(name: str, known: Collection[str]) -> str:
    """The name that was probably meant, as the end of a reason."""
    close = difflib.get_close_matches(name[:100], sorted(known), 1, 0.5)
    return f"; did you mean `{close[0]}`?" if close else ""


class Document:
    """Reads parts of one YAML text and collects problems instead of stopping at the first. Raises BadPackError.

    In one that `is_adopted` a name that nobody reads changes nothing, as it did not when it was adopted.
    """

    def __init__(self, text: str, *, is_adopted: bool = False) -> None:
        self.content, self._lines = load(text)
        self.is_adopted = is_adopted
        self.problems: list[Problem] = []

    def keys(self, mapping: dict[str, Any], known: Collection[str], path: str) -> None:
        """Note every key of a mapping that nobody reads."""
        for name in mapping:
            for reason in self.unread({name: None}, known):
                self.problem(f"{path}.{name}" if path else name, reason)

    def unread(self, mapping: dict[str, Any], known: Collection[str]) -> list[str]:
        """A reason for each of these names that nobody reads."""
        return [] if self.is_adopted else known_only(mapping, known)

    def problem(self, path: str, reason: str) -> None:
        line = self._lines.get(path)
        while line is None and path:
            path = path.rpartition(".")[0] if "." in path else ""
            line = self._lines.get(path)
        self.problems.append(Problem(line or 1, path, reason))

    def whole(
        self, mapping: dict[str, Any], key: str, path: str, least: int = 0, most: int = 1_000_000
    ) -> int:
        """A whole number; when it is none, a problem and the least one."""
        value = mapping.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            where = f"{path}.{key}" if path else key
            reason = f"`{key}` must be a number, {least} to {most}"
            self.problem(where if key in mapping else path, reason)
            return least
        return value

    def string(self, mapping: dict[str, Any], key: str, path: str) -> str:
        value = mapping.get(key)
        where = f"{path}.{key}" if path else key
        if not isinstance(value, str) or not value.strip():
            self.problem(where if key in mapping else path, f"`{key}` must be a text")
            return ""
        return value

    def name(self, mapping: dict[str, Any], key: str, path: str) -> str:
        value = self.string(mapping, key, path)
        if value and _ID.fullmatch(value) is None:
            self.problem(f"{path}.{key}" if path else key, f"`{key}` has up to 40 of a-z 0-9 _ -")
        return value

    def text(self, mapping: dict[str, Any], key: str, path: str, *, needed: bool = True) -> Text:
        value = mapping.get(key)
        where = f"{path}.{key}" if path else key
        if value is None and not needed:
            return {}
        if (
            not isinstance(value, dict)
            or not all(isinstance(v, str) for v in value.values())
            or "zh" not in value
        ):
            self.problem(where if key in mapping else path, f"`{key}` needs texts `zh` and `en`")
            return {}
        self.keys(value, _LANGUAGES, where)
        return {str(language): words for language, words in value.items()}

    def items(self, key: str) -> list[tuple[dict[str, Any], str]]:
        value = self.content.get(key)
        if not isinstance(value, list) or not value:
            self.problem(key if key in self.content else "", f"`{key}` must be a list")
            return []
        found = []
        for index, item in enumerate(value):
            if isinstance(item, dict):
                found.append((item, f"{key}[{index}]"))
            else:
                self.problem(f"{key}[{index}]", "must be a mapping")
        return found
