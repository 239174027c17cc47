"""Reading a pack: YAML to a typed Pack, or a list of problems with line and reason."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from guiju.modules.policy._yaml import load, refused
from guiju.modules.policy.types import (
    Calendar,
    Clause,
    Control,
    Dictionary,
    Flow,
    FlowStep,
    GroupClass,
    Level,
    Pack,
    Problem,
    Text,
    Use,
)

_STEP_MODES = ("any", "all")
_TIMEOUTS = ("remind", "escalate", "expire")
_APPROVERS = ("person", "post", "role", "head_of_unit", "level_above")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
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


def parse(bundled: str, controls: Mapping[str, Control]) -> Pack:
    """The pack of a bundle. Raises BadPackError with every problem that was found."""
    document = json.loads(bundled)
    return _Reader(document["pack"], document["dictionaries"], controls).pack(version_of(bundled))


def dictionary_names(text: str) -> list[str]:
    """The dictionaries that a pack names. Raises BadPackError when the text is not YAML."""
    content, _ = load(text)
    named = content.get("dictionaries") if isinstance(content, dict) else None
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


class _Reader:
    """Reads one pack and collects problems instead of stopping at the first."""

    def __init__(
        self, text: str, dictionaries: Mapping[str, str], controls: Mapping[str, Control]
    ) -> None:
        self._content, self._lines = load(text)
        self._dictionary_texts = dictionaries
        self._controls = controls
        self._problems: list[Problem] = []

    def pack(self, version: str) -> Pack:
        root = self._content
        if not isinstance(root, dict):
            raise refused([Problem(1, "", "a pack is a mapping")])
        clauses, uses = self._clauses()
        pack = Pack(
            id=self._id(root, "pack", ""),
            version=version,
            number=root["version"] if isinstance(root.get("version"), int) else 0,
            title=self._text(root, "title", ""),
            about=self._text(root, "about", "", needed=False),
            prefix=root["prefix"] if isinstance(root.get("prefix"), str) else "",
            clauses=clauses,
            uses=uses,
            classes=tuple(self._class(item, path) for item, path in self._items("classes")),
            levels=tuple(self._level(item, path) for item, path in self._items("levels")),
            flows=self._flows(),
            dictionaries=self._dictionaries(),
            calendar=self._calendar(),
        )
        for key, ids in (
            ("classes", [c.id for c in pack.classes]),
            ("levels", [level.id for level in pack.levels]),
        ):
            if len(set(ids)) < len(ids):
                self._problem(key, "two have the same id")
        self._cross_check(pack)
        if self._problems:
            raise refused(self._problems)
        return pack

    def _problem(self, path: str, reason: str) -> None:
        line = self._lines.get(path)
        while line is None and path:
            path = path.rpartition(".")[0] if "." in path else ""
            line = self._lines.get(path)
        self._problems.append(Problem(line or 1, path, reason))

    def _string(self, mapping: dict[str, Any], key: str, path: str) -> str:
        value = mapping.get(key)
        where = f"{path}.{key}" if path else key
        if not isinstance(value, str) or not value.strip():
            self._problem(where if key in mapping else path, f"`{key}` must be a text")
            return ""
        return value

    def _id(self, mapping: dict[str, Any], key: str, path: str) -> str:
        value = self._string(mapping, key, path)
        if value and _ID.fullmatch(value) is None:
            self._problem(f"{path}.{key}" if path else key, f"`{key}` has up to 40 of a-z 0-9 _ -")
        return value

    def _text(self, mapping: dict[str, Any], key: str, path: str, *, needed: bool = True) -> Text:
        value = mapping.get(key)
        where = f"{path}.{key}" if path else key
        if value is None and not needed:
            return {}
        if (
            not isinstance(value, dict)
            or not all(isinstance(v, str) for v in value.values())
            or "zh" not in value
        ):
            self._problem(where if key in mapping else path, f"`{key}` needs texts `zh` and `en`")
            return {}
        return {str(language): words for language, words in value.items()}

    def _items(self, key: str) -> list[tuple[dict[str, Any], str]]:
        value = self._content.get(key)
        if not isinstance(value, list) or not value:
            self._problem(key if key in self._content else "", f"`{key}` must be a list")
            return []
        found = []
        for index, item in enumerate(value):
            if isinstance(item, dict):
                found.append((item, f"{key}[{index}]"))
            else:
                self._problem(f"{key}[{index}]", "must be a mapping")
        return found

    def _class(self, item: dict[str, Any], path: str) -> GroupClass:
        history = item.get("history", "none")
        if history not in ("none", "all"):
            self._problem(f"{path}.history", "`history` is `none` or `all`")
            history = "none"
        return GroupClass(
            self._id(item, "id", path),
            self._text(item, "title", path),
            self._text(item, "about", path, needed=False),
            history,
        )

    def _level(self, item: dict[str, Any], path: str) -> Level:
        rank = item.get("rank")
        if not isinstance(rank, int) or isinstance(rank, bool):
            self._problem(f"{path}.rank", "`rank` must be a number")
            rank = 0
        return Level(self._id(item, "id", path), rank, self._text(item, "title", path))

    def _clauses(self) -> tuple[tuple[Clause, ...], tuple[Use, ...]]:
        clauses: list[Clause] = []
        uses: list[Use] = []
        for item, path in self._items("clauses"):
            rows = item.get("rows", [])
            if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
                self._problem(f"{path}.rows", "`rows` must be a list of ids")
                rows = []
            clause = Clause(
                str(item.get("id", "")),
                self._text(item, "chapter", path, needed=False),
                self._text(item, "title", path),
                self._text(item, "text", path),
                tuple(rows),
            )
            if _CLAUSE_ID.fullmatch(clause.id) is None or any(
                known.id == clause.id for known in clauses
            ):
                self._problem(
                    f"{path}.id", "a clause needs an id of its own, up to 32 of A-Z a-z 0-9 . _ -"
                )
            clauses.append(clause)
            controls = item.get("controls") or []
            if not isinstance(controls, list):
                self._problem(f"{path}.controls", "`controls` must be a list")
                continue
            uses.extend(
                used
                for index, control in enumerate(controls)
                if (used := self._use(clause, control, f"{path}.controls[{index}]")) is not None
            )
        return tuple(clauses), tuple(uses)

    def _use(self, clause: Clause, item: Any, path: str) -> Use | None:
        if not isinstance(item, dict):
            self._problem(path, "a control is a mapping with `use`")
            return None
        control = self._controls.get(str(item.get("use")))
        if control is None:
            self._problem(f"{path}.use", f"unknown control `{item.get('use')}`")
            return None
        given = item.get("with") or {}
        try:
            params = msgspec.convert(given, control.params)
            _check_names(given, msgspec.to_builtins(params))
            self._check_classes(params)  # raises ValueError, like the check
            control.check(params)
        except (msgspec.ValidationError, ValueError) as error:
            self._problem(f"{path}.with" if "with" in item else path, str(error))
            return None
        return Use(
            clause, control.name, params, self._text(item, "instead", path, needed=False) or None
        )

    def _check_classes(self, params: Any) -> None:
        known = self._content.get("classes")
        items = known if isinstance(known, list) else []
        ids = [item.get("id") for item in items if isinstance(item, dict)]
        unknown = [name for name in getattr(params, "classes", ()) if name not in ids]
        if unknown:
            raise ValueError(f"unknown classes: {', '.join(unknown)}")

    def _flows(self) -> dict[str, Flow]:
        flows = self._content.get("flows") or {}
        if not isinstance(flows, dict):
            self._problem("flows", "`flows` must be a mapping")
            return {}
        found = {}
        for kind, item in flows.items():
            path = f"flows.{kind}"
            if (
                not isinstance(item, dict)
                or not isinstance(item.get("steps"), list)
                or not item["steps"]
            ):
                self._problem(path, "a flow needs `steps`")
                continue
            steps = tuple(
                self._step(step, f"{path}.steps[{index}]")
                for index, step in enumerate(item["steps"])
            )
            clause = item.get("clause")
            found[str(kind)] = Flow(
                str(kind),
                self._text(item, "title", path),
                str(clause) if clause is not None else None,
                steps,
            )
        return found

    def _step(self, item: Any, path: str) -> FlowStep:
        if not isinstance(item, dict):
            self._problem(path, "a step is a mapping")
            return FlowStep({}, "any", (), None, None, "remind")
        mode, timeout = item.get("mode", "any"), item.get("on_timeout", "remind")
        if mode not in _STEP_MODES:
            self._problem(f"{path}.mode", f"`mode` is one of {', '.join(_STEP_MODES)}")
        if timeout not in _TIMEOUTS:
            self._problem(f"{path}.on_timeout", f"`on_timeout` is one of {', '.join(_TIMEOUTS)}")
        approvers = item.get("approvers")
        if not isinstance(approvers, list) or not approvers:
            self._problem(f"{path}.approvers", "a step needs `approvers`")
            approvers = []
        for index, rule in enumerate(approvers):
            if not _is_approver(rule):
                self._problem(
                    f"{path}.approvers[{index}]", f"an approver is one of {', '.join(_APPROVERS)}"
                )
        return FlowStep(
            self._text(item, "name", path),
            str(mode),
            tuple(rule for rule in approvers if isinstance(rule, dict)),
            self._hours(item, "deadline", "working_hours", path),
            self._hours(item, "remind", "working_hours_before", path),
            str(timeout),
        )

    def _hours(self, item: dict[str, Any], key: str, inner: str, path: str) -> int | None:
        value = item.get(key)
        if value is None:
            return None
        hours = value.get(inner) if isinstance(value, dict) else None
        if not isinstance(hours, int) or isinstance(hours, bool) or not 1 <= hours <= 2000:
            self._problem(f"{path}.{key}", f"`{key}` needs `{inner}`, 1 to 2000")
            return None
        return hours

    def _dictionaries(self) -> dict[str, Dictionary]:
        found = {}
        for name in self._content.get("dictionaries") or []:
            text = self._dictionary_texts.get(str(name))
            content = load(text)[0] if text is not None else None
            if not isinstance(content, dict) or not isinstance(content.get("terms"), list):
                self._problem("dictionaries", f"there is no dictionary `{name}`")
                continue
            terms = tuple(str(term) for term in content["terms"] if str(term).strip())
            title: Any = content.get("title")
            words: Text = title if isinstance(title, dict) else {"zh": str(name)}
            found[str(name)] = Dictionary(
                str(name), str(content.get("category", name)), words, terms
            )
        return found

    def _calendar(self) -> Calendar:
        value = self._content.get("calendar")
        if value is None:
            return Calendar()
        try:
            start, end, lunch = (
                _minutes(value["start"]),
                _minutes(value["end"]),
                value.get("lunch"),
            )
            return _checked(
                Calendar(
                    frozenset(int(day) for day in value.get("workdays", (1, 2, 3, 4, 5))),
                    start,
                    end,
                    (_minutes(lunch[0]), _minutes(lunch[1])) if lunch else (start, start),
                    _dates(value.get("holidays")),
                    _dates(value.get("extra_workdays")),
                )
            )
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            self._problem("calendar", f"not a calendar: {error}")
            return Calendar()

    def _cross_check(self, pack: Pack) -> None:
        for flow in pack.flows.values():
            if flow.clause is not None and pack.clause(flow.clause) is None:
                self._problem(f"flows.{flow.kind}.clause", f"there is no clause {flow.clause}")
        for use in pack.uses:
            for name in getattr(use.params, "dictionaries", ()):
                if name not in pack.dictionaries:
                    self._problem(
                        "clauses", f"clause {use.clause.id} uses the unknown dictionary `{name}`"
                    )


def _minutes(clock: str) -> int:
    hours, _, minutes = str(clock).partition(":")
    value = int(hours) * 60 + int(minutes)
    if not 0 <= value <= 1440:
        raise ValueError(f"{clock} is no time of day")
    return value


def _dates(given: Any) -> frozenset[str]:
    return frozenset(date.fromisoformat(str(day)).isoformat() for day in given or ())


def _checked(calendar: Calendar) -> Calendar:
    """ValueError for a calendar in which a deadline would never come."""
    if not calendar.workdays or not calendar.workdays <= frozenset(range(1, 8)):
        raise ValueError("`workdays` are 1 (Monday) to 7")
    if not calendar.start < calendar.end:
        raise ValueError("the day ends before it starts")
    if calendar.lunch[0] <= calendar.start and calendar.end <= calendar.lunch[1]:
        raise ValueError("the lunch break takes the whole day")
    return calendar


def _is_approver(rule: Any) -> bool:
    if not isinstance(rule, dict) or len(rule) != 1:
        return False
    ((name, value),) = rule.items()
    if name == "level_above":
        return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 20
    if name == "head_of_unit":
        return bool(value == "applicant")
    return name in _APPROVERS and isinstance(value, str) and 0 < len(value) <= 64


def _check_names(given: Any, understood: Any) -> None:
    """ValueError for a parameter that no control reads: a misspelt name would quietly leave the default."""
    if isinstance(given, dict) and isinstance(understood, dict):
        unknown = [str(name) for name in given if name not in understood]
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
