"""Reading a pack: YAML to a typed Pack, or a list of problems with line and reason."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
import yaml

from guiju.kernel.shapes import convert
from guiju.modules.policy._calendar import read_calendar
from guiju.modules.policy._document import Document, meant
from guiju.modules.policy._flows import read_flows
from guiju.modules.policy._yaml import load, refused
from guiju.modules.policy.types import (
    Clause,
    Dictionary,
    GroupClass,
    Level,
    Pack,
    Problem,
    Text,
    Use,
    Vocabulary,
)

_ROOT_KEYS = (
    "pack", "version", "title", "about", "prefix", "levels", "classes", "clauses", "flows", "calendar",
    "dictionaries",
)  # fmt: skip
_CLASS_KEYS = ("id", "title", "about", "history")
_LEVEL_KEYS = ("id", "rank", "title")
_CLAUSE_KEYS = ("id", "chapter", "title", "text", "rows", "controls")
_USE_KEYS = ("use", "with", "instead")
_DICTIONARY_KEYS = ("id", "category", "title", "terms")
# Leaves name a use as `clause/control`, so a clause id has no slash and no letters outside ASCII.
_CLAUSE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


def bundle(text: str, dictionaries: Mapping[str, str]) -> str:
    """The text of a pack and of the dictionaries that it names, as one canonical document."""
    return json.dumps(
        {"pack": text, "dictionaries": dict(dictionaries)},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def version_of(bundled: str) -> str:
    return hashlib.sha256(bundled.encode()).hexdigest()


def parse(bundled: str, known: Vocabulary, *, is_adopted: bool = False) -> Pack:
    """The pack of a bundle. Raises BadPackError with every problem that was found.

    Of a pack that `is_adopted` names that nobody reads are none: earlier versions took them, and whoever upgrades
    would be left without rules and without a way to adopt others.
    """
    document = json.loads(bundled)
    reader = _Reader(document["pack"], document["dictionaries"], known, is_adopted=is_adopted)
    return reader.pack(version_of(bundled))


def dictionary_names(text: str) -> list[str]:
    """The dictionaries that a pack names. Raises BadPackError when the text is not YAML."""
    content, _ = load(text)
    named = content.get("dictionaries") if isinstance(content, dict) else None
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


class _Reader:
    """Reads one pack and collects problems instead of stopping at the first."""

    def __init__(
        self, text: str, dictionaries: Mapping[str, str], known: Vocabulary, *, is_adopted: bool
    ) -> None:
        self._document = Document(text, is_adopted=is_adopted)
        self._root = self._document.content
        self._dictionary_texts = dictionaries
        self._known = known

    def pack(self, version: str) -> Pack:
        root = self._root
        if not isinstance(root, dict):
            raise refused([Problem(1, "", "a pack is a mapping")])
        self._document.keys(root, _ROOT_KEYS, "")
        clauses, uses = self._clauses()
        pack = Pack(
            id=self._document.name(root, "pack", ""),
            version=version,
            number=self._document.whole(root, "version", ""),
            title=self._document.text(root, "title", ""),
            about=self._document.text(root, "about", "", needed=False),
            prefix=self._prefix(),
            clauses=clauses,
            uses=uses,
            classes=tuple(
                self._class(item, path) for item, path in self._document.items("classes")
            ),
            levels=tuple(self._level(item, path) for item, path in self._document.items("levels")),
            flows=read_flows(self._document, self._known),
            dictionaries=self._dictionaries(),
            calendar=read_calendar(self._document),
        )
        for key, ids in (
            ("classes", [c.id for c in pack.classes]),
            ("levels", [level.id for level in pack.levels]),
        ):
            if len(set(ids)) < len(ids):
                self._document.problem(key, "two have the same id")
        self._cross_check(pack)
        if self._document.problems:
            raise refused(self._document.problems)
        return pack

    def _prefix(self) -> str:
        prefix = self._root.get("prefix", "")
        if not isinstance(prefix, str):
            self._document.problem("prefix", "`prefix` must be a text")
            return ""
        return prefix

    def _class(self, item: dict[str, Any], path: str) -> GroupClass:
        self._document.keys(item, _CLASS_KEYS, path)
        history = item.get("history", "none")
        if history not in ("none", "all"):
            self._document.problem(f"{path}.history", "`history` is `none` or `all`")
            history = "none"
        return GroupClass(
            self._document.name(item, "id", path),
            self._document.text(item, "title", path),
            self._document.text(item, "about", path, needed=False),
            history,
        )

    def _level(self, item: dict[str, Any], path: str) -> Level:
        self._document.keys(item, _LEVEL_KEYS, path)
        rank = self._document.whole(item, "rank", path)
        return Level(
            self._document.name(item, "id", path), rank, self._document.text(item, "title", path)
        )

    def _clauses(self) -> tuple[tuple[Clause, ...], tuple[Use, ...]]:
        clauses: list[Clause] = []
        uses: list[Use] = []
        for item, path in self._document.items("clauses"):
            self._document.keys(item, _CLAUSE_KEYS, path)
            rows = item.get("rows", [])
            if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
                self._document.problem(f"{path}.rows", "`rows` must be a list of ids")
                rows = []
            clause = Clause(
                # In quotes: without them 1.10 would be the number 1.1.
                item["id"] if isinstance(item.get("id"), str) else "",
                self._document.text(item, "chapter", path, needed=False),
                self._document.text(item, "title", path),
                self._document.text(item, "text", path),
                tuple(rows),
            )
            if _CLAUSE_ID.fullmatch(clause.id) is None or any(
                known.id == clause.id for known in clauses
            ):
                self._document.problem(
                    f"{path}.id",
                    "a clause needs an id of its own, in quotes, up to 32 of A-Z a-z 0-9 . _ -",
                )
            clauses.append(clause)
            controls = item.get("controls", [])
            if not isinstance(controls, list):
                self._document.problem(f"{path}.controls", "`controls` must be a list")
                continue
            uses.extend(
                used
                for index, control in enumerate(controls)
                if (used := self._use(clause, control, f"{path}.controls[{index}]")) is not None
            )
        return tuple(clauses), tuple(uses)

    def _use(self, clause: Clause, item: Any, path: str) -> Use | None:
        if not isinstance(item, dict):
            self._document.problem(path, "a control is a mapping with `use`")
            return None
        self._document.keys(item, _USE_KEYS, path)
        name = str(item.get("use"))
        control = self._known.controls.get(name)
        if control is None:
            reason = f"unknown control `{name}`" + meant(name, self._known.controls)
            self._document.problem(f"{path}.use", reason)
            return None
        given = item.get("with", {})
        try:
            params = convert(given, control.params)
            if self._document.is_adopted:
                params = control.mended(params)
            else:
                _check_names(given, msgspec.to_builtins(params))
                control.check_new(params)
            self._check_classes(params)  # raises ValueError, like the check
            control.check(params)
        except (msgspec.ValidationError, ValueError, OverflowError, re.error) as error:
            self._document.problem(f"{path}.with" if "with" in item else path, str(error))
            return None
        return Use(
            clause,
            control.name,
            params,
            self._document.text(item, "instead", path, needed=False) or None,
        )

    def _check_classes(self, params: Any) -> None:
        known = self._root.get("classes")
        items = known if isinstance(known, list) else []
        ids = [item.get("id") for item in items if isinstance(item, dict)]
        unknown = [name for name in getattr(params, "classes", ()) if name not in ids]
        if unknown:
            raise ValueError(f"unknown classes: {', '.join(unknown)}")

    def _dictionaries(self) -> dict[str, Dictionary]:
        found = {}
        named = self._root.get("dictionaries", [])
        if not isinstance(named, list):
            self._document.problem("dictionaries", "`dictionaries` must be a list of names")
            return {}
        for name in named:
            text = self._dictionary_texts.get(str(name))
            content = load(text)[0] if text is not None else None
            if not isinstance(content, dict) or not isinstance(content.get("terms"), list):
                self._document.problem("dictionaries", f"there is no dictionary `{name}`")
                continue
            for reason in self._document.unread(content, _DICTIONARY_KEYS):
                self._document.problem("dictionaries", f"in the dictionary `{name}`: {reason}")
            terms = tuple(str(term) for term in content["terms"] if str(term).strip())
            title: Any = content.get("title")
            words: Text = title if isinstance(title, dict) else {"zh": str(name)}
            found[str(name)] = Dictionary(
                str(name), str(content.get("category", name)), words, terms
            )
        return found

    def _cross_check(self, pack: Pack) -> None:
        for flow in pack.flows.values():
            if flow.clause is not None and pack.clause(flow.clause) is None:
                self._document.problem(
                    f"flows.{flow.kind}.clause", f"there is no clause {flow.clause}"
                )
        for use in pack.uses:
            for name in getattr(use.params, "dictionaries", ()):
                if name not in pack.dictionaries:
                    self._document.problem(
                        "clauses", f"clause {use.clause.id} uses the unknown dictionary `{name}`"
                    )


def _check_names(given: Any, understood: Any) -> None:
    """ValueError for a parameter that no control reads: a misspelt name would quietly leave the default."""
    if isinstance(given, dict) and isinstance(understood, dict):
        unknown = [
            f"`{name}`{meant(str(name), understood)}" for name in given if name not in understood
        ]
        if unknown:
            raise ValueError(f"unknown parameter: {', '.join(unknown)}")
        for name, value in given.items():
            _check_names(value, understood[name])
    elif isinstance(given, list) and isinstance(understood, list | tuple):
        for one, other in zip(given, understood, strict=True):
            _check_names(one, other)


def text_of(bundled: str) -> str:
    """The YAML of a bundle."""
    return str(json.loads(bundled)["pack"])


def without_parameters(text: str, uses: Collection[str]) -> str:
    """The YAML of a pack without what stands under `with` in these uses."""
    spans = [
        (with_.start_mark.index, with_.end_mark.index)
        for clause in _entries(yaml.compose(text, Loader=yaml.SafeLoader), "clauses")
        for control in _entries(clause, "controls")
        if f"{_entry(clause, 'id').value}/{_entry(control, 'use').value}" in uses
        and (with_ := _entry(control, "with")) is not None
    ]
    for begin, end in reversed(spans):
        kept = text[begin:end].rstrip()  # a block ends where the next line begins
        text = f"{text[:begin]}{{}}{text[begin + len(kept) :]}"
    return text


def _entry(node: Any, name: str) -> Any:
    return next((value for key, value in node.value if key.value == name), None)


def _entries(node: Any, name: str) -> list[Any]:
    found = _entry(node, name)
    return list(found.value) if found is not None else []
